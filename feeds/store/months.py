"""Articles by id: ids in, conditions out by which a database finds their rows at once.

On PostgreSQL ``article`` has a partition for each month, and an id does not say of which it is: ``identity`` does. So
ids are looked up there first, and each month is asked for its own by both. Whatever reads articles by id does it here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, select

from feeds.store.memory import chunks
from feeds.store.tables import article, identity


def rows_of(connection: Connection, question: Select[Any], article_ids: Collection[str]) -> Iterator[Row[Any]]:
    """The rows of a question about ``article``, for those of these articles that are there."""
    for where in places(connection, article_ids):
        yield from connection.execute(question.where(where))


def places(connection: Connection, article_ids: Collection[str]) -> Iterator[ColumnElement[bool]]:
    """Conditions on ``article`` that, one after the other, hold for each of these articles that is there."""
    for some in chunks(article_ids):
        if connection.dialect.name == "sqlite":
            yield article.c.id.in_(some)
            continue
        months: dict[dt.datetime, list[str]] = {}
        for row in connection.execute(_SEEN, {"some": some}):
            months.setdefault(month_of(row.first_seen_at), []).append(row.id)
        for month, ids in months.items():
            seen = article.c.first_seen_at
            yield and_(article.c.id.in_(ids), seen >= month, seen < next_month(month))


_SEEN = select(identity.c.id, identity.c.first_seen_at).where(
    identity.c.id.in_(bindparam("some", expanding=True)), identity.c.content_hash.is_(None)
)


def month_of(when: dt.date) -> dt.datetime:
    """When the month (UTC) began."""
    day = when.astimezone(dt.UTC) if isinstance(when, dt.datetime) else when
    return dt.datetime(day.year, day.month, 1, tzinfo=dt.UTC)


def next_month(month: dt.datetime) -> dt.datetime:
    """When the month after this one begins."""
    return month_of(month + dt.timedelta(days=31))
