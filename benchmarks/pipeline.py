"""Articles a second through the whole pipeline (fetch, read, normalise, decide, store) against trafilatura alone.

Both see the same pages of the sample newsroom, on one thread each, one after the other.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
import time
from pathlib import Path

import trafilatura

from feeds.clock import utc_now
from feeds.logs import configure_logs
from feeds.model import Source
from feeds.newsroom import Newsroom, newsroom_sources
from feeds.settings import Settings
from feeds.store import open_store
from feeds.tasks import Poller, open_fetcher

ARTICLES = 300
ROUNDS = 3


def poll_everything(sources: list[Source], folder: Path) -> tuple[int, float]:
    """(articles stored, seconds) of polling every source into a new store."""
    settings = Settings(data=folder, new_per_poll=10_000)
    store = open_store(settings.store_url)
    store.register(sources, utc_now())
    stored = 0
    with open_fetcher(settings) as fetcher:
        poller = Poller({source.id: source for source in sources}, settings=settings, store=store, fetcher=fetcher)
        start = time.perf_counter()
        for source in sources:
            claim = store.claim(source.id, dt.datetime.now(dt.UTC), lease_s=600)
            assert claim is not None
            report = poller.poll(claim)
            assert report is not None
            stored += report.new
        seconds = time.perf_counter() - start
    store.close()
    return stored, seconds


def main() -> int:
    """Prints the table."""
    configure_logs(level="warning", form="text")
    with Newsroom(articles=ARTICLES, every_s=3600) as newsroom:
        sources = newsroom_sources(newsroom.url)
        pages = [newsroom.page(article) for article in newsroom.articles()]
        trafilatura.bare_extraction(pages[0], with_metadata=True)  # warms up
        own: list[float] = []
        alone: list[float] = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            for page in pages:
                trafilatura.bare_extraction(page, with_metadata=True)
            alone.append(len(pages) / (time.perf_counter() - start))
            with tempfile.TemporaryDirectory() as folder:
                stored, seconds = poll_everything(sources, Path(folder))
            own.append(stored / seconds)
    print("| | articles a second | ratio |")
    print("|---|---|---|")
    print(f"| trafilatura alone, pages in memory | {statistics.median(alone):.0f} | 1 |")
    ratio = statistics.median(a / b for a, b in zip(own, alone, strict=True))
    print(f"| whole pipeline, from HTTP to the store | {statistics.median(own):.0f} | {ratio:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
