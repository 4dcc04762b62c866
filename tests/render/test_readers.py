"""Two feed parsers that know nothing of us read the same out of every format."""

from __future__ import annotations

import calendar
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import fastfeedparser
import feedparser
import pytest

from feeds.model import Format, StoredArticle

Make = Callable[..., StoredArticle]
Render = Callable[..., bytes]
PAGE = "https://news.example/t20200707_800213452.html"
XML_FORMATS = (Format.ATOM, Format.RSS)


@pytest.fixture
def articles(make_stored: Make) -> list[StoredArticle]:
    """Newest first, one of every kind that a reader shows in another way."""
    return [
        make_stored(
            id="urn:uuid:11111111-0000-5000-8000-000000000001",
            title="BMW & „Alibaba“ in 上海",
            published=dt.datetime(2020, 7, 9, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=2))),
            authors=("Anna Muster", "Bo Beispiel"),
            keywords=("BMW", "Alibaba", "C++", "宝马"),
            image="https://news.example/a.jpg",
            image_caption="Ein Bild",
            alternates={"en": "https://news.example/en.html", "zh-Hans": "https://news.example/zh.html"},
        ),
        make_stored(
            id="urn:uuid:11111111-0000-5000-8000-000000000002",
            title="Nur ein Tag",
            published=dt.date(2020, 7, 7),
            content_html='<p>Ein <a href="https://news.example/x?a=1&amp;b=2">Verweis</a>, 1 &lt; 2.</p>',
            changed_at=dt.datetime(2020, 7, 10, 1, 2, 3, tzinfo=dt.UTC),
            language="zh-Hant",
        ),
        make_stored(
            id="urn:uuid:11111111-0000-5000-8000-000000000003",
            title="",
            summary="",
            content_html="",
            content_text="",
            keywords=(),
            published=dt.datetime(2019, 1, 1, tzinfo=dt.UTC),
            origin=None,
        ),
    ]


IDS = [f"urn:uuid:11111111-0000-5000-8000-00000000000{number}" for number in (1, 2, 3)]
TITLES = ["BMW & „Alibaba“ in 上海", "Nur ein Tag", PAGE]
PUBLISHED = ["2020-07-09T06:00:00+00:00", "2020-07-06T16:00:00+00:00", "2019-01-01T00:00:00+00:00"]
TAGS = [["BMW", "Alibaba", "C++", "宝马"], ["BMW", "Alibaba"], []]
LANGUAGES = ["de", "zh-Hant", "de"]
CONTENTS = [
    "<p>BMW errichtet eine <b>Basis</b> &amp; mehr.</p>",
    '<p>Ein <a href="https://news.example/x?a=1&amp;b=2">Verweis</a>, 1 &lt; 2.</p>',
]
SCHEME = "https://feeds.example/feeds/de/keywords/"


@pytest.fixture(params=XML_FORMATS)
def by_feedparser(request: pytest.FixtureRequest, articles: list[StoredArticle], render: Render) -> Any:
    found = feedparser.parse(render(request.param, *articles, hub="https://hub.example/"))
    assert not found.bozo, found.get("bozo_exception")
    return found


def test_feedparser_reads_the_feed(by_feedparser: Any) -> None:
    feed = by_feedparser.feed
    assert feed.title == "Polyfeed · Deutsch · BMW"
    assert feed.subtitle == "Polyfeed: Artikel auf Deutsch mit dem Stichwort BMW."
    assert feed.link == "https://feeds.example/feeds/de/keywords/BMW"
    assert feed.language == "de"
    assert utc(feed.updated_parsed) == "2020-07-10T01:02:03+00:00"
    assert {link.rel for link in feed.links} >= {"self", "alternate", "hub"}


def test_feedparser_reads_the_entries(by_feedparser: Any) -> None:
    entries = by_feedparser.entries
    assert [entry.id for entry in entries] == IDS
    assert [entry.title for entry in entries] == TITLES
    assert [entry.link for entry in entries] == [PAGE] * 3
    assert [utc(entry.published_parsed) for entry in entries] == PUBLISHED
    assert [[tag.term for tag in entry.get("tags", [])] for entry in entries] == TAGS
    assert [tag.scheme for tag in entries[0].tags] == [
        f"{SCHEME}{keyword}" for keyword in ("BMW", "Alibaba", "c%252B%252B", "%E5%AE%9D%E9%A9%AC")
    ]
    assert [entry.content[0].value for entry in entries[:2]] == CONTENTS
    assert [author.name for author in entries[0].authors] == ["Anna Muster", "Bo Beispiel"]
    assert entries[1].author == "Beispielzeitung"
    assert [entry.summary for entry in entries[:2]] == ["Eine Basis für Startups."] * 2
    assert [enclosure.href for enclosure in entries[0].enclosures] == ["https://news.example/a.jpg"]
    assert entries[0].media_thumbnail[0]["url"] == "https://news.example/a.jpg"
    assert [entry.get("dc_source") for entry in entries] == ["German.people.cn", "German.people.cn", None]


def test_atom_says_when_an_entry_changed(articles: list[StoredArticle], render: Render) -> None:
    entries = feedparser.parse(render(Format.ATOM, *articles)).entries
    updated = ["2020-07-09T06:00:00+00:00", "2020-07-10T01:02:03+00:00", "2019-01-01T00:00:00+00:00"]
    assert [utc(entry.updated_parsed) for entry in entries] == updated
    assert [entry.title_detail.language for entry in entries] == LANGUAGES


def test_rss_says_the_language_of_an_item(articles: list[StoredArticle], render: Render) -> None:
    entries = feedparser.parse(render(Format.RSS, *articles)).entries
    assert [entry.language for entry in entries] == LANGUAGES


@pytest.mark.parametrize("format_", Format)
def test_fastfeedparser_reads_every_format(format_: Format, articles: list[StoredArticle], render: Render) -> None:
    found = fastfeedparser.parse(render(format_, *articles))
    assert found.feed["title"] == "Polyfeed · Deutsch · BMW"
    assert found.feed["link"] == "https://feeds.example/feeds/de/keywords/BMW"
    assert [entry["id"] for entry in found.entries] == IDS
    assert [entry["title"] for entry in found.entries] == TITLES
    assert [entry["link"] for entry in found.entries] == [PAGE] * 3
    assert [dt.datetime.fromisoformat(entry["published"]).isoformat() for entry in found.entries] == PUBLISHED
    assert [[tag["term"] for tag in entry.get("tags") or []] for entry in found.entries] == TAGS
    assert [entry["content"][0]["value"] for entry in found.entries[:2]] == CONTENTS


def test_json_feed_item_by_item(articles: list[StoredArticle], render: Render) -> None:
    feed = json.loads(render(Format.JSON, *articles, hub="https://hub.example/"))
    assert feed["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    assert feed["items"][0] == {
        "id": IDS[0],
        "url": PAGE,
        "title": TITLES[0],
        "content_html": CONTENTS[0],
        "summary": "Eine Basis für Startups.",
        "image": "https://news.example/a.jpg",
        "date_published": "2020-07-09T08:00:00+02:00",
        "date_modified": "2020-07-09T08:00:00+02:00",
        "authors": [{"name": "Anna Muster"}, {"name": "Bo Beispiel"}],
        "tags": TAGS[0],
        "language": "de",
        "_polyfeed": {
            "origin": "German.people.cn",
            "image_caption": "Ein Bild",
            "tag_urls": {
                "BMW": f"{SCHEME}BMW",
                "Alibaba": f"{SCHEME}Alibaba",
                "C++": f"{SCHEME}c%252B%252B",
                "宝马": f"{SCHEME}%E5%AE%9D%E9%A9%AC",
            },
            "alternates": [
                {"language": "en", "url": "https://news.example/en.html"},
                {"language": "zh-Hans", "url": "https://news.example/zh.html"},
            ],
        },
    }
    assert feed["items"][1]["date_published"] == "2020-07-07T00:00:00+08:00"
    assert feed["items"][1]["_polyfeed"]["date_only"] is True
    assert feed["items"][2] == {
        "id": IDS[2],
        "url": PAGE,
        "title": PAGE,
        "content_text": PAGE,
        "date_published": "2019-01-01T00:00:00Z",
        "date_modified": "2019-01-01T00:00:00Z",
        "authors": [{"name": "Beispielzeitung"}],
        "language": "de",
    }


def test_json_feed_says_that_a_date_is_not_the_articles(make_stored: Make, render: Render) -> None:
    (item,) = json.loads(render(Format.JSON, make_stored(published=None)))["items"]
    assert item["date_published"] == "2020-07-08T03:04:05Z"
    assert item["_polyfeed"]["undated"] is True


def utc(parsed: Any) -> str:
    return dt.datetime.fromtimestamp(calendar.timegm(parsed), tz=dt.UTC).isoformat()
