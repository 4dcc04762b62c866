"""Articles that look alike in, which repeats which out.

Three things are told apart: the very same page polled by two sources, a syndicated copy at another address, and, in
one source, the same article under a new address. Pure: no input or output, no clock.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from feeds.model import Article, Marking, Twin
from feeds.urls import is_http_url, registered_domain

# So much of a copy is found in its original. On real news pages a copy with a new first paragraph, two added
# paragraphs or a tenth of its words changed keeps more; two articles of one author on one matter rarely reach half.
SHARE_OF_COPY = 0.7
# Reports made from a template share its words, and not the figures between them; fewer than these say nothing.
SHARE_OF_FIGURES = 0.5
FEWEST_FIGURES = 6
# Whatever shares more shingles than any boilerplate is long is a copy, whatever its title; else its title tells.
LONGEST_BOILERPLATE = 200
SHARE_OF_TITLE = 1 / 3
# The same article at a new address keeps all but a correction of its text, and its date.
SHARE_OF_MOVED = 0.9
MOVED_WITHIN = dt.timedelta(hours=12)

_UNKNOWN = "und"
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article as it is compared.

    ``title`` are its title's words in order, ``title_terms`` those that tell its matter, ``terms`` such words of
    title and text together, ``shingles`` what its text is compared by (empty: it is too short). ``seen_at`` is when
    it was first seen; ``original_id`` and ``twin`` are as in ``StoredArticle``.
    """

    article_id: str
    source_id: str
    language: str
    title: tuple[str, ...]
    title_terms: frozenset[str]
    terms: frozenset[str]
    shingles: frozenset[str]
    published: dt.datetime | dt.date | None
    seen_at: dt.datetime
    original_id: str | None = None
    twin: Twin | None = None


# --- the very same page -----------------------------------------------------------------------------------------


def decide_same(one: Article, other: Article, names: Collection[str], *, other_is_first: bool) -> Marking | None:
    """Which of two articles of two sources repeats the other, both being known by ``names``; None: neither.

    A name at the site of both is the very same page: the one stored first is shown. A name at the site of one only
    is what the other's page calls its canonical address, so that says itself what it copies. Guids that are no
    addresses, and front pages, name nothing across sources.
    """
    pages = [registered_domain(name) for name in names if _is_page(name)]
    if not pages:
        return None
    mine, theirs = registered_domain(one.url) in pages, registered_domain(other.url) in pages
    is_one_the_copy = theirs if mine != theirs else other_is_first
    copy, original = (one, other) if is_one_the_copy else (other, one)
    twin = Twin.SAME if mine and theirs else Twin.COPY
    return Marking(article_id=copy.id, original_id=original.id, twin=twin)


def _is_page(name: str) -> bool:
    if not is_http_url(name):
        return False
    parts = urlsplit(name)
    return bool(parts.path.strip("/") or parts.query)


# --- copies by their text ---------------------------------------------------------------------------------------


def decide_copies(article: Reading, others: Iterable[Reading]) -> tuple[Marking, ...]:
    """What the article copies, and what copies it, among articles of other sources.

    The earlier one is the original, and a copy of a copy points at the first. An article that is marked already
    keeps its marking, unless its original turns out to be a copy itself.
    """
    alike = [
        other
        for other in others
        if other.source_id != article.source_id
        and other.twin is not Twin.SAME  # the article that it is comes up by itself
        and _may_speak_alike(article.language, other.language)
    ]
    earlier = [other for other in alike if came_first(other, article) and is_copy(article, of=other)]
    later = [other for other in alike if came_first(article, other) and is_copy(other, of=article)]
    original = article.original_id or _first_of(earlier) or article.article_id
    markings = []
    if article.original_id is None and original != article.article_id:
        markings.append(_copy(article.article_id, original))
    displaced = {article.article_id, *(other.article_id for other in later)}
    for other in later:
        is_free = other.original_id is None or other.original_id in displaced
        if is_free and original not in {other.article_id, other.original_id}:
            markings.append(_copy(other.article_id, original))
    return tuple(markings)


def is_copy(copy: Reading, *, of: Reading) -> bool:
    """Whether nearly all of the text is in the other's, which may say more.

    An article that adds its own reporting to an earlier one is no copy, though it holds all of it. Neither is one
    made from the same template: its words agree and its figures do not. Where the texts share no more than a
    publisher's boilerplate can be long, what the title speaks of must be in the other as well.
    """
    shared = copy.shingles & of.shingles
    if not shared or len(shared) < SHARE_OF_COPY * len(copy.shingles):
        return False
    figures = _figures(copy.shingles)
    if len(figures) >= FEWEST_FIGURES and len(figures & shared) < SHARE_OF_FIGURES * len(figures):
        return False
    if len(shared) >= LONGEST_BOILERPLATE:
        return True
    named = copy.title_terms & of.terms
    return bool(named) and len(named) >= SHARE_OF_TITLE * len(copy.title_terms)


def came_first(one: Reading, other: Reading) -> bool:
    """Whether ``one`` was published before the other, or on the same day where one of them names only the day.

    What is not told by its date is told by when it was seen, then by its id: always one answer, and the opposite one
    the other way round.
    """
    mine, others = _dated(one), _dated(other)
    if not (isinstance(mine, dt.datetime) and isinstance(others, dt.datetime)):
        mine, others = _day(mine), _day(others)
    if mine != others:
        return mine < others
    return (one.seen_at, one.article_id) < (other.seen_at, other.article_id)


def _first_of(readings: Sequence[Reading]) -> str | None:
    """The original of the earliest; one that repeats another stands for that."""
    first: Reading | None = None
    for reading in readings:
        if first is None or came_first(reading, first):
            first = reading
    return (first.original_id or first.article_id) if first else None


def _copy(article_id: str, original_id: str) -> Marking:
    return Marking(article_id=article_id, original_id=original_id, twin=Twin.COPY)


def _may_speak_alike(one: str, other: str) -> bool:
    """Whether two tags can name one language: editions in other languages are no copies."""
    mine, others = one.partition("-")[0], other.partition("-")[0]
    return mine == others or _UNKNOWN in {mine, others}


def _figures(shingles: frozenset[str]) -> frozenset[str]:
    return frozenset(shingle for shingle in shingles if _FIGURE.search(shingle))


def _dated(reading: Reading) -> dt.datetime | dt.date:
    return reading.published or reading.seen_at


def _day(when: dt.datetime | dt.date) -> dt.date:
    return when.date() if isinstance(when, dt.datetime) else when


# --- one article at a new address -------------------------------------------------------------------------------


def is_moved(new: Reading, old: Reading) -> bool:
    """Whether two addresses of one source hold one article: the same title and date, and nearly the same text.

    A column or a table that comes every day under one title stays apart: its text, its figures or its day differ.
    """
    if not new.shingles or not new.title or new.title != old.title:
        return False
    together = new.shingles | old.shingles
    shared = new.shingles & old.shingles
    figures = _figures(together)
    return (
        len(shared) >= SHARE_OF_MOVED * len(together)
        and len(figures & shared) >= SHARE_OF_MOVED * len(figures)
        and _is_of_one_day(new.published, old.published)
    )


def _is_of_one_day(one: dt.datetime | dt.date | None, other: dt.datetime | dt.date | None) -> bool:
    if one is None or other is None:
        return one is other
    if isinstance(one, dt.datetime) and isinstance(other, dt.datetime):
        return abs(one - other) <= MOVED_WITHIN
    return _day(one) == _day(other)
