"""By what a source is read is kept, so that a mended recipe makes it due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the column: sources with a recipe are polled once more soon after."""
    op.add_column("source", sa.Column("read_by", sa.Text(), nullable=False, server_default=""))
