"""A decoded path and its parameters in; where the feed or page is, where it moved, or why there is none, out."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from feeds.errors import QueryError
from feeds.model import FeedQuery, Format
from feeds.query import (
    ARCHIVE,
    ASKING,
    BEFORE,
    MAX_QUESTION_CHARS,
    NEWEST,
    QUESTION,
    Address,
    NamedFeed,
    Part,
    known_parameters,
    read_address,
    read_parameters,
    spell_address,
    spell_named,
    with_parameters,
    write_address,
)
from feeds.web.archives import keeps_archives
from feeds.web.catalogue import Catalogue, Overview
from feeds.web.named import NamedFeeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A feed, or its page, that exists at the path asked for.

    ``settled`` is false while a keyword has no article yet: nobody has fixed its spelling, so any will do.
    """

    address: Address
    labels: Mapping[str, str]
    settled: bool
    named: NamedFeed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The same question is spelled otherwise; ``to`` is percent-encoded."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """There is no such feed: ``subject`` says what about it is unknown, ``name`` as it was asked for.

    ``subject`` is ``language``, ``source``, ``named`` or ``address``; for the last ``name`` is the reason in English.
    ``format`` is the one asked for, so that what is offered instead can be in it too.
    """

    subject: str
    name: str
    format: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistaken:
    """The question cannot be read: its text, the position in it, and the reason in English.

    ``query`` is what is asked besides.
    """

    query: FeedQuery
    text: str
    position: int
    reason: str
    format: Format | None


def find_place(
    path: str, query_string: str, catalogue: Catalogue, named: NamedFeeds
) -> Place | Moved | Missing | Mistaken:
    """Reads a path that begins with ``/feeds/``, and what its parameters say. Raises StoreError."""
    if "\ufffd" in path:
        return Missing(subject="address", name="the address is not UTF-8")
    try:
        address = read_address(path)
    except QueryError as error:
        return Missing(subject="address", name=error.reason)
    parameters = read_parameters(query_string)
    if address.name is not None:
        return _find_named(path, query_string, replace(address, part=parameters.part), catalogue, named)
    try:
        query = with_parameters(address, parameters)
    except QueryError as error:
        query = replace(
            address.query, copies=parameters.copies, inferred=parameters.inferred, content=parameters.content
        )
        text = parameters.question[: MAX_QUESTION_CHARS + 1]
        return Mistaken(query=query, text=text, position=error.position, reason=error.reason, format=address.format)
    return _find_asked(path, query_string, replace(address, query=query, part=parameters.part), catalogue)


def _find_asked(path: str, query_string: str, address: Address, catalogue: Catalogue) -> Place | Moved | Missing:
    """A feed by its question."""
    query = catalogue.canonical(address.query)
    labels = catalogue.labels_of(query)
    canonical = spell_address(query, address.format, labels)
    settled = len(labels) == len(query.keywords)
    part, silent = _part_of(address, query)
    said = known_parameters(query_string, without=silent if address.is_search else silent | {QUESTION})
    to = write_address(query, address.format, labels, part=part)
    is_plain = said == to.partition("?")[2] or part.archive == 0  # of what is no number there is no other spelling
    if not is_plain or (path != canonical and (settled or _fold(path) != _fold(canonical))):
        return Moved(to=to)
    unknown = _what_is_unknown(query, catalogue)
    if unknown is not None:
        return Missing(subject=unknown[0], name=unknown[1], format=address.format)
    return Place(address=replace(address, query=query, part=part), labels=labels, settled=settled)


def _find_named(
    path: str, query_string: str, address: Address, catalogue: Catalogue, named: NamedFeeds
) -> Place | Moved | Missing:
    """A feed by its name, which says everything that is asked."""
    assert address.name is not None
    feed = named.get(address.name)
    if feed is None:
        return Missing(subject="named", name=address.name, format=address.format)
    part, silent = _part_of(address, feed.query, is_named=True)
    to = write_address(feed.query, address.format, name=feed.name, part=part)
    said = known_parameters(query_string, without=ASKING | silent)
    is_plain = said == to.partition("?")[2] or part.archive == 0
    if path != spell_named(feed.name, address.format) or not is_plain:
        return Moved(to=to)
    found = replace(address, query=feed.query, part=part)
    return Place(address=found, labels=catalogue.labels_of(feed.query), settled=True, named=feed)


def _part_of(address: Address, query: FeedQuery, *, is_named: bool = False) -> tuple[Part, frozenset[str]]:
    """Which document of a feed is meant, and the parameters that have no say in it.

    A page reads ``before`` for itself. Of a feed with archives a number of a page means nothing; of one without, no
    number is that of an archive.
    """
    if address.format is None:
        return NEWEST, frozenset({ARCHIVE, BEFORE})
    if address.part.archive is not None:
        return address.part, frozenset({BEFORE})
    if keeps_archives(query, is_named=is_named):
        return NEWEST, frozenset({BEFORE})
    return address.part, frozenset()


def _what_is_unknown(query: FeedQuery, catalogue: Catalogue) -> tuple[str, str] | None:
    for tag in (*query.languages, *query.fallback):

        def has_language(overview: Overview, tag: str = tag) -> bool:
            return overview.knows_language(tag)

        if not catalogue.has(has_language):
            return "language", tag
    source = query.source
    if source is not None and not catalogue.sources([source]):
        return "source", source
    return None


def _fold(path: str) -> str:
    """Spellings that differ only so are one as long as nobody has fixed the keyword's own.

    Otherwise ``/keywords/BMW`` would move for good to ``/keywords/bmw`` today, and back when the first article
    about BMW fixes the label: a circle in every client that remembers both.
    """
    return unicodedata.normalize("NFKC", path).casefold()
