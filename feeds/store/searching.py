"""The full text, as it is asked: a FeedQuery in, article ids in the order of changes out.

What is asked for becomes one expression over terms (``expressions``), and the database's own index evaluates it. On
SQLite FTS5 goes through the lists of all terms at once, newest first: whichever is the rarest makes the others leap,
so a question costs what its rarest term does, and one of frequent terms ends when the window is full. On PostgreSQL
the planner chooses between the inverted index and the order of changes by how frequent the terms are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, func, select, text

from feeds.model import FeedQuery
from feeds.store.expressions import Either, Every, Expression, Phrase, Stretch, Without, stretches
from feeds.store.fulltext import column_letter
from feeds.store.tables import entry, shelf
from feeds.store.terms import EVERYTHING

_EVERYTHING = Phrase(("facets",), (EVERYTHING,))


def window(
    connection: Connection,
    query: FeedQuery,
    *,
    limit: int,
    before_seq: int | None = None,
    after_seq: int | None = None,
) -> list[tuple[str, int]]:
    """The newest changes that answer the query, or the oldest after one; see ``Store.window``."""
    is_sqlite, is_newest = connection.dialect.name == "sqlite", after_seq is None
    if not is_newest:
        ends = (before_seq, first_unread(connection))
        before_seq = min((seq for seq in ends if seq is not None), default=None)
    order = f"{'words.rowid' if is_sqlite else 'words.seq'} {'DESC' if is_newest else 'ASC'}"
    found: list[tuple[str, int]] = []
    for stretch in _stretches(connection, query):
        clause, values = _condition(connection, stretch)
        for name, sign, seq in (("before_seq", "<", before_seq), ("after_seq", ">", after_seq)):
            if seq is not None:
                clause += f" AND entry.seq {sign} :{name}" + f" AND words.rowid {sign} :{name}" * is_sqlite
                values[name] = seq
        asked = f"SELECT entry.article_id, entry.seq {clause} ORDER BY {order} LIMIT :limit"
        rows = connection.execute(_typed(asked, values), values | {"limit": limit}).all()
        found += [(row[0], row[1]) for row in rows]
    return sorted(found, key=lambda pair: pair[1], reverse=is_newest)[:limit]


def count(connection: Connection, query: FeedQuery) -> int:
    """How many articles answer the query."""
    total = 0
    for stretch in _stretches(connection, query):
        clause, values = _condition(connection, stretch)
        total += connection.scalar(_typed(f"SELECT count(*) {clause}", values), values) or 0
    return total


def first_unread(connection: Connection) -> int | None:
    """The oldest change that is not in the full text yet; None when all are."""
    found: int | None = connection.scalar(_FIRST_UNREAD)
    return found


def stored_tags(connection: Connection) -> Sequence[str]:
    """The tags of all languages in store, in their order."""
    return connection.scalars(TAGS).all()


TAGS = select(shelf.c.language).distinct().order_by(shelf.c.language)


def _stretches(connection: Connection, query: FeedQuery) -> list[Stretch]:
    return stretches(query, stored_tags(connection))


# who goes from change to change waits for an article that is not in the full text yet; passed by, it would be missed
# (in the very words of the index of such articles: only so does SQLite take it)
_FIRST_UNREAD = select(func.min(entry.c.seq)).where(text("NOT in_words"))


def _condition(connection: Connection, stretch: Stretch) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE, with the values in them."""
    if connection.dialect.name == "sqlite":
        # CROSS JOIN: SQLite is not to look for another order
        clause = "FROM words CROSS JOIN entry ON entry.seq = words.rowid WHERE words MATCH :terms"
        values: dict[str, Any] = {"terms": _match(stretch.expression)}
    else:
        values = {}
        condition = _over_arrays(stretch.expression, values)
        clause = f"FROM words JOIN entry ON entry.seq = words.seq WHERE {condition}"
    for name, sign, at in (("since", ">=", stretch.since), ("before", "<", stretch.before)):
        if at is not None:
            clause += f" AND entry.dated_at {sign} :{name}"
            values[name] = at
    return clause, values


def _typed(statement: str, values: dict[str, Any]) -> TextClause:
    instants = [bindparam(name, type_=entry.c.dated_at.type) for name in ("since", "before") if name in values]
    return text(statement).bindparams(*instants)


# --- SQLite -------------------------------------------------------------------------------------------------------


def _match(expression: Expression) -> str:
    """In the language of FTS5. Its NOT stands between two expressions, so what is only negative is taken from all."""
    match expression:
        case Phrase(columns, terms):
            return f'{{{" ".join(columns)}}} : "{" ".join(terms)}"'
        case Without(part):
            return f"({_match(_EVERYTHING)} NOT {_match(part)})"
        case Either(parts):
            return _joined(" OR ", parts)
        case Every(parts):
            wanted = [part for part in parts if not isinstance(part, Without)] or [_EVERYTHING]
            unwanted = [part.part for part in parts if isinstance(part, Without)]
            found = _joined(" AND ", wanted)
            return f"({found} NOT {_joined(' OR ', unwanted)})" if unwanted else found


def _joined(operator: str, parts: Iterable[Expression]) -> str:
    return f"({operator.join(map(_match, parts))})"


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


def _over_arrays(expression: Expression, values: dict[str, Any]) -> str:
    """As a condition on a row of ``words``; adds to ``values`` what is bound in it."""
    match expression:
        case Phrase(columns, (term,)):
            return f"words.terms && {_array([column_letter(column) + term for column in columns], values)}"
        case Phrase(columns, terms):
            return "(" + " OR ".join(_follow(column, terms, values) for column in columns) + ")"
        case Without(part):
            return f"(NOT {_over_arrays(part, values)})"
        case Either(parts):
            return "(" + " OR ".join(_over_arrays(part, values) for part in parts) + ")"
        case Every(parts):
            return "(" + " AND ".join(_over_arrays(part, values) for part in parts) + ")" if parts else "TRUE"


def _follow(column: str, terms: tuple[str, ...], values: dict[str, Any]) -> str:
    """The array says that all terms are there, the text that they follow each other."""
    all_there = f"words.terms @> {_array([column_letter(column) + term for term in terms], values)}"
    name = f"text_{len(values)}"
    values[name] = f" {' '.join(terms)} "
    return f"({all_there} AND position(:{name} IN words.{column}) > 0)"


def _array(terms: list[str], values: dict[str, Any]) -> str:
    name = f"terms_{len(values)}"
    values[name] = terms
    return f"CAST(:{name} AS text[])"
