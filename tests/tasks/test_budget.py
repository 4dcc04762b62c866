"""One law for the turns of one process and for those of all that share a Redis."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
import redis as client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cluster.servers import running_redis
from feeds.errors import FetchError, RateLimited
from feeds.fetch.budget import Budget, Turns
from feeds.tasks.budget import SharedBudget
from feeds.tasks.link import Link

SLACK_S = 0.005  # between two clocks of one machine
_numbers = itertools.count()


@pytest.fixture(params=["own", "shared"])
def make_turns(request: pytest.FixtureRequest) -> Iterator[Callable[..., Turns]]:
    """Turns of one process; of the shared kind each call is another process."""
    made: list[Turns] = []

    def make(*, longest_wait_s: float = 60.0) -> Turns:
        if request.param == "own":
            made.append(Budget(longest_wait_s=longest_wait_s))
        else:
            link = Link(request.getfixturevalue("redis_url"), without="nothing")
            made.append(SharedBudget(link, longest_wait_s=longest_wait_s))
        return made[-1]

    if request.param == "shared":
        request.getfixturevalue("redis_url")
    yield make
    for turns in made:
        turns.close()


def spread(turns: Turns, domain: str, delays: Sequence[float]) -> tuple[float, float]:
    """How long it took until the last of these turns came, and how long it must at least.

    Not the distance between two: whoever was to start is woken late on a machine that is busy.
    """
    begun_s = time.monotonic()
    for delay_s in delays:
        turns.take_turn(domain, delay_s)
    return time.monotonic() - begun_s, sum(map(max, itertools.pairwise(delays)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(delays=st.lists(st.floats(0, 0.05), min_size=2, max_size=6))
@example(delays=[0.1, 0.0, 0.0, 0.2, 0.05, 0.0])
def test_starts_are_never_closer_than_either_asks_for(make_turns: Callable[..., Turns], delays: list[float]) -> None:
    took_s, least_s = spread(make_turns(), f"{next(_numbers)}.example", delays)
    assert took_s >= least_s - SLACK_S


def test_domains_do_not_wait_for_each_other(make_turns: Callable[..., Turns]) -> None:
    turns = make_turns(longest_wait_s=0)
    for number in range(5):
        turns.take_turn(f"{number}.example", 3000.0)


def test_a_hold_refuses_at_once_and_a_shorter_one_does_not_lift_it(make_turns: Callable[..., Turns]) -> None:
    turns = make_turns()
    turns.hold("a.example", 3000)
    turns.hold("a.example", 1)
    with pytest.raises(RateLimited, match=r"a\.example has asked to be left alone for (3000|29\d\d) s more") as caught:
        turns.take_turn("a.example", 1.0)
    assert 2900 < (caught.value.retry_after_s or 0.0) <= 3000
    turns.take_turn("b.example", 1.0)


def test_who_waits_when_the_hold_comes_is_refused_too(make_turns: Callable[..., Turns]) -> None:
    turns = make_turns()
    turns.take_turn("a.example", 1.0)
    threading.Timer(0.1, turns.hold, ("a.example", 60)).start()
    with pytest.raises(RateLimited):
        turns.take_turn("a.example", 1.0)


def test_too_long_a_queue_is_an_error_that_takes_no_turn(make_turns: Callable[..., Turns]) -> None:
    turns = make_turns(longest_wait_s=0)
    turns.take_turn("a.example", 300.0)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(turns.take_turn, "a.example", 300.0) for _ in range(3)]
        done = as_completed(asked, timeout=60)
        for _ in range(2):
            with pytest.raises(FetchError, match=r"too many requests to a\.example are waiting"):
                next(done).result()
        turns.close()  # the third one has the turn, and waits


def test_closing_wakes_who_waits(make_turns: Callable[..., Turns]) -> None:
    turns = make_turns()
    turns.take_turn("a.example", 30.0)
    threading.Timer(0.1, turns.close).start()
    with pytest.raises(FetchError, match="stopped while waiting"):
        turns.take_turn("a.example", 30.0)


def test_processes_that_share_a_redis_keep_their_distance(redis_url: str) -> None:
    budgets = [SharedBudget(Link(redis_url, without="nothing")) for _ in range(3)]
    begun_s = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: budgets[number % 3].take_turn("a.example", 0.1), range(9)))
    assert time.monotonic() - begun_s >= 8 * 0.1 - SLACK_S
    budgets[0].hold("a.example", 60)
    with pytest.raises(RateLimited):
        budgets[1].take_turn("a.example", 0.1)
    with client.Redis.from_url(redis_url) as connection:
        assert all(connection.pttl(key) > 0 for key in connection.keys("polyfeed:turns:*")), "forgotten by itself"
    for budget in budgets:
        budget.close()


def test_a_redis_that_goes_away_or_is_emptied_lets_no_process_hurry() -> None:
    with running_redis() as server:
        budget = SharedBudget(Link(server.url, without="nothing"), longest_wait_s=0)
        budget.hold("held.example", 3000)
        begun_s = time.monotonic()
        budget.take_turn("a.example", 2.0)
        server.stop()
        budget.take_turn("a.example", 2.0)
        assert time.monotonic() - begun_s >= 2.0 - SLACK_S
        with pytest.raises(RateLimited):
            budget.take_turn("held.example", 0.5)
        server.start()
        time.sleep(1.1)  # it is not asked again sooner
        budget.take_turn("a.example", 2.0)
        assert time.monotonic() - begun_s >= 4.0 - SLACK_S
        budget.take_turn("slow.example", 3000.0)
        with client.Redis.from_url(server.url) as connection:
            assert len(connection.keys("polyfeed:turns:*")) == 2, "asked again"
            connection.flushall()
        other = SharedBudget(Link(server.url, without="nothing"), longest_wait_s=0)
        other.take_turn("slow.example", 0.5)  # it knows nothing of the first one's
        with pytest.raises(FetchError, match="waiting"):
            budget.take_turn("slow.example", 0.5)
        with pytest.raises(RateLimited):
            budget.take_turn("held.example", 0.5)
        for one in (budget, other):
            one.close()
