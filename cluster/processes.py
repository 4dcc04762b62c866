"""One process of this machine, started, killed, frozen and restarted by whoever needs it; it logs to a file."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from cluster.ports import is_open

START_S = 60.0
STOP_S = 60.0  # a web gives its answers 10 s, a worker its polls 15 s
LOOK_S = 0.02


class Process:
    """A command that answers at ``port`` and keeps what it writes in ``folder``, its log in ``folder/log``.

    It is the leader of a session of its own: Ctrl-C at a terminal does not reach it, and what it starts is found and
    ended with it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        port: int,
        folder: Path,
        environ: Mapping[str, str] | None = None,
        account: str | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.name = name
        self.port = port
        self.folder = folder
        self.log = folder / "log"
        self._command = list(command)
        self._environ = environ
        self._account = account
        self._cwd = cwd or folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the process, or of the one that was there last."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal that ended it."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.poll()

    def start(self) -> None:
        """Starts it and waits until it is ready.

        Raises:
            RuntimeError: it ended, or is not ready in time; with the end of its log.
        """
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Starts it; several can come up at once. After a kill -9, waits until what it had started has ended too."""
        if self._process is not None:
            wait_until(lambda: not self._is_group_there(), f"the processes that {self.name} left have ended")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environ,
                user=self._account,
                cwd=self._cwd,
                start_new_session=True,
            )

    def await_ready(self) -> None:
        """Waits until it is ready; RuntimeError as ``start``."""
        deadline = time.monotonic() + START_S
        while not self.is_ready():
            if self.exit_code is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start:\n{self.end_of_log()}")
            time.sleep(LOOK_S)

    def is_ready(self) -> bool:
        """Whether it answers."""
        return is_open(self.port)

    def send(self, which: signal.Signals) -> None:
        """Sends a signal to it alone; nothing when it has ended."""
        if self._process is not None:
            self._process.send_signal(which)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends it by a signal and waits; returns its exit code."""
        self.send(how)
        self.thaw()
        assert self._process is not None, f"{self.name} was never started"
        try:
            return self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def kill(self) -> None:
        """A crash: kill -9 of it alone; what it had started must notice by itself."""
        self.stop(signal.SIGKILL)

    def restart(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends it and starts it again, on the same port, with what it had kept."""
        self.stop(how)
        self.start()

    def freeze(self) -> None:
        """Holds it, and what it has started, where it stands, as a machine that hangs; ``thaw`` lets it go on."""
        self._signal_group(signal.SIGSTOP)

    def thaw(self) -> None:
        """Ends a ``freeze``."""
        self._signal_group(signal.SIGCONT)

    def close(self) -> None:
        """Ends it and whatever is left of what it started; its folder stays."""
        if self._process is not None:
            if self.exit_code is None:
                self.stop()
            self._signal_group(signal.SIGKILL)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Starts it, and ends it with all that it has started."""
        try:
            self.start()
            yield
        finally:
            self.close()

    def end_of_log(self, lines: int = 30) -> str:
        """The last lines it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def _is_group_there(self) -> bool:
        """Whether any of what it started lives; one that waits for a slow init to take note of its end does not."""
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it has just ended
                state, _parent, group = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
                if int(group) == self.pid and state != "Z":
                    return True
        return False

    def _signal_group(self, which: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # all of it has ended
            os.killpg(self.pid, which)


def wait_until(
    condition: Callable[[], object], what: str, *, within_s: float = 100.0, parts: Iterable[Process] = ()
) -> None:
    """Waits until ``condition`` holds.

    Raises:
        RuntimeError: it does not in time; says ``what`` was waited for, with the end of the log of each of ``parts``.
    """
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            logs = "".join(f"\n--- {part.name} ---\n{part.end_of_log()}" for part in parts)
            raise RuntimeError(f"not within {within_s:.0f} s: {what}{logs}")
        time.sleep(LOOK_S)
