"""Enclosures, credit and rights of articles, what was said of their language, and how much of them feeds hand on.

Only adds, so that the version before can read and write during and after it. What is stored already has none of it
until its page or feed says something else and it is written anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# by code point, as SQLite compares
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Adds the columns."""
    op.add_column("source", sa.Column("content", sa.Text(), nullable=False, server_default="full"))
    op.add_column("article", sa.Column("enclosures", sa.Text(), nullable=False, server_default="[]"))
    for name in ("image_credit", "rights", "declared_language", "detected_language"):
        op.add_column("article", sa.Column(name, _TEXT))
    op.add_column("article", sa.Column("language_certainty", sa.Float()))
