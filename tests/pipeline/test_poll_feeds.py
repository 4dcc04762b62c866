"""What a poll does with feeds as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.model import Enclosure, Kind, SourceState

from .conftest import WORDS, House, Page, Site, rss, story, varied

LONG = WORDS.format(name="Lagune") * 3


def entry(number: int, *, link: str = "", guid: str = "", title: str = "", text: str = LONG) -> str:
    """One <item>; its text is whole unless it is given."""
    named = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    return (
        f"<title>{title or f'Entry number {number}'}</title><link>{link or f'http://x.test/{number}'}</link>{named}"
        f"<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate><description>{text}</description>"
    )


@pytest.fixture
def stream(house: House, site: Site) -> House:
    """A source that is a feed."""
    house.source = replace(house.source, kind=Kind.FEED, url=f"{site.url}/feed")
    return house


def test_whole_entries_are_stored_once_and_an_edit_keeps_the_id(stream: House, site: Site) -> None:
    site.pages["/feed"] = rss(entry(2, guid="g2"), entry(1, guid="g1"))
    assert stream.poll().new == 2
    ids = {one.article.id for one in stream.articles()}
    site.pages["/feed"] = rss(entry(2, guid="g2", title="Corrected", link="http://x.test/moved"), entry(1, guid="g1"))
    report = stream.poll(minutes=10)
    assert (report.new, report.updated, report.same) == (0, 1, 0)  # what is as it was is not read again
    assert {one.article.id for one in stream.articles()} == ids
    assert stream.titles()[0] == "Corrected"


def test_a_file_that_an_entry_gets_later_is_a_change_and_a_new_signature_is_none(stream: House, site: Site) -> None:
    site.pages["/feed"] = rss(entry(1, guid="g1"))
    assert stream.poll().new == 1
    sound = "<enclosure url='http://x.test/1.mp3?sig={}' length='77' type='audio/mpeg'/>"
    site.pages["/feed"] = rss(entry(1, guid="g1") + sound.format(1))
    report = stream.poll(minutes=10)
    assert (report.new, report.updated) == (0, 1)
    site.pages["/feed"] = rss(entry(1, guid="g1") + sound.format(2))
    assert stream.poll(minutes=10).updated == 0
    (only,) = stream.articles()
    assert only.article.enclosures == (
        Enclosure(url="http://x.test/1.mp3?sig=1", media_type="audio/mpeg", length_bytes=77),
    )


def test_a_page_has_the_files_and_rights_of_its_entry_and_keeps_them(stream: House, site: Site) -> None:
    stream.source = replace(stream.source, recheck_s=86400.0)
    site.pages["/page"] = story("Entry number 1")
    more = "<enclosure url='/1.mp3' type='audio/mpeg'/><rights xmlns='http://purl.org/dc/elements/1.1/'>© X</rights>"
    site.pages["/feed"] = rss(entry(1, link=f"{site.url}/page", text="A teaser.") + more)
    stream.poll()
    site.pages["/feed"] = rss(entry(2))
    site.pages["/page"] = story("Entry number 1, corrected")
    assert stream.poll(minutes=10).updated == 1
    said = next(one.article for one in stream.articles() if one.article.url == f"{site.url}/page")
    assert [one.url for one in said.enclosures] == ["http://x.test/1.mp3"]
    assert (said.rights, said.provenance["rights"]) == ("© X", "feed")


def test_entries_that_link_to_one_page_are_told_apart_by_their_guids(stream: House, site: Site) -> None:
    page = f"{site.url}/releases"
    site.pages["/releases"] = story("All releases")
    site.pages["/feed"] = rss(*(entry(n, guid=f"v{n}", link=page, text=f"What is new in {n}.") for n in (3, 2, 1)))
    stream.poll()
    assert sorted(stream.titles()) == ["Entry number 1", "Entry number 2", "Entry number 3"]
    site.pages["/feed"] = rss(*(entry(n, guid=f"v{n}", link=page, text=f"What is new in {n}.") for n in (4, 3, 2)))
    assert (stream.poll(minutes=10).new, len(stream.articles())) == (1, 4)
    assert site.asked["/releases"] == 0


def test_one_guid_for_all_entries_names_none(stream: House, site: Site) -> None:
    site.pages["/feed"] = rss(*(entry(n, guid="the-feed") for n in (3, 2, 1)))
    stream.poll()
    assert len(stream.articles()) == 3
    report = stream.poll(minutes=10)
    assert (report.new, report.updated, report.found) == (0, 0, 3)


def test_a_teaser_stands_in_for_a_page_that_fails_until_it_can_be_read(stream: House, site: Site) -> None:
    site.pages["/feed"] = rss(*(entry(n, link=f"{site.url}/page-{n}", text="A teaser.") for n in (3, 2, 1)))
    for number in (1, 2, 3):
        site.pages[f"/page-{number}"] = Page(status=500)
    report = stream.poll()
    assert (report.new, report.failed_pages, report.state) == (3, 3, SourceState.OK)
    assert all(one.article.summary == "A teaser." for one in stream.articles())
    for number in (1, 2, 3):
        site.pages[f"/page-{number}"] = story(f"Entry number {number}")
    report = stream.poll(minutes=11)
    assert (report.new, report.updated, report.failed_pages) == (0, 3, 0)
    assert all("second quay" in one.article.content_text for one in stream.articles())


def test_a_page_that_fails_later_does_not_cost_the_text_it_had(stream: House, site: Site) -> None:
    link = f"{site.url}/page"
    site.pages["/page"] = story("Entry number 1")
    site.pages["/feed"] = rss(entry(1, link=link, text="A teaser."))
    stream.poll()
    site.pages["/page"] = Page(status=500)
    site.pages["/feed"] = rss(entry(1, link=link, text="A corrected teaser."))
    for _ in range(8):
        assert stream.poll(hours=24).updated == 0
    assert "second quay" in stream.articles()[0].article.content_text


def test_a_feed_that_drops_old_entries_loses_no_article(stream: House, site: Site) -> None:
    for first in (1, 4, 7):
        site.pages["/feed"] = rss(*(entry(n) for n in range(first + 2, first - 1, -1)))
        assert stream.poll(minutes=10).new == 3
    assert len(stream.articles()) == 9


def test_entries_without_guid_or_date_and_with_wrong_content_type(stream: House, site: Site) -> None:
    bare = f"<title>Bare entry</title><link>http://x.test/bare</link><description>{LONG}</description>"
    site.pages["/feed"] = replace(rss(bare), kind="text/html")
    stream.poll()
    stream.poll(days=3)
    (only,) = stream.articles()
    assert only.article.published is None
    assert (stream.now - only.dated_at).days == 3


def test_a_feed_behind_redirects_and_one_that_became_a_page(stream: House, site: Site) -> None:
    site.pages["/feed"] = Page(status=302, headers={"Location": "/feed2"})
    site.pages["/feed2"] = Page(status=301, headers={"Location": "/feed3"})
    site.pages["/feed3"] = rss(entry(1))
    assert stream.poll().new == 1
    site.pages["/feed3"] = story("We have moved")
    report = stream.poll(minutes=10)
    assert report.state is SourceState.BROKEN
    assert "HTML page, not a feed" in report.reason
    assert len(stream.articles()) == 1


def test_entries_that_come_whole_are_all_taken_in_one_poll(stream: House, site: Site) -> None:
    site.pages["/feed"] = rss(*(entry(n, guid=f"g{n}", text=varied(n)) for n in range(80, 0, -1)))
    stream.settings = replace(stream.settings, new_per_poll=20)  # that is for pages
    report = stream.poll()
    assert (report.new, report.left, report.state) == (80, 0, SourceState.OK)
    assert stream.titles()[0] == "Entry number 80"
