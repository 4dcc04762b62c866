"""Memory of ``polyfeed serve``, all its processes, idle and with 100,000 articles (proportional set size).

Beside it in the same run: a bare Python process that has imported flask, lxml and sqlalchemy.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from benchmarks.articles import fill_store

ARTICLES = 100_000
SETTLE_S = 6.0
BARE = "import flask, lxml.html, sqlalchemy, time; time.sleep(900)"


def proportional_mb(process: psutil.Process) -> float:
    """Memory of a process and its children in MB, what they share counted once."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        total += one.memory_full_info().pss
    return total / 1e6


def serve_mb(data: Path, config: Path) -> float:
    """Starts the service, asks for a page and a feed, lets it settle, and measures."""
    port = 18_431
    environ = {**os.environ, "POLYFEED_PORT": str(port), "POLYFEED_DATA": str(data), "POLYFEED_CONFIG": str(config)}
    service = subprocess.Popen([sys.executable, "-m", "feeds", "serve"], env=environ, stderr=subprocess.DEVNULL)
    try:
        _until_answers(f"http://127.0.0.1:{port}/health")
        for path in ("/", "/feeds/all.atom"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
                answer.read()
        time.sleep(SETTLE_S)
        return proportional_mb(psutil.Process(service.pid))
    finally:
        service.terminate()
        service.wait(30)


def _until_answers(url: str) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url} does not answer")


def main() -> int:
    """Prints the table."""
    bare = subprocess.Popen([sys.executable, "-c", BARE])
    with tempfile.TemporaryDirectory() as folder:
        empty, full, config = Path(folder) / "empty", Path(folder) / "full", Path(folder) / "config"
        config.mkdir()
        idle_mb = serve_mb(empty, config)
        fill_store(full, ARTICLES)
        full_mb = serve_mb(full, config)
        bare_mb = proportional_mb(psutil.Process(bare.pid))
    bare.kill()
    bare.wait()
    print("| | MB | × a bare process |")
    print("|---|---|---|")
    print(f"| a Python process with flask, lxml, sqlalchemy | {bare_mb:.0f} | 1 |")
    print(f"| polyfeed serve, all processes, empty store | {idle_mb:.0f} | {idle_mb / bare_mb:.1f} |")
    print(f"| polyfeed serve, all processes, {ARTICLES:,} articles | {full_mb:.0f} | {full_mb / bare_mb:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
