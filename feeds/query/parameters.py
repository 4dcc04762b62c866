"""A query string in; what it says of a feed, and what it says besides, out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote_plus

from feeds.model import Content

QUESTION, COPIES, INFERRED, CONTENT = "q", "copies", "inferred", "content"

ARCHIVE, BEFORE = "archive", "before"

ASKING = frozenset({QUESTION, COPIES, INFERRED, CONTENT})
_KNOWN = ASKING | {ARCHIVE, BEFORE}
_MOST_ARCHIVES = 2**31 - 1
_MOST_DIGITS = 18
_CONTENTS: Mapping[str, Content] = MappingProxyType({content.value: content for content in Content})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which document of a feed (RFC 5005): by default the newest.

    ``archive`` is the number of an archive, 0 where what was asked for is none. ``before`` is a change number: the page
    of what changed before it.
    """

    archive: int | None = None
    before: int | None = None

    def __str__(self) -> str:
        """As a parameter; empty for the newest."""
        if self.archive is not None:
            return f"{ARCHIVE}={self.archive}"
        return f"{BEFORE}={self.before}" if self.before is not None else ""


NEWEST = Part()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What the parameters of an address say; ``question`` is text as it was asked."""

    question: str = ""
    copies: bool = True
    inferred: bool = True
    content: Content = Content.FULL
    part: Part = NEWEST


def read_parameters(query_string: str) -> Parameters:
    """What a query string says of a feed: of two values the first. Other parameters say nothing."""
    said: dict[str, str] = {}
    for piece in _pieces(query_string):
        if (name := _name(piece)) in _KNOWN:
            said.setdefault(name, unquote_plus(piece.partition("=")[2]).strip())
    return Parameters(
        question=said.get(QUESTION, ""),
        copies=said.get(COPIES, "").casefold() != "hide",
        inferred=said.get(INFERRED, "").casefold() != "no",
        content=_CONTENTS.get(said.get(CONTENT, "").casefold(), Content.FULL),
        part=_read_part(said),
    )


def known_parameters(query_string: str, *, without: Collection[str] = ()) -> str:
    """The part of a query string that says something of a feed, as it stands; compare with ``write_parameters``.

    ``without`` are the names of those that say nothing of this one.
    """
    if not query_string:
        return ""
    names = ((piece, _name(piece)) for piece in _pieces(query_string))
    return "&".join(piece for piece, name in names if name in _KNOWN and name not in without)


def other_parameters(query_string: str) -> str:
    """The parameters that say nothing of what a feed holds; which of its pages is wanted stays with them."""
    return "&".join(piece for piece in _pieces(query_string) if _name(piece) not in ASKING)


def _read_part(said: Mapping[str, str]) -> Part:
    """An archive before a page; a page of what was before no change number is the newest."""
    if ARCHIVE in said:
        number = _read_number(said[ARCHIVE]) or 0
        return Part(archive=number if number <= _MOST_ARCHIVES else 0)
    return Part(before=_read_number(said.get(BEFORE, "")))


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _pieces(query_string: str) -> list[str]:
    return [piece for piece in query_string.split("&") if piece]


def _name(piece: str) -> str:
    name = piece.partition("=")[0]
    return name if name in _KNOWN else unquote_plus(name).strip().casefold()
