"""The configuration folder in, the named feeds as they are now out, read again when it changed.

Each process of the web looks by itself, at most every two seconds. A feed with a mistake stays as it was before; what
the mistake is tells ``polyfeed check``, and the page of the sources.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from feeds.query import NamedFeed, load_named
from feeds.query.named import FILE

LOOK_EVERY_S = 2.0


class NamedFeeds:
    """The operator's named feeds; safe to share between threads: two that read at once read the same."""

    def __init__(self, config: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._clock = clock
        self._seen: tuple[int, int] | None = None
        self._looked_at = float("-inf")
        self._feeds: Mapping[str, NamedFeed] = MappingProxyType({})

    def all(self) -> Mapping[str, NamedFeed]:
        """Every named feed, in the order of the file."""
        now = self._clock()
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            self._refresh()
        return self._feeds

    def get(self, name: str) -> NamedFeed | None:
        """The feed of that name, None when there is none."""
        return self.all().get(name)

    def _refresh(self) -> None:
        try:
            facts = (self._config / FILE).stat()
            there: tuple[int, int] | None = (facts.st_size, facts.st_mtime_ns)
        except OSError:
            there = None
        if there == self._seen:
            return
        loaded = load_named(self._config)
        before = self._feeds
        kept = before.keys() if loaded.is_unreadable else loaded.wrong & before.keys()
        self._feeds = MappingProxyType({**{name: before[name] for name in kept}, **loaded.feeds})
        self._seen = there
