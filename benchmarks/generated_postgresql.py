"""A store of generated articles on PostgreSQL: a SQLite file of ``generated`` in, the same rows out.

The rows are taken over as they stand in the file, since both databases read them so; the full text is put together
from the sentences that articles are made of. Indexes are made when all is there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.generated import FIRST, SOURCE, Tongue
from feeds.store import open_store
from feeds.store.fulltext import column_letter
from feeds.store.tables import article, metadata
from feeds.store.terms import EVERYTHING, day_facets, facet

_AT_ONCE = 10_000


def url_of(server: str, name: str) -> str:
    """The SQLAlchemy address of a database of a server, which is named as ``postgresql://user@host:port``."""
    return f"{server.rstrip('/')}/{name}".replace("postgresql:", "postgresql+psycopg:")


def size_of(server: str, name: str) -> int:
    """How many bytes a database takes; 0 when there is none."""
    with psycopg.connect(f"{server}/postgres") as connection:
        row = connection.execute(b"SELECT pg_database_size(datname) FROM pg_database WHERE datname = %s", [name])
        return next((int(size) for (size,) in row), 0)


def take_over(file: Path, server: str, name: str, tongues: Sequence[Tongue]) -> None:
    """Makes a database of a server from the articles of a file; whole, or not at all."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'".encode())
        try:
            _fill(file, url_of(server, name), tongues)
        except BaseException:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
            raise


def _fill(file: Path, url: str, tongues: Sequence[Tongue]) -> None:
    open_store(url).close()
    address = url.replace("+psycopg", "")
    with closing(sqlite3.connect(file)) as given, psycopg.connect(address) as connection:
        connection.execute(b"SET session_replication_role = replica")  # every row is known to have what it refers to
        connection.execute(b"SET TimeZone = 'UTC'")
        connection.execute(b"SET maintenance_work_mem = '1GB'")
        every = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.execute(f"TRUNCATE {every}, words".encode())  # a new store is not quite empty
        indexes = _drop_indexes(connection)
        for table in metadata.sorted_tables:
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            _copy(connection, f'"{table.name}" ({names})', _rows(given, f'SELECT {names} FROM "{table.name}"'))
        _copy(connection, "words (seq, terms, title, body, authors, keywords, facets)", _words(given, tongues))
        for statement in indexes:
            connection.execute(statement.encode())
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(b"VACUUM (FREEZE, ANALYZE)")


def _drop_indexes(connection: psycopg.Connection[Any]) -> list[str]:
    """Those that no constraint needs, to be made again at once when all is there; returns how."""
    found = connection.execute(
        b"SELECT i.indexname, i.indexdef FROM pg_indexes i JOIN pg_class c ON c.relname = i.indexname "
        b"WHERE i.schemaname = 'public' AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid) "
        b"AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid)"
    ).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"'.encode())
    return [statement for _, statement in found]


def _rows(given: sqlite3.Connection, question: str) -> Iterator[tuple[Any, ...]]:
    cursor = given.execute(question)
    while some := cursor.fetchmany(_AT_ONCE):
        yield from some


def _copy(connection: psycopg.Connection[Any], into: str, rows: Iterator[Sequence[Any]]) -> None:
    # frozen at once, which a partitioned table cannot be: nothing is left for VACUUM
    frozen = "" if into.startswith(f'"{article.name}"') else " (FREEZE)"
    with connection.cursor().copy(f"COPY {into} FROM STDIN{frozen}".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _words(given: sqlite3.Connection, tongues: Sequence[Tongue]) -> Iterator[tuple[Any, ...]]:
    """Rows of the full text, as ``feeds.store.fulltext`` would have written them."""
    terms = {each.tag: dict(zip(each.sentences, each.terms, strict=True)) for each in tongues}
    question = (
        "SELECT entry.seq, article.language, title, content_text, keywords, date(published_at) FROM entry "
        "JOIN article ON article.id = entry.article_id ORDER BY entry.seq"
    )
    for seq, tag, title, text, keywords, day in _rows(given, question):
        said, name = text.rsplit(" ", 1)
        keys = json.loads(keywords)
        columns = {
            "title": terms[tag][title],
            "body": " ".join([*(terms[tag][sentence] for sentence in said.split(". ")), name]),
            "authors": "",
            "keywords": " ¶ ".join(keys),
            "facets": " ".join([EVERYTHING, facet("l", tag), facet("s", SOURCE), *map(_topic, keys), _day(day)]),
        }
        found = {column_letter(column) + term for column, text in columns.items() for term in text.split()}
        yield seq, sorted(found), *(f" {text} " for text in columns.values())


@cache
def _topic(key: str) -> str:
    return facet("g", key)


@cache
def _day(day: str) -> str:
    return " ".join(day_facets(FIRST.fromisoformat(f"{day}T00:00:00+00:00")))
