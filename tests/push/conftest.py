"""A hub on loopback, and a store to change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from feeds.concepts import ConceptsFile
from feeds.model import Article, ArticleUpdate, Change, Claim, Kind, Marking, Source, Twin, Update, window_mark
from feeds.push import Pusher, open_hub, pusher
from feeds.push.hooks import read_topic
from feeds.query import load_named, resolved
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store

from .loopback import Hub, listening

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


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


@dataclass
class Timer:
    """What the pusher takes for ``time``: its pauses pass when a test says so."""

    now_s: float = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def timer(monkeypatch: pytest.MonkeyPatch) -> Timer:
    kept = Timer()
    monkeypatch.setattr(pusher, "time", kept)
    return kept


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
    assert found.loaded.concepts.fingerprint
    return found


@pytest.fixture
def house(
    settings: Settings, clock: Clock, concepts: ConceptsFile, new_sqlite: Callable[[Path], str]
) -> Iterator[House]:
    store = open_store(new_sqlite(settings.data))
    store.register(SOURCES, NOW)
    yield House(store=store, settings=settings, clock=clock, concepts=concepts)
    store.close()


class Process(Pusher):
    """A pusher with a store of its own, as each process has, which ends with it."""

    def close(self) -> None:
        super().close()
        self._store.close()


@pytest.fixture
def make_pusher(house: House) -> Iterator[Callable[..., Pusher]]:
    """Pushers of as many processes; each hub's connections are closed in the end."""
    closing: list[Callable[[], None]] = []

    def make() -> Pusher:
        hub, poster = open_hub(house.settings)
        store = open_store(house.settings.store_url)
        made = Process(
            hub,
            settings=house.settings,
            store=store,
            concepts=house.concepts,
            clock=house.clock,
            leads=partial(store.lead, "schedule"),
            settle_s=0,
        )
        closing.extend((made.close, poster.close))
        return made

    yield make
    for close in closing:
        close()
