"""What was found at a site in, which of it to poll out, with the reasons in words. Pure.

A candidate is judged by the articles that it would deliver: whether they are the newest, whole, many, in the page's
language, and belong to what was asked for. What it calls itself plays no part.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from feeds.model import Kind

_DAY = dt.timedelta(days=1)
# (later than the freshest candidate by more than, score); a site that publishes seldom is not late
_LATE = ((180 * _DAY, -9.0), (30 * _DAY, -6.0), (7 * _DAY, -3.0), (2 * _DAY, -0.5))
_OLD = 365 * _DAY
_UNUSABLE = -100.0
_ASIDE = -20.0
_OTHER_LANGUAGE = -7.0
_UNDATED = -0.5
_FEW = 4
_ENOUGH = 10
_FEWER = -4.0
_WHOLE = 0.75
_OUTSIDE = -8.0  # worse than few articles: it is not what was asked for
_MOSTLY_OUTSIDE = 0.5
_PART = -1.5
_ALIKE = 0.9
_KINDS = {Kind.FEED: 3.0, Kind.JSON: 2.5, Kind.LISTING: 2.0, Kind.SITEMAP: 1.0}
_TITLED_SITEMAP = 1.5


class Aside(StrEnum):
    """What a feed holds in place of articles."""

    COMMENTS = "comments"
    PODCAST = "podcast episodes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """An article that a candidate lists."""

    url: str
    title: str
    published_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that could be polled, with what a poll of it would find now.

    ``headlines`` are the newest few, newest first, of ``count`` articles; ``identities`` those of all. ``is_whole``:
    it brings the articles' text itself (False: teasers, the pages are fetched). ``outside`` is the share of its
    articles that lie outside the edition that was asked for. ``trouble`` says why it cannot be polled.
    """

    url: str
    kind: Kind
    where: str
    title: str = ""
    headlines: tuple[Headline, ...] = ()
    identities: frozenset[str] = frozenset()
    count: int = 0
    newest_at: dt.datetime | None = None
    oldest_at: dt.datetime | None = None
    is_whole: bool = False
    is_titled: bool = True
    language: str | None = None
    outside: float = 0.0
    aside: Aside | None = None
    trouble: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether a poll would find articles in it."""
        return not self.trouble and self.count > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A candidate with its score, and what speaks for and against it."""

    candidate: Candidate
    score: float
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()

    @property
    def is_worth_it(self) -> bool:
        """Whether it may be recommended at all."""
        return self.candidate.is_usable and self.candidate.aside is None


def rank_candidates(candidates: Sequence[Candidate], *, now: dt.datetime, language: str | None) -> tuple[Ranked, ...]:
    """The candidates, best first; equals stay in their order.

    Args:
        candidates: what was found.
        now: an aware datetime.
        language: of the page that was given, None when it is not known.
    """
    usable = [one for one in candidates if one.is_usable and one.aside is None]
    dates = [one.newest_at for one in usable if one.newest_at is not None]
    freshest_at = max(dates, default=None)
    most = max((one.count for one in usable), default=0)
    judged = []
    for one in candidates:
        others = [other for other in usable if other is not one]
        judged.append(_judge(one, others, now=now, language=language, freshest_at=freshest_at, most=most))
    return tuple(sorted(judged, key=lambda one: -one.score))


def age_in_words(at: dt.datetime, now: dt.datetime) -> str:
    """How long ago, to the unit that matters: "3 hours ago", "5 days ago", "in 2019"."""
    passed = now - at
    if passed < dt.timedelta(hours=1):
        return "within the hour"
    if passed < 2 * _DAY:
        hours = round(passed / dt.timedelta(hours=1))
        return f"{hours} hour{'s' if hours > 1 else ''} ago"
    if passed < 60 * _DAY:
        return f"{passed.days} days ago"
    return f"in {at:%B %Y}"


def _judge(
    one: Candidate,
    others: Sequence[Candidate],
    *,
    now: dt.datetime,
    language: str | None,
    freshest_at: dt.datetime | None,
    most: int,
) -> Ranked:
    if not one.is_usable:
        return Ranked(candidate=one, score=_UNUSABLE, bad=(one.trouble or "lists no article",))
    good: list[str] = []
    bad: list[str] = []
    score = _KINDS[one.kind] + (_TITLED_SITEMAP if one.kind is Kind.SITEMAP and one.is_titled else 0.0)
    score += min(1.5, math.log10(one.count))
    if one.aside is not None:
        score += _ASIDE
        bad.append(f"holds {one.aside.value}, no articles")
    score += _weigh_age(one, good, bad, now=now, freshest_at=freshest_at)
    if one.count < _FEW and most >= _ENOUGH:
        score += _FEWER
        bad.append(f"has only {one.count} article{'s' if one.count > 1 else ''}")
    else:
        good.append(f"{one.count} article{'s' if one.count > 1 else ''}")
    if one.is_whole:
        score += _WHOLE
        good.append("with their whole text")
    if language and one.language and _primary(one.language) != _primary(language):
        score += _OTHER_LANGUAGE
        bad.append(f"is in another language ({one.language})")
    if one.outside > _MOSTLY_OUTSIDE:
        score += _OUTSIDE
        bad.append("mostly lists other editions or sections")
    score += _weigh_part(one, others, bad)
    return Ranked(candidate=one, score=score, good=tuple(good), bad=tuple(bad))


def _weigh_age(
    one: Candidate, good: list[str], bad: list[str], *, now: dt.datetime, freshest_at: dt.datetime | None
) -> float:
    if one.newest_at is None:
        return _UNDATED if freshest_at is not None else 0.0
    age = age_in_words(one.newest_at, now)
    score = 0.0
    if freshest_at is not None:
        score = next((score for late, score in _LATE if freshest_at - one.newest_at > late), 0.0)
    if score <= _LATE[-2][1]:
        bad.append(f"is stale: its newest article appeared {age}")
    elif now - one.newest_at > _OLD:
        bad.append(f"nothing new for long: the newest article appeared {age}")
    else:
        good.append(f"the newest {age}")
    return score


def _weigh_part(one: Candidate, others: Sequence[Candidate], bad: list[str]) -> float:
    """Marks down what holds a part of what a feed beside it holds: the feed of one category."""
    if one.kind is not Kind.FEED or not one.identities:
        return 0.0
    for other in others:
        if other.kind is not Kind.FEED or len(other.identities) <= len(one.identities):
            continue
        shared = len(one.identities & other.identities) / len(one.identities)
        if shared >= _ALIKE:
            bad.append("holds a part of what another feed here holds")
            return _PART
    return 0.0


def _primary(tag: str) -> str:
    return tag.lower().partition("-")[0]
