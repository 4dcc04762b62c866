"""Keys by an older folding in, keys by this version's out: what was kept apart and is one keyword now is joined.

Done once, at opening, when the store says that its keys are of another version. It reads without a lock; what must
change is changed in small transactions, so readers and polls go on, and being broken off loses nothing: what is
made anew already is found so, and the version is written last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from itertools import islice

from sqlalchemy import Connection, and_, case, delete, exists, func, literal, select, update

from feeds.folding import KEY_VERSION, changed_keys
from feeds.model import Twin
from feeds.store.dialect import NO_LIMITS, insert_missing, insert_replacing, lock_numbering, set_limits
from feeds.store.keywords import relabel
from feeds.store.tables import article_keyword, cursor, entry, keyword, keyword_form, keyword_language

Begin = Callable[[], AbstractContextManager[Connection]]

READ_AT_ONCE = 5000
CHANGED_AT_ONCE = 50
_NAME = "keys"  # of the cursor that says which folding made the keys


def make_keys_anew(reading: Begin, writing: Begin) -> None:
    """Brings the keys and labels of a store up to date; quick where they are.

    Args:
        reading: begins a transaction that reads.
        writing: begins one that writes.
    """
    with reading() as connection:
        if connection.scalar(select(cursor.c.seq).where(cursor.c.name == _NAME)) == KEY_VERSION:
            return
        keys = _next_keys(connection, "")
    while keys:
        changed = iter(changed_keys(keys).items())
        while part := dict(islice(changed, CHANGED_AT_ONCE)):
            with writing() as connection:
                rename(connection, part)
        with writing() as connection:
            lock_numbering(connection)  # whoever writes counts keywords under it, and would wait for these rows
            relabel(connection, keys)  # versions before this table of forms named keywords by the first
            keys = _next_keys(connection, keys[-1])
    with writing() as connection:
        connection.execute(insert_replacing(connection, cursor), {"name": _NAME, "seq": KEY_VERSION})


def _next_keys(connection: Connection, after: str) -> list[str]:
    found = select(keyword.c.key).where(keyword.c.key > after).order_by(keyword.c.key).limit(READ_AT_ONCE)
    return list(connection.scalars(found))


def rename(connection: Connection, changed: Mapping[str, str]) -> None:
    """Gives keywords their new keys, and joins them with those that have these already."""
    set_limits(connection, **NO_LIMITS)  # a keyword of a million articles takes a while
    lock_numbering(connection)
    for old, new in changed.items():
        _rename_rows(connection, old, new)
        label = connection.scalar(select(keyword.c.label).where(keyword.c.key == old))
        connection.execute(insert_missing(connection, keyword), {"key": new, "label": label or new, "articles": 0})
        for table in (keyword, keyword_language, keyword_form):
            connection.execute(delete(table).where(table.c.key == old))
    for key in sorted(set(changed.values())):
        _count_anew(connection, key)
    relabel(connection, set(changed.values()))


def _rename_rows(connection: Connection, old: str, new: str) -> None:
    """An article that carries both carries one; it is inferred only where both were."""
    here, other = article_keyword, article_keyword.alias("other")
    same_place = and_(other.c.language == here.c.language, other.c.seq == here.c.seq)
    given = exists().where(other.c.key == old, same_place, ~other.c.inferred)
    connection.execute(update(here).where(here.c.key == new, here.c.inferred, given).values(inferred=False))
    there = exists().where(other.c.key == new, same_place)
    connection.execute(delete(here).where(here.c.key == old, there))
    connection.execute(update(here).where(here.c.key == old).values(key=new))


def _count_anew(connection: Connection, key: str) -> None:
    for table in (keyword_language, keyword_form):
        connection.execute(delete(table).where(table.c.key == key))
    is_same = entry.c.twin == Twin.SAME.value
    words = article_keyword.c
    counted = (
        select(
            literal(key),
            words.language,
            func.sum(case((is_same, 0), else_=1)),
            func.sum(case((is_same, 1), else_=0)),
        )
        .join_from(article_keyword, entry, entry.c.seq == words.seq)
        .where(words.key == key)
        .group_by(words.language)
    )
    connection.execute(keyword_language.insert().from_select(["key", "language", "articles", "same"], counted))
    shown = (
        select(literal(key), words.display, func.count())
        .where(words.key == key, ~words.inferred)
        .group_by(words.display)
    )
    connection.execute(keyword_form.insert().from_select(["key", "display", "articles"], shown))
    uses = select(func.coalesce(func.sum(keyword_language.c.articles), 0)).where(keyword_language.c.key == key)
    connection.execute(update(keyword).where(keyword.c.key == key).values(articles=uses.scalar_subquery()))
