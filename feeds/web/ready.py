"""A ready answer and a request in, status, headers and body out: the one place that decides what HTTP says.

The fast layer and Flask both answer through ``decide``, so they cannot differ.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.http import http_date

from feeds.web.conditions import is_not_modified
from feeds.web.encodings import Encoding, choose_encoding, compress

# A reader may keep a feed for a minute; a shared cache asks again after ten seconds, hands out what it has while
# it does, and for a day when the service is down.
FEED_CACHING = "public, max-age=60, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"
PAGE_CACHING = "public, max-age=30, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"

_SUFFIX = {Encoding.IDENTITY: "", Encoding.GZIP: "-g", Encoding.BROTLI: "-b"}

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire. ``headers`` is the caller's own to change."""

    status: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """One content coding of an answer, with its own strong validator (RFC 9110, 8.8.3.3)."""

    etag: str
    body: bytes
    whole: tuple[tuple[str, str], ...]  # headers of 200
    unchanged: tuple[tuple[str, str], ...]  # headers of 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An answer kept as bytes, with its compressed forms and validators; ``keep_ready`` makes it.

    ``last_modified`` is UTC in whole seconds, as HTTP dates are. ``extra`` headers go with 200 only. ``twin`` is
    where a person who opens the address in a browser is sent (the feed as a page). Compressed forms are made when
    first asked for and kept: most readers of a feed ask for one.
    """

    body: bytes
    digest: str
    content_type: str
    last_modified: dt.datetime | None
    caching: str
    vary: str
    extra: tuple[tuple[str, str], ...]
    twin: str | None
    _forms: dict[Encoding, Form] = field(default_factory=dict, repr=False)

    def form(self, encoding: Encoding) -> Form:
        """The answer in one coding. Two threads may both make it: they make the same."""
        found = self._forms.get(encoding)
        if found is None:
            found = self._forms[encoding] = self._make(encoding)
        return found

    def etag(self, encoding: Encoding = Encoding.IDENTITY) -> str:
        """The strong validator of one coding; known without compressing anything."""
        return f'"{self.digest}{_SUFFIX[encoding]}"'

    @property
    def plain(self) -> bytes:
        """The body, uncompressed."""
        return self.body

    @property
    def gzip(self) -> bytes:
        """The body, as gzip."""
        return self.form(Encoding.GZIP).body

    @property
    def brotli(self) -> bytes:
        """The body, as brotli."""
        return self.form(Encoding.BROTLI).body

    @property
    def size_bytes(self) -> int:
        """Memory that the forms made so far take."""
        return len(self.body) + sum(len(form.body) for name, form in self._forms.items() if name != Encoding.IDENTITY)

    def _make(self, encoding: Encoding) -> Form:
        body = compress(self.body, encoding)
        etag = self.etag(encoding)
        shared = (("ETag", etag), ("Cache-Control", self.caching), ("Vary", self.vary))
        whole = [("Content-Type", self.content_type), ("Content-Length", str(len(body)))]
        if encoding is not Encoding.IDENTITY:
            whole.append(("Content-Encoding", encoding.value))
        if self.last_modified is not None:
            whole.append(("Last-Modified", http_date(self.last_modified)))
        whole += [*shared, ("X-Content-Type-Options", "nosniff"), *self.extra]
        return Form(etag=etag, body=body, whole=tuple(whole), unchanged=shared)


def keep_ready(
    body: bytes,
    content_type: str,
    *,
    last_modified: dt.datetime | None = None,
    caching: str = FEED_CACHING,
    vary: str = "Accept-Encoding",
    extra: tuple[tuple[str, str], ...] = (),
    twin: str | None = None,
) -> Ready:
    """Makes a body ready to be answered with."""
    return Ready(
        body=body,
        digest=hashlib.blake2b(body, digest_size=12).hexdigest(),
        content_type=content_type,
        last_modified=last_modified and last_modified.astimezone(dt.UTC).replace(microsecond=0),
        caching=caching,
        vary=vary,
        extra=extra,
        twin=twin,
    )


def decide(ready: Ready, environ: Mapping[str, Any]) -> Answer:
    """The answer to a GET or HEAD (whose body the caller leaves out) with these headers, in WSGI's spelling.

    A browser that *navigates* to a feed (``Sec-Fetch-Dest: document``, which no feed reader sends) is shown the
    feed's page instead; that answer is never cached, so no shared cache can hand it to a feed reader.
    """
    if ready.twin is not None and environ.get("HTTP_SEC_FETCH_DEST") == "document":
        return Answer("303 See Other", [("Location", ready.twin), *_LEAD_AWAY], b"")
    encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING"))
    if encoding is None:
        return Answer("406 Not Acceptable", [*_NOT_ACCEPTABLE_HEADERS, ("Vary", ready.vary)], _NOT_ACCEPTABLE)
    form = ready.form(encoding)
    if_none_match = environ.get("HTTP_IF_NONE_MATCH")
    if_modified_since = environ.get("HTTP_IF_MODIFIED_SINCE")
    if (if_none_match is not None or if_modified_since is not None) and is_not_modified(
        form.etag, ready.last_modified, if_none_match=if_none_match, if_modified_since=if_modified_since
    ):
        return Answer("304 Not Modified", [*form.unchanged], b"")
    return Answer("200 OK", [*form.whole], form.body)


_NOT_ACCEPTABLE = b"There is no form of this that your Accept-Encoding allows. There are: br, gzip, identity.\n"
_NOT_ACCEPTABLE_HEADERS = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(_NOT_ACCEPTABLE))),
    ("Cache-Control", "no-store"),
)
_LEAD_AWAY = (("Content-Length", "0"), ("Cache-Control", "private, no-store"))
