"""What was asked for and answered, how far readers of events have come, and what the operator should know."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKeyConstraint, Index, Integer, LargeBinary, String, Table, Text

from feeds.store.columns import CleanText, Instant, JsonText, KeyText, Seq
from feeds.store.tables.shared import metadata

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

# further documents of a feed (RFC 5005), numbered as they were announced; ``chain`` stands for what the feed meant then
archive = Table(
    "archive",
    metadata,
    Column("feed", KeyText, primary_key=True),
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
    Column("feed", KeyText, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("format", Text, primary_key=True),
    Column("last_modified", Instant),  # null where it holds no article
    Column("body", LargeBinary, nullable=False),
    ForeignKeyConstraint(["feed", "number"], ["archive.feed", "archive.number"]),
)
