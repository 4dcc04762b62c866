"""The tick: claims no more than there is room for, hands the claims on, and survives a store that does not answer."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from structlog.testing import capture_logs

from feeds.errors import LeaseLost, StoreError
from feeds.model import Claim
from feeds.schedule import Scheduler

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


class Due:
    """Stands in for the store: a list of source ids that are due."""

    def __init__(self, *ids: str, broken: bool = False) -> None:
        self.ids = list(ids)
        self.broken = broken
        self.limits: list[int] = []
        self.given_back: list[str] = []

    def claim_due(self, now: dt.datetime, *, limit: int, lease_s: float) -> list[Claim]:
        assert now == NOW
        assert lease_s == 9.0
        self.limits.append(limit)
        if self.broken:
            raise StoreError("no answer")
        taken, self.ids = self.ids[:limit], self.ids[limit:]
        return [Claim(source_id=name, token=f"token of {name}") for name in taken]

    def renew(self, claim: Claim, now: dt.datetime, *, lease_s: float) -> None:
        assert (now, lease_s) == (NOW, 0.0)
        if claim.source_id == "lost":
            raise LeaseLost("lost")
        self.given_back.append(claim.source_id)


class Hands:
    """Stands in for the workers: so many places, and what was handed to them."""

    def __init__(self, room: int, *, takes: int = 100) -> None:
        self.free = room
        self.takes = takes
        self.got: list[str] = []
        self.called = threading.Event()

    def room(self) -> int:
        return self.free

    def hand_on(self, claims: Sequence[Claim]) -> int:
        some = claims[: self.takes]
        self.got += [claim.source_id for claim in some]
        self.free -= len(some)
        self.called.set()
        return len(some)


def make(due: Due, hands: Hands, *, leads: Callable[[], bool] = lambda: True) -> Scheduler:
    return Scheduler(due, hands, clock=lambda: NOW, leads=leads, tick_s=0.05, lease_s=9.0)  # type: ignore[arg-type]  # Due is enough of a store


def test_claims_only_what_there_is_room_for() -> None:
    due, hands = Due("a", "b", "c"), Hands(2)
    scheduler = make(due, hands)
    assert scheduler.tick() == 2
    assert scheduler.tick() == 0
    assert due.limits == [2]
    assert (hands.got, due.ids) == (["a", "b"], ["c"])


def test_hands_that_are_free_again_need_not_wait_for_the_next_tick() -> None:
    class Quick(Hands):
        def hand_on(self, claims: Sequence[Claim]) -> int:
            done = super().hand_on(claims)
            self.free += done
            return done

    due = Due(*"abcdefg")
    scheduler = Scheduler(due, Quick(2), clock=lambda: NOW, tick_s=60.0, lease_s=9.0)  # type: ignore[arg-type]
    assert scheduler.tick() == 7
    assert due.limits == [2, 2, 2, 2], "the last one was not full"


def test_what_cannot_be_handed_on_is_given_back() -> None:
    due, hands = Due("a", "b", "lost", "c"), Hands(10, takes=1)
    assert make(due, hands).tick() == 1
    assert hands.got == ["a"]
    assert due.given_back == ["b", "c"]


def test_who_does_not_lead_claims_nothing() -> None:
    due = Due("a")
    assert make(due, Hands(1), leads=lambda: False).tick() == 0
    assert due.limits == []


def test_ticks_by_itself_from_the_start_and_stops() -> None:
    hands = Hands(1)
    scheduler = make(Due("a"), hands)
    scheduler.start()
    assert hands.called.wait(10)
    scheduler.stop()


def test_who_stops_it_at_its_first_tick_gets_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []  # APScheduler takes away a job that is over, and fails when it is being stopped
    monkeypatch.setattr(BackgroundScheduler, "remove_job", lambda _self, job_id, _jobstore=None: ended.append(job_id))
    hands = Hands(1)
    scheduler = make(Due("a"), hands)
    scheduler.start()
    assert hands.called.wait(10)
    scheduler.stop()
    assert ended == []


def test_a_clock_that_is_set_back_does_not_stop_it() -> None:
    due, hands = Due("a"), Hands(2)
    scheduler = make(due, hands)
    scheduler.start()
    assert hands.called.wait(10)
    (job,) = scheduler._jobs.get_jobs()
    job.modify(next_run_time=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))  # what it comes to
    hands.called.clear()
    due.ids.append("b")
    assert not hands.called.wait(0.2)
    scheduler.keep_time()
    assert hands.called.wait(10)
    scheduler.stop()


def test_a_store_that_does_not_answer_is_told_and_tried_again() -> None:
    due, hands = Due("a", broken=True), Hands(1)
    scheduler = make(due, hands)
    with capture_logs() as logs:
        assert [scheduler.tick() for _ in range(5)] == [0] * 5
        due.broken = False
        assert scheduler.tick() == 1
    assert [line["log_level"] for line in logs] == ["error", "info"], "told once, and that it is over"
