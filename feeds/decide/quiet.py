"""Whether a source has gone quiet: its articles a day in, the reason in words out.

A source is measured against itself. The last days are laid beside every earlier stretch of as many days: quiet is what
brings less than a third of the *poorest* of those. So weekends, a paper that pauses on Sundays and a magazine that
comes in bursts are no news: their poorest stretch is as poor. Stretches of several lengths are looked at, since a
weekly takes longer to miss than a news agency. Pure: no input or output, no clock.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

# so many days before today are looked at: enough to miss a weekly in
DAYS = 56
_LENGTHS = (3, 4, 5, 7, 10, 14, 21)
# a source without two weeks before the stretch is young: its weekends are not known yet
_LEAST_HISTORY_DAYS = 14
# the poorest stretch has to be worth so much
_LEAST_ARTICLES = 5
# what comes by chance (Poisson) brings so few less often than that: of 12 usual articles not one. With it, chance makes
# less than one source in a thousand quiet on any day, however few come; without it one in seventy of those with the
# fewest
_CHANCE = 1e-5
# of a stretch with fewer days on which something came, one late issue is most
_LEAST_ACTIVE_DAYS = 3
_SHARE = 1 / 3
# who is called quiet already has to bring more than that to be called well again: no going to and fro at the border
_SHARE_TO_RECOVER = 1 / 2
# what came so far today is taken for at least so much of the day
_LEAST_OF_A_DAY = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """The last ``length`` whole days, and what comes in so many days else."""

    length: int
    articles: int
    usual: float
    mean: float
    fewest: int


def quiet_reason(activity: Mapping[dt.date, int], *, was_quiet: bool, now: dt.datetime) -> str:
    """Why a source that answers is quiet; empty when it is not.

    Args:
        activity: articles by day (UTC) of at least ``DAYS`` days; days without any may be absent.
        was_quiet: whether it was called quiet after its last poll.
        now: aware.
    """
    today = now.astimezone(dt.UTC).date()
    counts = [activity.get(today - dt.timedelta(days=back), 0) for back in range(1, DAYS + 1)]
    so_far = activity.get(today, 0)
    if not any(counts) and not so_far:
        return f"no article in the last {DAYS} days" if was_quiet else ""
    share = _SHARE_TO_RECOVER if was_quiet else _SHARE
    elapsed_days = (now - dt.datetime.combine(today, dt.time(), tzinfo=dt.UTC)).total_seconds() / 86_400
    for stretch in _stretches(counts):
        least_a_day = stretch.fewest / stretch.length * share
        is_back = so_far > 0 and so_far >= least_a_day * max(elapsed_days, _LEAST_OF_A_DAY)
        lately = counts[0] + so_far
        is_back = is_back or (lately > 0 and lately >= least_a_day * (1 + elapsed_days))
        articles = stretch.articles + so_far
        if articles < stretch.fewest * share and not is_back and _chance_of(articles, stretch.mean) < _CHANCE:
            return _say(stretch)
    if was_quiet and not any(counts[: _LENGTHS[-1]]) and not so_far:
        # silent for so long that its better days are no measure any more: that makes nothing well
        return f"no article in the last {next(back for back, count in enumerate(counts) if count)} days"
    return ""


def _stretches(counts: list[int]) -> list[_Stretch]:
    """The stretches that can be judged, shortest first; ``counts`` are by day, yesterday first."""
    known = max((back for back, count in enumerate(counts, start=1) if count), default=0)
    found: list[_Stretch] = []
    for length in _LENGTHS:
        earlier = counts[length:known]
        if len(earlier) < max(_LEAST_HISTORY_DAYS, length + length // 2):
            continue
        windows = [earlier[start : start + length] for start in range(len(earlier) - length + 1)]
        sums = [sum(window) for window in windows]
        active_days = min(sum(count > 0 for count in window) for window in windows)
        if min(sums) >= _LEAST_ARTICLES and active_days >= _LEAST_ACTIVE_DAYS:
            found.append(
                _Stretch(
                    length=length,
                    articles=sum(counts[:length]),
                    usual=statistics.median(sums),
                    mean=length * statistics.fmean(earlier),
                    fewest=min(sums),
                )
            )
    return found


def _chance_of(articles: int, mean: float) -> float:
    """How likely so few articles or fewer are, where they come by chance and ``mean`` are usual."""
    return sum(math.exp(count * math.log(mean) - mean - math.lgamma(count + 1)) for count in range(articles + 1))


def _say(stretch: _Stretch) -> str:
    articles = "1 article" if stretch.articles == 1 else f"{stretch.articles or 'no'} articles"
    usual = f"{stretch.usual:.0f} are usual (fewest: {stretch.fewest})"
    return f"{articles} in the last {stretch.length} days where {usual}"
