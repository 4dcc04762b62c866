"""Feeds that the hub is told about: which were asked for, what the hub knows of each, and how telling it went.

Each function works inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from feeds.model import Change, HubRecord, Placed, Topic
from feeds.store.dialect import insert_missing, insert_replacing
from feeds.store.memory import chunks
from feeds.store.tables import article_keyword, change, entry, note, topic

# addresses are without end, whoever asks for all keywords there could be must not fill the database
MOST_TOPICS = 100_000
_HUB = "hub"
_INSTANTS = ("taken_at", "failed_at")


def ask(connection: Connection, asked: Mapping[str, str], day: dt.date) -> None:
    """Remembers that these feeds, with these marks, were asked for; see ``Store.ask_topics``."""
    keys = {_key(address): address for address in asked}
    known: set[str] = set()
    for some in chunks(keys):
        known.update(connection.scalars(select(topic.c.key).where(topic.c.key.in_(some))))
        late = update(topic).where(topic.c.key.in_(some), topic.c.asked_on < day)
        connection.execute(late.values(asked_on=day))
    room = MOST_TOPICS - (connection.scalar(select(func.count()).select_from(topic)) or 0)
    rows = [
        {"key": key, "address": address, "told": asked[address], "asked_on": day}
        for key, address in keys.items()
        if key not in known
    ]
    if rows[: max(0, room)]:
        connection.execute(insert_missing(connection, topic), rows[:room])


def topics(connection: Connection) -> list[Topic]:
    """Every topic, by its address."""
    rows = connection.execute(select(topic.c.address, topic.c.told).order_by(topic.c.address)).all()
    return [Topic(address=row[0], told=row[1]) for row in rows]


def tell(connection: Connection, told: Mapping[str, str]) -> None:
    """Remembers the marks of which the hub knows now."""
    here = update(topic).where(topic.c.key == bindparam("of"))
    rows = [{"of": _key(address), "told": mark} for address, mark in told.items()]
    if rows:
        connection.execute(here, rows)


def forget(connection: Connection, before: dt.date) -> int:
    """Forgets topics that nobody asked for since; returns how many."""
    return connection.execute(delete(topic).where(topic.c.asked_on < before)).rowcount


def placed_after(connection: Connection, seq: int, limit: int) -> list[Placed]:
    """The oldest changes after one, as far as they still stand, in their order; see ``Store.placed_after``."""
    question = (
        select(entry.c.seq, entry.c.article_id, entry.c.source_id, entry.c.language, entry.c.section, change.c.kind)
        .join(change, change.c.seq == entry.c.seq)
        .where(entry.c.seq > seq)
        .order_by(entry.c.seq)
        .limit(limit)
    )
    rows = connection.execute(question).all()
    keys = _keys_at(connection, [row.seq for row in rows])
    return [
        Placed(
            seq=row.seq,
            article_id=row.article_id,
            source_id=row.source_id,
            language=row.language,
            section=row.section,
            keywords=frozenset(keys.get(row.seq, ())),
            is_new=row.kind == Change.NEW.value,
        )
        for row in rows
    ]


def _keys_at(connection: Connection, seqs: Collection[int]) -> Mapping[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    if seqs:
        here = article_keyword.c
        between = here.seq.between(min(seqs), max(seqs))
        for row in connection.execute(select(here.seq, here.key).where(between)):
            found[row.seq].append(row.key)
    return found


def note_hub(connection: Connection, record: HubRecord, now: dt.datetime) -> None:
    """Keeps the record in place of the one before."""
    said: dict[str, Any] = asdict(record)
    for name in _INSTANTS:
        said[name] = said[name].isoformat() if said[name] else None
    connection.execute(insert_replacing(connection, note), {"name": _HUB, "said": said, "noted_at": now})


def hub_record(connection: Connection) -> HubRecord:
    """What was noted last; of a store whose hub was never told anything an empty one."""
    said = dict(connection.scalar(select(note.c.said).where(note.c.name == _HUB)) or {})
    for name in _INSTANTS:
        said[name] = dt.datetime.fromisoformat(said[name]) if said.get(name) else None
    return HubRecord(**said)


def _key(address: str) -> str:
    """Stands for an address, which may be longer than an index takes."""
    return hashlib.blake2b(address.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
