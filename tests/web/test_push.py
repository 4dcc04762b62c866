"""A hub that is set is announced in every feed and page, and what was asked for is noted; without one nothing is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from feeds.errors import StoreError
from feeds.model import FeedQuery, Topic, window_mark
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.app import create_app
from feeds.web.services import NAME

HUB = "https://hub.test/?a=1&b=2"
NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def announcing(settings: Settings) -> Settings:
    return dataclasses.replace(settings, hub=HUB)


@pytest.fixture
def open_client(store: Store) -> Callable[..., tuple[FlaskClient, Callable[[], list[Topic]]]]:
    """A client, and what has been noted since."""

    def open_(settings: Settings, clock: Callable[[], dt.datetime] = lambda: NOW) -> Any:
        app = create_app(settings, store, clock=clock)
        asked_for = app.extensions[NAME].asked_for

        def noted() -> list[Topic]:
            if asked_for is not None:
                asked_for.write()
            return store.topics()

        return app.test_client(), noted

    return open_


def test_feeds_and_pages_announce_hub_and_self(announcing: Settings, open_client: Any) -> None:
    client, _ = open_client(announcing)
    for path in ("/feeds/de.atom", "/feeds/de.rss", "/feeds/de.json?copies=hide", "/feeds/de", "/feeds/de?lang=fr"):
        links = client.get(path).headers["Link"]
        assert f'<{HUB}>; rel="hub"' in links, path
        assert f'<{announcing.base_url}{path.removesuffix("?lang=fr")}>; rel="self"' in links, path
    assert b'rel="hub" href="https://hub.test/?a=1&amp;b=2"' in client.get("/feeds/de.rss").data
    assert b"https://hub.test/?a=1&amp;b=2" in client.get("/feeds/de.atom").data
    assert json.loads(client.get("/feeds/de.json").data)["hubs"] == [{"type": "WebSub", "url": HUB}]


def test_what_was_asked_for_is_noted_with_what_it_held(announcing: Settings, open_client: Any, store: Store) -> None:
    client, noted = open_client(announcing)
    paths = ["/feeds/de", "/feeds/de.atom", "/feeds/de.atom?copies=hide", "/feeds/zh/keywords/%E4%B8%AD%E5%9B%BD.rss"]
    for path in (*paths, "/feeds/DE.atom", "/feeds/xx.atom", "/feeds/de?before=3", "/", "/sources.atom"):
        client.get(path)
    topics = {each.address: each.told for each in noted()}
    assert sorted(topics) == sorted(paths)
    window = store.window(FeedQuery(languages=("de",)), limit=announcing.feed_entries)
    assert topics["/feeds/de.atom"] == topics["/feeds/de"] == window_mark(window)


def test_a_feed_that_is_asked_for_day_by_day_is_not_forgotten(announcing: Settings, open_client: Any) -> None:
    days = [NOW]
    client, noted = open_client(announcing, clock=lambda: days[-1])
    client.get("/feeds/de.atom")
    assert noted()
    days.append(NOW + dt.timedelta(days=40))
    client.application.extensions[NAME].pulse._looked_at = float("-inf")
    client.get("/feeds/de.atom")
    noted()
    store = client.application.extensions[NAME].store
    assert store.forget_topics(days[-1].date()) == 0


def test_a_store_that_is_away_is_told_later(
    announcing: Settings, open_client: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, noted = open_client(announcing)
    client.get("/feeds/de.atom")

    def refuse(*_: object) -> None:
        raise StoreError("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(store, "ask_topics", refuse)
        assert noted() == []
    assert [each.address for each in noted()] == ["/feeds/de.atom"]


@pytest.mark.parametrize("more", [{}, {"hub": HUB, "keys": ("a-long-random-word",)}])
def test_without_a_hub_or_behind_keys_nothing_is_announced_or_noted(
    settings: Settings, open_client: Any, more: dict[str, Any]
) -> None:
    client, noted = open_client(dataclasses.replace(settings, **more))
    key = "?key=a-long-random-word" if more else ""
    for path in ("/feeds/de.atom", "/feeds/de.rss", "/feeds/de"):
        answer = client.get(path + key)
        assert answer.status_code == 200
        assert "hub" not in answer.headers.get("Link", "")
        assert b"hub.test" not in answer.data
    assert noted() == []
