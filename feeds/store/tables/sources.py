"""Sources, whose turn it is, how they fared, and what is remembered of their pages."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, Table, Text, text

from feeds.store.columns import CleanText, Instant, JsonText, KeyText, Seq
from feeds.store.tables.shared import metadata

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
    Column("url", KeyText, primary_key=True),
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
    Column("url", KeyText, primary_key=True),
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
    Column("address", CleanText),  # as it is to be fetched; null where ``url`` holds it all
)
Index("page_by_retry", page.c.source_id, page.c.state, page.c.retry_at)
Index("page_by_first_seen", page.c.source_id, page.c.state, page.c.first_seen_at)
