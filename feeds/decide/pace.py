"""How often a source is polled: its articles of the last weeks and its publisher's wishes in, the next poll out.

    articles a day ──► own_pace ──► pace ──► next_poll
    ttl, sy:, max-age ─────────────┘           ▲
    skipHours, skipDays, Retry-After, errors ──┘

Pure: no input or output, no clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping

from feeds.errors import PolyfeedError, RateLimited
from feeds.model import WELL, Hints, Source, SourceState

SHORTEST_RETRY_S = 30.0
DAY_S = 86_400.0
LONGEST_WAIT_S = DAY_S
# backing off doubles the wait with each failure in a row, up to a day
MAX_DOUBLINGS = 10
JITTER = 0.1

# so often is looked for each article that is expected: it is then found after an eighth of the usual gap, on average
LOOKS_PER_ARTICLE = 4
PACE_DAYS = 28
_WEEK = 7
# with less than this nothing is known of a source's rhythm
_ENOUGH_DAYS = 3
# days of the week are told apart from so many whole days on: each came twice
_WEEKDAY_DAYS = 14
# what came so far today is taken for at least so much of the day: two articles at midnight are no burst
_LEAST_OF_A_DAY = 0.25
_HOUR_S = 3600.0


def own_pace_s(activity: Mapping[dt.date, int], now: dt.datetime) -> float | None:
    """Seconds between looks that a source's own rhythm asks for, today; None while too little is known of it.

    Args:
        activity: articles by day (UTC); days without any may be absent.
        now: aware.
    """
    today = now.astimezone(dt.UTC).date()
    days = [today - dt.timedelta(days=back) for back in range(1, PACE_DAYS + 1)]
    counts = [activity.get(day, 0) for day in days]
    known = max((back for back, count in enumerate(counts, start=1) if count), default=0)
    if 0 < known < _ENOUGH_DAYS or (not known and activity.get(today)):
        return None
    if not known:
        return float("inf")  # it has not published anything for weeks
    usual = max(_mean(counts[:_WEEK]), _mean(counts[:known])) * _weekday_weight(days, counts[:known], today.weekday())
    elapsed = (now - dt.datetime.combine(today, dt.time(), tzinfo=dt.UTC)).total_seconds() / DAY_S
    burst = activity.get(today, 0) / max(elapsed, _LEAST_OF_A_DAY)
    expected = max(usual, burst)
    return DAY_S / expected / LOOKS_PER_ARTICLE


def _mean(counts: list[int]) -> float:
    return sum(counts) / len(counts)


def _weekday_weight(days: list[dt.date], counts: list[int], weekday: int) -> float:
    """How much more, or less, comes on this day of the week than on any; an average week is counted in besides.

    That one more week keeps what never happened from being impossible: on the Sundays of a paper that pauses on
    Sundays a fifth of the usual is expected after four weeks.
    """
    if len(counts) < _WEEKDAY_DAYS:
        return 1.0
    mean = _mean(counts)
    same = [count for day, count in zip(days, counts, strict=False) if day.weekday() == weekday]
    return (sum(same) + mean) / ((len(same) + 1) * mean)


def pace_of(
    source: Source,
    activity: Mapping[dt.date, int],
    *,
    answers: bool,
    hints: Hints,
    fresh_s: float | None,
    now: dt.datetime,
) -> float:
    """Seconds between two polls while all is well: the source's rhythm, slowed down to what its publisher asks for.

    Between ``interval_s`` and ``max_interval_s``, whatever is asked for; ``interval_s`` itself where it is the
    longer of the two, and while nothing is known of the source.

    Args:
        source: whose bounds hold.
        activity: articles by day (UTC), of at least ``PACE_DAYS`` days.
        answers: whether it could be read: else no article is no sign that it sleeps.
        hints: what its feeds ask for.
        fresh_s: for so long its server calls its answers fresh.
        now: aware.
    """
    own_s = own_pace_s(activity, now) if activity or answers else None
    wanted_s = max(source.interval_s if own_s is None else own_s, hints.interval_s or 0.0, fresh_s or 0.0)
    return max(source.interval_s, min(wanted_s, source.max_interval_s))


def strictest(hints: Iterable[Hints]) -> Hints:
    """What keeps every one of several wishes: the longest time, and all hours and days to leave out."""
    every = list(hints)
    return Hints(
        interval_s=max((one.interval_s for one in every if one.interval_s is not None), default=None),
        skip_hours=tuple(sorted({hour for one in every for hour in one.skip_hours})),
        skip_days=tuple(sorted({day for one in every for day in one.skip_days})),
    )


def next_poll(
    source: Source,
    state: SourceState,
    *,
    pace_s: float,
    hints: Hints,
    now: dt.datetime,
    failures: int,
    left: int,
    error: PolyfeedError | None,
) -> dt.datetime:
    """When the source is polled next.

    At its pace when all is well, at once when pages had to wait, later with each failure in a row, once a day when
    it is gone, not in hours in which its feed says that nothing comes, and never before a Retry-After. A jitter of
    up to ±10 %, fixed for each source, keeps sources apart.
    """
    spread = int.from_bytes(hashlib.blake2b(source.id.encode(), digest_size=2).digest()) / 0xFFFF
    wait_s = _wait_s(state, pace_s=pace_s, failures=failures) * (1 + JITTER * (2 * spread - 1))
    is_unfinished = bool(left) and state in WELL
    if is_unfinished:
        wait_s = min(wait_s, SHORTEST_RETRY_S)
    if isinstance(error, RateLimited) and error.retry_after_s is not None:
        wait_s = max(wait_s, error.retry_after_s)
    due = now + dt.timedelta(seconds=wait_s)
    return due if is_unfinished else _after_pause(due, hints, spread=spread)


def _wait_s(state: SourceState, *, pace_s: float, failures: int) -> float:
    if state in WELL:
        return pace_s
    if state is SourceState.GONE:
        return max(pace_s, LONGEST_WAIT_S)
    return max(pace_s, min(LONGEST_WAIT_S, pace_s * 2.0 ** min(max(0, failures - 1), MAX_DOUBLINGS)))


def _after_pause(due: dt.datetime, hints: Hints, *, spread: float) -> dt.datetime:
    """``due``, or the first hour after it in which the publisher wants to be asked; a day later at the latest.

    A feed that leaves out every hour or every day means something else, and whoever leaves out a weekend is asked
    once a day: a mistake in a feed must not silence it.
    """
    if not _is_left_out(due, hints):
        return due
    hour = due.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    for _ in range(24):
        hour += dt.timedelta(hours=1)
        if not _is_left_out(hour, hints):
            # not all feeds that pause at night on the first second of the morning
            return hour + dt.timedelta(seconds=spread * _HOUR_S / 2)
    everything = len(set(hints.skip_hours)) == 24 or len(set(hints.skip_days)) == _WEEK  # noqa: PLR2004  # hours of a day
    return due if everything else due + dt.timedelta(days=1)


def _is_left_out(when: dt.datetime, hints: Hints) -> bool:
    utc = when.astimezone(dt.UTC)
    return utc.hour in hints.skip_hours or utc.weekday() in hints.skip_days
