"""Stored articles to render, plain and as odd as the store can hold them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from lxml import etree

from feeds.model import Article, FeedQuery, Format, StoredArticle
from feeds.render import FeedHead, Renderer, make_head

PUBLIC_URL = "https://feeds.example"
LABELS: Mapping[str, str] = MappingProxyType({"bmw": "BMW", "alibaba": "Alibaba"})
SEEN_AT = dt.datetime(2020, 7, 8, 3, 4, 5, 678, tzinfo=dt.UTC)

PLAIN = Article(
    id="urn:uuid:6f6bd7ce-4f0e-5a52-8a5e-0c5a50d0f9b4",
    source_id="example",
    identity="https://news.example/t20200707_800213452.html",
    url="https://news.example/t20200707_800213452.html",
    title="BMW und Alibaba errichten Innovationsbasis",
    language="de",
    published=dt.date(2020, 7, 7),
    zone="Asia/Shanghai",
    keywords=("BMW", "Alibaba"),
    summary="Eine Basis für Startups.",
    content_html="<p>BMW errichtet eine <b>Basis</b> &amp; mehr.</p>",
    content_text="BMW errichtet eine Basis & mehr.",
    origin="German.people.cn",
)


@pytest.fixture
def make_stored() -> Callable[..., StoredArticle]:
    """An article of its own for each call; any field of Article or StoredArticle can be given."""
    count = 0

    def make(**given: Any) -> StoredArticle:
        nonlocal count
        count += 1
        of_store = {
            name: given.pop(name, default)
            for name, default in (("seq", count), ("first_seen_at", SEEN_AT), ("changed_at", SEEN_AT))
        }
        given.setdefault("id", f"urn:uuid:00000000-0000-5000-8000-{count:012d}")
        return StoredArticle(article=dataclasses.replace(PLAIN, **given), **of_store)

    return make


@pytest.fixture
def make_feed_head() -> Callable[..., FeedHead]:
    """The head of the feed of German BMW articles; keyword arguments as of make_head."""

    def make(format_: Format, **given: Any) -> FeedHead:
        query = given.pop("query", FeedQuery(languages=("de",), keywords=("bmw",)))
        return make_head(query, format_, public_url=PUBLIC_URL, labels=LABELS, **given)

    return make


@pytest.fixture
def render(make_feed_head: Callable[..., FeedHead]) -> Callable[..., bytes]:
    """A feed of these articles, by a renderer that has nothing kept."""

    def make(format_: Format, *articles: StoredArticle, **given: Any) -> bytes:
        names = given.pop("source_names", {"example": "Beispielzeitung"})
        beside = {name: given.pop(name, {}) for name in ("originals", "translations", "contents")}
        head = make_feed_head(format_, **given)
        return Renderer(PUBLIC_URL).render(head, articles, format_, labels=LABELS, source_names=names, **beside)

    return make


@pytest.fixture
def parse() -> Callable[[bytes], etree._Element]:
    """A strict parser: what does not parse here is not XML."""
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
    return lambda document: etree.fromstring(document, parser)
