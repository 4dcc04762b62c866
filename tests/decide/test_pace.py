"""How often a source is polled, as tables over rhythms and wishes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.decide.pace import next_poll, own_pace_s, pace_of, strictest
from feeds.errors import FetchError, PolyfeedError, RateLimited
from feeds.model import Hints, SourceState

from .samples import NOW, SOURCE, days

HOUR_S = 3600.0
DAY_S = 86_400.0
NONE = Hints()
MONDAY = NOW + dt.timedelta(days=1)


# --- its own rhythm ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "today", "pace_s"),
    [
        ([24] * 28, 12, 900),  # one an hour: four looks an hour
        ([4] * 28, 2, 5400),
        ([480] * 28, 240, 45),
        ([50] * 5, 25, 432),  # five days are enough
        ([0] * 21 + [24] * 7, 12, 900),  # it wrote less before: what it does now counts
    ],
)
def test_four_looks_for_each_article_expected(counts: list[int], today: int, pace_s: float) -> None:
    assert own_pace_s(days(counts, today=today), NOW) == pytest.approx(pace_s, rel=0.15)


def test_a_source_without_history_has_no_pace_and_one_that_sleeps_the_slowest() -> None:
    assert own_pace_s(days([], today=30), NOW) is None
    assert own_pace_s(days([5], today=0), NOW) is None
    assert own_pace_s({}, NOW) == float("inf")


def test_a_paper_that_pauses_on_sundays_is_looked_at_less_on_sundays() -> None:
    weeks = [0 if (NOW - dt.timedelta(days=back)).weekday() == 6 else 30 for back in range(28, 0, -1)]
    on_sunday = own_pace_s(days(weeks), NOW)
    on_monday = own_pace_s(days(weeks), MONDAY.replace(hour=0))
    assert on_sunday is not None
    assert on_monday is not None
    assert on_sunday > 4 * on_monday


def test_a_weekly_is_looked_at_often_on_its_day_only() -> None:
    weekly = days([10 if (NOW - dt.timedelta(days=back)).weekday() == 3 else 0 for back in range(28, 0, -1)])
    on_thursday = own_pace_s(weekly, NOW + dt.timedelta(days=4))
    on_sunday = own_pace_s(weekly, NOW)
    assert on_thursday is not None
    assert on_sunday is not None
    assert on_thursday < HOUR_S < 6 * HOUR_S < on_sunday


def test_a_burst_today_quickens_the_pace() -> None:
    calm, burst = own_pace_s(days([4] * 28), NOW), own_pace_s(days([4] * 28, today=48), NOW)
    assert calm is not None
    assert burst is not None
    assert burst < calm / 10


# --- within bounds -----------------------------------------------------------------------------------------------


def pace_s(
    counts: list[int],
    hints: Hints = NONE,
    fresh_s: float | None = None,
    *,
    interval_s: float = 600.0,
    max_interval_s: float = 3600.0,
) -> float:
    source = replace(SOURCE, interval_s=interval_s, max_interval_s=max_interval_s)
    return pace_of(source, days(counts), answers=True, hints=hints, fresh_s=fresh_s, now=NOW)


def test_the_operators_bounds_hold() -> None:
    assert pace_s([1000] * 28) == 600
    assert pace_s([1] * 28) == 3600
    assert pace_s([]) == 3600
    assert pace_s([1] * 28, interval_s=7200.0) == 7200
    assert pace_s([1000] * 28, interval_s=7200.0) == 7200
    assert pace_s([1] * 28, interval_s=60.0, max_interval_s=60.0) == 60


def test_a_new_source_starts_at_the_fastest() -> None:
    fresh = pace_of(SOURCE, days([], today=20), answers=True, hints=NONE, fresh_s=None, now=NOW)
    assert fresh == SOURCE.interval_s


def test_a_new_source_that_cannot_be_read_yet_is_not_taken_for_asleep() -> None:
    assert pace_of(SOURCE, {}, answers=False, hints=NONE, fresh_s=None, now=NOW) == SOURCE.interval_s
    assert pace_of(SOURCE, {}, answers=True, hints=NONE, fresh_s=None, now=NOW) == SOURCE.max_interval_s


@pytest.mark.parametrize(
    ("hints", "fresh_s", "expected"),
    [
        (Hints(interval_s=1800), None, 1800),
        (Hints(), 1200.0, 1200),
        (Hints(interval_s=1800), 1200.0, 1800),
        (Hints(interval_s=60), 30.0, 600),  # wishes slow down, they do not speed up
        (Hints(interval_s=DAY_S), 31_536_000.0, 3600),  # and no further than the operator says
    ],
)
def test_the_publishers_wishes(hints: Hints, fresh_s: float | None, expected: float) -> None:
    assert pace_s([1000] * 28, hints, fresh_s) == expected


def test_of_several_wishes_all_are_kept() -> None:
    wishes = (
        Hints(interval_s=600, skip_hours=(1, 2)),
        Hints(),
        Hints(interval_s=1800, skip_hours=(2, 3), skip_days=(6,)),
    )
    assert strictest(wishes) == Hints(interval_s=1800, skip_hours=(1, 2, 3), skip_days=(6,))
    assert strictest(()) == Hints()


SECONDS = st.floats(1, 1e9)


@given(
    counts=st.lists(st.integers(0, 5000), max_size=60),
    today=st.integers(0, 5000),
    wishes=st.tuples(st.none() | SECONDS, st.none() | SECONDS),
    bounds=st.tuples(SECONDS, SECONDS),
)
def test_the_pace_is_always_between_the_bounds(
    counts: list[int], today: int, wishes: tuple[float | None, float | None], bounds: tuple[float, float]
) -> None:
    fastest_s, slowest_s = bounds
    source = replace(SOURCE, interval_s=fastest_s, max_interval_s=slowest_s)
    hints, fresh_s = Hints(interval_s=wishes[0]), wishes[1]
    pace = pace_of(source, days(counts, today=today), answers=True, hints=hints, fresh_s=fresh_s, now=NOW)
    assert fastest_s <= pace <= max(fastest_s, slowest_s)


# --- the next poll -----------------------------------------------------------------------------------------------


def wait_s(
    state: SourceState,
    *,
    failures: int = 0,
    left: int = 0,
    error: PolyfeedError | None = None,
    hints: Hints = NONE,
    now: dt.datetime = NOW,
    pace_s: float = 600,
) -> float:
    due = next_poll(SOURCE, state, pace_s=pace_s, hints=hints, now=now, failures=failures, left=left, error=error)
    return (due - now).total_seconds()


def test_waits() -> None:
    assert 540 <= wait_s(SourceState.OK) <= 660
    assert wait_s(SourceState.OK, left=5) <= 33
    assert wait_s(SourceState.BROKEN, failures=1) == wait_s(SourceState.OK)
    assert wait_s(SourceState.BROKEN, failures=3) == pytest.approx(4 * wait_s(SourceState.BROKEN, failures=1))
    assert wait_s(SourceState.BROKEN, failures=99) <= DAY_S * 1.1
    assert wait_s(SourceState.BLOCKED, failures=1, error=RateLimited("429", retry_after_s=7200)) == 7200
    assert wait_s(SourceState.BLOCKED, failures=1, error=RateLimited("429", retry_after_s=1)) >= 540
    assert wait_s(SourceState.BROKEN, failures=3, pace_s=7 * DAY_S) >= 6 * DAY_S  # a weekly poll is not hastened


@pytest.mark.parametrize("state", [SourceState.QUIET, SourceState.STALE])
def test_a_source_that_delivers_is_polled_at_its_pace(state: SourceState) -> None:
    assert wait_s(state, failures=7) == wait_s(SourceState.OK)


def test_what_is_gone_is_asked_once_a_day() -> None:
    assert DAY_S * 0.9 <= wait_s(SourceState.GONE, failures=1) <= DAY_S * 1.1


def test_jitter_is_fixed_for_a_source_and_differs_between_sources() -> None:
    assert wait_s(SourceState.OK) == wait_s(SourceState.OK)
    waits = {
        next_poll(
            replace(SOURCE, id=f"s{n}"),
            SourceState.OK,
            pace_s=600,
            hints=Hints(),
            now=NOW,
            failures=0,
            left=0,
            error=None,
        )
        for n in range(20)
    }
    assert len(waits) > 15


def due_at(hints: Hints, now: dt.datetime = NOW) -> dt.datetime:
    return now + dt.timedelta(seconds=wait_s(SourceState.OK, hints=hints, now=now))


def test_hours_left_out_are_waited_for() -> None:
    due = due_at(Hints(skip_hours=(12, 13, 14)))
    assert dt.timedelta() <= due - NOW.replace(hour=15) < dt.timedelta(minutes=31)
    over_midnight = due_at(Hints(skip_hours=(22, 23, 0, 1)), NOW.replace(hour=22))
    assert (over_midnight.day, over_midnight.hour) == (23, 2)
    assert due_at(Hints(skip_hours=(3, 4))) == due_at(Hints())


def test_days_left_out_are_waited_for_but_no_longer_than_a_day() -> None:
    due = due_at(Hints(skip_days=(6,)))
    assert (due.weekday(), due.hour) == (0, 0)
    on_saturday = due_at(Hints(skip_days=(5, 6)), NOW - dt.timedelta(days=1))
    assert dt.timedelta(days=1) <= on_saturday - (NOW - dt.timedelta(days=1)) <= dt.timedelta(days=1, minutes=11)


@pytest.mark.parametrize("hints", [Hints(skip_hours=tuple(range(24))), Hints(skip_days=tuple(range(7)))])
def test_everything_left_out_is_nothing_left_out(hints: Hints) -> None:
    assert due_at(hints) == due_at(Hints())


@given(
    skip_hours=st.lists(st.integers(0, 23)).map(tuple),
    skip_days=st.lists(st.integers(0, 6)).map(tuple),
    minutes=st.integers(0, 60 * 24 * 14),
)
def test_whatever_is_left_out_a_source_is_asked_within_a_day_and_a_half(
    skip_hours: tuple[int, ...], skip_days: tuple[int, ...], minutes: int
) -> None:
    now = NOW + dt.timedelta(minutes=minutes)
    plain, due = due_at(Hints(), now), due_at(Hints(skip_hours=skip_hours, skip_days=skip_days), now)
    assert plain <= due <= plain + dt.timedelta(hours=36)


def test_unfinished_reading_goes_on_at_once_unless_told_to_wait() -> None:
    everything = Hints(skip_hours=(12, 13))
    assert wait_s(SourceState.OK, left=5, hints=everything) <= 33
    limited = RateLimited("429", retry_after_s=900)
    assert wait_s(SourceState.OK, left=5, error=limited) == 900
    assert wait_s(SourceState.OK, left=5, error=FetchError("timed out")) <= 33
