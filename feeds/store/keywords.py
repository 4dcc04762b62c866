"""Keywords in the order of changes: which stand at a number, how often each is used, and what each is called.

Inside the caller's transaction, under the numbering lock. The most used display form that publishers write is a
keyword's label; of several the one that was the label before, so it was seen first. What was only inferred counts in
directories and has no say in that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, bindparam, delete, select, update

from feeds.folding import display_form, keyword_key
from feeds.model import Article
from feeds.store.columns import clean_text, key_text
from feeds.store.dialect import insert_adding
from feeds.store.memory import chunks
from feeds.store.tables import article_keyword, keyword, keyword_form, keyword_language


class Word(NamedTuple):
    """How an article has a keyword."""

    display: str
    inferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What is to be added to the counts of keywords.

    ``counts`` by key and language; the last of each says whether only feeds of its own source hold it. ``forms`` by
    key and display form. ``labels`` holds the first display form of each key that was put somewhere.
    """

    counts: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    forms: Counter[tuple[str, str]] = field(default_factory=Counter)
    labels: dict[str, str] = field(default_factory=dict)


def keywords_of(article: Article) -> dict[str, Word]:
    """Key -> word of an article's keywords, each key once, in the article's order; the inferred ones behind."""
    words: dict[str, Word] = {}
    for said, inferred in ((article.keywords, False), (article.inferred, True)):
        for one in map(clean_text, said):
            key = key_text(keyword_key(one))
            if key:
                words.setdefault(key, Word(display_form(one), inferred))
    return words


def words_at(connection: Connection, seq: int) -> dict[str, Word]:
    """The words that stand at a change number."""
    here = article_keyword.c
    rows = connection.execute(select(here.key, here.display, here.inferred).where(here.seq == seq).order_by(here.key))
    return {row.key: Word(row.display, row.inferred) for row in rows}


def take_words(connection: Connection, rows: Sequence[tuple[int, bool]], uses: Uses) -> None:
    """Removes the words at change numbers; each comes with whether only feeds of its own source hold it."""
    here = article_keyword.c
    for seq, is_same in rows:
        found = select(here.key, here.language, here.display, here.inferred).where(here.seq == seq)
        for row in connection.execute(found):
            uses.counts[row.key, row.language, is_same] -= 1
            if not row.inferred:
                uses.forms[row.key, row.display] -= 1
    gone = [{"gone": seq} for seq, _ in rows]
    connection.execute(delete(article_keyword).where(here.seq == bindparam("gone")), gone)


def put_words(connection: Connection, placed: Iterable[tuple[int, str, bool, Mapping[str, Word]]], uses: Uses) -> None:
    """Places words: at a number, in a language, whether only feeds of its own source hold them."""
    rows: list[dict[str, Any]] = []
    for seq, language, is_same, words in placed:
        for key, word in words.items():
            rows.append({"key": key, "language": language, "seq": seq, **word._asdict()})
            uses.counts[key, language, is_same] += 1
            if not word.inferred:
                uses.forms[key, word.display] += 1
            uses.labels.setdefault(key, word.display)
    if rows:
        connection.execute(article_keyword.insert(), rows)


def count_words(connection: Connection, uses: Uses) -> None:
    """Adds to the counts. A keyword once stored keeps its row and label, even when nothing carries it any more."""
    totals: Counter[str] = Counter(dict.fromkeys(uses.labels, 0))
    for (key, _, is_same), more in uses.counts.items():
        totals[key] += 0 if is_same else more
    rows = [
        {"key": key, "label": uses.labels.get(key, key), "articles": more}
        for key, more in sorted(totals.items())
        if more or key in uses.labels
    ]
    if rows:
        connection.execute(insert_adding(connection, keyword), rows)
    count_pairs(connection, keyword_language, (keyword_language.c.key, keyword_language.c.language), uses.counts)
    _count_forms(connection, uses.forms)


def _count_forms(connection: Connection, forms: Mapping[tuple[str, str], int]) -> None:
    moved = {pair: more for pair, more in sorted(forms.items()) if more}
    if not moved:
        return
    rows = [{"key": key, "display": display, "articles": more} for (key, display), more in moved.items()]
    connection.execute(insert_adding(connection, keyword_form), rows)
    here = keyword_form.c
    fewer = [{"one": key, "two": display} for (key, display), more in moved.items() if more < 0]
    if fewer:
        unused = (here.key == bindparam("one")) & (here.display == bindparam("two")) & (here.articles <= 0)
        connection.execute(delete(keyword_form).where(unused), fewer)
    relabel(connection, {key for key, _ in moved})


def relabel(connection: Connection, keys: Collection[str]) -> None:
    """Makes the most used display form of each keyword its label."""
    here = keyword_form.c
    for some in chunks(sorted(keys)):
        forms: dict[str, dict[str, int]] = {}
        for row in connection.execute(select(keyword_form).where(here.key.in_(some))):
            forms.setdefault(row.key, {})[row.display] = row.articles
        labels = connection.execute(select(keyword.c.key, keyword.c.label).where(keyword.c.key.in_(some)))
        other = [
            {"of": row.key, "said": best}
            for row in labels
            if (best := _most_used(forms.get(row.key, {}), row.label)) != row.label
        ]
        if other:
            renamed = update(keyword).where(keyword.c.key == bindparam("of")).values(label=bindparam("said"))
            connection.execute(renamed, other)


def _most_used(forms: Mapping[str, int], before: str) -> str:
    most = max(forms.values(), default=0)
    if most <= 0 or forms.get(before, 0) == most:
        return before
    return min(display for display, articles in forms.items() if articles == most)


def count_pairs(
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
