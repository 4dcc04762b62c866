"""What a poll remembers: listings and feeds it has read, article pages.

Each function works inside the caller's transaction. Answers are keyed by the very string that was asked for, also
where the database keeps a cleaned form of it.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Connection, Row, Select, Table, and_, bindparam, func, or_, select

from feeds.model import PageRecord, PageState, TargetRecord, Validators
from feeds.store.columns import key_text
from feeds.store.dialect import insert_replacing
from feeds.store.tables import document, page

CHUNK = 500  # values in one IN list, well below what either database takes
# when a listing was read once and nobody knows when: before anything that is asked about
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def chunks(values: Collection[str]) -> Iterator[list[str]]:
    """``values`` without repeats, in lists short enough for one question."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]


def targets(connection: Connection, source_id: str, urls: Collection[str]) -> dict[str, TargetRecord]:
    """What is remembered of these listing pages, feeds and sitemaps, by address."""
    return {url: _read_target(row) for url, row in _by_text(connection, document, source_id, urls).items()}


def _read_target(row: Row[Any]) -> TargetRecord:
    """Version 0.1 wrote no ``read_at``, and an empty etag where the server sent none."""
    return TargetRecord(
        validators=Validators(etag=row.etag or None, last_modified=row.last_modified),
        read_at=row.read_at or LONG_AGO,
        lastmod=row.lastmod,
        read_as=row.read_as,
    )


def pages(connection: Connection, source_id: str, urls: Collection[str]) -> dict[str, PageRecord]:
    """What is remembered of these pages, by address."""
    return {url: _read_page(row) for url, row in _by_text(connection, page, source_id, urls).items()}


def _by_text(connection: Connection, table: Table, source_id: str, urls: Collection[str]) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    for some in chunks(urls):
        rows = {row.url: row for row in connection.execute(_addresses(table), {"whose": source_id, "some": some})}
        found.update((url, rows[key_text(url)]) for url in some if key_text(url) in rows)
    return found


@functools.cache  # making a statement costs more than running it; here and below
def _addresses(table: Table) -> Select[Any]:
    asked: BindParameter[Any] = bindparam("some", expanding=True)
    return select(table).where(table.c.source_id == bindparam("whose"), table.c.url.in_(asked))


def pages_due(
    connection: Connection, source_id: str, now: dt.datetime, *, recheck_since: dt.datetime | None, limit: int
) -> list[PageRecord]:
    """Pages to look at again, those fetched longest ago first; see ``Store.pages_due``."""
    values = {"whose": source_id, "now": now, "since": recheck_since, "limit": limit}
    rows = connection.execute(_due(rechecks=recheck_since is not None), values)
    return [_read_page(row) for row in rows]


@functools.cache
def _due(*, rechecks: bool) -> Select[Any]:
    due = and_(page.c.state == PageState.FAILED.value, page.c.retry_at <= bindparam("now"))
    if rechecks:
        due = or_(due, and_(page.c.state == PageState.READ.value, page.c.first_seen_at >= bindparam("since")))
    question = select(page).where(page.c.source_id == bindparam("whose"), due)
    return question.order_by(page.c.fetched_at, page.c.url).limit(bindparam("limit", type_=BigInteger))


def pages_like(connection: Connection, source_id: str, listed_hashes: Collection[str]) -> dict[str, str]:
    """The address of the page read last that was listed so, by hash."""
    found: dict[str, str] = {}
    for some in chunks(listed_hashes):
        question = (
            select(page.c.listed_hash, func.coalesce(page.c.address, page.c.url).label("address"))
            .where(page.c.source_id == source_id, page.c.state == PageState.READ.value, page.c.listed_hash.in_(some))
            .order_by(page.c.fetched_at, page.c.url)
        )
        found.update((row.listed_hash, row.address) for row in connection.execute(question))
    return found


def _read_page(row: Row[Any]) -> PageRecord:
    return PageRecord(
        url=row.address or row.url,
        state=PageState(row.state),
        first_seen_at=row.first_seen_at,
        fetched_at=row.fetched_at,
        listed_hash=row.listed_hash,
        attempts=row.attempts,
        retry_at=row.retry_at,
        reason=row.reason,
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        article_id=row.article_id,
        section=row.section,
        read_as=row.read_as,
    )


def remember_targets(connection: Connection, source_id: str, records: Mapping[str, TargetRecord]) -> None:
    """Keeps what each address is remembered by."""
    rows = [
        {
            "source_id": source_id,
            "url": url,
            "etag": each.validators.etag,
            "last_modified": each.validators.last_modified,
            "read_at": each.read_at,
            "lastmod": each.lastmod,
            "read_as": each.read_as,
        }
        for url, each in records.items()
    ]
    _replace(connection, document, rows)


def remember_pages(
    connection: Connection, source_id: str, records: Sequence[PageRecord], stored_ids: Mapping[str, str]
) -> None:
    """Keeps each record as it is; an article that was found again under another id is named by its stored id."""
    rows = [
        {
            "source_id": source_id,
            "url": each.url,
            "address": each.url if key_text(each.url) != each.url else None,
            "state": each.state.value,
            "first_seen_at": each.first_seen_at,
            "fetched_at": each.fetched_at,
            "listed_hash": each.listed_hash,
            "attempts": each.attempts,
            "retry_at": each.retry_at,
            "reason": each.reason,
            "etag": each.validators.etag,
            "last_modified": each.validators.last_modified,
            "article_id": stored_ids.get(each.article_id or "", each.article_id),
            "section": each.section,
            "read_as": each.read_as,
        }
        for each in records
    ]
    _replace(connection, page, rows)


def _replace(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert_replacing(connection, table), rows)
