"""``polyfeed COMMAND`` as a process with a data folder, a log and a port of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from http import HTTPStatus
from pathlib import Path

from cluster.asking import ask
from cluster.ports import free_port
from cluster.processes import Process
from feeds.settings import PREFIX, Settings

CHECKOUT = Path(__file__).resolve().parent.parent
# each brings along what it is told by the environment: none of it is a role's business here
OTHERS = (PREFIX, "GRANIAN_", "PROMETHEUS_MULTIPROC_DIR")
SETTINGS = frozenset(field.name for field in fields(Settings))


class Role(Process):
    """One role. ``port`` is where it answers: the web's and the newsroom's own, ``/metrics`` of the others."""

    def __init__(
        self, name: str, command: str, arguments: Sequence[str], *, folder: Path, settings: Mapping[str, object]
    ) -> None:
        """``folder`` is for its log and data; ``settings`` are those of ``feeds.settings``, such as ``lease_s``."""
        assert settings.keys() <= SETTINGS, f"no such settings: {sorted(settings.keys() - SETTINGS)}"
        self.command = command
        port = free_port()
        listens = {"web": "port", "serve": "port", "newsroom": ""}.get(command, "metrics_port")
        chosen = {"data": folder / "data", "config": folder, "log_format": "text", listens: port, **settings}
        environ = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
        environ |= {PREFIX + name.upper(): str(value) for name, value in chosen.items() if name}
        environ[PREFIX + "SUPERVISOR"] = str(os.getpid())  # it ends when this process has died, even by kill -9
        line = [sys.executable, "-m", "feeds", command, *arguments]
        if command == "newsroom":
            line += ["--port", str(port)]
        super().__init__(name, line, port=port, folder=folder, environ=environ, cwd=CHECKOUT)

    @property
    def url(self) -> str:
        """The address of its port."""
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        """Whether it answers; a web only once it answers for the store."""
        if self.command not in {"web", "serve"}:
            return super().is_ready()
        try:
            return ask(self.port, "/health").status == HTTPStatus.OK
        except OSError:
            return False
