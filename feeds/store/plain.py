"""Any store's rows as plain values, the same whichever database they stand in: what copies are made and compared of.

All follows from ``tables.metadata``, so a new table is copied as soon as it is there. Text is text as it is stored (no
JSON is read), instants are UTC, and keys come first. Left out is what a store says of nobody but itself: what its full
text holds. A row *as handed over* has no lease, since nobody polls the copy yet.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    String,
    Table,
    bindparam,
    case,
    collate,
    func,
    null,
    select,
    tuple_,
    update,
)
from sqlalchemy.types import Text, TypeEngine

from feeds.store.columns import CleanText, JsonText
from feeds.store.dialect import NO_LIMITS, set_limits
from feeds.store.tables import cursor, domain, entry, metadata, source

PlainRow = tuple[Any, ...]
Begin = Callable[[], AbstractContextManager[Connection]]

AT_ONCE_ROWS = 5000
AT_ONCE_BYTES = 4_000_000
_FIRST_ROWS = 100
_HASHED_ROWS = 100
_OWN = {entry.c.in_words, entry.c.dated_at}
_OWN_CURSOR = "words"  # by which version of the words the full text is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A store as one side of a copy: how it is called, and how transactions begin that read and that write."""

    name: str
    reading: Begin
    writing: Begin


def unhurried(begin: Begin) -> Begin:
    """Transactions that may last, and wait in between, for as long as a copy takes."""

    @contextmanager
    def begun() -> Iterator[Connection]:
        with begin() as connection:
            set_limits(connection, **NO_LIMITS)
            yield connection

    return begun


# --- tables -------------------------------------------------------------------------------------------------------


def _plain_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return Text() if isinstance(kind, (CleanText, JsonText)) else kind


def _plain_table(table: Table) -> Table:
    keys = list(table.primary_key.columns)
    ordered = keys + [column for column in table.columns if column not in {*keys, *_OWN}]
    columns: list[Column[Any]] = [
        Column(each.name, _plain_type(each.type), primary_key=each.primary_key, autoincrement=False) for each in ordered
    ]
    return Table(table.name, _PLAIN, *columns)


_PLAIN = MetaData()
# each behind those that it refers to
TABLES: tuple[Table, ...] = tuple(map(_plain_table, metadata.sorted_tables))


def key_length(table: Table) -> int:
    """How many of a row's first values are its key."""
    return len(table.primary_key.columns)


@functools.cache
def binding(table: Table) -> tuple[Column[Any], ...]:
    """The key, and whatever else no two rows may share or other rows must have: by these rows stand in others' way."""
    meant = metadata.tables[table.name]
    unique = {column.name for index in meant.indexes if index.unique for column in index.columns}
    held = {column.name for column in meant.columns if column.foreign_keys}
    return tuple(each for each in table.columns if each.primary_key or each.name in unique | held)


def handed_over(table: Table) -> list[ColumnElement[Any]]:
    """A table's columns as a copy is to have them: sources without leases are due when they were to be polled next."""
    given = _HANDED_OVER.get(table.name, {})
    return [given[each.name].label(each.name) if each.name in given else each for each in table.columns]


def _due_at(of: Any) -> ColumnElement[Any]:
    return case((of.enabled & ~of.retired, of.next_poll_at), else_=None)


_HANDED_OVER: dict[str, dict[str, ColumnElement[Any]]] = {
    source.name: {
        "due_at": _due_at(_PLAIN.tables[source.name].c),
        "lease_token": null(),
        "lease_until": null(),
    },
    domain.name: {
        "due_at": select(func.min(_due_at(source.c)))
        .where(source.c.domain == _PLAIN.tables[domain.name].c.name)
        .scalar_subquery()
    },
}


def hand_over(connection: Connection) -> None:
    """Makes a store's own rows so, where all else was brought over at once."""
    for name, values in _HANDED_OVER.items():
        connection.execute(update(_PLAIN.tables[name]).values(values))


# --- rows ---------------------------------------------------------------------------------------------------------


def read_rows(begin: Begin, table: Table, columns: Sequence[ColumnElement[Any]] | None = None) -> Iterator[PlainRow]:
    """All rows in the order of their keys, some at a time, each some in a transaction of ``begin``."""
    keys = key_length(table)
    limit, last = _FIRST_ROWS, None
    while True:
        with begin() as connection:
            asked = _after(connection, table, columns or list(table.columns), last)
            rows = [tuple(row) for row in connection.execute(asked.limit(limit))]
        yield from rows
        if len(rows) < limit:
            return
        last = rows[-1][:keys]
        # so many that a few megabytes are in memory, whether they are articles or postings
        limit = min(AT_ONCE_ROWS, 2 * limit, max(1, AT_ONCE_BYTES * len(rows) // sum(map(size_bytes, rows))))


def _after(
    connection: Connection, table: Table, columns: Sequence[ColumnElement[Any]], last: PlainRow | None
) -> Select[Any]:
    keys = list(table.primary_key.columns)
    order = [_by_code_point(connection, column) for column in keys]
    asked = select(*columns).order_by(*order)
    if own := _own_rows(table):
        asked = asked.where(own)
    if last is None:
        return asked
    values = [bindparam(None, value, type_=column.type) for column, value in zip(keys, last, strict=True)]
    return asked.where(tuple_(*order) > tuple_(*values))


def _by_code_point(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    """A key in the order that Python and SQLite have, whatever the locale of a PostgreSQL database."""
    is_text = isinstance(column.type, String) and connection.dialect.name == "postgresql"
    return collate(column, "C") if is_text else column


def _own_rows(table: Table) -> ColumnElement[bool] | None:
    return table.c.name != _OWN_CURSOR if table.name == cursor.name else None


def count_rows(connection: Connection, table: Table) -> int:
    """How many rows there are to copy."""
    asked = select(func.count()).select_from(table)
    own = _own_rows(table)
    return connection.scalar(asked if own is None else asked.where(own)) or 0


def size_bytes(row: PlainRow) -> int:
    """About as much memory as its values take."""
    return 8 * len(row) + sum([len(value) for value in row if isinstance(value, (str, bytes))])


@dataclass(slots=True)
class Checksum:
    """Rows in the order of their keys in, their number and one short text that stands for all of them out."""

    rows: int = 0
    _hash: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=8))

    def of(self, rows: Iterable[PlainRow]) -> Iterator[PlainRow]:
        """Hands the rows on as they go by."""
        coming = iter(rows)
        while some := list(islice(coming, _HASHED_ROWS)):
            self.rows += len(some)
            self._hash.update(_JSON.encode(some)[1:-1].encode() + b",")  # as one list, however many at once
            yield from some

    @property
    def text(self) -> str:
        """Equal for equal rows, on any machine and database."""
        return str(self._hash.hexdigest())


def _as_text(value: dt.date | bytes) -> str:
    """What JSON has no form for: instants and days as ISO 8601, bytes as hexadecimal digits."""
    return value.hex() if isinstance(value, bytes) else value.isoformat()


_JSON = json.JSONEncoder(separators=(",", ":"), default=_as_text)
