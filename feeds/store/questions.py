"""Which articles answer a FeedQuery: a query in, article ids in the order of changes out.

Every question becomes *branches*: range scans of one index each, newest first, cut off at the limit and merged. No
branch sorts, and none reads an article. A keyword's branches lie in ``article_keyword``; those of languages,
sections and sources in ``entry``. What repeats another article is skipped row by row. Statements are built once for
each shape of question. Whatever is asked beyond that, and whatever must be several things at once, is looked for in the
full text (``searching``), whose lists leap over each other: two keywords with 9,000 articles each of a million are five
times as quick that way as by looking the one up for each of the other.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    union,
)

from feeds.folding import language_covers
from feeds.model import FeedQuery, Match, Twin
from feeds.store import searching
from feeds.store.columns import key_text
from feeds.store.tables import article_keyword, entry, keyword_language, shelf

_AT_ONCE = 60  # branches in one statement; SQLite refuses more than 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A query, with what is stored taken into account: the range scans.

    Each is (key or None for entries, language tag or None for any).
    """

    branches: tuple[tuple[str | None, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """All that decides a statement's text; everything else is a parameter."""

    branches: int
    keyword: bool
    language: bool
    section: bool
    source: bool
    copies: bool
    before: bool = False
    after: bool = False  # the oldest after a change, and not the newest


def window(
    connection: Connection,
    query: FeedQuery,
    *,
    limit: int,
    before_seq: int | None = None,
    after_seq: int | None = None,
) -> list[tuple[str, int]]:
    """The newest changes that answer the query, or the oldest after one; see ``Store.window``."""
    if is_searched(query):
        return searching.window(connection, query, limit=limit, before_seq=before_seq, after_seq=after_seq)
    scope = _scope(connection, query)
    found: dict[str, int] = {}
    for start in range(0, len(scope.branches), _AT_ONCE):
        branches = scope.branches[start : start + _AT_ONCE]
        shape = _shape(query, scope, len(branches), before=before_seq is not None, after=after_seq is not None)
        values = _values(query, branches) | {"limit": limit, "before": before_seq, "after": after_seq}
        # all at once, which is quicker than row by row
        found.update((row[0], row[1]) for row in connection.execute(_window(shape), values).all())
    in_order = list(found.items())
    if len(scope.branches) > _AT_ONCE:
        in_order.sort(key=lambda pair: pair[1], reverse=after_seq is None)
    return in_order[:limit]


def count(connection: Connection, query: FeedQuery, *, at_most: int | None = None) -> int:
    """How many articles answer the query. Questions that the directory knows the answer to cost no more than it.

    What is looked for in the full text is counted no further than ``at_most``.
    """
    if is_searched(query):
        return searching.count(connection, query, at_most=at_most)
    if query.source is None and not query.keywords:
        return _count_shelved(connection, query)
    if query.source is None and query.section is None and query.copies and len(set(query.keywords)) == 1:
        return _count_carried(connection, query)
    scope = _scope(connection, query)
    if not scope.branches:
        return 0
    keys = {key for key, _ in scope.branches}
    shape = _shape(query, scope, len(keys))
    values = _values(query, scope.branches[:1]) | {
        "keys": list(keys),
        "tags": list({language for _, language in scope.branches}),
    }
    return connection.scalar(_count(shape), values) or 0


def is_searched(query: FeedQuery) -> bool:
    """Whether the full text answers it: more than names, two things at once, keywords by what is known of them."""
    if query.question is not None:
        return True
    if not query.keywords:
        return query.source is not None and bool(query.section is not None or query.languages)
    if query.section is not None or query.source is not None or query.synonyms or not query.inferred:
        return True
    return query.match is Match.ALL and len(set(query.keywords)) > 1


def _count_shelved(connection: Connection, query: FeedQuery) -> int:
    """The sum of shelves, less the copies among them."""
    number: Select[Any] = select(func.sum(shelf.c.articles))
    copies = select(func.count()).select_from(entry).where(_REPEATS, entry.c.twin == _literal(Twin.COPY))
    if query.languages:
        tags = _stored_tags(connection, query)
        number, copies = number.where(shelf.c.language.in_(tags)), copies.where(entry.c.language.in_(tags))
    if query.section is not None:
        number = number.where(shelf.c.section == query.section)
        copies = copies.where(entry.c.section == query.section)
    total = int(connection.scalar(number) or 0)
    return total if query.copies else total - (connection.scalar(copies) or 0)


def _count_carried(connection: Connection, query: FeedQuery) -> int:
    uses = connection.execute(_USES, {"keys": [key_text(key) for key in set(query.keywords)]}).all()
    tags = set(matching({row.language for row in uses}, query.languages))
    return sum(row.articles for row in uses if row.language in tags)


def _literal(twin: str) -> ColumnElement[str]:
    """As part of the statement, not a parameter: only so does SQLite see which rows an index of some rows holds."""
    return literal_column(f"'{twin}'", Text)


_REPEATS = entry.c.twin != _literal("")


def matching(tags: Iterable[str], languages: Sequence[str]) -> list[str]:
    """Those stored tags that a query's languages cover, ``zh`` also ``zh-…`` and ``yue``; none, for all."""
    if not languages:
        return list(tags)
    return [tag for tag in tags if any(language_covers(language, tag) for language in languages)]


# --- from the question to its branches ----------------------------------------------------------------------------


def _scope(connection: Connection, query: FeedQuery) -> Scope:
    if query.keywords:
        return _keyword_scope(connection, query)
    if query.languages:
        return Scope(branches=tuple((None, tag) for tag in _stored_tags(connection, query)))
    return Scope(branches=((None, None),))


def _stored_tags(connection: Connection, query: FeedQuery) -> list[str]:
    if query.section is None:
        return matching(searching.stored_tags(connection), query.languages)
    return matching(connection.scalars(_TAGS_OF_SECTION, {"section": query.section}).all(), query.languages)


def _keyword_scope(connection: Connection, query: FeedQuery) -> Scope:
    keys = list(dict.fromkeys(map(key_text, query.keywords)))
    if len(keys) == 1 and not query.languages:
        return Scope(branches=((keys[0], None),))
    uses: dict[str, dict[str, int]] = {key: {} for key in keys}
    rows = connection.execute(_USES, {"keys": keys}).all()
    tags = set(matching({row.language for row in rows}, query.languages))
    for row in rows:
        if row.language in tags:
            uses[row.key][row.language] = row.articles + row.same
    pairs = [(key, tag) for key in keys for tag in uses[key]]
    return Scope(branches=tuple(pairs if query.languages else ((key, None) for key in keys if uses[key])))


_TAGS_OF_SECTION = searching.TAGS.where(shelf.c.section == bindparam("section"))
_USES = select(keyword_language).where(keyword_language.c.key.in_(bindparam("keys", expanding=True)))


# --- from the branches to SQL -------------------------------------------------------------------------------------


def _shape(query: FeedQuery, scope: Scope, branches: int, *, before: bool = False, after: bool = False) -> Shape:
    key, language = scope.branches[0]
    return Shape(
        branches=branches,
        keyword=key is not None,
        language=language is not None,
        section=query.section is not None,
        source=query.source is not None,
        copies=query.copies,
        before=before,
        after=after,
    )


def _values(query: FeedQuery, branches: Sequence[tuple[str | None, str | None]]) -> dict[str, Any]:
    values: dict[str, Any] = {"section": query.section, "source": query.source}
    for place, (key, language) in enumerate(branches):
        values |= {f"key_{place}": key, f"language_{place}": language}
    return values


@functools.lru_cache(maxsize=256)
def _window(shape: Shape) -> Any:
    """The statement for a shape. Shapes are few: numbers of branches and of keywords are bounded by the query."""
    branches = [_branch(shape, place) for place in range(shape.branches)]
    if len(branches) == 1:
        return branches[0]
    parts = [branch.subquery() for branch in branches]
    merged = union(*(select(part.c.article_id, part.c.seq) for part in parts))
    return merged.order_by(_in_order(merged.selected_columns.seq, shape)).limit(bindparam("limit", type_=BigInteger))


def _branch(shape: Shape, place: int) -> Select[Any]:
    seq = (article_keyword if shape.keyword else entry).c.seq
    branch = select(entry.c.article_id, seq)
    conditions = _not_repeating(shape) if shape.keyword else _conditions(shape)
    if shape.keyword:
        branch = branch.join_from(article_keyword, entry, entry.c.seq == seq)
        conditions.append(article_keyword.c.key == bindparam(f"key_{place}"))
    if shape.language:
        tag = (article_keyword if shape.keyword else entry).c.language
        conditions.append(tag == bindparam(f"language_{place}"))
    if shape.before:
        conditions.append(seq < bindparam("before"))
    if shape.after:
        conditions.append(seq > bindparam("after"))
    return branch.where(*conditions).order_by(_in_order(seq, shape)).limit(bindparam("limit", type_=BigInteger))


def _in_order(seq: ColumnElement[int], shape: Shape) -> ColumnElement[int]:
    return seq.asc() if shape.after else seq.desc()


@functools.lru_cache(maxsize=256)
def _count(shape: Shape) -> Select[Any]:
    table = article_keyword if shape.keyword else entry
    conditions = _conditions(shape)
    if shape.keyword:
        conditions.append(article_keyword.c.key.in_(bindparam("keys", expanding=True)))
    if shape.language:
        conditions.append(table.c.language.in_(bindparam("tags", expanding=True)))
    # several keys may find one article more than once
    number = func.count(table.c.seq.distinct()) if shape.keyword and shape.branches > 1 else func.count()
    return select(number).select_from(table).where(*conditions)


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    """What is checked row by row, in forms that no database takes for the scan itself."""
    marked = _not_repeating(shape)
    if shape.keyword:
        return [exists().where(entry.c.seq == article_keyword.c.seq, *marked)]
    conditions: list[ColumnElement[bool]] = []
    if shape.source:
        conditions.append(entry.c.source_id == bindparam("source"))
    if shape.section:
        conditions.append(entry.c.section == bindparam("section"))
    return conditions + marked


def _not_repeating(shape: Shape) -> list[ColumnElement[bool]]:
    """What ``entry`` must not be marked as: what another source publishes as well is held where a source is asked."""
    left_out = [Twin.SAME.value] * (not shape.source) + [Twin.COPY.value] * (not shape.copies)
    return [entry.c.twin != _literal(twin) for twin in left_out]
