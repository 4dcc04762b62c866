"""Numbers of the roles that poll, for Prometheus: counted where things happen, shown at ``metrics_port``.

Under ``serve`` its own /metrics shows them, since every process counts into files of one folder then
(``PROMETHEUS_MULTIPROC_DIR``). A gauge is what was said last: only the leading scheduler and its queue say it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, start_http_server

from feeds.errors import StartError

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
_POLL_BUCKETS_S = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 900)

polls = Counter("polyfeed_polls", "Polls that ended, by the state of the source", ["state"], registry=REGISTRY)
poll_seconds = Histogram("polyfeed_poll_seconds", "Seconds a poll took", buckets=_POLL_BUCKETS_S, registry=REGISTRY)
wait_seconds = Histogram(
    "polyfeed_claim_wait_seconds",
    "Seconds a claim waited for a worker, by the clocks of both",
    buckets=_POLL_BUCKETS_S,
    registry=REGISTRY,
)
polls_cut_short = Counter(
    "polyfeed_polls_cut_short", "Polls that ended early, by what failed", ["why"], registry=REGISTRY
)
stale_messages = Counter(
    "polyfeed_stale_messages", "Messages dropped: they came twice, or another poll has the source", registry=REGISTRY
)
claims = Counter("polyfeed_claims", "Sources claimed and handed to the workers", registry=REGISTRY)
dropped_articles = Counter(
    "polyfeed_dropped_articles", "Articles dropped since they were older than `keep`", registry=REGISTRY
)


def _gauge(name: str, says: str) -> Gauge:
    return Gauge(name, says, registry=REGISTRY, multiprocess_mode="mostrecent")


queue_length = _gauge("polyfeed_queue_length", "Claims handed on that no worker has taken up yet")
worker_threads = _gauge("polyfeed_worker_threads", "Threads of the workers that are alive")
leader = _gauge("polyfeed_leader", "1 where this scheduler leads, 0 where it stands by")


@contextmanager
def shown_metrics(host: str, port: int) -> Iterator[None]:
    """Answers /metrics there meanwhile; with port 0, or under ``serve``, nowhere.

    Raises:
        StartError: nothing can listen there.
    """
    if not port or "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        yield
        return
    try:
        server, thread = start_http_server(port, addr=host, registry=REGISTRY)
    except OSError as error:
        raise StartError(
            f"cannot show metrics at {host}:{port}: {error.strerror or error}; name another port with "
            "POLYFEED_METRICS_PORT, one for each process of a machine"
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
