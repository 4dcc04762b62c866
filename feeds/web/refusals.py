"""Why a client gets no answer, in the form that it asked for: a page, JSON (RFC 9457), or plain text."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from flask import Response, request

from feeds.web.apidescription import PROBLEM_TYPE
from feeds.web.apishapes import Problem
from feeds.web.errors import say


def refuse_client(status: HTTPStatus, heading: str, reason: str, headers: dict[str, str]) -> Response:
    """An answer to one client only, which no cache may keep. ``heading`` and ``reason`` are in its language."""
    if request.path.startswith("/api/") or request.path.endswith(".json"):
        problem = Problem(
            type="about:blank", title=status.phrase, status=status.value, detail=reason, parameter=None, position=None
        )
        answer = Response(msgspec.json.encode(problem), status=status.value, content_type=PROBLEM_TYPE)
        answer.headers["X-Content-Type-Options"] = "nosniff"
    else:
        answer = say(status.value, heading, [reason])
    answer.headers.update({**headers, "Cache-Control": "no-store"})
    return answer
