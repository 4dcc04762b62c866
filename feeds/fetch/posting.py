"""Forms sent to an address of the operator's own choice, such as a WebSub hub: taken, or why not in words."""

from __future__ import annotations

import datetime as dt
import http
import ssl
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from feeds.clock import utc_now
from feeds.errors import FetchError, RateLimited
from feeds.fetch.client import header_text, requestable
from feeds.fetch.exchange import Answer, Exchanger
from feeds.fetch.guard import Resolver, resolve_host
from feeds.fetch.judge import redirect_target, retry_after_s, words

_TAKEN = range(200, 300)
_SAID_CHARS = 200


class Poster:
    """Posts for all threads of a process. ``user_agent`` says who asks; ``timeout_s`` covers one request whole.

    Private addresses may be dialled, since the operator names the address; where clouds keep a machine's secrets may
    not. No redirect is followed: a form may not be repeated elsewhere unasked (RFC 9110, 15.4).
    """

    def __init__(
        self,
        *,
        user_agent: str,
        timeout_s: float,
        resolve: Resolver = resolve_host,
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        self._headers = (
            ("User-Agent", header_text(user_agent)),
            ("Accept", "*/*"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        )
        self._timeout_s = timeout_s
        self._clock = clock
        self._exchanger = Exchanger(resolve=resolve, ssl_context=ssl_context)

    def close(self) -> None:
        """Closes every connection."""
        self._exchanger.close()

    def post_form(self, url: str, fields: Sequence[tuple[str, str]]) -> None:
        """Sends the fields, and returns when they were taken (2xx).

        Raises:
            RateLimited: 429 or 503 with a Retry-After that says for how long.
            FetchError: anything else; ``status`` is None when there was no answer.
        """
        answer = self._exchanger.post(
            requestable(url),
            urlencode(fields).encode("ascii"),
            headers=self._headers,
            timeout_s=self._timeout_s,
            allow_private=True,
        )
        if answer.status not in _TAKEN:
            raise self._refusal(answer)

    def _refusal(self, answer: Answer) -> FetchError:
        status = answer.status
        said = f"{answer.url} answered {words(status)}"
        if "location" in answer.headers and status in range(300, 400):
            return FetchError(f"{said}: it has moved to {_target(answer)}", status=status)
        wait_s = (
            retry_after_s(answer.headers["retry-after"], self._clock()) if "retry-after" in answer.headers else None
        )
        if wait_s is not None and status in {http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.SERVICE_UNAVAILABLE}:
            reason = f"{said}: it asks to be left alone for {wait_s:.0f} s"
            return RateLimited(reason, status=status, retry_after_s=wait_s)
        text = " ".join(answer.body.decode("utf-8", "replace").split())[:_SAID_CHARS]
        return FetchError(f"{said}: {text}" if text.isprintable() and text else said, status=status)


def _target(answer: Answer) -> str:
    try:
        return redirect_target(answer)
    except ValueError:
        return "an address that cannot be read"
