"""One tick a second: asks the store who is due and hands each claim on; APScheduler lives here and nowhere else.

A million sources cost one query a tick, where a job for each would not. The lease is the retry: a poll whose
process was killed is claimed again when its lease runs out.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from feeds.errors import StoreError
from feeds.model import Claim
from feeds.store.base import Store

log = structlog.get_logger()

TELL_EVERY_S = 60.0


class ThreadDispatch:
    """Runs polls on a thread pool of this process; takes no more than it has threads for.

    ``poll`` must raise only what is a bug: it is logged with its traceback, and the lease brings the source back.
    """

    def __init__(self, poll: Callable[[Claim], None], *, threads: int) -> None:
        self._poll = poll
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="poll")
        self._free = threads
        self._lock = threading.Lock()

    @property
    def free(self) -> int:
        """How many polls can start at once now."""
        with self._lock:
            return self._free

    def __call__(self, claim: Claim) -> None:
        """Starts the poll and returns."""
        with self._lock:
            self._free -= 1
        self._pool.submit(self._poll, claim).add_done_callback(lambda future: self._done(claim, future))

    def _done(self, claim: Claim, future: Future[None]) -> None:
        with self._lock:
            self._free += 1
        if not future.cancelled() and (error := future.exception()) is not None:
            log.error("poll crashed: please report this", source_id=claim.source_id, exc_info=error)

    def close(self, *, wait: bool = True) -> None:
        """Starts no poll any more; waits for the running ones."""
        self._pool.shutdown(wait=wait, cancel_futures=True)


class Scheduler:
    """The tick: claims due sources while there are free hands, and dispatches them."""

    def __init__(
        self,
        store: Store,
        dispatch: ThreadDispatch,
        *,
        clock: Callable[[], dt.datetime],
        tick_s: float = 1.0,
        lease_s: float = 120.0,
    ) -> None:
        self._store = store
        self._dispatch = dispatch
        self._clock = clock
        self._lease_s = lease_s
        self._told_s: float | None = None  # when it was last said that the store does not answer
        # a tick that takes long because the store is busy is no news: the next one does its work
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._jobs = BackgroundScheduler(timezone=dt.UTC)
        self._tick_s = tick_s

    def start(self) -> None:
        """Begins to tick, at once and then every ``tick_s`` seconds."""
        # A late tick is not made up for: the next one sees everything that is due anyway. The first is no job of its
        # own: APScheduler fails to take away a job that is over if it is stopped in that moment.
        self._jobs.add_job(
            self.tick,
            "interval",
            seconds=self._tick_s,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=dt.datetime.now(dt.UTC),
        )
        self._jobs.start()

    def tick(self) -> int:
        """Claims and dispatches what is due now; returns how many. A store that does not answer is logged."""
        free = self._dispatch.free
        if free <= 0:
            return 0
        try:
            claims = self._store.claim_due(self._clock(), limit=free, lease_s=self._lease_s)
        except StoreError as error:
            self._complain(error)
            return 0
        if self._told_s is not None:
            self._told_s = None
            log.info("the store answers again")
        for claim in claims:
            self._dispatch(claim)
        return len(claims)

    def _complain(self, error: StoreError) -> None:
        """Once, then once a minute: a disk that is full for a night must not fill the log too."""
        now_s = time.monotonic()
        if self._told_s is None or now_s - self._told_s >= TELL_EVERY_S:
            self._told_s = now_s
            log.error("nothing is polled: the store does not answer; tried again each tick", reason=str(error))

    def stop(self) -> None:
        """Stops ticking and waits for the running polls."""
        self._jobs.shutdown(wait=True)
        self._dispatch.close()
