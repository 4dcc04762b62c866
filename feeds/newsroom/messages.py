"""HTTP as values: a request in, an answer out, and what conditional requests and gzip make of it (RFC 9110)."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

_COMPRESSIBLE = ("text/", "application/")
_WORTH_COMPRESSING_BYTES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. ``path`` has no query, ``query`` is what follows it.

    ``headers`` have lower-case names; ``client`` is the peer's address.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    client: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A request as the newsroom remembers it, with the status it was answered with."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. ``modified_at`` gives Last-Modified and, with the body, makes it a conditional resource."""

    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    body: bytes = b""
    modified_at: dt.datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def conclude(answer: Answer, request: Request) -> Answer:
    """The answer with its validators, as 304 when the client has it already, and compressed when it may be."""
    if answer.status != HTTPStatus.OK:
        return answer
    headers = dict(answer.headers)
    body = answer.body
    tag = hashlib.blake2b(body, digest_size=10).hexdigest()
    if answer.content_type.startswith(_COMPRESSIBLE) and len(body) >= _WORTH_COMPRESSING_BYTES:
        headers["Vary"] = "Accept-Encoding"
        if _accepts_gzip(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, 6, mtime=0)
            tag += "-gzip"
    if answer.modified_at is not None:
        headers["ETag"] = f'"{tag}"'
        headers["Last-Modified"] = format_datetime(answer.modified_at.astimezone(dt.UTC), usegmt=True)
        if _client_has_it(request.headers, headers["ETag"], answer.modified_at):
            headers.pop("Content-Encoding", None)
            return replace(answer, status=HTTPStatus.NOT_MODIFIED, body=b"", headers=headers)
    return replace(answer, body=body, headers=headers)


def _client_has_it(headers: Mapping[str, str], etag: str, modified_at: dt.datetime) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone where it is given."""
    known = headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and modified_at.replace(microsecond=0) <= since


def _accepts_gzip(accepted: str) -> bool:
    for choice in accepted.lower().split(","):
        name, _, parameters = choice.partition(";")
        if name.strip() in {"gzip", "*"}:
            return parameters.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
