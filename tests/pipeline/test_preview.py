"""Previews: every kind of source, newest first, and what fails beside what does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.errors import FetchError
from feeds.model import Document, Item, Kind, Recipe, Section, Source
from feeds.pipeline.preview import newest_items, preview, preview_saved

SITE = "https://news.example.org"
TEXT = "<p>Words of this story, and a few more of them for those who read on to its end.</p>" * 12


def article(title: str) -> bytes:
    return f"<html lang='en'><body><main><article><h1>{title}</h1>{TEXT}</article></main></body></html>".encode()


class Web:
    """A site as a mapping of addresses to bodies; remembers what it was asked for."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def get(self, url: str, accept: str) -> Document:
        assert accept
        self.asked.append(url)
        if url not in self.pages:
            raise FetchError(f"{url} answered 500", url=url, status=500)
        return Document(url=url, requested_url=url, body=self.pages[url])


def source(kind: Kind, *sections: Section, recipe: Recipe | None = None) -> Source:
    return Source(id="a", name="a", kind=kind, url=f"{SITE}/start", sections=sections, recipe=recipe or Recipe())


def rss(*entries: tuple[str, str, str]) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>{SITE}/{path}</link><pubDate>{date}</pubDate>"
        f"<description><![CDATA[{TEXT if 'whole' in path else 'Short.'}]]></description></item>"
        for title, path, date in entries
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()


def sitemap_index(children: str) -> bytes:
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{children}</sitemapindex>'.encode()


def test_a_feed_newest_first_and_whole_entries_need_no_page(now: dt.datetime) -> None:
    feed = rss(
        ("An old story", "2026/old", "Mon, 02 Nov 2026 10:00:00 GMT"),
        ("The newest story", "2026/whole-new", "Sat, 21 Nov 2026 10:00:00 GMT"),
        ("A story between", "2026/between", "Tue, 10 Nov 2026 10:00:00 GMT"),
    )
    web = Web({f"{SITE}/start": feed, f"{SITE}/2026/between": article("A story between the others")})
    seen = preview(source(Kind.FEED), web.get, articles=2, now=now)
    assert [one.url for one in seen.articles] == [f"{SITE}/2026/whole-new", f"{SITE}/2026/between"]
    assert web.asked == [f"{SITE}/start", f"{SITE}/2026/between"]
    assert seen.is_well
    whole, page = (one.article for one in seen.articles)
    assert whole is not None
    assert whole.provenance["content_html"].startswith("feed")
    assert page is not None
    assert page.title == "A story between the others"


def test_an_index_of_sitemaps_is_looked_into_the_last_changed_first(now: dt.datetime) -> None:
    def sitemap(*paths: str) -> bytes:
        urls = "".join(f"<url><loc>{SITE}/{path}</loc></url>" for path in paths)
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()

    names = ("2024", "2026", "2025")
    index = "".join(f"<sitemap><loc>{SITE}/{n}.xml</loc><lastmod>{n}-06-01</lastmod></sitemap>" for n in names)
    web = Web(
        {
            f"{SITE}/start": sitemap_index(index),
            **{f"{SITE}/{n}.xml": sitemap(f"{n}/a-story-of-{n}-{n}01.html") for n in names},
        }
    )
    seen = preview(source(Kind.SITEMAP), web.get, articles=0, now=now)
    assert web.asked == [f"{SITE}/start", f"{SITE}/2026.xml", f"{SITE}/2025.xml"]
    assert [item.url for item in seen.targets[0].items] == [
        f"{SITE}/2026/a-story-of-2026-202601.html",
        f"{SITE}/2025/a-story-of-2025-202501.html",
    ]


def test_an_archive_lists_its_pages_and_asks_nobody(tmp_path: Path, now: dt.datetime) -> None:
    web = Web({})
    archive = replace(source(Kind.ARCHIVE), path=str(tmp_path / "saved"))
    assert "saved" in str(preview(archive, web.get, articles=1, now=now).targets[0].error)
    (tmp_path / "saved" / "2026").mkdir(parents=True)
    assert "no page is found" in str(preview(archive, web.get, articles=1, now=now).targets[0].error)
    for name in ("one", "two"):
        (tmp_path / "saved" / "2026" / f"{name}.html").write_bytes(article(f"Story number {name} of the harbour"))
    seen = preview(archive, web.get, articles=1, now=now)
    assert [item.url for item in seen.targets[0].items] == [f"{SITE}/2026/one.html", f"{SITE}/2026/two.html"]
    assert seen.articles[0].article is not None
    assert seen.articles[0].article.title == "Story number one of the harbour"
    assert web.asked == []


def test_a_section_or_an_article_that_fails_costs_only_itself(now: dt.datetime) -> None:
    sections = (Section(url=f"{SITE}/gone", slug="gone"), Section(url=f"{SITE}/feed", slug="feed", kind=Kind.FEED))
    dates = ("Sat, 21 Nov 2026 10:00:00 GMT", "Fri, 20 Nov 2026 10:00:00 GMT")
    feed = rss(("One", "2026/one", dates[0]), ("Two", "2026/two", dates[1]))
    web = Web({f"{SITE}/feed": feed, f"{SITE}/2026/two": article("Two stories of the harbour")})
    seen = preview(source(Kind.LISTING, *sections), web.get, articles=5, now=now)
    assert not seen.is_well
    assert [one.error is None for one in seen.targets] == [False, True]
    assert [one.error is None for one in seen.articles] == [False, True]


def test_a_lapsed_recipe_is_not_used(now: dt.datetime) -> None:
    lapsed = source(Kind.LISTING, recipe=Recipe(title="h9", valid_until=dt.date(2026, 1, 1)))
    page = Document(url=f"{SITE}/2026/one", requested_url="", body=article("One story of many"))
    seen = preview_saved(lapsed, page, now=now)
    assert seen.source.recipe == Recipe()
    assert seen.articles[0].unmet == ()


@pytest.mark.parametrize("declared", [True, False])
def test_a_saved_page_without_its_address_is_read_under_that_which_it_declares(
    now: dt.datetime,
    declared: bool,  # noqa: FBT001
) -> None:
    body = article("One story of many").replace(b"<h1>", b"<h1><img src='x.jpg'>")
    if declared:
        link = f"<head><link rel='canonical' href='{SITE}/2026/one.html'></head><body>"
        body = body.replace(b"<body>", link.encode())
    seen = preview_saved(source(Kind.LISTING), Document(url="", requested_url="", body=body), now=now)
    (one,) = seen.articles
    assert one.article is not None
    assert one.article.url == (f"{SITE}/2026/one.html" if declared else f"{SITE}/start")


def test_a_saved_index_of_sitemaps_says_what_it_is(now: dt.datetime) -> None:
    index = sitemap_index(f"<sitemap><loc>{SITE}/a.xml</loc></sitemap>")
    seen = preview_saved(source(Kind.SITEMAP), Document(url="", requested_url="", body=index), now=now)
    assert "index of sitemaps" in str(seen.targets[0].error)


def test_items_are_once_and_newest_first_by_the_source_s_zone() -> None:
    items = [
        Item(url="u1"),
        Item(url="u2", published="2026-11-21"),
        Item(url="u2", published="2026-11-21"),
        Item(url="u3", updated="2026-11-21T01:00:00+00:00"),
        Item(url="u4", published="nonsense"),
    ]
    chinese = Source(id="a", name="a", kind=Kind.LISTING, url=SITE, zone="Asia/Shanghai")
    assert [item.url for item in newest_items(items, chinese)] == ["u3", "u2", "u1", "u4"]
