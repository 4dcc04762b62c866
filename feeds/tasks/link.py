"""A process's connection to Redis: what it is asked in, its answer or a QueueError out; going away is told once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from feeds.errors import QueueError
from feeds.telling import Complaint

T = TypeVar("T")

# a server that does not answer costs one caller so much, and the others nothing for as long after
TIMEOUT_S = 3.0
AGAIN_S = 1.0


class Link:
    """Redis, with what it means when it is away; safe for threads.

    Args:
        url: such as redis://host:6379/0.
        without: what happens meanwhile, for the log.
    """

    def __init__(self, url: str, *, without: str) -> None:
        self.client = redis.Redis.from_url(
            url,
            max_connections=1024,  # one for each thread that asks at once, and there are at most 256 that poll
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 1),  # a connection of before a restart fails once
        )
        self._complaint = Complaint(f"Redis does not answer: {without}", over="Redis answers again")
        self._lock = threading.Lock()
        self._again_s = float("-inf")
        self._is_closed = False

    def ask(self, question: Callable[[], T]) -> T:
        """What Redis answers to a call of the client, a script or the broker.

        Raises:
            QueueError: it does not answer, or did not just now.
        """
        with self._lock:
            if time.monotonic() < self._again_s:
                raise QueueError("Redis does not answer")
        try:
            answer = question()
        except redis.RedisError as error:
            with self._lock:
                self._again_s = time.monotonic() + AGAIN_S
            self._complaint.say(reason=str(error))
            raise QueueError(f"Redis does not answer: {error}") from error
        except (AttributeError, ValueError) as error:  # closing takes away, or closes, the buffers others read into
            if not self._is_closed:
                raise
            raise QueueError("the connection to Redis is closed") from error
        self._complaint.end()
        return answer

    def close(self) -> None:
        """Gives every connection back."""
        self._is_closed = True
        self.client.close()
