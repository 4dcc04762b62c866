"""What to remember of an article page: how it went in, a PageRecord out.

Pure: no input or output, no clock.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from feeds.decide.pace import LONGEST_WAIT_S, MAX_DOUBLINGS, SHORTEST_RETRY_S
from feeds.decide.plan import Wanted, listed_hash
from feeds.errors import (
    NothingFound,
    PolyfeedError,
    RateLimited,
    RobotsRefused,
)
from feeds.model import (
    Item,
    PageRecord,
    PageState,
    Source,
    Validators,
)

NONE = Validators()


def read_record(want: Wanted, *, now: dt.datetime, article_id: str, validators: Validators = NONE) -> PageRecord:
    """What to remember of a page that was read."""
    return replace(_record(want, PageState.READ, now=now, article_id=article_id), validators=validators)


def failed_record(want: Wanted, error: PolyfeedError, *, now: dt.datetime, source: Source, attempts: int) -> PageRecord:
    """What to remember of a page that was not read: when to try again, or that it was tried ``attempts`` times.

    A page that answers and is no article is left alone until its listing changes. One that was read before stays
    read: its article is kept.
    """
    before = want.before
    article_id = before.article_id if before else None
    if isinstance(error, NothingFound):
        return _record(want, PageState.NOT_ARTICLE, now=now, reason=str(error), article_id=article_id)
    tried = before.attempts if before and before.state is PageState.FAILED else 0
    is_listed = not _is_hollow(want.item)
    if not (isinstance(error, RateLimited) or (isinstance(error, RobotsRefused) and is_listed)):
        tried += 1  # being told to wait says nothing of the page, and asking robots.txt's rules costs nobody anything
    if tried >= attempts:
        return _record(want, PageState.GIVEN_UP, now=now, reason=str(error), article_id=article_id, attempts=tried)
    wait_s = min(
        LONGEST_WAIT_S, max(SHORTEST_RETRY_S, source.interval_s) * 2.0 ** min(max(0, tried - 1), MAX_DOUBLINGS)
    )
    if isinstance(error, RateLimited) and error.retry_after_s is not None:
        wait_s = max(wait_s, error.retry_after_s)
    if isinstance(error, RobotsRefused):
        wait_s = 0.0
    record = _record(want, PageState.FAILED, now=now, reason=str(error), article_id=article_id, attempts=tried)
    return replace(record, retry_at=now + dt.timedelta(seconds=wait_s))


def unchanged_record(record: PageRecord, *, now: dt.datetime) -> PageRecord:
    """What to remember of a page that answered "not modified"."""
    return replace(record, fetched_at=now)


def _is_hollow(item: Item) -> bool:
    """Whether the page is looked at again without being listed."""
    return item.title is None and item.published is None


def _record(
    want: Wanted,
    state: PageState,
    *,
    now: dt.datetime,
    reason: str = "",
    article_id: str | None = None,
    attempts: int = 0,
) -> PageRecord:
    before, item = want.before, want.item
    return PageRecord(
        url=item.url,
        state=state,
        first_seen_at=before.first_seen_at if before else now,
        fetched_at=now,
        listed_hash=before.listed_hash if before and _is_hollow(item) else listed_hash(item),
        attempts=attempts,
        reason=reason,
        article_id=article_id,
        section=item.section or (before.section if before else None),
    )
