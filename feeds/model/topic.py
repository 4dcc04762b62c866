"""Feeds that a WebSub hub is told about when they change (W3C Recommendation of 23 January 2018)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A feed or page that somebody asked for while a hub was announced in it.

    ``address`` is its percent-encoded path and parameters in their one spelling; ``told`` the mark (``window_mark``)
    of what it held when the hub was last told of it, and at first of what it held when it was first asked for.
    """

    address: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A changed article as far as it says which feeds may hold it now; ``keywords`` are keys, inferred ones too.

    ``is_new``: it stood nowhere before this change, so that no feed can have lost it.
    """

    seq: int
    article_id: str
    source_id: str
    language: str
    section: str
    keywords: frozenset[str] = field(default_factory=frozenset)
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRecord:
    """How telling the hub went so far: what operators are shown. Counts are of pings, instants UTC.

    ``waiting`` feeds have changed and the hub does not know it yet; ``failure`` says in words why the last ping that
    failed did.
    """

    taken: int = 0
    failed: int = 0
    waiting: int = 0
    taken_at: dt.datetime | None = None
    failed_at: dt.datetime | None = None
    failure: str = ""


def window_mark(window: Sequence[tuple[str, int]]) -> str:
    """Stands for what a feed holds: equal for equal windows (article ids and change numbers, in their order).

    No two changes share a number, so the numbers say everything.
    """
    numbers = ",".join(str(seq) for _, seq in window)
    return hashlib.blake2b(numbers.encode("ascii"), digest_size=12).hexdigest()
