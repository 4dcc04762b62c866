"""PostgreSQL: articles in one partition a month (UTC) of ``first_seen_at``; what is stored is the first, as it lies.

Looking through what the revision before said keeps nobody waiting. The rest only says what the tables are: today's is
attached, with its index and its keys, and none of its rows is read or written.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feeds.store.migrations.locking import hold_tables

revision = "0013"
down_revision = "0012"

_POINTING = ("alias", "change", "entry", "likeness", "translation")
_NOT_SURE = sa.text("SELECT conname FROM pg_constraint WHERE conrelid = CAST(:name AS regclass) AND NOT convalidated")
# what is to become of the table, in this order; ``first`` is named by its end, and so is the check on it
_STEPS = (
    "DROP TRIGGER article_identity ON article",
    "ALTER TABLE article DROP CONSTRAINT pk_article",
    "ALTER TABLE article RENAME TO {first}",
    "ALTER TABLE {first} ADD CONSTRAINT pk_{first} PRIMARY KEY USING INDEX article_by_month",
    "CREATE TABLE article (LIKE {first} INCLUDING DEFAULTS) PARTITION BY RANGE (first_seen_at)",
    "ALTER TABLE article ADD CONSTRAINT pk_article PRIMARY KEY (id, first_seen_at)",
    "ALTER TABLE article ADD CONSTRAINT fk_article_source_id FOREIGN KEY (source_id) REFERENCES source (id)",
    "ALTER TABLE article ATTACH PARTITION {first} FOR VALUES FROM (MINVALUE) TO ('{end} 00:00+00')",
    "ALTER TABLE {first} DROP CONSTRAINT {first}",
    "CREATE TABLE article_other PARTITION OF article DEFAULT",
    "CREATE TRIGGER article_identity AFTER INSERT ON article FOR EACH ROW EXECUTE FUNCTION keep_identity()",
)


def upgrade() -> None:
    """Attaches the table; SQLite has no partitions."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    (first,) = connection.scalars(_NOT_SURE, {"name": "article"}).all()
    for table in ("article", *_POINTING):
        for name in connection.scalars(_NOT_SURE, {"name": table}).all():
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    hold_tables(connection, source="SHARE ROW EXCLUSIVE", article="ACCESS EXCLUSIVE")
    end = first.removeprefix("article_until_").replace("_", "-") + "-01"
    for step in _STEPS:
        op.execute(step.format(first=first, end=end))
