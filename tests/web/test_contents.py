"""``content=``: one canonical form, the same bytes from both layers, and never more than the source allows."""

from __future__ import annotations

import dataclasses
import json

import pytest
from flask import Flask
from lxml import html

from feeds.model import Content, Kind, Source
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.app import create_app

from .conftest import ARTICLES, NOW, Both


@pytest.fixture
def flask(settings: Settings, store: Store) -> Flask:
    return create_app(settings, store, clock=lambda: NOW)


@pytest.fixture
def both(flask: Flask) -> Both:
    return Both(flask)


def keys_of(both: Both, query: str) -> set[frozenset[str]]:
    """Which of body, text and summary the items of a feed have."""
    items = json.loads(both("/feeds/de.json", query=query).body)["items"]
    assert items
    return {frozenset({"content_html", "content_text", "summary"} & item.keys()) for item in items}


def test_a_feed_hands_on_what_is_asked_for(both: Both) -> None:
    assert any("content_html" in keys for keys in keys_of(both, ""))
    assert not any("content_html" in keys for keys in keys_of(both, "content=summary"))
    assert keys_of(both, "content=title") == {frozenset({"content_text"})}


@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
def test_it_is_a_feed_of_its_own(ending: str, both: Both) -> None:
    whole, titles = both(f"/feeds/de.{ending}"), both(f"/feeds/de.{ending}", query="content=title")
    assert (whole.status, titles.status) == (200, 200)
    assert whole["ETag"] != titles["ETag"]
    assert f'<http://feeds.test/feeds/de.{ending}?content=title>; rel="self"' in (titles["Link"] or "")
    assert both.handed_on == 0


@pytest.mark.parametrize(
    ("query", "to"),
    [
        ("content=full", ""),
        ("content=Summary", "?content=summary"),
        ("content=title&copies=hide", "?copies=hide&content=title"),
        ("content=all&x=y", ""),
    ],
)
def test_any_other_spelling_moves(both: Both, query: str, to: str) -> None:
    answer = both("/feeds/de.atom", query=query)
    assert (answer.status, answer["Location"]) == (301, f"/feeds/de.atom{to}")


def test_a_source_hands_on_no_more_than_it_may(settings: Settings, store: Store) -> None:
    sources = {each.id: each for each in store.status(limit=None)}
    ids = {each.source_id for each in ARTICLES if each.language == "de"}
    kept = [
        Source(id=each.id, name=each.name, kind=Kind(each.kind), url=each.url, language=each.language)
        for each in sources.values()
    ]
    store.register([dataclasses.replace(each, content=Content.TITLE) if each.id in ids else each for each in kept], NOW)
    both = Both(create_app(settings, store, clock=lambda: NOW))
    assert keys_of(both, "") == keys_of(both, "content=summary") == {frozenset({"content_text"})}


def test_a_page_keeps_its_excerpts_and_leads_to_the_feeds_that_are_asked_for(flask: Flask) -> None:
    client = flask.test_client()
    page = html.document_fromstring(client.get("/feeds/de?content=title&lang=de").text)
    assert page.xpath("//code/text()")[0] == "http://feeds.test/feeds/de.atom?content=title"
    assert "/feeds/de?content=title&lang=fr" in page.xpath("//nav[@class='tongues']/a/@href")
    whole = html.document_fromstring(client.get("/feeds/de?lang=de").text)
    assert page.xpath("count(//article)") == whole.xpath("count(//article)")
