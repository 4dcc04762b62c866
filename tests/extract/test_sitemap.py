"""Sitemaps as sites write them: XML with and without extensions, indexes, text, feeds, and what is broken in them."""

from __future__ import annotations

import pytest

from feeds.errors import ExtractError, NothingFound
from feeds.extract.sitemap import Sitemap, read_sitemap
from feeds.model import Document, Kind, Section, Source

URL = "https://www.example.org/sitemap.xml"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
STORY = "https://www.example.org/2026/11/20/the-harbour-opens-again.html"


def read(body: bytes | str, url: str = URL, source_url: str = "https://www.example.org/") -> Sitemap:
    data = body.encode() if isinstance(body, str) else body
    return read_sitemap(
        Document(url=url, requested_url=url, body=data),
        source=Source(id="s", name="S", kind=Kind.SITEMAP, url=source_url),
        section=Section(url=url, slug="news"),
    )


def urlset(*entries: str, spaces: str = SPACES) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {spaces}>{"".join(entries)}</urlset>'


def entry(url: str = STORY, inside: str = "") -> str:
    return f"<url><loc>{url}</loc>{inside}</url>"


def urls(body: bytes | str) -> list[str]:
    return [item.url for item in read(body).items]


def test_a_news_sitemap_gives_all_it_says() -> None:
    news = """<lastmod>2026-11-20T09:00:00Z</lastmod>
      <xhtml:link rel="alternate" hreflang="DE" href="/de/hafen"/>
      <xhtml:link rel="alternate" hreflang="x-default" href="/"/>
      <news:news><news:publication><news:name>The Pier</news:name><news:language>en</news:language></news:publication>
        <news:access>Subscription</news:access><news:genres>Blog</news:genres>
        <news:publication_date>2026-11-20T08:00+02:00</news:publication_date>
        <news:title> Harbour &amp; quay:
           open again </news:title><news:keywords>harbour, quay</news:keywords></news:news>
      <image:image><image:loc>https://cdn.example.net/quay.jpg</image:loc>
        <image:caption>The quay</image:caption></image:image>
      <image:image><image:loc>https://cdn.example.net/other.jpg</image:loc></image:image>"""
    (item,) = read(urlset(entry("https://www.example.org/x", news))).items
    assert item.url == "https://www.example.org/x"  # no address of an article, but said to be one
    assert item.title == "Harbour & quay: open again"
    assert (item.published, item.updated) == ("2026-11-20T08:00+02:00", "2026-11-20T09:00:00Z")
    assert (item.keywords, item.language, item.section) == (("harbour, quay",), "en", "news")
    assert (item.image, item.image_caption) == ("https://cdn.example.net/quay.jpg", "The quay")
    assert item.alternates == {"de": "https://www.example.org/de/hafen"}
    assert item.is_free is False
    assert set(item.provenance.values()) == {"sitemap"}
    assert set(item.provenance) >= {"url", "title", "published", "image", "is_free"}


def test_without_the_extension_articles_are_told_by_their_addresses() -> None:
    pages = ["/", "/about-us", "/politics", "/politics/", "/tag/harbour", "/feed.xml", "/search?q=x", "/author/ann-lee"]
    articles = ["/politics/harbour-opens-after-three-years", "/politics/2026/11/20/quay", "/n/12345678.html"]
    given = [entry(f"https://www.example.org{path}") for path in (*pages, *articles)]
    assert urls(urlset(*given)) == [f"https://www.example.org{path}" for path in articles]


def test_a_page_that_others_lie_below_is_a_section() -> None:
    section = "https://www.example.org/our-news-from-the-harbour"
    given = [entry(section), *(entry(f"{section}/story-number-{n}-of-them") for n in range(3))]
    assert section not in urls(urlset(*given))


def test_addresses_that_hardly_speak_are_taken_where_none_speaks_up() -> None:
    assert urls(urlset(entry("https://www.example.org/a.php?nr=77&amp;x=1"))) == [
        "https://www.example.org/a.php?nr=77&x=1"
    ]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("/2026/11/20/the-harbour-opens-again.html", STORY),
        ("  2026/11/20/the-harbour-opens-again.html\n", STORY),
        ("HTTPS://WWW.Example.ORG:443/2026/11/20/the-harbour-opens-again.html?utm_source=sitemap", STORY),
        ("<![CDATA[ https://www.example.org/a-long-story-of-words?x=1&y=2 ]]>", "https://www.example.org/a-long-story-of-words?x=1&y=2"),
        ("https://www.example.org/a-long-story-of-words?x=1&y=2", "https://www.example.org/a-long-story-of-words?x=1&y=2"),
        ("https://www.example.org/a-long-story-of-words?x=1&#38;y=2&z", "https://www.example.org/a-long-story-of-words?x=1&y=2&z"),
        ("https://www.example.org/%e4%b8%ad/a-long-story-of-words", "https://www.example.org/%E4%B8%AD/a-long-story-of-words"),
        ("https://www.example.org/中/a-long-story-of-words", "https://www.example.org/%E4%B8%AD/a-long-story-of-words"),
        ("https://m.example.org/a-long-story-of-words", "https://m.example.org/a-long-story-of-words"),
    ],
)  # fmt: skip
def test_addresses_are_made_absolute_and_clean(written: str, url: str) -> None:
    assert urls(urlset(entry(written))) == [url]


def test_what_lies_on_other_sites_is_left_out_and_counted() -> None:
    strangers = [entry("https://elsewhere.example.com/a-long-story-of-words"), entry("mailto:a@example.org")]
    assert urls(urlset(entry(), *strangers)) == [STORY]
    with pytest.raises(NothingFound, match="1 on other sites, 1 without an address"):
        read(urlset(*strangers))


def test_a_sitemap_kept_elsewhere_speaks_for_the_sources_site() -> None:
    found = read(urlset(entry()), url="https://files.cdn.example.net/sitemap.xml")
    assert [item.url for item in found.items] == [STORY]


def test_an_index_gives_its_sitemaps() -> None:
    index = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <sitemap><loc>/news-2.xml.gz</loc><lastmod>2026-11-20</lastmod></sitemap>
      <sitemap><loc>https://www.example.org/news-1.xml.gz</loc></sitemap>
      <sitemap><loc>https://evil.example.com/x.xml</loc></sitemap></sitemapindex>"""
    found = read(index)
    assert found.items == ()
    assert [(child.url, child.lastmod) for child in found.children] == [
        ("https://www.example.org/news-2.xml.gz", "2026-11-20"),
        ("https://www.example.org/news-1.xml.gz", None),
    ]
    with pytest.raises(NothingFound, match="lists no sitemap"):
        read("<sitemapindex></sitemapindex>")


def test_a_text_sitemap() -> None:
    assert urls("\ufeff" + STORY + "\r\nnot an address\n\nhttps://www.example.org/another-story-of-words") == [
        STORY,
        "https://www.example.org/another-story-of-words",
    ]


def test_a_feed_given_as_a_sitemap_is_read_as_one() -> None:
    quay = f"<item><title>Quay</title><link>{STORY}</link></item>"
    rss = f"<rss version='2.0'><channel><title>T</title>{quay}</channel></rss>"
    (item,) = read(rss).items
    assert (item.url, item.title, item.provenance["title"]) == (STORY, "Quay", "feed")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<!doctype html><html><body>hello</body></html>", "HTML page"),
        (b"<opml version='2.0'/>", "OPML"),
        (b"<article><loc>https://www.example.org/</loc></article>", "<article> is no sitemap's first element"),
        (b"Service temporarily unavailable", "no markup"),
        (b'{"items": []}', "no markup"),
    ],
)
def test_what_is_no_sitemap_is_said(body: bytes, reason: str) -> None:
    with pytest.raises(ExtractError, match=reason) as caught:
        read(body)
    assert (caught.value.source_id, caught.value.url) == ("s", URL)


def test_an_empty_news_sitemap_is_a_quiet_weekend_any_other_empty_one_is_not() -> None:
    assert read(urlset()).items == ()
    with pytest.raises(NothingFound, match="no entries"):
        read("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'></urlset>")


@pytest.mark.parametrize("spaces", ["", 'xmlns="http://www.google.com/schemas/sitemap/0.84"', 'xmlns="urn:mistaken"'])
def test_wrong_and_missing_namespaces_hide_nothing(spaces: str) -> None:
    inside = "<lastmod>2026-11-20</lastmod><news:news><news:title>Quay</news:title></news:news>"
    (item,) = read(urlset(entry(inside=inside), spaces=spaces)).items
    assert (item.url, item.title, item.updated) == (STORY, "Quay", "2026-11-20")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_other_encodings(encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    body = f'<?xml version="1.0" encoding="{declared}"?><urlset>{entry("https://www.example.org/größe-der-welt-heute")}</urlset>'
    assert urls(body.encode(encoding)) == ["https://www.example.org/gr%C3%B6%C3%9Fe-der-welt-heute"]


def test_bytes_that_are_no_utf8_are_read_as_what_they_are() -> None:
    body = f"<urlset>{entry('https://www.example.org/größe-der-welt-heute')}</urlset>".encode("iso-8859-1")
    assert urls(body) == ["https://www.example.org/gr%C3%B6%C3%9Fe-der-welt-heute"]


def test_what_was_cut_off_or_never_closed_is_read_as_far_as_it_goes() -> None:
    whole = urlset(*(entry(f"https://www.example.org/story-number-{n}-of-the-day") for n in range(10)))
    assert len(urls(whole[: whole.index("number-7")])) == 7
    assert len(urls(whole.replace("</url>", ""))) == 10
    assert len(urls(whole.replace("number-3", "number\x00-\x0b3").replace("number-4", "number&nbsp;4"))) == 10


def test_one_date_for_all_entries_is_the_files_own() -> None:
    def dated(*dates: str) -> list[str | None]:
        given = [
            entry(f"https://www.example.org/story-number-{n}-of-the-day", f"<lastmod>{date}</lastmod>")
            for n, date in enumerate(dates)
        ]
        return [item.updated for item in read(urlset(*given)).items]

    assert dated(*["2026-11-20T08:00:01Z"] * 12) == [None] * 12
    several = [f"2026-11-{day}" for day in range(10, 22)]
    assert dated(*several) == several
    assert dated("2026-11-20") == ["2026-11-20"]
