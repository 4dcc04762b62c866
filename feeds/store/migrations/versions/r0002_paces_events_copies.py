"""What publishers ask for, events, activity, and which articles repeat others.

Only adds, each new column with a default or null, so that the version before can read during and after it. The
listings that it remembers keep ``read_at`` null: when they were read was never written down.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# by code point, as SQLite compares
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTED = dt.timedelta(days=60)
_DATES = ("first_seen_at", "published_at")


def upgrade() -> None:
    """Adds columns and tables, and counts what is stored."""
    _source()
    _source_event()
    _cursor()
    _note()
    _activity()
    op.add_column("document", sa.Column("read_at", _INSTANT))
    op.add_column("document", sa.Column("lastmod", _TEXT))
    for table in ("document", "page"):
        op.add_column(table, sa.Column("read_as", _TEXT, nullable=False, server_default=""))
    op.create_index("alias_by_identity", "alias", ["identity", "article_id"])
    _bands()
    op.add_column("entry", sa.Column("twin", sa.Text(), nullable=False, server_default=""))
    op.add_column("entry", sa.Column("original_id", _TEXT))
    for table in ("keyword_language", "shelf"):
        op.add_column(table, sa.Column("same", sa.Integer(), nullable=False, server_default="0"))


def _source() -> None:
    op.add_column("source", sa.Column("hints", sa.Text()))
    op.add_column("source", sa.Column("pace_s", sa.Float()))
    op.add_column("source", sa.Column("suggestion", _TEXT, nullable=False, server_default=""))
    op.add_column("source", sa.Column("articles", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE source SET articles = (SELECT count(*) FROM entry WHERE entry.source_id = source.id)")
    op.create_index("source_by_state", "source", ["state", "id"])


def _source_event() -> None:
    op.create_table(
        "source_event",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("source_id", _TEXT, nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_source_event_source_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_source_event"),
    )


def _cursor() -> None:
    op.create_table(
        "cursor",
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("seq", _SEQ, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_cursor"),
    )


def _note() -> None:
    op.create_table(
        "note",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_note"),
    )


def _activity() -> None:
    op.create_table(
        "activity",
        sa.Column("source_id", _TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_activity_source_id"),
        sa.PrimaryKeyConstraint("source_id", "day", name="pk_activity"),
        sqlite_with_rowid=False,
    )
    _count_days()


def _count_days() -> None:
    """Counts the articles of the last weeks, each on the day it is dated or, when that is later, first seen."""
    connection = op.get_bind()
    article = sa.table("article", sa.column("source_id"), *(sa.column(name, _INSTANT) for name in _DATES))
    last = connection.scalar(sa.select(sa.func.max(article.c.first_seen_at)))
    if last is None:
        return
    dated = sa.case(
        (article.c.published_at < article.c.first_seen_at, article.c.published_at), else_=article.c.first_seen_at
    )
    in_utc = sa.func.timezone("UTC", dated).cast(sa.Date())
    day = sa.func.date(dated) if connection.dialect.name == "sqlite" else in_utc
    counts = (
        sa.select(article.c.source_id, day.label("day"), sa.func.count())
        .where(article.c.first_seen_at >= last - _COUNTED, day >= (last - _COUNTED).date())
        .group_by(article.c.source_id, day)
    )
    activity = sa.table("activity", sa.column("source_id"), sa.column("day"), sa.column("articles"))
    op.execute(activity.insert().from_select(["source_id", "day", "articles"], counts))


def _bands() -> None:
    op.create_table(
        "likeness",
        sa.Column("article_id", _TEXT, nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("bands", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_likeness_article_id"),
        sa.PrimaryKeyConstraint("article_id", name="pk_likeness"),
        sqlite_with_rowid=False,
    )
    op.create_index("likeness_by_first_seen", "likeness", ["first_seen_at"])
    op.create_table(
        "band",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("article_id", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("band", "first_seen_at", "article_id", name="pk_band"),
        sqlite_with_rowid=False,
    )
