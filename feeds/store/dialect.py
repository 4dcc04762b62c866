"""What SQLite and PostgreSQL say differently; everything else in the store is written once.

SQLite has one writer at a time (``BEGIN IMMEDIATE``), so the locks below are only taken on PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

# names of this program's advisory locks; any two numbers that nobody else uses in its database
_CLAIMING = 0x706F6C79_0001
_NUMBERING = 0x706F6C79_0002
MIGRATING = 0x706F6C79_0003

Insert = sqlite.Insert | postgresql.Insert


def insert_or(connection: Connection, table: Table) -> Insert:
    """An INSERT that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def lock_claiming(connection: Connection) -> None:
    """Lets one claimer at a time look for due sources, until its transaction ends."""
    take_lock(connection, _CLAIMING)


def lock_numbering(connection: Connection) -> None:
    """Lets one writer at a time take change numbers, until its transaction ends.

    Taken as late as can be: numbers are then given in the order of commits, so whoever has read up to number N
    has missed nothing below N.
    """
    take_lock(connection, _NUMBERING)


def take_lock(connection: Connection, name: int) -> None:
    """Waits for an advisory lock that ends with the transaction; nothing on SQLite."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(name)))
