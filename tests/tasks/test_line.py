"""Claims handed on are polled once each, in one process and over Redis, whatever becomes of the messages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from dramatiq.brokers.redis import RedisBroker
from structlog.testing import capture_logs

from cluster.servers import running_redis
from feeds.metrics import REGISTRY
from feeds.model import Claim
from feeds.settings import Settings
from feeds.tasks.crew import Crew
from feeds.tasks.line import QUEUE, Dispatch, Line, open_line

Start = Callable[..., Crew]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def claims(*names: str) -> list[Claim]:
    return [Claim(source_id=name, token=f"token of {name}") for name in names]


@pytest.fixture(params=["own", "redis"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    with open_line(Settings(redis_url=url)) as opened:
        yield opened


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts crews that are stopped in the end."""
    with ExitStack() as stopping:

        def make(line: Line, take: Callable[[str, str], object], *, threads: int = 2) -> Crew:
            crew = Crew(line, take, threads=threads)
            crew.start()
            stopping.callback(crew.stop, within_s=10)
            return crew

        yield make


def test_what_is_handed_on_is_taken_up_and_no_more_than_there_is_room_for(
    line: Line, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.tasks.line._ALONE_S", 0.0)
    gate, got = threading.Event(), []

    def take(source_id: str, token: str) -> None:
        got.append((source_id, token))
        gate.wait(60)

    dispatch = Dispatch(line, lease_s=120)
    with capture_logs() as logs:
        assert [dispatch.room() for _ in range(3)] == [0, 0, 0]
        start(line, take)
        until(lambda: dispatch.room() == 2)
    assert [entry["event"] for entry in logs] == ["nothing is polled: no worker is alive", "a worker is alive again"]
    assert dispatch.hand_on(claims("a", "b")) == 2
    until(lambda: len(got) == 2)
    until(lambda: dispatch.room() == 2)
    assert dispatch.hand_on(claims("c", "d")) == 2
    assert dispatch.room() == 0, "all hands are busy, and as many wait"
    assert REGISTRY.get_sample_value("polyfeed_queue_length") == 2
    assert REGISTRY.get_sample_value("polyfeed_worker_threads") == 2
    gate.set()
    until(lambda: len(got) == 4)
    assert (REGISTRY.get_sample_value("polyfeed_claim_wait_seconds_count") or 0) >= 4
    assert sorted(got) == [(name, f"token of {name}") for name in "abcd"]


def test_a_bug_in_a_poll_is_loud_and_costs_no_hand(line: Line, start: Start) -> None:
    polled = threading.Event()

    def take(source_id: str, _token: str) -> None:
        if source_id == "a":
            raise ZeroDivisionError
        polled.set()

    with capture_logs() as logs:
        start(line, take, threads=1)
        Dispatch(line, lease_s=120).hand_on(claims("a", "b"))
        assert polled.wait(60)
    (told,) = logs
    assert (told["source_id"], told["log_level"]) == ("a", "error")
    assert isinstance(told["exc_info"], ZeroDivisionError)


def test_what_waits_when_one_process_ends_is_taken_up_to_be_given_back(start: Start) -> None:
    gate, got = threading.Event(), []

    def take(source_id: str, _token: str) -> None:
        got.append(source_id)
        gate.wait(60)

    with open_line(Settings()) as line:
        crew = start(line, take, threads=1)
        Dispatch(line, lease_s=120).hand_on(claims("a", "b", "c"))
        until(lambda: got == ["a"])
        threading.Timer(0.2, gate.set).start()
        crew.stop(within_s=60)
    assert got == ["a", "b", "c"]


def test_what_waits_when_a_worker_ends_is_another_workers(redis_url: str, start: Start) -> None:
    settings = Settings(redis_url=redis_url)
    gate, first, second = threading.Event(), list[str](), list[str]()

    def take(source_id: str, _token: str) -> None:
        first.append(source_id)
        gate.wait(60)

    with open_line(settings) as one, open_line(settings) as other:
        crew = start(one, take, threads=1)
        Dispatch(one, lease_s=120).hand_on(claims("a", "b"))
        until(lambda: first == ["a"])
        threading.Timer(0.2, gate.set).start()
        crew.stop(within_s=60)
        start(other, lambda source_id, _token: second.append(source_id), threads=1)
        until(lambda: first + second == ["a", "b"])


def test_messages_of_a_worker_that_was_killed_are_given_to_another(redis_url: str, start: Start) -> None:
    settings = Settings(redis_url=redis_url)
    got: list[str] = []
    with open_line(settings) as one, open_line(settings) as other:
        assert isinstance(one.broker, RedisBroker)
        assert isinstance(other.broker, RedisBroker)
        other.broker.heartbeat_timeout = 500
        Dispatch(one, lease_s=120).hand_on(claims("a"))
        assert one.broker.do_fetch(QUEUE, 2), "it has the message and says nothing any more"
        start(other, lambda source_id, _token: got.append(source_id))
        until(lambda: got == ["a"])


def test_a_redis_that_goes_away_is_told_once_and_comes_back(start: Start) -> None:
    got: list[str] = []
    with running_redis() as server, open_line(Settings(redis_url=server.url)) as line, capture_logs() as logs:
        dispatch = Dispatch(line, lease_s=120)
        start(line, lambda source_id, _token: got.append(source_id))
        until(lambda: dispatch.room() > 0)
        server.stop()
        until(lambda: dispatch.room() == 0)
        assert dispatch.hand_on(claims("a")) == 0
        server.start()
        until(lambda: dispatch.room() > 0)
        assert dispatch.hand_on(claims("b")) == 1
        until(lambda: got == ["b"])
    said = [entry["event"] for entry in logs if "Redis" in entry["event"]]
    assert said == [
        "Redis does not answer: nothing is handed to workers; tried again each second",
        "Redis answers again",
    ]
