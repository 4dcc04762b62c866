"""PostgreSQL: the identities of what is stored, and the key by which articles are found in their months.

Readers go on all the while, and so do polls but for as long as the index takes.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Fills the table; SQLite's is full."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(
        "INSERT INTO identity (id, source_id, first_seen_at) "
        "SELECT id, source_id, first_seen_at FROM article ON CONFLICT DO NOTHING"
    )
    op.execute("CREATE UNIQUE INDEX article_by_month ON article (id, first_seen_at)")
