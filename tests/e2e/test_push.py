"""WebSub with all there is: somebody subscribes, an article is stored, and it arrives without being asked for."""

from __future__ import annotations

import datetime as dt
import signal
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import feedparser
import pytest

from feeds.errors import LeaseLost
from feeds.model import ArticleUpdate, Change, Claim, Kind, Source, Update, window_mark
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store
from tests.push.loopback import Hub, an_article, answer, listening

FEED, PAGE, OTHER = "/feeds/de/keywords/BMW.atom", "/feeds/de", "/feeds/fr.rss"
DAILY = Source(id="daily", name="Daily", kind=Kind.FEED, url="https://daily.test/", enabled=True)


@pytest.fixture
def hub() -> Iterator[Hub]:
    kept = Hub(fetches=True)
    with listening(kept.post) as url:
        kept.url = url
        yield kept


class Subscriber:
    """A reader that waits to be told."""

    def __init__(self) -> None:
        self.got: list[tuple[float, bytes]] = []
        self.called = threading.Event()

    def post(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self.got.append((time.monotonic(), body))
        answer(handler, 200)
        self.called.set()


class Desk:
    """Stores articles beside the running service, as a poll of another machine does."""

    def __init__(self, data: Path) -> None:
        data.mkdir(exist_ok=True)
        self.store: Store = open_store(Settings(data=data).store_url)
        self._claim: Claim | None = None

    def put(self, *names: str, **more: object) -> None:
        now = dt.datetime.now(dt.UTC)
        updates = tuple(ArticleUpdate(article=an_article(name, **more), change=Change.NEW) for name in names)
        while True:
            self._claim = self._claim or self._take(now)
            try:
                self.store.write(self._claim, Update(articles=updates), now)
            except LeaseLost:  # the service retires what stands in no file of its own
                self._claim = None
            else:
                return

    def _take(self, now: dt.datetime) -> Claim:
        self.store.register([DAILY], now, complete=False)
        claim = self.store.claim(DAILY.id, now, lease_s=86400)
        assert claim is not None
        return claim


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.store.close()


def subscribe(hub: Hub, topic: str, callback: str) -> None:
    form = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": callback}
    with urllib.request.urlopen(hub.url, urlencode(form).encode(), timeout=10) as said:
        assert said.status == 202


def test_an_article_arrives_at_who_subscribed(
    start_service: Callable[..., Any], tmp_path: Path, desk: Desk, hub: Hub
) -> None:
    settings = {"POLYFEED_HUB": f"{hub.url}/", "POLYFEED_HUB_AFTER_S": "1"}
    service = start_service("serve", data=tmp_path / "data", **settings)
    service.wait_for(service.is_up, "the service answers")
    desk.put("first", language="fr")
    desk.put("second", keywords=("BMW",))
    for path in (FEED, PAGE, OTHER):
        service.wait_for(lambda path=path: service.get(path)[0] == 200, path)
    service.wait_for(lambda: len(desk.store.topics()) == 3, "what was asked for is known")
    subscriber = Subscriber()
    with listening(subscriber.post) as callback:
        subscribe(hub, service.url + FEED, callback)
        stored_s = time.monotonic()
        desk.put("third", keywords=("BMW",), title="Was neu ist")
        assert subscriber.called.wait(30), service.log.read_text()[-2000:]
        arrived_s, body = subscriber.got[0]
    assert [entry.title for entry in feedparser.parse(body).entries] == ["Was neu ist", "Title of second"]
    assert arrived_s - stored_s >= 1.0, "what changes within hub_after_s is told together"
    service.wait_for(lambda: hub.taken == [PAGE, FEED], "exactly what changed is told")
    service.wait_for(lambda: b'polyfeed_hub_pings_total{result="taken"} 2.0' in service.get("/metrics")[2], "counted")
    assert len(subscriber.got) == 1


@pytest.mark.timeout(240)
def test_what_a_killed_scheduler_found_is_told_by_the_next(
    start_service: Callable[..., Any], tmp_path: Path, desk: Desk, hub: Hub
) -> None:
    """It leads and waits for more changes when it is killed with -9."""
    settings = {"POLYFEED_HUB": f"{hub.url}/", "POLYFEED_PUBLIC_URL": "https://feeds.test"}
    killed = start_service("schedule", data=tmp_path / "data", POLYFEED_HUB_AFTER_S="3600", **settings)
    killed.wait_for(lambda: "scheduler leads" in killed.log.read_text(), "it leads")
    desk.store.ask_topics(dict.fromkeys((FEED, PAGE), window_mark([])), dt.datetime.now(dt.UTC).date())
    desk.put("first", keywords=("BMW",))
    time.sleep(1.5)
    killed.process.send_signal(signal.SIGKILL)
    killed.process.wait(30)
    assert hub.asked == []
    following = start_service("schedule", data=tmp_path / "data", POLYFEED_HUB_AFTER_S="0", **settings)
    following.wait_for(lambda: hub.taken == [PAGE, FEED], "the next one tells it", within_s=150)
    assert following.stop() == 0
    assert len(hub.asked) == 2
