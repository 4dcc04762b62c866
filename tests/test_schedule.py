"""The tick: claims no more than there are hands, hands each claim on, and survives a store that does not answer."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from structlog.testing import capture_logs

from feeds.errors import StoreError
from feeds.model import Claim
from feeds.schedule import Scheduler, ThreadDispatch

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


class Due:
    """Stands in for the store: a list of source ids that are due."""

    def __init__(self, *ids: str, broken: bool = False) -> None:
        self.ids = list(ids)
        self.broken = broken
        self.limits: list[int] = []

    def claim_due(self, now: dt.datetime, *, limit: int, lease_s: float) -> list[Claim]:
        assert now == NOW
        assert lease_s == 9.0
        self.limits.append(limit)
        if self.broken:
            raise StoreError("no answer")
        taken, self.ids = self.ids[:limit], self.ids[limit:]
        return [Claim(source_id=name, token="t") for name in taken]


@contextmanager
def scheduler(due: Due, dispatch: ThreadDispatch) -> Iterator[Scheduler]:
    yield Scheduler(due, dispatch, clock=lambda: NOW, tick_s=0.05, lease_s=9.0)  # type: ignore[arg-type]  # Due is enough of a store


def test_claims_only_what_it_has_hands_for() -> None:
    gate, polled = threading.Event(), []

    def poll(claim: Claim) -> None:
        gate.wait(10)
        polled.append(claim.source_id)

    dispatch, due = ThreadDispatch(poll, threads=2), Due("a", "b", "c")
    with scheduler(due, dispatch) as ticking:
        assert ticking.tick() == 2
        assert dispatch.free == 0
        assert ticking.tick() == 0
        assert due.limits == [2]
        gate.set()
        dispatch.close()
    assert sorted(polled) == ["a", "b"]
    assert due.ids == ["c"]


def test_ticks_by_itself_from_the_start_and_stops() -> None:
    polled = threading.Event()

    def poll(_claim: Claim) -> None:
        polled.set()

    dispatch = ThreadDispatch(poll, threads=1)
    with scheduler(Due("a"), dispatch) as ticking:
        ticking.start()
        assert polled.wait(10)
        ticking.stop()


def test_who_stops_it_at_its_first_tick_gets_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []  # APScheduler takes away a job that is over, and fails when it is being stopped
    monkeypatch.setattr(BackgroundScheduler, "remove_job", lambda _self, job_id, _jobstore=None: ended.append(job_id))
    ticked = threading.Event()
    dispatch = ThreadDispatch(lambda _claim: ticked.set(), threads=1)
    with scheduler(Due("a"), dispatch) as ticking:
        ticking.start()
        assert ticked.wait(10)
        ticking.stop()
    assert ended == []


def test_a_store_that_does_not_answer_is_told_and_tried_again() -> None:
    due, dispatch = Due("a", broken=True), ThreadDispatch(lambda _claim: None, threads=1)
    with scheduler(due, dispatch) as ticking, capture_logs() as logs:
        assert [ticking.tick() for _ in range(5)] == [0] * 5
        due.broken = False
        assert ticking.tick() == 1
    dispatch.close()
    assert [line["log_level"] for line in logs] == ["error", "info"], "told once, and that it is over"


def test_a_bug_in_a_poll_is_loud_and_costs_no_hand() -> None:
    def poll(_claim: Claim) -> None:
        raise ZeroDivisionError

    dispatch = ThreadDispatch(poll, threads=1)
    with scheduler(Due("a"), dispatch) as ticking, capture_logs() as logs:
        ticking.tick()
        dispatch.close()
    assert dispatch.free == 1
    assert logs[0]["source_id"] == "a"
    assert isinstance(logs[0]["exc_info"], ZeroDivisionError)


@pytest.mark.parametrize("threads", [1, 3])
def test_free_hands(threads: int) -> None:
    dispatch = ThreadDispatch(lambda _claim: None, threads=threads)
    assert dispatch.free == threads
    dispatch.close()
