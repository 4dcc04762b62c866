"""What many articles cost: the newest 50 of feeds and questions, and writing more, in a small store and a large one.

    python -m benchmarks.scale                  100,000 articles, against a tenth of them
    python -m benchmarks.scale 1000000 DIR      another number; the databases are made in DIR and deleted

The articles are generated straight into the tables of a SQLite file: 30 languages in eight scripts, 20,000 keywords and
the words of each language by Zipf's law. Times are of ``Store.window``, each question asked with many different terms,
and are what the processor worked, since others work on a shared machine too; the growth is that of the large store
against the small one in the same run.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from feeds.folding import keyword_key
from feeds.model import (
    AllOf,
    Article,
    ArticleUpdate,
    Change,
    FeedQuery,
    Field,
    Has,
    Kind,
    Not,
    Question,
    Source,
    Update,
)
from feeds.store import Store, open_store
from feeds.store.terms import Terms, day_facets, facet, index_terms
from feeds.words import tokens_of

MANY = 100_000
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ROUNDS = 400
NEWEST = 50
KEYWORDS = 20_000
SENTENCES = 1_500  # of each language, of which its articles are made
BATCH = 5_000
INGESTED = 1_000
SIGNS = {
    "zh-Hans": (0x4E00, 0x5200),
    "zh-Hant": (0x4E00, 0x5200),
    "ja": (0x3042, 0x3090),
    "ko": (0xAC00, 0xAE00),
    "th": (0x0E01, 0x0E2F),
    "ru": (0x0430, 0x0450),
    "uk": (0x0430, 0x0450),
    "ar": (0x0628, 0x0640),
    "hi": (0x0915, 0x0935),
}
LATIN = ("de", "en", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "tr", "vi")
LANGUAGES = [*SIGNS, *LATIN, "id", "sl", "hr"]
UNSPACED = {"zh-Hans", "zh-Hant", "ja", "th"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One language: its sentences with their terms, and its words, the most frequent first."""

    tag: str
    words: list[str]
    sentences: list[str]
    terms: list[str]


def make_tongue(tag: str, chance: random.Random) -> Tongue:
    """A language of 8,000 words."""
    first, last = SIGNS.get(tag, (0x61, 0x7B))
    signs = [chr(sign) for sign in range(first, last) if chr(sign).isalpha()]
    longest = 2 if tag in {"zh-Hans", "zh-Hant"} else 8
    words = ["".join(chance.choices(signs, k=chance.randint(2, longest))) for _ in range(8_000)]
    weights = list(accumulate(1 / (rank + 5) for rank in range(len(words))))
    gap = "" if tag in UNSPACED else " "
    sentences = [gap.join(chance.choices(words, cum_weights=weights, k=12)) for _ in range(SENTENCES)]
    return Tongue(tag=tag, words=words, sentences=sentences, terms=[index_terms([each]) for each in sentences])


class Bench:
    """A store of so many articles, and what is asked of it."""

    def __init__(self, folder: Path, count: int, tongues: Sequence[Tongue]) -> None:
        self.count = count
        self.tongues = tongues
        self.chance = random.Random(count)
        self.file = folder / f"{count}.sqlite3"
        self.keys = [keyword_key(f"topic {rank}") for rank in range(KEYWORDS)]
        self.weights = list(accumulate(1 / (rank + 1) for rank in range(KEYWORDS)))
        self.store: Store = open_store(f"sqlite:///{self.file}")
        self.store.register([Source(id="bench", name="Bench", kind=Kind.FEED, url="https://bench.example/feed")], NOW)
        began = time.perf_counter()
        self._fill()
        self.filled_s = time.perf_counter() - began

    def _fill(self) -> None:
        uses: Counter[tuple[str, str]] = Counter()
        shelves: Counter[str] = Counter()
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -400000")
            for start in range(1, self.count + 1, BATCH):
                rows = [self._article(seq) for seq in range(start, min(start + BATCH, self.count + 1))]
                with connection:
                    for table, values in _tables(rows).items():
                        marks = ", ".join("?" for _ in values[0])
                        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
                for row in rows:
                    shelves[row.tag] += 1
                    uses.update((key, row.tag) for key in row.keys)
            totals: Counter[str] = Counter()
            for (key, _), number in uses.items():
                totals[key] += number
            with connection:
                connection.executemany("INSERT INTO shelf VALUES (?, '', ?, 0)", shelves.items())
                counted = [(key, tag, number) for (key, tag), number in uses.items()]
                connection.executemany("INSERT INTO keyword_language VALUES (?, ?, ?, 0)", counted)
                connection.executemany("INSERT INTO keyword VALUES (?, ?, ?)", [(k, k, n) for k, n in totals.items()])
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("ANALYZE")

    def _article(self, seq: int) -> Row:
        tongue = self.chance.choice(self.tongues)
        places = self.chance.choices(range(SENTENCES), k=7)
        keys = tuple(dict.fromkeys(self.chance.choices(self.keys, cum_weights=self.weights, k=3)))
        # a word that few others have: a name, a number
        name = f"{tongue.tag.lower()[:2]}{self.chance.randrange(self.count // 5 + 1)}"
        return Row(seq=seq, tag=tongue.tag, keys=keys, name=name, tongue=tongue, places=places)

    def questions(self) -> dict[str, Callable[[], FeedQuery]]:
        """What is asked, each time with other terms."""
        chance = self.chance
        chinese = [each for each in self.tongues if each.tag.startswith("zh")]

        def tongue() -> Tongue:
            return chance.choice(self.tongues)

        def key() -> str:
            return chance.choices(self.keys, cum_weights=self.weights)[0]

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
            return Has(Field.WORDS, (f"{tongue().tag.lower()[:2]}{chance.randrange(self.count // 5 + 1)}",))

        def word(of: Tongue, most: int) -> Has:
            return Has(Field.WORDS, tuple(tokens_of(of.words[chance.randrange(most)])))

        return {
            "language": lambda: FeedQuery(languages=(tongue().tag,)),
            "keyword": lambda: FeedQuery(languages=(tongue().tag,), keywords=(key(),)),
            "keyword in all languages": lambda: FeedQuery(keywords=(key(),)),
            "A AND B": lambda: FeedQuery(keywords=two()),
            "A AND NOT B": lambda: words(Not(Has(Field.KEYWORD, (key(),))), keywords=(key(),)),
            "phrase": lambda: words(phrase()),
            "two-character Chinese word": lambda: words(word(chance.choice(chinese), 2_000)),
            "rare word": lambda: words(name()),
            "rare word AND frequent one": lambda: words(name(), word(tongue(), 10)),
            "keyword AND word": lambda: words(word(tongue(), 100), keywords=(key(),)),
            "only NOT": lambda: words(Not(word(tongue(), 10))),
        }

    def measure(self) -> dict[str, tuple[float, float]]:
        """Median and 99th percentile of each question, in milliseconds."""
        found = {}
        for name, make in self.questions().items():
            taken = []
            for query in [make() for _ in range(ROUNDS)]:
                began = time.thread_time()
                self.store.window(query, limit=NEWEST)
                taken.append((time.thread_time() - began) * 1000)
            found[name] = statistics.median(taken), statistics.quantiles(taken, n=100)[98]
        return found

    def ingest(self) -> float:
        """Articles written in a second by polls that find ten each."""
        claim = self.store.claim("bench", NOW, lease_s=1e6)
        assert claim is not None
        rows = [self._article(self.count + 1 + number) for number in range(INGESTED)]
        began = time.thread_time()
        for start in range(0, INGESTED, 10):
            updates = [ArticleUpdate(article=row.article(), change=Change.NEW) for row in rows[start : start + 10]]
            self.store.write(claim, Update(articles=tuple(updates)), NOW)
        return INGESTED / (time.thread_time() - began)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An article as it is generated."""

    seq: int
    tag: str
    keys: tuple[str, ...]
    name: str
    tongue: Tongue
    places: list[int]

    @property
    def at(self) -> dt.datetime:
        """A minute after the one before it."""
        return dt.datetime(2010, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=self.seq)

    @property
    def text(self) -> str:
        """Its body."""
        return ". ".join([self.tongue.sentences[place] for place in self.places[1:]]) + f" {self.name}"

    @property
    def terms(self) -> Terms:
        """As the store makes them of the same text."""
        body = " ".join([*(self.tongue.terms[place] for place in self.places[1:]), self.name])
        facets = [
            "a",
            facet("l", self.tag),
            facet("s", "bench"),
            *(facet("g", key) for key in self.keys),
            *day_facets(self.at),
        ]
        title = self.tongue.terms[self.places[0]]
        return Terms(title=title, body=body, authors="", keywords=" ¶ ".join(self.keys), facets=" ".join(facets))

    def article(self) -> Article:
        """As a poll would find it."""
        return Article(
            id=f"urn:uuid:{self.seq:012}",
            source_id="bench",
            identity=str(self.seq),
            url=f"https://bench.example/{self.seq}",
            title=self.tongue.sentences[self.places[0]],
            language=self.tag,
            published=self.at,
            keywords=self.keys,
            content_text=self.text,
        )


def _tables(rows: Sequence[Row]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows by table and columns."""
    seen = NOW.replace(tzinfo=None).isoformat(" ") + ".000000"
    article = "id source_id identity content_hash whole_hash first_seen_at changed_at published_at published zone"
    article += " language url title authors keywords alternates provenance summary content_html content_text"
    found: dict[str, list[tuple[Any, ...]]] = {
        f"article ({', '.join(article.split())})": [],
        "entry (seq, article_id, source_id, language, section, in_words, dated_at)": [],
        "article_keyword (key, language, seq, display)": [],
        "change (seq, article_id, kind, at)": [],
        "words (rowid, title, body, authors, keywords, facets)": [],
    }
    articles, entries, keywords, changes, words = found.values()
    for row in rows:
        name, at = f"urn:uuid:{row.seq:012}", row.at.replace(tzinfo=None).isoformat(" ") + ".000000"
        head = (name, "bench", str(row.seq), "", "", seen, seen, at, row.at.isoformat(), "UTC", row.tag)
        title, text = row.tongue.sentences[row.places[0]], row.text
        rest = (f"https://bench.example/{row.seq}", title, "[]", json.dumps(row.keys), "{}", "{}", "", "", text)
        articles.append(head + rest)
        entries.append((row.seq, name, "bench", row.tag, "", 1, at))
        keywords += [(key, row.tag, row.seq, key) for key in row.keys]
        changes.append((row.seq, name, "new", seen))
        terms = row.terms
        words.append((row.seq, terms.title, terms.body, terms.authors, terms.keywords, terms.facets))
    return found


def main(arguments: Sequence[str]) -> int:
    """Prints the tables."""
    many = int(arguments[0]) if arguments else MANY
    chance = random.Random(3)
    tongues = [make_tongue(tag, chance) for tag in LANGUAGES]
    with tempfile.TemporaryDirectory(dir=arguments[1] if len(arguments) > 1 else None) as folder:
        benches = [Bench(Path(folder), count, tongues) for count in (many // 10, many)]
        few, lot = benches
        for each in benches:
            size = each.file.stat().st_size / each.count / 1e3
            print(f"{each.count:,} articles: {size:.1f} KB each, filled in {each.filled_s:.0f} s")
        print(f"\n| newest {NEWEST} | p50 ms | p99 ms | p50 ms | p99 ms | growth p50 | growth p99 |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for name, (small, large) in _beside(few.measure(), lot.measure()):
            print(
                f"| {name} | {small[0]:.2f} | {small[1]:.2f} | {large[0]:.2f} | {large[1]:.2f} "
                f"| {large[0] / small[0]:.2f}× | {large[1] / small[1]:.2f}× |"
            )
        slow, quick = lot.ingest(), few.ingest()
        print(f"\ningest, ten articles a poll: {slow:,.0f} a second here, {slow / quick:.2f} of the smaller store's")
        for each in benches:
            each.store.close()
    return 0


def _beside(
    few: dict[str, tuple[float, float]], lot: dict[str, tuple[float, float]]
) -> Iterator[tuple[str, tuple[tuple[float, float], tuple[float, float]]]]:
    for name, small in few.items():
        yield name, (small, lot[name])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
