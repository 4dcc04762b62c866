"""The files of ``deploy/`` in a real nginx (``cluster.nginx``), asked over loopback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from cluster.asking import Answer, ask
from cluster.nginx import missing_nginx, running_proxy, running_site

needs_nginx = pytest.mark.skipif(missing_nginx() != "", reason=missing_nginx())


@dataclass(frozen=True, kw_only=True)
class Nginx:
    """One that runs; header names have underscores when it is asked."""

    port: int
    folder: Path

    def __call__(self, path: str, method: str = "GET", *, source: str = "127.0.0.1", **headers: str) -> Answer:
        return ask(self.port, path, method, source=source, **headers)

    def written(self) -> bytes:
        """All that it has written: logs and the cache."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())


@contextmanager
def running(name: str, folder: Path, replaced: Mapping[str, str]) -> Iterator[Nginx]:
    """``deploy/<name>`` with its port, and what else must differ in a test, replaced."""
    with running_site(name, folder, replaced) as server:
        yield Nginx(port=server.port, folder=folder)


@contextmanager
def proxying(folder: Path, *nodes: int) -> Iterator[Nginx]:
    """``deploy/nginx-proxy.conf`` in front of the webs at these ports."""
    with running_proxy(folder, nodes) as server:
        yield Nginx(port=server.port, folder=folder)
