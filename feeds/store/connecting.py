"""An address in, an engine out: how connections to SQLite and to PostgreSQL are set up, and what they may take.

On PostgreSQL every transaction of this service is short, so the server ends those that are not (``_LIMITS``); the few
that may take long say so (``dialect.take_time``). Whatever a ``postgresql://`` address says by itself, as
``?connect_timeout=2``, is left as it is.
"""

from __future__ import annotations

import contextlib
import os
import select
import sqlite3
import time
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from feeds.errors import StoreError

WRITES = "polyfeed_writes"  # execution option: the transaction takes the write lock as it begins (SQLite)
_FORMS = "write sqlite:////path/to/file or postgresql://user@host/name"
_BUSY_TIMEOUT_S = 30.0  # how long a writer waits for another process's write
# of each process. PostgreSQL takes 100 in all unless it is told otherwise, and threads of one Python process do not
# have more use for them
_POOL = 5
_PSYCOPG = "postgresql+psycopg"

# a machine that is gone without a word is noticed after 20 seconds, on either side
_NOTICED = {"tcp_user_timeout": 20_000, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}
_DIALLING = {"application_name": "polyfeed", "connect_timeout": 5, "keepalives": 1, **_NOTICED}
_LIMITS = {
    "statement_timeout": "60s",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    # no statement of ours runs for as long as it takes to compile it, or to start others that help
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    **{f"tcp_{name.removeprefix('tcp_')}": str(value) for name, value in _NOTICED.items()},
}


def connect(url: str) -> Engine:
    """The engine of an address, of which nobody is asked yet; the file of a SQLite database is made.

    Raises:
        StoreError: address unreadable, folder missing or not writable, file not a database.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"the database address cannot be read: {_FORMS}") from error
    if address.drivername in {"postgres", "postgresql"}:
        address = address.set(drivername=_PSYCOPG)
    if address.drivername == _PSYCOPG:
        return _postgresql(address)
    if address.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise StoreError(f"a database address that starts with {address.drivername!r} is not supported: {_FORMS}")
    if _in_memory(address):
        raise StoreError("a database in memory cannot be shared by threads and processes: name a file")
    return _sqlite(address)


def disconnect(engine: Engine) -> None:
    """Ends every connection, those in use as soon as they are given back; no other is made from now on."""
    event.listen(engine, "do_connect", _refuse)
    event.listen(engine, "checkin", _end)
    engine.dispose()


def _refuse(*_connecting: object) -> None:
    raise StoreError("the store was closed")


def _end(_connection: object, record: ConnectionPoolEntry) -> None:
    record.invalidate()


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


def _postgresql(address: URL) -> Engine:
    options = " ".join(f"-c {name}={value}" for name, value in _LIMITS.items())
    own = {name: value for name, value in {**_DIALLING, "options": options}.items() if name not in address.query}
    # what is read anew in each statement is what claims rely on (``schedule``), whatever the server's own default is
    engine = create_engine(address, pool_size=_POOL, max_overflow=0, connect_args=own, isolation_level="READ COMMITTED")
    event.listen(engine, "checkout", _look)
    return engine


def apart(engine: Engine) -> psycopg.Connection[Any]:
    """A connection that is not of the pool and lasts, each statement a transaction by itself; the caller closes it."""
    connection = engine.connect()
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    connection.detach()
    driver.autocommit = True
    return driver


def _look(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    """Replaces a connection that the server ended, so that nobody who comes after a restart of it fails.

    What the server said while nobody asked is read, and whether it is gone: a microsecond, where a question is 100.
    """
    try:
        news = select.poll()
        news.register(connection.fileno(), select.POLLIN)
        while news.poll(0):
            connection.pgconn.consume_input()
    except psycopg.OperationalError as error:
        raise DisconnectionError("the server ended this connection") from error


# --- SQLite -------------------------------------------------------------------------------------------------------


def _in_memory(address: URL) -> bool:
    return address.database in {None, "", ":memory:"} or address.query.get("mode") == "memory"


def _sqlite(address: URL) -> Engine:
    _prepare_file(Path(address.database or "").absolute())
    return _begun_by_us(create_engine(address, pool_size=8, max_overflow=56))


def connect_read_only(file: Path) -> Engine:
    """The engine of a SQLite file that is left as it is."""
    return _begun_by_us(create_engine(f"sqlite:///file:{quote(str(file.absolute()))}?mode=ro&uri=true"))


def _begun_by_us(engine: Engine) -> Engine:
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


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


def _prepare_file(file: Path) -> None:
    """Makes the file if there is none, and has it keep a write-ahead log, so that readers never wait for a writer."""
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
