"""Dropping what is old: a month in, articles out of everything that is asked for; their identities stay.

What stays as well is what keeps a poll from bringing an article back: its names, and what is remembered of its page.
Archives that were written stay as they are. A copy or a translation of what was dropped stays what it is, by itself.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from feeds.store.copies import forget_bands
from feeds.store.fulltext import Reading, read_before
from feeds.store.hints import hint
from feeds.store.months import month_of, places, rows_of
from feeds.store.numbering import last_seq, withdraw
from feeds.store.stories import forget_links
from feeds.store.tables import article, change, entry, identity, source


def drop(connection: Connection, month: dt.date, limit: int) -> int:
    """Drops the oldest articles that were first seen before a month begins, at most ``limit``; returns how many."""
    here = identity.c
    old = select(here.id, here.source_id).where(here.content_hash.is_(None), here.first_seen_at < month_of(month))
    rows = connection.execute(old.order_by(here.first_seen_at, here.id).limit(limit))
    names = {row.id: row.source_id for row in rows}
    if not names:
        return 0
    # before everything else, as a poll does: so none is in the middle of writing one of these
    held = select(source.c.id).where(source.c.id.in_(sorted(set(names.values())))).order_by(source.c.id)
    connection.execute(held.with_for_update(key_share=True))
    found = list(rows_of(connection, select(article.c.id, article.c.source_id, article.c.content_hash), names))
    ids = [row.id for row in found]
    withdraw(connection, ids, Reading(before=read_before(connection, ids)))
    forget_links(connection, ids)
    forget_bands(connection, ids)
    for where in list(places(connection, ids)):
        connection.execute(delete(article).where(where))
    _remember(connection, found)
    _forget_changes(connection, 2 * limit)
    hint(connection)
    return len(ids)


def _remember(connection: Connection, found: list[Any]) -> None:
    """What stays of them: what their texts came to, so that a poll knows them."""
    gone = update(identity).where(identity.c.id == bindparam("gone"))
    connection.execute(
        gone.values(content_hash=bindparam("said")), [{"gone": row.id, "said": row.content_hash} for row in found]
    )
    counts = Counter(row.source_id for row in found)
    fewer = update(source).where(source.c.id == bindparam("whose"))
    connection.execute(
        fewer.values(articles=source.c.articles - bindparam("gone")),
        [{"whose": name, "gone": number} for name, number in sorted(counts.items())],
    )


def _forget_changes(connection: Connection, limit: int) -> None:
    """Changes before the oldest that still stands say nothing any more; the last one of all stays, for its number."""
    first = connection.scalar(select(func.min(entry.c.seq))) or last_seq(connection)
    old = select(change.c.seq).where(change.c.seq < first).order_by(change.c.seq).limit(limit)
    connection.execute(delete(change).where(change.c.seq.in_(old.scalar_subquery())))
