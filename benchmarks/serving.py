"""Answers a second of ``polyfeed serve`` (as ``make run`` starts it) against nginx serving the same precompressed file.

One 50-entry Atom feed, asked for with gzip (200) and with its validator (304), by wrk over loopback: both servers in
turn, several rounds, the median of the ratios.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.articles import fill_store

ARTICLES = 500
ROUNDS = 3
SECONDS = 4
CONNECTIONS = 32
PATH = "/feeds/de.atom"
NGINX = """
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    types {{ application/atom+xml atom; }}
    gzip_static on;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    open_file_cache max=100;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Waits until the address answers."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def ask(url: str, **headers: str) -> tuple[str, bytes]:
    """(ETag, body as sent) of an answer with gzip."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", **headers})
    with urllib.request.urlopen(request, timeout=30) as answer:
        if answer.headers["Content-Encoding"] != "gzip":
            raise SystemExit(f"{url} was not answered with gzip")
        return answer.headers["ETag"], answer.read()


def load(url: str, etag: str | None = None) -> float:
    """Answers a second under wrk; every one of them must be of the kind asked for."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-H", "Accept-Encoding: gzip"]
    if etag:
        command += ["-H", f"If-None-Match: {etag}"]
    out = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        raise SystemExit(f"{url}: {out}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert found is not None, out
    return float(found[1])


def main() -> int:
    """Prints the table."""
    missing = [name for name in ("nginx", "wrk") if shutil.which(name) is None]
    if missing:
        print(f"{' and '.join(missing)} not installed: nothing to measure against. `make bench` installs them.")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        fill_store(folder / "data", ARTICLES)
        service, base = start_service(folder)
        _, body = ask(base + PATH)
        nginx, twin = start_nginx(folder, body)
        try:
            report(base + PATH, twin + PATH)
        finally:
            for process in (service, nginx):
                process.terminate()
                process.wait(30)
    return 0


def start_service(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """``polyfeed serve`` with its default settings and no sources."""
    port = free_port()
    (folder / "config").mkdir()
    environ = {**os.environ, "POLYFEED_DATA": str(folder / "data"), "POLYFEED_CONFIG": str(folder / "config")}
    command = [sys.executable, "-m", "feeds", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(f"http://127.0.0.1:{port}/health")
    return process, f"http://127.0.0.1:{port}"


def start_nginx(folder: Path, compressed: bytes) -> tuple[subprocess.Popen[bytes], str]:
    """Nginx with the same feed as files, one worker a processor."""
    file = folder / "www" / PATH.lstrip("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(gzip.decompress(compressed))
    Path(f"{file}.gz").write_bytes(compressed)
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, workers=os.cpu_count()))
    process = subprocess.Popen(
        ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")], stderr=subprocess.DEVNULL
    )
    wait_for(f"http://127.0.0.1:{port}{PATH}")
    return process, f"http://127.0.0.1:{port}"


def report(own: str, twin: str) -> None:
    """Loads both in turn and prints the table."""
    print("| | nginx, answers/s | polyfeed, answers/s | ratio |")
    print("|---|---|---|---|")
    for label, conditional in (("200, gzip", False), ("304", True)):
        rows = []
        for _ in range(ROUNDS):
            theirs = load(twin, ask(twin)[0] if conditional else None)
            ours = load(own, ask(own)[0] if conditional else None)
            rows.append((theirs, ours, ours / theirs))
        theirs, ours, ratio = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"| {label} | {theirs:,.0f} | {ours:,.0f} | {ratio:.2f} |")


if __name__ == "__main__":
    sys.exit(main())
