"""The configuration folder in; the meanings that hold now out, read again when ``keywords.toml`` has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from feeds.concepts.known import FILE, LoadedConcepts, load_concepts
from feeds.concepts.meanings import Meanings

LOOK_EVERY_S = 2.0


class ConceptsFile:
    """``<config>/keywords.toml`` as it is at most two seconds later; safe to share between threads.

    Reading it for the first time takes some 40 ms, and 1.5 s where ``cache_folder`` holds no folded names yet.
    """

    def __init__(self, config: Path, *, cache_folder: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._cache_folder = cache_folder
        self._clock = clock
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._seen: object = None
        self._loaded: LoadedConcepts | None = None
        self._meanings: Meanings | None = None

    @property
    def meanings(self) -> Meanings:
        """What keywords mean now."""
        self._look()
        assert self._meanings is not None
        return self._meanings

    @property
    def loaded(self) -> LoadedConcepts:
        """The concepts as they stand now, and the mistakes in the file."""
        self._look()
        assert self._loaded is not None
        return self._loaded

    def _look(self) -> None:
        """One thread looks; the others use what was there before, once there is something."""
        if self._loaded is not None and self._clock() - self._looked_at < LOOK_EVERY_S:
            return
        if not self._lock.acquire(blocking=self._loaded is None):
            return
        try:
            stands_for = self.signature()
            if self._loaded is None or stands_for != self._seen:
                loaded = load_concepts(self._config, cache_folder=self._cache_folder)
                self._meanings, self._loaded, self._seen = Meanings(loaded.concepts), loaded, stands_for
            self._looked_at = self._clock()
        finally:
            self._lock.release()

    def signature(self) -> object:
        """Stands for the file as it is: size and time of change; None when there is none."""
        try:
            facts = (self._config / FILE).stat()
        except OSError:
            return None
        return facts.st_size, facts.st_mtime_ns
