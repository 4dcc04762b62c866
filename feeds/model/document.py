"""What was fetched, and what its server says of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What to send to be told "not modified" (RFC 9110, 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An answer with a body. ``url`` is the address after redirects, ``body`` decompressed bytes.

    ``moved``: there were redirects, and each said that it is for good (301, 308). ``fresh_s``: for so many seconds
    its server calls it fresh (``Cache-Control: max-age`` less ``Age``, else ``Expires``; RFC 9111, 4.2.1), None when
    it does not say.
    """

    url: str
    requested_url: str
    body: bytes
    content_type: str | None = None
    status: int = 200
    validators: Validators = Validators()
    moved: bool = False
    fresh_s: float | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: the server says that nothing changed since the validators that were sent."""

    url: str
    requested_url: str
    fresh_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """How often its publisher wants to be asked: what a feed says in ``ttl``, ``sy:``, ``skipHours`` and ``skipDays``.

    ``interval_s`` seconds at least between two polls, None when it does not say. ``skip_hours`` are hours of the day
    in UTC (0 to 23) and ``skip_days`` days of the week (0 is Monday) at which nothing new comes.
    """

    interval_s: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
