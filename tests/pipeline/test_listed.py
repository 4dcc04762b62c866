"""Lists followed to their further pages, APIs, several kinds in one source; and pagers that never end."""

from __future__ import annotations

import dataclasses
import json

from feeds.model import Kind, Section, SourceState

from .conftest import House, Page, Site, listing, rss


def paged(site: Site, page: int, numbers: range, next_page: int | None) -> None:
    """Section page /news?page=N with its stories, and a link to another one."""
    listed = site.stories(*numbers, section="unused")
    link = f'<p><a href="/news?page={next_page}">Next</a></p>' if next_page is not None else ""
    address = "/news" if page == 1 else f"/news?page={page}"
    site.pages[address] = dataclasses.replace(
        listed, body=listed.body.replace("</body>", f"{link}</body>"), tagged=True
    )


def test_pages_are_followed_on_the_first_poll_up_to_the_bound(house: House, site: Site) -> None:
    for page in range(1, 6):
        paged(site, page, range(page * 100, page * 100 + 4), page + 1)
    house.source = dataclasses.replace(house.source, url=f"{site.url}/news", pages=3)
    assert house.poll().new == 12
    assert site.asked["/news?page=3"] == 1
    assert site.asked["/news?page=4"] == 0
    paged(site, 1, range(99, 104), 2)
    assert house.poll(hours=1).new == 1
    assert site.asked["/news?page=2"] == 1  # page 1 was not all new


def test_without_asking_for_more_only_the_first_page_is_read(house: House, site: Site) -> None:
    paged(site, 1, range(100, 104), 2)
    paged(site, 2, range(200, 204), 3)
    house.source = dataclasses.replace(house.source, url=f"{site.url}/news")
    assert house.poll().new == 4
    assert site.asked["/news?page=2"] == 0


def test_a_pager_that_never_ends_ends_where_nothing_is_new(house: House, site: Site) -> None:
    for page in range(1, 60):
        paged(site, page, range(100, 104), page + 1)
    house.source = dataclasses.replace(house.source, url=f"{site.url}/news", pages=50)
    report = house.poll()
    assert (report.state, report.new) == (SourceState.OK, 4)
    assert sum(count for path, count in site.asked.items() if path.startswith("/news")) == 2


def test_pages_in_a_circle_are_read_once(house: House, site: Site) -> None:
    for page, following in ((1, 2), (2, 3), (3, 1)):
        paged(site, page, range(page * 100, page * 100 + 3), following)
    house.source = dataclasses.replace(house.source, url=f"{site.url}/news", pages=50)
    assert house.poll().new == 9
    assert {count for path, count in site.asked.items() if path.startswith("/news")} == {1}


def test_an_api_is_read_page_by_page(house: House, site: Site) -> None:
    def answer(numbers: range, further: str | None) -> Page:
        site.stories(*numbers, section="unused")
        teasers = [
            {
                "url": f"/2026/11/20/story-{n}.html",
                "title": f"The tale of harbour number {n}",
                "date": 1_795_000_000 + n,
            }
            for n in numbers
        ]
        return Page(body=json.dumps({"data": {"list": teasers}, "next": further}), kind="application/json", tagged=True)

    site.pages["/api?page=1"] = answer(range(3), "/api?page=2")
    site.pages["/api?page=2"] = answer(range(3, 6), "/api?page=1")
    house.source = dataclasses.replace(house.source, kind=Kind.JSON, url=f"{site.url}/api?page=1", pages=5)
    assert house.poll().new == 6
    report = house.poll(hours=1)
    assert (report.state, report.new, report.found) == (SourceState.OK, 0, 0)  # not modified
    site.pages["/api?page=1"] = Page(body='{"error": "key"}', kind="application/json")
    report = house.poll(hours=1)
    assert report.state is SourceState.BROKEN
    assert "its keys: error" in report.reason


def test_one_article_on_a_page_in_a_feed_and_in_a_sitemap_is_one(house: House, site: Site) -> None:
    site.stories(1, 2, section="news")
    address = f"{site.url}/2026/11/20/story-1.html"
    site.pages["/rss"] = rss(f"<title>The tale of harbour number 1</title><link>{address}</link><guid>g1</guid>")
    site.pages["/sitemap.xml"] = Page(
        body=f"<urlset><url><loc>{address}</loc><lastmod>2026-11-20</lastmod></url></urlset>", kind="text/xml"
    )
    house.source = dataclasses.replace(
        house.source,
        url=site.url,
        sections=(
            Section(url=f"{site.url}/news", slug="news"),
            Section(url=f"{site.url}/rss", slug="all", kind=Kind.FEED),
            Section(url=f"{site.url}/sitemap.xml", slug="map", kind=Kind.SITEMAP),
        ),
    )
    report = house.poll()
    assert (report.state, report.found, report.new) == (SourceState.OK, 2, 2)
    assert site.asked["/2026/11/20/story-1.html"] == 1
    assert house.poll(hours=1).new == 0
    assert len(house.articles()) == 2


def test_a_listing_that_is_a_sitemap_is_told_apart(house: House, site: Site) -> None:
    site.pages["/news"] = listing(("/2026/11/20/story-1.html", "The tale of harbour number 1"))
    house.source = dataclasses.replace(house.source, kind=Kind.SITEMAP, url=f"{site.url}/news")
    report = house.poll()
    assert report.state is SourceState.BROKEN
    assert "this is an HTML page, not a sitemap" in report.reason
