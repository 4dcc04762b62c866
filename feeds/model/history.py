"""Further documents of a feed (RFC 5005, 4): which articles an archive holds, and its bytes once it is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What an archive holds, fixed when someone first asks for it.

    ``articles`` are ids, those that changed last first. ``previous`` is the number of the archive before it in the same
    feed; None when it reaches back to the first article.
    """

    number: int
    articles: tuple[str, ...]
    previous: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDocument:
    """An archive as it was written in one format, for good. ``last_modified`` is UTC; None for one without articles."""

    body: bytes
    last_modified: dt.datetime | None = None
    previous: int | None = None
