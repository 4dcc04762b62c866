from __future__ import annotations

import datetime as dt
from typing import cast

import pytest
from flask.testing import FlaskClient
from lxml import etree
from prometheus_client.parser import text_string_to_metric_families

from feeds.model import SourceState
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.app import create_app
from feeds.web.fast import FastLayer
from feeds.web.services import NAME

from .conftest import NOW, Watched, ask, fail


def test_health_names_the_state_of_each_source(settings: Settings, store: Store) -> None:
    fail(store, "revue", SourceState.BROKEN, "HTTP 500")
    answer = create_app(settings, store).test_client().get("/health")
    assert answer.status_code == 200, "a broken source is no reason to take the web server out of service"
    said = answer.get_json()
    assert (said["status"], said["store"], said["articles"]) == ("ok", "ok", 8)
    assert said["states"] == {"ok": 5, "broken": 1}
    assert said["sources"]["revue"]["reason"] == "HTTP 500"
    assert answer.headers["Cache-Control"] == "no-store"


def test_health_without_a_store(settings: Settings, watched: Watched) -> None:
    client = create_app(settings, cast("Store", watched)).test_client()
    watched.is_down = True
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.get_json() == {"status": "unavailable", "store": "unreachable"}


def values(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_count_what_both_layers_answered(settings: Settings, store: Store) -> None:
    flask = create_app(settings, store, clock=lambda: NOW + dt.timedelta(seconds=90))
    shared = flask.extensions[NAME]
    layer = FastLayer(flask, shared.answers, shared.meter)
    for _ in range(3):
        tag = ask(layer, "/feeds/de.atom")["ETag"] or ""
    ask(layer, "/feeds/de.atom", if_none_match=tag)
    ask(layer, "/")
    ask(layer, "/nowhere")
    found = values(ask(layer, "/metrics").body.decode())
    assert found["polyfeed_requests_total", "feeds", "200"] == 3
    assert found["polyfeed_requests_total", "feeds", "304"] == 1
    assert found["polyfeed_requests_total", "pages", "200"] == 1
    assert found["polyfeed_requests_total", "none", "404"] == 1
    assert found["polyfeed_request_seconds_count", "feeds"] == 4
    assert found["polyfeed_articles", "de"] == 2
    assert found["polyfeed_sources", "ok"] == 6
    assert found["polyfeed_sources", "recipe stale"] == 0
    assert found["polyfeed_source_poll_age_seconds", "revue"] == 90
    assert found[("polyfeed_store_up",)] == 1


def test_metrics_without_a_store(settings: Settings, watched: Watched) -> None:
    client = create_app(settings, cast("Store", watched)).test_client()
    watched.is_down = True
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert values(answer.text)[("polyfeed_store_up",)] == 0


def outlines(client: FlaskClient, path: str) -> etree._Element:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "text/x-opml; charset=utf-8"
    return etree.fromstring(answer.data)


def test_the_list_of_every_feed_is_nested_by_language(client: FlaskClient) -> None:
    root = outlines(client, "/feeds.opml")
    top = root.xpath("/opml/body/outline/@text")
    assert top[0] == "All languages"
    assert set(top[1:]) == {"Deutsch", "English", "Français", "日本語", "中文", "العربية"}
    german = "/opml/body/outline[@text='Deutsch']/outline"
    assert root.xpath(f"{german}[@text='Stichwörter']/outline[@text='BMW']/@xmlUrl") == [
        "http://feeds.test/feeds/de/keywords/BMW.atom"
    ]
    assert root.xpath(f"{german}[@text='Rubriken']/outline/@text") == ["Kultur", "Wirtschaft"]
    assert root.xpath(f"{german}[@text='Quellen']/outline/@text") == ["Rundschau"]


@pytest.mark.parametrize("path", ["/feeds.opml", "/feeds/de.opml", "/feeds/zh.opml"])
def test_every_listed_feed_has_articles_and_is_at_its_canonical_address(client: FlaskClient, path: str) -> None:
    addresses = outlines(client, path).xpath("//@xmlUrl")
    assert len(addresses) == len(set(addresses)) > 3
    for address in addresses:
        answer = client.get(str(address).removeprefix("http://feeds.test"))
        assert answer.status_code == 200, address
        assert b"<entry" in answer.data, address


def test_robots_and_the_sign(client: FlaskClient) -> None:
    robots = client.get("/robots.txt")
    assert robots.content_type == "text/plain; charset=utf-8"
    assert "Disallow: /metrics" in robots.text
    assert client.get("/favicon.svg").content_type == "image/svg+xml"
    assert client.get("/favicon.ico").headers["Location"] == "/favicon.svg"
    assert client.get("/static/nothing.css").status_code == 404


def test_files_are_kept_for_ever_only_under_the_address_of_their_content(client: FlaskClient) -> None:
    page = client.get("/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/style.css?v=old").headers["Cache-Control"]
