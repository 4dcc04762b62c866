"""What the newsroom offers beside pages and feeds: sitemaps, an API, an agency's copies, AMP and mobile forms."""

from __future__ import annotations

import gzip
import json

import feedparser
import pytest
from lxml import etree, html

from feeds.newsroom import Newsroom

from .conftest import Clock, OpenReader, Reader

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}


def locs(xml: bytes) -> list[str]:
    return [one.text or "" for one in etree.fromstring(xml).iterfind(".//s:loc", SPACES)]


def path(newsroom: Newsroom, url: str) -> str:
    assert url.startswith(newsroom.url)
    return url.removeprefix(newsroom.url)


def test_robots_names_the_sitemaps(newsroom: Newsroom, reader: Reader) -> None:
    assert f"Sitemap: {newsroom.url}/sitemap.xml" in reader.text("/robots.txt").splitlines()


def test_the_sitemaps_of_the_index_hold_every_article_once(newsroom: Newsroom, reader: Reader) -> None:
    newsroom.publish("de", "China")
    children = locs(reader.get("/sitemap.xml").body)
    found = [url for child in children for url in locs(gzip.decompress(reader.get(path(newsroom, child)).body))]
    assert sorted(found) == sorted(newsroom.url_of(article) for article in newsroom.articles())
    assert reader.get(path(newsroom, children[0])).headers["content-type"] == "binary/x-gzip"
    assert reader.get("/de/sitemap-99.xml.gz").status == 404


def test_fifty_thousand_addresses(clock: Clock, open_reader: OpenReader) -> None:
    with Newsroom(articles=250_000, every_s=0, clock=clock) as newsroom:
        reader = open_reader(newsroom)
        german = [path(newsroom, url) for url in locs(reader.get("/sitemap.xml").body) if "/de/" in url]
        assert len(german) == 5
        assert len(locs(gzip.decompress(reader.get(german[-1]).body))) == 10_000


def test_the_news_sitemap_says_what_news_sitemaps_say(newsroom: Newsroom, reader: Reader) -> None:
    article = newsroom.publish("zh")
    tree = etree.fromstring(reader.get("/news-sitemap.xml").body)
    (entry,) = [one for one in tree if one.findtext("s:loc", namespaces=SPACES) == newsroom.url_of(article)]
    assert entry.findtext("n:news/n:title", namespaces=SPACES) == article.title
    assert entry.findtext("n:news/n:publication/n:language", namespaces=SPACES) == "zh"


def test_the_api_goes_on_to_its_last_page(newsroom: Newsroom, reader: Reader) -> None:
    address: str | None = "/api/fr/articles"
    links: list[str] = []
    while address:
        answer = json.loads(reader.text(address))
        links += [one["link"] for one in answer["articles"]]
        address = path(newsroom, answer["meta"]["next"]) if answer["meta"]["next"] else None
    assert sorted(links) == sorted(article.path for article in newsroom.articles() if article.edition == "fr")
    assert reader.get("/api/fr/articles?page=x").status == reader.get("/api/xx/articles").status == 404


def test_the_full_feed_is_whole(newsroom: Newsroom, reader: Reader) -> None:
    article = newsroom.publish("en")
    feed = feedparser.parse(reader.get("/en/full.xml").body)
    assert not feed.bozo
    assert feed.entries[0].content[0].value.count("<p>") == len(article.paragraphs)


def test_the_agency_prints_nearly_the_same(newsroom: Newsroom, reader: Reader) -> None:
    article = newsroom.publish("de")
    front = html.fromstring(reader.text("/wire/de/"))
    address = front.xpath("//main//a/@href")[0]
    page = html.fromstring(reader.text(address))
    assert page.xpath("string(//h1)") == article.title
    printed = [one.text_content() for one in page.xpath("//article/p")]
    assert printed[0].endswith(article.paragraphs[0])
    kept = article.paragraphs[:-1] if len(article.paragraphs) > 2 else article.paragraphs
    assert printed[1:] == list(kept[1:])
    assert feedparser.parse(reader.get("/wire/de/rss.xml").body).entries[0].link == newsroom.url + address


@pytest.mark.parametrize("form", ["amp", "m"])
def test_second_forms_name_the_first(newsroom: Newsroom, reader: Reader, form: str) -> None:
    article = newsroom.publish("ja")
    page = html.fromstring(reader.text(f"/{form}{article.path}"))
    assert page.xpath("//link[@rel='canonical']/@href") == [article.path]
    assert page.xpath("string(//h1)") == article.title
    assert reader.get(f"/{form}/ja/none.html").status == 404


def test_pages_announce_their_feeds(reader: Reader) -> None:
    front = html.fromstring(reader.text("/en/"))
    assert front.xpath("//head/link[@rel='alternate']/@href") == ["/en/rss.xml", "/en/atom.xml"]


def test_some_pagers_say_next(clock: Clock, open_reader: OpenReader) -> None:
    with Newsroom(articles=1000, every_s=0, clock=clock) as newsroom:
        reader = open_reader(newsroom)
        (section,) = html.fromstring(reader.text("/fr/")).xpath("(//h3/a/@href)[1]")
        assert html.fromstring(reader.text(section)).xpath("//a[@rel='next']/@href") == ["index_1.html"]
        german = html.fromstring(reader.text("/de/China/index.html"))
        assert "index_1.html" in german.xpath("//a/@href")
        assert not german.xpath("//a[@rel='next']")
