"""The same story in other languages: each format says where, and every reader still finds the article's own page."""

from __future__ import annotations

import json
from collections.abc import Callable

import fastfeedparser
import feedparser
import pytest
from lxml import etree

from feeds.model import Format, StoredArticle
from feeds.render import FeedHead, Renderer, Translation

from .conftest import PUBLIC_URL
from .rules import MISTAKES
from .rules.common import links

Make = Callable[..., StoredArticle]
Render = Callable[..., bytes]
ENGLISH = Translation(id="urn:uuid:e", language="en", url="https://news.example/en.html")
CHINESE = Translation(id="urn:uuid:c", language="zh-Hans", url="https://news.example/中.html")
BAD = (
    Translation(id="\x00", language="fr", url="javascript:alert(1)"),
    Translation(id="x", language="und", url="https://news.example/und"),
    Translation(id="x", language="de", url="https://news.example/de"),
    Translation(id="x", language="</x>", url="https://news.example/x"),
)
SAID = [("en", "https://news.example/en.html"), ("zh-Hans", "https://news.example/%E4%B8%AD.html")]


@pytest.mark.parametrize("format_", Format)
def test_translations_keep_the_rules(format_: Format, make_stored: Make, render: Render) -> None:
    stored = make_stored(image="https://news.example/a.jpg", alternates={"en-US": ENGLISH.url, "fr": "https://f.test/"})
    document = render(format_, stored, translations={stored.article.id: (CHINESE, ENGLISH, *BAD)})
    assert list(MISTAKES[format_](document)) == []
    assert b"javascript" not in document
    assert document.count(b"https://news.example/en.html") == (2 if format_ is Format.JSON else 1)


@pytest.mark.parametrize("format_", [Format.ATOM, Format.RSS])
def test_xml_links_them_with_hreflang_between_two_links_of_its_own(
    format_: Format, make_stored: Make, render: Render, parse: Callable[[bytes], etree._Element]
) -> None:
    stored = make_stored()
    root = parse(render(format_, stored, translations={stored.article.id: (CHINESE, ENGLISH)}))
    entry = root[-1] if format_ is Format.ATOM else root[0].findall("item")[0]
    first, *told, last = [(each.get("hreflang"), each.get("href")) for each in links(entry, "alternate")]
    assert told == SAID
    assert first == ("de", stored.article.url)
    assert last == (None, stored.article.url)


def test_json_says_which_articles_they_are(make_stored: Make, render: Render) -> None:
    stored = make_stored(alternates={"fr": "https://news.example/fr"})
    (item,) = json.loads(render(Format.JSON, stored, translations={stored.article.id: (CHINESE, ENGLISH)}))["items"]
    assert item["_polyfeed"]["translations"] == [
        {"language": language, "url": url, "id": each.id}
        for (language, url), each in zip(SAID, (ENGLISH, CHINESE), strict=True)
    ]
    assert [each["language"] for each in item["_polyfeed"]["alternates"]] == ["en", "fr", "zh-Hans"]
    assert item["url"] == stored.article.url


@pytest.mark.parametrize("format_", Format)
def test_readers_find_the_articles_own_page(format_: Format, make_stored: Make, render: Render) -> None:
    stored = make_stored()
    document = render(format_, stored, translations={stored.article.id: (ENGLISH, CHINESE)})
    assert fastfeedparser.parse(document).entries[0]["link"] == stored.article.url
    if format_ is not Format.JSON:
        assert feedparser.parse(document).entries[0].link == stored.article.url


@pytest.mark.parametrize("format_", Format)
def test_a_new_translation_makes_the_entry_anew(
    format_: Format, make_stored: Make, make_feed_head: Callable[..., FeedHead]
) -> None:
    stored, head, renderer = make_stored(), make_feed_head(format_), Renderer(PUBLIC_URL)
    plain = renderer.render(head, [stored], format_)
    told = {stored.article.id: (ENGLISH,)}
    assert ENGLISH.url.encode() in renderer.render(head, [stored], format_, translations=told)
    assert renderer.render(head, [stored], format_) == plain
