"""The sources that a worker polls: the id in, the Source as its file says it now out.

A worker starts with a million files unread: one is read when a poll of its source is taken up.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

from feeds.model import Source
from feeds.pipeline.config import load_checked_source

MOST_KEPT = 4096  # reading one takes less than a millisecond: more are not worth their memory


class SourceFiles:
    """Sources by id from a folder; ``also`` are polled beside those of the folder. Safe for threads.

    While a file has a mistake its source is what it was before, if that is still known.
    """

    def __init__(self, folder: Path, *, also: Iterable[Source] = ()) -> None:
        self._folder = folder
        self._also = {source.id: source for source in also}
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[tuple[int, int], Source]] = OrderedDict()

    def get(self, source_id: str, /) -> Source | None:
        """The source; None when it has no file here, or only one with a mistake."""
        if source_id in self._also:
            return self._also[source_id]
        path = self._folder / f"{source_id}.toml"
        try:
            facts = path.stat()
        except OSError:
            return None
        stamp = (facts.st_size, facts.st_mtime_ns)
        with self._lock:
            kept_stamp, kept = self._kept.get(source_id, (None, None))
        if kept is not None and kept_stamp == stamp:
            return kept
        found = load_checked_source(path).sources
        if not found:
            return kept
        with self._lock:
            self._kept[source_id] = (stamp, found[0])
            self._kept.move_to_end(source_id)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found[0]
