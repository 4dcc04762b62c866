"""The tables, as SQLAlchemy Core speaks of them; ``migrations/`` makes them, and a test says that both agree.

``article`` holds what an article is; ``entry`` where it stands: one narrow row for each article, its key the number
of its last change. ``entry`` and ``article_keyword`` are all that a feed's window reads, so no article text is
touched to find out what a feed holds. ``shelf``, ``keyword`` and ``keyword_language`` count what is in them and are
written in the same transaction.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, text

from feeds.store.columns import CleanText, Instant, JsonText, Seq

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

source = Table(
    "source",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("url", CleanText, nullable=False),
    Column("language", CleanText),
    Column("domain", CleanText, nullable=False),
    Column("sections", JsonText, nullable=False),
    Column("interval_s", Float, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("state_since", Instant, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_poll_at", Instant),
    # when it may be claimed: ``lease_until`` while leased, else ``next_poll_at``; null for what is never claimed
    Column("due_at", Instant),
    Column("lease_token", Text),
    Column("lease_until", Instant),
    Column("last_poll_at", Instant),
    Column("last_ok_at", Instant),
    Column("last_article_at", Instant),
)
Index("source_by_due", source.c.due_at, source.c.id)
# only sources that are being polled: a handful, whatever the number of sources
Index(
    "source_by_lease",
    source.c.lease_until,
    source.c.domain,
    sqlite_where=text("lease_token IS NOT NULL"),
    postgresql_where=text("lease_token IS NOT NULL"),
)

document = Table(
    "document",
    metadata,
    Column("source_id", CleanText, ForeignKey("source.id"), primary_key=True),
    Column("url", CleanText, primary_key=True),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
)

page = Table(
    "page",
    metadata,
    Column("source_id", CleanText, ForeignKey("source.id"), primary_key=True),
    Column("url", CleanText, primary_key=True),
    Column("state", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("listed_hash", CleanText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Instant),
    Column("reason", CleanText, nullable=False),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
    Column("article_id", CleanText),
    Column("section", CleanText),
)
Index("page_by_retry", page.c.source_id, page.c.state, page.c.retry_at)
Index("page_by_first_seen", page.c.source_id, page.c.state, page.c.first_seen_at)

article = Table(
    "article",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("source_id", CleanText, ForeignKey("source.id"), nullable=False),
    Column("identity", CleanText, nullable=False),
    Column("content_hash", String(32), nullable=False),
    # stands for every field, also those that make no change for a reader
    Column("whole_hash", String(32), nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("published_at", Instant),
    Column("published", Text),  # as written: a day, or a clock with its offset
    Column("updated", Text),
    Column("zone", CleanText, nullable=False),
    Column("language", CleanText, nullable=False),
    Column("section", CleanText),
    Column("url", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("authors", JsonText, nullable=False),
    Column("keywords", JsonText, nullable=False),
    Column("image", CleanText),
    Column("image_caption", CleanText),
    Column("origin", CleanText),
    Column("is_free", Boolean),
    Column("alternates", JsonText, nullable=False),
    Column("provenance", JsonText, nullable=False),
    Column("summary", CleanText, nullable=False),
    # last, since SQLite reads a long row only as far as it must
    Column("content_html", CleanText, nullable=False),
    Column("content_text", CleanText, nullable=False),
)

alias = Table(
    "alias",
    metadata,
    Column("source_id", CleanText, ForeignKey("source.id"), primary_key=True),
    Column("identity", CleanText, primary_key=True),
    Column("article_id", CleanText, ForeignKey("article.id"), nullable=False),
    # its place among the article's aliases; null for the identity itself where no alias repeats it
    Column("place", Integer),
    sqlite_with_rowid=False,
)
Index("alias_by_article", alias.c.article_id, alias.c.place)

change = Table(
    "change",
    metadata,
    Column("seq", Seq, primary_key=True, autoincrement=False),
    Column("article_id", CleanText, ForeignKey("article.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("seq", Seq, primary_key=True, autoincrement=False),
    Column("article_id", CleanText, ForeignKey("article.id"), nullable=False),
    Column("source_id", CleanText, nullable=False),
    Column("language", CleanText, nullable=False),
    Column("section", CleanText, nullable=False),  # empty: none
)
Index("entry_by_article", entry.c.article_id, unique=True)
Index("entry_by_language", entry.c.language, entry.c.seq)
Index("entry_by_source", entry.c.source_id, entry.c.seq)
Index("entry_by_section", entry.c.section, entry.c.seq)
Index("entry_by_section_language", entry.c.section, entry.c.language, entry.c.seq)

article_keyword = Table(
    "article_keyword",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("language", CleanText, primary_key=True),
    Column("seq", Seq, primary_key=True, autoincrement=False),
    Column("display", CleanText, nullable=False),
    sqlite_with_rowid=False,
)
Index("article_keyword_by_key", article_keyword.c.key, article_keyword.c.seq)
Index("article_keyword_by_seq", article_keyword.c.seq)

# ``label`` is the display form first stored; a row stays when nothing carries the keyword any more
keyword = Table(
    "keyword",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("label", CleanText, nullable=False),
    Column("articles", Integer, nullable=False),
)
Index("keyword_by_use", keyword.c.articles.desc(), keyword.c.key)

keyword_language = Table(
    "keyword_language",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("language", CleanText, primary_key=True),
    Column("articles", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index(
    "keyword_language_by_use", keyword_language.c.language, keyword_language.c.articles.desc(), keyword_language.c.key
)

shelf = Table(
    "shelf",
    metadata,
    Column("language", CleanText, primary_key=True),
    Column("section", CleanText, primary_key=True),  # empty: none
    Column("articles", Integer, nullable=False),
)
