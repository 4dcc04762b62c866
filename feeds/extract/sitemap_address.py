"""Addresses of one site's lists, as written, in; clean absolute addresses out, fast enough for fifty thousand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urljoin

from feeds.urls import clean_url, is_http_url, registered_domain

_ORIGIN = re.compile(r"https?://[^/?#\\\s@]+(?=/)", re.IGNORECASE)
# paths that clean_url would leave as they are but for the case of their triplets: ASCII that needs no quoting, and
# quoted bytes outside ASCII
_PLAIN_PATH = re.compile(
    r"(?:/(?!\.)(?:[A-Za-z0-9._~-]|%[89A-Fa-f][0-9A-Fa-f])+)*/?(?:\?(?:id|p|nid|aid|newsid|articleid)=\d{1,18})?"
)
_TRIPLET = re.compile(r"%[0-9A-Fa-f]{2}")
_QUOTED_ALREADY = "%/?#&=+:;,@!$'()*~[]|\\\"<> {}^`"
_LONGEST = 2048  # sitemaps.org: a loc is shorter


class SiteAddresses:
    """Reads what one list names; ``others`` are addresses whose registered domains are the site's too."""

    def __init__(self, base: str, others: Iterable[str] = ()) -> None:
        self._base = base
        self._origins: dict[str, str | None] = {}
        self._domains: dict[str, bool] = {}
        self._own = {registered_domain(url) for url in (base, *others) if is_http_url(url)}

    def read(self, written: str) -> str | None:
        """The clean absolute address; None when it is no http or https address, or longer than 2,048 characters."""
        text = written.strip()
        if not text or len(text) > _LONGEST:
            return None
        found = _ORIGIN.match(text)
        if found is not None:
            origin = self._origin(found[0])
            path = text[found.end() :]
            path = path if path.isascii() else quote(path, safe=_QUOTED_ALREADY)
            if origin is not None and _PLAIN_PATH.fullmatch(path):
                return origin + (_TRIPLET.sub(lambda match: match[0].upper(), path) if "%" in path else path)
        try:
            return clean_url(text if found else urljoin(self._base, text))
        except ValueError:
            return None

    def is_on_site(self, address: str) -> bool:
        """Whether a clean address belongs to one of the site's registered domains."""
        origin = address[: address.find("/", 8)]
        if origin not in self._domains:
            self._domains[origin] = registered_domain(origin + "/") in self._own
        return self._domains[origin]

    def _origin(self, written: str) -> str | None:
        if written not in self._origins:
            try:
                self._origins[written] = clean_url(written + "/").removesuffix("/")
            except ValueError:
                self._origins[written] = None
        return self._origins[written]
