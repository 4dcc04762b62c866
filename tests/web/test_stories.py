"""The same story in other languages: what feeds and pages say of it, and that a later link makes them anew."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from lxml import html

from feeds.model import Outcome, SourceState, StoryLink, Update
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.app import create_app

from .conftest import ARTICLES, NOW, Both

GERMAN = next(each for each in ARTICLES if each.language == "de")
FRENCH = next(each for each in ARTICLES if each.language == "fr")


def link(store: Store) -> None:
    claim = store.claim(GERMAN.source_id, NOW, lease_s=60)
    assert claim is not None
    told = StoryLink(one_id=GERMAN.id, other_id=FRENCH.id, evidence="hreflang", certainty=1.0)
    store.write(claim, Update(links=(told,)), NOW)
    store.finish(claim, Outcome(state=SourceState.OK, polled_at=NOW, next_poll_at=NOW))


@pytest.fixture
def flask(settings: Settings, store: Store) -> Flask:
    link(store)
    return create_app(settings, store, clock=lambda: NOW)


def test_feeds_name_the_translations_of_their_articles(flask: Flask) -> None:
    both = Both(flask)
    items = json.loads(both("/feeds/de.json").body)["items"]
    told = {item["id"]: item.get("_polyfeed", {}).get("translations") for item in items}
    assert told[GERMAN.id] == [{"language": "fr", "url": FRENCH.url, "id": FRENCH.id}]
    assert [each for each in told.values() if each] == [told[GERMAN.id]]
    for ending in ("atom", "rss"):
        assert f'hreflang="fr" href="{FRENCH.url}"' in both(f"/feeds/de.{ending}").body.decode()
        assert f'hreflang="de" href="{GERMAN.url}"' in both(f"/feeds/fr.{ending}").body.decode()


def test_the_page_leads_to_them(flask: Flask) -> None:
    page = html.document_fromstring(flask.test_client().get("/feeds/de?lang=de").text)
    (article,) = page.xpath("//article[.//a[@hreflang='fr']]")
    assert article.xpath(".//h2//a/@href") == [GERMAN.url]
    assert article.xpath(".//p[@class='meta']/a[@hreflang='fr']/@href") == [FRENCH.url]
    assert "auch auf: Français" in " ".join(article.text_content().split())


def test_a_link_that_comes_later_changes_both_feeds_and_no_date(settings: Settings, store: Store) -> None:
    client = create_app(settings, store, clock=lambda: NOW).test_client()
    before = {tag: json.loads(client.get(f"/feeds/{tag}.json").data)["items"] for tag in ("de", "fr")}
    link(store)
    client = create_app(settings, store, clock=lambda: NOW).test_client()
    for tag, article in (("de", GERMAN), ("fr", FRENCH)):
        (old,) = [item for item in before[tag] if item["id"] == article.id]
        items = json.loads(client.get(f"/feeds/{tag}.json").data)["items"]
        (new,) = [item for item in items if item["id"] == article.id]
        assert old != new
        assert {name: value for name, value in new.items() if name != "_polyfeed"} == {
            name: value for name, value in old.items() if name != "_polyfeed"
        }


def test_what_stands_in_is_left_out_where_there_is_an_edition(flask: Flask) -> None:
    both = Both(flask)
    answer = both("/feeds/de~fr.json")
    assert answer.status == 200
    feed = json.loads(answer.body)
    ids = {item["id"] for item in feed["items"]}
    german = {each.id for each in ARTICLES if each.language == "de"}
    french = {each.id for each in ARTICLES if each.language == "fr"}
    assert german <= ids
    assert ids - german == french - {FRENCH.id}
    assert feed["title"].endswith("Deutsch, sonst Französisch")
    assert feed["feed_url"] == "http://feeds.test/feeds/de~fr.json"
    assert both("/feeds/DE~fr.json")["Location"] == "/feeds/de~fr.json"
    assert both("/feeds/de~xx.json").status == 404
    assert both("/feeds/de~fr.atom").status == both("/feeds/de~fr.rss").status == 200
    page = html.document_fromstring(flask.test_client().get("/feeds/de~fr?lang=de").text)
    assert page.xpath("//h1")[0].text_content() == "Deutsch, sonst Französisch"
    assert page.xpath("//link[@rel='canonical']/@href") == ["http://feeds.test/feeds/de~fr"]
    assert len(page.xpath("//article")) == len(ids)
