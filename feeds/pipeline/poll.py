"""Polls one source: orders the steps, decides nothing itself.

    targets ──► Listed: fetch ► read ──► join_items ──► beyond_backfill ─┬─► EntryTaker: entries that came whole
                  │                                                      └─► plan_pages ──► PageTaker: the others
                  └─ 304: nothing to read                                                     │
    Wishes (what the publisher asks for), RecipeWatch (what selectors find) ──► decide_state ◄┘──► next_poll ──► finish

What was stored stays whatever fails; what failed is counted and named in the report. A poll whose lease was lost
stops and writes nothing more.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.decide.fingerprint import read_as
from feeds.decide.first_read import beyond_backfill
from feeds.decide.joining import join_items
from feeds.decide.pace import next_poll, pace_of
from feeds.decide.plan import Plan, plan_pages
from feeds.decide.quiet import DAYS, quiet_reason
from feeds.decide.records import skipped_record
from feeds.decide.state import Tally, decide_state
from feeds.decide.validity import has_lapsed, in_force
from feeds.errors import NothingFound, PolyfeedError, StandIn
from feeds.fetch.client import Fetcher
from feeds.model import (
    WELL,
    Change,
    Claim,
    Document,
    Hints,
    Item,
    Kind,
    NotModified,
    Outcome,
    PageRecord,
    PageState,
    Source,
    SourceState,
    SourceStatus,
    Validators,
)
from feeds.pipeline.batches import batched
from feeds.pipeline.entries import EntryTaker, name_of
from feeds.pipeline.listed import Listed
from feeds.pipeline.moved import former_addresses
from feeds.pipeline.pages import PageTaker
from feeds.pipeline.tagging import Tagger
from feeds.pipeline.turn import Limits, Turn
from feeds.pipeline.watch import RecipeWatch
from feeds.pipeline.wishes import Wishes
from feeds.store.base import Store

DEFAULT_LIMITS = Limits()
DUE_LIMIT = 50
# records of skipped pages written together: there may be tens of thousands
_SKIPPED_BATCH = 1000


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


class Poll:
    """One poll of one source, from claim to report; begins no further page once ``stopping`` says so.

    Raises StoreError when the database fails, also while it is made: what is remembered is looked up then.
    """

    def __init__(
        self,
        *,
        source: Source,
        claim: Claim,
        store: Store,
        fetcher: Fetcher,
        clock: Callable[[], dt.datetime],
        limits: Limits = DEFAULT_LIMITS,
        stopping: Callable[[], bool] = lambda: False,
        tagger: Tagger | None = None,
    ) -> None:
        now = clock()
        self._configured = source
        self._source = in_force(source, now)
        self._claim = claim
        self._store = store
        self._clock = clock
        self._turn = Turn(
            source=self._source,
            claim=claim,
            store=store,
            fetcher=fetcher,
            clock=clock,
            limits=limits,
            stopping=stopping,
            tagger=tagger,
        )
        self._read_as = read_as(self._source)
        self._targets = {target.url: target for target in self._source.targets}
        self._remembered = store.targets(source.id, list(self._targets))
        self._wishes = Wishes()
        self._watch = RecipeWatch(source=self._source, store=store, since=now, before=self._before())

    def run(self) -> PollReport:
        """Polls, writes, gives the claim back.

        Raises:
            LeaseLost: another poll took the source over; what this one wrote before stays.
            StoreError: the database failed.
        """
        began = time.monotonic()
        listed = Listed(
            source=self._source,
            store=self._store,
            get=self._get_listing,
            limit=self._turn.limits.new_per_poll,
            clock=self._clock,
            stopping=self._turn.stopping,
        )
        listed.collect()
        self._turn.archived = listed.archived
        # one page names each article once; comparing 50,000 addresses would take seconds
        items = listed.items if len(self._targets) == 1 else join_items(listed.items, listed.shared)
        self._turn.listed = {item.url for item in items}
        seen = self._seen(items, listed)
        entries = EntryTaker(turn=self._turn, seen=seen, shared=listed.shared)
        whole, with_page = entries.split(self._within_backfill(items, seen, listed))
        plan = self._plan(with_page, seen, listed)
        former = former_addresses(self._source, self._store, plan.pages, listed=self._turn.listed)
        pages = PageTaker(turn=self._turn, watch=self._watch, former=former, stopped=listed.stopped)
        entries.take(whole)
        entries.give_guids(with_page)
        left = plan.left + pages.take(plan) + listed.more
        failed = [error for error in (*entries.errors, *pages.errors) if not _is_no_article(error)]
        outcome = self._conclude(listed, pages, seen, found=len(items), failed=len(failed), left=left)
        return self._report(outcome, left=left, began=began)

    def _before(self) -> SourceStatus | None:
        """How the poll before left the source, where anybody asks for that."""
        if self._claim.state is SourceState.WAITING or not RecipeWatch.is_needed(self._source):
            return None
        return next(iter(self._store.status([self._source.id])), None)

    # --- what is listed ---------------------------------------------------------------------------------------

    def _get_listing(self, url: str, validators: Validators | None, accept: str) -> Document | NotModified:
        """As ``Turn.get``; unconditionally when the configuration is another one than at the last reading."""
        before = self._remembered.get(url)
        if before is not None and before.read_as not in ("", self._read_as):
            validators = None
        answer = self._turn.get(url, validators, accept)
        target = self._targets.get(url)
        if target is not None:
            self._wishes.hear(target, answer)
            if target.kind is Kind.LISTING and isinstance(answer, Document):
                self._watch.note_listing(answer)
        return answer

    def _seen(self, items: Sequence[Item], listed: Listed) -> dict[str, PageRecord]:
        """What is remembered of the items, by the names they are remembered by."""
        guids = [item.guid for item in items if item.guid and item.url in listed.shared]
        return {**listed.records(), **self._store.pages(self._source.id, guids)}

    def _within_backfill(self, items: list[Item], seen: dict[str, PageRecord], listed: Listed) -> list[Item]:
        """The items, without those beyond the backfill of what is read for the first time: these are remembered so."""
        if any(target.kind is Kind.ARCHIVE for target in self._targets.values()):
            return items  # what lies in a folder is all wanted, and costs its publisher nothing
        left_out = beyond_backfill(
            items,
            seen,
            name=lambda item: name_of(item, listed.shared),
            is_first=self._is_first,
            most=self._source.backfill,
        )
        named = [(name_of(item, listed.shared), item) for item in items]
        skipped = [(name, item) for name, item in named if name in left_out]
        skipped += [(item.url, item) for item in listed.beyond]
        for batch in batched(skipped, _SKIPPED_BATCH):
            now = self._clock()
            records = [skipped_record(item, key=name, now=now, source=self._source) for name, item in batch]
            self._turn.renew()
            self._turn.write((), records)
        return [item for name, item in named if name not in left_out]

    def _is_first(self, item: Item) -> bool:
        """Whether what lists the item was never read to the end."""
        known = {target.slug for url, target in self._targets.items() if url in self._remembered}
        return not known or (item.section or "") not in known

    def _plan(self, items: list[Item], seen: Mapping[str, PageRecord], listed: Listed) -> Plan:
        if listed.stopped is not None:
            return Plan(pages=(), left=len(items))
        if len(listed.failures) == len(self._targets):
            return Plan(pages=(), left=0)  # a host that is down must not use up the tries of its pages
        now = self._clock()
        since = now - dt.timedelta(seconds=self._source.recheck_s) if self._source.recheck_s else None
        due = self._store.pages_due(self._source.id, now, recheck_since=since, limit=DUE_LIMIT)
        return plan_pages(
            items,
            seen,
            due,
            now=now,
            limit=self._turn.limits.new_per_poll,
            read_as=self._read_as,
            rereads=self._source.backfill,
        )

    # --- how it ended -----------------------------------------------------------------------------------------

    def _conclude(
        self, listed: Listed, pages: PageTaker, seen: Mapping[str, PageRecord], *, found: int, failed: int, left: int
    ) -> Outcome:
        """The state the source is in and when it is polled next; written down with the claim given back."""
        now = self._clock()
        since = now.astimezone(dt.UTC).date() - dt.timedelta(days=DAYS)
        activity = self._store.activity([self._source.id], since).get(self._source.id, {})
        quiet = "" if left else quiet_reason(activity, was_quiet=self._claim.state is SourceState.QUIET, now=now)
        stale = self._watch.judge(listed.by_page.values())
        tally = self._tally(listed, pages, seen, found=found, quiet=quiet, stale=self._watch.reason(stale))
        state, reason = decide_state(tally)
        if listed.settled and not tally.is_void:  # an archive that holds nothing says why at each poll
            self._turn.remember(listed.settled)
        if not left and state in WELL:
            # remembered last: a listing answered with "not modified" must have nothing left to do
            self._turn.remember({url: replace(one, read_as=self._read_as) for url, one in listed.read.items()})
        hints = self._hints()
        pace_s = pace_of(
            self._source, activity, answers=state in WELL, hints=hints, fresh_s=self._wishes.fresh_s, now=now
        )
        failures = 0 if state in WELL else self._claim.failures + 1
        error = pages.stopped or next(iter(listed.failures.values()), None)
        due = next_poll(
            self._source, state, pace_s=pace_s, hints=hints, now=now, failures=failures, left=left, error=error
        )
        outcome = Outcome(
            state=state,
            polled_at=now,
            next_poll_at=due,
            reason=reason,
            failures=failures,
            found=found,
            new=self._turn.counts[Change.NEW],
            updated=self._turn.counts[Change.UPDATED],
            failed_pages=failed,
            hints=hints,
            pace_s=pace_s,
            suggestion=self._watch.suggest(stale),
        )
        self._store.finish(self._claim, outcome)
        return outcome

    def _hints(self) -> Hints:
        """What its feeds ask for; what one asked for when the source still had a feed is over."""
        has_feeds = any(target.kind is Kind.FEED for target in self._targets.values())
        return self._wishes.hints(self._claim.hints if has_feeds else Hints())

    def _tally(
        self, listed: Listed, pages: PageTaker, seen: Mapping[str, PageRecord], *, found: int, quiet: str, stale: str
    ) -> Tally:
        notes = list(listed.notes)
        if has_lapsed(self._configured, self._clock()):
            until = self._configured.recipe.valid_until
            notes.append(f"the recipe's last day was {until}: it is not used; renew or remove it")
        return Tally(
            targets=len(self._targets),
            failures={self._name_of(url): error for url, error in listed.failures.items()},
            pages_asked=pages.first_asked,
            pages_read=pages.first_read,
            page_errors=tuple(pages.first_errors),
            listed=tuple(record for record in seen.values() if record.state is not PageState.SKIPPED),
            state=self._claim.state,
            failed_before=self._claim.failures,
            stopped=pages.stopped,
            quiet=quiet,
            stale=stale,
            notes=tuple(notes),
            is_void=not (found or self._remembered or listed.failures or listed.beyond),
        )

    def _name_of(self, url: str) -> str:
        """What the operator calls a target: its section's slug, and its address where that is no name for it alone."""
        slugs = [target.slug for target in self._targets.values()]
        slug = self._targets[url].slug
        return slug if slugs.count(slug) == 1 else url

    def _report(self, outcome: Outcome, *, left: int, began: float) -> PollReport:
        return PollReport(
            source_id=self._source.id,
            state=outcome.state,
            reason=outcome.reason,
            found=outcome.found,
            new=outcome.new,
            updated=outcome.updated,
            same=self._turn.counts[Change.SAME],
            failed_pages=outcome.failed_pages,
            left=left,
            duration_s=time.monotonic() - began,
            seq=self._turn.seq,
            next_poll_at=outcome.next_poll_at,
        )


def _is_no_article(error: PolyfeedError) -> bool:
    """Whether a page was read well and is no article: no failure."""
    return isinstance(error, NothingFound) and not isinstance(error, StandIn)
