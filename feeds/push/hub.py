"""One topic in, one ping out: the request that hubs take, and what their answers mean.

The Recommendation leaves open how a publisher tells its hub. Hubs agree on a form with ``hub.mode=publish`` and the
topic as ``hub.url`` (PubSubHubbub 0.3, 7.1), some on ``hub.topic`` instead; both are sent. On several topics in one
request they do not agree (repeated, or joined by commas; some take the last), so each topic is a request of its own.
"""

from __future__ import annotations

import enum
import http
from dataclasses import dataclass

from feeds.errors import FetchError, RateLimited
from feeds.fetch.posting import Poster


class Verdict(enum.StrEnum):
    """What became of a ping: taken; refused, this one alone; or the hub takes none now."""

    TAKEN = "taken"
    REFUSED = "refused"
    AWAY = "away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a ping went; ``reason`` in words where it was not taken, ``wait_s`` when the hub says for how long."""

    verdict: Verdict
    reason: str = ""
    wait_s: float | None = None


# 4xx that say something of the moment, and not of the topic
_MOMENTARY = frozenset({http.HTTPStatus.REQUEST_TIMEOUT, http.HTTPStatus.TOO_EARLY, http.HTTPStatus.TOO_MANY_REQUESTS})


def ping_fields(topic: str) -> list[tuple[str, str]]:
    """The form that tells a hub that ``topic`` (an absolute address) has changed."""
    return [("hub.mode", "publish"), ("hub.url", topic), ("hub.topic", topic)]


class Hub:
    """A hub at ``url``; safe to use from several threads."""

    def __init__(self, url: str, poster: Poster) -> None:
        self.url = url
        self._poster = poster

    def ping(self, topic: str) -> Said:
        """Tells it that the feed at an absolute address has changed."""
        try:
            self._poster.post_form(self.url, ping_fields(topic))
        except RateLimited as error:
            return Said(verdict=Verdict.AWAY, reason=error.reason, wait_s=error.retry_after_s)
        except FetchError as error:
            is_own = error.status is not None and error.status < http.HTTPStatus.INTERNAL_SERVER_ERROR
            is_refused = is_own and error.status not in _MOMENTARY
            return Said(verdict=Verdict.REFUSED if is_refused else Verdict.AWAY, reason=error.reason)
        return Said(verdict=Verdict.TAKEN)
