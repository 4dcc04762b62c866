"""Values by key within a budget of bytes: what was used longest ago goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedMemory(Generic[K, V]):
    """A mapping that never holds more than ``max_bytes``, by what its users say their values weigh."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value, which now counts as just used; None when it is not kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V, size_bytes: int) -> None:
        """Keeps a value, or weighs a kept one anew; what is larger than the whole budget is not kept."""
        with self._lock:
            self._put(key, value, size_bytes)

    def add(self, key: K, value: V, size_bytes: int) -> V:
        """Keeps a value unless the key has one already; returns the one that is kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                self._put(key, value, size_bytes)
            return value if found is None else found[0]

    def drop(self, key: K) -> None:
        """Forgets a key."""
        with self._lock:
            found = self._kept.pop(key, None)
            if found is not None:
                self._bytes -= found[1]

    @property
    def size_bytes(self) -> int:
        """What the kept values weigh together."""
        return self._bytes

    def _put(self, key: K, value: V, size_bytes: int) -> None:
        before = self._kept.pop(key, None)
        if before is not None:
            self._bytes -= before[1]
        self._kept[key] = (value, size_bytes)
        self._bytes += size_bytes
        while self._bytes > self.max_bytes:
            _, (_, its_bytes) = self._kept.popitem(last=False)
            self._bytes -= its_bytes

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._kept)
