"""Full text, inferred keywords, display forms by use, and the same story in other languages.

Only adds, so that the version before can read and write during and after it. Articles come into the full text later,
beside the polls (``catching_up``), and so do those that the version before writes: for them ``entry.in_words`` is
false.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# by code point, as SQLite compares
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_UNREAD = sa.text("NOT in_words")
_COLUMNS = ("title", "body", "authors", "keywords", "facets")


def upgrade() -> None:
    """Adds columns and tables, and counts display forms."""
    op.add_column("article", sa.Column("inferred", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("article_keyword", sa.Column("inferred", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("entry", sa.Column("in_words", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("entry", sa.Column("dated_at", sa.DateTime(timezone=True)))
    op.create_index("entry_by_words", "entry", ["seq"], sqlite_where=_UNREAD, postgresql_where=_UNREAD)
    _keyword_form()
    _translation()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE VIRTUAL TABLE words USING fts5({', '.join(_COLUMNS)}, content='', columnsize=0, tokenize='ascii')"
        )
    else:
        _words()


def _keyword_form() -> None:
    op.create_table(
        "keyword_form",
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("display", _TEXT, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "display", name="pk_keyword_form"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO keyword_form (key, display, articles) "
        "SELECT key, display, count(*) FROM article_keyword GROUP BY key, display"
    )


def _translation() -> None:
    op.create_table(
        "translation",
        sa.Column("article_id", _TEXT, nullable=False),
        sa.Column("language", _TEXT, nullable=False),
        sa.Column("other_id", _TEXT, nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_translation_article_id"),
        sa.ForeignKeyConstraint(["other_id"], ["article.id"], name="fk_translation_other_id"),
        sa.PrimaryKeyConstraint("article_id", "language", "other_id", name="pk_translation"),
        sqlite_with_rowid=False,
    )


def _words() -> None:
    op.create_table(
        "words",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("terms", sa.ARRAY(sa.Text()), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _COLUMNS),
        sa.PrimaryKeyConstraint("seq", name="pk_words"),
    )
    op.create_index("words_by_term", "words", ["terms"], postgresql_using="gin")
