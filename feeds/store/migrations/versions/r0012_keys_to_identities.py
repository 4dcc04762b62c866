"""PostgreSQL: what referred to an article refers to its identity, and no article is of a month to come.

All of it is said and nothing is looked through, so the locks are short; the next revision makes sure of it.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

from feeds.store.migrations.locking import hold_tables

revision = "0012"
down_revision = "0011"

_POINTING = (
    ("alias", "article_id"),
    ("change", "article_id"),
    ("entry", "article_id"),
    ("likeness", "article_id"),
    ("translation", "article_id"),
    ("translation", "other_id"),
)
_SET_RIGHT = """
UPDATE {table} SET first_seen_at = now() WHERE id IN
(SELECT id FROM identity WHERE content_hash IS NULL AND first_seen_at >= '{end} 00:00+00')
"""


def upgrade() -> None:
    """Changes the keys; SQLite's are changed."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    tables = ("article", "identity", *(table for table, _ in _POINTING))
    hold_tables(connection, **dict.fromkeys(tables, "ACCESS EXCLUSIVE"))
    for table, column in _POINTING:
        name = f"fk_{table}_{column}"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES identity (id) NOT VALID"
        )
    now: dt.datetime = connection.execute(sa.select(sa.func.now())).scalar_one()
    # the month may end before the next revision is done
    end = ((now.astimezone(dt.UTC) + dt.timedelta(days=1)).replace(day=1) + dt.timedelta(days=32)).strftime("%Y-%m-01")
    # a clock was wrong when these were stored: nothing was first seen later than now
    for table in ("article", "identity"):
        op.execute(_SET_RIGHT.format(table=table, end=end))
    op.execute(
        f"ALTER TABLE article ADD CONSTRAINT article_until_{end[:7].replace('-', '_')} "
        f"CHECK (first_seen_at < '{end} 00:00+00') NOT VALID"
    )
