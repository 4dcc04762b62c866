"""What is asked: which articles a feed holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, Union

from feeds.model.article import Content


class Format(StrEnum):
    """The formats a feed is published in; the value is the ending of its address."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"


class Match(StrEnum):
    """Whether an article must carry all of a query's keywords, or any."""

    ALL = "all"
    ANY = "any"


class Field(StrEnum):
    """Where a term is looked for; the value is how the question language calls it."""

    WORDS = "words"  # title, summary, body, keywords and authors; written without a name
    KEYWORD = "keyword"
    LANGUAGE = "lang"
    SOURCE = "source"
    SECTION = "section"
    AUTHOR = "author"
    TITLE = "title"
    TEXT = "text"  # summary and body


class Side(StrEnum):
    """Which side of an instant an article's date is on."""

    SINCE = "since"  # at it or later
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Has:
    """The article has these terms there.

    For words, title, text and author they are tokens that follow each other (one: a word, several: a phrase); for the
    others there is one: a keyword's key, a language tag, a source id or a section slug.
    """

    field: Field
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """The article is dated on that side of ``at``, a day in UTC, or of so many seconds ago (one of them is given)."""

    side: Side
    at: dt.date | dt.datetime | None = None
    age_s: int | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Question


Question: TypeAlias = Union[Has, Dated, AllOf, AnyOf, Not]  # noqa: UP007 - the parts name it before it is there


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonym:
    """Another key that means what the query's ``keyword`` does, in articles of these languages; none: of any.

    ``languages`` cover others as those of a FeedQuery do.
    """

    keyword: str
    key: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedQuery:
    """Which articles a feed holds; equal questions are equal values.

    ``languages`` are BCP 47 tags in sorted order, empty for every language; ``zh`` also stands for ``zh-Hans``.
    ``keywords`` are keys (``folding.keyword_key``) in sorted order. ``section`` is a slug, ``source`` a source id.
    What another source publishes at the very same address (``Twin.SAME``) is held only where ``source`` is given;
    without ``copies`` syndicated copies are left out too. Without ``inferred`` a keyword counts only where the
    publisher gave it. ``fallback`` are languages whose articles stand in for stories that no edition in ``languages``
    has. ``question`` is whatever else is asked. ``content`` is how much of each article is shown: it is part of what is
    asked, and has no say in which articles answer. ``synonyms`` are for the store alone: they follow from the keywords
    and are empty wherever questions are compared, written or read.
    """

    languages: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    match: Match = Match.ALL
    section: str | None = None
    source: str | None = None
    copies: bool = True
    inferred: bool = True
    fallback: tuple[str, ...] = ()
    question: Question | None = None
    content: Content = Content.FULL
    synonyms: tuple[Synonym, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordCount:
    """A keyword as the directory shows it: ``label`` is its display form, ``articles`` how many carry it."""

    key: str
    label: str
    language: str
    articles: int
