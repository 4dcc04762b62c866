"""The connections to Redis when they are closed while somebody asks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest

from feeds.errors import QueueError
from feeds.tasks.link import Link


def test_who_asks_while_it_is_closed_is_told(redis_url: str) -> None:
    link = Link(redis_url, without="nothing")
    asking = threading.Event()

    def ask() -> object:
        asking.set()
        return link.client.blpop(["nobody pushes here"], timeout=1)

    with ThreadPoolExecutor(1) as pool:
        answered = pool.submit(link.ask, ask)
        assert asking.wait(20)
        link.close()
        error = answered.exception(20)
    # an answer where the question came later than the end: the client connects anew
    assert error is None or isinstance(error, QueueError)


@pytest.mark.parametrize("kind", [AttributeError, ValueError])
def test_what_a_closed_buffer_raises_is_no_bug_then_and_one_before(kind: type[Exception], redis_url: str) -> None:
    def read() -> NoReturn:
        raise kind("I/O operation on closed file.")

    link = Link(redis_url, without="nothing")
    with pytest.raises(kind, match="closed file"):
        link.ask(read)
    link.close()
    with pytest.raises(QueueError, match="is closed"):
        link.ask(read)
