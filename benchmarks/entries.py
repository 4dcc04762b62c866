"""Entries of real feeds read in a second: read_feed against feedparser on the same bytes, in one run.

The feeds stand beside the checkout (``../shared/corpus/feeds``) and are no part of it: without them this says so.
Each reader takes every feed once per round, in turn, and its best round counts: other work on the machine only ever
makes a round slower.
"""

from __future__ import annotations

import gzip
import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

import feedparser

from feeds.extract.feed import read_feed
from feeds.model import Document, Kind, Section, Source

FEEDS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "feeds"
ROUNDS = 3
URL = "https://bench.example/feed"
SOURCE = Source(id="bench", name="Bench", kind=Kind.FEED, url=URL)
SECTION = Section(url=URL)


def main() -> int:
    """Prints one table; exits with 1 when read_feed finds fewer entries."""
    bodies = [gzip.decompress(file.read_bytes()) for file in sorted(FEEDS.glob("*.gz"))] if FEEDS.is_dir() else []
    if not bodies:
        print("no real feeds beside the checkout (../shared/corpus/feeds): nothing to measure on.")
        return 0
    readers: dict[str, Callable[[bytes], int]] = {"read_feed": count_items, "feedparser": count_entries}
    best = dict.fromkeys(readers, float("inf"))
    entries: dict[str, int] = {}
    for _ in range(ROUNDS):
        for name, read in readers.items():
            began = time.perf_counter()
            entries[name] = sum(read(body) for body in bodies)
            best[name] = min(best[name], time.perf_counter() - began)
    size_mb = sum(map(len, bodies)) / 1e6
    print(f"{len(bodies)} real feeds, {size_mb:.1f} MB\n\n| reader | entries | entries/s | against feedparser |")
    print("|---|---:|---:|---:|")
    for name in readers:
        ratio = best["feedparser"] / best[name]
        print(f"| {name} | {entries[name]:,} | {entries[name] / best[name]:,.0f} | {ratio:.1f}× |")
    return 1 if entries["read_feed"] < entries["feedparser"] else 0


def count_items(body: bytes) -> int:
    """How many items Polyfeed reads from a feed: decoded, read, cleaned, in the common model."""
    return len(read_feed(Document(url=URL, requested_url=URL, body=body), source=SOURCE, section=SECTION))


def count_entries(body: bytes) -> int:
    """How many entries feedparser reads; it also sanitises them, as it does unless told otherwise."""
    return len(feedparser.parse(io.BytesIO(body)).entries)


if __name__ == "__main__":
    sys.exit(main())
