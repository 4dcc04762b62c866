"""What is done with a claim: one poll of one source, told in one log line.

Today it runs on this process's threads (``feeds.schedule.ThreadDispatch``); a queue's worker calls the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from importlib.metadata import version

import structlog

from feeds.clock import utc_now
from feeds.concepts import ConceptsFile
from feeds.errors import LeaseLost, StoreError
from feeds.fetch.budget import Budget
from feeds.fetch.client import Fetcher
from feeds.model import Claim, Outcome, Source, SourceState
from feeds.pipeline.poll import Poll, PollReport
from feeds.pipeline.tagging import Tagger
from feeds.pipeline.turn import Limits
from feeds.settings import Settings
from feeds.store.base import Store

log = structlog.get_logger()

# how soon a source that is not configured here is claimed again: its file may just be being mended
UNKNOWN_AGAIN_S = 60.0


def open_fetcher(settings: Settings) -> Fetcher:
    """A fetcher that says honestly who asks and where to complain."""
    contact = settings.contact or settings.base_url
    return Fetcher(
        user_agent=f"Polyfeed/{version('polyfeed')} (+{contact})",
        timeout_s=settings.timeout_s,
        max_bytes=settings.max_bytes,
        budget=Budget(),
    )


class Poller:
    """Polls the sources it was given; safe to call from several threads."""

    def __init__(
        self,
        sources: Mapping[str, Source],
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
        concepts = ConceptsFile(settings.config, cache_folder=settings.data)
        self._tagger = Tagger(store, lambda: concepts.meanings.concepts)
        self._limits = Limits(
            new_per_poll=settings.new_per_poll, page_attempts=settings.page_attempts, lease_s=settings.lease_s
        )

    def poll(self, claim: Claim) -> PollReport | None:
        """One poll, one log line; None when its lease was lost, the store failed or nobody knows the source.

        Anything else that goes wrong with a source is in the report; an exception is a bug.
        """
        source = self._sources.get(claim.source_id)
        if source is None:
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
            log.warning("poll stopped: another one has taken the source over", source_id=source.id)
            return None
        except StoreError as error:
            log.error(
                "poll stopped: the store failed; the lease brings it back", source_id=source.id, reason=str(error)
            )
            return None
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
