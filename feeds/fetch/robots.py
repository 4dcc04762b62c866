"""robots.txt (RFC 9309): an address in, the crawl delay out, or RobotsRefused.

Read by protego, kept for each origin for a day at most. 4xx means that there are no rules; a server that fails (5xx)
means that nothing may be asked for, unless older rules are still known, which then go on.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from feeds.errors import FetchError, RateLimited, RobotsRefused
from feeds.fetch.exchange import Answer
from feeds.fetch.judge import is_redirect, redirect_target
from feeds.urls import normal_url

MAX_ROBOTS_BYTES = 500 * 1024  # RFC 9309, 2.5: at least so much must be read
_MOST_REDIRECTS = 5  # 2.3.1.2
_MOST_ORIGINS = 1024
_LONGEST_CRAWL_DELAY_S = 30.0  # some say an hour: a source is then polled seldom, but its pages are still read
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)

Ask = Callable[[str], Answer]


@dataclass(slots=True, kw_only=True)
class _Site:
    """What is known of one origin. ``rules`` is None until it was read once; ``trouble`` says why it could not be."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: Protego | None = None
    trouble: str = ""
    expires_at_s: float = 0.0


class Robots:
    """The rules of every origin met, as they concern ``product``, our name in robots.txt; safe for many threads.

    ``ttl_s``: how long rules are kept. ``retry_s``: how soon a failing robots.txt is asked for again.
    """

    def __init__(
        self,
        *,
        product: str,
        ttl_s: float = 86_400.0,
        retry_s: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._product = product
        self._ttl_s = ttl_s
        self._retry_s = retry_s
        self._clock = clock
        self._lock = threading.Lock()
        self._sites: OrderedDict[str, _Site] = OrderedDict()

    def check(self, url: str, ask: Ask) -> float:
        """Seconds that the site wants between two requests (0: it does not say); ``ask`` fetches robots.txt.

        Raises:
            RobotsRefused: the rules do not allow ``url``.
            FetchError: robots.txt cannot be read, so nothing is allowed for now.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        rules = self._rules(origin, ask)
        if not rules.can_fetch(url, self._product):
            raise RobotsRefused(f"{origin}/robots.txt does not allow {self._product} to ask for {url}")
        return min(rules.crawl_delay(self._product) or 0.0, _LONGEST_CRAWL_DELAY_S)

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """The addresses of the Sitemap lines of an origin whose rules are known; none where they are not."""
        parts = urlsplit(url)
        with self._lock:
            site = self._sites.get(f"{parts.scheme}://{parts.netloc}")
        return tuple(site.rules.sitemaps) if site is not None and site.rules is not None else ()

    def _rules(self, origin: str, ask: Ask) -> Protego:
        site = self._site(origin)
        with site.lock:  # one thread asks, the others wait for what it learns
            if self._clock() >= site.expires_at_s:
                self._refresh(site, origin, ask)
            if site.rules is None:
                raise FetchError(site.trouble)
            return site.rules

    def _site(self, origin: str) -> _Site:
        with self._lock:
            site = self._sites.setdefault(origin, _Site())
            self._sites.move_to_end(origin)
            if len(self._sites) > _MOST_ORIGINS:
                self._sites.popitem(last=False)
            return site

    def _refresh(self, site: _Site, origin: str, ask: Ask) -> None:
        """Asks again. When nobody answers at all the error is the host's own, and is not remembered."""
        try:
            answer = _get(f"{origin}/robots.txt", ask)
        except RateLimited:
            raise
        except FetchError:
            if site.rules is None:
                raise
            site.expires_at_s = self._clock() + self._retry_s
            return
        if answer.status in _SERVER_ERRORS:
            site.trouble = (
                f"{answer.url} answered {answer.status}: until the site's rules can be read, nothing there may be "
                f"asked for (RFC 9309); tried again in {self._retry_s:.0f} s"
            )
            site.expires_at_s = self._clock() + self._retry_s
            return
        site.rules = Protego.parse(_text(answer) if answer.status not in _CLIENT_ERRORS else "")
        site.expires_at_s = self._clock() + self._ttl_s


def _get(url: str, ask: Ask) -> Answer:
    """The answer after redirects; one that leads nowhere, or too far, counts as "there is none" (2.3.1.2)."""
    answer = ask(url)
    for _ in range(_MOST_REDIRECTS):
        if not is_redirect(answer):
            return answer
        try:
            target = normal_url(redirect_target(answer))
        except ValueError:
            return answer
        answer = ask(target)
    return answer


def _text(answer: Answer) -> str:
    """The rules; of a file that was cut at the limit, without the line that the cut went through."""
    if is_redirect(answer):
        return ""
    body = answer.body
    if len(body) >= MAX_ROBOTS_BYTES:
        body = body[: body.rfind(b"\n") + 1]
    return body.decode("utf-8-sig", "replace")
