"""Feeds by concept: China, 中国, Chine and الصين are one question; and keywords that were found in texts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast
from urllib.parse import unquote

import pytest
from flask import Flask
from lxml import html

from feeds.concepts import watch
from feeds.model import ArticleUpdate, Change, FeedQuery, Outcome, SourceState, Update
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.app import create_app
from feeds.web.services import NAME, Services

from .conftest import NOW, Both, ask, make_article

GIVEN = make_article(
    60, "rundschau", "de", "Washington zögert", keywords=("USA", "Vereinigte Staaten"), inferred=("China",)
)


@pytest.fixture
def flask(settings: Settings, store: Store) -> Flask:
    claim = store.claim("rundschau", NOW, lease_s=60)
    assert claim is not None
    more = make_article(61, "rundschau", "de", "Noch einmal Washington", keywords=("USA",))
    updates = tuple(ArticleUpdate(article=each, change=Change.NEW) for each in (GIVEN, more))
    store.write(claim, Update(articles=updates), NOW)
    store.finish(claim, Outcome(state=SourceState.OK, polled_at=NOW, next_poll_at=NOW))
    return create_app(settings, store, clock=lambda: NOW)


@pytest.fixture
def both(flask: Flask) -> Both:
    return Both(flask)


def titles(body: bytes) -> set[str]:
    return {item["title"] for item in json.loads(body)["items"]}


def test_one_feed_holds_every_word_for_a_thing(both: Both) -> None:
    feed = both("/feeds/all/keywords/China.json")
    assert feed.status == 200
    assert titles(feed.body) == {
        "BMW und Alibaba bauen eine gemeinsame Werkstatt in Shenyang",
        "Ein Abend im Museum",
        "北京の秋、紅葉の名所をめぐる",
        "La Chine ouvre une nouvelle ligne à grande vitesse",
        "Harbour city counts its cranes",
        "高铁新线通车",
        "افتتاح خط جديد للقطارات السريعة في الصين",
        "Washington zögert",
    }
    german = both("/feeds/de/keywords/China.json")
    assert titles(german.body) == {
        "BMW und Alibaba bauen eine gemeinsame Werkstatt in Shenyang",
        "Ein Abend im Museum",
        "Washington zögert",
    }


@pytest.mark.parametrize("word", ["中国", "中國", "Chine", "Китай", "الصين", "china", "CHINA"])
@pytest.mark.parametrize("ending", [".atom", ".rss", ".json", ""])
def test_every_spelling_leads_to_one_address(both: Both, word: str, ending: str) -> None:
    answer = both(f"/feeds/all/keywords/{word}{ending}")
    assert (answer.status, answer["Location"]) == (301, f"/feeds/all/keywords/China{ending}")


def test_each_language_has_its_own_name_for_it(both: Both) -> None:
    usa = both("/feeds/de/keywords/USA.json")
    assert (usa.status, usa["Location"]) == (301, "/feeds/de/keywords/Vereinigte%20Staaten.json")
    assert titles(both("/feeds/de/keywords/Vereinigte Staaten.json").body) == {
        "Washington zögert",
        "Noch einmal Washington",
    }


def test_directories_show_a_thing_once_and_count_its_articles(flask: Flask) -> None:
    catalogue = cast("Services", flask.extensions[NAME]).catalogue
    rows = {row.label: row.articles for row in catalogue.keywords("de", limit=20)}
    assert rows["Vereinigte Staaten"] == 2  # one of them carries both words
    assert "USA" not in rows
    assert rows["China"] == 3
    every = {row.label: row.articles for row in catalogue.keywords(None, limit=None)}
    assert every["China"] == 8
    assert not every.keys() & {"中国", "Chine", "الصين"}
    links = [link.get("href", "") for link in html.fromstring(ask(flask, "/").body).cssselect(".chips a")]
    to_keywords = [href for href in links if "/keywords/" in href]
    assert to_keywords
    for href in to_keywords:
        assert ask(flask, *split(href)).status == 200, "no address of the directory moves"


def split(href: str) -> tuple[str, str, str]:
    """For ``ask``: the decoded path, the method, the parameters."""
    path, _, parameters = href.partition("?")
    return unquote(path), "GET", parameters


def test_keywords_of_an_article_lead_to_a_feed_that_holds_it(flask: Flask) -> None:
    for path in ("/feeds/all", "/feeds/de", "/feeds/de+fr"):
        page = html.fromstring(ask(flask, path).body)
        for article in page.cssselect("article"):
            title = article.cssselect("h2")[0].text_content().strip()
            for link in article.cssselect(".chips a"):
                answer = ask(flask, *split(link.get("href", "")))
                assert answer.status == 200
                assert title in html.fromstring(answer.body).text_content()


def test_a_changed_file_counts_in_feeds_that_were_made_before(
    settings: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LOOK_EVERY_S", 0.0)
    config = tmp_path / "config"
    config.mkdir()
    both = Both(create_app(replace(settings, config=config), store, clock=lambda: NOW))
    before = both("/feeds/de/keywords/Museum.json")
    assert titles(before.body) == {"Ein Abend im Museum"}
    (config / "keywords.toml").write_text('Museum = ["Transports"]\n', encoding="utf-8")
    moved = both("/feeds/all/keywords/Transports.json")
    assert moved["Location"] == "/feeds/all/keywords/Museum.json"
    after = both("/feeds/all/keywords/Museum.json")
    assert titles(after.body) == {"Ein Abend im Museum", "La Chine ouvre une nouvelle ligne à grande vitesse"}


# --- inferred keywords --------------------------------------------------------------------------------------------


def test_inferred_keywords_are_categories_and_marked(both: Both) -> None:
    item = next(
        each for each in json.loads(both("/feeds/de.json").body)["items"] if each["title"] == "Washington zögert"
    )
    assert item["tags"] == ["USA", "Vereinigte Staaten", "China"]
    assert item["_polyfeed"]["inferred"] == ["China"]
    assert item["_polyfeed"]["tag_urls"]["China"] == "http://feeds.test/feeds/de/keywords/China"
    for ending in ("atom", "rss"):
        body = both(f"/feeds/de.{ending}").body.decode()
        assert body.count("http://feeds.test/feeds/de/keywords/China#inferred") == 1
        assert "keywords/USA#" not in body


def test_pages_show_which_are_inferred(flask: Flask) -> None:
    page = html.fromstring(ask(flask, "/feeds/de", query="lang=de").body)
    marked = page.cssselect("article .chips a.inferred")
    assert [link.text for link in marked] == ["China"]
    assert marked[0].get("title") == "Im Text gefunden, nicht vom Herausgeber vergeben"


def test_who_asks_for_publishers_keywords_gets_no_others(flask: Flask, store: Store) -> None:
    assert "Washington zögert" in ask(flask, "/feeds/de/keywords/China").body.decode()
    assert "Washington zögert" not in ask(flask, "/feeds/de/keywords/China", query="inferred=no").body.decode()
    assert store.count(FeedQuery(languages=("de",), keywords=("china",), inferred=False)) == 2
