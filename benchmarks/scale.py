"""What many articles cost: the newest 50 of feeds and questions, and writing more, in a small store and a large one.

    python -m benchmarks.scale                  100,000 articles, against a tenth of them
    python -m benchmarks.scale 10000000 DIR     another number; databases found in DIR are used, others are made and
                                                stay there (2 KB an article, some 8,000 articles a second)
    python -m benchmarks.scale 1000000 DIR --database postgresql://user@host
                                                on a PostgreSQL server, in databases polyfeed_scale_… that stay there
                                                (DIR is for what they are made from, and empty in the end)

What is in the stores is told in ``generated``. Times are of ``Store.window``, each question asked with many different
terms. On SQLite they are what the processor worked, since others work on a shared machine too; on PostgreSQL, where a
server works, what passed. Both stores are asked in turns, so that a busy minute slows both; the growth is that of the
large store against the small one.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.generated import KEY_WEIGHTS, KEYS, NAMED_ALIKE, NOW, SOURCE, Tongue, fill, make_article, make_tongues
from benchmarks.generated_postgresql import size_of, take_over, url_of
from feeds.model import AllOf, ArticleUpdate, Change, FeedQuery, Field, Has, Not, Question, Update
from feeds.store import open_store
from feeds.words import tokens_of

MANY = 100_000
ROUNDS = 400
NEWEST = 50
INGESTED = 1_000
NAME = "polyfeed_scale_{}"


class Bench:
    """A store of so many articles, and what is asked of it."""

    def __init__(self, url: str, count: int, tongues: Sequence[Tongue]) -> None:
        self.count = count
        self.tongues = tongues
        self.chance = random.Random(count)
        self.store = open_store(url)
        self.clock = time.thread_time if url.startswith("sqlite") else time.perf_counter

    def questions(self) -> dict[str, Callable[[], FeedQuery]]:
        """What is asked, each time with other terms."""
        chance = self.chance
        chinese = [each for each in self.tongues if each.tag.startswith("zh")]

        def tongue() -> Tongue:
            return chance.choice(self.tongues)

        def key() -> str:
            return chance.choices(KEYS, cum_weights=KEY_WEIGHTS)[0]

        def two() -> tuple[str, ...]:
            pair = {key(), key()}
            return tuple(sorted(pair)) if len(pair) > 1 else two()

        def words(*parts: Question, **fields: Any) -> FeedQuery:
            return FeedQuery(question=parts[0] if len(parts) == 1 else AllOf(parts), **fields)

        def phrase() -> Has:
            tokens = tokens_of(chance.choice(tongue().sentences))
            start = chance.randrange(len(tokens) - 3)
            return Has(Field.WORDS, tuple(tokens[start : start + 3]))

        def name() -> Has:
            return Has(Field.WORDS, (tongue().name(chance.randrange(self.count // NAMED_ALIKE + 1)),))

        def word(of: Tongue, most: int) -> Has:
            return Has(Field.WORDS, tuple(tokens_of(of.words[chance.randrange(most)])))

        def but_not(one: str, other: str) -> FeedQuery:
            return words(Not(Has(Field.KEYWORD, (other,))), keywords=(one,))

        return {
            "language": lambda: FeedQuery(languages=(tongue().tag,)),
            "keyword": lambda: FeedQuery(languages=(tongue().tag,), keywords=(key(),)),
            "keyword in all languages": lambda: FeedQuery(keywords=(key(),)),
            "A AND B": lambda: FeedQuery(keywords=two()),
            "A AND NOT B": lambda: but_not(*two()),
            "phrase": lambda: words(phrase()),
            "two-character Chinese word": lambda: words(word(chance.choice(chinese), 2_000)),
            "rare word": lambda: words(name()),
            "rare word AND frequent one": lambda: words(name(), word(tongue(), 10)),
            "keyword AND word": lambda: words(word(tongue(), 100), keywords=(key(),)),
            "only NOT": lambda: words(Not(word(tongue(), 10))),
        }

    def ask(self, make: Callable[[], FeedQuery]) -> float:
        """Milliseconds that one question took."""
        query = make()
        began = self.clock()
        self.store.window(query, limit=NEWEST)
        return (self.clock() - began) * 1000

    def ingest(self) -> float:
        """Articles written in a second by polls that find ten each. The store is larger afterwards."""
        claim = self.store.claim(SOURCE, NOW, lease_s=1e6)
        assert claim is not None
        first = self.store.change_seq() + 1
        articles = [make_article(seq, self.tongues, self.chance) for seq in range(first, first + INGESTED)]
        began = self.clock()
        for start, end in pairwise(range(0, INGESTED + 1, 10)):
            updates = tuple(ArticleUpdate(article=each, change=Change.NEW) for each in articles[start:end])
            self.store.write(claim, Update(articles=updates), NOW)
        taken_s = self.clock() - began
        self.store.renew(claim, NOW, lease_s=0)
        return INGESTED / taken_s


def measure(benches: Sequence[Bench]) -> dict[str, list[tuple[float, float]]]:
    """Median and 99th percentile of each question in each store, in milliseconds."""
    asked = [bench.questions() for bench in benches]
    found: dict[str, list[tuple[float, float]]] = {}
    for name in asked[0]:
        taken: list[list[float]] = [[] for _ in benches]
        for _ in range(ROUNDS):
            for bench, makes, times in zip(benches, asked, taken, strict=True):
                times.append(bench.ask(makes[name]))
        found[name] = [(statistics.median(times), statistics.quantiles(times, n=100)[98]) for times in taken]
    return found


def make(folder: Path, count: int, tongues: Sequence[Tongue], server: str) -> tuple[str, float]:
    """The address of a store of so many articles, made where it is not there, and how many bytes it takes."""
    name = NAME.format(count)
    if server and (found := size_of(server, name)):
        return url_of(server, name), found
    file = folder / f"{count}{'-rows' if server else ''}.sqlite3"
    if not file.exists():
        began = time.perf_counter()
        fill(file, count, tongues, only_rows=bool(server))
        print(f"{count:,} articles made in {time.perf_counter() - began:.0f} s", flush=True)
    if not server:
        return f"sqlite:///{file}", file.stat().st_size
    began = time.perf_counter()
    take_over(file, server, name, tongues)
    file.unlink()
    print(f"{count:,} articles taken over in {time.perf_counter() - began:.0f} s", flush=True)
    return url_of(server, name), size_of(server, name)


def run(folder: Path, many: int, server: str) -> None:
    """Prints the tables."""
    tongues = make_tongues()
    (few_url, _), (lot_url, size_bytes) = (make(folder, count, tongues, server) for count in (many // 10, many))
    few, lot = Bench(few_url, many // 10, tongues), Bench(lot_url, many, tongues)
    with closing(few.store), closing(lot.store):
        print(f"{many:,} articles take {size_bytes / many / 1e3:.1f} KB each\n")
        print(f"| newest {NEWEST} | p50 ms | p99 ms | p50 ms | p99 ms | growth p50 | growth p99 |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for name, (small, large) in measure([few, lot]).items():
            print(
                f"| {name} | {small[0]:.2f} | {small[1]:.2f} | {large[0]:.2f} | {large[1]:.2f} "
                f"| {large[0] / small[0]:.2f}× | {large[1] / small[1]:.2f}× |"
            )
        slow, quick = lot.ingest(), few.ingest()
        print(f"\ningest, ten articles a poll: {slow:,.0f} a second here, {slow / quick:.2f} of the smaller store's")


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes what is missing, and measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("many", type=int, nargs="?", default=MANY)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--database", default="", help="a PostgreSQL server, as postgresql://user@host")
    asked = parser.parse_args(arguments)
    if asked.folder is not None:
        run(asked.folder, asked.many, asked.database)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), asked.many, asked.database)
    return 0


if __name__ == "__main__":
    sys.exit(main())
