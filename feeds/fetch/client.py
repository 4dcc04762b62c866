"""The fetcher: an address in, a Document or NotModified out, or the SourceError that says why not.

    address ─► robots.txt ─► turn of its domain ─► one exchange ─► redirect? back to the start ─► judge ─► Document

Every hop of a redirect goes the whole way: its own robots.txt, its own domain's budget, its own check of where it
dials. Proxies and credentials of the environment play no part.
"""

from __future__ import annotations

import datetime as dt
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

import httpx2

from feeds.clock import utc_now
from feeds.errors import FetchError, RateLimited, SourceError
from feeds.fetch.budget import Turns
from feeds.fetch.exchange import WITH_DOCUMENT, Answer, Exchanger
from feeds.fetch.freshness import fresh_s
from feeds.fetch.guard import Resolver, resolve_host
from feeds.fetch.judge import is_redirect, redirect_target, trouble
from feeds.fetch.robots import MAX_ROBOTS_BYTES, Robots
from feeds.fetch.wholeness import are_alike, has_end
from feeds.model import Document, NotModified, Validators
from feeds.urls import normal_url, registered_domain

ACCEPT_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPT_FEED = (
    "application/atom+xml,application/rss+xml,application/feed+json,application/rdf+xml;q=0.9,"
    "application/xml;q=0.8,text/xml;q=0.8,application/json;q=0.8,*/*;q=0.5"
)
ACCEPT_SITEMAP = "application/xml,text/xml,application/gzip;q=0.9,text/plain;q=0.8,*/*;q=0.5"
ACCEPT_JSON = "application/json,application/feed+json,*/*;q=0.5"
SITEMAP_BYTES = 52_428_800  # sitemaps.org: so much a sitemap may hold uncompressed

_NOT_MODIFIED = 304
_FOR_GOOD = {301, 308}
_LONGEST_URL = 8000  # RFC 9110, 4.1: what every server should take at least
_SENDABLE = re.compile(r"[\x20-\x7e]{1,1024}")  # what a server's own validator must be to be sent back
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


@dataclass(slots=True, kw_only=True)
class _Journey:
    """One call of ``fetch`` under way. ``left_s`` is what its exchanges may still take; cookies last as long."""

    allow_private: bool
    delay_s: float
    left_s: float
    headers: tuple[tuple[str, str], ...]
    max_bytes: int
    cookies: httpx2.Cookies = field(default_factory=httpx2.Cookies)


class Fetcher:
    """Fetches for all threads of a process; a context manager. Owns its budget.

    ``user_agent`` says honestly who asks; up to its first ``/`` it is our name in robots.txt. ``timeout_s`` covers
    all exchanges of one fetch, redirects included, waiting for turns not. ``max_bytes`` caps a body, on the wire and
    decompressed. ``resolve``, ``ssl_context`` and ``clock`` are the world outside, replaceable.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        timeout_s: float,
        max_bytes: int,
        budget: Turns,
        max_redirects: int = 5,
        resolve: Resolver = resolve_host,
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], dt.datetime] = utc_now,
        robots: Robots | None = None,
    ) -> None:
        self._user_agent = header_text(user_agent)
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._budget = budget
        self._clock = clock
        self._robots = robots or Robots(product=re.split(r"[/\s]", self._user_agent, maxsplit=1)[0])
        self._exchanger = Exchanger(resolve=resolve, ssl_context=ssl_context)

    def __enter__(self) -> Self:
        """Nothing is opened before the first fetch."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes."""
        self.close()

    def close(self) -> None:
        """Refuses whoever waits for a turn and closes every connection."""
        self._budget.close()
        self._exchanger.close()

    def fetch(
        self,
        url: str,
        *,
        source_id: str,
        allow_private: bool = False,
        delay_s: float = 1.0,
        validators: Validators | None = None,
        accept: str = ACCEPT_PAGE,
        max_bytes: int = 0,
    ) -> Document | NotModified:
        """Gets ``url`` if robots.txt, its domain's budget and the address itself allow it.

        ``delay_s`` seconds at least pass between the starts of two requests to one registered domain.
        ``allow_private`` opens this machine and private networks, for this call only. With ``validators`` the
        request is conditional (RFC 9110, 13.1). ``max_bytes`` raises the cap on the body for this call. A body that
        is a gzip file, whatever its header fields say, is handed on unpacked.

        Raises:
            RateLimited: 429, 503 with Retry-After, or the domain said so before.
            Blocked: 401, 402, 403, 451, or a challenge page.
            SourceGone: 404, 410; RobotsRefused: robots.txt says no.
            FetchError: everything else; each error carries ``source_id`` and ``url`` as given.
        """
        journey = _Journey(
            allow_private=allow_private,
            delay_s=delay_s,
            left_s=self._timeout_s,
            headers=(("User-Agent", self._user_agent), ("Accept", accept), *_conditions(validators)),
            max_bytes=max(self._max_bytes, max_bytes),
        )
        try:
            return self._follow(url, journey, is_conditional=bool(_conditions(validators)))
        except SourceError as error:
            error.source_id = source_id
            error.url = url
            raise

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of the site of ``url`` names, if it was read; nothing is asked for."""
        return self._robots.sitemaps(url)

    def _follow(self, url: str, journey: _Journey, *, is_conditional: bool) -> Document | NotModified:
        current = requestable(url)
        seen: set[tuple[str, str]] = set()
        hops: set[int] = set()
        for _ in range(self._max_redirects + 1):
            cookie = _cookie_header(journey.cookies, current)
            if (current, cookie) in seen:
                raise FetchError(f"{url} redirects in a circle, back to {current}")
            seen.add((current, cookie))
            answer = self._ask_whole(current, journey, cookie)
            if answer.status == _NOT_MODIFIED and is_conditional:
                return NotModified(url=current, requested_url=url, fresh_s=fresh_s(answer.headers, self._clock()))
            if not is_redirect(answer):
                return self._document(answer, url, moved=bool(hops) and hops <= _FOR_GOOD)
            hops.add(answer.status)
            _keep_cookies(journey.cookies, answer)
            current = _redirect_target(answer)
        raise FetchError(f"{url} redirects more than {self._max_redirects} times; the last leads to {current}")

    def _ask_whole(self, url: str, journey: _Journey, cookie: str) -> Answer:
        """As ``_ask_page``; what may have broken off unnoticed is asked for once more.

        Raises:
            FetchError: it breaks off, now here, now there.
        """
        answer = self._ask_page(url, journey, cookie)
        if answer.status not in WITH_DOCUMENT or not answer.is_of_no_length or has_end(answer.body):
            return answer
        again = self._ask_page(url, journey, cookie)
        if again.is_of_no_length and not has_end(again.body) and not are_alike(answer.body, again.body):
            raise FetchError(f"{urlsplit(url).netloc} broke off: {url} has no end, nor does it say how long it is")
        return again

    def _ask_page(self, url: str, journey: _Journey, cookie: str) -> Answer:
        """One hop, its robots.txt asked before it."""
        crawl_delay_s = self._robots.check(url, partial(self._ask_robots, journey=journey))
        headers = (*journey.headers, ("Cookie", cookie)) if cookie else journey.headers
        return self._ask(
            url,
            journey,
            headers=headers,
            delay_s=max(journey.delay_s, crawl_delay_s),
            max_bytes=journey.max_bytes,
            cut=False,
        )

    def _ask_robots(self, url: str, *, journey: _Journey) -> Answer:
        return self._ask(
            url,
            journey,
            headers=(("User-Agent", self._user_agent), ("Accept", "text/plain,*/*;q=0.5")),
            delay_s=journey.delay_s,
            max_bytes=MAX_ROBOTS_BYTES,
            cut=True,
        )

    def _ask(
        self,
        url: str,
        journey: _Journey,
        *,
        headers: tuple[tuple[str, str], ...],
        delay_s: float,
        max_bytes: int,
        cut: bool,
    ) -> Answer:
        """One exchange in its domain's turn; a Retry-After in the answer holds the domain and is raised."""
        domain = registered_domain(url)
        self._budget.take_turn(domain, delay_s)
        started_s = time.monotonic()
        try:
            answer = self._exchanger.get(
                url,
                headers=headers,
                timeout_s=max(journey.left_s, 0.0),
                max_bytes=max_bytes,
                allow_private=journey.allow_private,
                cut=cut,
            )
        finally:
            journey.left_s -= time.monotonic() - started_s
        error = trouble(answer, self._clock())
        if isinstance(error, RateLimited):
            self._budget.hold(domain, error.retry_after_s or 0.0)
            raise error
        return answer

    def _document(self, answer: Answer, requested_url: str, *, moved: bool) -> Document:
        error = trouble(answer, self._clock())
        if error is not None:
            raise error
        headers = answer.headers
        return Document(
            url=answer.url,
            requested_url=requested_url,
            body=answer.body,
            content_type=_last(headers.get_list("content-type")),
            status=answer.status,
            validators=Validators(
                etag=_sendable(headers.get("etag")), last_modified=_sendable(headers.get("last-modified"))
            ),
            moved=moved,
            fresh_s=fresh_s(headers, self._clock()),
            link=", ".join(headers.get_list("link")) or None,
        )


def header_text(text: str) -> str:
    """Any text as a header can carry it: a contact may hold any letter."""
    return quote(text.strip(), safe=_PRINTABLE)


def requestable(url: str) -> str:
    """The normal form of ``url``; raises FetchError for what is not asked for."""
    if len(url) > _LONGEST_URL:
        raise FetchError(f"an address of {len(url)} characters is not fetched, {_LONGEST_URL} are the limit")
    try:
        parts = urlsplit(url.strip())
        if parts.username is not None or parts.password is not None:
            raise FetchError("an address with a user name or password in it is not fetched; remove them")
        return normal_url(url)
    except ValueError as error:
        raise FetchError(f"not an address that can be fetched: {error}") from error


def _redirect_target(answer: Answer) -> str:
    try:
        return requestable(redirect_target(answer))
    except (FetchError, ValueError) as error:
        raise FetchError(
            f"{answer.url} redirects to where nothing is fetched: {error}", status=answer.status
        ) from error


def _conditions(validators: Validators | None) -> tuple[tuple[str, str], ...]:
    """The conditional headers; a validator that no header can carry is left out."""
    if validators is None:
        return ()
    given = (("If-None-Match", validators.etag), ("If-Modified-Since", validators.last_modified))
    return tuple((name, value) for name, value in given if value is not None and _SENDABLE.fullmatch(value))


def _last(values: list[str]) -> str | None:
    return values[-1] if values else None  # of two that contradict each other browsers take the last


def _sendable(value: str | None) -> str | None:
    return value if value is not None and _SENDABLE.fullmatch(value) else None


def _cookie_header(cookies: httpx2.Cookies, url: str) -> str:
    request = httpx2.Request("GET", url)
    cookies.set_cookie_header(request)
    return request.headers.get("cookie", "")


def _keep_cookies(cookies: httpx2.Cookies, answer: Answer) -> None:
    """Some sites set a cookie, redirect to themselves, and redirect for ever when it does not come back."""
    request = httpx2.Request("GET", answer.url)
    cookies.extract_cookies(httpx2.Response(answer.status, headers=answer.headers, request=request))
