"""A question and an article in; whether the article answers it out. The meaning of questions, one article at a time.

The store answers the same from its indexes; its tests compare the two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from feeds.folding import keyword_key, language_covers
from feeds.model import AllOf, AnyOf, Article, Dated, Field, Has, Not, Question, Side, StoredArticle
from feeds.query import full_hour
from feeds.words import tokens_of


def answers(question: Question, stored: StoredArticle, now: dt.datetime, *, inferred: bool = True) -> bool:
    """Whether an article answers a question.

    Args:
        question: any; ages are counted back from the full hour that ``now`` is in.
        stored: the article.
        now: aware.
        inferred: whether keywords that were only found in its text count.
    """
    match question:
        case AllOf():
            return all(answers(part, stored, now, inferred=inferred) for part in question.parts)
        case AnyOf():
            return any(answers(part, stored, now, inferred=inferred) for part in question.parts)
        case Not():
            return not answers(question.part, stored, now, inferred=inferred)
        case Dated():
            is_since = stored.dated_at >= _instant(question, now)
            return is_since if question.side is Side.SINCE else not is_since
        case Has():
            return _has(question, stored.article, inferred=inferred)


def _instant(dated: Dated, now: dt.datetime) -> dt.datetime:
    if dated.age_s is not None:
        return full_hour(now) - dt.timedelta(seconds=dated.age_s)
    at = dated.at
    assert at is not None
    return at if isinstance(at, dt.datetime) else dt.datetime.combine(at, dt.time(), tzinfo=dt.UTC)


def _has(has: Has, article: Article, *, inferred: bool) -> bool:
    name = has.terms[0]
    match has.field:
        case Field.KEYWORD:
            keywords = (*article.keywords, *(article.inferred if inferred else ()))
            return any(keyword_key(keyword) == name for keyword in keywords)
        case Field.LANGUAGE:
            return language_covers(name, article.language)
        case Field.SOURCE:
            return article.source_id.casefold() == name
        case Field.SECTION:
            return article.section is not None and article.section.casefold() == name
    return _follow(has.terms, _texts(has.field, article))


def _texts(field: Field, article: Article) -> tuple[str, ...]:
    """What the words of a field are looked for in."""
    match field:
        case Field.AUTHOR:
            return article.authors
        case Field.TITLE:
            return (article.title,)
        case Field.TEXT:
            return (article.summary, article.content_text)
    return (article.title, article.summary, article.content_text, *article.keywords, *article.authors)


def _follow(terms: tuple[str, ...], texts: Iterable[str]) -> bool:
    """Whether these tokens follow each other in one of the texts: no phrase begins in one and ends in the next."""
    sought = list(terms)
    return any(
        tokens[at : at + len(sought)] == sought
        for tokens in map(tokens_of, texts)
        for at in range(len(tokens) - len(sought) + 1)
    )
