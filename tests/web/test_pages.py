from __future__ import annotations

import re
import time
from itertools import pairwise
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from feeds.model import SourceState
from feeds.render.events import state_slug
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store
from feeds.web.app import create_app
from feeds.web.layout import FOLDER
from feeds.web.states import PRESSING, state_word

from .conftest import NOW, Watched, fail, make_article, write

PAGES = ["/", "/sources", "/feeds/de", "/feeds/all", "/feeds/ar", "/feeds/de/keywords/nix", "/nowhere"]
BROWSER = {"Accept": "text/html"}


def read(client: FlaskClient, path: str, **headers: str) -> html.HtmlElement:
    return html.document_fromstring(client.get(path, headers=BROWSER | headers).text)


def hrefs(page: html.HtmlElement) -> list[str]:
    return [str(href) for href in page.xpath("//a/@href")]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["de", "ja", "fr", "en", "zh"])
def test_every_page_is_in_the_visitors_language(client: FlaskClient, path: str, language: str) -> None:
    page = read(client, path, **{"Accept-Language": f"{language}, en;q=0.5"})
    assert page.get("lang") == language
    assert page.xpath("//nav//*[@aria-current='true']/@lang") == [language]
    asked = read(client, f"{path}?lang={language}", **{"Accept-Language": "sw"})
    assert asked.get("lang") == language
    assert all("lang=" in href for href in hrefs(asked) if href in {"/", "/sources"})


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_sound(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    page = html.document_fromstring(answer.text)
    assert len(page.xpath("//h1")) == 1
    levels = [int(element.tag[1]) for element in page.xpath("//h1|//h2|//h3")]
    assert all(later - sooner <= 1 for sooner, later in pairwise(levels))
    assert page.xpath("//a[@class='skip']/@href") == ["#content"]
    assert page.xpath("//main[@id='content']")
    identities = page.xpath("//@id")
    assert len(identities) == len(set(identities))
    assert page.xpath("//title")[0].text
    assert not page.xpath("//script[not(@src)]|//@style|//style"), "the policy forbids what stands in the page"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for address in page.xpath("//link[@rel='stylesheet']/@href|//script/@src|//link[@rel='icon']/@href"):
        assert client.get(str(address)).status_code == 200


def test_unknown_languages_get_english(client: FlaskClient) -> None:
    assert read(client, "/", **{"Accept-Language": "sw"}).get("lang") == "en"
    assert read(client, "/?lang=tlh").get("lang") == "en"
    assert read(client, "/", **{"Accept-Language": "zh-TW"}).get("lang") == "zh"


def test_the_directory_leads_to_everything(client: FlaskClient) -> None:
    page = read(client, "/", **{"Accept-Language": "ja"})
    headings = [element.text_content().strip() for element in page.xpath("//section[contains(@class, 'edition')]//h2")]
    assert headings[0] == "日本語", "the visitor's own language first"
    assert any(heading.startswith("Deutsch") and "ドイツ語" in heading for heading in headings)
    assert any("العربية" in heading for heading in headings)
    found = hrefs(page)
    for href in ("/feeds/de.atom", "/feeds/de.rss", "/feeds/de.json", "/feeds/de/sections/wirtschaft", "/sources"):
        assert href in found
    assert "/feeds/de/keywords/BMW" in found
    for href in found:
        if href.startswith("/"):
            assert client.get(href).status_code == 200, href


def test_an_empty_store_says_so(settings: Settings) -> None:
    store = open_store(settings.store_url)
    page = read(create_app(settings, store).test_client(), "/")
    assert "Nothing here yet" in page.text_content()
    assert page.xpath("//link[@rel='alternate']/@href")[0].endswith("/feeds/all.atom")
    store.close()


def test_a_feeds_page(client: FlaskClient) -> None:
    page = read(client, "/feeds/de", **{"Accept-Language": "de"})
    assert page.xpath("//h1")[0].text_content() == "Deutsch"
    article = page.xpath("//article[contains(., 'BMW und Alibaba')]")[0]
    assert article.get("lang") == "de"
    assert article.xpath(".//time/@datetime") == ["2020-07-07"]
    assert article.xpath(".//time")[0].text == "7. Juli 2020", "a day has no time of day"
    assert article.xpath(".//img/@src") == ["https://rundschau.test/bild.jpg"]
    assert article.xpath(".//img/@alt") == ["Die neue Halle"]
    assert "Rundschau · Herkunft: German.people.cn" in article.xpath(".//*[@class='meta']")[0].text_content()
    assert article.xpath(".//h2/a/@href") == ["https://rundschau.test/2026/t1.html"]
    chips = article.xpath(".//ul[@class='chips']//a")
    assert [(chip.text_content(), chip.get("href")) for chip in chips] == [
        ("BMW", "/feeds/de/keywords/BMW"),
        ("Alibaba", "/feeds/de/keywords/Alibaba"),
        ("China", "/feeds/de/keywords/China"),
    ]
    assert article.xpath(".//*[@class='excerpt']")[0].text.endswith("…")
    timed = page.xpath("//article[contains(., 'Museum')]//time")[0]
    assert (timed.get("datetime"), timed.text) == ("2026-11-21T20:15:00+08:00", "21. November 2026, 20:15")


def test_keywords_lead_on_within_the_languages_one_comes_from(client: FlaskClient) -> None:
    page = read(client, "/feeds/all/keywords/BMW")
    assert len(page.xpath("//article")) == 2, "one German, one Japanese"
    assert page.xpath("//*[@class='feedhead']//a/@href") == ["/", "/feeds/all"]
    narrow = read(client, "/feeds/de/keywords/BMW")
    assert "/feeds/all/keywords/BMW" in narrow.xpath("//*[@class='feedhead']//a/@href")
    assert all(href.startswith("/feeds/all/keywords/") for href in page.xpath("//article//ul//a/@href"))


def test_autodiscovery_has_the_pages_own_feed_first(client: FlaskClient) -> None:
    page = read(client, "/feeds/de/keywords/BMW")
    links = page.xpath("//link[@rel='alternate']")
    assert [(link.get("type"), link.get("href")) for link in links] == [
        ("application/atom+xml", "http://feeds.test/feeds/de/keywords/BMW.atom"),
        ("application/rss+xml", "http://feeds.test/feeds/de/keywords/BMW.rss"),
        ("application/feed+json", "http://feeds.test/feeds/de/keywords/BMW.json"),
        ("application/atom+xml", "http://feeds.test/feeds/all/keywords/BMW.atom"),
    ]
    everywhere = read(client, "/feeds/all/keywords/BMW", **{"Accept-Language": "ja"})
    near = everywhere.xpath("//link[@rel='alternate'][@hreflang]")
    assert [link.get("hreflang") for link in near][:1] == ["ja"], "the visitor's language first"
    assert near[0].get("href") == "http://feeds.test/feeds/ja/keywords/BMW.atom"
    directory = read(client, "/", **{"Accept-Language": "fr"})
    assert directory.xpath("//link[@rel='alternate']/@hreflang")[0] == "fr"


def test_right_to_left(client: FlaskClient) -> None:
    article = read(client, "/feeds/all").xpath("//article[@lang='ar']")[0]
    assert article.get("dir") == "rtl"
    assert read(client, "/feeds/ar").xpath("//h1/bdi/@dir") == ["rtl"]


def test_an_article_without_a_date_says_when_it_was_found(client: FlaskClient) -> None:
    page = read(client, "/feeds/en")
    article = page.xpath("//article[contains(., 'Harbour')]")[0]
    assert "undated; found on November 22, 2026" in re.sub(r"\s+", " ", article.text_content())


def test_nothing_hostile_is_shown(client: FlaskClient) -> None:
    page = read(client, "/feeds/en")
    article = page.xpath("//article[contains(., 'alert(1)')]")[0]
    assert not article.xpath(".//script|.//img|.//b")
    assert article.xpath(".//h2")[0].text_content() == "‹script›alert(1)‹/script› & other titles"
    assert not any(href.startswith("javascript") for href in hrefs(page))


def test_an_empty_feed_can_be_subscribed_to(client: FlaskClient) -> None:
    page = read(client, "/feeds/de/keywords/nix")
    assert "No article yet" in page.text_content()
    assert "http://feeds.test/feeds/de/keywords/nix.atom" in page.xpath("//code")[0].text


def test_older_articles_are_a_page_away(settings: Settings, store: Store) -> None:
    titles = [f"Nummer {number}" for number in range(120)]
    write(store, [make_article(100 + at, "revue", "fr", title) for at, title in enumerate(titles)])
    client = create_app(settings, store).test_client()
    seen: list[str] = []
    path: str | None = "/feeds/fr?lang=en"
    while path:
        page = read(client, path)
        seen += [element.text_content() for element in page.xpath("//article//h2")]
        path = next(iter(page.xpath("//nav[@class='pager']/a[@rel='next']/@href")), None)
    assert len(seen) == len(set(seen)) == 121
    assert set(titles) < set(seen)
    assert page.xpath("//nav[@class='pager']/a/@href") == ["/feeds/fr?lang=en"], "the last page leads back"


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "²", ""])
def test_a_page_number_that_is_none_is_ignored(client: FlaskClient, before: str) -> None:
    answer = client.get("/feeds/de", query_string={"before": before})
    assert answer.status_code == 200
    assert "Ein Abend im Museum" in answer.text


def test_the_sources_say_how_they_are(settings: Settings, store: Store) -> None:
    fail(store, "revue", SourceState.BROKEN, "HTTP 500, three times in a row")
    fail(store, "zhoubao", SourceState.BLOCKED, "<b>403</b>")
    page = read(create_app(settings, store, clock=lambda: NOW).test_client(), "/sources?lang=de")
    rows = page.xpath("//li[contains(@class, 'source')]")
    first = re.sub(r"\s+", " ", rows[0].text_content())
    assert "La Revue" in first, "what needs somebody comes first"
    assert "gestört" in first
    assert "HTTP 500, three times in a row" in first
    assert rows[0].xpath(".//*[contains(@class, 'state-broken')]")
    assert not page.xpath("//main//b")
    assert len(rows) == 6
    assert "/feeds/fr/sources/revue?lang=de" in hrefs(page)
    directory = read(create_app(settings, store, clock=lambda: NOW).test_client(), "/?lang=en")
    assert "broken: 1" in directory.xpath("//p[@class='states']")[0].text_content()


def test_pages_are_cached_by_language_and_can_be_asked_conditionally(client: FlaskClient) -> None:
    answer = client.get("/feeds/de", headers={"Accept-Encoding": "br"})
    assert answer.headers["Vary"] == "Accept-Language, Accept-Encoding"
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["Content-Language"] == "en"
    again = client.get("/feeds/de", headers={"Accept-Encoding": "br", "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    german = client.get("/feeds/de", headers={"Accept-Encoding": "br", "Accept-Language": "de"})
    assert german.headers["ETag"] != answer.headers["ETag"]


def test_addresses_to_copy_are_those_that_work_for_the_visitor(store: Store, settings: Settings) -> None:
    private = Settings(data=settings.data)
    client = create_app(private, store).test_client()
    page = html.document_fromstring(client.get("/feeds/de", base_url="http://192.168.1.5:8000").text)
    assert page.xpath("//code")[0].text == "http://192.168.1.5:8000/feeds/de.atom"


def test_a_service_mounted_below_a_path(store: Store, settings: Settings) -> None:
    mounted = Settings(data=settings.data, public_url="https://example.test/news")
    client = create_app(mounted, store).test_client()
    page = read(client, "/feeds/de?lang=ja")
    own = [href for href in hrefs(page) if href.startswith("/")]
    assert own
    assert all(href.startswith("/news/") for href in own)
    assert client.get("/feeds/DE.atom").headers["Location"] == "/news/feeds/de.atom"
    assert "  https://example.test/news/feeds/de.atom\n" in client.get("/feeds/xx.atom").text
    assert page.xpath("//code")[0].text == "https://example.test/news/feeds/de.atom"


def test_a_store_that_is_away(settings: Settings, watched: Watched) -> None:
    app: Flask = create_app(settings, cast("Store", watched), clock=lambda: NOW)
    client = app.test_client()
    before = client.get("/feeds/de.atom")
    watched.is_down = True
    for path in ("/feeds/ja.atom", "/feeds/ja", "/sources"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert answer.headers["Retry-After"] == "5"
        assert answer.headers["Cache-Control"] == "no-store"
    assert "does not answer" in client.get("/feeds/ja.atom").text
    assert client.get("/feeds/ja", headers=BROWSER | {"Accept-Language": "de"}).text.count("<h1>") == 1
    assert client.get("/feeds/de.atom").data == before.data, "what was ready is still served"
    watched.is_down = False
    assert client.get("/feeds/ja").status_code == 200


def test_a_bug_is_answered_in_words(settings: Settings, watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(settings, cast("Store", watched), clock=lambda: NOW)

    def fail_badly() -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(watched, "status", fail_badly, raising=False)
    answer = app.test_client().get("/sources", headers=BROWSER)
    assert answer.status_code == 500
    assert "our mistake" in answer.text
    assert "a bug" not in answer.text


def test_a_page_is_made_once_until_an_article_changes(settings: Settings, watched: Watched, store: Store) -> None:
    client = create_app(settings, cast("Store", watched), clock=lambda: NOW).test_client()
    first = client.get("/feeds/de").data
    made = watched.calls["window"]
    assert client.get("/feeds/de").data == first
    assert watched.calls["window"] == made
    assert client.get("/feeds/de?lang=fr").data != first
    write(store, [make_article(20, "rundschau", "de", "Neuigkeit")])
    time.sleep(1.01)  # the change counter is read once a second
    assert "Neuigkeit" in client.get("/feeds/de").text


@pytest.mark.parametrize("state", SourceState)
def test_every_state_has_a_word_and_a_place(app: Flask, state: SourceState) -> None:
    with app.test_request_context("/sources?lang=de"):
        assert state_word(state)
    assert state in PRESSING
    assert f".state-{state_slug(state)}" in (FOLDER / "style.css").read_text()
