"""The rules of the specifications, over every kind of article: a table of checks for each format.

Written out since no validator of feeds is in a package registry. Each check names where its rule stands.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.model import Article, FeedQuery, Format, StoredArticle
from feeds.render import Renderer, make_head

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
SY = "{http://purl.org/rss/1.0/modules/syndication/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PARSER = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DAYS, MONTHS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
RFC822 = re.compile(rf"({DAYS}), \d\d ({MONTHS}) \d{{4}} \d\d:\d\d:\d\d [+-]\d{{4}}")
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")

Element = etree._Element
ElementRules = list[tuple[str, Callable[[Element], bool]]]
JsonRules = list[tuple[str, Callable[[dict[str, Any]], bool]]]


def is_absolute(address: str | None) -> bool:
    parts = urlsplit(address or "")
    return parts.scheme in ("http", "https") and bool(parts.netloc) and (address or "").isascii()


def texts(element: Element, name: str) -> list[str]:
    return [(child.text or "").strip() for child in element.findall(name)]


def one(element: Element, *names: str) -> bool:
    """Exactly one of each, with text in it."""
    return all(len(texts(element, name)) == 1 and all(texts(element, name)) for name in names)


def distinct(values: list[Any]) -> bool:
    return len(values) == len(set(values))


def links(element: Element, rel: str) -> list[Element]:
    return [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel]


def is_rfc3339(text: str) -> bool:
    return bool(RFC3339.fullmatch(text)) and dt.datetime.fromisoformat(text).tzinfo is not None


# --- Atom, RFC 4287 ---------------------------------------------------------------------------------------------

ATOM_COMMON: ElementRules = [
    ("4.1: exactly one id, title, updated", lambda e: one(e, f"{ATOM}id", f"{ATOM}title", f"{ATOM}updated")),
    ("4.2.6: the id is an IRI", lambda e: bool(urlsplit(e.findtext(f"{ATOM}id")).scheme)),
    ("3.3: dates", lambda e: all(map(is_rfc3339, texts(e, f"{ATOM}updated") + texts(e, f"{ATOM}published")))),
    (
        "4.1: no two alternate links of one type and hreflang",
        lambda e: distinct([(link.get("type"), link.get("hreflang")) for link in links(e, "alternate")]),
    ),
    ("4.2.7.1: href", lambda e: all(is_absolute(link.get("href")) for link in e.findall(f"{ATOM}link"))),
    (
        "4.2.7.3: type",
        lambda e: all(MEDIA_TYPE.fullmatch(link.get("type", "text/html")) for link in e.findall(f"{ATOM}link")),
    ),
    (
        "4.2.7.4: hreflang",
        lambda e: all(TAG.fullmatch(link.get("hreflang", "en")) for link in e.findall(f"{ATOM}link")),
    ),
    ("3.2.1: a person has a name", lambda e: all(one(person, f"{ATOM}name") for person in e.findall(f"{ATOM}author"))),
    ("2: xml:lang is a language tag", lambda e: bool(TAG.fullmatch(e.get(XML_LANG, "en")))),
]
ATOM_FEED: ElementRules = [
    ("4.1.1: the root", lambda feed: feed.tag == f"{ATOM}feed"),
    ("4.1.1: one self link", lambda feed: [x.get("type") for x in links(feed, "self")] == ["application/atom+xml"]),
    ("4.1.1: at most one subtitle", lambda feed: len(feed.findall(f"{ATOM}subtitle")) <= 1),
    ("4.1.1: an author", lambda feed: feed.find(f"{ATOM}author") is not None),
    (
        "4.1.1: no two entries of one id",
        lambda feed: distinct(feed.xpath("//*[local-name()='entry']/*[local-name()='id']/text()")),
    ),
]
ATOM_ENTRY: ElementRules = [
    ("4.1.2: at most one content", lambda e: len(e.findall(f"{ATOM}content")) <= 1),
    ("4.1.2: at most one summary", lambda e: len(e.findall(f"{ATOM}summary")) <= 1),
    ("4.1.2: published", lambda e: one(e, f"{ATOM}published")),
    ("4.1.2: content or a page", lambda e: e.find(f"{ATOM}content") is not None or bool(links(e, "alternate"))),
    (
        "3.1.1: type of texts",
        lambda e: all(x.get("type", "text") in ("text", "html") for x in e.iter(f"{ATOM}content", f"{ATOM}summary")),
    ),
    ("3.1.1: no elements in texts", lambda e: not any(len(x) for x in e.iter(f"{ATOM}content", f"{ATOM}summary"))),
    (
        "4.2.2: category has term, label and scheme",
        lambda e: all(
            x.get("term") and x.get("label") and is_absolute(x.get("scheme")) for x in e.findall(f"{ATOM}category")
        ),
    ),
]


def atom_mistakes(document: bytes) -> Iterator[str]:
    feed = etree.fromstring(document, PARSER)
    yield from broken(ATOM_FEED + ATOM_COMMON, feed)
    for entry in feed.findall(f"{ATOM}entry"):
        yield from broken(ATOM_ENTRY + ATOM_COMMON, entry)


# --- RSS 2.0 with the RSS Advisory Board's Best Practices Profile -----------------------------------------------

ONCE = ("title", "link", "description", "guid", "pubDate", "enclosure", "source", f"{CONTENT}encoded", f"{DC}language")
SYNDICATION = (f"{SY}updatePeriod", f"{SY}updateFrequency")
PERIODS = ("hourly", "daily", "weekly", "monthly", "yearly")
RSS_CHANNEL: ElementRules = [
    ("one of each", lambda c: one(c, "title", "link", "description", "lastBuildDate")),
    ("link", lambda c: is_absolute(c.findtext("link"))),
    ("lastBuildDate", lambda c: bool(RFC822.fullmatch(c.findtext("lastBuildDate", "")))),
    (
        "profile: one atom:link to itself",
        lambda c: [x.get("type") for x in links(c, "self")] == ["application/rss+xml"],
    ),
    ("language", lambda c: bool(TAG.fullmatch(c.findtext("language", "en")))),
    (
        "at most one of each",
        lambda c: all(len(c.findall(name)) <= 1 for name in ("language", "ttl", "docs", "generator", *SYNDICATION)),
    ),
    ("ttl in whole minutes", lambda c: bool(re.fullmatch("[1-9][0-9]*", c.findtext("ttl", "1")))),
    ("sy: both or none", lambda c: len({c.find(name) is None for name in SYNDICATION}) == 1),
    ("sy:updatePeriod is one of five", lambda c: c.findtext(SYNDICATION[0], "daily") in PERIODS),
    ("sy:updateFrequency", lambda c: bool(re.fullmatch("[1-9][0-9]*", c.findtext(SYNDICATION[1], "1")))),
    ("no two items of one guid", lambda c: distinct([item.findtext("guid") for item in c.findall("item")])),
]
RSS_ITEM: ElementRules = [
    ("profile: at most one of each", lambda i: all(len(i.findall(name)) <= 1 for name in ONCE)),
    ("a title", lambda i: one(i, "title")),
    ("guid, and no address in it", lambda i: one(i, "guid") and i.xpath("string(guid/@isPermaLink)") == "false"),
    ("profile: pubDate", lambda i: bool(RFC822.fullmatch(i.findtext("pubDate", "")))),
    ("link", lambda i: all(map(is_absolute, texts(i, "link")))),
    ("profile: an author has an email, else dc:creator", lambda i: i.find("author") is None),
    ("dc:creator", lambda i: all(texts(i, f"{DC}creator"))),
    ("category", lambda i: all(x.text and is_absolute(x.get("domain")) for x in i.findall("category"))),
    (
        "enclosure has url, type and length",
        lambda i: all(
            is_absolute(x.get("url")) and MEDIA_TYPE.fullmatch(x.get("type", "")) and x.get("length", "").isdigit()
            for x in i.findall("enclosure")
        ),
    ),
    ("markup is escaped", lambda i: {x.tag for x in i.iter() if len(x)} <= {"item", f"{MEDIA}content"}),
]


def rss_mistakes(document: bytes) -> Iterator[str]:
    rss = etree.fromstring(document, PARSER)
    if rss.tag != "rss" or rss.get("version") != "2.0" or [child.tag for child in rss] != ["channel"]:
        yield "rss 2.0 holds one channel"
    yield from broken(RSS_CHANNEL, rss[0])
    for item in rss[0].findall("item"):
        yield from broken(RSS_ITEM, item)


# --- JSON Feed 1.1 ----------------------------------------------------------------------------------------------

FEED_KEYS = {"version", "title", "home_page_url", "feed_url", "description", "authors", "language", "hubs", "items"}
ITEM_KEYS = {
    *("id", "url", "title", "content_html", "content_text", "summary", "image", "date_published", "date_modified"),
    *("authors", "tags", "language"),
}
JSON_FEED: JsonRules = [
    ("version", lambda feed: feed["version"] == "https://jsonfeed.org/version/1.1"),
    ("keys", lambda feed: {key for key in feed if not key.startswith("_")} <= FEED_KEYS),
    ("title", lambda feed: bool(feed["title"])),
    ("addresses", lambda feed: is_absolute(feed["home_page_url"]) and is_absolute(feed["feed_url"])),
    ("no two items of one id", lambda feed: distinct([item.get("id") for item in feed["items"]])),
]
JSON_ITEM: JsonRules = [
    ("keys", lambda item: {key for key in item if not key.startswith("_")} <= ITEM_KEYS),
    ("id", lambda item: isinstance(item["id"], str) and bool(item["id"])),
    ("content", lambda item: bool({"content_html", "content_text"} & item.keys())),
    ("nothing empty", lambda item: all(value not in ("", [], {}, None) for value in item.values())),
    ("addresses", lambda item: all(is_absolute(item[key]) for key in ("url", "image") if key in item)),
    ("dates", lambda item: is_rfc3339(item["date_published"]) and is_rfc3339(item["date_modified"])),
    ("authors", lambda item: all(author.get("name") for author in item.get("authors", []))),
    ("tags", lambda item: all(isinstance(tag, str) and tag for tag in item.get("tags", []))),
    ("language", lambda item: bool(TAG.fullmatch(item.get("language", "en")))),
]


def json_mistakes(document: bytes) -> Iterator[str]:
    feed = json.loads(document.decode("utf-8"))
    yield from broken(JSON_FEED, feed)
    for item in feed["items"]:
        yield from broken(JSON_ITEM, item)


def broken(rules: list[tuple[str, Callable[[Any], bool]]], thing: Any) -> Iterator[str]:
    yield from (rule for rule, holds in rules if not holds(thing))


MISTAKES: dict[Format, Callable[[bytes], Iterator[str]]] = {
    Format.ATOM: atom_mistakes,
    Format.RSS: rss_mistakes,
    Format.JSON: json_mistakes,
}

# --- the articles -----------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script><p onclick='x'>]]></content></entry><!-- <![CDATA[ &nbsp; & &#0; <b>"
ODD: dict[str, dict[str, Any]] = {
    "plain": {},
    "nothing but an id": {
        **dict.fromkeys(["title", "url", "summary", "content_html", "content_text", "language"], ""),
        "published": None,
        "keywords": (),
        "origin": None,
    },
    "no title": {"title": ""},
    "no body": {"content_html": "", "content_text": ""},
    "no summary": {"summary": ""},
    "a picture and no text": {
        "content_html": "<img src='https://news.example/a.png'>",
        "content_text": "",
        "summary": "",
    },
    "no date": {"published": None},
    "a time": {
        "published": dt.datetime(2020, 7, 7, 8, 9, 10, 11, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=45)))
    },
    "the first day": {"published": dt.date.min, "zone": "Asia/Shanghai"},
    "the last second": {"published": dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-12)))},
    "control characters": {
        "title": "a\x00b\x1f",
        "content_html": "<p>\x0c\x0b\x01</p>",
        "keywords": ("a\x02b", "\x00"),
    },
    "lone surrogates": {
        "title": "\ud800",
        "summary": "a\udfff",
        "content_html": "<p>\ud83d</p>",
        "keywords": ("\ud800",),
    },
    "noncharacters": {"title": "\ufffe", "summary": "\uffff", "content_html": "\U0001ffff", "authors": ("\ufdd0",)},
    "hostile html": {
        "title": HOSTILE,
        "summary": HOSTILE,
        "content_html": HOSTILE,
        "authors": (HOSTILE,),
        "origin": HOSTILE,
    },
    "hostile addresses": {"url": "javascript:x", "image": "javascript:x", "alternates": {"en": "javascript:x"}},
    "an address beyond ASCII": {"url": "https://例え.example/パス?q=ü", "image": "https://例え.example/絵.jpg"},
    "emoji and right to left": {
        "title": "👩\u200d👩\u200d👧 🇩🇪",
        "summary": "\u202eעברית\u202c مرحبا",
        "language": "he",
        "keywords": ("😀", "مرحبا"),
    },
    "every extra": {
        "authors": ("Anna", "Bob"),
        "image": "https://news.example/a.jpg",
        "image_caption": "Ein <Bild>",
        "alternates": {
            "en": "https://news.example/en",
            "zh-Hant": "https://news.example/zh",
            "x-default": "https://x.example",
        },
        "changed_at": dt.datetime(2021, 1, 1, tzinfo=dt.UTC),
    },
    "a picture of unknown type": {"image": "https://news.example/picture?id=1"},
    "an unknown language": {"language": "und"},
}

Render = Callable[..., bytes]


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("name", ODD)
def test_every_kind_of_article(
    name: str, format_: Format, make_stored: Callable[..., StoredArticle], render: Render
) -> None:
    document = render(format_, make_stored(**ODD[name]))
    assert list(MISTAKES[format_](document)) == []


@pytest.mark.parametrize("format_", Format)
def test_all_of_them_in_one_feed(format_: Format, make_stored: Callable[..., StoredArticle], render: Render) -> None:
    document = render(format_, *(make_stored(**given) for given in ODD.values()), hub="https://hub.example/")
    assert list(MISTAKES[format_](document)) == []
    count = len(json.loads(document)["items"]) if format_ is Format.JSON else document.count(b"</guid>")
    assert max(count, document.count(b"</entry>")) == len(ODD)


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("query", [FeedQuery(), FeedQuery(languages=("de", "fr")), FeedQuery(languages=("zh-Hant",))])
def test_a_feed_without_articles(query: FeedQuery, format_: Format, render: Render) -> None:
    assert list(MISTAKES[format_](render(format_, query=query))) == []


@pytest.mark.parametrize("format_", Format)
def test_five_megabytes(format_: Format, make_stored: Callable[..., StoredArticle], render: Render) -> None:
    body = "<p>" + "中文 & <i>mehr</i>\x00 " * 250_000 + "</p>"
    document = render(format_, make_stored(content_html=body, content_text=body))
    assert len(document) > 5_000_000
    assert list(MISTAKES[format_](document)) == []


def test_the_rules_can_be_broken(render: Render, make_stored: Callable[..., StoredArticle]) -> None:
    """A table that finds nothing proves nothing: each of these breaks one rule."""
    article = make_stored(**ODD["every extra"])
    others = [make_stored(published=dt.date(2020, 7, day)) for day in (1, 2, 3)]
    broken = [
        (Format.ATOM, b"<updated>", b"<updated>x"),
        (Format.ATOM, b'hreflang="en"', b'hreflang="de"'),
        (Format.ATOM, b"<name>Anna</name>", b"<name> </name>"),
        (Format.ATOM, b'scheme="https:', b'scheme="x:'),
        (Format.RSS, b" +0000", b" GMT"),
        (Format.RSS, b"<ttl>60", b"<ttl>0"),
        (Format.RSS, b"updatePeriod>daily<", b"updatePeriod>often<"),
        (Format.RSS, b"<sy:updateFrequency>1</sy:updateFrequency>", b""),
        (Format.RSS, b'length="0"', b""),
        (Format.RSS, b'isPermaLink="false"', b""),
        (Format.RSS, b"<description>", b"<description>x</description><description>"),
        (Format.JSON, b'"content_html"', b'"content_htm"'),
        (Format.JSON, b'"summary":"', b'"summary":"","_x":"'),
    ]
    for format_, good, bad in broken:
        document = render(format_, article, *others)
        assert good in document
        assert list(MISTAKES[format_](document.replace(good, bad))) != []


# --- any article ------------------------------------------------------------------------------------------------

anything = st.text(st.characters(), max_size=30)
some_zone = st.sampled_from(["UTC", "Asia/Shanghai", "America/St_Johns", "Europe/Berlin", "nowhere"])
offsets = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
dates = st.none() | st.dates() | st.datetimes(timezones=offsets | st.just(dt.UTC))
addresses = anything | st.sampled_from(["https://news.example/a.jpg", "http://[::1]/x", "https://ü.example/é#f", "//x"])
instants = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001


@st.composite
def stored_articles(draw: st.DrawFn) -> StoredArticle:
    article = Article(
        id=f"urn:uuid:{draw(st.uuids())}",
        source_id="example",
        identity="x",
        url=draw(addresses),
        title=draw(anything),
        language=draw(anything | st.sampled_from(["de", "zh-Hans", "und"])),
        authors=tuple(draw(st.lists(anything, max_size=3))),
        published=draw(dates),
        keywords=tuple(draw(st.lists(anything, max_size=3))),
        summary=draw(anything),
        content_html=draw(anything),
        content_text=draw(anything),
        image=draw(st.none() | addresses),
        image_caption=draw(st.none() | anything),
        origin=draw(st.none() | anything),
        zone=draw(some_zone),
        alternates=draw(st.dictionaries(anything | st.sampled_from(["en", "fr"]), addresses, max_size=3)),
    )
    return StoredArticle(
        article=article, seq=draw(st.integers(1)), first_seen_at=draw(instants), changed_at=draw(instants)
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(stored_articles(), max_size=4, unique_by=lambda each: each.article.id), st.sampled_from(Format), anything
)
def test_any_article(articles: list[StoredArticle], format_: Format, service: str) -> None:
    head = make_head(FeedQuery(keywords=("bmw",)), format_, public_url="https://feeds.example", service=service)
    document = Renderer("https://feeds.example").render(head, articles, format_)
    assert list(MISTAKES[format_](document)) == []
    assert document == Renderer("https://feeds.example").render(head, articles[::-1], format_)
