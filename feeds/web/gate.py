"""Where a service with keys is closed: whoever names none is told so, whoever names one is answered for himself only.

``/health``, ``/metrics``, ``/robots.txt``, style and script stay open. The fast layer keeps the same gate for the
feeds that it answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.datastructures import Headers

from feeds.web.keys import ASKED, COOKIE, NAMED, Keys, keys_in, seal, without_key
from feeds.web.links import prefix
from feeds.web.locales import gettext
from feeds.web.refusals import refuse_client
from feeds.web.services import services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OPEN_ROOMS = frozenset({"assets", "ops"})
# also for a wrong key (RFC 9110, 15.5.2): readers and browsers ask their user for a password then, and never at 403
CHALLENGE = 'Basic realm="Feeds", charset="UTF-8"'
COOKIE_S = 365 * 86_400  # a key is taken away by the operator, not by time


class _TakeKey:
    """Takes the key out of the address before anything else reads it: no log line, redirect or link can show it."""

    def __init__(self, app: WSGIApplication, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        taken = {NAMED: self._keys.named(environ), ASKED: query, "QUERY_STRING": without_key(query)}
        # servers that give the address as it was sent as well (werkzeug's, gunicorn, uwsgi)
        taken |= {name: environ["PATH_INFO"] for name in ("REQUEST_URI", "RAW_URI") if name in environ}
        return self._app(environ | taken, start_response)


def close_to_strangers(app: Flask, keys: Keys) -> None:
    """Puts the gate in front of every room; does nothing for a service without keys."""
    if not keys:
        return
    app.wsgi_app = _TakeKey(app.wsgi_app, keys)  # type: ignore[method-assign]  # as Flask's documentation has it
    app.before_request(_demand_key)
    app.after_request(_seal)


def _demand_key() -> Response | None:
    # OPTIONS: a browser asks that before it sends what a program gave it, without any key (Fetch, CORS-preflight)
    if request.environ[NAMED] or request.blueprint in OPEN_ROOMS or request.method == "OPTIONS":
        return None
    reason = gettext(
        "These feeds are for those who have a key. Put it into the address (?key=…), or give it as the password."
    )
    return refuse_client(HTTPStatus.UNAUTHORIZED, gettext("A key is needed"), reason, {"WWW-Authenticate": CHALLENGE})


def _seal(answer: Response) -> Response:
    if request.blueprint in OPEN_ROOMS:
        return answer
    answer.headers = Headers(list(seal(answer.headers.items(), request.environ)))
    if keys_in(request.environ[ASKED]) and request.environ[NAMED] and answer.mimetype == "text/html":
        answer.set_cookie(
            COOKIE,
            request.environ[NAMED],
            max_age=COOKIE_S,
            path=prefix() or "/",
            secure=services().settings.base_url.startswith("https:") or request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return answer
