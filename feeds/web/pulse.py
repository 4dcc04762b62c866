"""A store in; its change counter as it was a moment ago, and whether the store answers at all, out.

Requests never wait for long: where a thread looks that does nothing else (``keep_looking``), a request that finds the
counter too old wakes it, and goes on with what is there when no answer comes within a quarter of a second. From then on
the store counts as down until it answers: a database that hangs looks like one that is away.

Hints (``Store.await_change``) have the thread look at once. They may be lost: the counter, read as often as before, is
what tells of a change. Nobody looks while no feed is asked for, unless the store was down.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from feeds.errors import StoreError
from feeds.store.base import Store

LOOK_S = 0.5  # how long an answer may be behind the store
LOOK_EVERY_S = 0.2  # so often a thread looks that does nothing else
IDLE_S = 2.0  # so long after the last question it goes on looking
WAIT_S = 0.25  # for another thread that looks, before what is there is used
HINT_S = 5.0  # how long a hint is waited for at a time


def _nothing(_before: int, _after: int) -> None:
    """What is done after a look unless somebody wants to know."""


class Pulse:
    """Safe to share between threads. ``is_down``: the store did not answer when it was asked last."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Knows nothing yet."""
        self.is_down = False
        self.on_look: Callable[[int, int], None] = _nothing  # with the number before and the one now, before it is told
        self._store = store
        self._clock = clock
        self._seq = -1
        self._asked_at = float("-inf")
        self._looked_at = float("-inf")
        self._look = threading.Lock()
        self._wake = threading.Event()
        self._looked = threading.Condition()
        self._looks = 0
        self._is_watched = False
        self._has_ended = False

    @property
    def is_watched(self) -> bool:
        """Whether a thread looks by itself, so that the store is known to be back without being asked."""
        return self._is_watched

    def seq(self) -> int:
        """The store's change counter as it was half a second ago at most; the last known while the store is down."""
        self._asked_at = self._clock()
        if self._asked_at - self._looked_at < LOOK_S:
            return self._seq
        if self._is_watched:
            self._have_looked()
        elif self._look.acquire(timeout=WAIT_S):
            try:
                if self._clock() - self._looked_at >= LOOK_S:
                    self._read()
            finally:
                self._look.release()
        return self._seq

    def keep_looking(self) -> None:
        """Looks at the store in a thread of its own while feeds are asked for, so that no request waits for it."""
        self._is_watched = True
        threading.Thread(target=self._look_for_ever, name="looking", daemon=True).start()
        threading.Thread(target=self._listen_for_ever, name="hints", daemon=True).start()

    def _have_looked(self) -> None:
        """Has the thread look; nobody waits for a store that is known to be down."""
        self._wake.set()
        if self.is_down:
            return
        with self._looked:
            before = self._looks
            if not self._looked.wait_for(lambda: self._looks != before, WAIT_S):
                self.is_down = True

    def _look_for_ever(self) -> None:
        while not self._has_ended:
            self._wake.wait(LOOK_EVERY_S)
            is_asked = self._clock() - self._asked_at < IDLE_S
            if is_asked or self._wake.is_set() or self.is_down:
                self._wake.clear()
                self._read()
                with self._looked:
                    self._looks += 1
                    self._looked.notify_all()

    def _listen_for_ever(self) -> None:
        while not self._has_ended:
            began = time.monotonic()
            if self._store.await_change(HINT_S):
                if self._clock() - self._asked_at < IDLE_S:
                    self._wake.set()
            elif time.monotonic() - began < HINT_S / 2:  # only a store that was closed does not wait
                self._has_ended = True

    def _read(self) -> None:
        now = self._clock()
        try:
            seq = self._store.change_seq()
        except StoreError:
            self.is_down = True
        else:
            self.is_down = False
            self.on_look(self._seq, seq)
            self._seq = seq
        self._looked_at = now
