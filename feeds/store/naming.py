"""Which article a name of it belongs to, also one that was dropped: identities in, what is known of them out.

Each function works inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from feeds.model import Known
from feeds.store.columns import key_text
from feeds.store.memory import chunks
from feeds.store.months import rows_of
from feeds.store.tables import alias, article, entry, identity


def known(connection: Connection, source_id: str, identities: Collection[str]) -> dict[str, Known]:
    """The article that each identity or alias belongs to; see ``Store.known``."""
    found: dict[str, Known] = {}
    for some in chunks(identities):
        question = (
            select(alias.c.identity, alias.c.article_id, identity.c.content_hash, entry.c.seq)
            .join_from(alias, identity, identity.c.id == alias.c.article_id)
            .outerjoin(entry, entry.c.article_id == alias.c.article_id)
            .where(alias.c.source_id == source_id, alias.c.identity.in_(some))
        )
        rows = {row.identity: row for row in connection.execute(question)}
        there = {row.article_id for row in rows.values() if row.content_hash is None}
        held = rows_of(connection, select(article.c.id, article.c.content_hash), there)
        hashes = {row.id: row.content_hash for row in held}
        for each in some:
            row = rows.get(key_text(each))
            if row is not None:
                said = hashes[row.article_id] if row.content_hash is None else row.content_hash
                found[each] = Known(article_id=row.article_id, content_hash=said, seq=row.seq or 0)
    return found


def dropped(connection: Connection, article_ids: Collection[str]) -> set[str]:
    """Those of the articles that were dropped."""
    found: set[str] = set()
    for some in chunks(article_ids):
        here = identity.c
        gone = select(here.id).where(here.id.in_(some), here.content_hash.is_not(None))
        found.update(connection.scalars(gone))
    return found
