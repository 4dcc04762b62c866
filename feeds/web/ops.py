"""The room for operators and robots: ``/health``, ``/metrics``, ``/robots.txt``."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from feeds.errors import StoreError
from feeds.model import SourceStatus
from feeds.web.errors import RETRY_AFTER_S
from feeds.web.links import prefix
from feeds.web.ready import keep_ready
from feeds.web.services import respond, services

room = Blueprint("ops", __name__)


@room.get("/health")
def health() -> Response:
    """200 while the store answers, however the sources are; 503 when it does not: then this process cannot serve.

    A broken source is no reason to take a web server out of service, so it shows in the body only.
    """
    shared = services()
    try:
        shared.store.ping()
        status = shared.store.status()
        seq = shared.store.change_seq()
    except StoreError:
        answer = jsonify(status="unavailable", store="unreachable")
        answer.status_code = 503
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    else:
        states = Counter(source.state.value for source in status)
        answer = jsonify(
            status="ok",
            store="ok",
            change_seq=seq,
            articles=sum(source.articles for source in status),
            states=dict(states),
            sources={source.id: _say(source) for source in status},
        )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _say(source: SourceStatus) -> dict[str, object]:
    return {
        "state": source.state.value,
        "since": source.state_since.isoformat(timespec="seconds"),
        "reason": source.reason,
        "articles": source.articles,
        "last_poll_at": source.last_poll_at.isoformat(timespec="seconds") if source.last_poll_at else None,
    }


@room.get("/metrics")
def metrics() -> Response:
    """For Prometheus."""
    answer = Response(services().meter.text(), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@room.get("/robots.txt")
def robots() -> Response:
    """Feeds and pages may be read by anyone; what only operators need is not for search."""
    lines = ["User-agent: *", f"Disallow: {prefix()}/metrics", f"Disallow: {prefix()}/health", ""]
    return respond(keep_ready("\n".join(lines).encode(), "text/plain; charset=utf-8"))
