"""Hints that something changed, and duties that one has at a time, between stores that are opened apart."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from feeds.model import Article, FeedQuery
from feeds.store import Store, open_store

MakeUrl = Callable[[], str]
FOR_EVER_S = 120.0


@pytest.fixture
def url(clean_url: MakeUrl) -> str:
    """The address of an empty database."""
    return clean_url()


@pytest.fixture
def pair(url: str) -> Iterator[tuple[Store, Store]]:
    """Two stores over it."""
    with ExitStack() as opened:
        first, second = (opened.enter_context(closing(open_store(url))) for _ in range(2))
        yield first, second


class Waiting(threading.Thread):
    """Waits for a hint."""

    def __init__(self, store: Store) -> None:
        super().__init__(daemon=True)
        self._store = store
        self.came: bool | None = None
        self.start()

    def run(self) -> None:
        self.came = self._store.await_change(FOR_EVER_S)

    def ended(self) -> bool | None:
        """What it waited for, once it has ended by itself."""
        self.join(FOR_EVER_S / 2)
        return self.came


def test_whoever_waits_hears_that_another_wrote(
    pair: tuple[Store, Store], url: str, desk_at: Any, article: Callable[..., Article]
) -> None:
    reader, writer = pair
    desk = desk_at(writer)
    desk.open("daily")
    while reader.await_change(0.01):
        pass  # a new connection counts as a hint
    assert reader.await_change(0.01) is False
    if url.startswith("sqlite"):
        return  # asking is cheaper than being told
    waiting = Waiting(reader)
    desk.put(article("one"), article("two"))
    assert waiting.ended() is True
    assert reader.change_seq() == 2
    assert reader.await_change(0.01) is False, "one hint for a batch"


def test_who_waits_is_let_go_when_the_store_is_closed(pair: tuple[Store, Store]) -> None:
    while pair[0].await_change(0.01):
        pass
    waiting = Waiting(pair[0])
    pair[0].close()
    assert waiting.ended() is False


def test_a_duty_is_of_one_store_until_it_closes(pair: tuple[Store, Store]) -> None:
    first, second = pair
    assert first.lead("schedule")
    assert not second.lead("schedule")
    assert second.lead("alerts"), "another duty"
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(first.lead("schedule")))
    thread.start()
    thread.join()
    assert found == [True], "among its threads it is the same for all"
    first.close()
    assert second.lead("schedule")
    assert second.lead("alerts")


def test_who_follows_the_numbers_misses_nothing_and_sees_no_gap(
    url: str, desk_at: Any, article: Callable[..., Article]
) -> None:
    """Numbers are given in the order of commits, so what is seen of them has no holes that are filled later."""
    writers, each = 6, 12
    with ExitStack() as opened:
        stores = [opened.enter_context(closing(open_store(url))) for _ in range(writers)]
        reader = opened.enter_context(closing(open_store(url)))

        def fill(number: int) -> None:
            desk = desk_at(stores[number])
            for turn in range(each):
                desk.put(*(article(f"{number}-{turn}-{part}", source_id=f"s{number}") for part in range(2)))

        threads = [threading.Thread(target=fill, args=(number,)) for number in range(writers)]
        for thread in threads:
            thread.start()
        window: list[int] = []
        placed: list[int] = []
        are_done = False
        while not are_done:
            are_done = not any(thread.is_alive() for thread in threads)
            known = reader.change_seq()
            window += [seq for _, seq in reader.window(FeedQuery(), limit=1000, after_seq=window[-1] if window else 0)]
            placed += [at.seq for at in reader.placed_after(placed[-1] if placed else 0, limit=1000)]
            assert window == list(range(1, len(window) + 1))
            assert placed == list(range(1, len(placed) + 1))
            assert min(len(window), len(placed)) >= known
        assert len(window) == len(placed) == 2 * writers * each
