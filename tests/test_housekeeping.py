"""The leader makes room each day and drops what is older than is to be kept, in small steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from structlog.testing import capture_logs

from feeds import housekeeping
from feeds.housekeeping import Housekeeping, first_kept_month
from feeds.metrics import REGISTRY
from feeds.settings import Settings


class Rooms:
    """Stands in for the store: what it was asked to do."""

    def __init__(self, *, old: int = 0) -> None:
        self.old = old
        self.rooms: list[dt.datetime] = []
        self.drops: list[tuple[dt.date, int]] = []

    def make_room(self, now: dt.datetime) -> None:
        self.rooms.append(now)

    def drop_before(self, month: dt.date, *, limit: int) -> int:
        self.drops.append((month, limit))
        dropped = min(limit, self.old)
        self.old -= dropped
        return dropped


@pytest.fixture
def clock(now: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    monkeypatch.setattr(housekeeping, "PAUSE_S", 0.0)
    return [now]


def keeper(rooms: Any, clock: list[dt.datetime], **settings: Any) -> Housekeeping:
    return Housekeeping(Settings(**settings), rooms, clock=lambda: clock[0])


def test_room_is_made_at_the_start_and_each_day(clock: list[dt.datetime]) -> None:
    start, rooms = clock[0], Rooms()
    house = keeper(rooms, clock)
    for hours in (0, 1, 23, 24, 25, -100):
        clock[0] = start + dt.timedelta(hours=hours)
        house.look()
    assert [(at - start) / dt.timedelta(hours=1) for at in rooms.rooms] == [0, 24, -100], (
        "also when the clock went back"
    )
    assert rooms.drops == [], "everything is kept for ever"


def test_what_is_too_old_is_dropped_in_steps_at_most_once_an_hour(clock: list[dt.datetime]) -> None:
    rooms = Rooms(old=2500)
    house = keeper(rooms, clock, keep="2y")
    before = REGISTRY.get_sample_value("polyfeed_dropped_articles_total") or 0.0
    with capture_logs() as logs:
        house.look()
        house.look()
    assert rooms.drops == [(dt.date(2024, 11, 1), housekeeping.STEP)] * 4, "until nothing is left"
    assert [(entry["articles"], entry["before"]) for entry in logs] == [(2500, "2024-11-01")]
    assert (REGISTRY.get_sample_value("polyfeed_dropped_articles_total") or 0.0) - before == 2500
    clock[0] += dt.timedelta(hours=1)
    house.look()
    assert len(rooms.drops) == 5


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [
        ((2026, 11, 22), 1, (2026, 10, 1)),
        ((2026, 1, 31), 1, (2025, 12, 1)),
        ((2026, 12, 1), 12, (2025, 12, 1)),
        ((2026, 11, 22), 18, (2025, 5, 1)),
        ((2026, 11, 22), 23, (2024, 12, 1)),
    ],
)
def test_the_first_month_that_is_kept(day: tuple[int, int, int], months: int, first: tuple[int, int, int]) -> None:
    assert first_kept_month(dt.datetime(*day, tzinfo=dt.UTC), months) == dt.date(*first)
