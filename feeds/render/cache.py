"""Bytes by key, the least recently used thrown out when a number of bytes is reached."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable

# What a key, its parts and its place in the table weigh beside the bytes: 380 for an entry with three labels that it
# shares with others (tracemalloc, CPython 3.11), some 60 more for each label of its own.
OVERHEAD_BYTES = 600


class ByteCache:
    """A table of bytes that never weighs more than ``max_bytes``; safe to share between threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._size_bytes = 0

    @property
    def size_bytes(self) -> int:
        """What is kept now, overhead included."""
        return self._size_bytes

    def get(self, keys: Collection[Hashable]) -> list[bytes | None]:
        """The bytes kept under each key, or None."""
        kept = self._kept
        with self._lock:
            found = [kept.get(key) for key in keys]
            for key, data in zip(keys, found, strict=True):
                if data is not None:
                    kept.move_to_end(key)
        return found

    def put(self, key: Hashable, data: bytes) -> None:
        """Keeps ``data``; what does not fit at all is not kept."""
        weight = len(data) + OVERHEAD_BYTES
        with self._lock:
            old = self._kept.pop(key, None)
            if old is not None:
                self._size_bytes -= len(old) + OVERHEAD_BYTES
            if weight > self._max_bytes:
                return
            self._kept[key] = data
            self._size_bytes += weight
            while self._size_bytes > self._max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._size_bytes -= len(dropped) + OVERHEAD_BYTES
