"""What is done with a claim: one poll of one source, told in one log line.

Today it runs on this process's threads (``feeds.schedule.ThreadDispatch``); a queue's worker calls the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from importlib.metadata import version

import structlog

from feeds.errors import LeaseLost, StoreError
from feeds.fetch.budget import Budget
from feeds.fetch.client import Fetcher
from feeds.model import Claim, Source, SourceState
from feeds.pipeline.poll import Limits, Poll, PollReport
from feeds.settings import Settings
from feeds.store.base import Store

log = structlog.get_logger()


def utc_now() -> dt.datetime:
    """The clock of the running service; everything below takes ``now`` as an argument."""
    return dt.datetime.now(dt.UTC)


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
    ) -> None:
        self._sources = sources
        self._store = store
        self._fetcher = fetcher
        self._clock = clock
        self._limits = Limits(
            new_per_poll=settings.new_per_poll, page_attempts=settings.page_attempts, lease_s=settings.lease_s
        )

    def poll(self, claim: Claim) -> PollReport | None:
        """One poll, one log line; None when its lease was lost or the store failed.

        Anything but those two that goes wrong with a source is in the report; an exception is a bug.
        """
        source = self._sources[claim.source_id]
        poll = Poll(
            source=source,
            claim=claim,
            store=self._store,
            fetcher=self._fetcher,
            clock=self._clock,
            limits=self._limits,
        )
        try:
            report = poll.run()
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
