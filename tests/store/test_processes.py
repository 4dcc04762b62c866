"""Several processes on one file, as a scheduler and its web workers are."""

from __future__ import annotations

import datetime as dt
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from feeds.model import FeedQuery
from feeds.store import open_store
from feeds.store.sql import SqlStore

CHECKOUT = Path(__file__).resolve().parents[2]

OPEN = """
import sys
from feeds.store import open_store
print("ready", flush=True)
sys.stdin.readline()
store = open_store(sys.argv[1])
print(store.change_seq(), flush=True)
store.close()
"""

# writes articles one by one until it is stopped, and prints each change number when its write has returned
WRITE = """
import datetime as dt, sys
from feeds.model import Article, ArticleUpdate, Change, Kind, Source, Update
from feeds.store import open_store
store, name, articles = open_store(sys.argv[1]), sys.argv[2], int(sys.argv[3])
now = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
url = f"https://{name}.example/"
store.register([Source(id=name, name=name, kind=Kind.FEED, url=url)], now, complete=False)
claim = store.claim(name, now, lease_s=86400)
for number in range(articles):
    article = Article(id=f"{name}-{number}", source_id=name, identity=f"{name}-{number}", url=url, title="t",
                      language="de", keywords=("BMW", f"w{number % 7}"), section="china", content_text="x" * 9000)
    print(store.write(claim, Update(articles=(ArticleUpdate(article=article, change=Change.NEW),)), now), flush=True)
store.close()
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A Python of its own, with this checkout."""
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_processes_may_open_a_new_database_at_once(file: Path) -> None:
    children = [start(OPEN, f"sqlite:///{file}") for _ in range(4)]
    for child in children:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()
    assert [child.communicate(timeout=60)[0] for child in children] == ["0\n"] * 4
    assert [child.returncode for child in children] == [0] * 4


def test_readers_miss_nothing_that_other_processes_write(file: Path, store: SqlStore) -> None:
    each_writes = 25
    children = [start(WRITE, f"sqlite:///{file}", name, str(each_writes)) for name in ("one", "two")]
    seen: list[int] = []
    running = True
    while running:
        running = any(child.poll() is None for child in children)
        newest = store.change_seq()
        known = seen[-1] if seen else 0
        fresh = [seq for _, seq in store.window(FeedQuery(keywords=("bmw",)), limit=1000, before_seq=newest + 1)]
        seen += sorted(seq for seq in fresh if seq > known)
        assert seen == list(range(1, newest + 1))
        time.sleep(0.002)  # leaves the writers some of the processor
    numbers = [int(line) for child in children for line in child.communicate(timeout=60)[0].split()]
    assert sorted(numbers) == seen == list(range(1, 2 * each_writes + 1))


@pytest.mark.parametrize("after", [3, 11])
def test_a_writer_killed_at_work_loses_and_doubles_nothing(file: Path, after: int) -> None:
    child = start(WRITE, f"sqlite:///{file}", "daily", "100000")
    assert child.stdout
    told = [int(child.stdout.readline()) for _ in range(after)][-1]
    child.send_signal(signal.SIGKILL)
    rest = child.communicate(timeout=60)[0].split("\n")
    told = max([told, *(int(line) for line in rest[:-1])])

    store = open_store(f"sqlite:///{file}")
    last = store.change_seq()
    assert last in {told, told + 1}, "what was said to be written is written; one write may not have been said"
    assert [seq for _, seq in store.window(FeedQuery(), limit=10**6)] == list(range(last, 0, -1))
    assert store.languages() == {"de": last}
    assert {each.key: each.articles for each in store.keywords()}["bmw"] == last
    claim = store.claim("daily", dt.datetime(2026, 11, 25, tzinfo=dt.UTC), lease_s=60)
    assert claim is not None, "its lease runs out by itself"
    store.close()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
