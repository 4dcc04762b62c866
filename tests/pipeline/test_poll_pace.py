"""The time to the next poll: what a source says and does, from its answers to what the operator sees."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from feeds.model import Hints, Kind, Section, SourceStatus

from .conftest import House, Page, Site, rss
from .test_poll_feeds import entry


@pytest.fixture
def stream(house: House, site: Site) -> House:
    """A feed of three entries, polled between once a minute and once a day."""
    house.source = replace(
        house.source, kind=Kind.FEED, url=f"{site.url}/feed", interval_s=60.0, max_interval_s=86_400.0
    )
    site.pages["/feed"] = replace(rss(entry(3), entry(2), entry(1)), tagged=True)
    return house


def says(page: Page, channel: str = "", **headers: str) -> Page:
    """The feed, its publisher asking for something."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(page, body=str(page.body).replace("<description>d<", f"{channel}<description>d<", 1), headers=sent)


def status(house: House) -> SourceStatus:
    (row,) = house.store.status(["s"])
    return row


def test_a_new_source_is_polled_at_the_fastest_and_then_at_its_own_pace(stream: House) -> None:
    stream.now = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)  # the day of its articles
    stream.poll()
    assert status(stream).pace_s == 60
    stream.poll(days=9)  # three articles in nine days: a look every 17 hours and more
    pace_s = status(stream).pace_s
    assert pace_s is not None
    assert 12 * 3600 < pace_s <= 86_400


def test_ttl_is_kept_and_remembered_when_nothing_changed(stream: House, site: Site) -> None:
    site.pages["/feed"] = says(site.pages["/feed"], "<ttl>90</ttl>")
    stream.now = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
    stream.poll()
    assert status(stream).pace_s == 5400
    stream.poll(minutes=90)  # 304: it says nothing this time
    assert status(stream).pace_s == 5400
    site.pages["/feed"] = replace(rss(entry(4), entry(3)), tagged=True)
    stream.poll(minutes=90)
    assert status(stream).pace_s == 60


def test_the_operators_slowest_is_never_passed(stream: House, site: Site) -> None:
    site.pages["/feed"] = says(site.pages["/feed"], "<ttl>1440</ttl>", Cache_Control="max-age=31536000")
    stream.source = replace(stream.source, max_interval_s=1800.0)
    stream.poll()
    assert status(stream).pace_s == 1800


def test_what_its_server_calls_fresh_is_not_asked_for_again(stream: House, site: Site) -> None:
    site.pages["/feed"] = says(site.pages["/feed"], Cache_Control="public, max-age=3000")
    stream.now = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
    stream.poll()
    assert status(stream).pace_s == 3000


def test_hours_that_a_feed_leaves_out_are_waited_for(stream: House, site: Site) -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(9, 15))
    site.pages["/feed"] = says(site.pages["/feed"], f"<skipHours>{hours}</skipHours>")
    stream.now = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
    first = stream.poll()
    assert first.next_poll_at >= stream.now.replace(hour=15)
    claim_hints = stream.poll(minutes=1)  # 304: still kept in mind
    assert claim_hints.next_poll_at >= stream.now.replace(hour=15)


def test_the_wishes_of_all_its_feeds_are_kept(stream: House, site: Site) -> None:
    site.pages["/a"] = replace(says(rss(entry(1)), "<ttl>30</ttl>"), tagged=True)
    site.pages["/b"] = replace(says(rss(entry(2)), "<ttl>60</ttl>"), tagged=True)
    sections = tuple(Section(slug=slug, url=f"{site.url}/{slug}") for slug in "ab")
    stream.source = replace(stream.source, sections=sections)
    stream.now = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
    stream.poll()
    assert status(stream).pace_s == 3600
    site.pages["/a"] = replace(rss(entry(3), entry(1)), tagged=True)
    stream.poll(hours=1)  # the other one answers 304 and still means it
    assert status(stream).pace_s == 3600


def test_hints_go_from_one_poll_to_the_next(stream: House, site: Site) -> None:
    site.pages["/feed"] = says(site.pages["/feed"], "<ttl>45</ttl><skipDays><day>Sunday</day></skipDays>")
    stream.poll()
    claim = stream.store.claim("s", stream.now, lease_s=60)
    assert claim is not None
    assert claim.hints == Hints(interval_s=2700, skip_days=(6,))
