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

from feeds.web import deltas, twins
from feeds.web.conditions import holds_tag, holds_tag_strongly, is_unmodified_since
from feeds.web.deltas import Parts, wants_delta
from feeds.web.encodings import Encoding, choose_encoding, compress
from feeds.web.twins import wants_page

# A reader may keep a feed for a minute; a shared cache asks again after ten seconds, hands out what it has while
# it does, and for a day when the service is down.
FEED_CACHING = "public, max-age=60, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"
PAGE_CACHING = "public, max-age=30, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"

_SUFFIX = {Encoding.IDENTITY: "", Encoding.GZIP: "-g", Encoding.BROTLI: "-b"}

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire."""

    status: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One content coding of an answer, with its own strong validator (RFC 9110, 8.8.3.3).

    ``traced`` is the same for a client that asks for deltas: with a tag that tells what is news to whoever sends it,
    and kept by no cache. None where there are no deltas.
    """

    etag: str
    whole: Answer  # 200
    unchanged: Answer  # 304
    traced: Form | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An answer kept as bytes, with its compressed forms and validators; ``keep_ready`` makes it.

    ``last_modified`` is UTC in whole seconds, as HTTP dates are. ``always`` are headers of each answer, ``extra`` those
    of one with a body. ``twin`` is where a person who opens the address in a browser is sent (the feed as a page).
    ``parts`` are what deltas are cut from. Compressed forms are made when first asked for and kept: most readers of a
    feed ask for one.
    """

    body: bytes
    digest: str
    content_type: str
    last_modified: dt.datetime | None
    caching: str
    vary: str
    always: Headers
    extra: Headers
    twin: str | None
    parts: Parts | None
    _forms: dict[Encoding, Form] = field(default_factory=dict, repr=False)
    _cuts: dict[tuple[int, Encoding], bytes] = field(default_factory=dict, repr=False)

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
        return self.form(Encoding.GZIP).whole.body

    @property
    def brotli(self) -> bytes:
        """The body, as brotli."""
        return self.form(Encoding.BROTLI).whole.body

    @property
    def size_bytes(self) -> int:
        """Memory that the forms made so far take."""
        forms = (form.whole.body for name, form in self._forms.items() if name != Encoding.IDENTITY)
        return len(self.body) + sum(map(len, forms)) + sum(map(len, self._cuts.values()))

    def delta(self, if_none_match: str, encoding: Encoding) -> Answer | None:
        """What is news to the holder of these tags; None when there is no telling, or all of it is."""
        base = self.parts.since(if_none_match) if self.parts else None
        if self.parts is None or base is None:
            return None
        tag, seq = base
        key = sum(number > seq for number in self.parts.seqs), encoding
        body = self._cuts.get(key)
        if body is None:
            body = compress(self.parts.cut(self.body, seq), encoding)
            if len(body) + sum(map(len, self._cuts.values())) <= len(self.body) // 2:  # as much as is counted for them
                self._cuts[key] = body
        used = (("IM", deltas.MANIPULATION), ("Delta-Base", tag))
        return Answer("226 IM Used", (*self._told(body, encoding), *self._trace(encoding), *used), body)

    def _make(self, encoding: Encoding) -> Form:
        body = compress(self.body, encoding)
        told = self._told(body, encoding)
        traced = _pair(body, told, self._trace(encoding)) if self.parts else None
        validated = (("ETag", self.etag(encoding)), ("Cache-Control", self.caching), *self._always())
        return _pair(body, told, validated, traced)

    def _trace(self, encoding: Encoding) -> Headers:
        """The validating headers of an answer with a tracing tag."""
        assert self.parts is not None
        etag = f'"{self.digest}{self.parts.trace}{_SUFFIX[encoding]}"'
        return (("ETag", etag), ("Cache-Control", deltas.CACHING), *self._always())

    def _always(self) -> Headers:
        return (("Vary", self.vary), *self.always)

    def _told(self, body: bytes, encoding: Encoding) -> Headers:
        """The headers that say what the body is."""
        told = [("Content-Type", self.content_type), ("Content-Length", str(len(body)))]
        if encoding is not Encoding.IDENTITY:
            told.append(("Content-Encoding", encoding.value))
        if self.last_modified is not None:
            told.append(("Last-Modified", http_date(self.last_modified)))
        return (*told, ("X-Content-Type-Options", "nosniff"), *self.extra)


def _pair(body: bytes, told: Headers, validated: Headers, traced: Form | None = None) -> Form:
    """``validated`` begin with the ETag, and stand in 304 as in 200 (RFC 9110, 15.4.5)."""
    return Form(
        etag=validated[0][1],
        whole=Answer("200 OK", (*told, *validated), body),
        unchanged=Answer("304 Not Modified", validated, b""),
        traced=traced,
    )


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
    vary = ", ".join((*([twins.VARY] if twin else []), vary, *(["A-IM"] if parts else [])))
    return Ready(
        body=body,
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
    form = ready.form(encoding)
    if ("HTTP_IF_MATCH" in environ or "HTTP_IF_UNMODIFIED_SINCE" in environ) and _is_failed(
        ready, form, get("HTTP_IF_MATCH"), get("HTTP_IF_UNMODIFIED_SINCE")
    ):
        return _refuse("412 Precondition Failed", _FAILED, ready)
    if_none_match = get("HTTP_IF_NONE_MATCH")
    if if_none_match is None:  # only then does the date count (RFC 9110, 13.2.2)
        date = get("HTTP_IF_MODIFIED_SINCE")
        return form.unchanged if date and is_unmodified_since(date, ready.last_modified) else form.whole
    if if_none_match == form.etag:
        return form.unchanged
    return _compare(ready, encoding, if_none_match, get("HTTP_A_IM"))


def _compare(ready: Ready, encoding: Encoding, if_none_match: str, a_im: str | None) -> Answer:
    """The answer to whoever holds these tags."""
    form = ready.form(encoding)
    if holds_tag(if_none_match, form.etag):
        return form.unchanged
    if form.traced is None:
        return form.whole
    if holds_tag(if_none_match, form.traced.etag):
        return form.traced.unchanged
    if a_im is None or not wants_delta(a_im):
        return form.whole
    return ready.delta(if_none_match, encoding) or form.traced.whole


def _is_failed(ready: Ready, form: Form, if_match: str | None, if_unmodified_since: str | None) -> bool:
    """Whether a client wanted just the answer that it knows, and it has changed (RFC 9110, 13.1.1 and 13.1.4)."""
    if if_match is not None:
        known = (form.etag, form.traced.etag) if form.traced else (form.etag,)
        return not any(holds_tag_strongly(if_match, etag) for etag in known)
    return is_unmodified_since(if_unmodified_since or "", ready.last_modified) is False


def _refuse(status: str, words: bytes, ready: Ready) -> Answer:
    told = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(words))))
    return Answer(status, (*told, ("Cache-Control", "no-store"), ("Vary", ready.vary), *ready.always), words)


_NOT_ACCEPTABLE = b"There is no form of this that your Accept-Encoding allows. There are: br, gzip, identity.\n"
_FAILED = b"This has changed: it is not what your If-Match or If-Unmodified-Since names.\n"
_LEAD_AWAY = (("Content-Length", "0"), ("Cache-Control", "private, no-store"))
