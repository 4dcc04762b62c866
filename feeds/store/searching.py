"""The full text, as it is asked: a FeedQuery in, article ids in the order of changes out.

What is asked for becomes one expression over terms (``expressions``) for each stretch of time, and the database's own
index evaluates it: ``fts5`` on SQLite, ``arrays`` on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, text

from feeds.model import FeedQuery
from feeds.store import arrays, fts5
from feeds.store.expressions import Stretch, stretches
from feeds.store.tables import entry, shelf


def window(
    connection: Connection,
    query: FeedQuery,
    *,
    limit: int,
    before_seq: int | None = None,
    after_seq: int | None = None,
) -> list[tuple[str, int]]:
    """The newest changes that answer the query, or the oldest after one; see ``Store.window``."""
    if after_seq is not None:
        ends = (before_seq, first_unread(connection))
        before_seq = min((seq for seq in ends if seq is not None), default=None)
    look = fts5.window if connection.dialect.name == "sqlite" else arrays.window
    found: list[tuple[str, int]] = []
    for stretch in _stretches(connection, query):
        found += look(connection, stretch, limit=limit, before_seq=before_seq, after_seq=after_seq)
    return sorted(found, key=lambda pair: pair[1], reverse=after_seq is None)[:limit]


def count(connection: Connection, query: FeedQuery, *, at_most: int | None = None) -> int:
    """How many articles answer the query; no more than ``at_most`` are counted."""
    look = fts5.count if connection.dialect.name == "sqlite" else arrays.count
    total = 0
    for stretch in _stretches(connection, query):
        total += look(connection, stretch, at_most=None if at_most is None else at_most - total)
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
