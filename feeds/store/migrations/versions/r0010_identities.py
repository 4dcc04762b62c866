"""Every article ever stored has a row of its own, which stays when the article is dropped.

Only adds, so that the version before can read and write during and after it: a trigger writes the row for whoever
stores an article. On SQLite what referred to an article refers to that row from here on, said anew in the definitions
of the tables (as SQLite's manual has it for foreign keys: https://sqlite.org/lang_altertable.html#otheralter), so that
no table is written anew. PostgreSQL follows in the revisions behind this, each with locks of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feeds.store.migrations.locking import hold_tables

revision = "0010"
down_revision = "0009"

# by code point, as SQLite compares
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_THERE = sa.text("content_hash IS NULL")
# a version that knows of no dropped articles may bring one back
_KEEP = """
INSERT INTO identity (id, source_id, first_seen_at) VALUES (NEW.id, NEW.source_id, NEW.first_seen_at)
ON CONFLICT (id) DO UPDATE SET first_seen_at = excluded.first_seen_at, content_hash = NULL
"""
_POINTING = ("alias", "change", "entry", "likeness", "translation")


def upgrade() -> None:
    """Adds the table, and fills it where nobody else can write meanwhile."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        hold_tables(op.get_bind(), source="SHARE ROW EXCLUSIVE", article="SHARE ROW EXCLUSIVE")
    op.create_table(
        "identity",
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("source_id", _TEXT, nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(32)),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_identity_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_identity"),
        sqlite_with_rowid=False,
    )
    if is_sqlite:
        op.execute(
            "INSERT INTO identity (id, source_id, first_seen_at) "
            "SELECT id, source_id, first_seen_at FROM article ORDER BY id"
        )
        op.execute(f"CREATE TRIGGER article_identity AFTER INSERT ON article BEGIN {_KEEP}; END")
        _point_elsewhere()
    else:
        op.execute(
            f"CREATE FUNCTION keep_identity() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_KEEP}; RETURN NULL; END $$"
        )
        op.execute(
            "CREATE TRIGGER article_identity AFTER INSERT ON article FOR EACH ROW EXECUTE FUNCTION keep_identity()"
        )
    op.create_index(
        "identity_by_first_seen",
        "identity",
        ["first_seen_at", "id"],
        sqlite_where=_THERE,
        postgresql_where=_THERE,
    )


def _point_elsewhere() -> None:
    """What is stored in the tables is what it was; only what a key of theirs refers to is said otherwise."""
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    for table in _POINTING:
        connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, 'REFERENCES article (id)', 'REFERENCES identity (id)')"
            " WHERE type = 'table' AND name = ?",
            (table,),
        )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
