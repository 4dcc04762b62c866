"""The threads of one worker: messages in, a call of ``take`` for each out, and a sign of life once a second."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress

import dramatiq
import structlog
from dramatiq.brokers.stub import StubBroker
from dramatiq.common import current_millis
from dramatiq.errors import QueueJoinTimeout
from dramatiq.middleware import Middleware

from feeds import metrics
from feeds.errors import QueueError
from feeds.tasks.line import ACTOR, QUEUE, Line
from feeds.telling import Watch

log = structlog.get_logger()

BEAT_S = 1.0
_LOOK_MS = 200  # how often an idle worker looks for messages at least


class Crew:
    """Takes messages up on ``threads`` threads; ``take`` is given a source's id and the token of its claim.

    ``take`` must raise only what is a bug: it is logged with its traceback, and the lease brings the source back.
    """

    def __init__(self, line: Line, take: Callable[[str, str], object], *, threads: int) -> None:
        self._line = line
        self._take = take
        self._threads = threads
        self._name = secrets.token_hex(8)
        dramatiq.actor(actor_name=ACTOR, queue_name=QUEUE, broker=line.broker)(self._poll)
        line.broker.add_middleware(_Watching())
        self._worker = dramatiq.Worker(line.broker, worker_threads=threads, worker_timeout=_LOOK_MS)
        self._beat = Watch("worker's sign of life", self._tell_alive, begin=self._tell_alive)

    def start(self) -> None:
        """Begins to take messages up."""
        self._worker.start()
        self._beat.start(every_s=BEAT_S)

    def stop(self, *, within_s: float) -> None:
        """Takes no further message up and waits for the running ones; those that wait go back into Redis.

        Inside one process they have nowhere to go back to: they are taken up all the same, and ``take`` sees to it that
        nothing is begun any more.
        """
        self._beat.stop()
        with suppress(QueueError):
            self._line.ledger.end(self._name, self._threads)
        within_ms = round(within_s * 1000)
        if isinstance(self._line.broker, StubBroker):
            with suppress(QueueJoinTimeout):
                self._line.broker.join(QUEUE, timeout=within_ms, fail_fast=False)
        self._worker.stop(timeout=within_ms)

    def _poll(self, source_id: str, token: str) -> None:
        with suppress(QueueError):  # then it is struck out when its lease has run out
            self._line.ledger.take(token)
        self._take(source_id, token)

    def _tell_alive(self) -> None:
        with suppress(QueueError):
            self._line.ledger.beat(self._name, self._threads)


class _Watching(Middleware):
    """Measures how long messages waited, and tells of bugs in our words."""

    def before_process_message(self, broker: dramatiq.Broker, message: dramatiq.MessageProxy) -> None:  # noqa: ARG002
        metrics.wait_seconds.observe(max(0.0, (current_millis() - message.message_timestamp) / 1000))

    def after_process_message(
        self,
        broker: dramatiq.Broker,  # noqa: ARG002 - Dramatiq's signature
        message: dramatiq.MessageProxy,
        *,
        result: object = None,  # noqa: ARG002
        exception: BaseException | None = None,
    ) -> None:
        if exception is not None:
            log.error("poll crashed: please report this", source_id=message.args[0], exc_info=exception)
