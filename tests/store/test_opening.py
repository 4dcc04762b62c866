from __future__ import annotations

import contextlib
import socket
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from feeds.errors import StoreError
from feeds.model import Claim, FeedQuery
from feeds.store import open_store
from feeds.store.sql import SqlStore
from feeds.store.tables import metadata


def refused(url: str) -> str:
    """The one line that an operator reads."""
    with pytest.raises(StoreError) as caught:
        open_store(url)
    line = str(caught.value)
    assert "\n" not in line
    return line


def shape(file: Path) -> dict[str, object]:
    """Every table with its columns, keys and kind, and the definition of every index; without Alembic's own table.

    The text of a table's definition is not compared: a column that was added later stands at its end.
    """
    with closing(sqlite3.connect(file)) as connection:

        def ask(question: str, *names: str) -> list[Any]:
            return connection.execute(question, names).fetchall()

        found: dict[str, object] = dict(ask("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''"))
        for (name,) in ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"):
            columns = ask('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)', str(name))
            keys = ask('SELECT "table", "from", "to" FROM pragma_foreign_key_list(?)', str(name))
            rowless = ask("SELECT wr FROM pragma_table_list WHERE name = ?", str(name))
            found[str(name)] = (sorted(map(str, columns)), sorted(map(str, keys)), rowless)
    return found


def test_migrations_make_the_tables_that_the_code_speaks_of(file: Path, store: SqlStore, tmp_path: Path) -> None:
    del store
    engine = create_engine(f"sqlite:///{tmp_path / 'direct.sqlite3'}")
    metadata.create_all(engine)
    engine.dispose()
    assert shape(file) == shape(tmp_path / "direct.sqlite3")


def test_a_store_opened_again_holds_what_it_held(
    file: Path, store: SqlStore, claim: Claim, update: Callable[..., Any], now: Any
) -> None:
    store.write(claim, update("one"), now)
    store.close()
    again = open_store(f"sqlite:///{file}")
    assert again.window(FeedQuery(), limit=9) == [("one", 1)]
    again.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(file: Path, store: SqlStore) -> None:
    store.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    line = refused(f"sqlite:///{file}")
    assert "newer version" in line
    assert str(file) in line
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def test_a_migration_that_fails_leaves_nothing_behind(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE shelf (somebody TEXT)")
    assert "shelf already exists" in refused(f"sqlite:///{file}")
    assert set(shape(file)) == {"shelf"}


def test_connections_are_set_up(store: SqlStore) -> None:
    with store._engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        told = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked}
    assert told == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 30000}


@pytest.mark.parametrize("files", [1, 3])
def test_many_threads_may_open_new_databases_at_once(tmp_path: Path, files: int) -> None:
    opened: list[SqlStore] = []
    start = threading.Barrier(6)

    def run(number: int) -> None:
        start.wait()
        opened.append(open_store(f"sqlite:///{tmp_path / str(number % files)}"))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.change_seq() for each in opened] == [0] * 6
    for each in opened:
        each.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    line = refused(f"sqlite:///{tmp_path / 'no' / 'store.sqlite3'}")
    assert f"there is no folder {tmp_path / 'no'}" in line
    assert not (tmp_path / "no").exists()


def test_a_folder_that_cannot_be_written() -> None:
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc, where not even root can make a file")
    assert "/proc/store.sqlite3" in refused("sqlite:////proc/store.sqlite3")


def test_a_file_that_is_no_database(file: Path) -> None:
    file.write_bytes(b"<html>" * 1000)
    line = refused(f"sqlite:///{file}")
    assert str(file) in line
    assert "not a database" in line
    assert file.read_bytes() == b"<html>" * 1000


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "cannot be read"),
        ("store.sqlite3", "cannot be read"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file:x?mode=memory&uri=true", "in memory"),
        ("mysql://user:secret@host/name", "'mysql' is not supported"),
        ("postgresql+nothing://user:secret@host/name", "'postgresql+nothing' is not supported"),
        ("postgresql+pg8000://user:secret@host/name", "'postgresql+pg8000' is not supported"),
        ("postgres://user:secret@127.0.0.1:1/name", "start PostgreSQL there, or "),
        ("postgresql://user:secret@127.0.0.1:1/name", "start PostgreSQL there, or "),
        ("postgresql+psycopg://user:secret@nowhere.invalid/name", "check the host in the address"),
    ],
)
def test_addresses_that_cannot_be_used(url: str, said: str) -> None:
    line = refused(url)
    assert said in line
    assert "secret" not in line


def test_a_server_that_ends_the_connection_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)

        def accept() -> None:
            for _ in range(2):  # libpq asks for encryption first, and then without
                with contextlib.suppress(OSError):
                    listening.accept()[0].close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        line = refused(f"postgresql://user:secret@127.0.0.1:{listening.getsockname()[1]}/name")
    assert "look in its log for why it ended" in line
    assert "secret" not in line
