"""The sources a running scheduler polls: the configuration folder in, read again whenever a file in it changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import structlog

from feeds.cli.options import loaded_sources
from feeds.concepts import FILE as CONCEPTS_FILE
from feeds.concepts import concept_mistakes
from feeds.model import Source
from feeds.query import load_named
from feeds.query.named import FILE
from feeds.settings import Settings
from feeds.store import Store

log = structlog.get_logger()

LOOK_EVERY_S = 2.0
CLOCK_BACK = dt.timedelta(minutes=1)


class Roster:
    """``sources`` by id, always the same mapping; ``also`` are polled beside those of the folder.

    ``mistakes`` are those of the rest of the configuration, shown beside those of the folder.
    """

    def __init__(self, settings: Settings, *, also: Sequence[Source] = (), mistakes: Sequence[str] = ()) -> None:
        self.sources: dict[str, Source] = {}
        self._settings = settings
        self._also = tuple(also)
        self._mistakes = tuple(mistakes)
        self._seen: object = None
        self._now: dt.datetime | None = None

    def refresh(self, store: Store, now: dt.datetime, *, anew: bool = False) -> bool:
        """Reads the folder if it changed, and registers its sources with the store; says whether it did.

        Also when ``anew``, and when the clock went back: what is due was reckoned by another one, and the store mends
        that.

        While a file has a mistake no source is retired: its source keeps what was right before, if anything was. The
        store keeps the mistakes for whoever shows them, and forgets them when all is right again.
        """
        there = self._look()
        is_back = self._now is not None and now < self._now - CLOCK_BACK
        self._now = now
        if there == self._seen and not is_back and not anew:
            return False
        loaded = loaded_sources(self._settings)
        kept = {} if not loaded.mistakes else dict(self.sources)
        sources = kept | {source.id: source for source in (*loaded.sources, *self._also)}
        store.register(tuple(sources.values()), now, complete=not loaded.mistakes)
        config = self._settings.config
        wrong = [*loaded.mistakes, *load_named(config).mistakes, *concept_mistakes(config)]
        store.note_mistakes([*self._mistakes, *map(str, wrong)], now)
        self.sources.update(sources)
        for gone in self.sources.keys() - sources.keys():
            del self.sources[gone]
        if self._seen is not None:
            log.info("configuration read again", sources=len(sources), mistakes=len(wrong))
        self._seen = there
        return True

    def _look(self) -> object:
        """Stands for the folder, the named feeds and the concepts: names of files, sizes and times of change."""
        found = []
        config = self._settings.config
        for path in (*(config / "sources").glob("*.toml"), config / FILE, config / CONCEPTS_FILE):
            try:
                facts = path.stat()
            except OSError:
                continue  # removed just now
            found.append((path.name, facts.st_size, facts.st_mtime_ns))
        return sorted(found)
