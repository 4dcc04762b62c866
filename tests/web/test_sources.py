"""The page of the sources and the feed of their changes, from a real store."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import cast

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree, html

from feeds.model import Outcome, SourceState, SourceStatus
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store
from feeds.web import catalogue, sources
from feeds.web.app import create_app
from feeds.web.locales import LANGUAGES
from feeds.web.pictures import DAYS, HEIGHT, draw
from feeds.web.states import PRESSING, read_some

from .conftest import NOW, SOURCES, Watched, fail, make_article, make_source, write

TODAY = NOW.date()
RECIPE = '[recipe]\nentry = "ul > li"  # <b> & "more"\n'


@pytest.fixture
def client(settings: Settings, store: Store) -> FlaskClient:
    return create_app(settings, store, clock=lambda: NOW).test_client()


def read(client: FlaskClient, path: str) -> html.HtmlElement:
    return html.document_fromstring(client.get(path, headers={"Accept": "text/html"}).text)


def rows(page: html.HtmlElement) -> list[html.HtmlElement]:
    return list(page.xpath("//ol/li"))


def words(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def become(store: Store, source_id: str, state: SourceState, **given: object) -> None:
    claim = store.claim(source_id, NOW, lease_s=60)
    assert claim is not None
    values: dict[str, object] = {"state": state, "polled_at": NOW, "next_poll_at": NOW + dt.timedelta(minutes=10)}
    store.finish(claim, Outcome(**(values | given)))  # type: ignore[arg-type]  # values of several types by name


def test_a_row_says_all_there_is_to_say(store: Store, client: FlaskClient) -> None:
    reason = "the recipe finds nothing"
    become(store, "revue", SourceState.STALE, reason=reason, suggestion=RECIPE, pace_s=600.0)
    row = rows(read(client, "/sources"))[0]
    text = words(row)
    for said in (
        "La Revue",
        "French · section pages",
        "recipe stale",
        reason,
        "Replace the recipe",
        "every 10 minutes",
    ):
        assert said in text
    assert row.xpath(".//h2/a/@href") == ["/feeds/fr/sources/revue"]
    assert row.xpath(".//details//code")[0].text_content() == RECIPE.lstrip("\n")
    assert row.xpath(".//details//button/@data-copy") == [RECIPE]
    assert [words(term) for term in row.xpath(".//dt")] == [
        "Articles",
        "Last article",
        "Last poll",
        "Next poll",
        "Pace",
    ]
    assert row.xpath(".//time/@datetime")[0] == "2026-11-22T12:00:00+00:00"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", SourceState)
def test_each_state_in_each_language(store: Store, client: FlaskClient, language: str, state: SourceState) -> None:
    become(store, "revue", state, reason="recorded in English", pace_s=7200.0)
    row = rows(read(client, f"/sources?source=revue&lang={language}"))[0]
    assert row.xpath(".//p[@lang='en']")[0].text == "recorded in English"
    assert row.xpath(f".//*[contains(@class, 'state-{state.value.replace(' ', '-')}')]")
    if language != "en":
        assert not any(word in words(row) for word in ("every", "Last poll", "Open the page", "Nothing to do"))


def test_the_picture_is_for_eyes_and_for_readers(store: Store, client: FlaskClient) -> None:
    days = [0, 0, 0, 1, 29, 30]
    write(
        store,
        [
            make_article(60 + at, "revue", "fr", "x", published=NOW - dt.timedelta(days=day))
            for at, day in enumerate(days)
        ],
    )
    page = read(client, "/sources?source=revue")
    (svg,) = page.xpath("//li//svg")
    assert svg.get("role") == "img"
    named = [page.get_element_by_id(name) for name in svg.get("aria-labelledby").split()]
    assert [element.text for element in named] == [
        "Articles a day over 30 days",
        "6 in 30 days; most on Nov 22: 4",  # one more was there before; the 31st day is out
    ]
    assert not svg.xpath(".//@style|.//script")


def test_bars_are_as_high_as_their_numbers_and_none_is_lost(app: Flask) -> None:
    counts = {TODAY: 1, TODAY - dt.timedelta(days=1): 1000, TODAY - dt.timedelta(days=DAYS - 1): 500}
    with app.test_request_context("/?lang=de"):
        picture = draw(counts, TODAY)
        empty = draw({}, TODAY)
    assert re.findall(r"M(\d+) \d+v-(\d+)", picture.path) == [("0", "16"), ("112", str(HEIGHT)), ("116", "2")]
    assert picture.description == "1.501 in 30 Tagen; die meisten am 21. Nov.: 1.000"
    assert (empty.path, empty.description) == ("", "Keiner in 30 Tagen")


@pytest.mark.parametrize(
    ("pace_s", "said"),
    [
        (0.2, "every second"),
        (30, "every 30 seconds"),
        (60, "every minute"),
        (600, "every 10 minutes"),
        (3600, "every hour"),
        (5400, "every 90 minutes"),
        (9000, "every 2 hours"),
        (86_400, "every day"),
        (172_800, "every 2 days"),
    ],
)
def test_the_pace_in_words(store: Store, client: FlaskClient, pace_s: float, said: str) -> None:
    become(store, "revue", SourceState.OK, pace_s=pace_s)
    row = rows(read(client, "/sources?source=revue"))[0]
    assert words(row.xpath(".//dd")[-1]) == said


def test_who_fails_has_no_pace_and_whoever_has_a_name_shows_its_id_too(store: Store, client: FlaskClient) -> None:
    become(store, "revue", SourceState.GONE, pace_s=600.0)
    row = words(rows(read(client, "/sources?source=revue"))[0])
    assert "every" not in row
    assert "· revue" in row


def test_one_state_and_all_in_trouble_can_be_chosen(store: Store, client: FlaskClient) -> None:
    fail(store, "zhoubao", SourceState.STALE, "x")
    fail(store, "revue", SourceState.GONE, "x")
    page = read(client, "/sources?lang=en")
    tabs = {words(tab): tab.get("href") for tab in page.xpath("//nav[@class='tabs']/a")}
    assert tabs == {
        "All 6": "/sources?lang=en",
        "In trouble 2": "/sources?lang=en&state=trouble",
        "● gone 1": "/sources?lang=en&state=gone",
        "● recipe stale 1": "/sources?lang=en&state=recipe-stale",
        "● ok 4": "/sources?lang=en&state=ok",
    }
    assert [words(row.xpath(".//h2")[0]) for row in rows(page)][:2] == ["La Revue", "周报"], "trouble first"
    chosen = read(client, "/sources?state=trouble")
    assert [words(row.xpath(".//h2")[0]) for row in rows(chosen)] == ["La Revue", "周报"]
    assert words(chosen.xpath("//nav[@class='tabs']/a[@aria-current]")[0]) == "In trouble 2"
    assert len(rows(read(client, "/sources?state=ok"))) == 4
    assert len(rows(read(client, "/sources?state=blocked"))) == 0
    assert "No source here" in client.get("/sources?state=blocked").text
    assert len(rows(read(client, "/sources?state=nonsense&from=x/y/z"))) == 6


def test_one_source_alone(client: FlaskClient) -> None:
    (row,) = rows(read(client, "/sources?source=revue"))
    assert "La Revue" in words(row)
    missing = client.get("/sources?source=%3Cb%3E")
    assert missing.status_code == 404
    assert "There is no source called “<b>” here." in missing.text


def test_pages_hold_every_source_once_the_pressing_ones_first(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "ROWS", 7)
    names = [f"s{number:02}" for number in range(30)]
    store.register([*SOURCES, *(make_source(name, name, "de") for name in names)], NOW)
    for name in names[::4]:
        fail(store, name, SourceState.BROKEN, "x")
    client = create_app(settings, store, clock=lambda: NOW).test_client()
    seen: list[str] = []
    states: list[str] = []
    path: str | None = "/sources?lang=fr"
    while path:
        page = read(client, path)
        assert len(rows(page)) <= 7
        seen += page.xpath("//ol/li//h2/a/@href")
        states += page.xpath("//ol/li//*[contains(@class, 'state ')]/@class")
        path = next(iter(page.xpath("//nav[@class='pager']/a[@rel='next']/@href")), None)
    assert len(seen) == len(set(seen)) == 36
    assert states[:8] == ["state state-broken"] * 8
    assert page.xpath("//nav[@class='pager']/a/@href") == ["/sources?lang=fr"], "the last page leads back"


class Counted:
    """What one page asks of the store."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def status(self, *, states: Sequence[SourceState], after: str, limit: int) -> list[SourceStatus]:
        self.asked.append((f"{states[0].value} after {after!r}", limit))
        return []


def test_only_states_that_there_are_are_asked_for() -> None:
    store = Counted()
    counts = {SourceState.OK: 10**6, SourceState.BROKEN: 3}
    assert read_some(cast("Store", store), PRESSING, counts, limit=50, start=(SourceState.BROKEN, "x")) == ([], None)
    assert store.asked == [("broken after 'x'", 51), ("ok after ''", 51)]


def test_mistakes_in_the_configuration_are_on_top(store: Store, client: FlaskClient) -> None:
    assert "Mistakes" not in client.get("/sources").text
    store.note_mistakes(["sources/a.toml: url: <b>is missing</b>"], NOW)
    page = read(client, "/sources")
    assert (
        words(page.xpath("//section[contains(@class, 'mistakes')]//li")[0]) == "sources/a.toml: url: <b>is missing</b>"
    )
    assert client.get("/health").get_json()["mistakes"] == ["sources/a.toml: url: <b>is missing</b>"]
    store.note_mistakes([], NOW)
    assert "Mistakes" not in client.get("/sources").text


# --- /sources.atom -----------------------------------------------------------------------------------------------


def test_the_feed_of_changes(store: Store, client: FlaskClient) -> None:
    fail(store, "revue", SourceState.BROKEN, "HTTP 500")
    answer = client.get("/sources.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(answer.data)
    assert not parsed.bozo
    assert parsed.entries[0].title == "La Revue: ok → broken"
    assert parsed.entries[0].link == "http://feeds.test/sources?source=revue"
    assert client.get(parsed.entries[0].link).status_code == 200
    assert client.get(parsed.entries[0].tags[0].scheme).status_code == 200
    assert len(parsed.entries) == 7, "six came from waiting to ok before"


def test_the_feed_of_changes_can_be_asked_conditionally(client: FlaskClient) -> None:
    answer = client.get("/sources.atom", headers={"Accept-Encoding": "gzip"})
    tag, when = answer.headers["ETag"], answer.headers["Last-Modified"]
    assert answer.headers["Content-Encoding"] == "gzip"
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": when}):
        again = client.get("/sources.atom", headers={"Accept-Encoding": "gzip"} | headers)
        assert (again.status_code, again.data) == (304, b"")
    browser = client.get("/sources.atom", headers={"Sec-Fetch-Dest": "document"})
    assert (browser.status_code, browser.headers["Location"]) == (303, "/sources")


def test_it_is_found_from_the_page_and_stands_in_no_subscription_list(client: FlaskClient) -> None:
    page = read(client, "/sources")
    assert page.xpath("//link[@rel='alternate']/@href")[0] == "http://feeds.test/sources.atom"
    assert "sources.atom" not in client.get("/feeds.opml").text


def test_an_empty_feed_of_changes(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = Settings(data=tmp_path_factory.mktemp("empty"), public_url="http://feeds.test")
    store = open_store(settings.store_url)
    answer = create_app(settings, store).test_client().get("/sources.atom")
    assert answer.status_code == 200
    assert etree.fromstring(answer.data).findtext("{*}updated") == "1999-03-15T00:00:00+00:00"
    assert "Last-Modified" not in answer.headers
    store.close()


# --- /health/<source> ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", SourceState)
def test_each_source_has_an_answer_of_its_own(store: Store, client: FlaskClient, state: SourceState) -> None:
    become(store, "revue", state, reason="why", pace_s=600.0)
    answer = client.get("/health/revue")
    ailing = {"broken", "gone", "blocked", "empty", "recipe stale"}
    assert answer.status_code == (503 if state.value in ailing else 200)
    said = answer.get_json()
    assert (said["id"], said["name"], said["state"], said["reason"]) == ("revue", "La Revue", state.value, "why")
    assert said["last_poll_at"] == "2026-11-22T12:00:00+00:00"
    assert said["next_poll_at"] == "2026-11-22T12:10:00+00:00"
    assert (said["articles"], said["pace_s"]) == (1, 600.0)
    assert bool(said["todo"]) == (state.value in ailing | {"quiet"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_health_of_nobody(client: FlaskClient) -> None:
    answer = client.get("/health/nobody")
    assert answer.status_code == 404
    assert "There is no source called “nobody” here." in answer.text


def test_health_names_those_in_trouble_first_and_not_all(store: Store, client: FlaskClient) -> None:
    store.register([*SOURCES, *(make_source(f"s{number:03}", "x", "de") for number in range(150))], NOW)
    fail(store, "zhoubao", SourceState.BROKEN, "x")
    said = client.get("/health").get_json()
    assert next(iter(said["sources"])) == "zhoubao"
    assert len(said["sources"]) == 100
    assert said["states"] == {"broken": 1, "waiting": 150, "ok": 5}


def test_the_health_of_one_without_a_store(settings: Settings, watched: Watched) -> None:
    client = create_app(settings, cast("Store", watched)).test_client()
    watched.is_down = True
    answer = client.get("/health/revue")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


# --- more sources than are kept ----------------------------------------------------------------------------------


@pytest.fixture
def crowded(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A service that keeps two sources in memory and has six."""
    monkeypatch.setattr(catalogue, "SOURCES_KEPT", 2)
    monkeypatch.setattr(catalogue, "SOURCES_A_STEP", 2)
    return create_app(settings, store, clock=lambda: NOW).test_client()


def test_sources_beyond_those_kept_are_there_all_the_same(crowded: FlaskClient) -> None:
    assert crowded.get("/feeds/zh/sources/zhoubao.atom").status_code == 200
    assert "Polyfeed · 中文 · 周报" in crowded.get("/feeds/zh/sources/zhoubao.atom").text
    assert "<name>周报</name>" in crowded.get("/feeds/zh.atom").text
    assert "周报" in crowded.get("/feeds/zh").text
    assert crowded.get("/feeds/zh/sources/nobody.atom").status_code == 404
    opml = crowded.get("/feeds.opml").text
    assert all(f'text="{source.name}"' in opml for source in SOURCES)
    assert words(read(crowded, "/?lang=en").xpath("//p[@class='states']")[0]) == "● ok: 6"
