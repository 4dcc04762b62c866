"""Polls one source: orders the steps, decides nothing itself.

    targets ──► fetch ──► read_listing / read_feed ──► plan_pages ──► for each page, oldest first:
                  │                                                     fetch ► read_page ► merge ► normalise
                  └─ 304: nothing to read                               └─► decide_changes ► store.write (in batches)

What was stored stays whatever fails; what failed is counted and named in the report. A poll whose lease was lost
stops and writes nothing more.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from feeds.decide import (
    Plan,
    Tally,
    Wanted,
    decide_changes,
    decide_state,
    failed_record,
    keep_known,
    next_poll,
    plan_pages,
    read_record,
)
from feeds.errors import (
    ArticleError,
    Blocked,
    ExtractError,
    NothingFound,
    PolyfeedError,
    RateLimited,
    SourceError,
)
from feeds.extract.feed import read_feed
from feeds.extract.listing import page_urls, read_listing
from feeds.extract.page import read_page
from feeds.fetch.client import ACCEPT_FEED, ACCEPT_PAGE, Fetcher
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
    Section,
    Source,
    SourceState,
    Update,
    Validators,
)
from feeds.normalise.article import normalise
from feeds.normalise.html import plain_text
from feeds.pipeline.read import merge_listed
from feeds.store.base import Store

# pages written together: few enough to lose little, many enough to spare the disk
BATCH = 10
# a feed entry with less text than this is a teaser: the page is fetched for the rest
TEASER_CHARACTERS = 500
DUE_LIMIT = 50


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
    """One poll of one source, from claim to report."""

    source: Source
    claim: Claim
    store: Store
    fetcher: Fetcher
    clock: Callable[[], dt.datetime]
    limits: Limits = Limits()
    failures: dict[str, PolyfeedError] = field(default_factory=dict)
    page_errors: list[PolyfeedError] = field(default_factory=list)
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))
    validators: dict[str, Validators] = field(default_factory=dict)
    pages_asked: int = 0
    pages_read: int = 0
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
        listed = self._list_items()
        whole, teasers = self._split(listed)
        plan = self._plan(teasers)
        self._take_whole(whole)
        self._take_pages(plan)
        if not plan.left and self.stopped is None:
            # remembered last: a listing answered with "not modified" must have nothing left to do
            self.seq = self.store.write(self.claim, Update(documents=self.validators), self.clock())
        return self._finish(found=len(listed), left=plan.left, began=began)

    # --- what is listed ---------------------------------------------------------------------------------------

    def _list_items(self) -> list[Item]:
        """The articles that the source's pages list, each address once, in their order."""
        remembered = self.store.validators(self.source.id, [target.url for target in self.source.targets])
        items: dict[str, Item] = {}
        for target in self.source.targets:
            if self.stopped is not None:
                break
            for item in self._list_target(target, remembered.get(target.url)):
                items.setdefault(item.url, item)
        return list(items.values())

    def _list_target(self, target: Section, validators: Validators | None) -> list[Item]:
        """One section page or feed, and the pages behind it while all they list is new."""
        try:
            document = self._get(target.url, validators, ACCEPT_FEED if self.source.kind is Kind.FEED else ACCEPT_PAGE)
            if isinstance(document, NotModified):
                return []
            items = self._read_target(document, target)
        except (RateLimited, Blocked) as error:
            self.failures[target.slug] = self.stopped = error
            return []
        except SourceError as error:
            self.failures[target.slug] = error
            return []
        self.validators[target.url] = document.validators
        return items + self._list_further(target, items)

    def _list_further(self, target: Section, first: list[Item]) -> list[Item]:
        """Pages 2, 3, … of a listing, as long as the page before held nothing that is known."""
        found: list[Item] = []
        last = first
        for url in page_urls(target.url, self.source.recipe, self.source.pages)[1:]:
            if not last or self.store.pages(self.source.id, [item.url for item in last]):
                break
            try:
                document = self._get(url, None)
                if isinstance(document, NotModified):
                    break
                last = self._read_target(document, target)
            except (RateLimited, Blocked) as error:
                self.stopped = error
                break
            except SourceError:
                break  # the last page was the one before
            found += last
        return found

    def _get(self, url: str, validators: Validators | None, accept: str = ACCEPT_PAGE) -> Document | NotModified:
        if time.monotonic() - self.renewed_s > self.limits.lease_s / 3:
            self.store.renew(self.claim, self.clock(), lease_s=self.limits.lease_s)
            self.renewed_s = time.monotonic()
        return self.fetcher.fetch(
            url,
            source_id=self.source.id,
            allow_private=self.source.allow_private,
            delay_s=self.source.delay_s,
            validators=validators,
            accept=accept,
        )

    def _read_target(self, document: Document, target: Section) -> list[Item]:
        if self.source.kind is Kind.FEED:
            return read_feed(document, source=self.source, section=target)
        return read_listing(document, source=self.source, section=target)

    # --- what is read -----------------------------------------------------------------------------------------

    def _split(self, listed: list[Item]) -> tuple[list[Item], list[Item]]:
        """Feed entries that bring their whole text, and items whose page must be fetched."""
        if self.source.kind is not Kind.FEED:
            return [], listed
        whole: list[Item] = []
        teasers: list[Item] = []
        for item in listed:
            text = plain_text(item.content_html or "")
            (whole if len(text) >= TEASER_CHARACTERS else teasers).append(item)
        return whole, teasers

    def _plan(self, items: list[Item]) -> Plan:
        if self.stopped is not None:
            return Plan(pages=(), left=len(items))
        now = self.clock()
        seen = self.store.pages(self.source.id, [item.url for item in items])
        since = now - dt.timedelta(seconds=self.source.recheck_s) if self.source.recheck_s else None
        due = self.store.pages_due(self.source.id, now, recheck_since=since, limit=DUE_LIMIT)
        return plan_pages(items, seen, due, now=now, limit=self.limits.new_per_poll)

    def _take_whole(self, items: list[Item]) -> None:
        """Stores entries that came whole, oldest first."""
        articles: list[Article] = []
        for item in reversed(items):
            try:
                articles.append(self._normalise(item))
            except ArticleError as error:
                self.page_errors.append(error)
        for start in range(0, len(articles), BATCH):
            self._write(articles[start : start + BATCH], {})

    def _take_pages(self, plan: Plan) -> None:
        """Fetches and stores article pages in batches."""
        for batch in _batches(plan.pages):
            articles: dict[str, Article] = {}
            records: dict[str, PageRecord] = {}
            for want in batch:
                if self.stopped is not None:
                    break
                self.pages_asked += 1
                self._take_page(want, articles, records)
            self._write(list(articles.values()), records)

    def _take_page(self, want: Wanted, articles: dict[str, Article], records: dict[str, PageRecord]) -> None:
        try:
            article = self._read(want)
        except (SourceError, ArticleError) as error:
            self.page_errors.append(error)
            if isinstance(error, RateLimited):
                self.stopped = error
            records[want.item.url] = failed_record(
                want, error, now=self.clock(), source=self.source, attempts=self.limits.page_attempts
            )
            return
        self.pages_read += 1
        articles[want.item.url] = article
        records[want.item.url] = read_record(want, now=self.clock(), article_id=article.id)

    def _read(self, want: Wanted) -> Article:
        """One article page, from its address to the common model; a teaser stands in for an unreadable page."""
        try:
            document = self._get(want.item.url, None)
            if isinstance(document, NotModified):
                raise ExtractError("not modified, though nothing was remembered of it", url=want.item.url)
            item = read_page(document.body, document.url, content_type=document.content_type, recipe=self.source.recipe)
        except RateLimited:
            raise
        except SourceError:
            if self.source.kind is Kind.FEED and want.item.title and (want.item.summary or want.item.content_html):
                return self._normalise(want.item)
            raise
        article = self._normalise(merge_listed(item, want.item))
        if want.before is None or want.before.article_id is None:
            return article
        stored = self.store.load([want.before.article_id]).get(want.before.article_id)
        return keep_known(article, stored.article) if stored else article

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

    def _finish(self, *, found: int, left: int, began: float) -> PollReport:
        tally = Tally(
            targets=len(self.source.targets),
            failures=self.failures,
            pages_asked=self.pages_asked,
            pages_read=self.pages_read,
            page_errors=tuple(self.page_errors),
            stopped=self.stopped,
        )
        state, reason = decide_state(tally)
        failures = 0 if state is SourceState.OK else self.claim.failures + 1
        now = self.clock()
        limited = self.stopped or next(iter(self.failures.values()), None)
        due = next_poll(self.source, state, now=now, failures=failures, left=left, error=limited)
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


def _batches(pages: tuple[Wanted, ...]) -> Iterator[tuple[Wanted, ...]]:
    for start in range(0, len(pages), BATCH):
        yield pages[start : start + BATCH]
