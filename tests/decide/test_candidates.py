"""Candidates in, the order in which they are recommended out, with reasons in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from feeds.decide.candidates import Aside, Candidate, age_in_words, rank_candidates
from feeds.model import Kind

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


def candidate(name: str, kind: Kind = Kind.FEED, *, days: float | None = 0.1, **more: Any) -> Candidate:
    newest_at = None if days is None else NOW - dt.timedelta(days=days)
    more = {"count": 20, **more}
    return Candidate(url=f"https://a.example/{name}", kind=kind, where="x", newest_at=newest_at, **more)


def order(*candidates: Candidate, language: str | None = "de") -> list[str]:
    ranked = rank_candidates(candidates, now=NOW, language=language)
    return [one.candidate.url.rsplit("/", 1)[1] for one in ranked]


def test_a_feed_wins_over_a_page_that_lists_the_same() -> None:
    assert order(candidate("page", Kind.LISTING), candidate("feed")) == ["feed", "page"]


@pytest.mark.parametrize(
    "worse",
    [
        candidate("feed", days=900),
        candidate("feed", days=40),
        candidate("feed", count=3),
        candidate("feed", aside=Aside.COMMENTS),
        candidate("feed", aside=Aside.PODCAST),
        candidate("feed", language="en"),
        candidate("feed", outside=0.8),
        candidate("feed", trouble="404"),
        candidate("feed", count=0),
    ],
)
def test_a_feed_that_is_stale_short_or_of_something_else_loses_to_the_page(worse: Candidate) -> None:
    ranked = rank_candidates([worse, candidate("page", Kind.LISTING)], now=NOW, language="de")
    assert ranked[0].candidate.kind is Kind.LISTING
    assert ranked[1].bad


def test_a_site_that_publishes_seldom_is_not_late() -> None:
    assert order(candidate("feed", days=400, count=5), candidate("page", Kind.LISTING, days=400, count=5)) == [
        "feed",
        "page",
    ]


def test_the_feed_of_a_category_loses_to_the_feed_of_everything() -> None:
    everything = candidate("all", identities=frozenset("abcdef"))
    part = candidate("sport", identities=frozenset("abc"), is_whole=True)
    assert order(part, everything) == ["all", "sport"]


def test_whole_text_decides_among_equals() -> None:
    assert order(candidate("teaser"), candidate("whole", is_whole=True)) == ["whole", "teaser"]


def test_a_regional_tag_is_the_same_language() -> None:
    ranked = rank_candidates([candidate("feed", language="de")], now=NOW, language="de-AT")
    assert ranked[0].bad == ()


def test_what_cannot_be_used_is_never_worth_it() -> None:
    ranked = rank_candidates(
        [candidate("feed", trouble="404"), candidate("c", aside=Aside.COMMENTS)], now=NOW, language=None
    )
    assert not any(one.is_worth_it for one in ranked)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (dt.timedelta(minutes=5), "within the hour"),
        (dt.timedelta(hours=1, minutes=10), "1 hour ago"),
        (dt.timedelta(hours=30), "30 hours ago"),
        (dt.timedelta(days=9), "9 days ago"),
        (dt.timedelta(days=2000), "in June 2021"),
    ],
)
def test_ages_in_words(passed: dt.timedelta, words: str) -> None:
    assert age_in_words(NOW - passed, NOW) == words
