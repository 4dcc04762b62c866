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
