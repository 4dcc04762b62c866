"""Opening a store: an address in, a ``SqlStore`` with this version's tables out, or a StoreError of one line.

Migrations run here, in one transaction, by one process at a time: the others wait and find the work done. The
connections of SQLite are set up here as well.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from feeds.errors import StoreError
from feeds.store.dialect import MIGRATING, take_lock
from feeds.store.sql import WRITES, SqlStore, told, where

_MIGRATIONS = Path(__file__).parent / "migrations"
_FORMS = "write sqlite:////path/to/file or postgresql+psycopg://user@host/name"
_ONE_AT_A_TIME = threading.Lock()  # Alembic's context is one for the whole process
_BUSY_TIMEOUT_S = 30.0  # how long a writer waits for another process's write


def open_store(url: str) -> SqlStore:
    """Opens the database at a SQLAlchemy ``url``, makes or updates its tables, and returns the store.

    Raises StoreError: address unreadable or its driver not installed, folder missing or not writable, file not a
    database, server unreachable, database from a newer version.
    """
    engine = _engine(url)
    try:
        if engine.dialect.name == "sqlite":
            _prepare_file(engine)
        _migrate(engine)
        store = SqlStore(engine)
        store.make_keys_anew()
        store.catch_up()
    except StoreError:
        engine.dispose()
        raise
    return store


# --- the engine ---------------------------------------------------------------------------------------------------


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"the database address cannot be read: {_FORMS}") from error
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StoreError(f"a database address that starts with {address.drivername!r} is not supported: {_FORMS}")
    if address.get_backend_name() == "sqlite" and _in_memory(address):
        raise StoreError("a database in memory cannot be shared by threads and processes: name a file")
    try:
        engine = create_engine(address, pool_size=8, max_overflow=56)
    except NoSuchModuleError as error:
        raise StoreError(f"a database address cannot start with {address.drivername!r}: {_FORMS}") from error
    except ImportError as error:
        raise StoreError(
            f"the database driver for {address.drivername!r} is not installed: pip install {error.name}"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    return engine


def _in_memory(address: URL) -> bool:
    return address.database in {None, "", ":memory:"} or address.query.get("mode") == "memory"


# --- SQLite -------------------------------------------------------------------------------------------------------


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    """A new connection: transactions are ours to begin, and a lock is waited for."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {int(_BUSY_TIMEOUT_S * 1000)}")
    # in WAL mode NORMAL loses nothing when the process dies, and no more than the last writes when the power goes
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """Writers take the lock at once: a reader that becomes a writer midway could only fail."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_file(engine: Engine) -> None:
    """Makes the file if there is none, and has it keep a write-ahead log, so that readers never wait for a writer."""
    file = Path(engine.url.database or "").absolute()
    if not file.parent.is_dir():
        raise StoreError(f"cannot open the database {file}: there is no folder {file.parent}; create it first")
    if not os.access(file.parent, os.W_OK) or (file.exists() and not os.access(file, os.W_OK)):
        raise StoreError(f"cannot write the database {file}: give this user the right to write it and its folder")
    try:
        with contextlib.closing(sqlite3.connect(file, timeout=_BUSY_TIMEOUT_S)) as connection:
            _keep_log(connection, time.monotonic() + _BUSY_TIMEOUT_S)
    except sqlite3.OperationalError as error:
        raise StoreError(f"cannot open the database {file}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"cannot open the database {file}: {error}; name another file") from error


def _keep_log(connection: sqlite3.Connection, deadline_s: float) -> None:
    """Switches to WAL, for good. While processes do so at once SQLite answers "locked" without waiting."""
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline_s:
                raise
            time.sleep(0.02)
        else:
            if mode != "wal":
                raise sqlite3.OperationalError(f"this file system cannot keep a write-ahead log (mode {mode})")
            return


# --- migrations ---------------------------------------------------------------------------------------------------


def _migrate(engine: Engine) -> None:
    script = ScriptDirectory(str(_MIGRATIONS))
    head = script.get_current_head()
    with told(engine), engine.connect() as connection:
        found = _revision(connection)
    if found == head:
        return
    if found is not None and found not in {each.revision for each in script.walk_revisions()}:
        raise StoreError(
            f"the database {where(engine)} is from a newer version of Polyfeed (its tables are at {found}, "
            f"this version knows {head}): update Polyfeed, or name another database"
        )
    with told(engine), _ONE_AT_A_TIME, engine.execution_options(**{WRITES: True}).begin() as connection:
        take_lock(connection, MIGRATING)
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        command.upgrade(config, "head")  # finds nothing to do where another process was quicker


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
