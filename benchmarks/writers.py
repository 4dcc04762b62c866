"""Polls that write to one PostgreSQL at once: articles a second by 1, 2, 4 and 8 of them.

Change numbers are given one transaction at a time, so there is a ceiling; this looks for it. Each writer is a process
with a source of its own that stores ten new articles a transaction. The server waits for its disk, as it does by
default.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Sequence
from itertools import count
from multiprocessing.synchronize import Event

from benchmarks.generated import NOW, Tongue, make_article, make_tongues
from cluster.servers import missing_postgresql, running_postgresql
from feeds.model import ArticleUpdate, Change, Kind, Source, Update
from feeds.store import open_store

WRITERS = (1, 2, 4, 8)
FOR_S = 10.0
TOGETHER = 10


def write(url: str, name: str, begin: Event, results: multiprocessing.Queue[tuple[int, float]]) -> None:
    """Writes for ``FOR_S``; how many articles, and the median of a transaction in seconds, go into ``results``."""
    store = open_store(url)
    tongues: Sequence[Tongue] = make_tongues()
    chance = random.Random(name)
    claim = store.claim(name, NOW, lease_s=86_400)
    assert claim is not None
    numbers = count(1)
    taken: list[float] = []
    begin.wait()
    until_s = time.monotonic() + FOR_S
    while time.monotonic() < until_s:
        articles = []
        for number in (next(numbers) for _ in range(TOGETHER)):
            one = make_article(number, tongues, chance)
            mine = f"{name}-{number}"
            one = dataclasses.replace(one, id=mine, source_id=name, identity=mine)
            articles.append(ArticleUpdate(article=one, change=Change.NEW))
        began_s = time.perf_counter()
        store.write(claim, Update(articles=tuple(articles)), NOW)
        taken.append(time.perf_counter() - began_s)
    results.put((len(taken) * TOGETHER, statistics.median(taken)))
    store.close()


def measure(url: str, writers: int) -> tuple[float, float]:
    """Articles a second of all together, and the median of one transaction in seconds."""
    context = multiprocessing.get_context("spawn")
    begin, results = context.Event(), context.Queue()
    names = [f"writer{writers}x{number}" for number in range(writers)]
    store = open_store(url)
    store.register(
        [Source(id=each, name=each, kind=Kind.FEED, url=f"https://{each}.example/feed") for each in names],
        NOW,
        complete=False,
    )
    store.close()
    started = [context.Process(target=write, args=(url, each, begin, results)) for each in names]
    for process in started:
        process.start()
    time.sleep(5)  # all have made their sentences
    begin.set()
    found = [results.get() for _ in started]
    for process in started:
        process.join()
    return sum(articles for articles, _ in found) / FOR_S, statistics.median(median for _, median in found)


def main() -> int:
    """Prints the table."""
    if reason := missing_postgresql():
        print(f"nothing to measure: {reason}")
        return 0
    with running_postgresql(durable=True) as server:
        url = server.create("writers")
        rows = [(writers, *measure(url, writers)) for writers in WRITERS]
    print("| writers | articles/s | of one writer | a transaction of ten, of one writer's |\n|---:|---:|---:|---:|")
    for writers, rate, median in rows:
        print(f"| {writers} | {rate:,.0f} | {rate / rows[0][1]:.2f} | {median / rows[0][2]:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
