"""Several processes on one machine: polls by 1, 2 and 4 workers, a worker killed, answers through nginx, hints.

    python -m benchmarks.cluster            all of it, some five minutes
    python -m benchmarks.cluster polls      one part: polls, recovery, answers or hints

600 feeds on 60 hosts of loopback, each answering after a third of a second with five articles, are polled once: every
host is a domain of its own, so at most 60 polls can run. *Embedded* is `polyfeed schedule` on the same PostgreSQL
without Redis. Everything shares this machine's processors; what counts are the ratios.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from cluster.ports import free_port
from cluster.servers import running_postgresql
from cluster.whole import Cluster, missing, running_cluster

HOSTS = 60
FEEDS_A_HOST = 10
SOURCES = HOSTS * FEEDS_A_HOST
ENTRIES = 5
ANSWER_S = 1 / 3
DELAY_S = 0.1  # between two requests to a host
POLLED_WITHIN_S = 600.0
THREADS = 8  # of each worker
LEASE_S = 10.0
LISTENERS = 20
ROUNDS = 300
LOAD_S = 6
_SOURCE = """\
name = "Feed {feed} of {host}"
kind = "feed"
url = "http://{host}:{port}/{feed}.rss"
language = "en"
delay_s = {delay_s}
allow_private = true
"""
_ENTRY = """<item><title>Article {n} of {name}</title><link>http://{name}/{n}</link><guid>http://{name}/{n}</guid>
<pubDate>Mon, 23 Nov 2026 0{n}:00:00 GMT</pubDate><description>{words}</description></item>"""


def hosts() -> list[str]:
    """Addresses of this machine."""
    return [f"127.0.1.{number}" for number in range(1, HOSTS + 1)]


def serve_feeds(port: int) -> None:
    """Answers for every host until it is killed."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):  # it asks no more
                writer.close()
                return
            path, host = (
                re.search(pattern, head.decode(), re.IGNORECASE) for pattern in (r"^GET (\S+)", r"host: (\S+)")
            )
            assert path is not None
            assert host is not None
            if path[1] == "/robots.txt":
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                continue
            await asyncio.sleep(ANSWER_S)
            body = feed(host[1] + path[1]).encode()
            lines = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(lines.encode() + body)

    async def run() -> None:
        async with await asyncio.start_server(answer, hosts(), port) as server:
            await server.serve_forever()

    asyncio.run(run())


def feed(name: str) -> str:
    """A feed whose entries come whole."""
    words = f"What {name} has to say is said in a number of words. " * 12
    entries = "".join(_ENTRY.format(n=number, name=name, words=words) for number in range(1, ENTRIES + 1))
    return f"<rss version='2.0'><channel><title>{name}</title><link>http://{name}</link>{entries}</channel></rss>"


@contextmanager
def feeds_on_hosts() -> Iterator[Path]:
    """A folder of configuration for all the feeds, while they are served."""
    port = free_port()
    server = multiprocessing.get_context("spawn").Process(target=serve_feeds, args=(port,), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder)
        (config / "sources").mkdir()
        for at, host in enumerate(hosts()):
            for number in range(FEEDS_A_HOST):
                text = _SOURCE.format(host=host, port=port, feed=number, delay_s=DELAY_S)
                (config / "sources" / f"host{at}-{number}.toml").write_text(text)
        try:
            yield config
        finally:
            server.kill()
            server.join()


class Watch:
    """What the database says of polls."""

    def __init__(self, cluster: Cluster) -> None:
        self._address = cluster.database_url.replace("+psycopg", "")

    def ask(self, question: str) -> int:
        """The one number that answers it; 0 while there are no tables."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            try:
                row = connection.execute(question.encode()).fetchone()
            except psycopg.errors.UndefinedTable:
                return 0
        return int(row[0]) if row else 0

    def polled(self) -> int:
        """Sources that were polled."""
        return self.ask("SELECT count(*) FROM source WHERE last_poll_at IS NOT NULL")

    def stored(self) -> int:
        """Articles in the feeds."""
        return self.ask("SELECT count(*) FROM entry")

    def first_poll_s(self) -> float:
        """Seconds from the first poll's end to the last one's, of all."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            row = connection.execute(b"SELECT min(last_poll_at), max(last_poll_at) FROM source").fetchone()
        assert row is not None
        return float((row[1] - row[0]).total_seconds())


@contextmanager
def cluster_of(config: Path, **parts: object) -> Iterator[Cluster]:
    """Without newsroom and web."""
    settings = {"config": config, "poll_threads": THREADS, **parts}
    with running_cluster(newsroom=False, webs=0, nginx=False, **settings) as cluster:  # type: ignore[arg-type]
        yield cluster


def await_polls(cluster: Cluster, sources: int) -> None:
    """Waits until so many sources were polled."""
    watch = Watch(cluster)
    cluster.wait_until(lambda: watch.polled() >= sources, f"{sources} were polled", within_s=POLLED_WITHIN_S)


def measure_polls() -> None:
    """Prints how long the first poll of all sources takes."""
    forms: dict[str, dict[str, object]] = {"embedded": {"workers": 0, "redis_url": ""}}
    forms |= {f"{count} worker{'s' * (count > 1)}": {"workers": count} for count in (1, 2, 4)}
    taken: dict[str, float] = {}
    with feeds_on_hosts() as config:
        for name, parts in forms.items():
            with cluster_of(config, **parts) as cluster:
                await_polls(cluster, SOURCES)
                watch = Watch(cluster)
                taken[name] = watch.first_poll_s()
                assert watch.stored() == SOURCES * ENTRIES, f"{name}: {watch.stored()} articles"
    print(f"\n{SOURCES} sources on {HOSTS} hosts, {THREADS} threads a worker\n")
    print("| polled by | seconds | of embedded |\n|---|---:|---:|")
    for name, seconds in taken.items():
        print(f"| {name} | {seconds:.1f} | {seconds / taken['embedded']:.2f} |")


def measure_recovery() -> None:
    """Prints when the sources are polled that a worker had in hand as it was killed."""
    with feeds_on_hosts() as config, cluster_of(config, workers=2, lease_s=LEASE_S) as cluster:
        await_polls(cluster, SOURCES // 4)
        killed = time.monotonic()
        cluster.workers[0].kill()
        await_polls(cluster, SOURCES)
        taken_s = time.monotonic() - killed
        stored = Watch(cluster).stored()
    print(
        f"\none of two workers killed (kill -9) while it polled, leases of {LEASE_S:.0f} s: every source polled "
        f"{taken_s / LEASE_S:.1f} leases later, {stored} of {SOURCES * ENTRIES} articles stored, each once"
    )


def measure_answers() -> None:
    """Prints answers through nginx with one web and with two."""
    print("\n| through nginx | webs | answers/s | of one web |\n|---|---:|---:|---:|")
    first: dict[str, float] = {}
    for webs in (1, 2):
        with running_cluster(webs=webs, workers=1, articles=60, every_s=600, client_rate="") as cluster:
            cluster.wait_until(lambda: b"<entry" in cluster.get("/feeds/all.atom").body, "there are articles")
            for kind, path in {"kept by nginx": "/feeds/all.atom", "asked each time": "/feeds/all.atom?key=-"}.items():
                rate = load(cluster.url + path)
                first.setdefault(kind, rate)
                print(f"| {kind} | {webs} | {rate:,.0f} | {rate / first[kind]:.2f} |")


def load(url: str) -> float:
    """Answers a second; each must be one."""
    command = ["wrk", "-t1", "-c32", f"-d{LOAD_S}s", "-H", "Accept-Encoding: gzip", url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    if rate is None or "Non-2xx" in out:
        raise SystemExit(f"{url}: {out}")
    return float(rate[1])


def measure_hints() -> None:
    """Prints what NOTIFY adds to a transaction of one row, for so many who listen."""
    with running_postgresql(durable=True) as server, ExitStack() as stack:
        address = server.create("hints").replace("+psycopg", "")
        writer = stack.enter_context(psycopg.connect(address))
        writer.execute(b"CREATE TABLE row (number bigint)")
        writer.commit()

        def write(*, hint: bool) -> float:
            began = time.perf_counter()
            writer.execute(b"INSERT INTO row VALUES (1)")
            if hint:
                writer.execute(b"NOTIFY polyfeed_change")
            writer.commit()
            return time.perf_counter() - began

        def in_turns() -> float:
            times = [(write(hint=False), write(hint=True)) for _ in range(ROUNDS)]
            plain, hinted = (statistics.median(each) for each in zip(*times, strict=True))
            return float(hinted / plain)

        alone = in_turns()
        for _ in range(LISTENERS):
            stack.enter_context(psycopg.connect(address, autocommit=True)).execute(b"LISTEN polyfeed_change")
        print(
            f"\na transaction of one row with NOTIFY takes {alone:.2f} times as long as without; "
            f"{in_turns():.2f} while {LISTENERS} listen"
        )


PARTS: dict[str, Callable[[], None]] = {
    "polls": measure_polls,
    "recovery": measure_recovery,
    "answers": measure_answers,
    "hints": measure_hints,
}


def main(arguments: Sequence[str]) -> int:
    """Measures all parts, or those named."""
    reasons = [*missing(), *(["wrk is not installed"] if shutil.which("wrk") is None else [])]
    if reasons:
        print(f"nothing to measure: {'; '.join(reasons)}. `make bench` installs them.")
        return 0
    for name in arguments or PARTS:
        PARTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
