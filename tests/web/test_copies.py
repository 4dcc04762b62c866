"""``copies=hide``: one canonical form, the same bytes from Flask and the fast layer, and a page that offers it."""

from __future__ import annotations

import json
from typing import cast

import pytest
from flask import Flask
from lxml import html

from feeds.model import ArticleUpdate, Change, Marking, Outcome, SourceState, Twin, Update
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.app import create_app

from .conftest import ARTICLES, NOW, Both, Watched, ask, make_article

COPY = make_article(50, "revue", "de", "BMW und Alibaba, noch einmal", keywords=("BMW",))


@pytest.fixture
def flask(settings: Settings, store: Store) -> Flask:
    claim = store.claim("revue", NOW, lease_s=60)
    assert claim is not None
    marking = Marking(article_id=COPY.id, original_id=ARTICLES[0].id, twin=Twin.COPY)
    store.write(claim, Update(articles=(ArticleUpdate(article=COPY, change=Change.NEW),), markings=(marking,)), NOW)
    store.finish(claim, Outcome(state=SourceState.OK, polled_at=NOW, next_poll_at=NOW))
    return create_app(settings, store, clock=lambda: NOW)


@pytest.fixture
def both(flask: Flask) -> Both:
    return Both(flask)


@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
@pytest.mark.parametrize("path", ["/feeds/de", "/feeds/all", "/feeds/de/keywords/BMW", "/feeds/all/sources/revue"])
def test_copies_are_left_out(both: Both, path: str, ending: str) -> None:
    everything = both(f"{path}.{ending}")
    hidden = both(f"{path}.{ending}", query="copies=hide")
    assert (everything.status, hidden.status) == (200, 200)
    assert "noch einmal" in everything.body.decode()
    assert "noch einmal" not in hidden.body.decode()
    assert everything["ETag"] != hidden["ETag"]
    assert f'<http://feeds.test{path}.{ending}?copies=hide>; rel="self"' in (hidden["Link"] or "")
    assert f'<http://feeds.test{path}?copies=hide>; rel="alternate"; type="text/html"' in (hidden["Link"] or "")
    assert f"{path}.{ending}?copies=hide" in hidden.body.decode()
    held = both(f"{path}.{ending}", query="copies=hide", if_none_match=hidden["ETag"] or "")
    assert held.status == 304


@pytest.mark.parametrize(
    ("query", "to"),
    [
        ("copies=show", ""),
        ("copies=", ""),
        ("copies", ""),
        ("copies=HIDE", "?copies=hide"),
        ("Copies=hide", "?copies=hide"),
        ("c%6Fpies=hide", "?copies=hide"),
        ("copies=hide&copies=hide", "?copies=hide"),
        ("copies=show&utm_source=x", ""),
    ],
)
def test_any_other_spelling_moves(both: Both, query: str, to: str) -> None:
    answer = both("/feeds/de.atom", query=query)
    assert (answer.status, answer["Location"]) == (301, f"/feeds/de.atom{to}")


def test_the_path_and_the_copies_are_canonical_at_once(both: Both) -> None:
    assert both("/feeds/DE.ATOM", query="copies=hide")["Location"] == "/feeds/de.atom?copies=hide"
    page = both("/feeds/DE", query="copies=hide&lang=fr")
    assert page["Location"] == "/feeds/de?copies=hide&lang=fr"
    assert both("/feeds/de", query="lang=fr&copies=show")["Location"] == "/feeds/de?lang=fr"


@pytest.mark.parametrize("query", ["utm_source=copies", "x=%20", "copiesx=hide", "=copies", "&&", "xcopies=hide", "%"])
def test_other_parameters_change_nothing(both: Both, query: str) -> None:
    assert both("/feeds/de.atom", query=query) == both("/feeds/de.atom")
    assert both("/feeds/de.atom", query=f"copies=hide&{query}") == both("/feeds/de.atom", query="copies=hide")


def test_a_path_that_looks_like_parameters_is_none(both: Both) -> None:
    hidden = both("/feeds/de/keywords/x.atom", query="copies=hide")
    assert hidden.status == 200
    for path in ("/feeds/de/keywords/x.atom?copies=hide", "/feeds/de/keywords/x.atom\ncopies=hide"):
        assert both(path).body != hidden.body


def test_the_fast_layer_answers_both_kinds(both: Both) -> None:
    both("/feeds/de.atom")
    both("/feeds/de.atom", query="copies=hide")
    both("/feeds/de.atom", query="copies=hide&utm_source=x")
    assert both.handed_on == 0


def test_a_copy_says_what_it_repeats(both: Both) -> None:
    items = json.loads(both("/feeds/de.json").body)["items"]
    said = {item["title"]: item.get("_polyfeed", {}).get("copy_of") for item in items}
    original = {"id": ARTICLES[0].id, "url": ARTICLES[0].url, "source": "Rundschau"}
    assert said[COPY.title] == original
    assert [each for each in said.values() if each] == [original]


def test_originals_are_only_loaded_where_there_are_copies(settings: Settings, watched: Watched) -> None:
    app = create_app(settings, cast("Store", watched), clock=lambda: NOW)
    ask(app, "/feeds/de.atom")
    assert watched.calls["load"] == 1


def test_the_page_offers_to_hide_and_to_show_them(flask: Flask) -> None:
    client = flask.test_client()
    page = html.document_fromstring(client.get("/feeds/de?lang=de").text)
    article = page.xpath("//article[contains(., 'noch einmal')]")[0]
    assert article.xpath(".//p[@class='meta']/a[bdi='Rundschau']/@href") == [ARTICLES[0].url]
    assert page.xpath("//header//a[contains(., 'ausblenden')]/@href") == ["/feeds/de?copies=hide&lang=de"]
    hidden = html.document_fromstring(client.get("/feeds/de?copies=hide&lang=de").text)
    assert not hidden.xpath("//article[contains(., 'noch einmal')]")
    assert hidden.xpath("//header//a[contains(., 'zeigen')]/@href") == ["/feeds/de?lang=de"]
    assert hidden.xpath("//link[@rel='canonical']/@href") == ["http://feeds.test/feeds/de?copies=hide"]
    assert hidden.xpath("//code/text()")[0] == "http://feeds.test/feeds/de.atom?copies=hide"
    assert "/feeds/de?copies=hide&lang=fr" in hidden.xpath("//nav[@class='tongues']/a/@href")
    french = html.document_fromstring(client.get("/feeds/fr").text)
    assert not french.xpath("//a[contains(@href, 'copies=')]"), "there are none to hide"


def test_the_answer_table_stays_within_its_bounds(both: Both) -> None:
    for at in range(50):
        both(f"/feeds/de/keywords/k{at}.atom", query="copies=hide")
        both("/feeds/de.atom", query=f"x{at}=copies")
    paths = {path for path, _ in both.fast._at.__self__._slots._kept}  # type: ignore[attr-defined]  # bound method
    assert len(paths) == 51, "no parameter that means nothing makes an entry of its own"
