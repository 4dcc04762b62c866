"""How often a registered domain may be asked: a domain in, its turn to start a request out, in order of asking.

``Budget`` serves all threads of a process; that other processes do not ask the same domain meanwhile is the store's
care (it leases one source of a domain at a time), or that of ``feeds.tasks.budget``, which shares turns over Redis.
What a domain says with Retry-After holds every request to it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from feeds.errors import FetchError, RateLimited

LONGEST_WAIT_S = 60.0
_MANY_DOMAINS = 4096  # above this, those without any claim on the future are forgotten


class Turns(Protocol):
    """Spaces the starts of requests to each domain, for whoever shares it; safe for threads."""

    def take_turn(self, domain: str, delay_s: float) -> None:
        """Returns when a request to ``domain`` may start, ``delay_s`` seconds after the one before.

        The distance to the next one is kept as well: whoever asks after a request with a longer delay waits for that.

        Raises:
            RateLimited: the domain has asked to be left alone for longer; nobody waited for it.
            FetchError: too many others are waiting, or the service is being stopped.
        """

    def hold(self, domain: str, seconds: float) -> None:
        """Lets nobody ask ``domain`` for so long: it said Retry-After."""

    def close(self) -> None:
        """Wakes and refuses whoever waits, so that a service can stop at once."""


def held(domain: str, left_s: float) -> RateLimited:
    """What is said to who asks a domain that is held."""
    return RateLimited(f"{domain} has asked to be left alone for {left_s:.0f} s more", retry_after_s=left_s)


def crowded(domain: str) -> FetchError:
    """What is said where too many wait already."""
    return FetchError(f"too many requests to {domain} are waiting for their turn; tried again later")


def stopped(domain: str) -> FetchError:
    """What is said to who waits when the service stops."""
    return FetchError(f"stopped while waiting for a turn to ask {domain}")


@dataclass(slots=True, kw_only=True)
class _Account:
    """Of one domain: when its last request starts (perhaps in the future), its distance, and until when none may."""

    last_start_s: float = -math.inf
    held_until_s: float = -math.inf
    last_delay_s: float = 0.0


class Budget:
    """The turns of one process.

    A turn is reserved at once, in order of asking, and slept for: whoever asked first goes first. Nobody waits more
    than ``longest_wait_s`` seconds for the requests of others. ``clock`` is monotonic seconds; ``sleep`` is given
    seconds.
    """

    def __init__(
        self,
        *,
        longest_wait_s: float = LONGEST_WAIT_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._longest_wait_s = longest_wait_s
        self._clock = clock
        self._closed = threading.Event()
        self._sleep = sleep or self._closed.wait
        self._lock = threading.Lock()
        self._accounts: dict[str, _Account] = {}

    def take_turn(self, domain: str, delay_s: float) -> None:
        """See ``Turns``."""
        start_s = self._reserve(domain, delay_s)
        while (left_s := start_s - self._clock()) > 0:
            if self._closed.is_set():
                raise stopped(domain)
            self._sleep(left_s)
        with self._lock:
            self._refuse_if_held(domain)  # somebody may have been told so meanwhile

    def hold(self, domain: str, seconds: float) -> None:
        """See ``Turns``."""
        with self._lock:
            account = self._account(domain)
            account.held_until_s = max(account.held_until_s, self._clock() + seconds)

    def close(self) -> None:
        """See ``Turns``."""
        self._closed.set()

    def ready_in_s(self, domain: str, delay_s: float) -> float:
        """How long a turn would have to wait, without taking it; raises RateLimited while the domain is held."""
        with self._lock:
            self._refuse_if_held(domain)
            account, now_s = self._account(domain), self._clock()
            return max(0.0, account.last_start_s + max(delay_s, account.last_delay_s) - now_s)

    def note_turn(self, domain: str, in_s: float, delay_s: float) -> None:
        """Remembers a turn that was given by somebody else, and starts in so many seconds."""
        with self._lock:
            account = self._account(domain)
            account.last_start_s, account.last_delay_s = self._clock() + in_s, delay_s

    def _reserve(self, domain: str, delay_s: float) -> float:
        with self._lock:
            self._refuse_if_held(domain)
            now_s = self._clock()
            account = self._account(domain)
            apart_s = max(delay_s, account.last_delay_s)
            start_s = max(now_s, account.last_start_s + apart_s)
            if start_s - now_s > self._longest_wait_s + apart_s:
                raise crowded(domain)
            account.last_start_s, account.last_delay_s = start_s, delay_s
            return start_s

    def _refuse_if_held(self, domain: str) -> None:
        account = self._accounts.get(domain)
        left_s = account.held_until_s - self._clock() if account else 0.0
        if left_s > 0:
            raise held(domain, left_s)

    def _account(self, domain: str) -> _Account:
        if domain not in self._accounts and len(self._accounts) >= _MANY_DOMAINS:
            now_s = self._clock()
            self._accounts = {
                name: account
                for name, account in self._accounts.items()
                if max(account.held_until_s, account.last_start_s + account.last_delay_s) > now_s
            }
        return self._accounts.setdefault(domain, _Account())
