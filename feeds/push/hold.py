"""Who tells the hub: of several processes the one that holds it, until it lets go or is not heard of any more."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable

from feeds.store.base import Store

LASTS_S = 30.0  # what a killed process held is another's after so long


class Hold:
    """A lease on ``what``, kept in the store as a cursor: the milliseconds since 1970 at which it runs out.

    Whoever moves the cursor holds it. Before each thing that must not be done twice, ask ``is_sure``: a process that
    was stopped for a while notices so that its time is over.
    """

    def __init__(self, what: str, store: Store, clock: Callable[[], dt.datetime], *, lasts_s: float = LASTS_S) -> None:
        self._name = f"hold {hashlib.blake2b(what.encode(), digest_size=8).hexdigest()}"
        self._store = store
        self._clock = clock
        self._lasts_s = lasts_s
        self._until = 0  # as written
        self._sure_until_s = float("-inf")  # of this machine's monotonic clock

    def take(self) -> bool:
        """Takes it where it is free, or prolongs it; whether it is ours now. Raises StoreError."""
        now_s = time.monotonic()
        if now_s < self._sure_until_s - self._lasts_s / 2:
            return True
        now = round(self._clock().timestamp() * 1000)
        written = self._store.cursor(self._name)
        # one that runs out later than any of ours could was written by a clock that was wrong
        is_others = written != self._until and now < written <= now + 2 * self._lasts_s * 1000
        until = max(now + round(self._lasts_s * 1000), written + 1) if not is_others else 0
        if is_others or not self._store.move_cursor(self._name, written, until):
            self._until, self._sure_until_s = 0, float("-inf")
            return False
        self._until, self._sure_until_s = until, now_s + self._lasts_s
        return True

    @property
    def is_sure(self) -> bool:
        """Whether nobody else can have it now."""
        return time.monotonic() < self._sure_until_s

    def let_go(self) -> None:
        """Leaves it to the next at once. Raises StoreError."""
        if self.is_sure:
            until, self._until, self._sure_until_s = self._until, 0, float("-inf")
            self._store.move_cursor(self._name, until, 0)
