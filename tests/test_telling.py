"""What is wrong is told once, again after a while, and when it is over."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from feeds import telling
from feeds.telling import Complaint


def test_a_complaint_is_told_once_and_again_after_a_while_and_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    complaint = Complaint("it is away", over="it is back")
    with capture_logs() as logs:
        complaint.end()
        for _ in range(3):
            complaint.say(reason="why")
        monkeypatch.setattr(telling, "TELL_EVERY_S", 0.0)
        complaint.say(reason="still")
        complaint.end()
        complaint.end()
    assert [(entry["event"], entry["log_level"], entry.get("reason")) for entry in logs] == [
        ("it is away", "error", "why"),
        ("it is away", "error", "still"),
        ("it is back", "info", None),
    ]


def test_what_is_over_soon_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [100.0]
    monkeypatch.setattr("feeds.telling.time.monotonic", lambda: now_s[0])
    complaint = Complaint("it is away", over="it is back", after_s=5.0)

    def say(*instants_s: float) -> None:
        for now_s[0] in instants_s:
            complaint.say()

    with capture_logs() as logs:
        say(100.0, 104.0)
        complaint.end()
        say(110.0, 114.9)
        assert not logs
        say(115.0, 116.0)
        complaint.end()
    assert [entry["event"] for entry in logs] == ["it is away", "it is back"]
