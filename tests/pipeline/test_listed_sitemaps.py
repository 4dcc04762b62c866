"""Sources that are sitemaps: what is taken when they are first read, and what later polls cost."""

from __future__ import annotations

import dataclasses

import pytest

from feeds.model import Kind, PageState, SourceState

from .conftest import House, Page, Site, story


def urlset(site: Site, *entries: tuple[str, str]) -> Page:
    """A sitemap of (path, lastmod); every path becomes a story."""
    rows = ""
    for path, lastmod in entries:
        site.pages.setdefault(path, story(f"The tale of {path.rsplit('-', 1)[-1]} and its harbour"))
        rows += f"<url><loc>{site.url}{path}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</url>"
    return Page(body=f"<urlset>{rows}</urlset>", kind="application/xml", tagged=True)


def index(site: Site, *children: tuple[str, str]) -> Page:
    rows = "".join(
        f"<sitemap><loc>{site.url}{path}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</sitemap>"
        for path, lastmod in children
    )
    return Page(body=f"<sitemapindex>{rows}</sitemapindex>", kind="application/xml", tagged=True)


def path(number: int) -> str:
    return f"/news/a-story-of-the-harbour-{number}"


@pytest.fixture
def sitemaps(house: House, site: Site) -> House:
    house.source = dataclasses.replace(house.source, kind=Kind.SITEMAP, url=f"{site.url}/sitemap.xml", backfill=3)
    return house


def asked(site: Site) -> set[str]:
    """What was asked for since the last time."""
    paths = {one for one in site.asked if one != "/robots.txt"}
    site.asked.clear()
    return paths


def test_the_newest_are_taken_first_and_the_rest_never(sitemaps: House, site: Site) -> None:
    dated = [(path(n), f"2026-11-{n:02}") for n in range(1, 11)]
    site.pages["/sitemap.xml"] = urlset(site, *dated)
    assert sitemaps.poll().new == 3
    assert asked(site) == {"/sitemap.xml", path(10), path(9), path(8)}
    report = sitemaps.poll(hours=1)
    assert (report.state, report.new, report.left) == (SourceState.OK, 0, 0)
    assert asked(site) == {"/sitemap.xml"}
    site.pages["/sitemap.xml"] = urlset(site, *dated, (path(11), "2026-11-22"))
    assert sitemaps.poll(hours=1).new == 1
    assert asked(site) == {"/sitemap.xml", path(11)}


def test_undated_ones_beyond_the_backfill_are_remembered(sitemaps: House, site: Site) -> None:
    site.pages["/sitemap.xml"] = urlset(site, *((path(n), "") for n in range(1, 11)))
    assert sitemaps.poll().new == 3
    states = [record.state for record in sitemaps.store.pages("s", [site.url + path(n) for n in range(1, 11)]).values()]
    assert (states.count(PageState.READ), states.count(PageState.SKIPPED)) == (3, 7)
    site.pages["/sitemap.xml"] = urlset(site, *((path(n), "") for n in range(1, 12)))
    asked(site)
    assert sitemaps.poll(hours=1).new == 1
    assert asked(site) == {"/sitemap.xml", path(11)}


def test_a_changed_lastmod_is_an_edit(sitemaps: House, site: Site) -> None:
    site.pages["/sitemap.xml"] = urlset(site, (path(1), "2026-11-20T10:00Z"), (path(2), "2026-11-21T10:00Z"))
    assert sitemaps.poll().new == 2
    site.pages[path(1)] = story("The tale of another harbour altogether")
    site.pages["/sitemap.xml"] = urlset(site, (path(1), "2026-11-22T12:30Z"), (path(2), "2026-11-21T10:00Z"))
    asked(site)
    report = sitemaps.poll(hours=1)
    assert (report.new, report.updated) == (0, 1)
    assert asked(site) == {"/sitemap.xml", path(1)}


def test_pages_that_are_no_articles_are_asked_for_once(sitemaps: House, site: Site) -> None:
    site.pages["/sitemap.xml"] = urlset(site, (path(1), "2026-11-21"))
    site.pages["/sitemap.xml"] = urlset(site, (path(1), "2026-11-21"), ("/shop/buy-a-ship-of-your-own", "2026-11-21"))
    site.pages["/shop/buy-a-ship-of-your-own"] = Page(body="<html><body><form><input></form></body></html>")
    assert sitemaps.poll().new == 1
    asked(site)
    sitemaps.poll(hours=1)
    assert asked(site) == {"/sitemap.xml"}


def test_of_an_index_only_what_changed_is_asked_for(sitemaps: House, site: Site) -> None:
    site.pages["/old.xml"] = urlset(site, *((path(n), f"2026-10-{n:02}") for n in range(1, 10)))
    site.pages["/new.xml"] = urlset(site, *((path(n), f"2026-11-{n:02}") for n in range(10, 20)))
    site.pages["/sitemap.xml"] = index(site, ("/old.xml", "2026-10-09"), ("/new.xml", "2026-11-19"))
    assert sitemaps.poll().new == 3
    assert asked(site) == {"/sitemap.xml", "/new.xml", path(19), path(18), path(17)}
    sitemaps.poll(hours=1)
    assert asked(site) == {"/sitemap.xml"}
    site.pages["/old.xml"] = urlset(site, *((path(n), f"2026-10-{n:02}") for n in range(1, 9)), (path(9), "2026-11-22"))
    site.pages["/sitemap.xml"] = index(site, ("/old.xml", "2026-11-22"), ("/new.xml", "2026-11-19"))
    assert sitemaps.poll(hours=1).new == 1  # what is dated before the source was first read stays where it is
    assert asked(site) == {"/sitemap.xml", "/old.xml", path(9)}
    site.pages["/newest.xml"] = urlset(site, (path(20), "2026-11-22"), (path(21), ""))
    site.pages["/sitemap.xml"] = index(
        site, ("/old.xml", "2026-11-22"), ("/new.xml", "2026-11-19"), ("/newest.xml", "2026-11-22")
    )
    assert sitemaps.poll(hours=1).new == 2
    assert asked(site) == {"/sitemap.xml", "/newest.xml", path(20), path(21)}


def test_an_index_without_dates_asks_each_in_turn_and_takes_nothing_old(sitemaps: House, site: Site) -> None:
    for child in range(30):
        numbers = range(child * 10, child * 10 + 5)
        site.pages[f"/sitemap-{child}.xml"] = urlset(site, *((path(n), "") for n in numbers))
    site.pages["/sitemap.xml"] = index(site, *((f"/sitemap-{child}.xml", "") for child in range(30)))
    assert sitemaps.poll().new == 3
    assert len(asked(site)) == 1 + 1 + 3  # the index, the likeliest sitemap, three articles
    visited: set[str] = set()
    for _ in range(2):
        assert sitemaps.poll(hours=1).new == 0
        paths = asked(site)
        assert len(paths) <= 1 + 21
        visited |= paths
    assert len(visited) == 31
    site.pages["/sitemap-29.xml"] = urlset(site, *((path(n), "") for n in (*range(290, 295), 777)))
    assert sitemaps.poll(hours=1).new == 1
    assert path(777) in asked(site)


def test_an_index_that_leads_to_itself_ends(sitemaps: House, site: Site) -> None:
    site.pages["/b.xml"] = index(site, ("/sitemap.xml", ""), ("/b.xml", ""), ("/c.xml", ""))
    site.pages["/c.xml"] = urlset(site, (path(1), "2026-11-20"))
    site.pages["/sitemap.xml"] = index(site, ("/sitemap.xml", ""), ("/b.xml", ""))
    report = sitemaps.poll()
    assert (report.state, report.new) == (SourceState.OK, 1)
    assert max(site.asked.values()) == 1


def test_one_broken_sitemap_costs_only_itself_and_is_told(sitemaps: House, site: Site) -> None:
    site.pages["/a.xml"] = urlset(site, (path(1), "2026-11-20"))
    site.pages["/b.xml"] = Page(body="<html>sorry</html>")
    site.pages["/sitemap.xml"] = index(
        site, ("/a.xml", "2026-11-20"), ("/b.xml", "2026-11-21"), ("/c.xml", "2026-11-22")
    )
    report = sitemaps.poll()
    assert (report.state, report.new) == (SourceState.OK, 1)
    assert "2 of 3 sitemaps asked for could not be read" in report.reason


def test_where_no_sitemap_can_be_read_the_source_says_so(sitemaps: House, site: Site) -> None:
    site.pages["/a.xml"] = Page(status=500)
    site.pages["/sitemap.xml"] = index(site, ("/a.xml", "2026-11-20"))
    report = sitemaps.poll()
    assert report.state is SourceState.BROKEN
    site.pages["/a.xml"] = urlset(site, (path(1), "2026-11-20"))
    assert sitemaps.poll(hours=1).new == 1


def test_an_index_that_leads_in_a_circle_is_empty_and_stays_so(house: House, site: Site) -> None:
    entry = f"<sitemap><loc>{site.url}/map.xml</loc></sitemap><sitemap><loc>{site.url}/other.xml</loc></sitemap>"
    index = Page(body=f"<sitemapindex>{entry}</sitemapindex>", kind="application/xml", tagged=True)
    site.pages.update({"/map.xml": index, "/other.xml": index})
    house.source = dataclasses.replace(house.source, kind=Kind.SITEMAP, url=f"{site.url}/map.xml")
    for _ in range(2):
        report = house.poll(hours=1)
        assert report.state is SourceState.EMPTY
        assert "nothing in it leads to an article" in report.reason
