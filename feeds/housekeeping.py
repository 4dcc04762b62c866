"""What the leading scheduler keeps in order: room for what comes, and no more than the time that is to be kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog

from feeds import metrics
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.telling import Watch

log = structlog.get_logger()

LOOK_EVERY_S = 60.0
ROOM_EVERY = dt.timedelta(days=1)
DROP_EVERY = dt.timedelta(hours=1)
# articles dropped in one step, and the pause after it in which polls write
STEP = 1000
PAUSE_S = 0.2


class Housekeeping:
    """Keeps house in a thread of its own; a store that does not answer is tried again at the next look."""

    def __init__(self, settings: Settings, store: Store, *, clock: Callable[[], dt.datetime]) -> None:
        self._keep_months = settings.keep_months
        self._store = store
        self._clock = clock
        self._room_at: dt.datetime | None = None
        self._drop_at: dt.datetime | None = None
        self._watch = Watch("housekeeping", self.look, begin=self.look)

    def start(self) -> None:
        """Begins at once."""
        self._watch.start(every_s=LOOK_EVERY_S)

    def stop(self) -> None:
        """Ends after the step that it is at."""
        self._watch.stop()

    def look(self) -> None:
        """Does what it is time for. Raises StoreError."""
        now = self._clock()
        if _is_time(self._room_at, now, ROOM_EVERY):
            self._store.make_room(now)
            self._room_at = now
        if self._keep_months is not None and _is_time(self._drop_at, now, DROP_EVERY):
            self._drop(first_kept_month(now, self._keep_months))
            self._drop_at = now

    def _drop(self, month: dt.date) -> None:
        dropped = 0
        while number := self._store.drop_before(month, limit=STEP):
            metrics.dropped_articles.inc(number)
            dropped += number
            if self._watch.ended.wait(PAUSE_S):
                break
        if dropped:
            log.info("articles dropped that are older than `keep` says", articles=dropped, before=month.isoformat())


def _is_time(last: dt.datetime | None, now: dt.datetime, every: dt.timedelta) -> bool:
    """Also when the clock went back."""
    return last is None or not last <= now < last + every


def first_kept_month(now: dt.datetime, keep_months: int) -> dt.date:
    """The first day of the month so many months before this one."""
    months = now.year * 12 + now.month - 1 - keep_months
    return dt.date(months // 12, months % 12 + 1, 1)
