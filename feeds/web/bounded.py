"""A store in, the same one out, which no request waits for in vain.

A database that hangs holds whoever asks it for as long as it hangs, and a server has few threads. So each call is made
in a companion thread of the one that asks, and given up as soon as the store counts as down (``pulse``); while it does,
calls fail at once. What was given up ends by itself when its connection does. SQLite's file is on this machine and
answers or fails: it is asked directly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import SimpleQueue
from typing import Any, cast

from feeds.errors import StoreError
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.pulse import WAIT_S, Pulse

_Asked = SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None]


def bounded(store: Store, pulse: Pulse, settings: Settings) -> Store:
    """The store, with calls that are given up while ``pulse`` finds it down."""
    if settings.store_url.startswith("sqlite"):
        return store
    return cast("Store", _Bounded(store, pulse))  # it has every method that the store has


class _Bounded:
    """Calls are bounded while somebody looks whether the store is back (``Pulse.is_watched``)."""

    def __init__(self, store: Store, pulse: Pulse) -> None:
        self._store = store
        self._pulse = pulse
        self._threads = threading.local()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._store, name)

        def call(*arguments: Any, **named: Any) -> Any:
            return self._call(lambda: method(*arguments, **named))

        setattr(self, name, call)  # looked up once
        return call

    def _call(self, method: Callable[[], Any]) -> Any:
        if not self._pulse.is_watched:
            return method()
        self._check()
        companion = getattr(self._threads, "companion", None)
        if companion is None:
            companion = self._threads.companion = _Companion()
        answered = companion.ask(method)
        while not wait([answered], WAIT_S).done:
            self._pulse.seq()  # which asks for a look
            try:
                self._check()
            except StoreError:
                self._threads.companion = None
                raise
        return answered.result()

    def _check(self) -> None:
        if self._pulse.is_down:
            raise StoreError("the database does not answer")


class _Companion:
    """A thread that makes calls for another one, and ends with it.

    Not one of an executor's: those are waited for when the process ends, and this one may hang.
    """

    def __init__(self) -> None:
        self._asked: _Asked = SimpleQueue()
        threading.Thread(target=_answer_for_ever, args=(self._asked,), name="store", daemon=True).start()

    def __del__(self) -> None:
        self._asked.put(None)

    def ask(self, method: Callable[[], Any]) -> Future[Any]:
        answered: Future[Any] = Future()
        self._asked.put((method, answered))
        return answered


def _answer_for_ever(asked: _Asked) -> None:
    while (call := asked.get()) is not None:
        method, answered = call
        try:
            answered.set_result(method())
        except BaseException as error:  # noqa: BLE001 - raised again by whoever asked
            answered.set_exception(error)
        del call, method, answered  # while it waits it keeps nothing
