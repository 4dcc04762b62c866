"""Polls one source: orders the steps, decides nothing itself.

    targets ──► Listed: fetch ► read_listing / read_feed ──► plan_pages ──► for each page, oldest first:
                  │                                                     fetch ► read_page ► merge ► normalise
                  └─ 304: nothing to read                               └─► decide_changes ► store.write (in batches)

What was stored stays whatever fails; what failed is counted and named in the report. A poll whose lease was lost
stops and writes nothing more.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from feeds.decide.changes import decide_changes, keep_known
from feeds.decide.pace import next_poll
from feeds.decide.plan import Plan, Wanted, is_in_trouble, plan_pages
from feeds.decide.records import failed_record, read_record, unchanged_record
from feeds.decide.state import Tally, decide_state
from feeds.errors import (
    ArticleError,
    FetchError,
    NothingFound,
    PolyfeedError,
    RateLimited,
    SourceError,
)
from feeds.extract.page import read_page
from feeds.fetch.client import ACCEPT_PAGE, Fetcher
from feeds.model import (
    Article,
    Change,
    Claim,
    Document,
    Item,
    Kind,
    NotModified,
    Outcome,
    PageRecord,
    Source,
    SourceState,
    Update,
    Validators,
)
from feeds.normalise.article import normalise
from feeds.normalise.html import plain_text
from feeds.pipeline.listed import Listed
from feeds.pipeline.moved import former_addresses, leads_to
from feeds.pipeline.read import merge_listed, with_address, without_address
from feeds.store.base import Store

# pages written together: few enough to lose little, many enough to spare the disk
BATCH = 10
# a feed entry with less text than this is a teaser: the page is fetched for the rest
TEASER_CHARACTERS = 500
DUE_LIMIT = 50

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one poll: pages fetched, tries for a page, and the lease's length in seconds."""

    new_per_poll: int = 200
    page_attempts: int = 5
    lease_s: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """How a poll ended, in counts. ``seq`` is the change counter after it, 0 when nothing was written."""

    source_id: str
    state: SourceState
    reason: str
    found: int
    new: int
    updated: int
    same: int
    failed_pages: int
    left: int
    duration_s: float
    seq: int
    next_poll_at: dt.datetime


@dataclass(slots=True, kw_only=True)
class Poll:
    """One poll of one source, from claim to report; begins no further page once ``stopping`` says so."""

    source: Source
    claim: Claim
    store: Store
    fetcher: Fetcher
    clock: Callable[[], dt.datetime]
    limits: Limits = Limits()
    stopping: Callable[[], bool] = lambda: False
    page_errors: list[PolyfeedError] = field(default_factory=list)
    first_errors: list[PolyfeedError] = field(default_factory=list)
    in_a_row: list[PolyfeedError] = field(default_factory=list)
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))
    former: Mapping[str, str] = field(default_factory=dict)
    first_asked: int = 0
    first_read: int = 0
    stopped: PolyfeedError | None = None
    seq: int = 0
    renewed_s: float = field(default_factory=time.monotonic)

    def run(self) -> PollReport:
        """Polls, writes, gives the claim back.

        Raises:
            LeaseLost: another poll took the source over; what this one wrote before stays.
            StoreError: the database failed.
        """
        began = time.monotonic()
        listed = Listed(
            source=self.source,
            store=self.store,
            get=self._get,
            limit=self.limits.new_per_poll,
            clock=self.clock,
            stopping=self.stopping,
        )
        listed.collect()
        self.stopped = listed.stopped
        seen = listed.records()
        whole, teasers = self._split(listed)
        plan = self._plan(teasers, seen, listed)
        self.former = former_addresses(self.source, self.store, plan.pages, listed={item.url for item in listed.items})
        self._take_whole(whole, listed.shared)
        left = plan.left + self._take_pages(plan) + listed.more
        tally = self._tally(listed, tuple(seen.values()))
        state, reason = decide_state(tally)
        if not left and state is SourceState.OK:
            # remembered last: a listing answered with "not modified" must have nothing left to do
            self.seq = self.store.write(self.claim, Update(targets=listed.read), self.clock())
        limited = self.stopped or next(iter(listed.failures.values()), None)
        return self._finish(state, reason, found=len(listed.items), left=left, error=limited, began=began)

    # --- what is read -----------------------------------------------------------------------------------------

    def _get(self, url: str, validators: Validators | None, accept: str = ACCEPT_PAGE) -> Document | NotModified:
        self._renew()
        return self.fetcher.fetch(
            url,
            source_id=self.source.id,
            allow_private=self.source.allow_private,
            delay_s=self.source.delay_s,
            validators=validators,
            accept=accept,
        )

    def _renew(self) -> None:
        if time.monotonic() - self.renewed_s > self.limits.lease_s / 3:
            self.store.renew(self.claim, self.clock(), lease_s=self.limits.lease_s)
            self.renewed_s = time.monotonic()

    def _split(self, listed: Listed) -> tuple[list[Item], list[Item]]:
        """Feed entries that bring their whole text or have no page of their own, and items whose page is fetched."""
        if self.source.kind is not Kind.FEED:
            return [], listed.items
        whole: list[Item] = []
        teasers: list[Item] = []
        for item in listed.items:
            is_whole = item.url in listed.shared or len(plain_text(item.content_html or "")) >= TEASER_CHARACTERS
            (whole if is_whole else teasers).append(item)
        return whole, teasers

    def _plan(self, items: list[Item], seen: Mapping[str, PageRecord], listed: Listed) -> Plan:
        if self.stopped is not None:
            return Plan(pages=(), left=len(items))
        if len(listed.failures) == len(self.source.targets):
            return Plan(pages=(), left=0)  # a host that is down must not use up the tries of its pages
        now = self.clock()
        since = now - dt.timedelta(seconds=self.source.recheck_s) if self.source.recheck_s else None
        due = self.store.pages_due(self.source.id, now, recheck_since=since, limit=DUE_LIMIT)
        return plan_pages(items, seen, due, now=now, limit=self.limits.new_per_poll)

    def _take_whole(self, items: list[Item], shared: Collection[str]) -> None:
        """Stores entries that came whole, oldest first."""
        for batch in _batched(reversed(items)):
            articles: list[Article] = []
            for item in batch:
                try:
                    article = self._normalise(item)
                except ArticleError as error:
                    self.page_errors.append(error)
                    continue
                articles.append(without_address(article, item.url) if item.url in shared else article)
            self._renew()
            self._write(articles, {})

    def _take_pages(self, plan: Plan) -> int:
        """Fetches and stores article pages in batches; returns how many were left when the poll was broken off."""
        asked = 0
        for batch in _batched(plan.pages):
            articles: dict[str, Article] = {}
            records: dict[str, PageRecord] = {}
            for want in batch:
                if self.stopped is not None or self.stopping():
                    break
                asked += 1
                self._take_page(want, articles, records)
            self._write(list(articles.values()), records)
        return len(plan.pages) - asked

    def _take_page(self, want: Wanted, articles: dict[str, Article], records: dict[str, PageRecord]) -> None:
        self.first_asked += want.is_first
        now = self.clock()
        try:
            document = self._open(want)
            if not isinstance(document, NotModified):
                article = self._read(want, document)
                articles[want.item.url] = article
                records[want.item.url] = read_record(
                    want, now=now, article_id=article.id, validators=document.validators
                )
            elif want.before is not None:
                records[want.item.url] = unchanged_record(want.before, now=now)
        except (SourceError, ArticleError) as error:
            self._take_failure(want, error, articles, records)
            return
        self.in_a_row.clear()
        self.first_read += want.is_first

    def _open(self, want: Wanted) -> Document | NotModified:
        """The page; one that may have moved is asked for where it was, since only there it is said to have moved."""
        former = self.former.get(want.item.url)
        if former is not None:
            try:
                answer = self._get(former, None)
                if leads_to(answer, want.item.url):
                    return answer
            except RateLimited:
                raise
            except SourceError:
                pass  # nothing there any more: then nobody says that this is the same article
        return self._get(want.item.url, want.validators)

    def _take_failure(
        self,
        want: Wanted,
        error: SourceError | ArticleError,
        articles: dict[str, Article],
        records: dict[str, PageRecord],
    ) -> None:
        """Counts what went wrong; a feed's own words stand in for a page of which nothing was read."""
        self.page_errors.append(error)
        self.in_a_row.append(error)
        if isinstance(error, RateLimited):
            self.stopped = error
        elif is_in_trouble(self.in_a_row):
            self.stopped = FetchError(
                f"the last {len(self.in_a_row)} article pages could not be fetched; the poll was broken off: {error}"
            )
        record = failed_record(want, error, now=self.clock(), source=self.source, attempts=self.limits.page_attempts)
        stand_in = None if isinstance(error, RateLimited) else self._stand_in(want)
        if stand_in is not None:
            articles[want.item.url] = stand_in
            record = replace(record, article_id=stand_in.id)
            self.first_read += want.is_first
        elif want.is_first:
            self.first_errors.append(error)
        records[want.item.url] = record

    def _stand_in(self, want: Wanted) -> Article | None:
        """The article that a teaser makes, unless its page was read before."""
        item = want.item
        if self.source.kind is not Kind.FEED or not item.title or not (item.summary or item.content_html):
            return None
        stored = self._stored(want)
        if stored and not stored.provenance.get("content_html", "feed").startswith("feed"):
            return None
        try:
            return self._normalise(item)
        except ArticleError:
            return None

    def _stored(self, want: Wanted) -> Article | None:
        if want.before is None or want.before.article_id is None:
            return None
        stored = self.store.load([want.before.article_id]).get(want.before.article_id)
        return stored.article if stored else None

    def _read(self, want: Wanted, document: Document) -> Article:
        """One article page, from its bytes to the common model."""
        item = read_page(document.body, document.url, content_type=document.content_type, recipe=self.source.recipe)
        article = self._normalise(merge_listed(item, want.item))
        if document.moved:
            article = with_address(article, document.requested_url)
        stored = self._stored(want)
        return keep_known(article, stored) if stored else article

    def _normalise(self, item: Item) -> Article:
        source = self.source
        return normalise(
            item,
            source_id=source.id,
            zone=source.zone,
            language=source.language,
            date_formats=source.recipe.date_formats,
            keyword_separators=source.recipe.keyword_separators,
            now=self.clock(),
        )

    # --- what is written --------------------------------------------------------------------------------------

    def _write(self, articles: list[Article], records: Mapping[str, PageRecord]) -> None:
        if not articles and not records:
            return
        names = {name for article in articles for name in (article.identity, *article.aliases)}
        updates = decide_changes(articles, self.store.known(self.source.id, names))
        ids = {name: update.article.id for update in updates for name in _names(update.article)}
        by_url = {article.id: ids[article.identity] for article in articles}
        pages = tuple(
            replace(record, article_id=by_url.get(record.article_id, record.article_id))
            if record.article_id
            else record
            for record in records.values()
        )
        self.seq = self.store.write(self.claim, Update(articles=updates, pages=pages), self.clock())
        for update in updates:
            self.counts[update.change] += 1

    def _tally(self, listed: Listed, seen: tuple[PageRecord, ...]) -> Tally:
        return Tally(
            targets=len(self.source.targets),
            failures=listed.failures,
            pages_asked=self.first_asked,
            pages_read=self.first_read,
            page_errors=tuple(self.first_errors),
            listed=seen,
            state=self.claim.state,
            stopped=self.stopped,
            notes=tuple(listed.notes),
        )

    def _finish(
        self,
        state: SourceState,
        reason: str,
        *,
        found: int,
        left: int,
        error: PolyfeedError | None,
        began: float,
    ) -> PollReport:
        failures = 0 if state is SourceState.OK else self.claim.failures + 1
        now = self.clock()
        due = next_poll(self.source, state, now=now, failures=failures, left=left, error=error)
        failed_pages = len([error for error in self.page_errors if not isinstance(error, NothingFound)])
        outcome = Outcome(
            state=state,
            polled_at=now,
            next_poll_at=due,
            reason=reason,
            failures=failures,
            found=found,
            new=self.counts[Change.NEW],
            updated=self.counts[Change.UPDATED],
            failed_pages=failed_pages,
        )
        self.store.finish(self.claim, outcome)
        return PollReport(
            source_id=self.source.id,
            state=state,
            reason=reason,
            found=found,
            new=outcome.new,
            updated=outcome.updated,
            same=self.counts[Change.SAME],
            failed_pages=failed_pages,
            left=left,
            duration_s=time.monotonic() - began,
            seq=self.seq,
            next_poll_at=due,
        )


def _names(article: Article) -> tuple[str, ...]:
    return (article.identity, *article.aliases)


def _batched(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while batch := list(islice(rest, BATCH)):
        yield batch
