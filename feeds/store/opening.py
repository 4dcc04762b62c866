"""Opening a store: an address in, a ``SqlStore`` with this version's tables out, or a StoreError of one line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from feeds.errors import StoreError
from feeds.store.connecting import connect, connect_read_only
from feeds.store.failures import told
from feeds.store.sql import SqlStore

_VERSIONS = Path(__file__).parent / "migrations" / "versions"


def open_store(url: str) -> SqlStore:
    """Opens the database at a SQLAlchemy ``url``, makes or updates its tables, and returns the store.

    Raises StoreError: address unreadable, folder missing or not writable, file not a database, server unreachable,
    database from a newer version.
    """
    store = open_tables(url)
    try:
        store.make_keys_anew()
        store.catch_up()
    except StoreError:
        store.close()
        raise
    return store


def open_tables(url: str) -> SqlStore:
    """The same with keywords and full text as they are, whichever version wrote them: for copies, not for readers."""
    engine = connect(url)
    try:
        _migrate(engine)
        store = SqlStore(engine)
        store.make_room(dt.datetime.now(dt.UTC))
    except StoreError:
        engine.dispose()
        raise
    return store


def open_unchanged(file: Path) -> SqlStore | None:
    """Opens a SQLite store in which nothing is to be written; None where its tables are not this version's."""
    engine = connect_read_only(file)
    with told(engine), engine.connect() as connection:
        found = _revision(connection)
    if found == _head():
        return SqlStore(engine)
    engine.dispose()
    return None


# --- whose version the tables are -----------------------------------------------------------------------------------


def _migrate(engine: Engine) -> None:
    with told(engine), engine.connect() as connection:
        found = _revision(connection)
    if found != _head():
        from feeds.store.migrating import migrate  # with Alembic, which is slow to import and seldom needed

        migrate(engine, found)


def _revision(connection: Connection) -> str | None:
    """As Alembic has written it down; None where there are no tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _head() -> str:
    """This version's, by the name of the newest file: r0014_long_keys.py is 0014."""
    return max(path.name for path in _VERSIONS.glob("r*.py"))[1:].partition("_")[0]
