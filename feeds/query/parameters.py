"""A query string in; what it says of a feed, and what it says besides, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote_plus

from feeds.model import Content

QUESTION, COPIES, INFERRED, CONTENT = "q", "copies", "inferred", "content"

_KNOWN = frozenset({QUESTION, COPIES, INFERRED, CONTENT})
_CONTENTS: Mapping[str, Content] = MappingProxyType({content.value: content for content in Content})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What the parameters of an address say; ``question`` is text as it was asked."""

    question: str = ""
    copies: bool = True
    inferred: bool = True
    content: Content = Content.FULL


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
    )


def known_parameters(query_string: str, *, with_question: bool = True) -> str:
    """The part of a query string that says something of a feed, as it stands; compare with ``write_parameters``."""
    if not query_string:
        return ""
    known = _KNOWN if with_question else _KNOWN - {QUESTION}
    return "&".join(piece for piece in _pieces(query_string) if _name(piece) in known)


def other_parameters(query_string: str) -> str:
    """The other parameters of a query string."""
    return "&".join(piece for piece in _pieces(query_string) if _name(piece) not in _KNOWN)


def _pieces(query_string: str) -> list[str]:
    return [piece for piece in query_string.split("&") if piece]


def _name(piece: str) -> str:
    name = piece.partition("=")[0]
    return name if name in _KNOWN else unquote_plus(name).strip().casefold()
