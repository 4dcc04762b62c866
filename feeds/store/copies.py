"""What two articles of different sources have in common: identities and bands in, ids of articles out.

A band is a hash that near-duplicate texts share with high probability. The bands of an article are kept for
``KEPT`` after it was first seen. Each function works inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, CompoundSelect, Connection, bindparam, delete, select, union_all

from feeds.model import Twin
from feeds.store.columns import key_text
from feeds.store.dialect import insert_missing
from feeds.store.memory import chunks
from feeds.store.tables import alias, band, entry, identity, likeness

KEPT = dt.timedelta(days=60)
# of a band that very many articles share, only the newest are looked at: it says little of any two of them
_MOST_OF_A_BAND = 500
_AT_ONCE = 60  # bands in one statement; SQLite refuses more than 500 parts
_PRUNED = 50  # articles at least whose bands a write may forget


def elsewhere(connection: Connection, source_id: str, identities: Collection[str]) -> dict[str, str]:
    """The article of another source that has each identity, the first stored of several; see ``Store.elsewhere``."""
    found: dict[str, str] = {}
    for some in chunks(identities):
        question = (
            select(alias.c.identity, alias.c.article_id)
            .join_from(alias, entry, entry.c.article_id == alias.c.article_id)
            .join(identity, identity.c.id == alias.c.article_id)
            .where(alias.c.identity.in_(some), alias.c.source_id != source_id, entry.c.twin != Twin.SAME.value)
            .order_by(identity.c.first_seen_at.desc(), identity.c.id.desc())
        )
        firsts = {row.identity: row.article_id for row in connection.execute(question)}
        found.update((each, firsts[key_text(each)]) for each in some if key_text(each) in firsts)
    return found


def alike(connection: Connection, bands: Collection[int], since: dt.datetime, limit: int) -> dict[str, int]:
    """Articles that share bands, with how many, those that share most first; see ``Store.alike``."""
    shared: Counter[str] = Counter()
    distinct = list(dict.fromkeys(bands))
    for start in range(0, len(distinct), _AT_ONCE):
        some = distinct[start : start + _AT_ONCE]
        values: dict[str, Any] = {f"band_{place}": each for place, each in enumerate(some)}
        values |= {"since": since, "most": _MOST_OF_A_BAND}
        shared.update(connection.scalars(_newest_of_each(len(some)), values))
    most_first = sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(most_first[:limit])


@cache  # to put it together takes longer than to ask it
def _newest_of_each(bands: int) -> CompoundSelect[Any]:
    return union_all(*(select(_newest_of(place).c.article_id) for place in range(bands)))


def _newest_of(place: int) -> Any:
    here = band.c
    question = select(here.article_id).where(
        here.band == bindparam(f"band_{place}"), here.first_seen_at >= bindparam("since", type_=here.first_seen_at.type)
    )
    return question.order_by(here.first_seen_at.desc()).limit(bindparam("most", type_=BigInteger)).subquery()


def remember_bands(connection: Connection, given: Mapping[str, Sequence[int]], now: dt.datetime) -> None:
    """Keeps the bands of these articles, by id, in place of those they had; forgets those of old articles."""
    if not given:
        return
    forget_bands(connection, [row.article_id for some in chunks(given) for row in _kept(connection, some)])
    rows: list[dict[str, Any]] = []
    for some in chunks(given):
        seen = select(identity.c.id, identity.c.first_seen_at).where(identity.c.id.in_(some))
        rows += [
            {"article_id": row.id, "first_seen_at": row.first_seen_at, "bands": list(dict.fromkeys(given[row.id]))}
            for row in connection.execute(seen)
            if given[row.id]
        ]
    if rows:
        connection.execute(likeness.insert(), rows)
        connection.execute(
            insert_missing(connection, band),
            [
                {"band": each, "first_seen_at": row["first_seen_at"], "article_id": row["article_id"]}
                for row in rows
                for each in row["bands"]
            ],
        )
    # twice as many as came, so that what is old always dwindles
    old = select(likeness.c.article_id).where(likeness.c.first_seen_at < now - KEPT)
    oldest = old.order_by(likeness.c.first_seen_at).limit(max(_PRUNED, 2 * len(given)))
    forget_bands(connection, list(connection.scalars(oldest)))


def _kept(connection: Connection, ids: Sequence[str]) -> list[Any]:
    return list(connection.execute(select(likeness).where(likeness.c.article_id.in_(ids))))


def forget_bands(connection: Connection, ids: Sequence[str]) -> None:
    """Forgets the bands of these articles."""
    for some in chunks(ids):
        gone = [
            {"one": each, "seen": row.first_seen_at, "whose": row.article_id}
            for row in _kept(connection, some)
            for each in row.bands
        ]
        if gone:
            here = band.c
            this = (here.band == bindparam("one")) & (here.article_id == bindparam("whose"))
            seen = here.first_seen_at == bindparam("seen", type_=here.first_seen_at.type)
            connection.execute(delete(band).where(this, seen), gone)
        connection.execute(delete(likeness).where(likeness.c.article_id.in_(some)))
