"""Hints that something changed, so that nobody need ask often: one for each batch that was written (PostgreSQL).

A hint may be lost and says nothing by itself: the change counter is the truth. SQLite gives none, since its readers are
on this machine and asking costs them 20 µs.
"""

from __future__ import annotations

import contextlib
import threading

import psycopg
from sqlalchemy import Connection, Engine, text

_CHANNEL = "polyfeed_change"
_HINT = text(f"NOTIFY {_CHANNEL}")
_AGAIN_S = 1.0  # after the server was not to be had


def hint(connection: Connection) -> None:
    """Tells whoever listens, once the caller's transaction is committed."""
    if connection.dialect.name == "postgresql":
        connection.execute(_HINT)


class Hints:
    """Waits for hints, on a connection of its own; for one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._closed = threading.Event()
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def wait(self, timeout_s: float) -> bool:
        """Whether a hint came within so many seconds; the time passes as well while none can come."""
        if self._engine.dialect.name != "postgresql":
            self._closed.wait(timeout_s)
            return False
        try:
            if self._connection is None:
                self._connection = self._listen()
            for _ in self._connection.notifies(timeout=timeout_s, stop_after=1):
                return True
        except psycopg.Error:
            self.close()
            self._closed.wait(max(timeout_s, _AGAIN_S))
        return False

    def _listen(self) -> psycopg.Connection[tuple[object, ...]]:
        address = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(address, autocommit=True, connect_timeout=5)
        connection.execute(f"LISTEN {_CHANNEL}".encode())
        return connection

    def close(self) -> None:
        """Gives the connection back."""
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
            self._connection = None
