"""What is done with a claim: one poll of one source, told in one log line."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Protocol

import structlog

from feeds import metrics
from feeds.clock import utc_now
from feeds.concepts import ConceptsFile
from feeds.errors import LeaseLost, StoreError
from feeds.fetch.budget import Budget, Turns
from feeds.fetch.client import Fetcher
from feeds.model import Claim, Outcome, Source, SourceState
from feeds.pipeline.poll import Poll, PollReport
from feeds.pipeline.tagging import Tagger
from feeds.pipeline.turn import Limits
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.telling import Complaint

log = structlog.get_logger()

# how soon a source that is not configured here is claimed again: its file may just be being mended
UNKNOWN_AGAIN_S = 60.0
STORE_AGAIN_S = 1.0


class Sources(Protocol):
    """Where a poller finds its sources: a dict, or the files of a folder."""

    def get(self, source_id: str, /) -> Source | None:
        """The source of this id; None when there is none here."""


def open_fetcher(settings: Settings) -> Fetcher:
    """A fetcher that says honestly who asks and where to complain; with Redis its budget is that of all workers."""
    contact = settings.contact or settings.base_url
    return Fetcher(
        user_agent=f"Polyfeed/{version('polyfeed')} (+{contact})",
        timeout_s=settings.timeout_s,
        max_bytes=settings.max_bytes,
        budget=_open_turns(settings),
    )


def _open_turns(settings: Settings) -> Turns:
    if not settings.redis_url:
        return Budget()
    from feeds.tasks.budget import SharedBudget  # brings redis, for nothing where there is none
    from feeds.tasks.link import Link

    return SharedBudget(Link(settings.redis_url, without="this process keeps its own distance from each site"))


class Poller:
    """Polls the sources it was given; safe to call from several threads."""

    def __init__(
        self,
        sources: Sources,
        *,
        settings: Settings,
        store: Store,
        fetcher: Fetcher,
        clock: Callable[[], dt.datetime] = utc_now,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sources = sources
        self._store = store
        self._fetcher = fetcher
        self._clock = clock
        self._stopping = stopping
        self._no_store = Complaint("polls wait: the store does not answer", over="the store answers again")
        concepts = ConceptsFile(settings.config, cache_folder=settings.data)
        self._tagger = Tagger(store, lambda: concepts.meanings.concepts)
        self._limits = Limits(
            new_per_poll=settings.new_per_poll, page_attempts=settings.page_attempts, lease_s=settings.lease_s
        )

    def take(self, source_id: str, token: str) -> PollReport | None:
        """Polls what was handed on with this token, unless it came twice or too late; waits for a store that is away.

        When the process stops the claim is given back instead, so that it is due at once for another one.
        """
        lease_s = 0.0 if self._stopping() else self._limits.lease_s
        while True:
            try:
                claim = self._store.begin(source_id, token, self._clock(), lease_s=lease_s)
                break
            except StoreError as error:
                if self._stopping():
                    return None
                self._no_store.say(reason=str(error))
                time.sleep(STORE_AGAIN_S)
        self._no_store.end()
        if claim is None:
            metrics.stale_messages.inc()
            log.debug("a message was dropped: it came twice, or another poll has the source", source_id=source_id)
        return self.poll(claim) if claim is not None and lease_s else None

    def poll(self, claim: Claim) -> PollReport | None:
        """One poll, one log line; None when its lease was lost, the store failed or nobody knows the source.

        Anything else that goes wrong with a source is in the report; an exception is a bug.
        """
        source = self._sources.get(claim.source_id)
        if source is None:
            metrics.polls_cut_short.labels("unknown source").inc()
            self._disown(claim)
            return None
        try:
            report = Poll(
                source=source,
                claim=claim,
                store=self._store,
                fetcher=self._fetcher,
                clock=self._clock,
                limits=self._limits,
                stopping=self._stopping,
                tagger=self._tagger,
            ).run()
        except LeaseLost:
            metrics.polls_cut_short.labels("lease lost").inc()
            log.warning("poll stopped: another one has taken the source over", source_id=source.id)
            return None
        except StoreError as error:
            metrics.polls_cut_short.labels("store").inc()
            log.error(
                "poll stopped: the store failed; the lease brings it back", source_id=source.id, reason=str(error)
            )
            return None
        metrics.polls.labels(report.state.value).inc()
        metrics.poll_seconds.observe(report.duration_s)
        _tell(report)
        return report

    def _disown(self, claim: Claim) -> None:
        """Gives back a source that stands in the store and not in this process's configuration."""
        now = self._clock()
        outcome = Outcome(
            state=SourceState.BROKEN,
            polled_at=now,
            next_poll_at=now + dt.timedelta(seconds=UNKNOWN_AGAIN_S),
            reason="its file in config/sources is missing or has a mistake: `polyfeed check` says which",
            failures=claim.failures + 1,
        )
        log.warning("not polled", source_id=claim.source_id, state=outcome.state.value, reason=outcome.reason)
        try:
            self._store.finish(claim, outcome)
        except StoreError as error:
            log.error("the store failed; the lease brings it back", source_id=claim.source_id, reason=str(error))


def _tell(report: PollReport) -> None:
    say = log.info if report.state is SourceState.OK and not report.reason else log.warning
    facts = {
        "source_id": report.source_id,
        "state": report.state.value,
        "found": report.found,
        "new": report.new,
        "updated": report.updated,
        "same": report.same,
        "failed_pages": report.failed_pages,
        "left": report.left,
        "duration_s": round(report.duration_s, 3),
        "next_poll_at": report.next_poll_at.isoformat(timespec="seconds"),
    }
    if report.reason:
        facts["reason"] = report.reason
    say("polled", **facts)
