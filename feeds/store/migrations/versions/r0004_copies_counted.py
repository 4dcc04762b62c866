"""How many articles of a language or section are copies is read from an index of copies only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_REPEATS = sa.text("twin <> ''")


def upgrade() -> None:
    """Adds the index."""
    op.create_index(
        "entry_by_twin",
        "entry",
        ["twin", "language", "section"],
        sqlite_where=_REPEATS,
        postgresql_where=_REPEATS,
    )
