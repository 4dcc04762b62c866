"""polyfeed web: answers from the store, in one process, as ``serve`` starts some of them."""

from __future__ import annotations

import os
import signal
import socket
import sys
from types import FrameType

import click

from feeds.cli.listening import listen
from feeds.cli.options import opened_store, with_settings
from feeds.cli.processes import watch_parent
from feeds.settings import Settings
from feeds.web.front import serve_front
from feeds.web.wsgi import build_app


@click.command(epilog="Example: polyfeed web --port 8080")
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=int, help="Port to listen on (8000; 0 takes a free one).")
@click.option("--socket", "number", type=int, hidden=True, help="Number of an open socket to listen on instead.")
@with_settings
def web(settings: Settings, *, number: int | None) -> int:
    """Answers HTTP in one process, and polls nothing. `polyfeed serve` starts some of these by itself."""
    watch_parent(lambda: os._exit(1))  # frees the port when the main process was killed
    listening = socket.socket(fileno=number) if number is not None else listen(settings.host, settings.port)
    with listening, opened_store(settings) as store:
        layer = build_app(settings, store)
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, _end)  # uvicorn raises it once more when it has ended what it had begun
        serve_front(layer, listening)
    return 0


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
