"""Numbers for operators: requests as they are answered, and what the store says when it is asked (Prometheus).

With ``PROMETHEUS_MULTIPROC_DIR`` set, every worker counts into files of that folder and any of them adds them up.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
from bisect import bisect_left
from collections import Counter as Tally
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from feeds.errors import StoreError
from feeds.model import SourceState
from feeds.store.base import Store
from feeds.web.catalogue import Catalogue
from feeds.web.repeating import repeat

BUCKETS_S = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
COUNT_EVERY_S = 0.2
MOST_AGES = 1000


class Meter:
    """Counts answers by room and status, and how long they took.

    Counting into Prometheus's values takes 6 to 19 µs when they are files shared between processes, more than the
    whole answer of a ready feed (4 µs). So answers are noted first (0.2 µs), and counted together a moment later.
    """

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
        self._noted: deque[tuple[str, str, float]] = deque()
        self._counting = threading.Lock()
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            ProcessCollector(registry=self._registry)
            self._registry.register(self._store)

    def note(self, room: str, status: str, seconds: float) -> None:
        """Notes one answer; ``status`` is the three digits."""
        self._noted.append((room, status, seconds))  # one step of the interpreter: needs no lock

    def count(self) -> None:
        """Counts what was noted so far."""
        answers: Tally[tuple[str, str]] = Tally()
        sums: Tally[str] = Tally()
        buckets: Tally[tuple[str, int]] = Tally()
        with self._counting:
            for _ in range(len(self._noted)):
                room, status, seconds = self._noted.popleft()
                answers[room, status] += 1
                sums[room] += seconds  # type: ignore[assignment]  # a Counter adds up floats as well
                buckets[room, bisect_left(BUCKETS_S, seconds)] += 1
            for (room, status), number in answers.items():
                self._requests.labels(room, status).inc(number)
            # Histogram has no way to observe many at once but its values: bounds, and one more without a bound
            for room, total in sums.items():
                self._seconds.labels(room)._sum.inc(total)  # noqa: SLF001
            for (room, at), number in buckets.items():
                self._seconds.labels(room)._buckets[at].inc(number)  # noqa: SLF001

    def keep_counting(self) -> None:
        """Counts five times a second from now on, in a thread of its own, so that other workers see it."""
        repeat(self.count, every_s=COUNT_EVERY_S, name="meter")

    def text(self) -> bytes:
        """Everything, in Prometheus's text form."""
        self.count()
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # not annotated upstream
        together.register(self._store)
        return generate_latest(together)


class StoreCollector(Collector):
    """Articles and sources as the store has them at the moment of the scrape; how many are in each state as of late."""

    def __init__(self, store: Store, clock: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._catalogue = Catalogue(store)
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
        counts = self._catalogue.states()  # of a million sources, counting takes 100 ms
        sources = GaugeMetricFamily("polyfeed_sources", "Sources, by state", labels=["state"])
        for state in SourceState:
            sources.add_metric([state.value], counts.get(state, 0))
        yield sources
        yield from self._ask_hub()
        now = self._clock()
        ages = GaugeMetricFamily(
            "polyfeed_source_poll_age_seconds",
            f"Seconds since the last poll of a source; of more than {MOST_AGES} sources the first by id",
            labels=["source"],
        )
        for source in self._store.status(limit=MOST_AGES):
            if source.last_poll_at is not None and source.state is not SourceState.RETIRED:
                ages.add_metric([source.id], (now - source.last_poll_at).total_seconds())
        yield ages

    def _ask_hub(self) -> Iterator[Metric]:
        """How telling the WebSub hub goes; all of it 0 without one."""
        record = self._store.hub_record()
        pings = CounterMetricFamily("polyfeed_hub_pings", "Feeds told to the WebSub hub, by result", labels=["result"])
        pings.add_metric(["taken"], record.taken)
        pings.add_metric(["failed"], record.failed)
        yield pings
        waiting = GaugeMetricFamily("polyfeed_hub_waiting", "Feeds that changed and that the hub does not know of yet")
        waiting.add_metric([], record.waiting)
        yield waiting
