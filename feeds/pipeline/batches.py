"""Many things in, some at a time out: what is asked of the store, or fetched, in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

# pages written together: few enough to lose little, many enough to spare the disk
BATCH = 10


def batched(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Lists of ``size``, the last one shorter; nothing is taken before it is asked for."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch
