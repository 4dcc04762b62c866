"""What the rooms of the web share: one value, carried by the app."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from flask import Response, current_app, request
from werkzeug.datastructures import Headers

from feeds.errors import StoreError
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.addresses import Place
from feeds.web.answers import Answers
from feeds.web.asked import AskedFor
from feeds.web.catalogue import Catalogue
from feeds.web.keys import NAMED
from feeds.web.memory import BoundedMemory
from feeds.web.metrics import Meter
from feeds.web.named import NamedFeeds
from feeds.web.pulse import Pulse
from feeds.web.ready import Ready, decide

NAME = "polyfeed"
PAGE_BYTES = 16 * 1024 * 1024
PLACE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """A page and what it was made from: the change counter, and when (seconds of the monotonic clock)."""

    ready: Ready
    seq: int
    made_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """``clock`` gives the instant that a page calls now (UTC); ``places`` are pages of feeds by path and parameters."""

    settings: Settings
    store: Store
    catalogue: Catalogue
    answers: Answers
    pulse: Pulse
    named: NamedFeeds
    asked_for: AskedFor | None  # None: no hub is told
    meter: Meter
    clock: Callable[[], dt.datetime]
    places: BoundedMemory[tuple[str, str], Place] = field(default_factory=lambda: BoundedMemory(PLACE_BYTES))
    pages: BoundedMemory[Hashable, KeptPage] = field(default_factory=lambda: BoundedMemory(PAGE_BYTES))


def services() -> Services:
    """The services of the app that answers this request."""
    found = current_app.extensions[NAME]
    assert isinstance(found, Services)
    return found


def keep_page(key: Hashable, make: Callable[[], Ready], *, for_s: float) -> Ready:
    """A page as it was made before, unless an article has changed since or ``for_s`` seconds have gone by.

    ``key`` names everything else that the page hangs on. Making one takes 10 to 30 ms. While the store is away the
    last one made stays, and says that it may be stale; raises StoreError when there is none.
    """
    shared = services()
    key = (request.environ.get(NAMED, ""), key)  # feeds' addresses on it name the visitor's own key
    kept = shared.pages.get(key)
    seq, now = shared.answers.change_seq(), time.monotonic()
    if kept is not None and shared.pulse.is_down and for_s != float("inf"):
        return kept.ready.marked_stale()
    if kept is not None and kept.seq == seq and now - kept.made_at < for_s:
        return kept.ready
    try:
        ready = make()
    except StoreError:
        if kept is None:
            raise
        return kept.ready.marked_stale()
    shared.pages.put(key, KeptPage(ready=ready, seq=seq, made_at=now), ready.size_bytes)
    return ready


def respond(ready: Ready) -> Response:
    """The answer to this request, as ``decide`` has it."""
    answer = decide(ready, request.environ)
    made = Response(answer.body, status=answer.status)
    made.headers = Headers(answer.headers)  # these and no others: no default content type
    return made
