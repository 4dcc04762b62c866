"""What waits for the workers and who works: in this process, or in Redis for all; what follows for the queue's length.

A claim that is handed on is written down until a worker takes it up, or until its lease has run out: then it is claimed
anew, and whatever became of its message no longer counts. So a queue that lost messages is not taken for a full one.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from feeds.tasks.link import Link

ALIVE_S = 5.0  # a worker that says nothing for so long is not counted on
RATE_OVER_S = 10.0
# What is claimed is held back from others, and lost for a lease with a queue that breaks: no more than the workers took
# lately in so many seconds, and never what they need a large part of a lease for.
AHEAD_S = 2.0
PART_OF_LEASE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Claims that wait, threads of the workers that are alive, and how many claims were ever taken up."""

    waiting: int
    threads: int
    taken: int


class Ledger(Protocol):
    """Raises QueueError while Redis does not answer."""

    def hand(self, tokens: Collection[str], lease_s: float) -> None:
        """Writes down what is being handed on."""

    def strike(self, tokens: Collection[str]) -> None:
        """Takes out what could not be handed on; at the latest at the next ``load``."""

    def take(self, token: str) -> None:
        """A worker takes this one up now."""

    def beat(self, worker: str, threads: int) -> None:
        """A worker is alive, with so many threads."""

    def end(self, worker: str, threads: int) -> None:
        """A worker with so many threads ends."""

    def load(self) -> Load:
        """As it is now."""


class OwnLedger:
    """Of one process that hands on to itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[str] = set()
        self._threads = self._taken = 0

    def hand(self, tokens: Collection[str], lease_s: float) -> None:  # noqa: ARG002 - nothing is lost on the way
        """See ``Ledger``."""
        with self._lock:
            self._waiting.update(tokens)

    def strike(self, tokens: Collection[str]) -> None:
        """See ``Ledger``."""
        with self._lock:
            self._waiting.difference_update(tokens)

    def take(self, token: str) -> None:
        """See ``Ledger``."""
        with self._lock:
            self._waiting.discard(token)
            self._taken += 1

    def beat(self, worker: str, threads: int) -> None:  # noqa: ARG002 - there is one
        """See ``Ledger``."""
        with self._lock:
            self._threads = threads

    def end(self, worker: str, threads: int) -> None:  # noqa: ARG002 - there is one
        """See ``Ledger``."""
        with self._lock:
            self._threads = 0

    def load(self) -> Load:
        """See ``Ledger``."""
        with self._lock:
            return Load(waiting=len(self._waiting), threads=self._threads, taken=self._taken)


_NOW = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
"""
_HAND = f"""{_NOW}
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[1]) * 1000))
"""
_TAKE = "redis.call('ZREM', KEYS[1], ARGV[1]) redis.call('INCR', KEYS[3])"
_BEAT = f"""{_NOW}
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[1]), ARGV[2])
redis.call('EXPIRE', KEYS[2], 60)
"""
_LOAD = f"""{_NOW}
for i = 1, #ARGV do redis.call('ZREM', KEYS[1], ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local threads = 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    threads = threads + tonumber(string.match(member, '%d+$'))
end
return {{redis.call('ZCARD', KEYS[1]), threads, tonumber(redis.call('GET', KEYS[3]) or 0)}}
"""


class RedisLedger:
    """Of all who share a Redis."""

    _KEYS = ("polyfeed:handed", "polyfeed:workers", "polyfeed:taken")

    def __init__(self, link: Link) -> None:
        self._link = link
        self._hand, self._take, self._beat, self._load = map(link.client.register_script, (_HAND, _TAKE, _BEAT, _LOAD))
        self._struck: set[str] = set()

    def hand(self, tokens: Collection[str], lease_s: float) -> None:
        """See ``Ledger``."""
        self._link.ask(lambda: self._hand(keys=self._KEYS, args=[lease_s, *tokens]))

    def strike(self, tokens: Collection[str]) -> None:
        """See ``Ledger``."""
        self._struck.update(tokens)

    def take(self, token: str) -> None:
        """See ``Ledger``."""
        self._link.ask(lambda: self._take(keys=self._KEYS, args=[token]))

    def beat(self, worker: str, threads: int) -> None:
        """See ``Ledger``."""
        self._link.ask(lambda: self._beat(keys=self._KEYS, args=[ALIVE_S, f"{worker} {threads}"]))

    def end(self, worker: str, threads: int) -> None:
        """See ``Ledger``."""
        self._link.ask(lambda: self._beat(keys=self._KEYS, args=[0, f"{worker} {threads}"]))

    def load(self) -> Load:
        """See ``Ledger``."""
        struck = list(self._struck)
        waiting, threads, taken = self._link.ask(lambda: self._load(keys=self._KEYS, args=struck))
        self._struck.difference_update(struck)
        return Load(waiting=waiting, threads=threads, taken=taken)


class Bound:
    """How many claims may wait: one for each thread, or as many as were taken lately in ``AHEAD_S``."""

    def __init__(self, *, lease_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._ahead_s = min(AHEAD_S, lease_s * PART_OF_LEASE)
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def room(self, load: Load) -> int:
        """How many more may be claimed now; 0 as well until half of the places are free, so that few are not many."""
        most = max(load.threads, int(self._rate(load.taken) * self._ahead_s)) if load.threads else 0
        free = most - load.waiting
        return free if free * 2 >= most else 0

    def _rate(self, taken: int) -> float:
        """Claims taken up a second, lately; at the start less, since idle threads take the first ones at once."""
        now_s = self._clock()
        if self._seen and taken < self._seen[-1][1]:  # Redis was emptied
            self._seen.clear()
        self._seen.append((now_s, taken))
        while now_s - self._seen[0][0] > RATE_OVER_S:
            self._seen.popleft()
        return (taken - self._seen[0][1]) / RATE_OVER_S
