"""One source of several kinds: section pages, feeds and sitemaps that name the same articles give each of them once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from feeds.model import Kind, Section, SourceState
from feeds.newsroom import Newsroom, newsroom_sources

from .conftest import House, Page, Site, rss
from .test_poll_feeds import LONG

PATH = "/2026/11/20/story-{}.html"


def sitemap(site: Site, *numbers: int, tagged: bool = True) -> Page:
    rows = "".join(
        f"<url><loc>{site.url}{PATH.format(n)}</loc><lastmod>2026-11-22T0{n}:00:00Z</lastmod></url>" for n in numbers
    )
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    return Page(body=body, kind="application/xml", tagged=tagged)


def feed(site: Site, *numbers: int, text: str = "A teaser.", path: str = PATH) -> Page:
    """A feed with guids that are no addresses, and links that carry where the reader came from."""
    entries = (
        f"<title>The tale of harbour number {n}</title><link>{site.url}{path.format(n)}?utm_source=rss</link>"
        f"<guid isPermaLink='false'>tale-{n}</guid><category>Harbours</category>"
        f"<pubDate>Fri, 20 Nov 2026 0{n}:00:00 GMT</pubDate><description>{text}</description>"
        for n in numbers
    )
    return rss(*entries, tagged=True)


def stories(site: Site, *numbers: int) -> Page:
    return replace(site.stories(*numbers, section="page"), tagged=True)


@pytest.fixture
def mixed(house: House, site: Site) -> House:
    """A source of a section page, a feed and a sitemap."""
    sections = (
        Section(slug="kultur", url=f"{site.url}/page"),
        Section(slug="feed", url=f"{site.url}/feed", kind=Kind.FEED),
        Section(slug="map", url=f"{site.url}/sitemap.xml", kind=Kind.SITEMAP),
    )
    house.source = replace(house.source, url=site.url, sections=sections)
    site.pages["/page"] = stories(site, 3, 2, 1)
    site.pages["/feed"] = feed(site, 3, 2, 1)
    site.pages["/sitemap.xml"] = sitemap(site, 3, 2, 1)
    return house


def test_each_article_once_with_what_each_page_says_of_it(mixed: House, site: Site) -> None:
    report = mixed.poll()
    assert (report.new, report.found, report.state, report.reason) == (3, 3, SourceState.OK, "")
    assert site.articles_asked() == 3
    for one in mixed.articles():
        article = one.article
        assert article.section == "kultur"
        assert article.keywords == ("Harbours",)  # only the feed has them
        assert "second quay" in article.content_text  # only the page has it
        assert any(name.startswith("tale-") for name in (article.identity, *article.aliases))
    again = mixed.poll(minutes=20)
    assert (again.new, again.updated, site.articles_asked()) == (0, 0, 3)


@pytest.mark.parametrize(
    "order", [("page", "feed", "sitemap.xml"), ("sitemap.xml", "page", "feed"), ("feed", "page", "sitemap.xml")]
)
def test_in_whatever_order_they_name_it_an_article_stays_one(mixed: House, site: Site, order: tuple[str, ...]) -> None:
    pages = {name: site.pages.pop(f"/{name}") for name in order}
    empty = {"page": stories(site, 9), "feed": feed(site, 9), "sitemap.xml": sitemap(site, 9)}
    site.pages |= {f"/{name}": page for name, page in empty.items()}
    mixed.poll()
    ids: set[str] = set()
    for name in order:
        site.pages[f"/{name}"] = pages[name]
        report = mixed.poll(minutes=20)
        assert report.updated == 0
        ids = ids or {one.article.id for one in mixed.articles()}
        assert {one.article.id for one in mixed.articles()} == ids
    assert len(ids) == 4
    # by now each is known by the feed's guid: it is found when it moves
    site.pages["/feed"] = feed(site, 3, path="/moved/{}.html", text=LONG)
    assert mixed.poll(minutes=20).new == 0
    assert {one.article.id for one in mixed.articles()} == ids


def test_only_one_of_them_changing_fetches_nothing_again(mixed: House, site: Site) -> None:
    mixed.poll()
    for name in ("page", "feed", "sitemap.xml"):
        page = site.pages[f"/{name}"]
        site.pages[f"/{name}"] = replace(page, body=f"{page.body!s}<!-- -->")
        report = mixed.poll(minutes=20)
        assert (report.new, report.updated, report.state) == (0, 0, SourceState.OK)
    assert site.articles_asked() == 3


def test_a_section_page_that_fails_leaves_the_feed_and_is_named(mixed: House, site: Site) -> None:
    site.pages["/page"] = Page(status=500)
    report = mixed.poll()
    assert (report.new, report.state) == (3, SourceState.OK)
    assert report.reason.startswith("1 of 3 sections failed: kultur: ")


def test_an_article_that_its_feed_brings_whole_is_not_fetched_when_a_page_lists_it(mixed: House, site: Site) -> None:
    site.pages["/feed"] = feed(site, 3, 2, 1, text=LONG)
    report = mixed.poll()
    assert (report.new, site.articles_asked()) == (3, 0)
    site.pages["/page"] = stories(site, 4, 3, 2, 1)
    report = mixed.poll(minutes=20)
    assert (report.new, report.updated, site.articles_asked()) == (1, 0, 1)


# --- whole entries are remembered -------------------------------------------------------------------------------


@pytest.fixture
def stream(house: House, site: Site) -> House:
    house.source = replace(house.source, kind=Kind.FEED, url=f"{site.url}/feed")
    site.pages["/feed"] = replace(feed(site, 3, 2, 1, text=LONG), tagged=False)
    return house


def test_entries_that_are_as_they_were_are_not_read_again(stream: House, monkeypatch: pytest.MonkeyPatch) -> None:
    stream.poll()
    monkeypatch.setattr("feeds.pipeline.turn.as_article", lambda *_, **__: pytest.fail("read again"))
    report = stream.poll(minutes=20)
    assert (report.found, report.new, report.updated, report.state) == (3, 0, 0, SourceState.OK)


def test_another_zone_or_language_reads_them_again_once(stream: House, site: Site) -> None:
    body = re.sub("<pubDate>.*?</pubDate>", "<pubDate>2026-11-20 08:00</pubDate>", str(site.pages["/feed"].body))
    site.pages["/feed"] = replace(site.pages["/feed"], body=body, tagged=True)
    stream.poll()
    stream.source = replace(stream.source, zone="Asia/Shanghai")
    report = stream.poll(minutes=20)
    assert (report.new, report.updated) == (0, 3)
    assert stream.poll(minutes=20).updated == 0


def test_looking_again_for_edits_asks_for_no_page_of_a_whole_entry(stream: House, site: Site) -> None:
    stream.source = replace(stream.source, recheck_s=86_400)
    stream.poll()
    stream.poll(minutes=20)
    assert sum(site.asked.values()) - site.asked["/feed"] - site.asked["/robots.txt"] == 0


# --- the first read is bounded ----------------------------------------------------------------------------------


def test_of_a_long_feed_only_the_newest_are_taken_at_first_and_nothing_new_is_lost(stream: House, site: Site) -> None:
    stream.source = replace(stream.source, backfill=2)
    first = stream.poll()
    assert (first.new, first.left, first.state) == (2, 0, SourceState.OK)
    assert stream.titles() == ["The tale of harbour number 3", "The tale of harbour number 2"]
    site.pages["/feed"] = feed(site, 9, 8, 7, 6, 5, 4, 3, 2, 1, text=LONG)
    assert stream.poll(minutes=20).new == 6
    assert "The tale of harbour number 1" not in stream.titles()


def test_a_first_read_over_several_polls_takes_no_more(house: House, site: Site) -> None:
    house.source = replace(house.source, url=f"{site.url}/", backfill=7)
    house.settings = replace(house.settings, new_per_poll=3)
    site.stories(*range(20, 0, -1))
    reports = [house.poll(minutes=1) for _ in range(4)]
    assert [report.new for report in reports] == [3, 3, 1, 0]
    assert reports[-1].left == 0
    assert len(house.articles()) == 7


def test_every_section_has_its_share_of_the_first_read(house: House, site: Site) -> None:
    sections = tuple(Section(slug=slug, url=f"{site.url}/{slug}") for slug in "abc")
    house.source = replace(house.source, url=site.url, sections=sections, backfill=6)
    for place, slug in enumerate("abc"):
        site.stories(*range(10 * place + 9, 10 * place, -1), section=slug)
    assert house.poll().new == 6
    taken = Counter(one.article.section for one in house.articles())
    assert taken == {"a": 2, "b": 2, "c": 2}
    more = Section(slug="d", url=f"{site.url}/d")  # added later: its first read is bounded too
    site.stories(*range(49, 40, -1), section="d")
    house.source = replace(house.source, sections=(*sections, more), backfill=4)
    assert house.poll(minutes=20).new == 4


# --- the newsroom's own feeds -----------------------------------------------------------------------------------


@pytest.fixture
def newsroom(house: House) -> Iterator[Newsroom]:
    with Newsroom(articles=40, every_s=0, clock=lambda: house.now) as newsroom:
        yield newsroom


def test_a_newsrooms_feed_and_section_pages_together_give_each_article_once(house: House, newsroom: Newsroom) -> None:
    (source,) = [source for source in newsroom_sources(newsroom.url) if source.id == "newsroom-fr"]
    feeds = tuple(
        Section(slug=file.partition(".")[0], url=f"{newsroom.url}/fr/{file}", kind=Kind.FEED)
        for file in ("rss.xml", "atom.xml", "feed.json")
    )
    house.source = replace(source, id="s", sections=(*source.sections, *feeds), pages=3)
    for _ in range(4):
        newsroom.publish("fr")
    house.poll()
    pages = {newsroom.url_of(article): article.title for article in newsroom.articles() if article.edition == "fr"}
    stored = [one.article for one in house.articles()]
    assert sorted(article.title for article in stored) == sorted(" ".join(title.split()) for title in pages.values())
    report = house.poll(minutes=20)
    assert (report.new, report.updated) == (0, 0)
