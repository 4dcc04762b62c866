"""An address in, what can be polled there out: over HTTP, against sites that a test writes as it likes."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.errors import FetchError, NothingFound, SourceError
from feeds.fetch.budget import Budget
from feeds.fetch.client import Fetcher
from feeds.model import Kind
from feeds.pipeline.discover import Discovery, discover
from feeds.pipeline.discover_source import file_text, free_id, is_configured, source_of
from feeds.pipeline.discover_visits import MOST_REQUESTS
from feeds.pipeline.discover_zone import guess_zone
from feeds.settings import Settings
from feeds.sources import read_source
from feeds.tasks import open_fetcher

from .conftest import WORDS, Page, Site, story

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with open_fetcher(Settings(timeout_s=5.0)) as made:
        yield made


def look(site: Site, fetcher: Fetcher, path: str = "/") -> Discovery:
    url = f"{site.url}{path}"
    return discover(url, fetcher=fetcher, now=NOW, allow_private=True, delay_s=0.0)


def address(number: int) -> str:
    return f"/{('harbour', 'town')[number % 2]}/2026/11/{number + 1:02}/the-tale-of-quay-number-{number}.html"


def front(
    site: Site, *, head: str = "", body: str = "", stories: int = 12, path: str = "/", language: str = "en"
) -> None:
    """A front page with a menu and articles of two sections, all of them there."""
    links = []
    for number in range(stories):
        site.pages[address(number)] = story(f"The tale of quay number {number} told at length")
        links.append(
            f'<li><h3><a href="{address(number)}">The tale of quay number {number} told at length</a></h3></li>'
        )
    menu = '<nav><a href="/harbour/">Harbour</a> <a href="/town/">Town</a> <a href="/about">About us</a></nav>'
    for section in ("harbour", "town"):
        inside = "".join(link for link in links if f"/{section}/" in link)
        site.pages[f"/{section}/"] = Page(body=f"<html><body>{menu}<ul>{inside}</ul></body></html>")
    site.pages[path] = Page(
        body=f'<html lang="{language}"><head><title>The Quay Times</title>{head}</head><body>{menu}{body}'
        f"<main><ul>{''.join(links)}</ul></main></body></html>"
    )


def feed(
    site: Site, *, count: int = 10, day: dt.date = dt.date(2026, 11, 22), text: str = "Short.", language: str = "en"
) -> Page:
    items = "".join(
        f"<item><title>The tale of quay number {number} told at length</title>"
        f"<link>{site.url}{address(number)}</link>"
        f"<pubDate>{day:%a, %d %b %Y} 08:00:00 GMT</pubDate><description>{text}</description></item>"
        for number in range(count)
    )
    return Page(
        body='<?xml version="1.0"?><rss version="2.0"><channel><title>Quay feed</title>'
        f"<language>{language}</language>{items}</channel></rss>",
        kind="application/rss+xml",
    )


ALTERNATE = '<link rel="alternate" type="application/rss+xml" href="{}">'


def test_an_announced_feed_with_a_relative_href_and_a_base_is_recommended(site: Site, fetcher: Fetcher) -> None:
    front(site, head='<base href="/en/">' + ALTERNATE.format("../news.rss"))
    site.pages["/news.rss"] = feed(site)
    found = look(site, fetcher)
    best = found.recommended.candidate
    assert (best.kind, best.url, best.where) == (Kind.FEED, f"{site.url}/news.rss", "link element")
    assert (best.count, best.headlines[0].title) == (10, "The tale of quay number 0 told at length")
    assert found.name == "The Quay Times"
    assert "One of its articles was read to try" in found.notes[0]


def test_a_feed_that_is_served_as_text_html_is_still_a_feed(site: Site, fetcher: Fetcher) -> None:
    front(site, head=ALTERNATE.format("/news"))
    site.pages["/news"] = Page(body=feed(site).body, kind="text/html")
    assert look(site, fetcher).recommended.candidate.kind is Kind.FEED


def test_a_feed_behind_a_redirect_for_good_is_polled_where_it_lies(site: Site, fetcher: Fetcher) -> None:
    front(site, head=ALTERNATE.format("/old") + ALTERNATE.format("/mirror"))
    site.pages["/old"] = Page(status=301, headers={"Location": "/new.xml"})
    site.pages["/mirror"] = Page(status=302, headers={"Location": "/tonight.xml"})
    site.pages["/new.xml"] = feed(site, count=9)
    site.pages["/tonight.xml"] = feed(site, count=10)
    urls = {one.candidate.url for one in look(site, fetcher).choices if one.candidate.kind is Kind.FEED}
    assert urls == {f"{site.url}/new.xml", f"{site.url}/mirror"}


def test_a_dead_feed_is_told_and_the_usual_places_are_tried(site: Site, fetcher: Fetcher) -> None:
    front(site, head=ALTERNATE.format("/dead.xml"))
    site.pages["/feed"] = feed(site)
    found = look(site, fetcher)
    assert found.recommended.candidate.where == "a usual place"
    dead = next(one.candidate for one in found.ranked if one.candidate.url.endswith("/dead.xml"))
    assert "404" in dead.trouble


def test_a_stale_feed_loses_to_the_sections_of_the_menu(site: Site, fetcher: Fetcher) -> None:
    front(site, head=ALTERNATE.format("/news.rss"))
    site.pages["/news.rss"] = feed(site, day=dt.date(2019, 3, 12))
    for path in ("/", "/harbour/", "/town/"):  # the lists say when
        dated = str(site.pages[path].body).replace("</a></h3>", "</a></h3> <time>2026-11-22</time>")
        site.pages[path] = Page(body=dated)
    found = look(site, fetcher)
    assert found.recommended.candidate.kind is Kind.LISTING
    assert [one.name for one in found.sections] == ["Harbour", "Town"]
    stale = next(one for one in found.ranked if one.candidate.kind is Kind.FEED)
    assert stale.bad == ("is stale: its newest article appeared in March 2019",)


def test_comments_are_no_articles(site: Site, fetcher: Fetcher) -> None:
    front(site, head=ALTERNATE.format("/talk.xml"))
    items = "".join(
        f"<item><title>Comment on The tale by Reader {n}</title><link>{site.url}/a.html#comment-{n}</link></item>"
        for n in range(9)
    )
    site.pages["/talk.xml"] = Page(
        body=f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>", kind="text/xml"
    )
    found = look(site, fetcher)
    assert found.recommended.candidate.kind is Kind.LISTING
    assert any("holds comments, no articles" in one.bad for one in found.ranked)


def test_a_page_without_any_feed_gives_its_sections(site: Site, fetcher: Fetcher) -> None:
    front(site)
    found = look(site, fetcher)
    source = source_of(found, found.recommended, allow_private=True)
    assert source.kind is Kind.LISTING
    assert [(one.slug, one.name, one.url) for one in source.sections] == [
        ("harbour", "Harbour", f"{site.url}/harbour/"),
        ("town", "Town", f"{site.url}/town/"),
    ]
    assert (source.pages, source.language, source.name) == (3, "en", "The Quay Times")


def test_robots_txt_names_a_packed_news_sitemap(site: Site, fetcher: Fetcher) -> None:
    site.pages["/"] = Page(body="<html lang=en><head><title>Q</title></head><body><div id=app></div><script>1</script>")
    site.pages["/robots.txt"] = Page(
        body=f"User-agent: *\nAllow: /\nSitemap: {site.url}/news.xml.gz\n", kind="text/plain"
    )
    entries = "".join(
        f"<url><loc>{site.url}/2026/11/2{n}/a-long-tale-of-the-quay-{n}.html</loc><n:news><n:publication_date>"
        f"2026-11-2{n}T08:00:00+01:00</n:publication_date><n:title>A long tale of the quay {n}</n:title></n:news></url>"
        for n in range(3)
    )
    body = (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{entries}</urlset>'
    )
    site.pages["/news.xml.gz"] = Page(raw=gzip.compress(body.encode()), kind="application/gzip")
    for n in range(3):
        site.pages[f"/2026/11/2{n}/a-long-tale-of-the-quay-{n}.html"] = story("A long tale")
    best = look(site, fetcher).recommended.candidate
    assert (best.kind, best.where, best.count) == (Kind.SITEMAP, "robots.txt", 3)
    assert best.headlines[0].title == "A long tale of the quay 2"


def test_editions_of_hreflang_and_of_the_switch(site: Site, fetcher: Fetcher) -> None:
    front(
        site,
        head='<link rel="alternate" hreflang="fr" href="/fr/">',
        body='<p class=languages><a href="/">English</a> <a href="/ka/">ქართული</a></p>',
    )
    assert [(one.language, one.url.removeprefix(site.url)) for one in look(site, fetcher).editions] == [
        ("fr", "/fr/"),
        ("ka", "/ka/"),
    ]


def test_an_articles_address_leads_to_its_section(site: Site, fetcher: Fetcher) -> None:
    front(site)
    path = "/harbour/2026/11/01/the-tale-of-quay-number-0.html"
    text = WORDS.format(name="Lagune") * 3
    site.pages[path] = Page(
        body='<html lang="en"><head><meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2026-11-20T08:00:00Z"></head>'
        f'<body><nav><a href="/">Home</a> <a href="/harbour/">Harbour</a></nav><h1>The tale</h1><p>{text}</p>'
    )
    found = look(site, fetcher, path)
    assert found.url == f"{site.url}/harbour/"
    assert "is one article" in found.notes[0]
    assert found.recommended.candidate.kind is Kind.LISTING


def test_a_feeds_address_is_taken_as_a_feed_in_one_request(site: Site, fetcher: Fetcher) -> None:
    site.pages["/some/feed"] = feed(site, text=WORDS.format(name="Lagune") * 3)
    found = look(site, fetcher, "/some/feed")
    assert (found.recommended.candidate.is_whole, found.name, found.language) == (True, "Quay feed", "en")
    assert site.asked == {"/robots.txt": 1, "/some/feed": 1}


def test_fifty_sections_and_fifty_feeds_are_not_all_asked_for(site: Site, fetcher: Fetcher) -> None:
    feeds = "".join(ALTERNATE.format(f"/feeds/{n}.xml") for n in range(50))
    menu = "".join(f'<li><a href="/part{n}/">Part {n}</a></li>' for n in range(50))
    front(site, head=feeds, body=f"<nav><ul>{menu}</ul></nav>")
    site.pages["/robots.txt"] = Page(
        body="".join(f"Sitemap: {site.url}/sitemap-{n}.xml\n" for n in range(50)), kind="text/plain"
    )
    found = look(site, fetcher)
    assert found.recommended.candidate.is_usable
    assert len(found.asked) <= MOST_REQUESTS
    assert sum(site.asked.values()) <= MOST_REQUESTS + 1  # and robots.txt


# --- what cannot be polled --------------------------------------------------------------------------------------


def refusal(site: Site, fetcher: Fetcher, path: str = "/") -> str:
    with pytest.raises(SourceError) as raised:
        look(site, fetcher, path)
    return str(raised.value)


def test_a_page_that_scripts_draw_says_so_and_what_to_look_for(site: Site, fetcher: Fetcher) -> None:
    site.pages["/"] = Page(
        body="<html><head><title>App</title><script src=a.js></script></head><body><div id=root></div>"
    )
    said = refusal(site, fetcher)
    assert "its scripts draw everything" in said
    assert "developer tools" in said


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page(status=404, body="x"), "try the site's front page: polyfeed add http://127.0.0.1"),
        (Page(status=403, body="x"), "a feed is often let in where pages are not"),
        (Page(status=500, body="x"), "look at the address in a browser"),
        (Page(raw=b"\x89PNG\r\n\x1a\n", kind="image/png"), "neither a page nor a feed, sitemap or API (image/png)"),
        (
            Page(body="<rss version='2.0'><channel><title>x</title></channel></rss>", kind="text/xml"),
            "the feed has no entries",
        ),
        (
            Page(body="<html><title>x</title><p>Nothing here.</p></html>"),
            "no feed, sitemap or list of articles was found",
        ),
    ],
)
def test_other_reasons_and_what_to_do_next(site: Site, fetcher: Fetcher, page: Page, words: str) -> None:
    site.pages["/x"] = page
    said = refusal(site, fetcher, "/x")
    assert words in said
    assert "Next: " in said


def test_robots_txt_is_respected(site: Site, fetcher: Fetcher) -> None:
    front(site)
    site.pages["/robots.txt"] = Page(body="User-agent: *\nDisallow: /\n", kind="text/plain")
    assert "its owner wants no robots there" in refusal(site, fetcher)
    assert set(site.asked) == {"/robots.txt"}


def test_a_private_host_is_refused_with_the_option_that_allows_it(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="polyfeed add --allow-private"):
        discover(site.url, fetcher=fetcher, now=NOW)
    assert not site.asked


@pytest.mark.parametrize(
    "address", ["", "http://", "ftp://a.example/", "not a host", "http://a b.example/", "mailto:a@b.example"]
)
def test_what_is_no_address(fetcher: Fetcher, address: str) -> None:
    with pytest.raises(FetchError, match="is no web address"):
        discover(address, fetcher=fetcher, now=NOW, allow_private=True)


def test_a_host_in_another_script_is_asked_for_by_its_a_labels(site: Site) -> None:
    front(site)
    asked: list[str] = []

    def resolve(host: str, *_: object) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with Fetcher(user_agent="Polyfeed/1", timeout_s=5, max_bytes=10**6, budget=Budget(), resolve=resolve) as fetcher:
        url = f"http://bücher.example:{site.url.rpartition(':')[2]}/"
        found = discover(url, fetcher=fetcher, now=NOW, allow_private=True, delay_s=0.0)
    assert found.url.startswith("http://xn--bcher-kva.example:")
    assert set(asked) == {"xn--bcher-kva.example"}
    assert source_of(found, found.recommended).id == "the-quay-times"


def test_a_list_whose_pages_are_no_articles_is_not_recommended(site: Site, fetcher: Fetcher) -> None:
    front(site)
    for path in [path for path in site.pages if path.endswith(".html")]:
        site.pages[path] = Page(body="<html><title>Log in</title><form><input type=password></form></html>")
    with pytest.raises(NothingFound, match="could not be read as articles"):
        look(site, fetcher)


# --- the file ---------------------------------------------------------------------------------------------------


def test_the_file_says_why_and_what_else_there_was_and_reads_back(site: Site, fetcher: Fetcher) -> None:
    front(site, head=ALTERNATE.format("/news.rss") + '<link rel="alternate" hreflang="fr" href="/fr/">')
    site.pages["/news.rss"] = feed(site)
    found = look(site, fetcher)
    source = source_of(found, found.recommended, source_id="quay", allow_private=True)
    text = file_text(found, found.recommended, source, today=NOW.date())
    assert f"# Found by `polyfeed add {site.url}/` on 2026-11-23: feed, the newest 28 hours ago, 10 articles." in text
    assert f"#   page that lists articles {site.url}/" in text
    assert f"#   fr: {site.url}/fr/" in text
    assert is_configured(found.url, found.recommended.candidate, [source]) is source

    assert read_source(text, Path("quay.toml")).sources == (source,)


def test_ids_come_from_the_name_or_the_address_and_are_free() -> None:
    assert free_id("Die Jadebrücke", "https://a.example/de/", language="de", taken=()) == "die-jadebruecke"
    assert free_id("Le Monde", "https://a.example/", language="fr", taken={"le-monde"}) == "le-monde-fr"
    assert free_id("Le Monde", "https://a.example/", language="fr", taken={"le-monde", "le-monde-fr"}) == "le-monde-2"
    assert (
        free_id("北京周报", "http://zh.beijing.example.com/news/", language="zh", taken=()) == "zh-beijing-example-news"
    )
    assert free_id("新聞", "https://xn--fsq.example/", language="ja", taken=()) == "xn-fsq"


@pytest.mark.parametrize(
    ("url", "language", "dates", "zone"),
    [
        ("https://a.example.de/", "de", (), "Europe/Berlin"),
        ("https://a.example.cn/", "de", (), "Asia/Shanghai"),
        ("https://a.example.com/", "de-AT", (), "Europe/Vienna"),
        ("https://a.example.com/", "de", (), None),
        ("https://a.example.us/", "en", (), None),
        ("https://a.example.io/", "en", (), None),
        ("https://a.example.de/", "de", ("2026-07-01T10:00:00+02:00",), "Europe/Berlin"),
        ("https://a.example.de/", "de", ("2026-07-01T10:00:00-05:00",), None),
        ("https://a.example.de/", "de", ("Wed, 01 Jul 2026 10:00:00 GMT", "1.7.2026"), "Europe/Berlin"),
    ],
)
def test_the_zone_is_known_or_left_open(url: str, language: str, dates: tuple[str, ...], zone: str | None) -> None:
    assert guess_zone(url, language=language, dates=dates) == zone
