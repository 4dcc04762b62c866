"""The room for operators and robots: ``/health``, also of one source, ``/metrics``, ``/robots.txt``."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from feeds.errors import StoreError
from feeds.model import SourceState, SourceStatus
from feeds.render.events import ADVICE, TROUBLE
from feeds.web.errors import RETRY_AFTER_S, say
from feeds.web.links import prefix
from feeds.web.locales import gettext
from feeds.web.ready import keep_ready
from feeds.web.services import respond, services
from feeds.web.states import PRESSING, read_some

room = Blueprint("ops", __name__)

SOURCES_SHOWN = 100
# a quiet source may just have no news: nothing to wake anybody for
FAILING = frozenset(TROUBLE) - {SourceState.QUIET}


@room.get("/health")
def health() -> Response:
    """200 while this process can serve: however the sources are, and without the store from what is ready ("degraded").

    A broken source is no reason to take a web server out of service, so it shows in the body only. Nor is a store that
    does not answer while feeds are ready: it is away for every node at once, and a load balancer that took all of them
    out would make an outage of it. Who watches is told by ``status``, and by ``polyfeed_store_up``. 503 when nothing is
    ready. ``sources`` are at most 100, those in trouble first; ``states`` counts all.
    """
    store, catalogue, answers = services().store, services().catalogue, services().answers
    answers.change_seq()  # has the store looked at, also while nobody asks for feeds
    try:
        store.ping()
        seq, counts, mistakes = store.change_seq(), catalogue.states(), store.mistakes()
        articles = sum(store.languages().values())
        found, _ = read_some(store, PRESSING, counts, limit=SOURCES_SHOWN)
    except StoreError:
        is_ready = answers.size_bytes > 0
        answer = jsonify(status="degraded", store="unreachable") if is_ready else _unavailable()
    else:
        answer = jsonify(
            status="ok",
            store="ok",
            change_seq=seq,
            articles=articles,
            states={state.value: counts[state] for state in PRESSING if counts.get(state)},
            mistakes=mistakes,
            sources={source.id: _say(source) for source in found},
        )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@room.get("/health/<source_id>")
def health_of(source_id: str) -> Response:
    """How one source was when it was last polled; asking polls nothing.

    200 while it is ok, quiet, retired or waiting for its first poll; 503 while somebody should look at it: broken,
    gone, blocked, empty, recipe stale, or the store does not answer. 404 for a source that was never configured.
    """
    try:
        found = services().store.status([source_id])
    except StoreError:
        answer = _unavailable()
    else:
        if not found:
            reason = gettext("There is no source called “%(name)s” here.", name=source_id)
            return say(404, gettext("There is no such source"), [reason])
        (source,) = found
        answer = jsonify(id=source.id, name=source.name, **_say(source))
        answer.status_code = 503 if source.state in FAILING else 200
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _unavailable() -> Response:
    answer = jsonify(status="unavailable", store="unreachable")
    answer.status_code = 503
    answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _say(source: SourceStatus) -> dict[str, object]:
    return {
        "state": source.state.value,
        "since": _instant(source.state_since),
        "reason": source.reason,
        "todo": ADVICE[source.state] if source.state in TROUBLE else "",
        "articles": source.articles,
        "pace_s": source.pace_s,
        "last_poll_at": _instant(source.last_poll_at),
        "next_poll_at": _instant(source.next_poll_at),
        "last_ok_at": _instant(source.last_ok_at),
        "last_article_at": _instant(source.last_article_at),
    }


def _instant(when: dt.datetime | None) -> str | None:
    return when.isoformat(timespec="seconds") if when else None


@room.get("/metrics")
def metrics() -> Response:
    """For Prometheus."""
    answer = Response(services().meter.text(), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@room.get("/robots.txt")
def robots() -> Response:
    """Feeds and pages may be read by anyone; what only operators need is not for search."""
    # pages of questions are without end; their feeds may be read
    refused = ("/",) if services().settings.keys else ("/metrics", "/health", "/feeds/*/search?")
    lines = ["User-agent: *", *(f"Disallow: {prefix()}{path}" for path in refused), ""]
    return respond(keep_ready("\n".join(lines).encode(), "text/plain; charset=utf-8"))
