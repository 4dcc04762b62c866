from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from feeds.errors import StoreError
from feeds.model import Claim, FeedQuery, PageRecord, PageState, TargetRecord, Update
from feeds.store import writing
from feeds.store.sql import SqlStore

Make = Callable[..., Update]


def test_a_write_that_fails_midway_leaves_nothing(
    store: SqlStore, claim: Claim, update: Make, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PageRecord(url="https://daily.example/1", state=PageState.READ, first_seen_at=now, fetched_at=now)
    whole = Update(articles=update("one").articles, pages=(page,), targets={"x": TargetRecord(read_at=now)})

    def fail(*_: object) -> int:
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
