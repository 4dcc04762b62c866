"""A store copied into another, whichever their databases: what differs is written, and all is compared at the end.

Both are read in the order of keys, side by side, so nothing need be remembered to go on after a crash: what is equal
already is passed by, and a later copy brings over what came since. First goes what the target has besides, then comes
what it lacks or has otherwise, table by table in the order in which they refer to each other. The source is read in
one transaction and so in one state, while it is polled and served. Only the full text is not copied but read in again,
since each database has its own kind of it.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Executable, Row, Table, bindparam, delete, func, select, text, tuple_, update

from feeds.errors import StoreError
from feeds.store import fulltext, rekeying
from feeds.store.memory import chunks
from feeds.store.plain import (
    AT_ONCE_BYTES,
    AT_ONCE_ROWS,
    TABLES,
    Begin,
    Checksum,
    PlainRow,
    Side,
    binding,
    count_rows,
    handed_over,
    key_length,
    read_rows,
    size_bytes,
)
from feeds.store.tables import archive, archive_document, article, change, entry

Tell = Callable[[str, int, int], None]  # a step, how much of it is done, and how much there is to do
_COMPARED_CHANGES = 1000  # the newest; the log only grows, so where these are the same the others are
_READ_IN_AT_ONCE = 500  # articles
_DELETED_AT_ONCE = 300  # rows, with their keys within one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A table, or the full text, as both sides have it in the end."""

    name: str
    rows: int
    checksum: str
    copied_rows: int
    copied_checksum: str
    written: int  # rows that had to be

    @property
    def is_same(self) -> bool:
        """Whether the copy is right."""
        return (self.rows, self.checksum) == (self.copied_rows, self.copied_checksum)


def copy(source: Side, target: Side, tell: Tell) -> list[Compared]:
    """Makes ``target`` equal to ``source`` and compares them.

    Raises StoreError: the target holds what the source does not know, or a database failed; run again it goes on.
    """
    refuse_foreign(source, target)
    copied = copy_tables(source, target, tell)
    copied.append(read_in_words(target, tell))
    return copied


def copy_tables(source: Side, target: Side, tell: Tell) -> list[Compared]:
    """The same without the full text, which whoever opens the target reads in."""
    with source.reading() as connection:
        reading = _same(connection)
        counts = {table.name: count_rows(connection, table) for table in TABLES}
        for table in reversed(TABLES):
            _delete_strangers(reading, target, table)
        checksums, written = [], {}
        for table in TABLES:
            checksums.append(found := Checksum())
            rows = _told(found.of(read_rows(reading, table, handed_over(table))), table, counts, "copying", tell)
            written[table.name] = _write_differences(target, table, rows)
        return [
            _compare(target, table, known, tell, written=written[table.name], counts=counts)
            for table, known in zip(TABLES, checksums, strict=True)
        ]


def _same(connection: Connection) -> Begin:
    """One transaction for all that is read."""
    return lambda: contextlib.nullcontext(connection)


def _told(rows: Iterable[PlainRow], table: Table, counts: dict[str, int], step: str, tell: Tell) -> Iterator[PlainRow]:
    """Hands the rows on and tells how many they were, of all tables together."""
    done = sum(counts[each.name] for each in TABLES[: TABLES.index(table)])
    total = sum(counts.values())
    for number, row in enumerate(rows, start=1):
        yield row
        if number % 1000 == 0 or number == counts[table.name]:
            tell(step, done + number, total)


def _compare(
    target: Side, table: Table, known: Checksum, tell: Tell, *, written: int, counts: dict[str, int]
) -> Compared:
    found = Checksum()
    with target.reading() as connection:
        for _ in _told(found.of(read_rows(_same(connection), table)), table, counts, "comparing", tell):
            pass
    return Compared(
        name=table.name,
        rows=known.rows,
        checksum=known.text,
        copied_rows=found.rows,
        copied_checksum=found.text,
        written=written,
    )


# --- whose copy the target is -------------------------------------------------------------------------------------


def refuse_foreign(source: Side, target: Side) -> None:
    """Makes sure that nothing is lost: all that the target ever answered is known to the source."""
    with source.reading() as ours, target.reading() as theirs:
        number = _unknown_change(ours, theirs)
        if number is not None:
            raise StoreError(
                f"{target.name} is no earlier copy of {source.name}: its change {number} is its own, and its articles "
                "would be lost; name an empty database"
            )
        for table in (archive, archive_document):
            keys = list(table.primary_key.columns)
            own = next(
                _unlike(read_rows(_same(ours), table, keys), read_rows(_same(theirs), table, keys), len(keys)), None
            )
            if own is not None:
                raise StoreError(
                    f"{target.name} has answered an archive that {source.name} does not know, and archives are for "
                    "ever: name an empty database"
                )


def _unknown_change(ours: Connection, theirs: Connection) -> int | None:
    """The number of a change among the target's newest that the source does not have so; None where there is none."""
    newest = theirs.execute(select(change).order_by(change.c.seq.desc()).limit(_COMPARED_CHANGES)).all()
    if not newest:
        return None
    between = change.c.seq.between(newest[-1].seq, newest[0].seq)
    known = {row.seq: row for row in ours.execute(select(change).where(between))}
    unlike = (row.seq for row in newest if row.seq in known and known[row.seq] != row)
    # of articles that were kept long enough the changes may be gone, but not all of them, and never the newest
    last = ours.scalar(select(func.max(change.c.seq))) or 0
    return next(unlike, newest[0].seq if newest[0].seq > last or not known else None)


# --- what goes ----------------------------------------------------------------------------------------------------


def _unlike(ours: Iterable[PlainRow], theirs: Iterable[PlainRow], keys: int) -> Iterator[PlainRow]:
    """Rows of theirs that ours lack, both in the order of their keys."""
    known = iter(ours)
    here = next(known, None)
    for row in theirs:
        while here is not None and here[:keys] < row[:keys]:
            here = next(known, None)
        if here != row:
            yield row


def _delete_strangers(reading: Begin, target: Side, table: Table) -> None:
    """Deletes rows that the source has not, and those in the way of others: where they point is not where its do."""
    columns, keys = binding(table), key_length(table)
    strangers: list[PlainRow] = []

    def flush() -> None:
        if strangers:
            with target.writing() as connection:
                _withdraw(connection, table, strangers)
                of_keys = tuple_(*table.primary_key.columns).in_(strangers)
                connection.execute(delete(table).where(of_keys))
            strangers.clear()

    for row in _unlike(read_rows(reading, table, columns), read_rows(target.reading, table, columns), keys):
        strangers.append(row[:keys])
        if len(strangers) >= _DELETED_AT_ONCE:
            flush()
    flush()


def is_empty(target: Side) -> bool:
    """Whether nothing would be lost: no article, and no archive that was answered."""
    with target.reading() as connection:
        return not any(connection.execute(select(table).limit(1)).first() for table in (article, change, archive))


def empty(target: Side) -> None:
    """Deletes every row of a store."""
    names = [table.name for table in TABLES]
    with target.writing() as connection:
        if connection.dialect.name == "postgresql":
            quoted = ", ".join(f'"{name}"' for name in [*names, "words"])
            connection.execute(text(f"TRUNCATE {quoted}"))
            return
        connection.execute(text("INSERT INTO words (words) VALUES ('delete-all')"))
        for name in reversed(names):
            connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 - our own names


# --- what comes ---------------------------------------------------------------------------------------------------


def _write_differences(target: Side, table: Table, rows: Iterable[PlainRow]) -> int:
    """Writes the rows that the target lacks or has otherwise, a few thousand in a transaction; returns how many."""
    lacking: list[PlainRow] = []
    differing: list[PlainRow] = []
    written = size = 0

    def flush() -> None:
        if lacking or differing:
            with target.writing() as connection:
                _put(connection, table, lacking, differing)
        lacking.clear()
        differing.clear()

    for row, is_there in _differences(rows, read_rows(target.reading, table), key_length(table)):
        (differing if is_there else lacking).append(row)
        written += 1
        size += size_bytes(row)
        if len(lacking) + len(differing) >= AT_ONCE_ROWS or size >= AT_ONCE_BYTES:
            flush()
            size = 0
    flush()
    return written


def _differences(ours: Iterable[PlainRow], theirs: Iterable[PlainRow], keys: int) -> Iterator[tuple[PlainRow, bool]]:
    """Rows of ours that theirs lack, and those that theirs have otherwise (True)."""
    found = iter(theirs)
    there = next(found, None)
    for row in ours:
        while there is not None and there[:keys] < row[:keys]:
            there = next(found, None)
        if there != row:
            yield row, there is not None and there[:keys] == row[:keys]


def _put(connection: Connection, table: Table, lacking: Sequence[PlainRow], differing: Sequence[PlainRow]) -> None:
    if differing:
        _withdraw(connection, table, [row[: key_length(table)] for row in differing])
        connection.execute(_replacing(table), _named(table, differing, "new_"))
    if lacking and connection.dialect.name == "postgresql":
        _stream(connection, table, lacking)
    elif lacking:
        connection.execute(table.insert(), _named(table, lacking))


@functools.cache
def _replacing(table: Table) -> Executable:
    there = [column == bindparam(f"new_{column.name}") for column in table.primary_key.columns]
    values: dict[str, Any] = {
        each.name: bindparam(f"new_{each.name}") for each in table.columns if not each.primary_key
    }
    return update(table).where(*there).values(values)


def _named(table: Table, rows: Iterable[PlainRow], prefix: str = "") -> list[dict[str, Any]]:
    names = [prefix + name for name in table.c.keys()]  # noqa: SIM118 - a collection of columns gives these
    return [dict(zip(names, row, strict=True)) for row in rows]


def _stream(connection: Connection, table: Table, rows: Iterable[PlainRow]) -> None:
    """By COPY, which takes rows as they come."""
    driver: Any = connection.connection.driver_connection
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns.keys()))
    begun = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    try:
        with driver.cursor() as cursor, cursor.copy(begun) as stream:
            for row in rows:
                stream.write_row(row)
    except psycopg.Error as error:
        raise StoreError(f"cannot write table {table.name}: {' '.join(str(error).split())}") from error


# --- the full text ------------------------------------------------------------------------------------------------


def _withdraw(connection: Connection, table: Table, keys: Sequence[PlainRow]) -> None:
    """Takes articles out of the full text before they, or where they stand, are written anew or deleted."""
    if table.name == article.name:
        _take_out(connection, entry.c.article_id, {key[0] for key in keys})
    elif table.name == entry.name:
        _take_out(connection, entry.c.seq, {key[0] for key in keys})


def _take_out(connection: Connection, column: Any, values: Collection[Any]) -> None:
    for some in chunks(values):
        rows: Sequence[Row[Any]] = connection.execute(select(entry).where(column.in_(some), entry.c.in_words)).all()
        known = fulltext.read_before(connection, [row.article_id for row in rows])
        fulltext.take_out(connection, rows, fulltext.Reading(before=known))
        gone = update(entry).where(entry.c.seq == bindparam("gone")).values(in_words=False, dated_at=None)
        if rows:
            connection.execute(gone, [{"gone": row.seq} for row in rows])


def read_in_words(target: Side, tell: Tell) -> Compared:
    """Brings keywords and the full text of the target up to date, and counts what it holds."""
    rekeying.make_keys_anew(target.reading, target.writing)
    with target.writing() as connection:
        fulltext.begin_anew(connection)
        waiting = fulltext.unread(connection)
    done = 0
    while done < waiting:
        with target.writing() as connection:
            some = fulltext.read_in(connection, _READ_IN_AT_ONCE)
        if not some:
            break
        done += some
        tell("full text", min(done, waiting), waiting)
    with target.reading() as connection:
        rows = connection.scalar(select(func.count()).select_from(entry)) or 0
        held = fulltext.held(connection)
    return Compared(name="full text", rows=rows, checksum="", copied_rows=held, copied_checksum="", written=done)
