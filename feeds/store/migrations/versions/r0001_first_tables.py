"""The first tables: sources, what polls remember, articles, their order, keywords and counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# by code point, as SQLite compares
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True)
_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes all tables and indexes."""
    _source()
    _document()
    _page()
    _article()
    _alias()
    _change()
    _entry()
    _article_keyword()
    _keyword()
    _keyword_language()
    _shelf()


def _source() -> None:
    op.create_table(
        "source",
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", _TEXT, nullable=False),
        sa.Column("language", _TEXT),
        sa.Column("domain", _TEXT, nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("interval_s", sa.Float(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", _INSTANT, nullable=False),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_poll_at", _INSTANT),
        sa.Column("due_at", _INSTANT),
        sa.Column("lease_token", sa.Text()),
        sa.Column("lease_until", _INSTANT),
        sa.Column("last_poll_at", _INSTANT),
        sa.Column("last_ok_at", _INSTANT),
        sa.Column("last_article_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
    )
    op.create_index("source_by_due", "source", ["due_at", "id"])
    op.create_index(
        "source_by_lease",
        "source",
        ["lease_until", "domain"],
        sqlite_where=sa.text("lease_token IS NOT NULL"),
        postgresql_where=sa.text("lease_token IS NOT NULL"),
    )


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("source_id", _TEXT, nullable=False),
        sa.Column("url", _TEXT, nullable=False),
        sa.Column("etag", _TEXT),
        sa.Column("last_modified", _TEXT),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_document_source_id"),
        sa.PrimaryKeyConstraint("source_id", "url", name="pk_document"),
    )


def _page() -> None:
    op.create_table(
        "page",
        sa.Column("source_id", _TEXT, nullable=False),
        sa.Column("url", _TEXT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("fetched_at", _INSTANT, nullable=False),
        sa.Column("listed_hash", _TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", _INSTANT),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("etag", _TEXT),
        sa.Column("last_modified", _TEXT),
        sa.Column("article_id", _TEXT),
        sa.Column("section", _TEXT),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_page_source_id"),
        sa.PrimaryKeyConstraint("source_id", "url", name="pk_page"),
    )
    op.create_index("page_by_first_seen", "page", ["source_id", "state", "first_seen_at"])
    op.create_index("page_by_retry", "page", ["source_id", "state", "retry_at"])


def _article() -> None:
    op.create_table(
        "article",
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("source_id", _TEXT, nullable=False),
        sa.Column("identity", _TEXT, nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("whole_hash", sa.String(length=32), nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("published_at", _INSTANT),
        sa.Column("published", sa.Text()),
        sa.Column("updated", sa.Text()),
        sa.Column("zone", _TEXT, nullable=False),
        sa.Column("language", _TEXT, nullable=False),
        sa.Column("section", _TEXT),
        sa.Column("url", _TEXT, nullable=False),
        sa.Column("title", _TEXT, nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("image", _TEXT),
        sa.Column("image_caption", _TEXT),
        sa.Column("origin", _TEXT),
        sa.Column("is_free", sa.Boolean()),
        sa.Column("alternates", sa.Text(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("summary", _TEXT, nullable=False),
        sa.Column("content_html", _TEXT, nullable=False),
        sa.Column("content_text", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_article_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
    )


def _alias() -> None:
    op.create_table(
        "alias",
        sa.Column("source_id", _TEXT, nullable=False),
        sa.Column("identity", _TEXT, nullable=False),
        sa.Column("article_id", _TEXT, nullable=False),
        sa.Column("place", sa.Integer()),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_alias_source_id"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_alias_article_id"),
        sa.PrimaryKeyConstraint("source_id", "identity", name="pk_alias"),
        sqlite_with_rowid=False,
    )
    op.create_index("alias_by_article", "alias", ["article_id", "place"])


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("article_id", _TEXT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_change_article_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_change"),
    )


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("article_id", _TEXT, nullable=False),
        sa.Column("source_id", _TEXT, nullable=False),
        sa.Column("language", _TEXT, nullable=False),
        sa.Column("section", _TEXT, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_entry_article_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_entry"),
    )
    op.create_index("entry_by_article", "entry", ["article_id"], unique=True)
    op.create_index("entry_by_language", "entry", ["language", "seq"])
    op.create_index("entry_by_section", "entry", ["section", "seq"])
    op.create_index("entry_by_section_language", "entry", ["section", "language", "seq"])
    op.create_index("entry_by_source", "entry", ["source_id", "seq"])


def _article_keyword() -> None:
    op.create_table(
        "article_keyword",
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("language", _TEXT, nullable=False),
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("display", _TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", "language", "seq", name="pk_article_keyword"),
        sqlite_with_rowid=False,
    )
    op.create_index("article_keyword_by_key", "article_keyword", ["key", "seq"])
    op.create_index("article_keyword_by_seq", "article_keyword", ["seq"])


def _keyword() -> None:
    op.create_table(
        "keyword",
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("label", _TEXT, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_keyword"),
    )
    op.create_index("keyword_by_use", "keyword", [sa.literal_column("articles DESC"), "key"])


def _keyword_language() -> None:
    op.create_table(
        "keyword_language",
        sa.Column("key", _TEXT, nullable=False),
        sa.Column("language", _TEXT, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "language", name="pk_keyword_language"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "keyword_language_by_use", "keyword_language", ["language", sa.literal_column("articles DESC"), "key"]
    )


def _shelf() -> None:
    op.create_table(
        "shelf",
        sa.Column("language", _TEXT, nullable=False),
        sa.Column("section", _TEXT, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("language", "section", name="pk_shelf"),
    )
