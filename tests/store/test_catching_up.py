"""Articles that earlier versions stored come into the full text: at once when they are few, else beside everything."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import Connection

from feeds.errors import StoreError
from feeds.model import Change, Claim, FeedQuery, Field, Has, Update
from feeds.store import catching_up, fulltext, open_store
from feeds.store.sql import SqlStore

Make = Callable[..., Update]
FOUND = FeedQuery(question=Has(Field.WORDS, ("title",)))


def forget(file: Path) -> None:
    """As the version before would have left it."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
        connection.execute("UPDATE entry SET in_words = 0, dated_at = NULL")
        connection.execute("DELETE FROM cursor")


@pytest.mark.parametrize("articles", [3, 250])
def test_what_was_stored_before_is_found_by_its_words(
    file: Path, store: SqlStore, claim: Claim, update: Make, articles: int
) -> None:
    now = store.status()[0].state_since
    names = [str(number) for number in range(articles)]
    store.write(claim, update(*names), now)
    store.close()
    forget(file)
    again = open_store(f"sqlite:///{file}")
    if again._catching_up is not None:
        again._catching_up.join()
    assert (again._catching_up is not None) is (articles > 100)
    assert again.count(FOUND) == articles
    # it can be taken out again
    again.write(claim, update("0", title="Another"), now)
    assert again.count(FOUND) == articles - 1
    again.close()
    open_store(f"sqlite:///{file}").close()


def test_articles_move_while_others_are_read_in(
    file: Path, store: SqlStore, claim: Claim, update: Make, now: dt.datetime
) -> None:
    store.write(claim, update("one", "two", "three"), now)
    forget(file)
    with store._writing() as connection:
        assert fulltext.read_in(connection, 2) == 2
    moved = update("one", "three", title="Another")
    changed = Update(articles=tuple(type(each)(article=each.article, change=Change.UPDATED) for each in moved.articles))
    store.write(claim, changed, now)
    assert store.window(FOUND, limit=9) == [("two", 2)]
    with store._writing() as connection:
        assert fulltext.read_in(connection, 9) == 0
    assert store.count(FeedQuery(question=Has(Field.WORDS, ("another",)))) == 2


def test_who_goes_from_change_to_change_waits_for_what_is_not_read_in_yet(
    file: Path, store: SqlStore, claim: Claim, update: Make, now: dt.datetime
) -> None:
    store.write(claim, update("one", "two", "three"), now)
    forget(file)
    with store._writing() as connection:
        assert fulltext.read_in(connection, 2) == 2
    assert store.window(FOUND, limit=9) == [("three", 3), ("two", 2)]
    assert store.window(FOUND, limit=9, after_seq=0) == [], "from two on it would never come back to one"
    with store._writing() as connection:
        assert fulltext.read_in(connection, 9) == 1
    assert store.window(FOUND, limit=9, after_seq=0) == [("one", 1), ("two", 2), ("three", 3)]


def test_words_of_another_version_are_written_anew(
    file: Path, store: SqlStore, claim: Claim, update: Make, now: dt.datetime
) -> None:
    store.write(claim, update("one"), now)
    store.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
        connection.execute("INSERT INTO words (rowid, title) VALUES (1, 'old words')")
        connection.execute("UPDATE cursor SET seq = 1 WHERE name = 'words'")
    again = open_store(f"sqlite:///{file}")
    assert again.window(FOUND, limit=9) == [("one", 1)]
    assert again.count(FeedQuery(question=Has(Field.WORDS, ("old",)))) == 0
    again.close()


def test_a_database_that_fails_is_asked_again(
    file: Path, store: SqlStore, claim: Claim, update: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = store.status()[0].state_since
    store.write(claim, update(*(str(number) for number in range(120))), now)
    forget(file)
    monkeypatch.setattr(catching_up, "_AGAIN_S", 0.01)
    failures = iter([True, False, True])

    @contextmanager
    def writing() -> Iterator[Connection]:
        if next(failures, False):
            raise StoreError("disk full")
        with store._writing() as connection:
            yield connection

    with structlog.testing.capture_logs() as said:
        thread: Any = catching_up.catch_up(store._reading, store._writing)
        thread.stop()
        thread = catching_up.CatchingUp(writing)
        thread.start()
        thread.join()
    assert store.count(FOUND) == 120
    assert {each.get("reason") for each in said if each["log_level"] == "warning"} == {"disk full"}
    assert [each["articles"] for each in said if "articles" in each] == [120]
