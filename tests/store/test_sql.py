from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import StoreError
from feeds.model import Claim, FeedQuery, Field, Has, Kind, PageRecord, PageState, Source, TargetRecord, Update
from feeds.store import registering, sql, writing
from feeds.store.sql import SqlStore

Make = Callable[..., Update]


def test_a_write_that_fails_midway_leaves_nothing(
    store: SqlStore, claim: Claim, update: Make, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PageRecord(url="https://daily.example/1", state=PageState.READ, first_seen_at=now, fetched_at=now)
    whole = Update(articles=update("one").articles, pages=(page,), targets={"x": TargetRecord(read_at=now)})

    def fail(*_: object, **__: object) -> int:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "number", fail)
        with pytest.raises(RuntimeError, match="killed"):
            store.write(claim, whole, now)
    assert store.load(["one"]) == {}
    assert store.known("daily", ["one"]) == {}
    assert store.pages("daily", [page.url]) == {}
    assert store.targets("daily", ["x"]) == {}
    assert store.write(claim, whole, now) == 1


def test_what_is_registered_so_far_is_polled_while_the_rest_is_registered(
    store: SqlStore, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [
        Source(id=name, name=name, kind=Kind.FEED, url=f"https://{name}.example/") for name in ("one", "two", "three")
    ]
    claimed: list[list[str]] = []
    prepare = registering.prepare

    def poll_first(some: Sequence[Source]) -> list[dict[str, Any]]:
        claimed.append([each.source_id for each in store.claim_due(now, limit=9, lease_s=60)])
        return prepare(some)

    monkeypatch.setattr(registering, "CHUNK", 1)
    monkeypatch.setattr(registering, "prepare", poll_first)
    store.register(sources, now)
    assert claimed == [[], ["one"], ["two"]]


def test_registering_what_is_stored_so_writes_nothing(
    file: Path, store: SqlStore, claim: Claim, now: dt.datetime
) -> None:
    del claim
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # nobody else can write now
        store.register([Source(id="daily", name="Daily", kind=Kind.FEED, url="https://daily.example/")], now)
        other.execute("ROLLBACK")


def test_what_the_database_refuses_is_a_store_error_of_one_line(
    file: Path, store: SqlStore, claim: Claim, update: Make, now: dt.datetime
) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TABLE entry")
    for ask in (lambda: store.window(FeedQuery(), limit=1), lambda: store.write(claim, update("one"), now)):
        with pytest.raises(StoreError, match=r"no such table: entry$") as caught:
            ask()
        assert "\n" not in str(caught.value)
        assert str(file) in str(caught.value)


def test_a_lock_held_too_long_is_a_store_error(
    file: Path, store: SqlStore, claim: Claim, update: Make, now: dt.datetime
) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            store.write(claim, update("one"), now)
        assert store.change_seq() == 0, "readers do not wait for a writer"
        other.execute("ROLLBACK")
    assert store.write(claim, update("one"), now) == 1


def test_a_naive_instant_is_a_bug_and_loud(store: SqlStore, claim: Claim) -> None:
    naive = dt.datetime(2026, 1, 1)  # noqa: DTZ001  # the point of the test
    with pytest.raises(Exception, match="naive datetime"):
        store.renew(claim, naive, lease_s=60)


def test_few_search_at_once_and_plain_feeds_never_wait_for_them(
    store: SqlStore, claim: Claim, update: Make, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(claim, update("one"), now)
    monkeypatch.setattr(sql, "_SEARCH_WAIT_S", 0.01)
    searched = FeedQuery(question=Has(Field.WORDS, ("title",)))
    with ExitStack() as others:
        for _ in range(sql._SEARCHES_AT_ONCE):
            others.enter_context(store._asking(searched))
        assert store.window(FeedQuery(languages=("de",)), limit=9) == [("one", 1)]
        for ask in (
            lambda: store.window(searched, limit=9),
            lambda: store.count(searched),
            lambda: store.newest_archive("named", "chain", searched, reached_seq=1, limit=1),
        ):
            with pytest.raises(StoreError, match="too many searches at once"):
                ask()
    assert store.window(searched, limit=9) == [("one", 1)]
    assert store.count(searched) == 1
