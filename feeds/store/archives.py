"""Archives of feeds (RFC 5005, 4): where they are cut, what each holds, and their bytes once they are written.

::

    changes, oldest first   1 ─────────────────────────────────────────────────────► now
    archives                └─ 3 ─┴── 2 ──┴── 1 ──┘└── 4 ──┴── 5 ──┘
    the feed itself                                             └── newest ──┘

A feed's history is a chain of *cuts* in the order of changes, the newest of them announced in the feed itself. The
archive at a cut holds the newest answers before it and leads back to the cut below them. Cuts are made

* forwards, when the answers that a feed shows no longer reach down to its newest cut, so that nothing ever lies
  between: behind one full archive, or, where more has come meanwhile, behind all but the newest answer;
* backwards, when someone asks for an archive: one below what it holds, down to the older archive that its stretch
  ``joins``, or to the first article. A feed that nobody reads back costs a row.

Whoever holds an archive has every article that stands before its cut: one that changes takes a new number, leaves its
place and comes again above. So an archive may be kept for ever, and a chain only grows at its new end. A feed that
begins to mean something else (other words for its keyword, another question under its name) begins a new ``chain``;
what was announced before stays.
"""

from __future__ import annotations

import zlib
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from feeds.errors import StoreError
from feeds.model import Archive, ArchiveDocument, FeedQuery, Format
from feeds.store import questions, searching, standins
from feeds.store.dialect import insert_missing, lock_archiving
from feeds.store.tables import archive, archive_document


def newest(connection: Connection, feed: str, chain: str) -> tuple[int | None, int]:
    """The number of a feed's newest archive and where it is cut; None and 0 before there is one."""
    found = connection.execute(_NEWEST.where(archive.c.feed == feed, archive.c.chain == chain)).first()
    return (found.number, found.before_seq) if found else (None, 0)


def leaves_out(connection: Connection, query: FeedQuery, cut: int, reached_seq: int) -> bool:
    """Whether an answer lies at or after the cut and before ``reached_seq``, the oldest change that is shown."""
    if reached_seq <= cut:
        return False
    below = standins.window(connection, query, limit=1, before_seq=reached_seq)
    return bool(below) and below[0][1] >= cut


def announce(
    connection: Connection, feed: str, chain: str, query: FeedQuery, *, reached_seq: int, limit: int
) -> int | None:
    """Makes the cut that is needed, unless another process has made it; returns the newest archive's number."""
    lock_archiving(connection)
    number, cut = newest(connection, feed, chain)
    if not leaves_out(connection, query, cut, reached_seq):
        return number
    before_seq = _next_cut(connection, query, cut, reached_seq, limit)
    return _add(connection, feed, chain, before_seq=before_seq, joins=number)


def is_announced(connection: Connection, feed: str, number: int) -> bool:
    """Whether a feed has an archive of this number."""
    return _row(connection, feed, number) is not None


def find(connection: Connection, feed: str, number: int) -> Archive | None:
    """An archive that someone has asked for before."""
    row = _row(connection, feed, number)
    return _archive(row) if row is not None and row.articles is not None else None


def fill(connection: Connection, feed: str, number: int, query: FeedQuery, *, limit: int) -> Archive | None:
    """Decides for good what an archive holds, unless that is decided, and announces the next; None: there is none.

    Raises:
        StoreError: the full text is not complete yet, so the answer would not be either.
    """
    lock_archiving(connection)
    row = _row(connection, feed, number)
    if row is None or row.articles is not None:
        return _archive(row) if row is not None else None
    unread = searching.first_unread(connection) if questions.is_searched(query) else None
    if unread is not None and unread < row.before_seq:
        raise StoreError("archives of this feed wait until the full text is complete")
    joined = _row(connection, feed, row.joins) if row.joins is not None else None
    floor = joined.before_seq if joined is not None else 0
    found = standins.window(connection, query, limit=limit + 1, before_seq=row.before_seq)
    held = [(name, seq) for name, seq in found if seq >= floor]
    previous = row.joins
    if len(held) > limit:
        previous = _add(connection, feed, row.chain, before_seq=held[limit - 1][1], joins=row.joins)
    articles = [name for name, _ in held[:limit]]
    here = (archive.c.feed == feed) & (archive.c.number == number)
    connection.execute(update(archive).where(here).values(articles=articles, previous=previous))
    return Archive(number=number, articles=tuple(articles), previous=previous)


def document(connection: Connection, feed: str, number: int, format_: Format) -> ArchiveDocument | None:
    """An archive as it was written; None while it was not."""
    row = connection.execute(_DOCUMENT, {"feed": feed, "number": number, "format": format_.value}).first()
    if row is None:
        return None
    return ArchiveDocument(body=zlib.decompress(row.body), last_modified=row.last_modified, previous=row.previous)


def keep(connection: Connection, feed: str, number: int, format_: Format, written: ArchiveDocument) -> ArchiveDocument:
    """Keeps an archive as written, unless another process was quicker; returns what is kept."""
    row = {"feed": feed, "number": number, "format": format_.value, "last_modified": written.last_modified}
    connection.execute(insert_missing(connection, archive_document), row | {"body": zlib.compress(written.body)})
    kept = document(connection, feed, number, format_)
    assert kept is not None
    return kept


def _next_cut(connection: Connection, query: FeedQuery, cut: int, reached_seq: int, limit: int) -> int:
    """Behind one full archive if what is shown reaches down to there; else behind all but the newest answer."""
    if cut:
        oldest = standins.window(connection, query, limit=limit + 1, after_seq=cut - 1)
        if len(oldest) > limit and reached_seq <= oldest[limit][1]:
            return oldest[limit][1]
    return standins.window(connection, query, limit=1)[0][1]


def _add(connection: Connection, feed: str, chain: str, *, before_seq: int, joins: int | None) -> int:
    last: int = connection.scalar(select(func.max(archive.c.number)).where(archive.c.feed == feed)) or 0
    row = {"feed": feed, "number": last + 1, "chain": chain, "before_seq": before_seq, "joins": joins}
    connection.execute(archive.insert(), row)
    return last + 1


def _row(connection: Connection, feed: str, number: int) -> Row[Any] | None:
    return connection.execute(select(archive).where(archive.c.feed == feed, archive.c.number == number)).first()


def _archive(row: Row[Any]) -> Archive:
    return Archive(number=row.number, articles=tuple(row.articles), previous=row.previous)


_NEWEST = select(archive.c.number, archive.c.before_seq).order_by(archive.c.before_seq.desc()).limit(1)
_DOCUMENT = (
    select(archive_document.c.body, archive_document.c.last_modified, archive.c.previous)
    .join_from(archive_document, archive)
    .where(
        archive.c.feed == bindparam("feed"),
        archive.c.number == bindparam("number"),
        archive_document.c.format == bindparam("format"),
    )
)
