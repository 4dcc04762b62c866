"""Hints that something changed, so that nobody need ask often: one for each batch that was written (PostgreSQL).

A hint may be lost and says nothing by itself: the change counter is the truth. SQLite gives none, since its readers are
on this machine and asking costs them 20 µs.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from feeds.store.connecting import apart

_CHANNEL = "polyfeed_change"
_HINT = text(f"NOTIFY {_CHANNEL}")
_LISTEN = f"LISTEN {_CHANNEL}".encode()
_LOOK_S = 0.5  # how long whoever closes may have to wait for who waits
_AGAIN_S = 1.0  # after the server was not to be had


def hint(connection: Connection) -> None:
    """Tells whoever listens, once the caller's transaction is committed."""
    if connection.dialect.name == "postgresql":
        connection.execute(_HINT)


class Hints:
    """Waits for hints, on a connection of its own; one thread at a time waits, the others have their turn after it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._closed = threading.Event()
        self._connection: psycopg.Connection[Any] | None = None

    def wait(self, timeout_s: float) -> bool:
        """Whether a hint came within so many seconds; the time passes as well while none can come.

        After a connection is made, at first or anew, it is as if one had come: what was written before was not heard.
        """
        if self._engine.dialect.name != "postgresql":
            self._closed.wait(timeout_s)
            return False
        deadline = time.monotonic() + timeout_s
        with self._turn:
            while not self._closed.is_set() and (left_s := deadline - time.monotonic()) > 0:
                try:
                    if self._connection is None:
                        self._connection = apart(self._engine)
                        self._connection.execute(_LISTEN)
                        return True
                    if list(self._connection.notifies(timeout=min(left_s, _LOOK_S), stop_after=1)):
                        return True
                except (DBAPIError, PoolTimeout, psycopg.Error):
                    self._let_go()
                    self._closed.wait(min(left_s, _AGAIN_S))
        return False

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Ends the waiting, and gives the connection back."""
        self._closed.set()
        with self._turn:
            self._let_go()
