"""What is too long for an index of PostgreSQL is kept under a shorter key, on every database; pages keep their address.

Adds a column, and renames the few rows that are longer: the version before asks for these in vain and reads them anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feeds.store.columns import KEY_BYTES, key_text

revision = "0014"
down_revision = "0013"

# by code point, as SQLite compares
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_KEYS = (
    ("page", "url"),
    ("document", "url"),
    ("alias", "identity"),
    ("article_keyword", "key"),
    ("keyword", "key"),
    ("keyword_form", "key"),
    ("keyword_form", "display"),
    ("keyword_language", "key"),
)


def upgrade() -> None:
    """Adds the column and shortens keys."""
    op.add_column("page", sa.Column("address", _TEXT))
    for name, column in _KEYS:
        table = sa.table(name, sa.column(column), sa.column("address"))
        key = table.c[column]
        size = sa.func.length(sa.cast(key, sa.LargeBinary))
        if op.get_bind().dialect.name == "postgresql":
            size = sa.func.octet_length(key)
        for whole in op.get_bind().scalars(sa.select(key).distinct().where(size > KEY_BYTES)).all():
            address = {"address": whole} if name == "page" else {}
            op.execute(table.update().where(key == whole).values({column: key_text(whole)} | address))
