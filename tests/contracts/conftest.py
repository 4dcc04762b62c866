"""Every store that is to be had, each test with a clean one: SQLite always, PostgreSQL where it is installed."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from feeds.model import Article, ArticleUpdate, Change, Claim, FeedQuery, Kind, Marking, Source, StoryLink, Twin, Update
from feeds.store import Store, open_store

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def clean_url(request: pytest.FixtureRequest, new_file: Path, tmp_path: Path) -> Callable[[], str]:
    """Each call gives the address of an empty database."""
    if request.param == "sqlite":
        numbers = iter(range(10**6))
        return lambda: f"sqlite:///{shutil.copy(new_file, tmp_path / f'{next(numbers)}.sqlite3')}"
    made: Callable[[], str] = request.getfixturevalue("new_database")
    return made


@pytest.fixture
def store(clean_url: Callable[[], str]) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(clean_url())
    yield opened
    opened.close()


class Desk:
    """Writes to a store as polls do, in few words."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.claims: dict[str, Claim] = {}

    def open(self, *names: str) -> None:
        """Registers sources and claims each for a day."""
        self.store.register([a_source(name) for name in names], NOW, complete=False)
        for name in names:
            claim = self.store.claim(name, NOW, lease_s=86400)
            assert claim
            self.claims[name] = claim

    def put(
        self,
        *articles: Article,
        change: Change = Change.NEW,
        now: dt.datetime = NOW,
        markings: Sequence[Marking] = (),
        links: Sequence[StoryLink] = (),
        bands: tuple[int, ...] | None = None,
    ) -> int:
        """Writes articles of one source."""
        name = articles[0].source_id
        if name not in self.claims:
            self.open(name)
        updates = tuple(ArticleUpdate(article=each, change=change, bands=bands) for each in articles)
        news = Update(articles=updates, markings=tuple(markings), links=tuple(links))
        return self.store.write(self.claims[name], news, now)

    def mark(self, source_id: str, article_id: str, twin: Twin, original_id: str = "original") -> int:
        """Marks one article, by a poll of ``source_id``."""
        marking = Marking(article_id=article_id, original_id=original_id, twin=twin)
        return self.store.write(self.claims[source_id], Update(markings=(marking,)), NOW)

    def ids(self, limit: int = 100, before_seq: int | None = None, **query: Any) -> list[str]:
        """The window of a query, newest first."""
        return [name for name, _ in self.store.window(FeedQuery(**query), limit=limit, before_seq=before_seq)]


@pytest.fixture
def desk(store: Store) -> Desk:
    """A desk at an empty store."""
    return Desk(store)


@pytest.fixture
def desk_at() -> Callable[[Store], Desk]:
    """Makes a desk at a store."""
    return Desk


def a_source(name: str, /, **more: Any) -> Source:
    """A source on a domain of its own."""
    return Source(**{"id": name, "name": name.title(), "kind": Kind.LISTING, "url": f"https://{name}.example/"} | more)


def an_article(name: str, /, **more: Any) -> Article:
    """A short German article; its identity ends in its id."""
    source_id = more.get("source_id", "daily")
    plain = {
        "id": name,
        "source_id": "daily",
        "identity": f"//{source_id}.example/{name}",
        "url": f"https://{source_id}.example/{name}",
        "title": f"Title of {name}",
        "language": "de",
    }
    return Article(**plain | more)


@pytest.fixture
def source() -> Callable[..., Source]:
    """Makes sources."""
    return a_source


@pytest.fixture
def article() -> Callable[..., Article]:
    """Makes articles."""
    return an_article
