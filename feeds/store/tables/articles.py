"""Articles: which there ever were, what each is, where it stands, what it repeats, and its words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
    false,
    text,
)

from feeds.store.columns import CleanText, Instant, JsonText, KeyText, Seq
from feeds.store.tables.shared import metadata

# every article ever stored, and of one that was dropped (``dropping``) what a poll needs to know it again. A trigger on
# ``article`` writes it, so that the version before does too
identity = Table(
    "identity",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("source_id", CleanText, ForeignKey("source.id"), nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("content_hash", String(32)),  # null while the article is there and says so itself
    sqlite_with_rowid=False,
)
# only articles that are there
_THERE = text("content_hash IS NULL")
Index(
    "identity_by_first_seen",
    identity.c.first_seen_at,
    identity.c.id,
    sqlite_where=_THERE,
    postgresql_where=_THERE,
)

# on PostgreSQL in one partition a month (UTC) of ``first_seen_at`` (``months``), which the primary key holds there too
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
    Column("inferred", JsonText, nullable=False, server_default="[]"),
    Column("image", CleanText),
    Column("image_caption", CleanText),
    Column("image_credit", CleanText),
    Column("enclosures", JsonText, nullable=False, server_default="[]"),
    Column("rights", CleanText),
    Column("declared_language", CleanText),
    Column("detected_language", CleanText),
    Column("language_certainty", Float),
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
    Column("identity", KeyText, primary_key=True),
    Column("article_id", CleanText, ForeignKey("identity.id"), nullable=False),
    # its place among the article's aliases; null for the identity itself where no alias repeats it
    Column("place", Integer),
    sqlite_with_rowid=False,
)
Index("alias_by_article", alias.c.article_id, alias.c.place)
Index("alias_by_identity", alias.c.identity, alias.c.article_id)

# the locality-sensitive hashes of an article's text: as they were given, and one row for each, in the order in which
# they are asked for
likeness = Table(
    "likeness",
    metadata,
    Column("article_id", CleanText, ForeignKey("identity.id"), primary_key=True),
    Column("first_seen_at", Instant, nullable=False),
    Column("bands", JsonText, nullable=False),
    sqlite_with_rowid=False,
)
Index("likeness_by_first_seen", likeness.c.first_seen_at)

band = Table(
    "band",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("first_seen_at", Instant, primary_key=True),
    Column("article_id", CleanText, primary_key=True),
    sqlite_with_rowid=False,
)

change = Table(
    "change",
    metadata,
    Column("seq", Seq, primary_key=True, autoincrement=False),
    Column("article_id", CleanText, ForeignKey("identity.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("seq", Seq, primary_key=True, autoincrement=False),
    Column("article_id", CleanText, ForeignKey("identity.id"), nullable=False),
    Column("source_id", CleanText, nullable=False),
    Column("language", CleanText, nullable=False),
    Column("section", CleanText, nullable=False),  # empty: none
    Column("twin", Text, nullable=False, server_default=""),  # empty: it repeats nothing
    Column("original_id", CleanText),
    Column("in_words", Boolean, nullable=False, server_default=false()),  # whether ``words`` holds it
    Column("dated_at", Instant),  # null where it does not
)
Index("entry_by_article", entry.c.article_id, unique=True)
Index("entry_by_language", entry.c.language, entry.c.seq)
Index("entry_by_source", entry.c.source_id, entry.c.seq)
Index("entry_by_section", entry.c.section, entry.c.seq)
Index("entry_by_section_language", entry.c.section, entry.c.language, entry.c.seq)
# only articles that are not in the full text yet: none, but for a while after an update of this program
_UNREAD = text("NOT in_words")
Index("entry_by_words", entry.c.seq, sqlite_where=_UNREAD, postgresql_where=_UNREAD)
# only articles that repeat others
_REPEATS = text("twin <> ''")
Index(
    "entry_by_twin",
    entry.c.twin,
    entry.c.language,
    entry.c.section,
    sqlite_where=_REPEATS,
    postgresql_where=_REPEATS,
)

# the same story in another language: a row each way, ``language`` being that of the other article
translation = Table(
    "translation",
    metadata,
    Column("article_id", CleanText, ForeignKey("identity.id"), primary_key=True),
    Column("language", CleanText, primary_key=True),
    Column("other_id", CleanText, ForeignKey("identity.id"), primary_key=True),
    Column("evidence", Text, nullable=False),
    Column("certainty", Float, nullable=False),
    sqlite_with_rowid=False,
)

# columns of words that follow each other; ``facets`` are what else a question asks for
WORD_COLUMNS = ("title", "body", "authors", "keywords", "facets")
# contentless: the text stands in ``article``. The tokenizer takes all that is not ASCII for letters, so it parts at
# spaces only
_FTS5 = f"""
CREATE VIRTUAL TABLE words USING fts5({", ".join(WORD_COLUMNS)}, content='', columnsize=0, tokenize='ascii')
"""
# Numbers that say where an article stands in the order of changes: the stretches of 2^12, 2^17 and 2^22 changes that it
# is in, each length with a remainder of its own. Indexed together with the terms, they keep a search to a stretch.
PLACES = "ARRAY[(seq >> 12) << 2, (seq >> 17) << 2 | 1, (seq >> 22) << 2 | 2]"
# the arrays find articles, the text says whether words follow each other
_ARRAYS = (
    "CREATE TABLE words (seq BIGINT NOT NULL, terms TEXT[] NOT NULL, "
    + ", ".join(f"{name} TEXT NOT NULL" for name in WORD_COLUMNS)
    + ", CONSTRAINT pk_words PRIMARY KEY (seq))",
    # kB of what was written last and is not sorted in: each search reads all of it
    f"CREATE INDEX words_by_place ON words USING gin (terms, ({PLACES})) WITH (gin_pending_list_limit = 256)",
)


@event.listens_for(metadata, "after_create")
def _make_words(_target: MetaData, connection: Connection, **_: Any) -> None:
    """The one table whose kind is the database's own."""
    for statement in (_FTS5,) if connection.dialect.name == "sqlite" else _ARRAYS:
        connection.exec_driver_sql(statement)
