"""Who is due is found by domain: however many sources of one domain wait, the one whose turn it is comes at once.

Only adds. The version before may still claim and finish while this one runs: what it leaves in ``domain`` is out of
date by one lease at most, and put right when that domain's turn comes (``schedule.claim_due``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# by code point, as SQLite compares
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_LEASED = sa.text("lease_token IS NOT NULL")
_TURN = """
UPDATE domain SET due_at = (
  SELECT CASE WHEN max(s.lease_until) > min(s.due_at) THEN max(s.lease_until) ELSE min(s.due_at) END
  FROM source s WHERE s.domain = domain.name
)
"""


def upgrade() -> None:
    """Adds the table and its indexes, and fills it."""
    op.create_index("source_by_domain", "source", ["domain", "due_at", "id"])
    op.create_index(
        "source_by_poll", "source", ["domain", "lease_until"], sqlite_where=_LEASED, postgresql_where=_LEASED
    )
    op.create_table(
        "domain",
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name", name="pk_domain"),
    )
    op.create_index("domain_by_due", "domain", ["due_at", "name"])
    op.execute("INSERT INTO domain (name) SELECT DISTINCT domain FROM source")
    op.execute(_TURN)
