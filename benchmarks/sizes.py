"""What a real article takes on the disk, in SQLite and in PostgreSQL, with its indexes and full text.

    python -m benchmarks.sizes

The articles stand beside the checkout (``../shared/corpus/pages.jsonl``) and are no part of it: without them this says
so. Each is stored many times, so that what an empty store takes hardly counts; PostgreSQL is a private one.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg

from benchmarks.generated import NOW
from benchmarks.generated_postgresql import size_of
from benchmarks.tagging import CORPUS, read_corpus
from cluster.servers import missing_postgresql, running_postgresql
from feeds.model import Article, ArticleUpdate, Change, Kind, Source, Update
from feeds.store import open_store

TIMES = 20
SOURCE = Source(id="corpus", name="Corpus", kind=Kind.FEED, url="https://corpus.example/feed")


def fill(url: str, articles: Sequence[Article]) -> None:
    """Stores each of them so many times, under other ids."""
    with closing(open_store(url)) as store:
        store.register([SOURCE], NOW)
        claim = store.claim(SOURCE.id, NOW, lease_s=1e6)
        assert claim is not None
        for turn in range(TIMES):
            again = (replace(each, id=f"{each.id}-{turn}", identity=f"{each.identity}-{turn}") for each in articles)
            store.write(
                claim, Update(articles=tuple(ArticleUpdate(article=each, change=Change.NEW) for each in again)), NOW
            )


def in_sqlite(articles: Sequence[Article]) -> float:
    """Bytes of an article in a SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "polyfeed.sqlite3"
        fill(f"sqlite:///{file}", articles)
        return file.stat().st_size / (TIMES * len(articles))


def in_postgresql(articles: Sequence[Article]) -> float:
    """Bytes of an article in a PostgreSQL database."""
    with running_postgresql() as server:
        url = server.create("sizes")
        address = url.replace("+psycopg", "")
        open_store(url).close()
        empty = size_of(address.rpartition("/")[0], "sizes")
        fill(url, articles)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(b"VACUUM ANALYZE")
        return (size_of(address.rpartition("/")[0], "sizes") - empty) / (TIMES * len(articles))


def main() -> int:
    """Prints the table."""
    if not (CORPUS / "pages.jsonl").is_file():
        print("no real articles beside the checkout (../shared/corpus): nothing to measure on.")
        return 0
    articles = list(read_corpus())
    characters = statistics.mean(len(each.content_text) for each in articles)
    print(f"{len(articles)} real articles of {characters:,.0f} characters on average, {TIMES} times each\n")
    print("| in | KB an article |\n|---|---:|")
    print(f"| SQLite | {in_sqlite(articles) / 1e3:.0f} |")
    if reason := missing_postgresql():
        print(f"\n{reason}: not measured")
    else:
        print(f"| PostgreSQL | {in_postgresql(articles) / 1e3:.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
