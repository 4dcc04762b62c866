"""feeds.fetch.budget: requests to one domain keep their distance; Retry-After stops them all."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FetchError, RateLimited
from feeds.fetch import budget as module
from feeds.fetch.budget import Budget


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> Budget:
    return Budget(clock=clock, sleep=clock.sleep, longest_wait_s=10)


def test_the_first_request_starts_at_once_and_the_next_after_the_delay(budget: Budget, clock: Clock) -> None:
    budget.take_turn("a.example", 2.0)
    assert clock.slept == []
    clock.now_s += 0.5
    budget.take_turn("a.example", 2.0)
    assert clock.slept == [1.5]


def test_the_delay_counts_from_the_start_of_the_request_before(budget: Budget, clock: Clock) -> None:
    budget.take_turn("a.example", 2.0)
    clock.now_s += 5  # it took so long to answer
    budget.take_turn("a.example", 2.0)
    assert clock.slept == []


def test_domains_do_not_wait_for_each_other(budget: Budget, clock: Clock) -> None:
    budget.take_turn("a.example", 2.0)
    budget.take_turn("b.example", 2.0)
    assert clock.slept == []


def test_no_delay_is_no_wait(budget: Budget, clock: Clock) -> None:
    for _ in range(5):
        budget.take_turn("a.example", 0.0)
    assert clock.slept == []


def test_a_short_delay_does_not_cut_the_longer_one_of_the_request_before(budget: Budget, clock: Clock) -> None:
    budget.take_turn("a.example", 50.0)  # of one source
    clock.now_s += 1
    budget.take_turn("a.example", 0.0)  # of another one at the same domain
    assert clock.slept == [49.0]
    budget.take_turn("a.example", 0.0)
    budget.take_turn("a.example", 2.0)
    assert clock.slept == [49.0, 2.0]


def test_a_long_delay_of_its_own_is_waited_for(budget: Budget, clock: Clock) -> None:
    budget.take_turn("a.example", 100.0)
    budget.take_turn("a.example", 100.0)
    assert clock.slept == [100.0]


def test_a_hold_refuses_at_once_and_says_for_how_long(budget: Budget, clock: Clock) -> None:
    budget.hold("a.example", 30)
    clock.now_s += 10
    with pytest.raises(RateLimited, match=r"a\.example has asked to be left alone for 20 s more") as caught:
        budget.take_turn("a.example", 1.0)
    assert caught.value.retry_after_s == 20
    assert clock.slept == []
    budget.take_turn("b.example", 1.0)
    clock.now_s += 20
    budget.take_turn("a.example", 1.0)


def test_a_shorter_hold_does_not_lift_a_longer_one(budget: Budget) -> None:
    budget.hold("a.example", 30)
    budget.hold("a.example", 1)
    with pytest.raises(RateLimited):
        budget.take_turn("a.example", 0.0)


def test_who_waits_when_the_hold_comes_is_refused_too(clock: Clock) -> None:
    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        asked.hold("a.example", 60)  # the answer to the request before comes in meanwhile

    asked = Budget(clock=clock, sleep=sleep)
    asked.take_turn("a.example", 5.0)
    with pytest.raises(RateLimited):
        asked.take_turn("a.example", 5.0)


def test_too_long_a_queue_is_an_error_that_takes_no_turn(clock: Clock) -> None:
    budget = Budget(clock=clock, sleep=lambda _seconds: None, longest_wait_s=0)
    reserve = budget._reserve
    assert [reserve("a.example", 2.0) for _ in range(2)] == [1000.0, 1002.0]
    for _ in range(3):
        with pytest.raises(FetchError, match=r"a\.example are waiting"):
            reserve("a.example", 2.0)
    clock.now_s += 2
    assert reserve("a.example", 2.0) == 1004.0


def test_threads_start_apart_and_in_the_order_of_asking() -> None:
    budget = Budget()
    starts: list[tuple[float, int]] = []
    lock = threading.Lock()

    def ask(number: int) -> None:
        budget.take_turn("a.example", 0.1)
        with lock:
            starts.append((time.monotonic(), number))

    with ThreadPoolExecutor(4) as pool:
        for number in range(4):
            pool.submit(ask, number)
            time.sleep(0.005)
    times = [moment for moment, _ in starts]
    assert [number for _, number in starts] == list(range(4))
    assert times[-1] - times[0] >= 3 * 0.1 - 0.05
    assert all(later - earlier > 0.02 for earlier, later in itertools.pairwise(times))


def test_closing_wakes_who_waits() -> None:
    budget = Budget()
    budget.take_turn("a.example", 30.0)
    threading.Timer(0.05, budget.close).start()
    started = time.monotonic()
    with pytest.raises(FetchError, match="stopped while waiting"):
        budget.take_turn("a.example", 30.0)
    assert time.monotonic() - started < 5


def test_domains_of_the_past_are_forgotten_those_held_are_not(
    budget: Budget, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MANY_DOMAINS", 10)
    budget.hold("held.example", 1000)
    for number in range(100):
        budget.take_turn(f"{number}.example", 1.0)
        clock.now_s += 2
    assert len(budget._accounts) <= 11
    with pytest.raises(RateLimited):
        budget.take_turn("held.example", 0.0)


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 3)), min_size=2, max_size=20))
def test_starts_are_never_closer_than_either_asks_for(steps: list[tuple[float, float]]) -> None:
    clock = Clock()
    budget = Budget(clock=clock, sleep=clock.sleep)
    last_s, last_delay_s = None, 0.0
    for pause_s, delay_s in steps:
        clock.now_s += pause_s
        budget.take_turn("a.example", delay_s)
        assert last_s is None or clock.now_s - last_s >= max(delay_s, last_delay_s) - 1e-6
        last_s, last_delay_s = clock.now_s, delay_s
