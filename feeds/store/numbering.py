"""Change numbers and everything that stands in their order: the change log, entries, keywords and their counts.

The last step of a write. On PostgreSQL one writer at a time is in here, so numbers are given in the order of
commits; on SQLite there is one writer anyway.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, delete, func, select

from feeds.folding import display_form, keyword_key
from feeds.model import Article
from feeds.store.columns import clean_text
from feeds.store.dialect import insert_adding, lock_numbering
from feeds.store.planning import Planned
from feeds.store.tables import article_keyword, change, entry, keyword, keyword_language, shelf


def last_seq(connection: Connection) -> int:
    """The number of the last change; 0 in an empty store."""
    return connection.scalar(select(func.max(change.c.seq))) or 0


def number(connection: Connection, changed: Sequence[Planned], now: dt.datetime) -> int:
    """Gives each changed article, in order, the next number and its place there; returns the last number given."""
    lock_numbering(connection)
    first = last_seq(connection) + 1
    numbered = list(enumerate(changed, start=first))
    connection.execute(
        change.insert(),
        [{"seq": seq, "article_id": each.stored_id, "kind": each.change.value, "at": now} for seq, each in numbered],
    )
    old_seqs = [each.old_seq for each in changed if each.old_seq is not None]
    uses: Counter[tuple[str, str]] = Counter()
    shelved: Counter[tuple[str, str]] = Counter()
    _take_away(connection, old_seqs, uses, shelved)
    labels = _put(connection, numbered, uses, shelved)
    _count_keywords(connection, uses, labels)
    _count(connection, shelf, (shelf.c.language, shelf.c.section), shelved)
    return first + len(changed) - 1


def keywords_of(article: Article) -> dict[str, str]:
    """Key -> display form of an article's keywords, each key once, in the article's order."""
    forms: dict[str, str] = {}
    for said in article.keywords:
        word = clean_text(said)
        key = keyword_key(word)
        if key:
            forms.setdefault(key, display_form(word))
    return forms


def _take_away(
    connection: Connection, seqs: Sequence[int], uses: Counter[tuple[str, str]], shelved: Counter[tuple[str, str]]
) -> None:
    """Removes articles from where they stand, and from the counts."""
    if not seqs:
        return
    for seq in seqs:
        at = article_keyword.c.seq == seq
        uses.subtract(
            (row.key, row.language)
            for row in connection.execute(select(article_keyword.c.key, article_keyword.c.language).where(at))
        )
        place = connection.execute(select(entry.c.language, entry.c.section).where(entry.c.seq == seq)).one()
        shelved[place.language, place.section] -= 1
    gone = [{"gone": seq} for seq in seqs]
    connection.execute(delete(article_keyword).where(article_keyword.c.seq == bindparam("gone")), gone)
    connection.execute(delete(entry).where(entry.c.seq == bindparam("gone")), gone)


def _put(
    connection: Connection,
    numbered: Iterable[tuple[int, Planned]],
    uses: Counter[tuple[str, str]],
    shelved: Counter[tuple[str, str]],
) -> dict[str, str]:
    """Places articles at their numbers and counts them; returns the first display form of each key."""
    entries: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    labels: dict[str, str] = {}
    for seq, each in numbered:
        language, section = clean_text(each.article.language), clean_text(each.article.section or "")
        row = {"seq": seq, "article_id": each.stored_id, "source_id": each.article.source_id}
        entries.append(row | {"language": language, "section": section})
        shelved[language, section] += 1
        for key, display in keywords_of(each.article).items():
            words.append({"key": key, "language": language, "seq": seq, "display": display})
            uses[key, language] += 1
            labels.setdefault(key, display)
    connection.execute(entry.insert(), entries)
    if words:
        connection.execute(article_keyword.insert(), words)
    return labels


def _count_keywords(connection: Connection, uses: Mapping[tuple[str, str], int], labels: Mapping[str, str]) -> None:
    """Adds to the counts a language and in all. A label once stored stays, even when nothing carries it any more."""
    totals: Counter[str] = Counter()
    for (key, _), more in uses.items():
        totals[key] += more
    rows = [
        {"key": key, "label": labels.get(key, key), "articles": more} for key, more in sorted(totals.items()) if more
    ]
    if rows:
        connection.execute(insert_adding(connection, keyword), rows)
    _count(connection, keyword_language, (keyword_language.c.key, keyword_language.c.language), uses)


def _count(
    connection: Connection, table: Table, keys: tuple[Column[Any], Column[Any]], more: Mapping[tuple[str, str], int]
) -> None:
    """Adds to a table of counts; a row whose count falls to nothing goes."""
    one, two = keys
    added = [(first, second, number) for (first, second), number in sorted(more.items()) if number]
    if added:
        rows = [{one.name: first, two.name: second, "articles": number} for first, second, number in added]
        connection.execute(insert_adding(connection, table), rows)
    fewer = [{"one": first, "two": second} for first, second, number in added if number < 0]
    if fewer:
        empty = delete(table).where(one == bindparam("one"), two == bindparam("two"), table.c.articles <= 0)
        connection.execute(empty, fewer)
