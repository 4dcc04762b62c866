"""Archives of feeds: which there are, what each holds, and its bytes once it is written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# by code point, as SQLite compares
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Adds the tables: the history of a feed begins when it is first asked for."""
    op.create_table(
        "archive",
        sa.Column("feed", _TEXT, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("before_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("joins", sa.Integer()),
        sa.Column("previous", sa.Integer()),
        sa.Column("articles", sa.Text()),
        sa.PrimaryKeyConstraint("feed", "number", name="pk_archive"),
    )
    op.create_index("archive_by_chain", "archive", ["feed", "chain", "before_seq"], unique=True)
    op.create_table(
        "archive_document",
        sa.Column("feed", _TEXT, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.DateTime(timezone=True)),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed", "number"], ["archive.feed", "archive.number"], name="fk_archive_document_feed"
        ),
        sa.PrimaryKeyConstraint("feed", "number", "format", name="pk_archive_document"),
    )
