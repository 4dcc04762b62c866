"""A SQLite file in a folder of its own, and short ways to fill it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds.model import Article, ArticleUpdate, Change, Claim, Kind, Source, Update
from feeds.store import open_store
from feeds.store.sql import SqlStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a database may be made."""
    return tmp_path / "store.sqlite3"


@pytest.fixture
def store(file: Path, new_file: Path) -> Iterator[SqlStore]:
    """An empty store in that file."""
    opened = open_store(f"sqlite:///{shutil.copy(new_file, file)}")
    yield opened
    opened.close()


@pytest.fixture
def claim(store: SqlStore, now: dt.datetime) -> Claim:
    """The right to write articles of the source ``daily``."""
    store.register([Source(id="daily", name="Daily", kind=Kind.FEED, url="https://daily.example/")], now)
    held = store.claim("daily", now, lease_s=86400)
    assert held
    return held


@pytest.fixture
def update() -> Callable[..., Update]:
    """Makes updates of new articles, each field the same for all of them."""

    def make(*names: str, **fields: Any) -> Update:
        plain = {"source_id": "daily", "url": "https://daily.example/", "title": "Title", "language": "de"}
        articles = [Article(**(plain | fields | {"id": name, "identity": name})) for name in names]
        return Update(articles=tuple(ArticleUpdate(article=each, change=Change.NEW) for each in articles))

    return make
