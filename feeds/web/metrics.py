"""Numbers for operators: requests as they are answered, and what the store says when it is asked (Prometheus).

With ``PROMETHEUS_MULTIPROC_DIR`` set, every worker counts into files of that folder and any of them adds them up.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from feeds.errors import StoreError
from feeds.model import SourceState
from feeds.store.base import Store

BUCKETS_S = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)


class Meter:
    """Counts answers by room and status, and how long they took."""

    def __init__(self, store: Store, clock: Callable[[], dt.datetime]) -> None:
        self._registry = CollectorRegistry()
        self._store = StoreCollector(store, clock)
        self._requests = Counter("polyfeed_requests", "Requests answered", ["room", "status"], registry=self._registry)
        self._seconds = Histogram(
            "polyfeed_request_seconds",
            "Seconds from request to answer",
            ["room"],
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._counters: dict[tuple[str, str], Counter] = {}
        self._clocks: dict[str, Histogram] = {}
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            ProcessCollector(registry=self._registry)
            self._registry.register(self._store)

    def count(self, room: str, status: str, seconds: float) -> None:
        """Notes one answer; ``status`` is the three digits."""
        counter = self._counters.get((room, status))
        if counter is None:  # looking a child up costs ten times as much as counting
            counter = self._counters[room, status] = self._requests.labels(room, status)
            self._clocks[room] = self._seconds.labels(room)
        counter.inc()
        self._clocks[room].observe(seconds)

    def text(self) -> bytes:
        """Everything, in Prometheus's text form."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # not annotated upstream
        together.register(self._store)
        return generate_latest(together)


class StoreCollector(Collector):
    """Articles and sources as the store has them at the moment of the scrape."""

    def __init__(self, store: Store, clock: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        """All families; without the store's answer only that it gave none."""
        up = GaugeMetricFamily("polyfeed_store_up", "1 when the store answers")
        try:
            families = [*self._ask()]
            up.add_metric([], 1)
        except StoreError:
            families = []
            up.add_metric([], 0)
        return [up, *families]

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask the store."""
        return []

    def _ask(self) -> Iterator[Metric]:
        changes = GaugeMetricFamily("polyfeed_change_seq", "Number of the last change")
        changes.add_metric([], self._store.change_seq())
        yield changes
        articles = GaugeMetricFamily("polyfeed_articles", "Articles kept, by language", labels=["language"])
        for language, number in self._store.languages().items():
            articles.add_metric([language], number)
        yield articles
        status = self._store.status()
        states = Tally(source.state for source in status)
        sources = GaugeMetricFamily("polyfeed_sources", "Sources, by state", labels=["state"])
        for state in SourceState:
            sources.add_metric([state.value], states[state])
        yield sources
        now = self._clock()
        ages = GaugeMetricFamily(
            "polyfeed_source_poll_age_seconds", "Seconds since the last poll of a source", labels=["source"]
        )
        for source in status:
            if source.last_poll_at is not None and source.state is not SourceState.RETIRED:
                ages.add_metric([source.id], (now - source.last_poll_at).total_seconds())
        yield ages
