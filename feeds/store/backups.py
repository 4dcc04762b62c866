"""A store into one file and back: ``polyfeed copy``, ``backup`` and ``restore`` as far as they know of databases.

A backup is a SQLite store, whichever the database it comes from. SQLite hands itself over page by page, two hundred
times as quick as row by row; to and from PostgreSQL it is a copy like any other (``copying``).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from sqlalchemy import make_url

from feeds.errors import StoreError
from feeds.store.copying import Compared, Tell, copy, copy_tables, empty, is_empty, read_in_words, refuse_foreign
from feeds.store.opening import open_tables, open_unchanged
from feeds.store.plain import TABLES, count_rows, hand_over
from feeds.store.sql import SqlStore

_MARK = 0x706F6C79  # SQLite's application_id of a backup: such a file may be overwritten by the next
_WAIT_S = 30.0


def copy_store(source_url: str, target_url: str, tell: Tell) -> list[Compared]:
    """Makes the store at ``target_url`` equal to that at ``source_url``; see ``copying.copy``."""
    with _opened(source_url) as source, _opened(target_url) as target:
        if source.side.name == target.side.name:
            raise StoreError(f"{target.side.name} cannot be copied to itself: name another database")
        _lead(target)
        return copy(source.side, target.side, tell)


@contextmanager
def _opened(url: str) -> Iterator[SqlStore]:
    store = open_tables(url)
    try:
        yield store
    finally:
        store.close()


def _lead(store: SqlStore) -> None:
    if not store.lead("copy"):
        raise StoreError(f"another copy into or backup of {store.side.name} is running: wait for its end")


# --- backup -------------------------------------------------------------------------------------------------------


def back_up(source_url: str, file: Path, tell: Tell) -> list[Compared]:
    """Writes the store into ``file``, which is there when it is whole and verified, and not before.

    Raises StoreError: the file is something else than a backup, cannot be written, or the database failed.
    """
    _refuse_overwriting(file)
    partial = file.with_name(f"{file.name}.partial")
    with _opened(source_url) as source:
        _lead(source)
        _remove(partial)
        try:
            found = (
                _write_pages(source, partial, tell) if _is_sqlite(source_url) else _write_rows(source, partial, tell)
            )
            _seal(partial)
            if all(each.is_same for each in found):
                partial.replace(file)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"cannot write {file}: {error}") from error
        finally:
            _remove(partial)
    return found


def _refuse_overwriting(file: Path) -> None:
    if not file.parent.is_dir():
        raise StoreError(f"cannot write {file}: there is no folder {file.parent}; create it first")
    if file.exists() and not _is_backup(file):
        raise StoreError(f"{file} is there already and is no backup: name another file, or remove that one")


def _is_backup(file: Path) -> bool:
    try:
        with closing(_read_only(file)) as connection:
            return bool(connection.execute("PRAGMA application_id").fetchone()[0] == _MARK)
    except sqlite3.Error:
        return False


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro", uri=True)


def _remove(file: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal", "-copy.lock"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _write_rows(source: SqlStore, file: Path, tell: Tell) -> list[Compared]:
    with _opened(f"sqlite:///{file.absolute()}") as target:
        return copy_tables(source.side, target.side, tell)


def _write_pages(source: SqlStore, file: Path, tell: Tell) -> list[Compared]:
    with closing(sqlite3.connect(file)) as connection:
        counts = _hand_pages(source, connection, tell)
    with _opened(f"sqlite:///{file.absolute()}") as target:
        return _counted(counts, target)


def _hand_pages(source: SqlStore, target: sqlite3.Connection, tell: Tell) -> dict[str, int]:
    """All pages of one state of the store; returns how many rows each table has in it."""
    with source.side.reading() as connection:
        counts = {table.name: count_rows(connection, table) for table in TABLES}
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.backup(target, progress=lambda _, left, total: tell("copying", total - left, total))
    return counts


def _counted(counts: dict[str, int], target: SqlStore) -> list[Compared]:
    with target.side.reading() as connection:
        found = {table.name: count_rows(connection, table) for table in TABLES}
    return [
        Compared(name=name, rows=rows, checksum="", copied_rows=found[name], copied_checksum="", written=rows)
        for name, rows in counts.items()
    ]


def _seal(file: Path) -> None:
    """One file without a log beside it, whole, marked, and on the disk."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f"PRAGMA application_id = {_MARK}")
        _check(connection)
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _check(connection: sqlite3.Connection) -> None:
    found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise sqlite3.DatabaseError(found[0])


# --- restore ------------------------------------------------------------------------------------------------------


def restore(file: Path, target_url: str, tell: Tell, *, replace: bool) -> list[Compared]:
    """Brings a backup into a store that is empty or, to ``replace`` it, is not; leases of then are over.

    Raises StoreError: the file is no backup, or not whole, or of a newer version, or the store is not empty: nothing
    was changed then; or a database failed.
    """
    with _opened_backup(file) as source:
        with _opened(target_url) as target:
            _lead(target)
            if not replace:
                _refuse_filled(source, target)
            if not _is_sqlite(target_url):
                if replace:
                    empty(target.side)
                return copy(source.side, target.side, tell)
        return _replace_pages(source, target_url, tell)


def _refuse_filled(source: SqlStore, target: SqlStore) -> None:
    """Nothing is lost either where the target is an earlier state of what comes, as after a restore broken off."""
    if not is_empty(target.side):
        try:
            refuse_foreign(source.side, target.side)
        except StoreError as error:
            raise StoreError(f"{target.side.name} is not empty: --replace deletes all that it holds") from error


def _replace_pages(source: SqlStore, target_url: str, tell: Tell) -> list[Compared]:
    file = make_url(target_url).database or ""
    try:
        with closing(sqlite3.connect(file, timeout=_WAIT_S)) as connection:
            counts = _hand_pages(source, connection, tell)
            connection.execute("PRAGMA application_id = 0")
    except sqlite3.Error as error:
        raise StoreError(f"cannot write {file}: {error}; end what uses it") from error
    with _opened(target_url) as target:
        with target.side.writing() as connection:
            hand_over(connection)
        found = _counted(counts, target)
        return [*found, read_in_words(target.side, tell)]


@contextmanager
def _opened_backup(file: Path) -> Iterator[SqlStore]:
    """A backup as a store that is only read; one of an earlier version is brought up to this one in a copy."""
    _refuse_damaged(file)
    store = open_unchanged(file)
    if store is not None:
        with closing(store):
            yield store
        return
    with TemporaryDirectory(prefix="polyfeed-") as folder:
        copied = shutil.copy(file, folder)
        with _opened(f"sqlite:///{copied}") as store:
            yield store


def _refuse_damaged(file: Path) -> None:
    if not file.is_file():
        raise StoreError(f"there is no file {file}")
    try:
        with closing(_read_only(file)) as connection:
            _check(connection)
            is_ours = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{file} is no backup, or not all of one: {error}; nothing was changed") from error
    if not is_ours:
        raise StoreError(f"{file} is a database of another program; nothing was changed")


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"
