"""The parameters of a request to the API in, a question and a place in its answer out, or what is wrong in words.

Each parameter is described once, here: the description is part of ``/api/openapi.json``, its names are the ones that
are read. A parameter that does not exist is refused, since whoever misspells ``source`` would get all sources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Never
from urllib.parse import parse_qsl

from feeds.errors import PolyfeedError, QueryError
from feeds.folding import is_language_tag, keyword_key, language_case
from feeds.model import FeedQuery, Match
from feeds.query import MAX_KEYWORDS, MAX_LANGUAGES, canonical, is_relative, read_question

MOST = 200
USUAL = 50
MOST_KEYWORDS = 1000
_LAST_SEQ = 2**63 - 1


class Content(StrEnum):
    """How much of an article's body is given."""

    NONE = "none"
    TEXT = "text"
    FULL = "full"


class ParameterError(PolyfeedError):
    """A parameter that cannot be read: ``name``, the reason, and where in its value if that can be said."""

    def __init__(self, name: str, reason: str, *, position: int | None = None) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter: ``says`` what it means, ``schema`` (JSON Schema) which values it takes."""

    name: str
    says: str
    schema: Mapping[str, Any]
    example: str | None = None


def _text(name: str, says: str, example: str | None = None) -> Parameter:
    return Parameter(name=name, says=says, schema={"type": "string"}, example=example)


def _several(name: str, says: str, most: int, example: str) -> Parameter:
    schema = {"type": "array", "items": {"type": "string"}, "maxItems": most}
    return Parameter(name=name, says=says, schema=schema, example=example)


def _choice(name: str, says: str, values: Sequence[str]) -> Parameter:
    return Parameter(name=name, says=says, schema={"type": "string", "enum": [*values], "default": values[0]})


def _number(name: str, says: str, least: int, most: int = _LAST_SEQ, usual: int | None = None) -> Parameter:
    schema: dict[str, Any] = {"type": "integer", "minimum": least, "maximum": most}
    return Parameter(name=name, says=says, schema=schema | ({} if usual is None else {"default": usual}))


LIMIT = _number("limit", "How many at most.", 1, MOST, USUAL)
KEYWORDS_LIMIT = _number("limit", "How many at most.", 1, MOST_KEYWORDS, USUAL)
LANGUAGE = _text("language", "Only those of this language; zh holds zh-Hans and zh-Hant.", "de")
AFTER = _text("after", "Only those whose id comes after this one.")
CONTENT = _choice("content", "How much of the body: plain text, HTML as well, or none.", ("text", "full", "none"))
ARTICLES = (
    _text("q", "A question in the language of questions, as in search.atom?q=.", 'china "neue halle" -keyword:BMW'),
    _several("language", "Articles of this language; repeated, of any of them.", MAX_LANGUAGES, "de"),
    _several(
        "fallback",
        "Beside language: articles of this one where their story has no edition in language; repeated, in that order.",
        MAX_LANGUAGES,
        "en",
    ),
    _several("keyword", "Articles with this keyword, however it is spelled; repeated, see match.", MAX_KEYWORDS, "BMW"),
    _choice("match", "Whether all of the keywords must be there, or any.", [each.value for each in Match]),
    _text("source", "Articles of the source with this id."),
    _text("section", "Articles of the section with this slug."),
    _choice("copies", "hide leaves syndicated copies out.", ("show", "hide")),
    _choice("inferred", "With no a keyword counts only where the publisher gave it.", ("yes", "no")),
    CONTENT,
    LIMIT,
    _number("before", "Only changes before this number: the next page, newest first.", 1),
    _number(
        "since",
        "Only changes after this number, oldest first: begin with 0, go on with the seq of each answer. An article "
        "that changes comes again, under its new number. One that no longer answers the question is not told of.",
        0,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of ``/api/articles``: at most one of ``before`` and ``since`` is given."""

    query: FeedQuery
    content: Content
    limit: int
    before: int | None
    since: int | None


class Given:
    """The parameters of one request, of those that there are."""

    def __init__(self, query_string: str, known: Sequence[Parameter]) -> None:
        self.pairs = parse_qsl(query_string, keep_blank_values=True, errors="replace")
        self._known = {each.name: each for each in known}
        for name, value in self.pairs:
            if name not in self._known:
                there_are = f"there are {', '.join(self._known)}" if known else "none is read here"
                raise ParameterError(name, f"there is no such parameter; {there_are}")
            if (at := value.find("\ufffd")) >= 0:
                raise ParameterError(name, "expected UTF-8", position=at)

    def several(self, name: str) -> list[str]:
        """Every value, in order, without white space around it."""
        most = self._known[name].schema.get("maxItems", 1)
        found = [value.strip() for each, value in self.pairs if each == name]
        if len(found) > most:
            raise ParameterError(name, f"expected at most {most} of it" if most > 1 else "expected it once")
        return found

    def text(self, name: str) -> str | None:
        """The value, None when there is none or it is empty."""
        found = self.several(name)
        return (found[0] or None) if found else None

    def choice(self, name: str) -> str:
        """One of the values that it takes; the first of them where it is not given."""
        schema = self._known[name].schema
        found = self.text(name) or str(schema["default"])
        if found not in schema["enum"]:
            raise ParameterError(name, f"expected one of {', '.join(schema['enum'])}")
        return found

    def number(self, name: str) -> int | None:
        """The number, within its bounds; the usual one, if there is one, where it is not given."""
        schema = self._known[name].schema
        found = self.text(name)
        if found is None:
            usual = schema.get("default")
            return None if usual is None else int(usual)
        least, most = schema["minimum"], schema["maximum"]
        is_number = found.isascii() and found.isdigit() and len(found) <= len(str(_LAST_SEQ))
        if not is_number or not least <= int(found) <= most:
            raise ParameterError(name, f"expected a whole number from {least} to {most}")
        return int(found)

    def language(self, name: str = "language") -> str | None:
        """The one language tag, None when there is none."""
        return next(iter(self.languages(name)), None)

    def languages(self, name: str = "language") -> list[str]:
        """Language tags."""
        tags = [language_case(value) for value in self.several(name)]
        for tag in tags:
            if not is_language_tag(tag):
                raise ParameterError(name, f"{tag!r} is no language tag; expected one such as de, pt-BR or zh-Hant")
        return tags

    def limit(self) -> int:
        """How many are asked for at most."""
        found = self.number("limit")
        assert found is not None  # it has a usual value
        return found


def read_asked(given: Given) -> Asked:
    """What the parameters of ``/api/articles`` ask for.

    Raises:
        ParameterError: one of them cannot be read; for ``q`` with the position in the question.
    """
    languages, fallback = given.languages(), given.languages("fallback")
    if fallback and not languages:
        raise ParameterError("fallback", "in place of which language? Give language as well")
    if len(languages) + len(fallback) > MAX_LANGUAGES:
        raise ParameterError("fallback", f"expected at most {MAX_LANGUAGES} languages in all")
    query = canonical(
        FeedQuery(
            languages=tuple(languages),
            fallback=tuple(fallback),
            keywords=_keywords(given),
            match=Match(given.choice("match")),
            source=given.text("source"),
            section=given.text("section"),
            copies=given.choice("copies") == "show",
            inferred=given.choice("inferred") == "yes",
            question=None if (text := given.text("q")) is None else _question(text),
        )
    )
    before, since = given.number("before"), given.number("since")
    if since is not None and before is not None:
        raise ParameterError("since", "give before (newest first) or since (oldest first), not both")
    if since is not None and is_relative(query.question):
        reason = "an age such as since:7d lets articles in and out as time goes by, unnoticed by since; name a date"
        raise ParameterError("q", reason)
    return Asked(query=query, content=Content(given.choice("content")), limit=given.limit(), before=before, since=since)


def _keywords(given: Given) -> tuple[str, ...]:
    keys = [keyword_key(word) for word in given.several("keyword")]
    if "" in keys:
        raise ParameterError("keyword", "there is nothing in it")
    return tuple(keys)


def _question(text: str) -> Any:
    try:
        return read_question(text)
    except QueryError as error:
        _refuse(error)


def _refuse(error: QueryError) -> Never:
    raise ParameterError("q", error.reason, position=error.position) from error
