"""Change numbers and everything that stands in their order: the change log, entries, keywords and their counts.

The last step of a write. On PostgreSQL one writer at a time is in here, so numbers are given in the order of
commits; on SQLite there is one writer anyway.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, bindparam, delete, func, select

from feeds.folding import display_form, keyword_key
from feeds.model import Article, Change, Marking, Twin
from feeds.store.columns import clean_text
from feeds.store.dialect import insert_adding, lock_numbering
from feeds.store.memory import chunks
from feeds.store.planning import Planned
from feeds.store.tables import article_keyword, change, entry, keyword, keyword_language, shelf


def last_seq(connection: Connection) -> int:
    """The number of the last change; 0 in an empty store."""
    return connection.scalar(select(func.max(change.c.seq))) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an article is to stand: its row of ``entry`` but for the number, and its keywords by key."""

    article_id: str
    source_id: str
    language: str
    section: str
    twin: str
    original_id: str | None
    words: Mapping[str, str]
    kind: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """What is to be added to the counts; the last of each key says whether only feeds of its own source hold it."""

    uses: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    shelved: Counter[tuple[str, str, bool]] = field(default_factory=Counter)


def number(
    connection: Connection,
    changed: Sequence[Planned],
    markings: Mapping[str, Marking],
    now: dt.datetime,
    *,
    link: Callable[[], Sequence[str]] = tuple,
) -> int:
    """Gives each changed article, in order, the next number and its place there; returns the last number given.

    Then each stored article that a marking, by its id, names and that is not marked so already, and each whose
    translations ``link`` changes. Where an article stands is read here, under the lock: a poll of another source may
    have marked it since it was planned.
    """
    lock_numbering(connection)
    last = last_seq(connection)
    linked = link()
    new = {each.stored_id for each in changed if each.change is Change.NEW}
    named = [each.stored_id for each in changed] + [*markings, *linked]
    before = _standing(connection, [name for name in named if name not in new])
    places = [_new_place(each, before.get(each.stored_id), markings.get(each.stored_id)) for each in changed]
    placed = {each.article_id for each in places}
    places += [
        _marked_place(connection, before[name], marking)
        for name, marking in markings.items()
        if name not in placed and name in before and not _is_marked(before[name], marking)
    ]
    placed |= {each.article_id for each in places}
    places += [_place_again(connection, before[name]) for name in linked if name not in placed and name in before]
    if not places:
        return last
    numbered = list(enumerate(places, start=last + 1))
    connection.execute(
        change.insert(),
        [{"seq": seq, "article_id": each.article_id, "kind": each.kind.value, "at": now} for seq, each in numbered],
    )
    counts = _Counts()
    _take_away(connection, [before[each.article_id] for each in places if each.article_id in before], counts)
    labels = _put(connection, numbered, counts)
    _count_keywords(connection, counts, labels)
    _count(connection, shelf, (shelf.c.language, shelf.c.section), counts.shelved)
    return last + len(places)


def _standing(connection: Connection, ids: Collection[str]) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    for some in chunks(ids):
        rows = connection.execute(select(entry).where(entry.c.article_id.in_(some)))
        found.update((row.article_id, row) for row in rows)
    return found


def _new_place(each: Planned, before: Row[Any] | None, marking: Marking | None) -> _Place:
    """Where a new or changed article stands; what it was marked as before it stays."""
    twin, original_id = (before.twin, before.original_id) if before else ("", None)
    if marking is not None:
        twin, original_id = marking.twin.value, marking.original_id
    return _Place(
        article_id=each.stored_id,
        source_id=each.article.source_id,
        language=clean_text(each.article.language),
        section=clean_text(each.article.section or ""),
        twin=twin,
        original_id=original_id,
        words=keywords_of(each.article),
        kind=each.change,
    )


def _marked_place(connection: Connection, before: Row[Any], marking: Marking) -> _Place:
    place = _place_again(connection, before)
    return replace(place, twin=marking.twin.value, original_id=marking.original_id)


def _place_again(connection: Connection, before: Row[Any]) -> _Place:
    here = article_keyword.c
    words = connection.execute(select(here.key, here.display).where(here.seq == before.seq).order_by(here.key))
    return _Place(
        article_id=before.article_id,
        source_id=before.source_id,
        language=before.language,
        section=before.section,
        twin=before.twin,
        original_id=before.original_id,
        words={row.key: row.display for row in words},
        kind=Change.UPDATED,
    )


def _is_marked(before: Row[Any], marking: Marking) -> bool:
    return bool(before.twin == marking.twin.value and before.original_id == clean_text(marking.original_id))


def keywords_of(article: Article) -> dict[str, str]:
    """Key -> display form of an article's keywords, each key once, in the article's order."""
    forms: dict[str, str] = {}
    for said in article.keywords:
        word = clean_text(said)
        key = keyword_key(word)
        if key:
            forms.setdefault(key, display_form(word))
    return forms


def _take_away(connection: Connection, rows: Sequence[Row[Any]], counts: _Counts) -> None:
    """Removes articles from where they stand, and from the counts."""
    if not rows:
        return
    here = article_keyword.c
    for row in rows:
        is_same = row.twin == Twin.SAME.value
        words = connection.execute(select(here.key, here.language).where(here.seq == row.seq))
        counts.uses.subtract((word.key, word.language, is_same) for word in words)
        counts.shelved[row.language, row.section, is_same] -= 1
    gone = [{"gone": row.seq} for row in rows]
    connection.execute(delete(article_keyword).where(here.seq == bindparam("gone")), gone)
    connection.execute(delete(entry).where(entry.c.seq == bindparam("gone")), gone)


def _put(connection: Connection, numbered: Iterable[tuple[int, _Place]], counts: _Counts) -> dict[str, str]:
    """Places articles at their numbers and counts them; returns the first display form of each key."""
    entries: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    labels: dict[str, str] = {}
    for seq, each in numbered:
        is_same = each.twin == Twin.SAME.value
        row = {"seq": seq, "article_id": each.article_id, "source_id": each.source_id}
        row |= {"language": each.language, "section": each.section, "twin": each.twin}
        entries.append(row | {"original_id": each.original_id})
        counts.shelved[each.language, each.section, is_same] += 1
        for key, display in each.words.items():
            words.append({"key": key, "language": each.language, "seq": seq, "display": display})
            counts.uses[key, each.language, is_same] += 1
            labels.setdefault(key, display)
    connection.execute(entry.insert(), entries)
    if words:
        connection.execute(article_keyword.insert(), words)
    return labels


def _count_keywords(connection: Connection, counts: _Counts, labels: Mapping[str, str]) -> None:
    """Adds to the counts a language and in all. A label once stored stays, even when nothing carries it any more."""
    totals: Counter[str] = Counter(dict.fromkeys(labels, 0))
    for (key, _, is_same), more in counts.uses.items():
        totals[key] += 0 if is_same else more
    rows = [
        {"key": key, "label": labels.get(key, key), "articles": more}
        for key, more in sorted(totals.items())
        if more or key in labels
    ]
    if rows:
        connection.execute(insert_adding(connection, keyword), rows)
    _count(connection, keyword_language, (keyword_language.c.key, keyword_language.c.language), counts.uses)


def _count(
    connection: Connection,
    table: Table,
    keys: tuple[Column[Any], Column[Any]],
    more: Mapping[tuple[str, str, bool], int],
) -> None:
    """Adds to a table of counts; a row whose counts fall to nothing goes."""
    one, two = keys
    added: dict[tuple[str, str], list[int]] = {}
    for (first, second, is_same), number in sorted(more.items()):
        added.setdefault((first, second), [0, 0])[is_same] += number
    moved = [(pair, counts) for pair, counts in added.items() if any(counts)]
    if moved:
        connection.execute(
            insert_adding(connection, table),
            [
                {one.name: first, two.name: second, "articles": articles, "same": same}
                for (first, second), (articles, same) in moved
            ],
        )
    fewer = [{"one": first, "two": second} for (first, second), counts in moved if min(counts) < 0]
    if fewer:
        nothing = (table.c.articles <= 0) & (table.c.same <= 0)
        empty = delete(table).where(one == bindparam("one"), two == bindparam("two"), nothing)
        connection.execute(empty, fewer)
