"""Bringing tables to this version: an engine whose tables are older in, one revision after the other.

Imported only where there is something to do: Alembic takes a part of the time in which each process starts. A revision
is one transaction, by one process at a time: the others wait and find the work done. On PostgreSQL a step that must
wait for a table gives up soon and comes again: whoever asks for that table after it would wait as well, for as long as
someone before it reads. What takes long there, such as an index, a revision does beforehand (``prepare``), beside
whoever reads and writes.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from feeds.errors import StoreError
from feeds.store.connecting import WRITES
from feeds.store.dialect import MIGRATING, NO_LIMITS, PREPARING, set_limits, take_lock
from feeds.store.failures import told, where

_MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = threading.Lock()  # Alembic's context is one for the whole process
_TABLE_WAIT_MS = 3000
_ATTEMPTS = 10
_PAUSE_S = 2.0
log = structlog.get_logger()
_TABLE_IN_USE = {"55P03", "40P01"}  # not had in time; had by one that waits for what this one has


def migrate(engine: Engine, found: str | None) -> None:
    """Goes on from the revision ``found`` (None: no tables) to this version's.

    Raises StoreError: the tables are a newer version's, or others use what is to be changed.
    """
    script = ScriptDirectory(str(_MIGRATIONS))
    head = script.get_current_head()
    if found is not None and found not in {each.revision for each in script.walk_revisions()}:
        raise StoreError(
            f"the database {where(engine)} is from a newer version of Polyfeed (its tables are at {found}, "
            f"this version knows {head}): update Polyfeed, or name another database"
        )
    is_new = found is None
    while found != head:
        _prepare(engine, script, found, is_new=is_new)
        found = _step(engine, script, found)


def _prepare(engine: Engine, script: ScriptDirectory, found: str | None, *, is_new: bool) -> None:
    """What the next revision does beforehand, by one process at a time.

    The others ask again and again: one that waits within a statement would be waited for by an index in the making.
    """
    prepare = getattr(_ahead(script, found)[-1].module, "prepare", None)
    if prepare is None or engine.dialect.name != "postgresql":
        return
    with told(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in NO_LIMITS:
            connection.exec_driver_sql(f"SET {name} = 0")
        while not connection.scalar(select(func.pg_try_advisory_lock(PREPARING))):
            time.sleep(_PAUSE_S)
        try:
            if _reached(connection) == found:
                if not is_new:
                    log.info("making ready for this version, which takes minutes where there are millions of articles")
                prepare(connection)
        finally:
            connection.invalidate()  # with what was set for it, and the lock


def _ahead(script: ScriptDirectory, found: str | None) -> list[Script]:
    """The revisions behind ``found``, the last one first."""
    return list(script.iterate_revisions("head", found or "base"))


def _step(engine: Engine, script: ScriptDirectory, found: str | None) -> str | None:
    """One revision on, in a transaction of its own: locks that one step takes are not held while another works.

    Returns the revision reached: by another process, perhaps, and then further on.
    """
    with told(engine):
        for attempt in range(_ATTEMPTS):
            time.sleep(_PAUSE_S if attempt else 0)
            try:
                with _ONE_AT_A_TIME, engine.execution_options(**{WRITES: True}).begin() as connection:
                    return _upgrade(connection, script, found)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _TABLE_IN_USE:
                    raise
                stopped = error
        with engine.connect() as connection:
            user = connection.execute(_LONGEST).first()
    who = f", longest by {user.application_name or 'a program'} (process {user.pid}, {user.state})" if user else ""
    statement = " ".join(str(stopped.statement).split())[:80]
    raise StoreError(
        f"the tables of {where(engine)} cannot be brought to this version: others use what is to be changed{who}; end "
        f"that and start again (it stopped at: {statement})"
    ) from stopped


def _upgrade(connection: Connection, script: ScriptDirectory, found: str | None) -> str | None:
    """Does nothing where another process was quicker: what comes next may have to be prepared."""
    set_limits(connection, **NO_LIMITS)
    take_lock(connection, MIGRATING)
    set_limits(connection, lock_timeout=_TABLE_WAIT_MS)
    if _reached(connection) == found:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        command.upgrade(config, _ahead(script, found)[-1].revision)
    return _reached(connection)


_LONGEST = text(
    "SELECT pid, application_name, state FROM pg_stat_activity WHERE datname = current_database()"
    " AND xact_start IS NOT NULL AND pid <> pg_backend_pid() ORDER BY xact_start LIMIT 1"
)


def _reached(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
