"""What waits and who works is counted alike in one process and in Redis; the queue is bounded by what is taken."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import redis as client

from feeds.errors import QueueError
from feeds.tasks.ledger import AHEAD_S, Bound, Ledger, Load, OwnLedger, RedisLedger
from feeds.tasks.link import Link


@pytest.fixture(params=["own", "redis"])
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    if request.param == "own":
        yield OwnLedger()
        return
    link = Link(request.getfixturevalue("redis_url"), without="nothing")
    yield RedisLedger(link)
    link.close()


def test_what_is_handed_on_waits_until_it_is_taken_up_or_struck_out(ledger: Ledger) -> None:
    assert ledger.load() == Load(waiting=0, threads=0, taken=0)
    ledger.beat("crew", 4)
    ledger.hand(["a", "b", "c"], 60.0)
    assert ledger.load() == Load(waiting=3, threads=4, taken=0)
    ledger.take("b")
    ledger.strike(["c"])
    assert ledger.load() == Load(waiting=1, threads=4, taken=1)
    ledger.end("crew", 4)
    assert ledger.load().threads == 0, "it has said that it ends"


def test_a_message_that_is_lost_counts_no_longer_than_its_lease(redis_url: str) -> None:
    link = Link(redis_url, without="nothing")
    ledger = RedisLedger(link)
    ledger.hand(["lost"], 0.2)
    ledger.hand(["kept"], 60.0)
    deadline = time.monotonic() + 30
    while ledger.load().waiting != 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    link.close()


def test_workers_are_counted_together_and_one_that_was_killed_no_more(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = [Link(redis_url, without="nothing") for _ in range(2)]
    one, other = map(RedisLedger, links)
    one.beat("one", 8)
    with monkeypatch.context() as patched:
        patched.setattr("feeds.tasks.ledger.ALIVE_S", 0.5)
        other.beat("other", 4)
    assert one.load().threads in {8, 12}, "12 unless half a second went by"
    deadline = time.monotonic() + 30
    while one.load().threads != 8:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        one.beat("one", 8)
    with client.Redis.from_url(redis_url) as connection:
        connection.flushall()
    assert other.load() == Load(waiting=0, threads=0, taken=0)
    one.beat("one", 8)
    assert other.load().threads == 8
    for link in links:
        link.close()


def test_a_redis_that_is_not_there_is_an_error_in_words() -> None:
    link = Link("redis://127.0.0.1:1/0", without="nothing is handed on")
    for _ in range(2):
        with pytest.raises(QueueError, match="does not answer"):
            RedisLedger(link).load()
    link.close()


def test_without_workers_nothing_is_claimed() -> None:
    assert Bound(lease_s=120).room(Load(waiting=0, threads=0, taken=0)) == 0


def test_one_claim_a_thread_may_wait_and_few_places_are_left_until_they_are_more() -> None:
    bound = Bound(lease_s=120)
    room = [bound.room(Load(waiting=waiting, threads=8, taken=0)) for waiting in (0, 3, 4, 5, 8, 20)]
    assert room == [8, 5, 4, 0, 0, 0]


def test_who_polls_quickly_is_given_more_and_never_more_than_a_part_of_a_lease() -> None:
    now_s = [0.0]
    long, short = (Bound(lease_s=lease_s, clock=lambda: now_s[0]) for lease_s in (120.0, 2.0))
    for second in range(11):
        now_s[0] = float(second)
        loads = Load(waiting=0, threads=8, taken=100 * second)
        rooms = long.room(loads), short.room(loads)
    assert rooms == (round(100 * AHEAD_S), 50)
    now_s[0] += 60
    assert long.room(Load(waiting=0, threads=8, taken=1000)) == 8, "what was long ago says nothing"
    assert long.room(Load(waiting=0, threads=8, taken=0)) == 8, "nor does a Redis that was emptied"
