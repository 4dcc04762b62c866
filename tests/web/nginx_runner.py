"""The files of ``deploy/`` in a real nginx, which listens on loopback and keeps everything in one folder."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
START_S = 30
FRAME = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 256; }}
http {{
    gzip on;  # as Debian's nginx.conf has it
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""

needs_nginx = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, kw_only=True)
class Nginx:
    """One that runs; header names have underscores when it is asked."""

    port: int
    folder: Path

    def __call__(self, path: str, method: str = "GET", *, source: str = "127.0.0.1", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(source, 0))
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            assert len(told) == len(answer.getheaders()), f"a header twice: {answer.getheaders()}"
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()

    def written(self) -> bytes:
        """All that it has written: logs and the cache."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, folder: Path, replaced: Mapping[str, str]) -> Iterator[Nginx]:
    """``deploy/<name>`` with its port, and what else must differ in a test, replaced."""
    port = free_port()
    site = (DEPLOY / name).read_text(encoding="utf-8")
    for old, new in {"listen      80;": f"listen 127.0.0.1:{port};", **replaced}.items():
        assert old in site, f"{name} does not say {old}"
        site = site.replace(old, new)
    user = "user root;" if os.geteuid() == 0 else ""  # else its worker may not read the folder of a test
    (folder / "site.conf").write_text(site, encoding="utf-8")
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder, user=user), encoding="utf-8")
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
    try:
        until = time.monotonic() + START_S
        while True:
            assert process.poll() is None, (folder / "error.log").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < until, "nginx does not listen"
                time.sleep(0.05)
        yield Nginx(port=port, folder=folder)
    finally:
        process.terminate()
        process.wait(30)
