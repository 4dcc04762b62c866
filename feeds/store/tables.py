"""The tables, as SQLAlchemy Core speaks of them; ``migrations/`` makes them, and a test says that both agree.

``article`` holds what an article is; ``entry`` where it stands: one narrow row for each article, its key the number
of its last change. ``entry`` and ``article_keyword`` are all that a feed's window reads, so no article text is
touched to find out what a feed holds. ``shelf``, ``keyword`` and ``keyword_language`` count what is in them and are
written in the same transaction. What repeats what stands in ``entry`` too, since only the holder of the numbering
lock writes there: a poll may mark another source's article without waiting for that source's own poll.

``words`` is the full text, by change number: a virtual table of FTS5 on SQLite, arrays with an inverted index on
PostgreSQL (``fulltext``). ``entry.in_words`` says of which articles.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
    false,
    text,
)

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
    Column("read_by", Text, nullable=False, server_default=""),  # stands for recipe, api and path; empty: none
    Column("content", Text, nullable=False, server_default="full"),  # how much of its articles feeds hand on
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
    Column("hints", JsonText),  # null: the publisher asks for nothing
    Column("pace_s", Float),
    Column("suggestion", CleanText, nullable=False, server_default=""),
    Column("articles", Integer, nullable=False, server_default="0"),
)
Index("source_by_state", source.c.state, source.c.id)
Index("source_by_domain", source.c.domain, source.c.due_at, source.c.id)
# only sources that are being polled: a handful, whatever the number of sources
_LEASED = text("lease_token IS NOT NULL")
Index("source_by_poll", source.c.domain, source.c.lease_until, sqlite_where=_LEASED, postgresql_where=_LEASED)
# by these the version before finds who is due
Index("source_by_due", source.c.due_at, source.c.id)
Index("source_by_lease", source.c.lease_until, source.c.domain, sqlite_where=_LEASED, postgresql_where=_LEASED)

# whose turn it is: a domain's sources are polled one after the other, so it stands here once, however many are due
domain = Table(
    "domain",
    metadata,
    Column("name", CleanText, primary_key=True),
    # when one of its sources may be claimed: the first ``due_at`` of them, and not before the last lease runs out
    Column("due_at", Instant),
)
Index("domain_by_due", domain.c.due_at, domain.c.name)

# ``seq`` has no gaps and follows the order of commits
source_event = Table(
    "source_event",
    metadata,
    Column("seq", Seq, primary_key=True, autoincrement=False),
    Column("source_id", CleanText, ForeignKey("source.id"), nullable=False),
    Column("name", CleanText, nullable=False),
    Column("at", Instant, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", CleanText, nullable=False),
)

# how far each reader of events has come
cursor = Table(
    "cursor",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("seq", Seq, nullable=False),
)

# what the operator should know: one row for each kind of it
note = Table(
    "note",
    metadata,
    Column("name", Text, primary_key=True),
    Column("said", JsonText, nullable=False),
    Column("noted_at", Instant, nullable=False),
)

# feeds that the hub is told about; ``key`` stands for an address, which may be longer than an index takes
topic = Table(
    "topic",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("address", CleanText, nullable=False),
    Column("told", String(24), nullable=False),
    Column("asked_on", Date, nullable=False),
    sqlite_with_rowid=False,
)

# articles of a source by the day they are dated, for as long as ``activity.KEPT_DAYS``
activity = Table(
    "activity",
    metadata,
    Column("source_id", CleanText, ForeignKey("source.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("articles", Integer, nullable=False),
    sqlite_with_rowid=False,
)

document = Table(
    "document",
    metadata,
    Column("source_id", CleanText, ForeignKey("source.id"), primary_key=True),
    Column("url", CleanText, primary_key=True),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
    Column("read_at", Instant),  # null: written by a version that did not say
    Column("lastmod", CleanText),
    Column("read_as", CleanText, nullable=False, server_default=""),
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
    Column("read_as", CleanText, nullable=False, server_default=""),
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
    Column("identity", CleanText, primary_key=True),
    Column("article_id", CleanText, ForeignKey("article.id"), nullable=False),
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
    Column("article_id", CleanText, ForeignKey("article.id"), primary_key=True),
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

article_keyword = Table(
    "article_keyword",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("language", CleanText, primary_key=True),
    Column("seq", Seq, primary_key=True, autoincrement=False),
    Column("display", CleanText, nullable=False),
    # whether it was only found in the article's text
    Column("inferred", Boolean, nullable=False, server_default=false()),
    sqlite_with_rowid=False,
)
Index("article_keyword_by_key", article_keyword.c.key, article_keyword.c.seq)
Index("article_keyword_by_seq", article_keyword.c.seq)

# ``label`` is the most used display form; a row stays when nothing carries the keyword any more
keyword = Table(
    "keyword",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("label", CleanText, nullable=False),
    Column("articles", Integer, nullable=False),
)
Index("keyword_by_use", keyword.c.articles.desc(), keyword.c.key)

# how many articles have each display form of a keyword from their publisher
keyword_form = Table(
    "keyword_form",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("display", CleanText, primary_key=True),
    Column("articles", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# ``articles`` counts what feeds of every source hold, ``same`` what only feeds of its own source do (``Twin.SAME``)
keyword_language = Table(
    "keyword_language",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("language", CleanText, primary_key=True),
    Column("articles", Integer, nullable=False),
    Column("same", Integer, nullable=False, server_default="0"),
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
    Column("same", Integer, nullable=False, server_default="0"),
)

# the same story in another language: a row each way, ``language`` being that of the other article
translation = Table(
    "translation",
    metadata,
    Column("article_id", CleanText, ForeignKey("article.id"), primary_key=True),
    Column("language", CleanText, primary_key=True),
    Column("other_id", CleanText, ForeignKey("article.id"), primary_key=True),
    Column("evidence", Text, nullable=False),
    Column("certainty", Float, nullable=False),
    sqlite_with_rowid=False,
)

# further documents of a feed (RFC 5005), numbered as they were announced; ``chain`` stands for what the feed meant then
archive = Table(
    "archive",
    metadata,
    Column("feed", CleanText, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("chain", Text, nullable=False),
    Column("before_seq", Seq, nullable=False),  # what it holds last changed before this
    Column("joins", Integer),  # the older archive that the way back from it leads to; null: to the first article
    Column("previous", Integer),  # the next on that way; known, like ``articles``, once someone has asked for it
    Column("articles", JsonText),
)
Index("archive_by_chain", archive.c.feed, archive.c.chain, archive.c.before_seq, unique=True)

# what was once answered, compressed: neither changed nor deleted ever again
archive_document = Table(
    "archive_document",
    metadata,
    Column("feed", CleanText, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("format", Text, primary_key=True),
    Column("last_modified", Instant),  # null where it holds no article
    Column("body", LargeBinary, nullable=False),
    ForeignKeyConstraint(["feed", "number"], ["archive.feed", "archive.number"]),
)

# columns of words that follow each other; ``facets`` are what else a question asks for
WORD_COLUMNS = ("title", "body", "authors", "keywords", "facets")
# contentless: the text stands in ``article``. The tokenizer takes all that is not ASCII for letters, so it parts at
# spaces only
_FTS5 = f"""
CREATE VIRTUAL TABLE words USING fts5({", ".join(WORD_COLUMNS)}, content='', columnsize=0, tokenize='ascii')
"""
# the arrays find articles, the text says whether words follow each other
_ARRAYS = (
    "CREATE TABLE words (seq BIGINT NOT NULL, terms TEXT[] NOT NULL, "
    + ", ".join(f"{name} TEXT NOT NULL" for name in WORD_COLUMNS)
    + ", CONSTRAINT pk_words PRIMARY KEY (seq))",
    "CREATE INDEX words_by_term ON words USING gin (terms)",
)


@event.listens_for(metadata, "after_create")
def _make_words(_target: MetaData, connection: Connection, **_: Any) -> None:
    """The one table whose kind is the database's own."""
    for statement in (_FTS5,) if connection.dialect.name == "sqlite" else _ARRAYS:
        connection.exec_driver_sql(statement)
