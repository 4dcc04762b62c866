"""A hub on loopback that takes subscriptions and pings, fetches what changed and hands it on; a store to change."""

from __future__ import annotations

import datetime as dt
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from feeds.concepts import ConceptsFile
from feeds.model import Article, ArticleUpdate, Change, Claim, Kind, Marking, Source, Twin, Update, window_mark
from feeds.push import Pusher
from feeds.push.hooks import read_topic
from feeds.push.pusher import open_hub
from feeds.query import load_named, resolved
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@contextmanager
def listening(post: Callable[[BaseHTTPRequestHandler, bytes], None]) -> Iterator[str]:
    """A server on loopback; ``GET`` echoes a hub's challenge, as subscribers do (WebSub 5.3)."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = parse_qs(urlsplit(self.path).query)
            answer(self, 200, said["hub.challenge"][0].encode())

        def do_POST(self) -> None:
            post(self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@dataclass
class Hub:
    """Answers ``status`` to pings; ``refused`` topics 422. With ``fetches`` it hands on as a real one does."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    fetches: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)  # topic, status
    at_s: dict[str, float] = field(default_factory=dict)
    callbacks: dict[str, str] = field(default_factory=dict)
    agents: set[str] = field(default_factory=set)
    delay_s: float = 0.0
    called: threading.Event = field(default_factory=threading.Event)

    def post(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        said = {name: values[-1] for name, values in parse_qs(body.decode("ascii")).items()}
        assert handler.headers["Content-Type"] == "application/x-www-form-urlencoded"
        if said["hub.mode"] == "subscribe":
            self.subscribe(said)
            answer(handler, 202)
            return
        assert set(said) == {"hub.mode", "hub.url", "hub.topic"}
        assert said["hub.mode"] == "publish"
        topic = said["hub.url"]
        assert said["hub.topic"] == topic
        self.called.set()
        time.sleep(self.delay_s)
        self.agents.add(handler.headers["User-Agent"])
        status = 422 if topic in self.refused else self.status
        self.asked.append((topic, status))
        self.at_s[topic] = time.monotonic()
        answer(handler, status, b"" if status == 204 else b"as you say", **self.headers)
        if self.fetches and status < 300 and topic in self.callbacks:
            self.hand_on(topic)

    def subscribe(self, said: Mapping[str, str]) -> None:
        challenge = {"hub.mode": "subscribe", "hub.topic": said["hub.topic"], "hub.challenge": "e7b1"}
        with urllib.request.urlopen(f"{said['hub.callback']}?{urlencode(challenge)}", timeout=10) as echoed:
            assert echoed.read() == b"e7b1"
        self.callbacks[said["hub.topic"]] = said["hub.callback"]

    def hand_on(self, topic: str) -> None:
        with urllib.request.urlopen(topic, timeout=10) as fetched:
            body, kind, links = fetched.read(), fetched.headers["Content-Type"], fetched.headers["Link"]
        assert f'<{self.url}/>; rel="hub"' in links
        headers = {"Content-Type": kind, "Link": links}
        urllib.request.urlopen(urllib.request.Request(self.callbacks[topic], body, headers), timeout=10).close()

    @property
    def taken(self) -> list[str]:
        """Paths of the topics that it was told of, in order, and took."""
        return sorted(path_of(topic) for topic, status in self.asked if status < 300)

    def forget(self) -> None:
        self.asked.clear()


def path_of(topic: str) -> str:
    parts = urlsplit(topic)
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture
def hub() -> Iterator[Hub]:
    kept = Hub()
    with listening(kept.post) as url:
        kept.url = url
        yield kept


@dataclass
class Clock:
    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path, hub: Hub) -> Settings:
    return Settings(
        data=tmp_path,
        config=tmp_path,
        public_url="https://feeds.test",
        hub=f"{hub.url}/",
        hub_after_s=0,
        feed_entries=3,
    )


SOURCES = [
    Source(id=name, name=name.title(), kind=Kind.FEED, url=f"https://{name}.test/") for name in ("daily", "weekly")
]


@dataclass
class House:
    """A store and what changes in it."""

    store: Store
    settings: Settings
    clock: Clock
    concepts: ConceptsFile
    claims: dict[str, Claim] = field(default_factory=dict)

    def put(self, *articles: Article, change: Change = Change.NEW) -> int:
        name = articles[0].source_id
        if name not in self.claims:
            claim = self.store.claim(name, self.clock(), lease_s=86400)
            assert claim is not None
            self.claims[name] = claim
        updates = tuple(ArticleUpdate(article=each, change=change) for each in articles)
        return self.store.write(self.claims[name], Update(articles=updates), self.clock())

    def mark_as(self, twin: Twin, article_id: str, source_id: str) -> int:
        marking = Marking(article_id=article_id, original_id="original", twin=twin)
        return self.store.write(self.claims[source_id], Update(markings=(marking,)), self.clock())

    def window(self, address: str) -> list[tuple[str, int]]:
        query = read_topic(address, load_named(self.settings.config).feeds)
        assert query is not None, address
        return self.store.window(resolved(query, self.clock()), limit=self.settings.feed_entries)

    def widened(self, address: str) -> list[tuple[str, int]]:
        """The window as the web asks for it: by every word for what keywords mean."""
        query = read_topic(address, {})
        assert query is not None, address
        return self.store.window(self.concepts.meanings.widened(query), limit=self.settings.feed_entries)

    def ask(self, *addresses: str) -> None:
        """Somebody asks for these feeds, as the web notes it."""
        self.store.ask_topics(
            {address: window_mark(self.window(address)) for address in addresses}, self.clock().date()
        )


@pytest.fixture(scope="session")
def concepts(tmp_path_factory: pytest.TempPathFactory) -> ConceptsFile:
    """What is known everywhere; reading it takes a second."""
    folder = tmp_path_factory.mktemp("concepts")
    found = ConceptsFile(folder, cache_folder=folder)
    assert found.meanings
    return found


@pytest.fixture
def house(settings: Settings, clock: Clock, concepts: ConceptsFile) -> Iterator[House]:
    store = open_store(settings.store_url)
    store.register(SOURCES, NOW)
    yield House(store=store, settings=settings, clock=clock, concepts=concepts)
    store.close()


@pytest.fixture
def make_pusher(house: House) -> Iterator[Callable[..., Pusher]]:
    """Pushers of as many processes; each hub's connections are closed in the end."""
    closing: list[Callable[[], None]] = []

    def make() -> Pusher:
        hub, poster = open_hub(house.settings)
        pusher = Pusher(
            hub, settings=house.settings, store=house.store, concepts=house.concepts, clock=house.clock, settle_s=0
        )
        closing.extend((pusher._pings.shutdown, poster.close))
        return pusher

    yield make
    for close in closing:
        close()


def an_article(name: str, **more: object) -> Article:
    plain: dict[str, object] = {
        "id": name,
        "source_id": "daily",
        "identity": f"//daily.test/{name}",
        "url": f"https://daily.test/{name}",
        "title": f"Title of {name}",
        "language": "de",
    }
    return Article(**(plain | more))  # type: ignore[arg-type]  # values of several types by name
