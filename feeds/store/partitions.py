"""The partitions of ``article`` on PostgreSQL: a month in, tables made or dropped; nothing to do on SQLite.

``article_2026_12`` holds a month, ``article_until_2026_12`` all before it (what was stored when there were no months
yet) and ``article_other`` what no month takes: a clock was wrong, or nobody made room in time. Each step is one
transaction of few milliseconds that rather gives up than wait: whoever reads a whole table, as a backup does, is left
alone, and what could not be done now is done another day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator

import structlog
from sqlalchemy import Connection, exists, select, text
from sqlalchemy.exc import OperationalError

from feeds.store.dialect import MIGRATING, take_lock
from feeds.store.months import month_of, next_month
from feeds.store.tables import identity

AHEAD = 3  # months that are made before they begin
_NAME = re.compile(r"article(_until)?_(\d{4})_(\d\d)")
_ALL = text("SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'article'::regclass")
_FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
_PATIENCE_MS = 500
_NOT_TO_BE_HAD = "55P03"
# the check spares PostgreSQL to look through what is attached
_MAKE = (
    "LOCK TABLE article_other IN ACCESS EXCLUSIVE MODE",
    "CREATE TABLE {name} (LIKE article INCLUDING DEFAULTS, CONSTRAINT month CHECK ({within}))",
    "WITH moved AS (DELETE FROM article_other WHERE {within} RETURNING *) INSERT INTO {name} SELECT * FROM moved",
    "ALTER TABLE article ATTACH PARTITION {name} FOR VALUES FROM ({begin}) TO ({end})",
    "ALTER TABLE {name} DROP CONSTRAINT month",
)
log = structlog.get_logger()


def make_room(connection: Connection, now: dt.datetime) -> None:
    """Makes the partitions of this month and of those that follow, unless they are there."""
    if connection.dialect.name == "sqlite" or not any(_missing(connection, now)):
        return
    take_lock(connection, MIGRATING)
    for month in _missing(connection, now):
        begin, end = (f"'{each:%Y-%m-%d} 00:00+00'" for each in (month, next_month(month)))
        within = f"first_seen_at >= {begin} AND first_seen_at < {end}"
        name = f"article_{month:%Y_%m}"
        steps = [each.format(name=name, within=within, begin=begin, end=end) for each in _MAKE]
        if not _done(connection, steps):
            log.warning("no partition could be made for a month: another transaction is in the way", table=name)


def drop_passed(connection: Connection, month: dt.date) -> None:
    """Drops the partitions of the months before this one that hold no article any more."""
    if connection.dialect.name == "sqlite":
        return
    take_lock(connection, MIGRATING)
    for name, begin, end in list(_spans(connection)):
        seen = identity.c.first_seen_at
        some = exists().where(identity.c.content_hash.is_(None), seen >= begin, seen < end)
        if end > month_of(month) or connection.scalar(select(some)):
            continue
        if not _done(connection, [f"DROP TABLE {name}"]):
            log.warning("a partition could not be dropped: another transaction is in the way", table=name)


def _missing(connection: Connection, now: dt.datetime) -> list[dt.datetime]:
    """The months, from this one on, that have no partition."""
    spans = list(_spans(connection))
    months = [month_of(now)]
    while len(months) <= AHEAD:
        months.append(next_month(months[-1]))
    return [month for month in months if not any(begin <= month < end for _, begin, end in spans)]


def _spans(connection: Connection) -> Iterator[tuple[str, dt.datetime, dt.datetime]]:
    """Each partition but the one for the rest, with where it begins and ends."""
    for name in connection.scalars(_ALL).all():
        found = _NAME.fullmatch(name)
        if found is None:
            continue
        month = dt.datetime(int(found[2]), int(found[3]), 1, tzinfo=dt.UTC)
        yield (name, _FIRST, month) if found[1] else (name, month, next_month(month))


def _done(connection: Connection, steps: Iterable[str]) -> bool:
    """Takes all of these steps, or none where a lock is not soon to be had."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_PATIENCE_MS}")
            for step in steps:
                connection.exec_driver_sql(step)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_TO_BE_HAD:
            raise
        return False
    return True
