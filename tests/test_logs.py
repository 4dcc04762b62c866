"""Log lines: JSON where a machine reads, words on a terminal."""

from __future__ import annotations

import io
import json
import logging
import uuid

import pytest
import structlog

from feeds.logs import configure_logs


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_json_when_nobody_watches() -> None:
    out = io.StringIO()
    configure_logs(level="info", form="auto", stream=out)
    structlog.get_logger().info("polled", source_id="rundschau", new=3, reason="中国")
    line = json.loads(out.getvalue())
    assert (line["event"], line["source_id"], line["new"], line["level"]) == ("polled", "rundschau", 3, "info")
    assert "中国" in out.getvalue()
    assert line["timestamp"].endswith("Z")


def test_words_on_a_terminal() -> None:
    out = Terminal()
    configure_logs(level="info", form="auto", stream=out)
    structlog.get_logger().info("polled", source_id="rundschau")
    assert "polled" in out.getvalue()
    assert "{" not in out.getvalue()


def test_level_holds_back_what_is_below() -> None:
    out = io.StringIO()
    configure_logs(level="warning", form="json", stream=out)
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["loud"]


def test_libraries_speak_the_same_way_and_a_traceback_stays_one_line() -> None:
    out = io.StringIO()
    configure_logs(level="info", form="json", stream=out)
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logging.getLogger("some.library").exception("it broke")
    (line,) = (json.loads(text) for text in out.getvalue().splitlines())
    assert line["event"] == "it broke"
    assert line["exception"][0]["exc_type"] == "ZeroDivisionError"


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_traceback_shows_no_variables(form: str) -> None:
    out, secret = io.StringIO(), uuid.uuid4().hex  # a line of the source may be shown
    configure_logs(level="info", form=form, stream=out)

    def answer(environ: dict[str, str]) -> None:
        raise LookupError(len(environ))

    try:
        answer({"HTTP_AUTHORIZATION": secret})
    except LookupError:
        logging.getLogger("some.library").exception("it broke")
        structlog.get_logger().exception("it broke here")
    assert out.getvalue().count("LookupError") >= 2
    assert secret not in out.getvalue()
