"""Change numbers and what stands in their order: the change log, entries, full text, keywords and their counts.

The last step of a write. On PostgreSQL one writer at a time is in here, so numbers are given in the order of
commits; on SQLite there is one writer anyway.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select

from feeds.model import Change, Marking, Twin
from feeds.store.columns import clean_text
from feeds.store.dialect import lock_numbering
from feeds.store.fulltext import Reading, put_in, read, take_out
from feeds.store.keywords import Uses, Word, count_pairs, count_words, keywords_of, put_words, take_words, words_at
from feeds.store.memory import chunks
from feeds.store.planning import Planned
from feeds.store.tables import change, entry, shelf

_WITHDRAWN = "withdrawn"  # the kind of a change at which nothing stands


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
    words: Mapping[str, Word]
    kind: Change

    @property
    def is_same(self) -> bool:
        """Whether only feeds of its own source hold it."""
        return self.twin == Twin.SAME.value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """What is to be added to the counts; the last of each key says whether only feeds of its own source hold it."""

    uses: Uses = field(default_factory=Uses)
    shelved: Counter[tuple[str, str, bool]] = field(default_factory=Counter)


def number(
    connection: Connection,
    changed: Sequence[Planned],
    markings: Mapping[str, Marking],
    reading: Reading,
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
    left = [before[each.article_id] for each in places if each.article_id in before]
    marked = read(connection, [each.article_id for each in places if each.article_id not in reading.after])
    reading = Reading(before=marked | reading.before, after=marked | reading.after)
    take_out(connection, left, reading)
    _take_away(connection, left, counts)
    _put(connection, numbered, reading, counts)
    _count(connection, counts)
    return last + len(places)


def withdraw(connection: Connection, article_ids: Collection[str], reading: Reading) -> None:
    """Takes articles from where they stand, for good.

    Takes a number for it, at which nothing stands: what was answered up to the last one is not what is answered now.
    """
    lock_numbering(connection)
    left = list(_standing(connection, article_ids).values())
    if not left:
        return
    last = connection.execute(select(change).order_by(change.c.seq.desc()).limit(1)).one()
    row = {"seq": last.seq + 1, "article_id": left[-1].article_id, "kind": _WITHDRAWN, "at": last.at}
    connection.execute(change.insert(), row)
    counts = _Counts()
    take_out(connection, left, reading)
    _take_away(connection, left, counts)
    _count(connection, counts)


def _count(connection: Connection, counts: _Counts) -> None:
    count_words(connection, counts.uses)
    count_pairs(connection, shelf, (shelf.c.language, shelf.c.section), counts.shelved)


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
    return _Place(
        article_id=before.article_id,
        source_id=before.source_id,
        language=before.language,
        section=before.section,
        twin=before.twin,
        original_id=before.original_id,
        words=words_at(connection, before.seq),
        kind=Change.UPDATED,
    )


def _is_marked(before: Row[Any], marking: Marking) -> bool:
    return bool(before.twin == marking.twin.value and before.original_id == clean_text(marking.original_id))


def _take_away(connection: Connection, rows: Sequence[Row[Any]], counts: _Counts) -> None:
    """Removes articles from where they stand, and from the counts."""
    if not rows:
        return
    placed = [(row, row.twin == Twin.SAME.value) for row in rows]
    for row, is_same in placed:
        counts.shelved[row.language, row.section, is_same] -= 1
    take_words(connection, [(row.seq, is_same) for row, is_same in placed], counts.uses)
    connection.execute(delete(entry).where(entry.c.seq == bindparam("gone")), [{"gone": row.seq} for row in rows])


def _put(connection: Connection, numbered: Sequence[tuple[int, _Place]], reading: Reading, counts: _Counts) -> None:
    """Places articles at their numbers, in the full text too, and counts them."""
    entries: list[dict[str, Any]] = []
    for seq, each in numbered:
        row = {"seq": seq, "article_id": each.article_id, "source_id": each.source_id}
        row |= {"language": each.language, "section": each.section, "twin": each.twin}
        dated_at = reading.after[each.article_id].dated_at
        entries.append(row | {"original_id": each.original_id, "in_words": True, "dated_at": dated_at})
        counts.shelved[each.language, each.section, each.is_same] += 1
    connection.execute(entry.insert(), entries)
    put_in(connection, entries, reading)
    words = ((seq, each.language, each.is_same, each.words) for seq, each in numbered)
    put_words(connection, words, counts.uses)
