"""Subscription lists, held against OPML 2.0 (http://opml.org/spec2.opml), and what is near a feed of keywords."""

from __future__ import annotations

from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from feeds.folding import is_language_tag
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.app import create_app

LISTS = [
    "/feeds.opml",
    "/.well-known/feeds",
    "/feeds/de.opml",
    "/feeds/ar.opml",
    "/feeds/zh.opml",
    "/feeds/de/keywords/BMW.opml",
    "/feeds/de/keywords/Alibaba+BMW.opml",
    "/feeds/de/keywords/Alibaba,BMW.opml",
    "/feeds/all/keywords/China.opml",
    "/feeds/en/keywords/C%252B%252B.opml",
    "/feeds/de/keywords/nobody.opml",
    "/feeds/de+fr/keywords/BMW.opml",
]


@pytest.fixture(scope="session")
def free(app: Flask) -> FlaskClient:
    """Asks often, as tests do."""
    return app.test_client()


def read(client: FlaskClient, path: str) -> etree._Element:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/x-opml; charset=utf-8"
    return etree.fromstring(answer.data)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_as_the_specification_says(free: FlaskClient, path: str) -> None:
    root = read(free, path)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [child.tag for child in root] == ["head", "body"]
    assert root.findtext("head/title")
    for date in root.xpath("head/dateModified/text()"):  # none where there is no article
        day = parsedate_to_datetime(date)
        assert (day.year, day.hour, day.minute, day.second) == (2026, 0, 0, 0), "a day, so that the list stays"
    assert root.xpath("body/outline")
    for outline in root.iter("outline"):
        assert outline.get("text")
        if len(outline):
            assert set(outline.attrib) == {"text"}, "a group"
            continue
        assert outline.get("type") == "rss"
        assert outline.get("title")
        for name in ("xmlUrl", "htmlUrl"):
            assert (outline.get(name) or "").startswith("http://feeds.test/feeds/")
        assert is_language_tag(outline.get("language", "en"))
    urls = root.xpath("//@xmlUrl")
    assert len(urls) == len(set(urls))


@pytest.mark.parametrize("path", LISTS)
def test_every_address_in_a_list_answers(settings: Settings, store: Store, path: str) -> None:
    client = create_app(replace(settings, client_rate=""), store).test_client()
    listed = read(client, path).xpath("//@xmlUrl | //@htmlUrl")
    assert len(listed) >= 2
    for url in listed:
        assert client.get(url.removeprefix("http://feeds.test")).status_code == 200, url


def shape(root: etree._Element) -> dict[str, list[str]]:
    groups = {
        str(group.get("text")): [str(each.get("text")) for each in group] for group in root.iterfind("body/outline")
    }
    return {name: feeds for name, feeds in groups.items() if feeds}


def test_what_is_near_keywords(free: FlaskClient) -> None:
    root = read(free, "/feeds/de/keywords/Alibaba+BMW.opml")
    assert root.findtext("head/title") == "Polyfeed · Alibaba + BMW"
    assert root.xpath("body/outline/@text")[0] == "Alibaba + BMW (All languages)"
    assert shape(root) == {"Deutsch": ["Alibaba + BMW", "Alibaba", "BMW"], "日本語": ["BMW"]}
    either = shape(read(free, "/feeds/de/keywords/Alibaba,BMW.opml"))
    assert either == {"Deutsch": ["Alibaba, BMW", "Alibaba", "BMW"], "日本語": ["Alibaba, BMW", "BMW"]}


def test_keywords_of_every_language_are_nested_by_language(free: FlaskClient) -> None:
    root = read(free, "/feeds/all/keywords/BMW.opml")
    assert shape(root) == {"Deutsch": ["BMW"], "日本語": ["BMW"]}
    assert root.xpath("//outline[@text='BMW']/@language") == ["de", "ja"]


def test_a_keyword_without_articles_can_be_subscribed_to(free: FlaskClient) -> None:
    assert shape(read(free, "/feeds/de/keywords/nobody.opml")) == {"Deutsch": ["nobody"]}


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/feeds/DE/keywords/bmw.opml", "/feeds/de/keywords/BMW.opml"),
        ("/feeds/de/keywords/BMW+Alibaba.opml", "/feeds/de/keywords/Alibaba+BMW.opml"),
        ("/feeds/de/keywords/bmw.opml?copies=hide", "/feeds/de/keywords/BMW.opml?copies=hide"),
    ],
)
def test_one_spelling(free: FlaskClient, path: str, to: str) -> None:
    moved = free.get(path)
    assert (moved.status_code, moved.headers["Location"]) == (301, to)


@pytest.mark.parametrize("path", ["/feeds/xx/keywords/BMW.opml", "/feeds/de/keywords/BMW.atom.opml"])
def test_lists_that_are_none(free: FlaskClient, path: str) -> None:
    assert free.get(path).status_code == 404


def test_a_list_is_the_same_until_something_changes(free: FlaskClient) -> None:
    for path in LISTS:
        first = free.get(path)
        again = free.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code) == (200, 304), path
