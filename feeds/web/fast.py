"""The layer in front of Flask: answers GET and HEAD of feeds that were asked for before, straight from the table.

What it answers is decided by ``ready.decide``, as in Flask's own path, so no client can tell which one answered.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from feeds.query import known_parameters
from feeds.web.answers import Answers
from feeds.web.keys import Keys, seal
from feeds.web.metrics import Meter
from feeds.web.ready import decide

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


_OPEN = Keys(())


class FastLayer:
    """A WSGI application around another; it keeps nothing of its own."""

    def __init__(self, app: WSGIApplication, answers: Answers, meter: Meter, keys: Keys = _OPEN) -> None:
        self._app = app
        self._keys = keys
        self._at = answers.at
        self._note = meter.note

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers, or hands the request on."""
        method = environ["REQUEST_METHOD"]
        if method != "GET" and method != "HEAD":  # noqa: PLR1714 - the quicker form of it, on the hot path
            return self._app(environ, start_response)
        if self._keys and not self._keys.named(environ):
            return self._app(environ, start_response)  # which asks for a key
        began = time.perf_counter()
        query = environ.get("QUERY_STRING")
        ready = self._at(environ["PATH_INFO"], known_parameters(query) if query else "")
        if ready is None:
            return self._app(environ, start_response)
        answer = decide(ready, environ)
        headers = seal(answer.headers, environ) if self._keys else answer.headers
        start_response(answer.status, list(headers))  # the server's own to change (PEP 3333)
        self._note("feeds", answer.status[:3], time.perf_counter() - began)
        return [] if method == "HEAD" else [answer.body]
