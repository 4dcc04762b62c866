"""The dates of a feed's articles in, how often something new stands in it out: RSS ``ttl`` and the ``sy:`` module.

In coarse steps, so that a feed's head is not another one after every article.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

HOUR_S = 3600.0
# (name, seconds) of http://purl.org/rss/1.0/modules/syndication/; a month and a year in round days
_PERIODS = (("hourly", HOUR_S), ("daily", 24 * HOUR_S), ("weekly", 168 * HOUR_S), ("monthly", 720 * HOUR_S))
_LONGEST = ("yearly", 8760 * HOUR_S)
_STEPS = (60, 30, 20, 12, 8, 6, 4, 3, 2, 1)
# A reader that takes ttl at its word must still see the first article after a quiet month within the hour.
_TTL_MINUTES = (60, 30, 15, 10, 5)
_FEWEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """``frequency`` articles in each ``period``; a reader may keep the feed for ``ttl_minutes``."""

    period: str
    frequency: int
    ttl_minutes: int


def measure_rhythm(dates: Sequence[dt.datetime]) -> Rhythm | None:
    """How often articles of these dates (sorted, either way) come; None when they are too few or all of one moment.

    Measured over the middle half, so that no wrong date far away says anything.
    """
    count = len(dates)
    if count < _FEWEST:
        return None
    first, last = count // 4, count - 1 - count // 4
    span_s = abs((dates[last] - dates[first]).total_seconds())
    if span_s == 0:
        return None
    gap_s = span_s / (last - first)
    period, period_s = next((each for each in _PERIODS if gap_s <= each[1]), _LONGEST)
    return Rhythm(
        period=period,
        frequency=next((step for step in _STEPS if step * gap_s <= period_s), 1),
        ttl_minutes=next((minutes for minutes in _TTL_MINUTES if minutes * 60 * 2 <= gap_s), _TTL_MINUTES[-1]),
    )
