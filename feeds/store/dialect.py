"""What SQLite and PostgreSQL say differently; everything else in the store is written once.

SQLite has one writer at a time (``BEGIN IMMEDIATE``), so the locks below are only taken on PostgreSQL.
"""

from __future__ import annotations

import functools
from typing import Literal

from sqlalchemy import Connection, Executable, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

# names of this program's advisory locks; any two numbers that nobody else uses in its database
_REGISTERING = 0x706F6C79_0001
_NUMBERING = 0x706F6C79_0002
MIGRATING = 0x706F6C79_0003
_TELLING = 0x706F6C79_0004
_ARCHIVING = 0x706F6C79_0005
PREPARING = 0x706F6C79_0006


def insert_replacing(connection: Connection, table: Table) -> Executable:
    """INSERT that overwrites every other column where the primary key is there already."""
    return _insert(connection.dialect.name, table, "replace")


def insert_adding(connection: Connection, table: Table) -> Executable:
    """INSERT that adds to the counts, and changes nothing else, where the primary key is there already."""
    return _insert(connection.dialect.name, table, "add")


def insert_missing(connection: Connection, table: Table) -> Executable:
    """INSERT that leaves alone what is there already."""
    return _insert(connection.dialect.name, table, "leave")


@functools.cache  # making a statement costs more than running it, and there are less than ten of these
def _insert(dialect: str, table: Table, otherwise: Literal["replace", "add", "leave"]) -> Executable:
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    keys = list(table.primary_key.columns)
    if otherwise == "leave":
        return insert.on_conflict_do_nothing(index_elements=keys)
    if otherwise == "add":
        counts = [name for name in ("articles", "same") if name in table.c]
        totals = {name: table.c[name] + insert.excluded[name] for name in counts}
        return insert.on_conflict_do_update(index_elements=keys, set_=totals)
    values = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=keys, set_=values)


def lock_registering(connection: Connection) -> None:
    """Lets one process at a time write what is configured, until its transaction ends.

    Two would insert the same new sources, and lock many of those that are there in orders that need not agree.
    """
    take_lock(connection, _REGISTERING)


def lock_numbering(connection: Connection) -> None:
    """Lets one writer at a time take change numbers, until its transaction ends.

    Taken as late as can be: numbers are then given in the order of commits, so whoever has read up to number N
    has missed nothing below N.
    """
    take_lock(connection, _NUMBERING)


def lock_telling(connection: Connection) -> None:
    """Lets one writer at a time number events, until its transaction ends; taken last, as ``lock_numbering``."""
    take_lock(connection, _TELLING)


def lock_archiving(connection: Connection) -> None:
    """Lets one writer at a time number and fill archives, until its transaction ends."""
    take_lock(connection, _ARCHIVING)


# for what rightly takes long, such as a migration
NO_LIMITS = {"statement_timeout": 0, "lock_timeout": 0, "idle_in_transaction_session_timeout": 0}


def set_limits(connection: Connection, **limits_ms: int) -> None:
    """Sets limits of PostgreSQL, by name, for the rest of this transaction; 0 is none."""
    if connection.dialect.name == "postgresql":
        for name, value in limits_ms.items():
            connection.exec_driver_sql(f"SET LOCAL {name} = {value}")


def take_lock(connection: Connection, name: int) -> None:
    """Waits for an advisory lock that ends with the transaction; nothing on SQLite."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(name)))
