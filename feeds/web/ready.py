"""A ready answer and a request in, status, headers and body out: the one place that decides what HTTP says.

The fast layer and Flask both answer through ``decide``, so they cannot differ.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from werkzeug.http import http_date

from feeds.web import deltas, twins
from feeds.web.conditions import holds_tag, holds_tag_strongly, is_unmodified_since
from feeds.web.deltas import Parts, wants_delta
from feeds.web.encodings import Encoding, choose_encoding, compress, decompress
from feeds.web.memory import BoundedMemory
from feeds.web.twins import wants_page

# A reader may keep a feed for a minute; a shared cache asks again after ten seconds, hands out what it has while
# it does, and for a day when the service is down.
FEED_CACHING = "public, max-age=60, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"
PAGE_CACHING = "public, max-age=30, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"

DERIVED_BYTES = 16 * 1024 * 1024  # brotli and deltas of all answers together
_DERIVED_OVERHEAD_BYTES = 400
OVERHEAD_BYTES = 3000  # of a feed without articles: the objects around its bytes, its place in the table
ENTRY_BYTES = 24  # for each entry of a feed: its mark, and where it stands in the body

# of what is handed out while the store does not answer, also of 304. `Warning` is obsolete (RFC 9111, 5.5), and what
# old caches and readers know; in `Cache-Status` (RFC 9211) we are the cache of what the database holds
STALE = (("Warning", '110 - "Response is Stale"'), ("Cache-Status", "polyfeed; hit; detail=stale"))

_SUFFIX = {Encoding.IDENTITY: "", Encoding.GZIP: "-g", Encoding.BROTLI: "-b"}

Headers = tuple[tuple[str, str], ...]

# by the digest of the plain body, the coding, and of a delta how many entries it holds
_derived: BoundedMemory[tuple[str, Encoding, int | None], bytes] = BoundedMemory(DERIVED_BYTES)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire."""

    status: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ready:
    """An answer kept as gzip, which nearly every reader of feeds asks for, and its validators; ``keep_ready`` makes it.

    What else is asked for is derived: the plain body from gzip at each request, brotli and deltas from the plain body,
    and kept for as long as they are asked for (``DERIVED_BYTES`` for all answers together). So a feed takes a sixth
    of the memory that its body would. Each content coding has its own strong validator (RFC 9110, 8.8.3.3).

    ``digest`` is of the plain body. ``last_modified`` is UTC in whole seconds, as HTTP dates are. ``always`` are
    headers of each answer, ``extra`` those of one with a body. ``twin`` is where a person who opens the address in a
    browser is sent (the feed as a page). ``parts`` are what deltas are cut from; a client that asks for those gets
    tags that tell what is news to whoever sends them, in answers that no cache keeps (*traced*).
    """

    gzip: bytes
    digest: str
    content_type: str
    last_modified: dt.datetime | None
    caching: str
    vary: str
    always: Headers
    extra: Headers
    twin: str | None
    parts: Parts | None
    _whole: Answer = field(init=False, repr=False)  # what is asked for most, put together once
    _unchanged: Answer = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Puts the answers with gzip together."""
        object.__setattr__(self, "_whole", self._make_whole(Encoding.GZIP))
        object.__setattr__(self, "_unchanged", self._make_unchanged(Encoding.GZIP))

    def marked_stale(self) -> Ready:
        """The same answer while the store does not say whether it is still right; with the same validators."""
        return replace(self, always=(*self.always, *STALE))

    @property
    def plain(self) -> bytes:
        """The body, uncompressed."""
        return decompress(self.gzip)

    @property
    def brotli(self) -> bytes:
        """The body, as brotli."""
        key = self.digest, Encoding.BROTLI, None
        found = _derived.get(key)
        if found is None:
            found = compress(self.plain, Encoding.BROTLI)
            _derived.put(key, found, len(found) + _DERIVED_OVERHEAD_BYTES)
        return found

    @property
    def size_bytes(self) -> int:
        """Memory to count for it, and for what a table of answers keeps beside (measured, CPython 3.11)."""
        entries = len(self.parts.seqs) if self.parts else 0
        said = sum(len(value) for _, value in self.extra) + len(self.twin or "")
        return OVERHEAD_BYTES + len(self.gzip) + said + ENTRY_BYTES * entries

    def etag(self, encoding: Encoding = Encoding.IDENTITY) -> str:
        """The strong validator of one coding; known without compressing anything."""
        return f'"{self.digest}{_SUFFIX[encoding]}"'

    def traced_etag(self, encoding: Encoding) -> str | None:
        """The validator for a client that asks for deltas; None where there are none."""
        return f'"{self.digest}{self.parts.trace}{_SUFFIX[encoding]}"' if self.parts else None

    def whole(self, encoding: Encoding, *, traced: bool = False) -> Answer:
        """200 in one coding."""
        if encoding is Encoding.GZIP and not traced:
            return self._whole
        return self._make_whole(encoding, traced=traced)

    def unchanged(self, encoding: Encoding, *, traced: bool = False) -> Answer:
        """304 for one coding: the validating headers, as in 200 (RFC 9110, 15.4.5)."""
        if encoding is Encoding.GZIP and not traced:
            return self._unchanged
        return self._make_unchanged(encoding, traced=traced)

    def delta(self, if_none_match: str, encoding: Encoding) -> Answer | None:
        """What is news to the holder of these tags; None when there is no telling, or all of it is."""
        base = self.parts.since(if_none_match) if self.parts else None
        if self.parts is None or base is None:
            return None
        tag, seq = base
        key = self.digest, encoding, sum(number > seq for number in self.parts.seqs)
        body = _derived.get(key)
        if body is None:
            body = compress(self.parts.cut(self.plain, seq), encoding)
            _derived.put(key, body, len(body) + _DERIVED_OVERHEAD_BYTES)
        used = (("IM", deltas.MANIPULATION), ("Delta-Base", tag))
        return Answer(
            "226 IM Used", (*self._told(body, encoding), *self._validated(encoding, traced=True), *used), body
        )

    def _make_whole(self, encoding: Encoding, *, traced: bool = False) -> Answer:
        match encoding:
            case Encoding.GZIP:
                body = self.gzip
            case Encoding.BROTLI:
                body = self.brotli
            case Encoding.IDENTITY:
                body = self.plain
        return Answer("200 OK", (*self._told(body, encoding), *self._validated(encoding, traced=traced)), body)

    def _make_unchanged(self, encoding: Encoding, *, traced: bool = False) -> Answer:
        return Answer("304 Not Modified", self._validated(encoding, traced=traced), b"")

    def _validated(self, encoding: Encoding, *, traced: bool) -> Headers:
        etag = self.traced_etag(encoding) if traced else None
        caching = self.caching if etag is None else deltas.CACHING
        told = _header("Cache-Control", caching), _header("Vary", self.vary)
        return (("ETag", etag or self.etag(encoding)), *told, *self.always)

    def _told(self, body: bytes, encoding: Encoding) -> Headers:
        """The headers that say what the body is."""
        told = [_header("Content-Type", self.content_type), ("Content-Length", str(len(body)))]
        if encoding is not Encoding.IDENTITY:
            told.append(_header("Content-Encoding", encoding.value))
        if self.last_modified is not None:
            told.append(("Last-Modified", http_date(self.last_modified)))
        return (*told, _header("X-Content-Type-Options", "nosniff"), *self.extra)


@lru_cache(maxsize=64)
def _header(name: str, value: str) -> tuple[str, str]:
    """One value for all answers that say the same: there are a hundred thousand of them."""
    return name, value


def keep_ready(
    body: bytes,
    content_type: str,
    *,
    last_modified: dt.datetime | None = None,
    caching: str = FEED_CACHING,
    vary: str = "Accept-Encoding",
    always: Headers = (),
    extra: Headers = (),
    twin: str | None = None,
    parts: Parts | None = None,
) -> Ready:
    """Makes a body ready to be answered with; one with ``parts`` is answered with deltas too."""
    vary = sys.intern(", ".join((*([twins.VARY] if twin else []), vary, *(["A-IM"] if parts else []))))
    return Ready(
        gzip=compress(body, Encoding.GZIP),
        digest=hashlib.blake2b(body, digest_size=12).hexdigest(),
        content_type=content_type,
        last_modified=last_modified and last_modified.astimezone(dt.UTC).replace(microsecond=0),
        caching=caching,
        vary=vary,
        always=always,
        extra=extra,
        twin=twin,
        parts=parts,
    )


def decide(ready: Ready, environ: Mapping[str, Any]) -> Answer:
    """The answer to a GET or HEAD (whose body the caller leaves out) with these headers, in WSGI's spelling.

    A person who opens a feed in a browser (``twins.wants_page``) is led to the feed's page instead; that answer is
    never cached, and ``Vary`` keeps a shared cache from handing the feed itself to the next person. Ranges are
    ignored, as a server may (RFC 9110, 14.2): a feed is small, and changes before a second range could be asked for.
    """
    get = environ.get
    if ready.twin is not None and wants_page(get("HTTP_SEC_FETCH_DEST"), get("HTTP_ACCEPT")):
        return Answer("303 See Other", (("Location", ready.twin), *_LEAD_AWAY, *ready.always), b"")
    encoding = choose_encoding(get("HTTP_ACCEPT_ENCODING"))
    if encoding is None:
        return _refuse("406 Not Acceptable", _NOT_ACCEPTABLE, ready)
    if ("HTTP_IF_MATCH" in environ or "HTTP_IF_UNMODIFIED_SINCE" in environ) and _is_failed(
        ready, encoding, get("HTTP_IF_MATCH"), get("HTTP_IF_UNMODIFIED_SINCE")
    ):
        return _refuse("412 Precondition Failed", _FAILED, ready)
    if_none_match = get("HTTP_IF_NONE_MATCH")
    if if_none_match is not None:
        return _compare(ready, encoding, if_none_match, get("HTTP_A_IM"))
    date = get("HTTP_IF_MODIFIED_SINCE")  # only without a tag does the date count (RFC 9110, 13.2.2)
    if date and is_unmodified_since(date, ready.last_modified):
        return ready.unchanged(encoding)
    return ready.whole(encoding)


def _compare(ready: Ready, encoding: Encoding, if_none_match: str, a_im: str | None) -> Answer:
    """The answer to whoever holds these tags."""
    etag = ready.etag(encoding)
    if if_none_match == etag or holds_tag(if_none_match, etag):
        return ready.unchanged(encoding)
    traced = ready.traced_etag(encoding)
    if traced is None:
        return ready.whole(encoding)
    if holds_tag(if_none_match, traced):
        return ready.unchanged(encoding, traced=True)
    if a_im is None or not wants_delta(a_im):
        return ready.whole(encoding)
    return ready.delta(if_none_match, encoding) or ready.whole(encoding, traced=True)


def _is_failed(ready: Ready, encoding: Encoding, if_match: str | None, if_unmodified_since: str | None) -> bool:
    """Whether a client wanted just the answer that it knows, and it has changed (RFC 9110, 13.1.1 and 13.1.4)."""
    if if_match is not None:
        known = ready.etag(encoding), ready.traced_etag(encoding)
        return not any(etag is not None and holds_tag_strongly(if_match, etag) for etag in known)
    return is_unmodified_since(if_unmodified_since or "", ready.last_modified) is False


def _refuse(status: str, words: bytes, ready: Ready) -> Answer:
    told = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(words))))
    return Answer(status, (*told, ("Cache-Control", "no-store"), ("Vary", ready.vary), *ready.always), words)


_NOT_ACCEPTABLE = b"There is no form of this that your Accept-Encoding allows. There are: br, gzip, identity.\n"
_FAILED = b"This has changed: it is not what your If-Match or If-Unmodified-Since names.\n"
_LEAD_AWAY = (("Content-Length", "0"), ("Cache-Control", "private, no-store"))
