"""Whoever tells others what happens here (alerts, push) looks for it in a thread of its own: nobody waits for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from feeds.errors import StoreError

log = structlog.get_logger()

STOP_WITHIN_S = 5.0
TELL_EVERY_S = 60.0


class Complaint:
    """Says what is wrong in the log: at once, then once a minute while it lasts, and once when it is over.

    So a disk that is full for a night does not fill the log too. What is over within ``after_s`` is not worth a line.
    Safe for threads.
    """

    def __init__(self, wrong: str, *, over: str = "", after_s: float = 0.0) -> None:
        self._wrong = wrong
        self._over = over
        self._after_s = after_s
        self._began_s: float | None = None
        self._told_s: float | None = None
        self._lock = threading.Lock()

    def say(self, **facts: object) -> None:
        """It is wrong now."""
        now_s = time.monotonic()
        with self._lock:
            if self._began_s is None:
                self._began_s = now_s
            is_told = self._told_s is not None and now_s - self._told_s < TELL_EVERY_S
            if is_told or now_s - self._began_s < self._after_s:
                return
            self._told_s = now_s
        log.error(self._wrong, **facts)

    def end(self) -> None:
        """It is right now, as it mostly was."""
        with self._lock:
            was_wrong = self._told_s is not None
            self._began_s = self._told_s = None
        if was_wrong and self._over:
            log.info(self._over)


class Watch:
    """Calls ``look`` again and again until it is stopped, ``begin`` once before.

    A store that does not answer is logged, and asked again at the next look. ``ended`` is set when it is to stop: a
    look that takes long waits on it. ``end`` is called once after the last look.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], object],
        *,
        begin: Callable[[], object] | None = None,
        end: Callable[[], object] | None = None,
    ) -> None:
        self.ended = threading.Event()
        self._name = name
        self._begin = begin
        self._look = look
        self._end = end
        self._every_s = 1.0
        self._complaint = Complaint("telling waits: the store does not answer")
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self, *, every_s: float) -> None:
        """Begins to look."""
        self._every_s = every_s
        self._thread.start()

    def stop(self) -> None:
        """Ends soon; what could not be told yet is left to the next process."""
        self.ended.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_WITHIN_S)

    def _run(self) -> None:
        if self._begin is not None:
            self._patiently(self._begin)
        while not self.ended.wait(self._every_s):
            self._patiently(self._look)
        if self._end is not None:
            self._patiently(self._end)

    def _patiently(self, step: Callable[[], object]) -> None:
        try:
            step()
        except StoreError as error:
            self._complaint.say(who=self._name, reason=str(error))
        else:
            self._complaint.end()


def longer(pause_s: float, *, first_s: float, longest_s: float) -> float:
    """The pause before the next try after one of ``pause_s`` seconds (0: none yet) that failed as well."""
    return min(longest_s, pause_s * 2) if pause_s else first_s
