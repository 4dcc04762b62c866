"""A Redis that is empty, and stores of both kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis as client

from cluster.servers import Redis
from feeds.store import Store, open_store


@pytest.fixture
def redis_url(redis: Redis) -> str:
    """The tests' own Redis, emptied."""
    with client.Redis.from_url(redis.url) as connection:
        connection.flushall()
    return redis.url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, new_sqlite: Callable[[Path], str]) -> Iterator[Store]:
    """An empty store, of each kind in turn."""
    if request.param == "sqlite":
        url = new_sqlite(tmp_path)
    else:
        new_database: Callable[[], str] = request.getfixturevalue("new_database")
        url = new_database()
    opened = open_store(url)
    yield opened
    opened.close()
