"""A FeedQuery in; the same with every part of its question where the address says it by itself, and back to text.

``keyword:BMW`` below ``/feeds/de`` is what ``/feeds/de/keywords/BMW`` asks, so both are one value.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from feeds.folding import language_covers, without_covered
from feeds.model import AnyOf, FeedQuery, Field, Has, Match, Question
from feeds.query.canon import all_of, canonical_question, conjuncts, is_relative, resolve, write_question

MAX_KEYWORDS = 10
MAX_LANGUAGES = 20


def settle(query: FeedQuery) -> FeedQuery:
    """Moves what must hold at all events from the question into the query's own fields, as far as they are free.

    Args:
        query: its own fields are canonical.
    """
    while query.question is not None:
        before, question = query, _in_one(query)
        query = dataclasses.replace(query, keywords=(), match=Match.ALL, section=None, source=None, question=None)
        left: list[Question] = []
        for part in conjuncts(question):
            moved = _with(query, part)
            if moved is None:
                left.append(part)
            else:
                query = moved
        query = dataclasses.replace(query, question=all_of(left) if left else None)
        if query == before:
            break
        # once more: languages have become fewer, and that may settle a part that was left before
    return query


def search_text(query: FeedQuery) -> str:
    """All that a canonical query asks besides languages, as canonical text; empty when that is nothing."""
    question = _in_one(query)
    return write_question(question) if question is not None else ""


def resolved(query: FeedQuery, now: dt.datetime) -> FeedQuery:
    """The query as it is to be answered at ``now`` (aware): ages in it are instants."""
    if query.question is None or not is_relative(query.question):
        return query
    return dataclasses.replace(query, question=resolve(query.question, now))


def _in_one(query: FeedQuery) -> Question | None:
    """Everything but languages as one canonical question."""
    parts = _keywords(query)
    if query.section is not None:
        parts.append(Has(Field.SECTION, (query.section,)))
    if query.source is not None:
        parts.append(Has(Field.SOURCE, (query.source,)))
    if query.question is not None:
        parts.append(canonical_question(query.question))
    return all_of(parts) if parts else None


def _keywords(query: FeedQuery) -> list[Question]:
    each: list[Question] = [Has(Field.KEYWORD, (key,)) for key in query.keywords]
    if query.match is Match.ANY and len(each) > 1:
        return [canonical_question(AnyOf(tuple(each)))]
    return each


def _with(query: FeedQuery, part: Question) -> FeedQuery | None:
    """The query with this part in its own fields; None where it has to stay in the question."""
    match part:
        case Has(field=Field.KEYWORD):
            keys = tuple(sorted({*query.keywords, part.terms[0]}))
            is_room = (query.match is Match.ALL or not query.keywords) and len(keys) <= MAX_KEYWORDS
            return dataclasses.replace(query, keywords=keys, match=Match.ALL) if is_room else None
        case Has(field=Field.SOURCE) if query.source in {None, part.terms[0]}:
            return dataclasses.replace(query, source=part.terms[0])
        case Has(field=Field.SECTION) if query.section in {None, part.terms[0]}:
            return dataclasses.replace(query, section=part.terms[0])
        case Has(field=Field.LANGUAGE):
            return _with_languages(query, part.terms)
        case AnyOf():
            return _with_any(query, part)
    return None


def _with_any(query: FeedQuery, part: AnyOf) -> FeedQuery | None:
    """One of several keywords, where there are no others; or several languages."""
    names = [each.terms[0] for each in part.parts if isinstance(each, Has)]
    fields = {each.field if isinstance(each, Has) else None for each in part.parts}
    if fields == {Field.LANGUAGE}:
        return _with_languages(query, names)
    if fields == {Field.KEYWORD} and not query.keywords and len(names) <= MAX_KEYWORDS:
        return dataclasses.replace(query, keywords=tuple(sorted(names)), match=Match.ANY)
    return None


def _with_languages(query: FeedQuery, names: Iterable[str]) -> FeedQuery | None:
    """Only what is in the query's languages as well as in these; None where tags cannot say what that is."""
    asked = without_covered(names)
    if query.fallback or len(asked) > MAX_LANGUAGES:
        return None
    if not query.languages:
        return dataclasses.replace(query, languages=asked)
    both = set()
    for here in query.languages:
        for tag in asked:
            if language_covers(here, tag):
                both.add(tag)
            elif language_covers(tag, here):
                both.add(here)
            elif _may_overlap(here, tag):
                return None
    return dataclasses.replace(query, languages=without_covered(both)) if both else None


def _may_overlap(tag: str, other: str) -> bool:
    """Whether an article could be in both, as one in zh-Hans-CN is in zh-CN and in zh-Hans."""
    return language_covers(tag.partition("-")[0], other) or language_covers(other.partition("-")[0], tag)
