"""What the operator sees: states of sources, their changes as events, and notes.

Each function works inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from feeds.model import Content, Kind, Section, SourceEvent, SourceState, SourceStatus
from feeds.store.columns import clean_text
from feeds.store.dialect import insert_missing, insert_replacing, lock_telling
from feeds.store.memory import chunks
from feeds.store.tables import cursor, note, source, source_event

EVENTS_KEPT = dt.timedelta(days=60)
_PRUNED = 4  # old events that each new one takes along: what is old always dwindles
_MISTAKES = "mistakes"


# --- sources ------------------------------------------------------------------------------------------------------


def status(
    connection: Connection,
    source_ids: Collection[str] | None,
    *,
    states: Collection[SourceState] | None,
    after: str,
    limit: int | None,
) -> list[SourceStatus]:
    """Sources by id; see ``Store.status``."""
    here = source.c
    question = select(source).where(here.id > after).order_by(here.id).limit(limit)
    if source_ids is not None:
        found = _named(connection, question, source_ids, states, after=clean_text(after), limit=limit)
    elif states is None:
        found = list(connection.execute(question))
    else:  # a range of one index for each state
        parts = [connection.execute(question.where(here.state == each.value)).all() for each in set(states)]
        found = sorted((row for part in parts for row in part), key=lambda row: str(row.id))
    return [_status(row) for row in found[:limit]]


def _named(
    connection: Connection,
    question: Select[Any],
    source_ids: Collection[str],
    states: Collection[SourceState] | None,
    *,
    after: str,
    limit: int | None,
) -> list[Row[Any]]:
    names = sorted({name for name in map(clean_text, source_ids) if name > after})
    if states is not None:
        question = question.where(source.c.state.in_([each.value for each in states]))
    found: list[Row[Any]] = []
    for some in chunks(names):
        if limit is not None and len(found) >= limit:
            break
        found += connection.execute(question.where(source.c.id.in_(some)))
    return found


def _status(row: Row[Any]) -> SourceStatus:
    return SourceStatus(
        id=row.id,
        name=row.name,
        kind=row.kind,
        url=row.url,
        language=row.language,
        sections=tuple(_section(section) for section in row.sections),
        state=SourceState(row.state),
        state_since=row.state_since,
        reason=row.reason,
        failures=row.failures,
        articles=row.articles,
        next_poll_at=row.next_poll_at if row.enabled else None,
        last_poll_at=row.last_poll_at,
        last_ok_at=row.last_ok_at,
        last_article_at=row.last_article_at,
        pace_s=row.pace_s,
        suggestion=row.suggestion,
        content=Content(row.content),
    )


def _section(kept: Mapping[str, str | None]) -> Section:
    kind = kept.get("kind")
    return Section(
        url=kept["url"] or "", slug=kept["slug"] or "", name=kept["name"] or "", kind=Kind(kind) if kind else None
    )


def states(connection: Connection) -> dict[SourceState, int]:
    """How many sources are in each state."""
    rows = connection.execute(select(source.c.state, func.count()).group_by(source.c.state))
    return {SourceState(state): number for state, number in rows}


# --- events -------------------------------------------------------------------------------------------------------


def tell(connection: Connection, changes: Sequence[Mapping[str, Any]], now: dt.datetime) -> None:
    """Records changes of state (the columns of ``source_event`` without ``seq``), as the transaction's last act."""
    if not changes:
        return
    lock_telling(connection)
    here = source_event.c
    last = connection.scalar(select(func.max(here.seq))) or 0
    oldest = connection.execute(select(here.seq, here.at).order_by(here.seq).limit(_PRUNED * len(changes)))
    gone = [row.seq for row in oldest if row.at < now - EVENTS_KEPT]
    if gone:
        connection.execute(delete(source_event).where(here.seq <= gone[-1]))
    connection.execute(
        source_event.insert(), [{**each, "seq": seq} for seq, each in enumerate(changes, start=last + 1)]
    )


def events(connection: Connection, *, after_seq: int, limit: int, newest: bool) -> list[SourceEvent]:
    """Changes of state; see ``Store.events``."""
    here = source_event.c
    order = here.seq.desc() if newest else here.seq
    rows = connection.execute(select(source_event).where(here.seq > after_seq).order_by(order).limit(limit))
    return [
        SourceEvent(
            seq=row.seq,
            source_id=row.source_id,
            name=row.name,
            at=row.at,
            before=SourceState(row.before),
            after=SourceState(row.after),
            reason=row.reason,
        )
        for row in rows
    ]


def cursor_of(connection: Connection, name: str) -> int:
    """How far this reader has come."""
    return connection.scalar(select(cursor.c.seq).where(cursor.c.name == name)) or 0


def move_cursor(connection: Connection, name: str, before: int, after: int) -> bool:
    """Moves it unless somebody else did; see ``Store.move_cursor``."""
    connection.execute(insert_missing(connection, cursor), {"name": name, "seq": 0})
    moved = connection.execute(update(cursor).where(cursor.c.name == name, cursor.c.seq == before).values(seq=after))
    return moved.rowcount == 1


# --- notes --------------------------------------------------------------------------------------------------------


def note_mistakes(connection: Connection, mistakes: Sequence[str], now: dt.datetime) -> None:
    """Keeps these in place of what was noted before."""
    connection.execute(insert_replacing(connection, note), {"name": _MISTAKES, "said": list(mistakes), "noted_at": now})


def noted_mistakes(connection: Connection) -> list[str]:
    """What was noted last."""
    return list(connection.scalar(select(note.c.said).where(note.c.name == _MISTAKES)) or ())
