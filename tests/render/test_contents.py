"""How much of an article is handed on: the whole text, its summary or its title."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from lxml import etree

from feeds.model import Content, Enclosure, FeedQuery, Format, StoredArticle
from feeds.render import FeedHead, Renderer, feed_description, feed_title
from feeds.render.entry import lesser

from .conftest import PUBLIC_URL

Make = Callable[..., StoredArticle]
Render = Callable[..., bytes]
SUMMARY, BODY = "Eine Basis für Startups.", "errichtet eine"
FULL: dict[str, Content] = {}


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize(
    ("contents", "has_summary", "has_body"),
    [
        (FULL, True, True),
        ({"example": Content.SUMMARY}, True, False),
        ({"example": Content.TITLE}, False, False),
        ({"another": Content.TITLE}, True, True),
    ],
)
def test_so_much_is_shown(
    *,
    contents: dict[str, Content],
    has_summary: bool,
    has_body: bool,
    format_: Format,
    make_stored: Make,
    render: Render,
) -> None:
    sound = Enclosure(url="https://news.example/a.mp3", media_type="audio/mpeg")
    stored = make_stored(image="https://news.example/a.jpg", enclosures=(sound,))
    document = render(format_, stored, contents=contents).decode()
    assert (SUMMARY in document, BODY in document) == (has_summary, has_body)
    assert ("a.jpg" in document, "a.mp3" in document) == (has_summary, has_summary), "media go with the summary"
    for kept in (stored.article.title, stored.article.url, "Alibaba", "German.people.cn"):
        assert kept in document


def test_every_item_has_some_content(make_stored: Make, render: Render) -> None:
    for content, text in ((Content.SUMMARY, SUMMARY), (Content.TITLE, make_stored().article.title)):
        (item,) = json.loads(render(Format.JSON, make_stored(), contents={"example": content}))["items"]
        assert item["content_text"] == text
        assert "content_html" not in item
        entry = etree.fromstring(render(Format.ATOM, make_stored(), contents={"example": content}))[-1]
        assert entry.findtext("{*}summary") == text


@pytest.mark.parametrize("format_", Format)
def test_an_entry_of_less_is_another_entry(
    format_: Format, make_stored: Make, make_feed_head: Callable[..., FeedHead]
) -> None:
    stored, head, renderer = make_stored(), make_feed_head(format_), Renderer(PUBLIC_URL)
    shown = [renderer.render(head, [stored], format_, contents={"example": each}) for each in (*Content, *Content)]
    assert len(set(shown)) == len(Content)
    assert shown[0] == renderer.render(head, [stored], format_)


def test_the_lesser_of_two() -> None:
    assert lesser(Content.FULL, Content.FULL) is Content.FULL
    assert lesser(Content.SUMMARY, Content.FULL) is lesser(Content.FULL, Content.SUMMARY) is Content.SUMMARY
    assert lesser(Content.SUMMARY, Content.TITLE) is lesser(Content.TITLE, Content.SUMMARY) is Content.TITLE


def test_a_feed_says_how_much_it_hands_on() -> None:
    query = FeedQuery(languages=("de",), content=Content.SUMMARY)
    assert feed_title(query, {}, service="P", language="de") == "P · Deutsch · nur Zusammenfassungen"
    assert feed_description(query, {}, service="P", language="de") == "P: Artikel auf Deutsch, als Zusammenfassungen."
    query = FeedQuery(languages=("fr",), content=Content.TITLE)
    assert feed_title(query, {}, service="P", language="fr") == "P · Français · titres seulement"
