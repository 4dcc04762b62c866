"""Syndicated copies: each format says what they repeat, in words that readers know, and feeds without them say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import fastfeedparser
import feedparser
import pytest
from lxml import etree

from feeds.model import FeedQuery, Format, StoredArticle
from feeds.render import Original, Renderer, make_head

from .conftest import PUBLIC_URL
from .rules import MISTAKES
from .rules.common import broken, links
from .rules.rss import RSS_ITEM

ORIGINAL = Original(id="urn:uuid:1", url="https://agency.example/ä.html", source_id="agency", source_name="Die Agentur")
PAGE = "https://agency.example/%C3%A4.html"
Make = Callable[..., StoredArticle]
Render = Callable[..., bytes]
NO_ALTERNATES: dict[str, str] = {}


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("alternates", [NO_ALTERNATES, {"en": "https://news.example/en"}])
@pytest.mark.parametrize(
    "original",
    [
        ORIGINAL,
        Original(id="\x00", url="javascript:alert(1)", source_id="x", source_name="y"),
        Original(id="a", url="https://a.example/", source_id="ü/+", source_name="<\x01>\ud800"),
        Original(id="a", url="https://a.example/", source_id="a", source_name=""),
    ],
)
def test_a_marked_copy_keeps_the_rules(
    format_: Format, original: Original, alternates: dict[str, str], make_stored: Make, render: Render
) -> None:
    stored = make_stored(alternates=alternates, image="https://news.example/a.jpg")
    document = render(format_, stored, originals={stored.article.id: original})
    assert list(MISTAKES[format_](document)) == []


def test_atom_says_via(make_stored: Make, render: Render, parse: Callable[[bytes], etree._Element]) -> None:
    stored = make_stored()
    document = render(Format.ATOM, stored, originals={stored.article.id: ORIGINAL})
    (via,) = links(parse(document)[-1], "via")
    assert dict(via.attrib) == {"rel": "via", "type": "text/html", "href": PAGE, "title": "Die Agentur"}


def test_rss_says_source(make_stored: Make, render: Render, parse: Callable[[bytes], etree._Element]) -> None:
    stored = make_stored()
    document = render(Format.RSS, stored, originals={stored.article.id: ORIGINAL})
    item = parse(document)[0].findall("item")[0]
    source = item.find("source")
    assert source is not None
    assert (source.text, source.get("url")) == ("Die Agentur", f"{PUBLIC_URL}/feeds/all/sources/agency.rss")
    assert [link.get("href") for link in links(item, "via")] == [PAGE]
    assert list(broken(RSS_ITEM, item)) == []


@pytest.mark.parametrize("format_", [Format.ATOM, Format.RSS])
@pytest.mark.parametrize("parse_feed", [feedparser.parse, fastfeedparser.parse])
def test_the_article_itself_stays_the_link(
    format_: Format, parse_feed: Callable[[bytes], Any], make_stored: Make, render: Render
) -> None:
    stored = make_stored()
    (entry,) = parse_feed(render(format_, stored, originals={stored.article.id: ORIGINAL})).entries
    assert entry.link == stored.article.url


def test_json_says_copy_of(make_stored: Make, render: Render) -> None:
    stored, own = make_stored(), make_stored()
    document = json.loads(render(Format.JSON, stored, own, originals={stored.article.id: ORIGINAL}))
    said = {item["id"]: item["_polyfeed"].get("copy_of") for item in document["items"]}
    assert said == {
        stored.article.id: {"id": "urn:uuid:1", "url": PAGE, "source": "Die Agentur"},
        own.article.id: None,
    }


def test_an_entry_is_made_again_when_its_original_is_another(make_stored: Make) -> None:
    stored, renderer = make_stored(), Renderer(PUBLIC_URL)
    head = make_head(FeedQuery(), Format.ATOM, public_url=PUBLIC_URL)
    assert b"via" not in renderer.render(head, [stored], Format.ATOM)
    assert b"via" in renderer.render(head, [stored], Format.ATOM, originals={stored.article.id: ORIGINAL})


@pytest.mark.parametrize("format_", Format)
def test_a_feed_without_copies_is_another_feed_and_says_so(format_: Format, render: Render) -> None:
    with_them = render(format_, query=FeedQuery(languages=("de",)))
    without = render(format_, query=FeedQuery(languages=("de",), copies=False))
    assert list(MISTAKES[format_](without)) == []
    assert f"/feeds/de.{format_.value}?copies=hide" in without.decode()
    assert "ohne Kopien" in without.decode()
    one, other = (feedparser.parse(document).feed.get("id") for document in (with_them, without))
    assert one is None or one != other
