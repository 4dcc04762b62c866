"""How many articles each source published on which day: articles in, counts a day (UTC) out.

Kept for ``KEPT_DAYS``. Each function works inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, select

from feeds.model import Article
from feeds.store.columns import clean_text, to_utc
from feeds.store.dialect import insert_adding
from feeds.store.memory import chunks
from feeds.store.tables import activity

KEPT_DAYS = 60


def count_days(connection: Connection, source_id: str, articles: Iterable[Article], now: dt.datetime) -> None:
    """Counts new articles of one source; forgets its days that are too long ago."""
    today = to_utc(now).date()
    first = today - dt.timedelta(days=KEPT_DAYS)
    days = Counter(min(_day(article, now), today) for article in articles)
    here = activity.c
    connection.execute(delete(activity).where(here.source_id == source_id, here.day < first))
    rows = [
        {"source_id": source_id, "day": day, "articles": number} for day, number in sorted(days.items()) if day >= first
    ]
    if rows:
        connection.execute(insert_adding(connection, activity), rows)


def _day(article: Article, now: dt.datetime) -> dt.date:
    return to_utc(article.published_at or now).date()


def activity_of(connection: Connection, source_ids: Collection[str], since: dt.date) -> dict[str, dict[dt.date, int]]:
    """Articles a day of each source from ``since`` on; see ``Store.activity``."""
    found: dict[str, dict[dt.date, int]] = {}
    for some in chunks(source_ids):
        here = activity.c
        question = select(activity).where(here.source_id.in_(some), here.day >= since)
        rows = connection.execute(question.order_by(here.source_id, here.day))
        by_source: dict[str, dict[dt.date, int]] = {}
        for row in rows:
            by_source.setdefault(row.source_id, {})[row.day] = row.articles
        found.update((each, by_source[clean_text(each)]) for each in some if clean_text(each) in by_source)
    return found
