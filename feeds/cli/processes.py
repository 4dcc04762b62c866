"""The process tree of ``serve``: children that are started again when they die, and end when their parent does."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

import structlog

from feeds.errors import StartError

log = structlog.get_logger()

GRACE_S = 15.0
RESTART_S = 1.0
PARENT_CHECK_S = 1.0
HAND_OVER_S = 5.0


def until_stopped() -> threading.Event:
    """An event that is set by SIGTERM, by Ctrl-C, or when the parent process is no longer there."""
    ended = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    watch_parent(ended.set)
    return ended


def watch_parent(gone: Callable[[], object]) -> None:
    """Calls ``gone`` once when this process's parent has died, even by kill -9.

    Only in a process that a supervisor such as ``serve`` started: by hand a command may well outlive its shell.
    """
    supervisor = os.environ.get("POLYFEED_SUPERVISOR")
    if supervisor is None:
        return

    def watch() -> None:
        while str(os.getppid()) == supervisor:
            time.sleep(PARENT_CHECK_S)
        gone()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Holds the data folder for this ``serve`` or ``web`` alone.

    Two would empty each other's counters, and two ``serve`` retire each other's sources.

    Raises:
        StartError: another one has it.
    """
    path = folder / "serve.lock"
    with path.open("a+", encoding="ascii") as file:
        deadline_s = time.monotonic() + HAND_OVER_S  # what is left of one that was killed is gone by then
        while not _locked(file):
            if time.monotonic() > deadline_s:
                file.seek(0)
                other = file.read().strip() or "?"
                raise StartError(
                    f"another polyfeed serve or web (process {other}) uses the data directory {folder}; "
                    "stop that one, or name another directory with --data or POLYFEED_DATA"
                )
            time.sleep(0.1)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class Child:
    """A ``polyfeed`` command in a process of its own, started again when it ends unasked."""

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        self._arguments = [sys.executable, "-m", "feeds", *arguments]
        self._environ = {**environ, "POLYFEED_SUPERVISOR": str(os.getpid())}
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"keep-{arguments[0]}", daemon=True)

    def start(self) -> None:
        """Starts the process and a thread that keeps it running."""
        self._process = subprocess.Popen(self._arguments, env=self._environ)  # noqa: S603 - our own command
        self._thread.start()

    def _keep(self) -> None:
        while self._process is not None:
            code = self._process.wait()
            if self._stopping.wait(RESTART_S):
                return
            log.error("a process ended unasked; starting it again", command=self._arguments[3], exit_code=code)
            self._process = subprocess.Popen(self._arguments, env=self._environ)  # noqa: S603 - our own command

    def stop(self) -> None:
        """Asks the process to end, and ends it after a grace of 15 s."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
