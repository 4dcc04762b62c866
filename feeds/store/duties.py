"""Duties that one process at a time has: a lock of the operating system or of the server, gone with its holder.

No row and no clock: a process that was killed gives its duties up in that moment, and a clock that is wrong changes
nothing. On SQLite a lock on a file beside the database, on PostgreSQL an advisory lock of one connection.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import zlib
from abc import ABC, abstractmethod
from typing import Any

import psycopg
from sqlalchemy import Engine

from feeds.errors import StoreError
from feeds.store.connecting import apart

_SPACE = 0x706F6C79  # the first of the two numbers that name a lock, so that no other program's is taken


class Duties(ABC):
    """The duties that this process has; safe for threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()

    def has(self, duty: str) -> bool:
        """Whether the duty is this process's, now; takes it where nobody has it."""
        with self._lock:
            return self._has(duty)

    @abstractmethod
    def _has(self, duty: str) -> bool: ...

    @abstractmethod
    def close(self) -> None:
        """Gives every duty up."""


class FileDuties(Duties):
    """By locks on files beside the database."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._held: dict[str, int] = {}

    def _has(self, duty: str) -> bool:
        if duty in self._held:
            return True
        name = f"{self._engine.url.database}-{duty}.lock"
        try:
            file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"cannot write {name}: {error.strerror}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._held[duty] = file
        return True

    def close(self) -> None:
        """Gives every duty up."""
        with self._lock:
            for file in self._held.values():
                os.close(file)
            self._held.clear()


class ServerDuties(Duties):
    """By advisory locks of one connection, which is asked each time whether it still stands."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._connection: psycopg.Connection[Any] | None = None
        self._held: set[str] = set()

    def _has(self, duty: str) -> bool:
        try:
            return self._ask(duty)
        except psycopg.Error:
            if self._connection is None:
                raise  # the server is not to be had
            self._give_up()
        return self._ask(duty)  # it was restarted: what was held is anybody's now

    def _ask(self, duty: str) -> bool:
        if self._connection is None:
            self._connection = apart(self._engine)
        name = (_SPACE, zlib.crc32(duty.encode()) & 0x7FFFFFFF)
        question = "SELECT 1" if duty in self._held else "SELECT pg_try_advisory_lock({}, {})".format(*name)
        answer = self._connection.execute(question.encode()).fetchone()
        if answer and answer[0]:
            self._held.add(duty)
        return duty in self._held

    def _give_up(self) -> None:
        self._held.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Gives every duty up, before the server has seen that the connection is gone."""
        with self._lock:
            if self._connection is not None:
                with contextlib.suppress(psycopg.Error):
                    self._connection.execute(b"SELECT pg_advisory_unlock_all()")
            self._give_up()


def open_duties(engine: Engine) -> Duties:
    """Those of a database."""
    return FileDuties(engine) if engine.dialect.name == "sqlite" else ServerDuties(engine)
