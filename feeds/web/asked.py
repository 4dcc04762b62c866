"""Feeds that were asked for, on their way into the store: whoever tells the hub of changes learns of them there.

Only while a hub is announced. A feed is noted when it is made and once a day after that, and what was noted is written
a moment later, together.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

from feeds.errors import StoreError
from feeds.store.base import Store
from feeds.web.repeating import repeat

WRITE_EVERY_S = 1.0
MOST_NOTED = 10_000  # while the store does not answer


class AskedFor:
    """Safe to share between threads."""

    def __init__(self, store: Store, *, now: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._now = now
        self._noted: dict[str, str] = {}
        self._lock = threading.Lock()

    def today(self) -> dt.date:
        """The day of what is noted now (UTC)."""
        return self._now().astimezone(dt.UTC).date()

    def note(self, address: str, mark: str) -> None:
        """Notes that a feed was asked for; ``mark`` is that of the window it was answered with."""
        with self._lock:
            if len(self._noted) < MOST_NOTED:
                self._noted.setdefault(address, mark)

    def write(self) -> None:
        """Writes what was noted; a store that does not answer is given it the next time."""
        with self._lock:
            noted, self._noted = self._noted, {}
        if not noted:
            return
        try:
            self._store.ask_topics(noted, self.today())
        except StoreError:
            with self._lock:
                self._noted = noted | self._noted

    def keep_writing(self) -> None:
        """Writes once a second from now on, in a thread of its own."""
        repeat(self.write, every_s=WRITE_EVERY_S, name="asked")
