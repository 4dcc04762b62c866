"""One tick a second: asks the store who is due and hands the claims on; APScheduler lives here and nowhere else.

A million sources cost one query a tick, where a job for each would not. The lease is the retry: a poll whose
process was killed is claimed again when its lease runs out.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from feeds.errors import LeaseLost, StoreError
from feeds.model import Claim
from feeds.store.base import Store
from feeds.telling import Complaint

log = structlog.get_logger()

LOOK_AGAIN_S = 0.05  # how soon hands may be free again where more is due than they could take
PART_OF_TICK = 0.9  # for looking again: a tick that is still going on when the next one is due costs that one


class Dispatch(Protocol):
    """Where claims go: to threads of this process, or to workers."""

    def room(self) -> int:
        """How many more claims can be taken now."""

    def hand_on(self, claims: Sequence[Claim]) -> int:
        """Hands these on in order and returns; how many of them could be."""


class Scheduler:
    """The tick: claims due sources while there is room for them, and hands them on, as long as this process ``leads``.

    ``leads`` may raise StoreError, as the store may: it is logged, and the next tick tries again.
    """

    def __init__(
        self,
        store: Store,
        dispatch: Dispatch,
        *,
        clock: Callable[[], dt.datetime],
        leads: Callable[[], bool] = lambda: True,
        tick_s: float = 1.0,
        lease_s: float = 120.0,
    ) -> None:
        self._store = store
        self._dispatch = dispatch
        self._clock = clock
        self._leads = leads
        self._lease_s = lease_s
        self._complaint = Complaint(
            "nothing is polled: the store does not answer; tried again each tick", over="the store answers again"
        )
        self._ended = threading.Event()
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

    def keep_time(self) -> None:
        """To be called every few seconds: ticks at once where the clock was set back.

        APScheduler knows the next tick by the time of day, so it would be as far away as the clock was set back.
        """
        (job,) = self._jobs.get_jobs()
        now = dt.datetime.now(dt.UTC)
        if job.next_run_time > now + dt.timedelta(seconds=2 * self._tick_s):
            job.modify(next_run_time=now)

    def tick(self) -> int:
        """Claims and hands on what is due now; returns how many. A store that does not answer is logged.

        Where more is due than there is room for it looks again until the tick is over, so that quick polls need not
        wait for the next one.
        """
        until_s = time.monotonic() + self._tick_s * PART_OF_TICK
        handed = 0
        try:
            if not self._leads():
                return 0
            while True:
                number, is_more = self._hand_on()
                handed += number
                if not is_more or time.monotonic() > until_s or self._ended.wait(LOOK_AGAIN_S):
                    break
        except StoreError as error:
            self._complaint.say(reason=str(error))
        else:
            self._complaint.end()
        return handed

    def _hand_on(self) -> tuple[int, bool]:
        """How many claims were handed on, and whether more may be due."""
        room = self._dispatch.room()
        if room <= 0:
            return 0, True
        claims = self._store.claim_due(self._clock(), limit=room, lease_s=self._lease_s)
        done = self._dispatch.hand_on(claims) if claims else 0
        for claim in claims[done:]:
            self._give_back(claim)
        return done, len(claims) == room

    def _give_back(self, claim: Claim) -> None:
        """Makes what could not be handed on due again at once: its lease ends now."""
        try:
            self._store.renew(claim, self._clock(), lease_s=0.0)
        except LeaseLost:
            log.debug("a claim to be given back was another's already", source_id=claim.source_id)

    def stop(self) -> None:
        """Stops ticking; what was handed on goes on."""
        self._ended.set()
        self._jobs.shutdown(wait=True)
