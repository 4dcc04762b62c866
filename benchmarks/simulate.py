"""A day of many sources in simulation: how long articles and polls wait, and how many messages queue, hour by hour.

    python -m benchmarks.simulate                          20,000 sources, a fiftieth of a million
    python -m benchmarks.simulate --sources 1000000        all of them: some hours
    python -m benchmarks.simulate --slow 8                 8 of its threads are kept for polls of what failed before

When a source is due, how it backs off and how many claims are handed on is decided by the service's own code
(``feeds.decide.pace``, ``feeds.tasks.ledger``); what is simulated is the world around it: publishers, networks and
worker threads. Sources publish by Zipf's law, more by day than by night. At 14:00 there is news: four times as much for
an hour. From 8:00 to 11:00 every tenth source is in a region that does not answer: a poll of it waits for the timeout.

The coefficients below are what ``benchmarks.cluster`` and ``benchmarks.pipeline`` measured, or the service's defaults.
"""

from __future__ import annotations

import argparse
import datetime as dt
import heapq
import random
import statistics
import sys
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import simpy

from feeds.decide.pace import PACE_DAYS, next_poll, pace_of
from feeds.model import Hints, Kind, Source, SourceState
from feeds.tasks.ledger import Bound, Load

SOURCES = 20_000
THREADS_PER_1000 = 2  # worker threads for each thousand of sources
ARTICLES_A_DAY = 20  # of a source, on average
SOURCES_A_DOMAIN = 1.25  # on average; by Zipf's law as well, so that some hold thousands
ANSWER_S = 0.25  # from a request to its last byte, of a site that answers
WORK_S = 0.012  # of a processor, to read and store one article
BOOKKEEPING_S = 0.004  # claim, look up, give back
NEWS_AT_S, NEWS_FOR_S, NEWS_TIMES = 14 * 3600, 3600, 4.0
DOWN_AT_S, DOWN_FOR_S, DOWN_SHARE = 8 * 3600, 3 * 3600, 0.1
TIMEOUT_S = 20.0
LEASE_S = 120.0
DAY_S = 86_400
LOOK_S = 0.2  # between two looks of the scheduler while more is due than there is room for
NO_HINTS = Hints()
MIDNIGHT = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


@dataclass(slots=True, kw_only=True)
class Publisher:
    """A source and what the world knows of it; ``arrivals`` counts its articles in publishing time (``Day``)."""

    source: Source
    domain: int
    activity: dict[dt.date, int]
    next_arrival: float
    rate: float
    is_in_region: bool
    due_s: float = 0.0
    failures: int = 0


@dataclass(slots=True)
class Hour:
    """What was seen in an hour: seconds that polls and articles waited, and how many messages lay in the queue."""

    polls: int = 0
    failed: int = 0
    late_s: list[float] = field(default_factory=list)
    delay_s: list[float] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)
    busy: list[int] = field(default_factory=list)


class Day:
    """How much is published by when: seconds of the clock to those of an even day, and back."""

    def __init__(self) -> None:
        shape = [0.25, 0.2, 0.2, 0.25, 0.4, 0.7, 1.2, 1.5, 1.6, 1.6, 1.5, 1.5, 1.4, 1.4, 1.4, 1.4, 1.4, 1.3]
        shape += [1.1, 0.9, 0.7, 0.5, 0.4, 0.3]
        mean = statistics.fmean(shape)
        minutes = [shape[minute // 60] / mean for minute in range(24 * 60)]
        for minute in range(NEWS_AT_S // 60, (NEWS_AT_S + NEWS_FOR_S) // 60):
            minutes[minute] *= NEWS_TIMES
        self._until = [0.0, *accumulate(60 * weight for weight in minutes)]

    def clock_s(self, published: float) -> float:
        """When so much was published; the next day is like this one."""
        whole = self._until[-1]
        days, rest = divmod(published, whole)
        low, high = 0, len(self._until) - 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._until[middle] <= rest else (low, middle)
        share = (rest - self._until[low]) / (self._until[high] - self._until[low])
        return days * DAY_S + 60 * (low + share)


class Lane:
    """A queue of claims and the threads that take from it, with the service's own bound on what may wait."""

    def __init__(self, clock: simpy.Environment, threads: int) -> None:
        self.queue: simpy.Store = simpy.Store(clock)
        self.threads = threads
        self.taken = 0
        self._bound = Bound(lease_s=LEASE_S, clock=lambda: clock.now)

    def room(self) -> int:
        """How many more claims may be handed on now."""
        return self._bound.room(Load(waiting=len(self.queue.items), threads=self.threads, taken=self.taken))


class World:
    """Publishers, the queue, worker threads and the scheduler, on one clock of seconds since midnight."""

    def __init__(self, *, sources: int, threads: int, slow: int, seed: int) -> None:
        self.clock = simpy.Environment()
        # the last one is for polls of what failed before; it may be the same
        self.lanes = [Lane(self.clock, count) for count in (threads - slow, slow) if count]
        self.day = Day()
        self.chance = random.Random(seed)
        self.threads = threads
        self.hours = [Hour() for _ in range(24)]
        self.busy = 0
        self._publishers = self._found(sources)
        self._due = [(each.due_s, number) for number, each in enumerate(self._publishers)]
        heapq.heapify(self._due)
        self._polled: set[int] = set()  # domains
        self._parked: dict[int, deque[int]] = {}

    def run(self, hours: float) -> None:
        """Lets so many hours pass."""
        self.clock.process(self._schedule())
        for lane in self.lanes:
            for _ in range(lane.threads):
                self.clock.process(self._work(lane))
        self.clock.run(until=hours * 3600)

    def _found(self, count: int) -> list[Publisher]:
        """So many publishers, each polled before at a moment of its own."""
        weights = [1 / (rank + 20) for rank in range(count)]
        whole = sum(weights)
        domains = max(1, int(count / SOURCES_A_DOMAIN))
        holds = list(accumulate(1 / (rank + 100) for rank in range(domains)))
        chosen = self.chance.choices(range(domains), cum_weights=holds, k=count)
        return [
            self._publisher(number, rate=ARTICLES_A_DAY * count * weight / whole, domain=domain)
            for number, (weight, domain) in enumerate(zip(weights, chosen, strict=True))
        ]

    def _publisher(self, number: int, *, rate: float, domain: int) -> Publisher:
        source = Source(id=f"s{number}", name="", kind=Kind.FEED, url=f"https://{domain}.example/feed")
        spread = self.chance.random()
        days = range(1, PACE_DAYS + 1)
        activity = {MIDNIGHT.date() - dt.timedelta(days=back): int((spread + back * rate) % 1 + rate) for back in days}
        return Publisher(
            source=source,
            domain=domain,
            activity=activity,
            rate=rate / DAY_S,
            next_arrival=self.chance.expovariate(rate / DAY_S),
            is_in_region=self.chance.random() < DOWN_SHARE,
            due_s=self.chance.random() * _pace_s(source, activity, MIDNIGHT),
        )

    @property
    def hour(self) -> Hour:
        """The one that it is."""
        return self.hours[int(self.clock.now // 3600) % 24]

    # --- the scheduler --------------------------------------------------------------------------------------------

    def _schedule(self) -> Generator[simpy.Event, Any, None]:
        """Claims what is due, one source a domain, and no more than the workers can take."""
        while True:
            self._claim()
            self.hour.queued.append(sum(len(lane.queue.items) for lane in self.lanes))
            self.hour.busy.append(self.busy)
            yield self.clock.timeout(LOOK_S)

    def _claim(self) -> None:
        room = [lane.room() for lane in self.lanes]
        passed = []
        while max(room) > 0 and self._due and self._due[0][0] <= self.clock.now:
            due_s, number = heapq.heappop(self._due)
            each = self._publishers[number]
            at = -1 if each.failures else 0
            if each.domain in self._polled:
                self._parked.setdefault(each.domain, deque()).append(number)
            elif room[at] <= 0:
                passed.append((due_s, number))
            else:
                room[at] -= 1
                self._polled.add(each.domain)
                self.lanes[at].queue.put(each)
        for due in passed:
            heapq.heappush(self._due, due)

    # --- the workers ----------------------------------------------------------------------------------------------

    def _work(self, lane: Lane) -> Generator[simpy.Event, Any, None]:
        """One thread of a worker: takes a claim, polls, gives it back."""
        while True:
            each: Publisher = yield lane.queue.get()
            self.busy += 1
            lane.taken += 1
            hour = self.hour
            hour.polls += 1
            hour.late_s.append(self.clock.now - each.due_s)
            yield from self._poll(each, hour)
            self.busy -= 1
            self._polled.discard(each.domain)
            for number in self._parked.pop(each.domain, ()):  # due since long: the first of them goes next
                heapq.heappush(self._due, (self._publishers[number].due_s, number))
            heapq.heappush(self._due, (each.due_s, int(each.source.id[1:])))

    def _poll(self, each: Publisher, hour: Hour) -> Generator[simpy.Event, Any, None]:
        is_down = each.is_in_region and DOWN_AT_S <= self.clock.now < DOWN_AT_S + DOWN_FOR_S
        yield self.clock.timeout(TIMEOUT_S if is_down else ANSWER_S + BOOKKEEPING_S)
        if is_down:
            hour.failed += 1
            each.failures += 1
        else:
            each.failures = 0
            began_s = self.clock.now
            while (arrived_s := self.day.clock_s(each.next_arrival)) <= began_s:
                yield self.clock.timeout(max(each.source.delay_s, ANSWER_S) + WORK_S)
                hour.delay_s.append(self.clock.now - arrived_s)
                today = self._now().date()
                each.activity[today] = each.activity.get(today, 0) + 1
                each.next_arrival += self.chance.expovariate(each.rate)
        each.due_s = (self._next(each) - MIDNIGHT).total_seconds()

    def _next(self, each: Publisher) -> dt.datetime:
        now = self._now()
        return next_poll(
            each.source,
            SourceState.BROKEN if each.failures else SourceState.OK,
            pace_s=_pace_s(each.source, each.activity, now),
            hints=NO_HINTS,
            now=now,
            failures=each.failures,
            left=0,
            error=None,
        )

    def _now(self) -> dt.datetime:
        return MIDNIGHT + dt.timedelta(seconds=self.clock.now)


def _pace_s(source: Source, activity: dict[dt.date, int], now: dt.datetime) -> float:
    return pace_of(source, activity, answers=True, hints=NO_HINTS, fresh_s=None, now=now)


def report(world: World, *, sources: int, hours: float) -> None:
    """Prints a line an hour."""
    print(f"{sources:,} sources, {world.threads:,} worker threads\n")
    print(
        "| hour | polls/s | failed | articles/s | due to begun p50 / p99 s | published to stored p50 / p99 min "
        "| queue p50 / most | threads busy |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for number, hour in enumerate(world.hours[: int(hours)]):
        late, delay = (_spread(values) for values in (hour.late_s, [each / 60 for each in hour.delay_s]))
        print(
            f"| {number} | {hour.polls / 3600:.1f} | {hour.failed / max(hour.polls, 1):.0%} "
            f"| {len(hour.delay_s) / 3600:.1f} | {late[0]:.1f} / {late[1]:.1f} | {delay[0]:.1f} / {delay[1]:.1f} "
            f"| {statistics.median(hour.queued):.0f} / {max(hour.queued)} "
            f"| {statistics.fmean(hour.busy) / world.threads:.0%} |"
        )


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    if len(values) < 2:  # noqa: PLR2004 - of one there are no percentiles
        return (values[0], values[0]) if values else (0.0, 0.0)
    return statistics.median(values), statistics.quantiles(values, n=100)[98]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the day and prints it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sources", type=int, default=SOURCES)
    parser.add_argument("--threads", type=int, help="worker threads of all machines together")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slow", type=int, default=0, help="of these, those that only poll what failed before")
    asked = parser.parse_args(arguments)
    threads = asked.threads or max(1, round(asked.sources / 1000 * THREADS_PER_1000))
    world = World(sources=asked.sources, threads=threads, slow=asked.slow, seed=asked.seed)
    world.run(asked.hours)
    report(world, sources=asked.sources, hours=asked.hours)
    return 0


if __name__ == "__main__":
    sys.exit(main())
