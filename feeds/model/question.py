"""What is asked: which articles a feed holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """The formats a feed is published in; the value is the ending of its address."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"


class Match(StrEnum):
    """Whether an article must carry all of a query's keywords, or any."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedQuery:
    """Which articles a feed holds; equal questions are equal values.

    ``languages`` are BCP 47 tags in sorted order, empty for every language; ``zh`` also stands for ``zh-Hans``.
    ``keywords`` are keys (``folding.keyword_key``) in sorted order. ``section`` is a slug, ``source`` a source id.
    What another source publishes at the very same address (``Twin.SAME``) is held only where ``source`` is given;
    without ``copies`` syndicated copies are left out too.
    """

    languages: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    match: Match = Match.ALL
    section: str | None = None
    source: str | None = None
    copies: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordCount:
    """A keyword as the directory shows it: ``label`` is its display form, ``articles`` how many carry it."""

    key: str
    label: str
    language: str
    articles: int
