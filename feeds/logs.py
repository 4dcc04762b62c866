"""Log lines: readable on a terminal, JSON otherwise. Everything that logs uses ``structlog.get_logger()``."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog


def configure_logs(*, level: str, form: str, stream: TextIO | None = None) -> None:
    """Sets up structlog and sends the standard library's warnings and errors the same way.

    A traceback shows no local variables: those of a request hold its key, and the environment with its passwords.

    Args:
        level: debug, info, warning or error.
        form: ``text``, ``json``, or ``auto``: text when the stream is a terminal.
        stream: standard error by default; standard output belongs to what a command answers.
    """
    stream = stream or sys.stderr
    readable = form == "text" or (form == "auto" and stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if readable else "iso", utc=not readable),
    ]
    if readable:
        frames = structlog.dev.RichTracebackFormatter(show_locals=False)
        final: list[structlog.typing.Processor] = [
            structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=frames)
        ]
    else:
        final = [
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, *final],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    # libraries tell us of every request and job at info: our own line for each poll says it better
    logging.basicConfig(handlers=[handler], level=max(threshold, logging.WARNING), force=True)
