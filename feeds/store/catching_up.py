"""Articles that stand outside the full text in, until none is left: those stored by earlier versions.

A few are read in while the store is opened. Many are read in by a thread, newest first and a hundred at a time, so that
nobody waits for them: until then questions find those that are in already, and the log says how many are not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import structlog
from sqlalchemy import Connection

from feeds.errors import StoreError
from feeds.store import fulltext
from feeds.store.dialect import NO_LIMITS, set_limits

Begin = Callable[[], AbstractContextManager[Connection]]

_AT_ONCE = 100  # a few hundredths of a second, in which nobody else writes to SQLite
_PAUSE_S = 0.02
_AGAIN_S = 30.0  # after the database failed
log = structlog.get_logger()


def catch_up(reading: Begin, writing: Begin) -> CatchingUp | None:
    """Brings the full text up to date; returns the thread that goes on where that takes a while, already running.

    Args:
        reading: begins a transaction that reads.
        writing: begins one that writes.
    """
    with reading() as connection:
        is_right, left = fulltext.is_of_this_version(connection), fulltext.unread(connection)
    if not is_right:
        with writing() as connection:
            set_limits(connection, **NO_LIMITS)
            fulltext.begin_anew(connection)
            left = fulltext.unread(connection)
    if not left:
        return None
    if left <= _AT_ONCE:
        with writing() as connection:
            fulltext.read_in(connection, _AT_ONCE)
        return None
    log.info("questions do not find every article yet: the full text is being written, newest first", articles=left)
    thread = CatchingUp(writing)
    thread.start()
    return thread


class CatchingUp(threading.Thread):
    """Reads articles into the full text until all are in there."""

    def __init__(self, writing: Begin) -> None:
        super().__init__(name="full text", daemon=True)
        self._writing = writing
        self._stopped = threading.Event()

    def run(self) -> None:
        """Goes on until it is done or stopped; a database that fails is asked again later."""
        wait_s = _PAUSE_S
        while not self._stopped.wait(wait_s):
            try:
                with self._writing() as connection:
                    done = fulltext.read_in(connection, _AT_ONCE)
            except StoreError as error:
                log.warning("the full text waits", reason=str(error))
                wait_s = _AGAIN_S
                continue
            if done < _AT_ONCE:
                log.info("the full text is complete")
                return
            wait_s = _PAUSE_S

    def stop(self) -> None:
        """Ends it where it is; the next who opens the store goes on."""
        self._stopped.set()
        self.join()
