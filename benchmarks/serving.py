"""Answers a second of ``polyfeed serve`` (as ``make run`` starts it) against nginx serving the same precompressed file.

One 50-entry Atom feed, asked for with gzip (200) and with its validator (304), by wrk over loopback: both servers in
turn, several rounds, the median of the ratios; beside it what the processor worked for one answer, which says more
where others work on the same machine.

Then 100,000 feeds of a store with as many articles, asked for by Zipf's law while ten articles a second are stored:
against the one feed, asked for just before. For a while they are asked for so before it is measured (``--warm``); what
nobody asked each worker for by then is made while it is measured, and told as such. ``--feeds`` asks for fewer.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import psutil

from benchmarks.generated import KEYS, SOURCE, fill, make_article, make_tongues
from feeds.clock import utc_now
from feeds.model import ArticleUpdate, Change, Update
from feeds.settings import Settings
from feeds.store import open_store

ARTICLES = 100_000
ROUNDS = 5
SECONDS = 4
CONNECTIONS = 32
PATH = "/feeds/de.atom"
SHELVES = ("all", "de", "en", "fr", "es")  # of each, one feed for every keyword
WARM_S = 60
ASKED_S = 20
ANSWERS_MB = 512  # of each worker: a hundred thousand small feeds take 450
QUICK_S = "0.001"  # none that is made takes so little
DRAWN = 400_000  # requests, after which they begin anew
NEWS_A_SECOND = 10
START_S = 180
# the source stays as it is: what it would be polled at does not answer
CONFIG = 'kind = "feed"\nurl = "http://127.0.0.1:9/feed"\nallow_private = true\n'
LUA = """
local requests, at = {{}}, 0
function init(args)
    for path in io.lines("{drawn}") do requests[#requests + 1] = wrk.format("GET", path) end
    at = math.random(#requests)
end
function request()
    at = at % #requests + 1
    return requests[at]
end
"""
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
    """Waits until the address answers: minutes, where others work on the same machine."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a run of wrk came to: answers a second, percentiles in ms, processor time of an answer in µs."""

    rate: float
    p50_ms: float
    p99_ms: float
    work_us: float


def load(process: subprocess.Popen[bytes], url: str, *options: str, etag: str = "", for_s: int = SECONDS) -> Load:
    """Loads a server; every one of its answers must be of the kind asked for."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{for_s}s", "--latency", "-H", "Accept-Encoding: gzip", *options]
    if etag:
        command += ["-H", f"If-None-Match: {etag}"]
    before_s = worked_s(process)
    out = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    after_s = worked_s(process)
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit(f"{url}: {out}")
    rate, count = re.search(r"Requests/sec:\s+([\d.]+)", out), re.search(r"(\d+) requests in", out)
    if rate is None or count is None:
        raise SystemExit(f"{url}: {out}")
    p50_ms, p99_ms = (percentile_ms(out, which) for which in (50, 99))
    work_us = (after_s - before_s) / int(count[1]) * 1e6
    return Load(rate=float(rate[1]), p50_ms=p50_ms, p99_ms=p99_ms, work_us=work_us)


def percentile_ms(out: str, which: int) -> float:
    """A percentile of what wrk has measured."""
    found = re.search(rf"\b{which}%\s+([\d.]+)(us|ms|s|m)", out)
    if found is None:
        raise SystemExit(out)
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[found[2]]


def answered(base: str) -> tuple[float, float]:
    """How many feeds were answered so far, and how many of them within a millisecond (``/metrics``)."""
    with urllib.request.urlopen(f"{base}/metrics", timeout=30) as answer:
        said = answer.read().decode()
    quick = re.search(rf'polyfeed_request_seconds_bucket{{le="{QUICK_S}",room="feeds"}} (\S+)', said)
    total = re.search(r'polyfeed_request_seconds_count{room="feeds"} (\S+)', said)
    return (float(total[1]), float(quick[1])) if total and quick else (0.0, 0.0)


def tree(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """A process and all that it has started."""
    first = psutil.Process(process.pid)
    return [first, *first.children(recursive=True)]


def worked_s(process: subprocess.Popen[bytes]) -> float:
    """Seconds that a tree of processes has worked."""
    return sum(sum(each.cpu_times()[:2]) for each in tree(process))


def worker_mb(process: subprocess.Popen[bytes]) -> float:
    """The memory of the largest web worker, in MB."""
    return (
        max(
            each.memory_info().rss
            for each in tree(process)
            if each.pid != process.pid and "schedule" not in each.cmdline()
        )
        / 1e6
    )


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=len(KEYS) * len(SHELVES))
    parser.add_argument("--warm", type=float, default=WARM_S, help="seconds")
    parser.add_argument("--only-many", action="store_true", help="leaves nginx out")
    given = parser.parse_args()
    missing = [name for name in ("nginx", "wrk") if shutil.which(name) is None]
    if missing:
        print(f"{' and '.join(missing)} not installed: nothing to measure against. `make bench` installs them.")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "data").mkdir()
        fill(folder / "data" / "polyfeed.sqlite3", ARTICLES, make_tongues())
        service, base = start_service(folder)
        try:
            if not given.only_many:
                report_one(service, base, folder)
            report_many(service, base, folder, feeds=given.feeds, warm_s=given.warm)
        finally:
            service.terminate()
            service.wait(30)
    return 0


def report_one(service: subprocess.Popen[bytes], base: str, folder: Path) -> None:
    """Measures against nginx."""
    _, body = ask(base + PATH)
    nginx, twin = start_nginx(folder, body)
    try:
        report(service, base + PATH, nginx, twin + PATH, len(body))
    finally:
        nginx.terminate()
        nginx.wait(30)


def start_service(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """``polyfeed serve`` with one source that does not answer.

    But for memory and the limit for one client, which all requests come from here, the settings are the default ones.
    """
    port = free_port()
    (folder / "config" / "sources").mkdir(parents=True)
    (folder / "config" / "sources" / f"{SOURCE}.toml").write_text(CONFIG)
    (folder / "config" / "settings.toml").write_text(f'client_rate = ""\nanswers_mb = {ANSWERS_MB}\n')
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


def report(
    service: subprocess.Popen[bytes], own: str, nginx: subprocess.Popen[bytes], twin: str, size_bytes: int
) -> None:
    """Loads both in turn and prints the table."""
    print(f"One feed, {size_bytes / 1e3:.0f} KB as gzip; processor time in brackets, of one answer.\n")
    print("| | nginx, answers/s | polyfeed, answers/s | ratio | ratio of processor time |")
    print("|---|---|---|---|---|")
    for label, conditional in (("200, gzip", False), ("304", True)):
        rows = []
        for _ in range(ROUNDS):
            theirs = load(nginx, twin, etag=ask(twin)[0] if conditional else "")
            ours = load(service, own, etag=ask(own)[0] if conditional else "")
            rows.append(
                (
                    theirs.rate,
                    theirs.work_us,
                    ours.rate,
                    ours.work_us,
                    ours.rate / theirs.rate,
                    ours.work_us / theirs.work_us,
                )
            )
        rate, work, our_rate, our_work, ratio, of_work = (
            statistics.median(column) for column in zip(*rows, strict=True)
        )
        print(
            f"| {label} | {rate:,.0f} ({work:.0f} µs) | {our_rate:,.0f} ({our_work:.0f} µs) "
            f"| {ratio:.2f} | {of_work:.2f} |"
        )


def report_many(service: subprocess.Popen[bytes], base: str, folder: Path, *, feeds: int, warm_s: float) -> None:
    """Asks for many feeds while articles arrive, and prints how that compares with one."""
    ask(base + PATH)
    first_mb, one = worker_mb(service), load(service, base + PATH, for_s=ASKED_S)
    paths = [f"/feeds/{shelf}/keywords/{key}.atom" for key in KEYS for shelf in SHELVES][:feeds]
    weights = list(accumulate(1 / rank for rank in range(1, len(paths) + 1)))
    drawn = random.Random(4).choices(paths, cum_weights=weights, k=DRAWN)
    (folder / "drawn").write_text("\n".join(drawn) + "\n")
    (folder / "many.lua").write_text(LUA.format(drawn=folder / "drawn"))
    script = f"--script={folder / 'many.lua'}"
    warming = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{warm_s:.0f}s", "-H", "Accept-Encoding: gzip", script, base]
    with arriving(folder / "data") as written:
        subprocess.run(warming, capture_output=True, check=True)  # some wait longer than wrk does: all is made anew
        (total, quick), began, before = answered(base), time.monotonic(), len(written)
        many = load(service, base, script, for_s=ASKED_S)
        total, quick = (after - before for after, before in zip(answered(base), (total, quick), strict=True))
        news_a_second = (len(written) - before) / (time.monotonic() - began)
    print(
        f"\n{len(paths):,} feeds by Zipf's law, {news_a_second:.1f} articles a second, after {warm_s:.0f} s of the "
        f"same: {many.rate:,.0f} answers/s, {many.rate / one.rate:.2f} of the one feed's {one.rate:,.0f}; "
        f"half within {many.p50_ms:.1f} ms, 99 % within {many.p99_ms:.0f} ms (one feed: {one.p50_ms:.1f} and "
        f"{one.p99_ms:.0f} ms); processor time of an answer {many.work_us:.0f} µs ({one.work_us:.0f} µs); "
        f"{quick / total:.2%} within 1 ms in the worker; "
        f"the largest worker {worker_mb(service):.0f} MB, {first_mb:.0f} MB before, answers_mb = {ANSWERS_MB}"
    )


@contextmanager
def arriving(data: Path) -> Iterator[list[int]]:
    """Articles are stored one by one for as long as this is open; their numbers."""
    store, ended = open_store(Settings(data=data).store_url), threading.Event()
    tongues, chance = make_tongues(), random.Random(5)
    until = time.monotonic() + START_S
    while (claim := store.claim(SOURCE, utc_now(), lease_s=1e6)) is None:  # the scheduler has just polled the source
        if time.monotonic() > until:
            raise SystemExit("the source is never free")
        time.sleep(0.1)

    written: list[int] = []

    def write() -> None:
        seq = ARTICLES
        while not ended.wait(1 / NEWS_A_SECOND):
            seq += 1
            update = ArticleUpdate(article=make_article(seq, tongues, chance), change=Change.NEW)
            store.write(claim, Update(articles=(update,)), utc_now())
            written.append(seq)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        ended.set()
        thread.join()
        store.close()


if __name__ == "__main__":
    sys.exit(main())
