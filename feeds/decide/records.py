"""What to remember of an article page or feed entry: how it went in, a PageRecord out.

Pure: no input or output, no clock.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from feeds.decide.fingerprint import read_as
from feeds.decide.pace import LONGEST_WAIT_S, MAX_DOUBLINGS, SHORTEST_RETRY_S
from feeds.decide.plan import Wanted, listed_hash
from feeds.errors import (
    NothingFound,
    PolyfeedError,
    RateLimited,
    RobotsRefused,
    StandIn,
)
from feeds.model import (
    Item,
    PageRecord,
    PageState,
    Source,
    Validators,
)

NONE = Validators()


def read_record(
    want: Wanted, *, now: dt.datetime, source: Source, article_id: str, validators: Validators = NONE
) -> PageRecord:
    """What to remember of a page that was read."""
    record = _record(want, PageState.READ, now=now, source=source, article_id=article_id)
    return replace(record, validators=validators)


def entry_record(want: Wanted, *, now: dt.datetime, source: Source, article_id: str) -> PageRecord:
    """What to remember of a feed entry that brought the whole text: its page is not asked for."""
    return _record(want, PageState.ENTRY, now=now, source=source, article_id=article_id)


def named_record(item: Item, record: PageRecord) -> PageRecord:
    """What to remember of an article that a page of another kind names too: from now on that one's words count."""
    return replace(record, listed_hash=listed_hash(item))


def skipped_record(item: Item, *, key: str, now: dt.datetime, source: Source) -> PageRecord:
    """What to remember of an article beyond the backfill of a first read."""
    return _record(Wanted(item=item, before=None, key=key), PageState.SKIPPED, now=now, source=source)


def failed_record(want: Wanted, error: PolyfeedError, *, now: dt.datetime, source: Source, attempts: int) -> PageRecord:
    """What to remember of a page that was not read: when to try again, or that it was tried ``attempts`` times.

    A page that answers and is no article is left alone until its listing changes; where something else answers in
    its place, it is tried again. One that was read before stays read: its article is kept.
    """
    before = want.before
    article_id = before.article_id if before else None
    if isinstance(error, NothingFound) and not isinstance(error, StandIn):
        return _record(want, PageState.NOT_ARTICLE, now=now, source=source, reason=str(error), article_id=article_id)
    tried = before.attempts if before and before.state is PageState.FAILED else 0
    is_listed = not _is_hollow(want.item)
    if not (isinstance(error, RateLimited) or (isinstance(error, RobotsRefused) and is_listed)):
        tried += 1  # being told to wait says nothing of the page, and asking robots.txt's rules costs nobody anything
    if tried >= attempts:
        given_up = _record(want, PageState.GIVEN_UP, now=now, source=source, reason=str(error), article_id=article_id)
        return replace(given_up, attempts=tried)
    wait_s = min(
        LONGEST_WAIT_S, max(SHORTEST_RETRY_S, source.interval_s) * 2.0 ** min(max(0, tried - 1), MAX_DOUBLINGS)
    )
    if isinstance(error, RateLimited) and error.retry_after_s is not None:
        wait_s = max(wait_s, error.retry_after_s)
    if isinstance(error, RobotsRefused):
        wait_s = 0.0
    record = _record(want, PageState.FAILED, now=now, source=source, reason=str(error), article_id=article_id)
    return replace(record, attempts=tried, retry_at=now + dt.timedelta(seconds=wait_s))


def unchanged_record(record: PageRecord, *, now: dt.datetime) -> PageRecord:
    """What to remember of a page that answered "not modified"."""
    return replace(record, fetched_at=now)


def _is_hollow(item: Item) -> bool:
    """Whether the page is looked at again without being listed."""
    return item.title is None and item.published is None and item.updated is None


def _record(
    want: Wanted,
    state: PageState,
    *,
    now: dt.datetime,
    source: Source,
    reason: str = "",
    article_id: str | None = None,
) -> PageRecord:
    before, item = want.before, want.item
    return PageRecord(
        url=want.key or item.url,
        state=state,
        first_seen_at=before.first_seen_at if before else now,
        fetched_at=now,
        listed_hash=_kept_hash(want),
        reason=reason,
        article_id=article_id,
        section=item.section or (before.section if before else None),
        read_as=read_as(source),
    )


def _kept_hash(want: Wanted) -> str:
    """What the listing says now; what was remembered, where the page was looked at without being listed."""
    return want.before.listed_hash if want.before and _is_hollow(want.item) else listed_hash(want.item)
