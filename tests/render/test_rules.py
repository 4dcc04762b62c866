"""No rule of any validator is broken, whatever articles the store can hold; see ``rules`` for the rules."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.model import Article, Content, Enclosure, FeedQuery, Format, StoredArticle
from feeds.normalise.html import sanitise
from feeds.render import FeedHead, Renderer, make_head
from feeds.render.entry import Original, Translation
from feeds.render.renderer import Beside
from feeds.render.text import rfc822

from .conftest import PUBLIC_URL
from .rules import MISTAKES
from .rules.rss import is_rfc822

# --- the articles -----------------------------------------------------------------------------------------------

BASE = "https://news.example/t.html"
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
        "content_html": "<p>\x0c\x0b\x01\x85\ufffd</p>",
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
        "content_html": sanitise(HOSTILE, base_url=BASE),  # as every article's is: it is the contract of Article
        "authors": (HOSTILE,),
        "origin": HOSTILE,
        "rights": HOSTILE,
        "keywords": (HOSTILE,),
        "image": "https://news.example/a.jpg",
        "image_caption": HOSTILE,
        "image_credit": HOSTILE,
        "enclosures": (Enclosure(url="https://news.example/a.mp3", media_type=HOSTILE, title=HOSTILE),),
    },
    "relative addresses": {
        "content_html": sanitise("<a href=/x>a</a><img src=b.png><a href='javascript:x'>c</a>", base_url=BASE),
    },
    "what looks like HTML": {
        "title": "<i>Spiegel</i> &amp; &copy; </b>",
        "summary": "1 &lt; 2, </p>",
        "keywords": ("C</b>",),
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
        "image_credit": "Foto: Anna & Co",
        "rights": "© Beispiel & Söhne",
        "enclosures": (
            Enclosure(url="https://news.example/a.mp3", media_type="Audio/MPEG; x=y", length_bytes=9, duration_s=61.5),
            Enclosure(url="https://news.example/b.mp4", title="Film & <Ton>"),
            Enclosure(url="https://news.example/unknown"),
        ),
    },
    "files that are none": {
        "enclosures": (
            Enclosure(url="javascript:x", media_type="audio/mpeg"),
            Enclosure(url="https://news.example/ä.pdf", media_type="PDF", length_bytes=-1, duration_s=float("nan")),
            Enclosure(url="https://news.example/ä.pdf", length_bytes=0, duration_s=0.0),
            Enclosure(url="https://news.example/c", duration_s=float("inf"), title="\x00\ud800"),
        ),
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
    body = "<p>" + "中文 mehr\x00 " * 500_000 + "<i>und</i> mehr</p>"  # few tags: html5lib takes a minute for many
    document = render(format_, make_stored(content_html=body, content_text=body))
    assert len(document) > 5_000_000
    assert list(MISTAKES[format_](document)) == []


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("content", Content)
def test_less_of_every_kind_of_article(
    content: Content, format_: Format, make_stored: Callable[..., StoredArticle], render: Render
) -> None:
    articles = [make_stored(**given) for given in ODD.values()]
    query = FeedQuery(languages=("de",), content=content)
    document = render(format_, *articles, query=query, contents={"example": content})
    assert list(MISTAKES[format_](document)) == []


ARCHIVE = {"current": "https://feeds.example/de", "prev-archive": "https://feeds.example/1"}
ARCHIVE |= {"next-archive": "https://feeds.example/3"}
PAGED = {"first": "https://feeds.example/de?page=1", "next": "https://feeds.example/de?page=3"}


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize(
    ("history", "is_archive"), [(ARCHIVE, True), (PAGED, False), ({"current": "https://x/"}, True)]
)
def test_archives_and_pages(
    *, format_: Format, history: dict[str, str], is_archive: bool, make_stored: Callable[..., StoredArticle]
) -> None:
    head = make_head(FeedQuery(), format_, public_url=PUBLIC_URL, hub="https://hub.example/")
    head = dataclasses.replace(head, history=history, is_archive=is_archive)
    document = Renderer(PUBLIC_URL).render(head, [make_stored()], format_)
    assert list(MISTAKES[format_](document)) == []
    for address in history.values():
        assert address.encode() in document


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("text", ["", "\x00", HOSTILE, "A & B < C", "\ud800", "\u202eעברית", "x" * 10**5])
def test_whatever_a_feed_is_called(format_: Format, text: str) -> None:
    head = FeedHead(
        id="urn:uuid:6f6bd7ce-4f0e-5a52-8a5e-0c5a50d0f9b4",
        title=f"P {text}",
        description=text,
        self_url="https://feeds.example/x",
        html_url="https://feeds.example/y",
        home_url="https://feeds.example/",
        author=text,
        rights=text,
    )
    assert list(MISTAKES[format_](Renderer(PUBLIC_URL).render(head, [], format_))) == []


@pytest.mark.parametrize("format_", Format)
def test_html_that_was_never_sanitised_is_text_to_xml_and_json(
    format_: Format, make_stored: Callable[..., StoredArticle], render: Render
) -> None:
    document = render(format_, make_stored(content_html=HOSTILE))
    if format_ is Format.JSON:
        assert json.loads(document)["items"][0]["content_html"] == HOSTILE
    else:
        contents = etree.fromstring(document).iter("{*}content", "{*}encoded")
        assert HOSTILE in [each.text for each in contents]


BREACHES = {
    Format.ATOM: [
        ("<updated>", "<updated>x"),
        ('hreflang="en"', 'hreflang="de"'),
        ("<name>Anna</name>", "<name> </name>"),
        ('scheme="https:', 'scheme="x:'),
        ('rel="self"', 'rel="myself"'),
        ("<title>BMW", "<title>&lt;/b>BMW"),
        ('type="html">', 'type="html">&lt;script>'),
        ('type="html">', "type=\"html\">&lt;a href='x'>&lt;/a>"),
        ('type="html">', 'type="html">&lt;p onclick="x">&lt;/p>'),
        ('type="html">', 'type="html">&lt;/p>&lt;b'),
        ("<rights>", "<rights>\ufffd"),
        ("<entry ", "<entry xmlns:x='urn:x' "),
        ("<id>urn:uuid:", "<id>URN:uuid:"),
        ("<id>urn:uuid:00000000-0000-5000-8000-000000000002", "<id>urn:uuid:00000000-0000-5000-8000-000000000001"),
        ('fileSize="9"', 'fileSize="0"'),
        ("<fh:archive/>", ""),
        ('rel="current"', 'rel="previous"'),
        ("<media:title type", "<media:title kind"),
    ],
    Format.RSS: [
        (" +0000<", " GMT<"),
        (" +0000<", " +0545<"),
        ("Wed, ", "Thu, "),
        ("<ttl>60", "<ttl>0"),
        ("updatePeriod>daily<", "updatePeriod>often<"),
        ("<sy:updateFrequency>1</sy:updateFrequency>", ""),
        ('length="9"', ""),
        ("<enclosure ", '<enclosure url="https://x.example/" type="a/b" length="0"/><enclosure '),
        ('isPermaLink="false"', ""),
        ("<description>", "<description>x</description><description>"),
        ("&#x26;", "&amp;"),
        ("<source ", "<dc:source>x</dc:source><source "),
        ('rel="self"', 'rel="alternate"'),
        ("<content:encoded>", "<content:encoded>&lt;iframe>&lt;/iframe>"),
        ("<pubDate>", "<author>Anna</author><pubDate>"),
        ("<copyright>", "<dc:rights>x</dc:rights><copyright>"),
        ("<item>", "<item><comment>x</comment>"),
    ],
    Format.JSON: [
        ('"content_html"', '"content_htm"'),
        ('"summary":"', '"summary":"","_x":"'),
        ('"next_url":"', '"next_url":"/'),
        ('"mime_type":"', '"mime_type":"/'),
        ('"title":"BMW', '"title":"</b>BMW'),
        ('"url":"https://hub', '"url":"hub'),
        ("\u00a9", "\x85"),
    ],
}


@pytest.mark.parametrize("format_", Format)
def test_the_rules_can_be_broken(format_: Format, make_stored: Callable[..., StoredArticle]) -> None:
    """A table that finds nothing proves nothing: each of these breaks one rule."""
    every, others = (
        make_stored(**ODD["every extra"]),
        [make_stored(published=dt.date(2020, 7, day)) for day in (1, 2, 3)],
    )
    head = make_head(FeedQuery(), format_, public_url=PUBLIC_URL, hub="https://hub.example/")
    head = dataclasses.replace(head, history=ARCHIVE, is_archive=True)
    copied = {every.article.id: Original(id="urn:x", url="https://agency.example/", source_id="a", source_name="A & B")}
    document = Renderer(PUBLIC_URL).render(head, [every, *others], format_, originals=copied).decode()
    assert list(MISTAKES[format_](document.encode())) == []
    for good, bad in BREACHES[format_]:
        assert good in document, good
        assert list(MISTAKES[format_](document.replace(good, bad).encode())) != [], (good, bad)


# --- any article ------------------------------------------------------------------------------------------------

anything = st.text(st.characters(), max_size=30)
some_zone = st.sampled_from(["UTC", "Asia/Shanghai", "America/St_Johns", "Europe/Berlin", "nowhere"])
offsets = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
dates = st.none() | st.dates() | st.datetimes(timezones=offsets | st.just(dt.UTC))
addresses = anything | st.sampled_from(["https://news.example/a.jpg", "http://[::1]/x", "https://ü.example/é#f", "//x"])
instants = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
tags = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<b onclick=x>",
        "</b>",
        "<a href=/x>",
        "</a>",
        "<img src=y>",
        "<table>",
        "<td>",
        "<svg>",
        "<bdo dir=rtl>",
        "<script>",
        "</script>",
        "<!--",
        "<![CDATA[",
        "]]>",
        "&nbsp;",
        "&#0;",
        "<iframe src='javascript:x'>",
        "<ruby>",
        "<rt>",
    ]
)
words = st.lists(anything | tags, max_size=6).map("".join)
files = st.builds(
    Enclosure,
    url=addresses,
    media_type=anything | st.sampled_from(["audio/mpeg", "Video/MP4;x=y"]),
    length_bytes=st.none() | st.integers(),
    duration_s=st.none() | st.floats(),
    title=words,
)


@st.composite
def stored_articles(draw: st.DrawFn) -> StoredArticle:
    article = Article(
        id=f"urn:uuid:{draw(st.uuids())}",
        source_id=draw(st.sampled_from(["one", "other"])),
        identity="x",
        url=draw(addresses),
        title=draw(words),
        language=draw(anything | st.sampled_from(["de", "zh-Hans", "und"])),
        authors=tuple(draw(st.lists(words, max_size=3))),
        published=draw(dates),
        keywords=tuple(draw(st.lists(words, max_size=3))),
        inferred=tuple(draw(st.lists(anything, max_size=1))),
        summary=draw(words),
        content_html=draw(words.map(lambda html: sanitise(html, base_url=BASE))),
        content_text=draw(words),
        image=draw(st.none() | addresses),
        image_caption=draw(st.none() | words),
        image_credit=draw(st.none() | words),
        enclosures=tuple(draw(st.lists(files, max_size=3))),
        rights=draw(st.none() | words),
        origin=draw(st.none() | words),
        zone=draw(some_zone),
        alternates=draw(st.dictionaries(anything | st.sampled_from(["en", "fr"]), addresses, max_size=3)),
    )
    return StoredArticle(
        article=article, seq=draw(st.integers(1)), first_seen_at=draw(instants), changed_at=draw(instants)
    )


@pytest.mark.parametrize("year", [1, 96, 1996, 9999])
def test_the_date_of_any_year_is_kept_to(year: int) -> None:
    said = rfc822(dt.datetime(year, 7, 29, tzinfo=dt.UTC))
    assert is_rfc822(said)
    assert not is_rfc822(f"{'Tue' if said[:3] != 'Tue' else 'Wed'}{said[3:]}")


originals = st.builds(Original, id=anything, url=addresses, source_id=anything, source_name=words)
others = st.builds(Translation, id=anything, language=anything | st.sampled_from(["en", "zh-Hant"]), url=addresses)
articles_of_a_feed = st.lists(stored_articles(), max_size=4, unique_by=lambda each: each.article.id)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), articles_of_a_feed, st.sampled_from(Format), words)
def test_any_article(data: st.DataObject, articles: list[StoredArticle], format_: Format, service: str) -> None:
    ids = [each.article.id for each in articles]
    beside: Beside = {
        "originals": {each: data.draw(originals) for each in ids[:2]},
        "translations": {each: tuple(data.draw(st.lists(others, max_size=1))) for each in ids[1:]},
        "source_names": {"one": service},
        "contents": {"other": data.draw(st.sampled_from(Content))},
    }
    head = make_head(FeedQuery(keywords=("bmw",)), format_, public_url=PUBLIC_URL, service=service)
    document = Renderer(PUBLIC_URL).render(head, articles, format_, **beside)
    assert list(MISTAKES[format_](document)) == []
    assert document == Renderer(PUBLIC_URL).render(head, articles[::-1], format_, **beside)
