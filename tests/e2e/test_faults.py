"""Processes killed and doubled in the middle of polls: nothing lost, nothing twice, no id changed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds.model import FeedQuery, SourceState
from feeds.newsroom import Newsroom
from feeds.settings import Settings
from feeds.store import Store, open_store

ARTICLES = 60


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=ARTICLES, every_s=0).start() as site:
        site.misbehave("/", 200, delay_s=0.01)  # slow enough to be caught in the middle
        yield site


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(data=tmp_path).store_url)
    yield opened
    opened.close()


def stored(store: Store) -> dict[str, str]:
    """Article id -> address of everything stored."""
    ids = [article_id for article_id, _ in store.window(FeedQuery(), limit=10_000)]
    assert len(ids) == len(set(ids))
    return {article_id: one.article.url for article_id, one in store.load(ids).items()}


def wait_until(condition: Callable[[], bool], service: Any, *, within_s: float = 180.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, service.log.read_text()[-3000:]
        time.sleep(0.02)


def is_complete(store: Store, newsroom: Newsroom) -> bool:
    return len(stored(store)) >= len(newsroom.articles())


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_kill_9_in_the_middle_of_polls_loses_and_doubles_nothing(
    start_service: Callable[..., Any], newsroom: Newsroom, store: Store, tmp_path: Path
) -> None:
    def start() -> Any:
        return start_service("schedule", "--newsroom-url", newsroom.url, data=tmp_path, POLYFEED_LEASE_S="1")

    ids: dict[str, str] = {}
    for share in (0.1, 0.4, 0.7):
        scheduler = start()
        wait_until(lambda share=share: len(stored(store)) >= ARTICLES * share, scheduler)  # type: ignore[misc]  # a lambda with a default
        os.kill(scheduler.process.pid, signal.SIGKILL)
        scheduler.process.wait(10)
        now = stored(store)
        assert ids.items() <= now.items()
        ids = now
        assert len(ids) < ARTICLES, "killed too late to prove anything"
    scheduler = start()
    wait_until(lambda: is_complete(store, newsroom), scheduler)
    after = stored(store)
    assert ids.items() <= after.items()
    assert sorted(after.values()) == sorted(newsroom.url_of(article) for article in newsroom.articles())
    assert scheduler.stop() == 0
    assert {row.state for row in store.status()} == {SourceState.OK}


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_two_schedulers_at_once_double_nothing(
    start_service: Callable[..., Any], newsroom: Newsroom, store: Store, tmp_path: Path
) -> None:
    pair = [start_service("schedule", "--newsroom-url", newsroom.url, data=tmp_path) for _ in range(2)]
    wait_until(lambda: is_complete(store, newsroom), pair[0])
    fresh = newsroom.publish("de")
    wait_until(lambda: newsroom.url_of(fresh) in stored(store).values(), pair[0])
    assert sorted(stored(store).values()) == sorted(newsroom.url_of(article) for article in newsroom.articles())
    articles = {article.path for article in newsroom.articles()}
    assert {count for path, count in newsroom.counts.items() if path in articles} == {1}
    assert [one.stop() for one in pair] == [0, 0]
