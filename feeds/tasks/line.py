"""Claims in, messages for the workers out, no more than they can take: Dramatiq over Redis, or inside this process.

A message is ``poll(source_id, token)``. It is never tried again by the queue: the lease is the only retry, so one that
is lost costs a lease, and one that comes twice is dropped by the store (``Store.begin``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from dramatiq import Broker, Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker

from feeds import metrics
from feeds.errors import QueueError
from feeds.model import Claim
from feeds.settings import Settings
from feeds.tasks.ledger import Bound, Ledger, OwnLedger, RedisLedger
from feeds.tasks.link import Link
from feeds.telling import Complaint

QUEUE = "polls"
ACTOR = "poll"
_WITHOUT = "nothing is handed to workers; tried again each second"
# Dramatiq's own defaults took 330 s to give the messages of a dead worker to another one
_HEARTBEAT_MS = 10_000
_MAINTENANCE_IN_A_MILLION = 100_000  # of the commands, of which a worker sends ten a second at least
_DEAD_MS = 3_600_000
_ALONE_S = 5.0  # processes that are started together come up one after the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The broker and the ledger that those who hand on and those who take up share; ``link`` is None in one process."""

    broker: Broker
    ledger: Ledger
    link: Link | None = None


@contextmanager
def open_line(settings: Settings) -> Iterator[Line]:
    """Over Redis where ``redis_url`` is set, inside this process otherwise."""
    # its own words for a Redis that is away are many; what matters is said by Link and Crew
    logging.getLogger("dramatiq").setLevel(logging.CRITICAL + 1)
    if not settings.redis_url:
        broker: Broker = StubBroker(middleware=[])
        broker.declare_queue(QUEUE)
        yield Line(broker=broker, ledger=OwnLedger())
        broker.close()
        return
    link = Link(settings.redis_url, without=_WITHOUT)
    # no middleware: no retries, no time limit, no limit of age, since the lease rules over all of these
    broker = RedisBroker(  # type: ignore[no-untyped-call]  # not annotated upstream
        client=link.client,
        namespace="polyfeed",
        middleware=[],
        heartbeat_timeout=_HEARTBEAT_MS,
        maintenance_chance=_MAINTENANCE_IN_A_MILLION,
        dead_message_ttl=_DEAD_MS,
    )
    broker.declare_queue(QUEUE)
    try:
        yield Line(broker=broker, ledger=RedisLedger(link), link=link)
    finally:
        broker.close()
        link.close()


class Dispatch:
    """Hands claims on; see ``feeds.schedule.Dispatch``. For one thread at a time."""

    def __init__(self, line: Line, *, lease_s: float) -> None:
        self._line = line
        self._lease_s = lease_s
        self._bound = Bound(lease_s=lease_s)
        self._no_worker = Complaint(
            "nothing is polled: no worker is alive", over="a worker is alive again", after_s=_ALONE_S
        )

    def room(self) -> int:
        """How many more claims the workers can take now."""
        try:
            load = self._line.ledger.load()
        except QueueError:  # Link has said so
            return 0
        metrics.queue_length.set(load.waiting)
        metrics.worker_threads.set(load.threads)
        if load.threads:
            self._no_worker.end()
        else:
            self._no_worker.say(waiting=load.waiting)
        return self._bound.room(load)

    def hand_on(self, claims: Sequence[Claim]) -> int:
        """Hands these on in order; returns how many of them could be."""
        ledger, link = self._line.ledger, self._line.link
        try:
            ledger.hand([claim.token for claim in claims], self._lease_s)
        except QueueError:
            ledger.strike([claim.token for claim in claims])
            return 0
        for done, claim in enumerate(claims):
            try:
                if link is None:
                    self._send(claim)
                else:
                    link.ask(lambda claim=claim: self._send(claim))  # type: ignore[misc]  # a lambda with a default
            except QueueError:
                ledger.strike([left.token for left in claims[done:]])
                metrics.claims.inc(done)
                return done
        metrics.claims.inc(len(claims))
        return len(claims)

    def _send(self, claim: Claim) -> None:
        args = (claim.source_id, claim.token)
        self._line.broker.enqueue(Message(queue_name=QUEUE, actor_name=ACTOR, args=args, kwargs={}, options={}))
