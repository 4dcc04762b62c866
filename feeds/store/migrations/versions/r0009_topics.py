"""Feeds that were asked for while a WebSub hub was announced in them, so that it is told of their changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# by code point, as SQLite compares
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "topic",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("address", _TEXT, nullable=False),
        sa.Column("told", sa.String(24), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_topic"),
        sqlite_with_rowid=False,
    )
