"""What many sources cost: a tick and the bookkeeping of one poll among 1,000 and among 1,000,000 of them.

Both stores are SQLite files, made through ``Store.register``. The unit of everything is measured in the same run: one
row updated by its key and committed, with Python's own ``sqlite3``, in a small file with the same settings. A poll's
bookkeeping is what the store does for a listing that answers 304: claim, look up, give back. Times are medians.

``python -m benchmarks.sources 100000`` takes another number of sources.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from feeds.model import Claim, Kind, Outcome, Source, SourceState
from feeds.store import Store, open_store

FEW = 1_000
MANY = 1_000_000
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
HOUR_S = 3600
LEASE_S = 300.0
AT_ONCE = 32  # sources that one tick may claim, as many as a service polls at once
CROWD = 10_000  # sources that are due together
MORE = 50_000  # sources that are registered while polls go on
ROUNDS = 200


def make_source(number: int, name: str = "s") -> Source:
    """A feed on a domain of its own."""
    url = f"https://{name}{number}.example/feed"
    return Source(id=f"{name}{number:07}", name=f"Source {number}", kind=Kind.FEED, url=url, language="en")


class Bench:
    """A store of so many sources, and what is asked of it."""

    def __init__(self, folder: Path, count: int) -> None:
        self.count = count
        self.file = folder / f"{count}.sqlite3"
        self.store: Store = open_store(f"sqlite:///{self.file}")
        self.sources = [make_source(number) for number in range(count)]
        self.register_s = seconds(lambda: self.store.register(self.sources, NOW))
        self.again_s = seconds(lambda: self.store.register(self.sources, NOW))
        self._fill()
        self.now = NOW + dt.timedelta(hours=1)

    def _fill(self) -> None:
        """Every source was polled: one feed and two pages are remembered, and its hour ends at a second of its own."""
        with self.writing() as connection:
            connection.execute("INSERT INTO document (source_id, url, etag) SELECT id, url, '\"1\"' FROM source")
            for page in ("a", "b"):
                connection.execute(
                    "INSERT INTO page (source_id, url, state, first_seen_at, fetched_at, listed_hash, attempts, reason)"
                    f" SELECT id, url || '/{page}', 'read', due_at, due_at, 'h', 0, '' FROM source"
                )
            second = f"'+' || (rowid * {HOUR_S}.0 / {self.count}) || ' seconds'"
            due_at = f"strftime('%Y-%m-%d %H:%M:%f000', '2026-01-01 02:00:00', {second})"
            connection.execute(f"UPDATE source SET state = 'ok', due_at = {due_at}")
            connection.execute("UPDATE source SET next_poll_at = due_at")
            connection.execute(
                "UPDATE domain SET due_at = (SELECT s.due_at FROM source s WHERE s.domain = domain.name)"
            )

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The database itself, for what no poll could bring about in a minute."""
        with closing(sqlite3.connect(self.file, timeout=60)) as connection, connection:
            yield connection

    def make_due(self, count: int, *, one_domain: bool) -> None:
        """Makes so many sources due now, on one domain or each on its own."""
        with self.writing() as connection:
            some = f"SELECT id FROM source ORDER BY id LIMIT {count}"
            at = "2026-01-01 00:30:00.000000"
            if one_domain:
                connection.execute("INSERT OR IGNORE INTO domain (name) VALUES ('one.example')")
                connection.execute(f"UPDATE source SET domain = 'one.example' WHERE id IN ({some})")
            connection.execute(f"UPDATE source SET next_poll_at = ?, due_at = ? WHERE id IN ({some})", (at, at))
            names = f"SELECT domain FROM source WHERE id IN ({some})"
            connection.execute(f"UPDATE domain SET due_at = ? WHERE name IN ({names})", (at,))

    def tick(self) -> list[Claim]:
        """What the scheduler does every second."""
        return self.store.claim_due(self.now, limit=AT_ONCE, lease_s=LEASE_S)

    def look_up(self, claim: Claim) -> None:
        """What a poll reads when its listing answers 304."""
        url = f"https://s{int(claim.source_id[1:])}.example/feed"
        assert self.store.targets(claim.source_id, [url])
        assert self.store.pages(claim.source_id, [f"{url}/a", f"{url}/b"])
        self.store.pages_due(claim.source_id, self.now, recheck_since=None, limit=200)

    def finish(self, claim: Claim) -> None:
        """Gives a source back; it is due again in an hour."""
        later = self.now + dt.timedelta(seconds=HOUR_S)
        self.store.finish(claim, Outcome(state=SourceState.OK, polled_at=self.now, next_poll_at=later))

    def tick_ms(self, rounds: int) -> float:
        """Median of ticks that find something; what they claim is given back between them."""
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            claims = self.tick()
            times.append(1000 * (time.perf_counter() - start))
            for claim in claims:
                self.finish(claim)
        return statistics.median(times)

    def poll_ms(self) -> float:
        """Median of one poll's bookkeeping: a tick that claims one source, what it looks up, and giving it back."""
        times = []
        for number in range(0, self.count, max(1, self.count // ROUNDS)):
            start = time.perf_counter()
            claim = self.store.claim(f"s{number:07}", self.now, lease_s=LEASE_S)
            assert claim
            self.look_up(claim)
            self.finish(claim)
            times.append(1000 * (time.perf_counter() - start))
        return statistics.median(times)


def seconds(step: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def median_ms(step: Callable[[], object], rounds: int) -> float:
    """The median of several times, in milliseconds."""
    return statistics.median(1000 * seconds(step) for _ in range(rounds))


def commit_ms(folder: Path) -> float:
    """One row updated and committed: the least that anything which writes can cost."""
    with closing(sqlite3.connect(folder / "unit.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("CREATE TABLE unit (id TEXT PRIMARY KEY, at TEXT)")
        connection.executemany("INSERT INTO unit VALUES (?, '')", [(str(number),) for number in range(FEW)])

        def step() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE unit SET at = ? WHERE id = '500'", (str(time.perf_counter()),))
            connection.execute("COMMIT")

        return median_ms(step, 2000)


def register_more(file: str) -> None:
    """What another process does meanwhile."""
    store = open_store(f"sqlite:///{file}")
    store.register([make_source(number, "more") for number in range(MORE)], NOW, complete=False)
    store.close()


def poll_while_registering(bench: Bench) -> tuple[float, float]:
    """(median, longest) of claiming and giving back one source, in ms, while another process registers many."""
    other = multiprocessing.get_context("spawn").Process(target=register_more, args=(str(bench.file),))
    other.start()
    first = bench.count
    while len(bench.store.status(["more0000000"])) == 0:
        time.sleep(0.01)
    times = []
    while other.is_alive():
        start = time.perf_counter()
        claim = bench.store.claim(f"s{first % bench.count:07}", bench.now, lease_s=LEASE_S)
        assert claim
        bench.finish(claim)
        times.append(1000 * (time.perf_counter() - start))
        first += 1
    other.join()
    return statistics.median(times), max(times)


def measure(bench: Bench) -> dict[str, float]:
    """Everything that is compared, in ms."""
    found = {"a tick, nothing due": median_ms(bench.tick, ROUNDS)}
    found["one poll's bookkeeping (304)"] = bench.poll_ms()
    found["status of 50 sources"] = median_ms(lambda: bench.store.status(after="s0000500", limit=50), ROUNDS)
    found["sources in each state"] = median_ms(bench.store.states, 20)
    crowd = min(CROWD, bench.count)
    bench.make_due(crowd, one_domain=False)
    found[f"a tick, {AT_ONCE} of {crowd:,} due claimed"] = bench.tick_ms(20)
    bench.make_due(crowd, one_domain=True)
    found[f"a tick, {crowd:,} due, all on one domain"] = bench.tick_ms(50)
    held = bench.tick()
    found["the same while one of them is polled"] = median_ms(bench.tick, ROUNDS)
    for claim in held:
        bench.finish(claim)
    return found


def main() -> int:
    """Prints the tables."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    with tempfile.TemporaryDirectory() as folder:
        unit = commit_ms(Path(folder))
        small = Bench(Path(folder), FEW)
        large = Bench(Path(folder), many)
        few, lots = measure(small), measure(large)
        busy_ms, longest_ms = poll_while_registering(small)
    print(f"One row updated and committed by sqlite3 alone: 1 ({unit:.3f} ms here)\n")
    print(f"| | {FEW:,} sources | {many:,} sources | growth |")
    print("|---|---|---|---|")
    for (name, one), (other, two) in zip(few.items(), lots.items(), strict=True):
        print(f"| {name if name == other else other} | {one / unit:.1f} | {two / unit:.1f} | {two / one:.2f} |")
    per_source = 1000 * large.register_s / many / unit
    again = 1000 * large.again_s / many / unit
    print(f"\n| {many:,} sources | seconds | a source, in commits |")
    print("|---|---|---|")
    print(f"| registered for the first time | {large.register_s:.0f} | {per_source:.2f} |")
    print(f"| registered again, unchanged | {large.again_s:.1f} | {again:.3f} |")
    print("\n| a source claimed and given back | in commits |")
    print("|---|---|")
    print(f"| median while another process registers {MORE:,} | {busy_ms / unit:.0f} |")
    print(f"| the longest of them | {longest_ms / unit:.0f} ({longest_ms:.0f} ms) |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
