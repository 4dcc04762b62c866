"""The full text on PostgreSQL is found by term and place together, so that a search need not go through all of it.

The new index is made beforehand, while others write, and no version asks for an index by name.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Connection

revision = "0015"
down_revision = "0014"

_PLACES = "ARRAY[(seq >> 12) << 2, (seq >> 17) << 2 | 1, (seq >> 22) << 2 | 2]"
# kB of what was written last and is not sorted in: each search reads all of it
_WAITING = "WITH (gin_pending_list_limit = 256)"
_HALF_MADE = "SELECT FROM pg_index WHERE indexrelid = to_regclass('words_by_place') AND NOT indisvalid"


def prepare(connection: Connection) -> None:
    """Makes the index, in minutes for millions of articles; each statement is a transaction by itself."""
    if connection.exec_driver_sql(_HALF_MADE).first() is not None:  # whoever made it was ended
        connection.exec_driver_sql("DROP INDEX CONCURRENTLY words_by_place")
    connection.exec_driver_sql(
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS words_by_place ON words USING gin (terms, ({_PLACES})) {_WAITING}"
    )


def upgrade() -> None:
    """Drops the index that the new one stands in for."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX words_by_term")
