"""The store decides who polls: messages that come twice, too late or out of order, and leases that run out."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from feeds.errors import StoreError
from feeds.metrics import REGISTRY
from feeds.model import Source, SourceState
from feeds.newsroom import Newsroom, newsroom_sources
from feeds.settings import Settings
from feeds.store import Store
from feeds.tasks import Poller, open_fetcher
from feeds.tasks import poller as module

ARTICLES = 20


@pytest.fixture
def source() -> Iterator[Source]:
    with Newsroom(articles=ARTICLES, every_s=3600).start() as site:
        yield replace(newsroom_sources(site.url)[0], sections=(), pages=1)


@contextmanager
def polling(
    source: Source,
    store: Store,
    tmp_path: Path,
    clock: Callable[[], dt.datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> Iterator[Poller]:
    settings = Settings(data=tmp_path, config=tmp_path)
    with open_fetcher(settings) as fetcher:
        yield Poller(
            {source.id: source}, settings=settings, store=store, fetcher=fetcher, clock=clock, stopping=stopping
        )


def stale() -> float:
    return REGISTRY.get_sample_value("polyfeed_stale_messages_total") or 0.0


def test_a_message_that_comes_twice_and_out_of_order_is_polled_once(
    source: Source, store: Store, tmp_path: Path, now: dt.datetime
) -> None:
    store.register([source], now)
    (first,) = store.claim_due(now, limit=1, lease_s=60)
    later = now + dt.timedelta(seconds=61)
    (second,) = store.claim_due(later, limit=1, lease_s=60)
    before = stale()
    with polling(source, store, tmp_path, lambda: later) as poller:
        assert poller.take(first.source_id, first.token) is None, "its lease ran out while the message waited"
        report = poller.take(second.source_id, second.token)
        assert poller.take(second.source_id, second.token) is None, "it came twice"
        assert poller.take(first.source_id, first.token) is None
    assert stale() - before == 3
    assert report is not None
    assert report.new > 0
    assert store.change_seq() == report.new


def test_a_poll_whose_lease_ran_out_writes_nothing_beside_the_one_that_has_it_now(
    source: Source, store: Store, tmp_path: Path, now: dt.datetime
) -> None:
    """The first stands still in the middle, and goes on when the second is done."""
    store.register([source], now)
    (claim,) = store.claim_due(now, limit=1, lease_s=60)
    reached, go_on, times = threading.Event(), threading.Event(), [now]

    def slow_clock() -> dt.datetime:
        if len(times) == 4:  # begun, and at work
            reached.set()
            assert go_on.wait(60)
        times.append(now)
        return now

    later = now + dt.timedelta(seconds=200)
    with polling(source, store, tmp_path, slow_clock) as slow, polling(source, store, tmp_path, lambda: later) as quick:
        thread = threading.Thread(target=slow.take, args=(claim.source_id, claim.token))
        with capture_logs() as logs:
            thread.start()
            assert reached.wait(60)
            (again,) = store.claim_due(later, limit=1, lease_s=60)
            report = quick.take(again.source_id, again.token)
            go_on.set()
            thread.join()
    assert report is not None
    assert store.change_seq() == report.new, "each article once"
    assert "poll stopped: another one has taken the source over" in {entry["event"] for entry in logs}
    (row,) = store.status()
    assert (row.state, row.last_poll_at) == (SourceState.OK, later)


def test_who_stops_gives_what_it_is_handed_back_at_once(
    source: Source, store: Store, tmp_path: Path, now: dt.datetime
) -> None:
    store.register([source], now)
    (claim,) = store.claim_due(now, limit=1, lease_s=60)
    with polling(source, store, tmp_path, lambda: now, lambda: True) as poller:
        assert poller.take(claim.source_id, claim.token) is None
    assert [one.source_id for one in store.claim_due(now, limit=1, lease_s=60)] == [source.id]
    assert store.change_seq() == 0


def test_a_message_waits_for_a_store_that_is_away(
    source: Source, store: Store, tmp_path: Path, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.register([source], now)
    (claim,) = store.claim_due(now, limit=1, lease_s=60)
    monkeypatch.setattr(module, "STORE_AGAIN_S", 0.01)
    begin, failing = store.begin, [True, True, True]

    def away(source_id: str, token: str, at: dt.datetime, *, lease_s: float) -> object:
        if failing:
            failing.pop()
            raise StoreError("away")
        return begin(source_id, token, at, lease_s=lease_s)

    monkeypatch.setattr(store, "begin", away)
    with polling(source, store, tmp_path, lambda: now) as poller, capture_logs() as logs:
        assert poller.take(claim.source_id, claim.token) is not None
    said = [entry["event"] for entry in logs if "store" in entry["event"]]
    assert said == ["polls wait: the store does not answer", "the store answers again"]
