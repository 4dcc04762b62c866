"""A FeedQuery in, what its articles' terms must be out: an expression for each stretch of time.

The instants that a question names part time into stretches; within each of them every date in the question is true or
false, and what is left speaks of terms only. So one index answers it, newest first, and the date of each article found
is compared with the ends of its stretch.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, Union

from feeds.folding import language_covers
from feeds.model import AllOf, AnyOf, Dated, FeedQuery, Field, Has, Match, Not, Question, Side, Twin
from feeds.store import terms
from feeds.store.columns import clean_text, key_text
from feeds.store.terms import facet, phrase_terms


@dataclass(frozen=True, slots=True)
class Phrase:
    """These terms follow each other in one of these columns."""

    columns: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; nothing is asked of an article when there are none."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts holds; no article is found when there are none."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The part does not hold."""

    part: Expression


Expression: TypeAlias = Union[Phrase, Every, Either, Without]  # noqa: UP007 - the parts name it before it is there
ALL = Every(())
NONE = Either(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What is asked of articles dated from ``since`` up to ``before``, both aware; None: without end."""

    expression: Expression
    since: dt.datetime | None = None
    before: dt.datetime | None = None


_COLUMNS = {
    Field.WORDS: ("title", "body", "authors", "keywords"),
    Field.TITLE: ("title",),
    Field.TEXT: ("body",),
    Field.AUTHOR: ("authors",),
}


def stretches(query: FeedQuery, tags: Sequence[str]) -> list[Stretch]:
    """What to look for; ``tags`` are the languages in store. A query whose answer is empty has no stretches.

    Raises ValueError for an age: whoever asks says what time it is (``query.resolved``).
    """
    always = _fields(query, tags)
    if query.question is None:
        return [Stretch(expression=always)] if always != NONE else []
    ends = [None, *sorted(set(_instants(query.question))), None]
    found: list[Stretch] = []
    for since, before in pairwise(ends):
        asked = every([always, _reduce(query.question, query, tags, since)])
        if found and found[-1].before == since and found[-1].expression == asked:
            found[-1] = Stretch(expression=asked, since=found[-1].since, before=before)
        else:
            found.append(Stretch(expression=asked, since=since, before=before))
    return [_within_days(each) for each in found if each.expression != NONE]


def _within_days(stretch: Stretch) -> Stretch:
    """With the days of the stretch in its expression, so that articles of other times are passed over at once."""
    if stretch.since is None and stretch.before is None:
        return stretch
    days = either(_facet(term) for term in terms.cover_days(stretch.since, stretch.before))
    return Stretch(expression=every([days, stretch.expression]), since=stretch.since, before=stretch.before)


# --- what a query asks --------------------------------------------------------------------------------------------


def _fields(query: FeedQuery, tags: Sequence[str]) -> Expression:
    parts: list[Expression] = []
    if query.languages:
        parts.append(_languages(query.languages, tags))
    if query.keywords:
        keys = [_meaning(key, query, tags) for key in query.keywords]
        parts.append(every(keys) if query.match is Match.ALL else either(keys))
    if query.section is not None:
        parts.append(_facet(facet(terms.SECTION, clean_text(query.section))))
    if query.source is not None:
        parts.append(_facet(facet(terms.SOURCE, clean_text(query.source))))
    else:
        parts.append(Without(_facet(terms.TWIN + Twin.SAME.value)))
    if not query.copies:
        parts.append(Without(_facet(terms.TWIN + Twin.COPY.value)))
    return every(parts)


def _meaning(key: str, query: FeedQuery, tags: Sequence[str]) -> Expression:
    """A keyword of the query, or one that means the same where an article is in the right language."""
    synonyms = [
        every([_languages(each.languages, tags) if each.languages else ALL, _keyword(each.key, query)])
        for each in query.synonyms
        if each.keyword == key
    ]
    return either([_keyword(key, query), *synonyms])


def _keyword(key: str, query: FeedQuery) -> Expression:
    letters = (terms.GIVEN, terms.INFERRED) if query.inferred else (terms.GIVEN,)
    return either(_facet(facet(letter, key_text(key))) for letter in letters)


def _languages(asked: Iterable[str], tags: Sequence[str]) -> Expression:
    covered = sorted({tag for language in asked for tag in tags if language_covers(language, tag)})
    return either(_facet(facet(terms.LANGUAGE, tag)) for tag in covered)


def _instants(question: Question) -> Iterator[dt.datetime]:
    match question:
        case AllOf() | AnyOf():
            for part in question.parts:
                yield from _instants(part)
        case Not():
            yield from _instants(question.part)
        case Dated():
            yield _instant(question)


def _instant(dated: Dated) -> dt.datetime:
    if dated.at is None:
        raise ValueError(f"the store does not know what time it is: {dated}")
    at = dated.at
    return at.astimezone(dt.UTC) if isinstance(at, dt.datetime) else dt.datetime.combine(at, dt.time(), tzinfo=dt.UTC)


def _reduce(question: Question, query: FeedQuery, tags: Sequence[str], since: dt.datetime | None) -> Expression:
    """The question for articles of the stretch that begins at ``since``."""
    match question:
        case AllOf():
            return every(_reduce(part, query, tags, since) for part in question.parts)
        case AnyOf():
            return either(_reduce(part, query, tags, since) for part in question.parts)
        case Not():
            return without(_reduce(question.part, query, tags, since))
        case Dated():
            is_since = since is not None and since >= _instant(question)
            return ALL if is_since is (question.side is Side.SINCE) else NONE
        case Has():
            return _has(question, query, tags)


def _has(has: Has, query: FeedQuery, tags: Sequence[str]) -> Expression:
    name = clean_text(has.terms[0])
    match has.field:
        case Field.KEYWORD:
            return _keyword(name, query)
        case Field.LANGUAGE:
            return _languages([name], tags)
        case Field.SOURCE:
            return either(_facet(facet(letter, name)) for letter in (terms.SOURCE, terms.SOURCE_FOLDED))
        case Field.SECTION:
            return either(_facet(facet(letter, name)) for letter in (terms.SECTION, terms.SECTION_FOLDED))
        case _:
            return Phrase(_COLUMNS[has.field], phrase_terms(has.terms))


def _facet(term: str) -> Phrase:
    return Phrase(("facets",), (term,))


# --- expressions --------------------------------------------------------------------------------------------------


def every(parts: Iterable[Expression]) -> Expression:
    """All of these, without what says nothing; a contradiction is never so, and nothing is looked through for it."""
    flat = _flat(parts, Every)
    if NONE in flat or any(isinstance(part, Without) and part.part in flat for part in flat):
        return NONE
    return flat[0] if len(flat) == 1 else Every(flat)


def either(parts: Iterable[Expression]) -> Expression:
    """One of these, without what is never so."""
    flat = _flat(parts, Either)
    if ALL in flat or any(isinstance(part, Without) and part.part in flat for part in flat):
        return ALL
    return flat[0] if len(flat) == 1 else Either(flat)


def without(part: Expression) -> Expression:
    """Not this."""
    if isinstance(part, Without):
        return part.part
    if part in (ALL, NONE):
        return NONE if part == ALL else ALL
    return Without(part)


def _flat(parts: Iterable[Expression], kind: type[Every | Either]) -> tuple[Expression, ...]:
    inner = (each for part in parts for each in (part.parts if isinstance(part, kind) else (part,)))
    return tuple(dict.fromkeys(inner))
