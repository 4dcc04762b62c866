"""What one scheduler of several does: registers the sources, hands polls on, tells of changes, keeps house.

The others ask each second whether it is their turn. The duty is a lock of the store's, which ends with its holder, so
another one takes over as soon as a leader that was killed is gone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from feeds import metrics
from feeds.alerts import Alerts
from feeds.cli.roster import LOOK_EVERY_S, Roster
from feeds.clock import utc_now
from feeds.errors import StoreError
from feeds.housekeeping import Housekeeping
from feeds.schedule import Dispatch, Scheduler
from feeds.settings import Settings
from feeds.store import Store
from feeds.telling import Complaint

if TYPE_CHECKING:
    from feeds.push import Push

log = structlog.get_logger()

DUTY = "schedule"
ASK_EVERY_S = 1.0


class Leading:
    """Leads whenever no other scheduler does."""

    def __init__(self, settings: Settings, store: Store, *, dispatch: Dispatch, roster: Roster, alerts: Alerts) -> None:
        self._settings = settings
        self._store = store
        self._dispatch = dispatch
        self._roster = roster
        self._alerts = alerts
        self._stands_by = False
        self._complaint = Complaint("the store does not answer; a changed configuration waits")

    def until(self, ended: threading.Event) -> None:
        """Leads or stands by until the event is set; a store that does not answer is waited for."""
        while not ended.is_set():
            try:
                self._lead_or_stand_by(ended)
            except StoreError as error:
                self._complaint.say(reason=str(error))
            ended.wait(ASK_EVERY_S)

    def _lead_or_stand_by(self, ended: threading.Event) -> None:
        if self._leads():
            self._roster.refresh(self._store, utc_now(), anew=True)  # another leader may have had other files
            self._complaint.end()
            with self._at_work() as scheduler:
                while self._still_leads() and not ended.wait(LOOK_EVERY_S):
                    scheduler.keep_time()
        elif not self._stands_by:
            self._stands_by = True
            log.info("scheduler stands by: another one leads")

    def _leads(self) -> bool:
        leads = self._store.lead(DUTY)
        metrics.leader.set(int(leads))
        return leads

    def _still_leads(self) -> bool:
        """Also while the store does not answer: nothing is done meanwhile, and nobody else can take the duty over."""
        try:
            if not self._leads():
                log.warning("another scheduler leads now")
                return False
            self._roster.refresh(self._store, utc_now())
        except StoreError as error:
            self._complaint.say(reason=str(error))
        else:
            self._complaint.end()
        return True

    @contextmanager
    def _at_work(self) -> Iterator[Scheduler]:
        settings = self._settings
        self._stands_by = False
        house = Housekeeping(settings, self._store, clock=utc_now)
        scheduler = Scheduler(
            self._store,
            self._dispatch,
            clock=utc_now,
            leads=self._leads,
            tick_s=settings.tick_s,
            lease_s=settings.lease_s,
        )
        house.start()
        scheduler.start()
        self._alerts.start()
        push = self._open_push()
        log.info("scheduler leads", sources=len(self._roster.sources))
        try:
            yield scheduler
        finally:
            scheduler.stop()
            self._alerts.stop()
            if push is not None:
                push.stop()
            house.stop()

    def _open_push(self) -> Push | None:
        """Begins to tell the hub what changes; None without one."""
        settings = self._settings
        if settings.hub and not settings.public_hub:
            log.warning("the hub is told nothing: with `keys` set it could not read the feeds")
        if not settings.public_hub:
            return None
        from feeds.push import Push  # for nothing where no hub is set

        push = Push(settings, self._store, clock=utc_now, leads=self._leads)
        push.start()
        return push
