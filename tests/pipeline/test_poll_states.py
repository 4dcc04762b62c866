"""The state of a source is true, told once, and taken back when it is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from feeds.decide.state import ENOUGH_NOT_FOUND
from feeds.model import Kind, Section, SourceState
from feeds.newsroom import Newsroom, newsroom_sources

from .conftest import House, Page, Site, rss, varied

DAY = dt.timedelta(days=1)


@pytest.fixture
def newsroom(house: House) -> Iterator[Newsroom]:
    with Newsroom(articles=30, every_s=0, clock=lambda: house.now) as newsroom:
        yield newsroom


@pytest.fixture
def edition(house: House, newsroom: Newsroom) -> House:
    """The newsroom's English edition, one section of it."""
    (source,) = [source for source in newsroom_sources(newsroom.url) if source.id == "newsroom-en"]
    house.source = replace(source, id="s", sections=source.sections[:1], pages=1)
    return house


def changes(house: House) -> list[tuple[SourceState, SourceState]]:
    return [(event.before, event.after) for event in house.store.events(limit=100)]


def test_a_source_is_down_only_when_each_of_its_pages_is_whatever_they_are_called(house: House, site: Site) -> None:
    site.stories(1, 2, 3, section="a")
    sections = tuple(Section(slug="news", name="News", url=f"{site.url}/{path}") for path in ("a", "b", "c"))
    house.source = replace(house.source, url=site.url, sections=sections)
    some = house.poll()
    assert (some.state, some.new) == (SourceState.OK, 3)
    assert some.reason.startswith("2 of 3 sections failed: ")
    assert f"{site.url}/b: " in some.reason
    site.pages.clear()
    assert house.poll(hours=1).state is SourceState.BROKEN


# --- gone ---------------------------------------------------------------------------------------------------------


def test_404_is_broken_until_it_stays(edition: House, newsroom: Newsroom) -> None:
    edition.poll()
    newsroom.misbehave("/en/", "vanish")
    reports = [edition.poll(hours=n) for n in range(1, ENOUGH_NOT_FOUND + 2)]
    states = [report.state for report in reports]
    assert states == [*[SourceState.BROKEN] * (ENOUGH_NOT_FOUND - 1), SourceState.GONE, SourceState.GONE]
    assert "404" in reports[0].reason
    newsroom.behave()
    back = edition.poll(days=1)
    assert (back.state, back.reason) == (SourceState.OK, "")
    assert changes(edition) == [
        (SourceState.WAITING, SourceState.OK),
        (SourceState.OK, SourceState.BROKEN),
        (SourceState.BROKEN, SourceState.GONE),
        (SourceState.GONE, SourceState.OK),
    ]


def test_410_is_gone_at_once_and_asked_once_a_day(edition: House, newsroom: Newsroom) -> None:
    edition.poll()
    newsroom.misbehave("/en/", 410)
    report = edition.poll(hours=1)
    assert report.state is SourceState.GONE
    assert dt.timedelta(hours=21) < report.next_poll_at - edition.now < dt.timedelta(hours=27)


# --- blocked ------------------------------------------------------------------------------------------------------


def test_a_challenge_page_is_blocked_and_no_article(edition: House, newsroom: Newsroom) -> None:
    edition.poll()
    articles = len(edition.articles())
    newsroom.misbehave("/en/", "challenge")
    report = edition.poll(hours=1)
    assert report.state is SourceState.BLOCKED
    assert len(edition.articles()) == articles
    newsroom.behave()
    newsroom.publish("en")
    assert edition.poll(hours=1).state is SourceState.OK


def test_pages_that_scripts_fill_are_empty_and_no_article_is_made_of_them(edition: House, newsroom: Newsroom) -> None:
    edition.poll()
    before = edition.articles()
    newsroom.misbehave("/en/", "redesign")
    newsroom.publish("en")
    reports = [edition.poll(hours=n) for n in (1, 2)]
    assert {report.state for report in reports} == {SourceState.EMPTY}
    assert edition.articles() == before
    newsroom.behave()
    assert edition.poll(hours=8).state is SourceState.OK


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept(edition: House, newsroom: Newsroom, status: int) -> None:
    newsroom.misbehave("/en/", status, retry_after_s=5000)
    report = edition.poll()
    assert report.state is SourceState.BLOCKED
    assert report.next_poll_at - edition.now >= dt.timedelta(seconds=5000)


def test_retry_after_of_an_article_page_is_kept_too(edition: House, newsroom: Newsroom) -> None:
    article = newsroom.publish("en", edition.source.sections[0].url.split("/")[-2])
    newsroom.misbehave(article.path, 429, retry_after_s=5000)
    report = edition.poll()
    assert report.next_poll_at - edition.now >= dt.timedelta(seconds=5000)


def test_errors_back_off_and_recover(edition: House, newsroom: Newsroom) -> None:
    edition.source = replace(edition.source, interval_s=600.0, max_interval_s=600.0)
    well = edition.poll().next_poll_at - edition.now
    newsroom.misbehave("/en/", 500)
    waits = []
    for _ in range(4):
        report = edition.poll(hours=1)
        waits.append((report.next_poll_at - edition.now) / well)
    assert waits == pytest.approx([1, 2, 4, 8])
    newsroom.behave()
    report = edition.poll(hours=1)
    assert (report.state, report.next_poll_at - edition.now) == (SourceState.OK, well)


# --- quiet --------------------------------------------------------------------------------------------------------


def dispatch(number: int, at: dt.datetime) -> str:
    """A feed's entry with its whole text."""
    return (
        f"<title>Dispatch number {number}</title><link>http://x.test/{number}</link><guid>g{number}</guid>"
        f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate><description>{varied(number)}</description>"
    )


@pytest.fixture
def agency(house: House, site: Site) -> House:
    """A feed that brought three dispatches a day for three weeks."""
    house.source = replace(house.source, kind=Kind.FEED, url=f"{site.url}/feed", backfill=1000)
    entries = [dispatch(n, house.now - n / 3 * DAY) for n in range(63)]
    site.pages["/feed"] = replace(rss(*entries), tagged=True)
    return house


def test_a_source_that_goes_quiet_is_told_once_with_numbers_and_comes_back(agency: House, site: Site) -> None:
    assert agency.poll().state is SourceState.OK
    states = [agency.poll(days=1).state for _ in range(6)]
    assert states[:3] == [SourceState.OK] * 3
    assert states[-1] is SourceState.QUIET
    (row,) = agency.store.status(["s"])
    assert row.reason == "no articles in the last 5 days where 15 are usual (fewest: 13)"
    fresh = [dispatch(1000 + n, agency.now + n / 3 * DAY) for n in range(3)]
    site.pages["/feed"] = replace(rss(*reversed(fresh)), tagged=True)
    back = agency.poll(days=1)
    assert (back.state, back.reason, back.new) == (SourceState.OK, "", 3)
    assert changes(agency)[1:] == [(SourceState.OK, SourceState.QUIET), (SourceState.QUIET, SourceState.OK)]


def test_a_feed_that_answers_with_errors_is_broken_not_quiet(agency: House, site: Site) -> None:
    agency.poll()
    site.pages["/feed"] = Page(status=500)
    assert {agency.poll(days=1).state for _ in range(6)} == {SourceState.BROKEN}


# --- three editions of one site -----------------------------------------------------------------------------------


def test_editions_of_one_site_are_polled_one_after_the_other(house: House, newsroom: Newsroom) -> None:
    editions = newsroom_sources(newsroom.url)[:3]
    house.store.register(editions, house.now)
    (first,) = house.store.claim_due(house.now, limit=10, lease_s=60)
    assert house.store.claim_due(house.now, limit=10, lease_s=60) == []
    house.source = next(source for source in editions if source.id == first.source_id)
    assert (
        house.store.claim(next(one.id for one in editions if one.id != first.source_id), house.now, lease_s=60) is None
    )
