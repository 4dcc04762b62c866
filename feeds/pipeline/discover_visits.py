"""Addresses in, Documents out, within a bound of requests and of time: one polite pass over a site.

Each request goes by robots.txt and by the budget of its domain, as a poll's does; what was asked for is counted, since
an operator is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from feeds.errors import FetchError, PolyfeedError, RateLimited, SourceError
from feeds.fetch.client import ACCEPT_FEED, ACCEPT_PAGE, Fetcher
from feeds.model import Document

MOST_REQUESTS = 20
LONGEST_S = 90.0


@dataclass(slots=True, kw_only=True)
class Visits:
    """The requests of one pass. ``asked`` are the addresses asked for, ``refused`` is set when the site wants no more.

    ``tell`` is handed each address before it is asked for.
    """

    fetcher: Fetcher
    allow_private: bool
    delay_s: float
    tell: Callable[[str], None]
    most: int = MOST_REQUESTS
    longest_s: float = LONGEST_S
    asked: dict[str, None] = field(default_factory=dict)
    refused: SourceError | None = None
    _began_s: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        """Whether nothing more may be asked for."""
        took_s = time.monotonic() - self._began_s
        return self.refused is not None or len(self.asked) >= self.most or took_s > self.longest_s

    def get(self, url: str, *, is_feed: bool = False) -> Document:
        """The document at ``url``.

        Raises:
            SourceError: it cannot be had; or the bound is reached.
        """
        if self.is_over:
            raise FetchError(f"not asked for: {len(self.asked)} requests were enough for one visit", url=url)
        self.asked[url] = None
        self.tell(url)
        try:
            found = self.fetcher.fetch(
                url,
                source_id="",
                allow_private=self.allow_private,
                delay_s=self.delay_s,
                accept=ACCEPT_FEED if is_feed else ACCEPT_PAGE,
            )
        except RateLimited as error:
            self.refused = error
            raise
        if not isinstance(found, Document):
            raise FetchError("answered 'not modified' to a request without conditions", url=url)
        return found

    def try_get(self, url: str, *, is_feed: bool = False) -> Document | PolyfeedError:
        """The document, or why there is none."""
        try:
            return self.get(url, is_feed=is_feed)
        except SourceError as error:
            return error
