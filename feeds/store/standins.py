"""Queries with languages that stand in for others in, answers out: an article counts where no edition before has it.

``de~en`` is German, and English for stories without a German edition. Each language that stands in is asked for by
itself, and what ``translation`` links to an edition that is wanted more is left out; that is looked up by the ids
found, so it costs a fraction of finding them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from sqlalchemy import Connection, func, select

from feeds.model import FeedQuery
from feeds.store import questions
from feeds.store.memory import chunks
from feeds.store.searching import stored_tags
from feeds.store.tables import translation

_MOST_AT_ONCE = 2000


def window(
    connection: Connection,
    query: FeedQuery,
    *,
    limit: int,
    before_seq: int | None = None,
    after_seq: int | None = None,
) -> list[tuple[str, int]]:
    """The newest changes that answer the query, or the oldest after one; see ``Store.window``."""
    main = replace(query, fallback=())
    found = questions.window(connection, main, limit=limit, before_seq=before_seq, after_seq=after_seq)
    for standing_in, preferred in _stand_ins(connection, query):
        for some in _windows(connection, standing_in, limit, before_seq, after_seq):
            told = _translated(connection, [name for name, _ in some], preferred)
            found += [(name, seq) for name, seq in some if name not in told]
            if len(found) >= limit and _is_beyond(found, some, limit, is_newest=after_seq is None):
                break
    return sorted(dict(found).items(), key=lambda pair: pair[1], reverse=after_seq is None)[:limit]


def count(connection: Connection, query: FeedQuery, *, at_most: int | None = None) -> int:
    """How many articles answer the query; see ``Store.count``."""
    if not query.fallback:
        return questions.count(connection, query, at_most=at_most)
    total = questions.count(connection, replace(query, fallback=()))
    for standing_in, preferred in _stand_ins(connection, query):
        total += questions.count(connection, standing_in)
        if _has_any(connection, preferred):
            for some in _windows(connection, standing_in, _MOST_AT_ONCE, None, None):
                total -= len(_translated(connection, [name for name, _ in some], preferred))
    return total


def _stand_ins(connection: Connection, query: FeedQuery) -> Iterator[tuple[FeedQuery, list[str]]]:
    """For each language that stands in, the query in it alone, and the stored tags of those that are wanted more.

    A tag that two of them cover counts with the first.
    """
    if not query.fallback:
        return
    tags = stored_tags(connection)
    preferred = questions.matching(tags, query.languages)
    for language in query.fallback:
        own = [tag for tag in questions.matching(tags, [language]) if tag not in preferred]
        if own:
            yield replace(query, languages=tuple(own), fallback=()), list(preferred)
        preferred += own


def _windows(
    connection: Connection, query: FeedQuery, size: int, before_seq: int | None, after_seq: int | None
) -> Iterator[list[tuple[str, int]]]:
    """All that answers the query, in its order, in longer and longer parts."""
    while True:
        some = questions.window(connection, query, limit=size, before_seq=before_seq, after_seq=after_seq)
        if some:
            yield some
        if len(some) < size:
            return
        last = some[-1][1]
        before_seq, after_seq = (last, None) if after_seq is None else (None, last)
        size = min(2 * size, max(size, _MOST_AT_ONCE))


def _is_beyond(found: list[tuple[str, int]], some: list[tuple[str, int]], limit: int, *, is_newest: bool) -> bool:
    """Whether enough was found this side of where the search stands."""
    last = some[-1][1]
    return sum(seq >= last if is_newest else seq <= last for _, seq in found) >= limit


def _translated(connection: Connection, ids: Collection[str], tags: Collection[str]) -> set[str]:
    """Those of the articles that tell a story which has an edition in one of these languages."""
    found: set[str] = set()
    for some in chunks(ids):
        here = translation.c
        question = select(here.article_id).where(here.article_id.in_(some), here.language.in_(tags))
        found.update(connection.scalars(question))
    return found


def _has_any(connection: Connection, tags: Collection[str]) -> bool:
    return bool(
        connection.scalar(select(func.count()).select_from(translation).where(translation.c.language.in_(tags)))
    )
