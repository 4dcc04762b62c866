"""What the rooms of the web share: one value, carried by the app."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, current_app, request
from werkzeug.datastructures import Headers

from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.answers import Answers
from feeds.web.catalogue import Catalogue
from feeds.web.metrics import Meter
from feeds.web.ready import Ready, decide

NAME = "polyfeed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """``clock`` gives the instant that a page calls now (UTC)."""

    settings: Settings
    store: Store
    catalogue: Catalogue
    answers: Answers
    meter: Meter
    clock: Callable[[], dt.datetime]


def services() -> Services:
    """The services of the app that answers this request."""
    found = current_app.extensions[NAME]
    assert isinstance(found, Services)
    return found


def respond(ready: Ready) -> Response:
    """The answer to this request, as ``decide`` has it."""
    answer = decide(ready, request.environ)
    made = Response(answer.body, status=answer.status)
    made.headers = Headers(answer.headers)  # these and no others: no default content type
    return made
