"""Which sources have gone quiet: rhythms as tables, and what holds for any rhythm."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.decide.quiet import DAYS, quiet_reason

from .samples import NOW, days

TODAY = NOW.date()


def weekday(back: int) -> int:
    return (TODAY - dt.timedelta(days=back)).weekday()


def rhythm(*of_week: int) -> list[int]:
    """``DAYS`` days of the same week, Monday first; yesterday last."""
    return [of_week[weekday(back)] for back in range(DAYS, 0, -1)]


def noise(mean: float, seed: int, length: int = DAYS) -> list[int]:
    """Articles that come by chance, so many a day on average."""
    drawn = random.Random(seed)
    counts = []
    for _ in range(length):
        passed, count = drawn.expovariate(mean), 0
        while passed < 1:
            passed, count = passed + drawn.expovariate(mean), count + 1
        counts.append(count)
    return counts


def say(counts: list[int], *, today: int = 0, was_quiet: bool = False, hour: int = 12) -> str:
    return quiet_reason(days(counts, today=today), was_quiet=was_quiet, now=NOW.replace(hour=hour))


AGENCY = [48 - 4 * (n % 3) for n in range(DAYS)]
DAILY = rhythm(30, 32, 29, 31, 33, 28, 0)
WEEKLY = rhythm(0, 0, 0, 12, 0, 0, 0)
OFFICE = rhythm(8, 7, 9, 8, 6, 0, 0)


@pytest.mark.parametrize("counts", [AGENCY, DAILY, WEEKLY, OFFICE, [1] * DAYS, [0] * DAYS, [], [3, 0, 0, 0] * 14])
@pytest.mark.parametrize("hour", [0, 12, 23])
def test_a_steady_source_is_never_quiet(counts: list[int], hour: int) -> None:
    for cut in range(7):  # whatever day of its week it is
        assert say(counts[: len(counts) - cut], hour=hour) == ""


def test_an_agency_that_falls_silent_is_named_with_numbers() -> None:
    assert say([*AGENCY[:-3], 1, 1, 0]) == "2 articles in the last 3 days where 132 are usual (fewest: 132)"
    assert say([*AGENCY[:-3], 0, 0, 0]).startswith("no articles in the last 3 days where 132")


def test_one_bad_day_is_not_quiet() -> None:
    assert say([*AGENCY[:-1], 0]) == ""
    assert say([*DAILY[:-2], 0, 0]) == ""  # two holidays in a row


@pytest.mark.parametrize(("counts", "within_days"), [(AGENCY, 3), (DAILY, 5), (OFFICE, 7), ([2] * DAYS, 7)])
def test_a_source_that_stops_is_found_soon(counts: list[int], within_days: int) -> None:
    assert say([*counts[within_days:], *([0] * within_days)])


def test_a_source_that_drops_from_fifty_a_day_to_two_is_quiet() -> None:
    assert say([*([50] * 50), *([2] * 6)], today=1)
    assert say([*([50] * 40), *([2] * 16)], today=1)


def test_a_weekly_that_misses_one_issue_is_not_quiet_but_one_that_misses_three_is() -> None:
    without = WEEKLY.copy()
    issues = [place for place, count in enumerate(without) if count]
    without[issues[-1]] = 0
    assert say(without) == ""
    for place in issues[-3:]:
        without[place] = 0
    assert "in the last 21 days" in say(without)


@pytest.mark.parametrize("length", [1, 5, 10, 16])
def test_a_young_source_is_not_quiet(length: int) -> None:
    assert say([*([40] * (length - 1)), 0]) == ""
    assert say([40, *([0] * (length - 1))]) == ""


def test_what_comes_again_is_well_at_once() -> None:
    stopped = [*AGENCY[10:], *([0] * 10)]
    assert say(stopped, was_quiet=True)
    assert say(stopped, today=20, was_quiet=True) == ""
    assert say([*stopped[1:], 40], today=0, was_quiet=True, hour=0) == ""


def test_nobody_goes_to_and_fro_at_the_border() -> None:
    """What is just above a third of the poorest days makes no quiet source well, and no well one quiet."""
    border = [*([30] * 53), 11, 11, 11]
    assert say(border, today=5) == ""
    assert say(border, today=5, was_quiet=True)


def test_silence_for_ever_never_becomes_well() -> None:
    for silent in (10, 20, 30, 40, 50, DAYS):
        assert say([*AGENCY[silent:], *([0] * silent)], was_quiet=True)


def test_a_source_that_slept_when_it_was_added_is_not_quiet() -> None:
    assert say([]) == ""


@pytest.mark.parametrize("mean", [0.5, 0.7, 1.0, 1.5, 3.0])
def test_chance_alone_makes_less_than_one_in_a_thousand_quiet_on_a_day(mean: float) -> None:
    """Sources whose articles come by chance, each looked at on fifty days in a row."""
    runs = [noise(mean, seed, DAYS + 50) for seed in range(20)]
    said = [say(run[day : day + DAYS], today=run[day + DAYS]) for run in runs for day in range(50)]
    assert len(said) == 1000
    assert sum(map(bool, said)) <= 1


@given(counts=st.lists(st.integers(0, 300), max_size=DAYS), more=st.integers(1, 300), was_quiet=st.booleans())
def test_more_articles_lately_never_make_a_source_quiet(counts: list[int], more: int, *, was_quiet: bool) -> None:
    if say(counts, today=0, was_quiet=was_quiet) == "":
        assert say(counts, today=more, was_quiet=was_quiet) == ""
