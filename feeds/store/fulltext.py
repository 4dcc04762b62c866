"""The full text, as it is written: articles in, rows of ``words`` out, at the numbers of their last changes.

On SQLite ``words`` is an index without its text: to take a row out, its terms must be said once more. They are read
from the article before that is written anew. On PostgreSQL a row is an array of terms and the columns as text.
Each function works inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select, text, update

from feeds.folding.keywords import KEY_VERSION
from feeds.store import terms
from feeds.store.dialect import insert_replacing, lock_numbering
from feeds.store.months import rows_of
from feeds.store.tables import WORD_COLUMNS, article, cursor, entry
from feeds.store.terms import Terms
from feeds.words import WORDS_VERSION

_VERSION = WORDS_VERSION * 1000 + KEY_VERSION  # tokens follow both
_NAME = "words"  # of the cursor that says by which version of the words the full text is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An article as it was read for the full text: its terms, but for what it repeats, and its date."""

    terms: Terms
    dated_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Articles by id, as the full text holds them and as it is to hold them."""

    before: dict[str, Read] = field(default_factory=dict)
    after: dict[str, Read] = field(default_factory=dict)


def read_before(connection: Connection, article_ids: Collection[str]) -> dict[str, Read]:
    """What articles that are to be written anew have in the full text; only where it must be said to take it out."""
    return read(connection, article_ids) if connection.dialect.name == "sqlite" else {}


def read(connection: Connection, article_ids: Collection[str]) -> dict[str, Read]:
    """The terms of stored articles, by id."""
    return {row.id: _read(row) for row in rows_of(connection, _ARTICLES, article_ids)}


_ARTICLES: Select[Any] = select(
    article.c.id,
    article.c.source_id,
    article.c.language,
    article.c.section,
    article.c.published_at,
    article.c.first_seen_at,
    article.c.title,
    article.c.authors,
    article.c.keywords,
    article.c.inferred,
    article.c.summary,
    article.c.content_text,
)


def _read(row: Row[Any]) -> Read:
    dated_at = row.published_at or row.first_seen_at
    facets = [
        terms.EVERYTHING,
        terms.facet(terms.LANGUAGE, row.language),
        *terms.name_facets(terms.SOURCE, terms.SOURCE_FOLDED, row.source_id),
        *(terms.name_facets(terms.SECTION, terms.SECTION_FOLDED, row.section) if row.section else ()),
        *terms.keyword_facets(row.keywords, row.inferred),
        *terms.day_facets(dated_at),
    ]
    return Read(
        terms=Terms(
            title=terms.index_terms([row.title]),
            body=terms.index_terms([row.summary, row.content_text]),
            authors=terms.index_terms(row.authors),
            keywords=terms.index_terms(row.keywords),
            facets=" ".join(facets),
        ),
        dated_at=dated_at,
    )


# --- in and out ---------------------------------------------------------------------------------------------------


def take_out(connection: Connection, rows: Sequence[Row[Any]], reading: Reading) -> None:
    """Removes articles, by their rows of ``entry``."""
    held = [row for row in rows if row.in_words]
    if not held:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(text("DELETE FROM words WHERE seq = :seq"), [{"seq": row.seq} for row in held])
        return
    connection.execute(_TAKE_OUT, [_values(row.seq, reading.before[row.article_id].terms, row.twin) for row in held])


def put_in(connection: Connection, rows: Iterable[Mapping[str, Any]], reading: Reading) -> None:
    """Adds articles, by their rows of ``entry``: seq, article_id, twin."""
    is_sqlite = connection.dialect.name == "sqlite"
    added = []
    for row in rows:
        values = _values(row["seq"], reading.after[row["article_id"]].terms, row["twin"])
        added.append(values if is_sqlite else _arrays(values))
    if added:
        connection.execute(_PUT_IN if is_sqlite else _PUT_ARRAYS, added)


def _values(seq: int, given: Terms, twin: str) -> dict[str, Any]:
    facets = f"{given.facets} {terms.TWIN}{twin}" if twin else given.facets
    return {
        "seq": seq,
        "title": given.title,
        "body": given.body,
        "authors": given.authors,
        "keywords": given.keywords,
        "facets": facets,
    }


def _arrays(values: dict[str, Any]) -> dict[str, Any]:
    """For PostgreSQL: every term behind its column's letter, and the columns with a space at each end."""
    found = {column_letter(name) + term for name in WORD_COLUMNS for term in values[name].split()}
    return {"seq": values["seq"], "terms": sorted(found)} | {name: f" {values[name]} " for name in WORD_COLUMNS}


def column_letter(name: str) -> str:
    """By which the terms of a column are told from those of others in an array."""
    return name[0]


_COLUMNS, _PARAMETERS = ", ".join(WORD_COLUMNS), ", ".join(f":{name}" for name in WORD_COLUMNS)
_PUT_IN = text(f"INSERT INTO words (rowid, {_COLUMNS}) VALUES (:seq, {_PARAMETERS})")  # noqa: S608 - our own names
_TAKE_OUT = text(f"INSERT INTO words (words, rowid, {_COLUMNS}) VALUES ('delete', :seq, {_PARAMETERS})")  # noqa: S608
_PUT_ARRAYS = text(f"INSERT INTO words (seq, terms, {_COLUMNS}) VALUES (:seq, :terms, {_PARAMETERS})")  # noqa: S608


# --- what is not in there yet -------------------------------------------------------------------------------------


def is_of_this_version(connection: Connection) -> bool:
    """Whether the full text is written by this version's words."""
    return connection.scalar(select(cursor.c.seq).where(cursor.c.name == _NAME)) == _VERSION


def begin_anew(connection: Connection) -> None:
    """Empties the full text unless it is written by this version's words."""
    lock_numbering(connection)
    if is_of_this_version(connection):
        return
    is_sqlite = connection.dialect.name == "sqlite"
    connection.execute(text("INSERT INTO words (words) VALUES ('delete-all')" if is_sqlite else "DELETE FROM words"))
    connection.execute(update(entry).where(entry.c.in_words).values(in_words=False, dated_at=None))
    connection.execute(insert_replacing(connection, cursor), {"name": _NAME, "seq": _VERSION})


def unread(connection: Connection) -> int:
    """How many articles are not in the full text."""
    return connection.scalar(select(func.count()).select_from(entry).where(~entry.c.in_words)) or 0


def held(connection: Connection) -> int:
    """How many articles the full text holds, as it says itself."""
    if connection.dialect.name != "sqlite":
        return connection.scalar(text("SELECT count(*) FROM words")) or 0
    everything = text("SELECT count(*) FROM words WHERE words MATCH :terms")
    return connection.scalar(everything, {"terms": f"facets : {terms.EVERYTHING}"}) or 0


def read_in(connection: Connection, limit: int) -> int:
    """Adds the newest of the articles that are not in there, at most ``limit``; returns how many they were."""
    lock_numbering(connection)
    waiting = select(entry.c.seq, entry.c.article_id, entry.c.twin).where(~entry.c.in_words)
    rows = [dict(row._mapping) for row in connection.execute(waiting.order_by(entry.c.seq.desc()).limit(limit))]  # noqa: SLF001 - SQLAlchemy's public name
    reading = Reading(after=read(connection, [row["article_id"] for row in rows]))
    put_in(connection, rows, reading)
    dated = [{"at_seq": row["seq"], "date": reading.after[row["article_id"]].dated_at} for row in rows]
    if dated:
        there = update(entry).where(entry.c.seq == bindparam("at_seq"))
        connection.execute(there.values(in_words=True, dated_at=bindparam("date", type_=entry.c.dated_at.type)), dated)
    return len(rows)
