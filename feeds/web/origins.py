"""Readers that run in a browser, on a page of anybody's: what CORS asks of feeds (https://fetch.spec.whatwg.org/)."""

from __future__ import annotations

from flask import Blueprint, Response, request

# with 304 too: a script that sends If-None-Match itself sees that answer, if it is allowed to
FOR_ALL_ORIGINS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "Delta-Base, ETag, IM, Link, Retry-After"),
)
# the answer to what a browser asks before it sends a header that a form could not send
_PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "A-IM, Authorization, If-Match, If-Modified-Since, If-None-Match"),
    ("Access-Control-Max-Age", "86400"),
)


def open_to_all_origins(room: Blueprint) -> None:
    """Lets scripts of any site read what a room answers, errors too: all of it is public."""
    room.after_request(_open)


def _open(answer: Response) -> Response:
    for name, value in (*FOR_ALL_ORIGINS, *(_PREFLIGHT if request.method == "OPTIONS" else ())):
        answer.headers.setdefault(name, value)
    return answer
