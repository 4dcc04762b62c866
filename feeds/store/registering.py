"""Which sources there are: those of the configuration in, rows out.

First what is stored is compared with what is given, which writes nothing; then only what differs is written, some at
a time (``CHUNK``), each part prepared before its transaction begins: polls go on meanwhile, and a million unchanged
sources cost one reading. Each part looks again at the rows it writes, since another process may register at the same
time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Text, bindparam, case, func, null, or_, select, type_coerce, update

from feeds.model import ApiFields, Recipe, Source, SourceState
from feeds.store.columns import Instant, clean_text, clean_value, json_text
from feeds.store.dialect import insert_missing, lock_registering
from feeds.store.memory import chunks
from feeds.store.schedule import settle
from feeds.store.tables import domain, source
from feeds.store.watching import tell
from feeds.urls import registered_domain

CHUNK = 200  # sources written in one transaction
_PAUSE_S = 0.005  # between two of them
_READ_AT_ONCE = 10_000
T = TypeVar("T")
_LONGEST_LEASE = dt.timedelta(days=1)  # that settings allow
_CLOCK_SLACK = dt.timedelta(minutes=1)  # by which the clocks of several machines may differ
_CONFIGURED = ("name", "kind", "url", "language", "interval_s", "enabled", "read_by", "content", "sections")
_NO_RECIPE, _NO_FIELDS = Recipe(), ApiFields()
# read a million at a time: so nothing is read from a column that need not be
_COMPARED = (
    source.c.id,
    source.c.retired,
    source.c.domain,
    # polled, made or leased later than now, so by a clock that was wrong
    or_(
        source.c.last_poll_at > bindparam("latest", type_=Instant),
        source.c.state_since > bindparam("latest", type_=Instant),
        source.c.lease_until > bindparam("last_lease", type_=Instant),
    ).label("is_ahead"),
    *(source.c[name] for name in _CONFIGURED[:-1]),
    type_coerce(source.c.sections, Text).label("sections"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is to be written: sources that are new or stored otherwise, and ids of those to be retired."""

    changed: tuple[Source, ...]
    gone: tuple[str, ...]


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """What is written at once; others that write have their turn in between."""
    for start in range(0, len(values), CHUNK):
        if start:
            time.sleep(_PAUSE_S)
        yield values[start : start + CHUNK]


def compare(connection: Connection, sources: Sequence[Source], now: dt.datetime, *, complete: bool) -> Difference:
    """Compares with what is stored; reads only."""
    given = {clean_text(each.id): each for each in sources}
    known: set[str] = set()
    changed: list[Source] = []
    gone: list[str] = []
    for row in _stored(connection, None if complete else list(given), now):
        each = given.get(row.id)
        if each is None:
            gone += [row.id] * (not row.retired)
            continue
        known.add(row.id)
        if row.retired or row.is_ahead or not _is_stored_so(row, each):
            changed.append(each)
    new = [each for name, each in given.items() if name not in known]
    return Difference(changed=(*new, *changed), gone=tuple(gone))


def _stored(connection: Connection, ids: Sequence[str] | None, now: dt.datetime) -> Iterable[Row[*tuple[Any, ...]]]:
    """The rows of these sources; None: of all."""
    question = select(*_COMPARED)
    latest = {"latest": now + _CLOCK_SLACK, "last_lease": now + _LONGEST_LEASE + _CLOCK_SLACK}
    if ids is None:
        yield from connection.execute(question, latest, execution_options={"yield_per": _READ_AT_ONCE})
        return
    for some in chunks(ids):
        yield from connection.execute(question.where(source.c.id.in_(some)), latest)


def _is_stored_so(row: Row[*tuple[Any, ...]], each: Source) -> bool:
    stored, said = row[-len(_CONFIGURED) :], _said(each)
    return stored == said or stored == tuple(map(clean_value, said))


def _said(each: Source) -> tuple[object, ...]:
    """What is compared, in the order of ``_CONFIGURED``, sections as they are written."""
    sections = json_text([asdict(section) for section in each.sections]) if each.sections else "[]"
    plain = (each.name, each.kind.value, each.url, each.language, each.interval_s, each.enabled)
    return *plain, _read_by(each), each.content.value, sections


def prepare(sources: Sequence[Source]) -> list[dict[str, Any]]:
    """The columns of each source that follow from its configuration, for ``configure``."""
    return [{"which": each.id, "domain": _domain(each.url)} | _configured(each) for each in sources]


def configure(connection: Connection, prepared: Sequence[dict[str, Any]], now: dt.datetime) -> None:
    """Writes these as they are configured.

    When a source is polled next changes only if it is new or returns, is switched on or off, is to be read elsewhere,
    otherwise or more often than before, or was polled by a clock that was wrong: then it is due, whatever was planned.
    """
    lock_registering(connection)
    stored = {str(row.id): row for row in _stored(connection, [values["which"] for values in prepared], now)}
    parts = _sort(prepared, stored, now)
    this = source.c.id == bindparam("which")
    if parts.fresh:
        connection.execute(source.insert(), parts.fresh)
    if parts.returning:
        back: dict[str, Any] = {name: bindparam(name) for name in parts.returning[0] if name != "which"}
        connection.execute(update(source).where(this).values(back), parts.returning)
    if parts.staying:
        connection.execute(update(source).where(this).values(_ACCORDING_TO_LEASE), parts.staying)
    at = bindparam("now", type_=Instant)
    if parts.elsewhere:
        due_at = case((source.c.enabled, at), else_=null())
        again = {"next_poll_at": at, "due_at": due_at, "failures": 0, "lease_token": None, "lease_until": None}
        connection.execute(update(source).where(this).values(again), parts.elsewhere)
    if parts.sooner:
        free = this & source.c.lease_token.is_(None) & source.c.enabled
        connection.execute(update(source).where(free).values(next_poll_at=at, due_at=at), parts.sooner)
    if parts.ahead:
        connection.execute(update(source).where(this).values(_CLOCK_SET_RIGHT), parts.ahead)
    _place(connection, prepared, stored.values())
    returned = [(row["which"], row["name"], SourceState.RETIRED.value) for row in parts.returning]
    _tell(connection, returned, SourceState.WAITING, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Rows to write, by what they are to the store.

    Of ``staying``, ``ahead`` are those whose clock was wrong, and ``elsewhere`` those that are to be read elsewhere or
    otherwise: an operator who mends the address or the recipe of a source does not wait a day, and a poll that still
    runs by what was said before has lost its lease. ``sooner`` are those that are to be polled more often, which the
    next poll begins.
    """

    fresh: list[dict[str, Any]] = field(default_factory=list)
    returning: list[dict[str, Any]] = field(default_factory=list)
    staying: list[dict[str, Any]] = field(default_factory=list)
    ahead: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: list[dict[str, Any]] = field(default_factory=list)
    sooner: list[dict[str, Any]] = field(default_factory=list)


def _sort(prepared: Sequence[dict[str, Any]], stored: Mapping[str, Row[*tuple[Any, ...]]], now: dt.datetime) -> _Parts:
    parts = _Parts()
    for values in prepared:
        row = stored.get(clean_text(values["which"]))
        if row is None:
            new = values | {"id": values["which"]} | _waiting(now, values["enabled"])
            del new["which"]
            parts.fresh.append(new)
        elif row.retired:
            parts.returning.append(values | _waiting(now, values["enabled"]))
        else:
            parts.staying.append(values)
            if values["enabled"] and row.is_ahead:
                parts.ahead.append({"which": row.id, "now": now})
            elif not _is_read_there(row, values):
                parts.elsewhere.append({"which": row.id, "now": now})
            elif values["interval_s"] < row.interval_s:
                parts.sooner.append({"which": row.id, "now": now})
    return parts


def _is_read_there(row: Row[*tuple[Any, ...]], values: Mapping[str, Any]) -> bool:
    sections = json_text(values["sections"]) if values["sections"] else "[]"
    said = (values["kind"], values["url"], values["read_by"], sections)
    return (row.kind, row.url, row.read_by, row.sections) in (said, tuple(map(clean_value, said)))


_ACCORDING_TO_LEASE: dict[str, Any] = {name: bindparam(name) for name in (*_CONFIGURED, "domain")} | {
    "due_at": case(
        (~bindparam("enabled", type_=source.c.enabled.type), null()),
        (source.c.lease_token.is_not(None), source.c.lease_until),
        else_=source.c.next_poll_at,
    )
}

_NOW = bindparam("now", type_=Instant)
# A lease of the wrong clock lasts as long as that was wrong, and whoever had it may have died: its poll begins anew.
# It ends after what the wrong clock wrote last, one of the right clock before.
_IS_POLLED = source.c.lease_until <= func.coalesce(source.c.last_poll_at, source.c.state_since)
_CLOCK_SET_RIGHT: dict[str, Any] = {
    "next_poll_at": _NOW,
    "due_at": _NOW,
    "last_poll_at": case((source.c.last_poll_at > _NOW, _NOW), else_=source.c.last_poll_at),
    "state_since": case((source.c.state_since > _NOW, _NOW), else_=source.c.state_since),
    "lease_token": case((_IS_POLLED, source.c.lease_token)),
    "lease_until": case((_IS_POLLED, source.c.lease_until)),
}


def _configured(each: Source) -> dict[str, Any]:
    return {
        "name": each.name,
        "kind": each.kind.value,
        "url": each.url,
        "language": each.language,
        "sections": [asdict(section) for section in each.sections],
        "interval_s": each.interval_s,
        "enabled": each.enabled,
        "read_by": _read_by(each),
        "content": each.content.value,
    }


def _read_by(each: Source) -> str:
    """Stands for recipe, api and path, as far as they are set: a key that a later version knows changes nothing."""
    if each.recipe == _NO_RECIPE and each.api == _NO_FIELDS and each.path is None:
        return ""
    parts = ((each.recipe, "recipe"), (each.api, "api"))
    said = [
        f"{name}.{key.name}={value!r}"
        for part, name in parts
        for key in fields(part)
        if (value := getattr(part, key.name)) != key.default
    ]
    whole = "\x1f".join([*said, f"path={each.path!r}"])
    return hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()


def _domain(url: str) -> str:
    """What is polled by one at a time; an address that has no domain stands for itself."""
    try:
        return registered_domain(url)
    except ValueError:
        return url


def _waiting(now: dt.datetime, enabled: bool) -> dict[str, Any]:  # noqa: FBT001  # one caller's column value
    return {
        "retired": False,
        "state": SourceState.WAITING.value,
        "state_since": now,
        "reason": "",
        "failures": 0,
        "hints": None,
        "pace_s": None,
        "suggestion": "",
        "next_poll_at": now,
        "due_at": now if enabled else None,
    }


def _place(
    connection: Connection, written: Sequence[Mapping[str, Any]], before: Iterable[Row[*tuple[Any, ...]]]
) -> None:
    """Makes the domains of what was written, and says when they and those that were left are due."""
    names = {clean_text(row["domain"]) for row in written}
    connection.execute(insert_missing(connection, domain), [{"name": name} for name in sorted(names)])
    settle(connection, names | {row.domain for row in before})


def retire(connection: Connection, ids: Sequence[str], now: dt.datetime) -> None:
    """Never claimed again; a poll that still runs has lost its lease and writes nothing more."""
    lock_registering(connection)
    here = source.c
    question = select(here.id, here.name, here.state, here.domain).where(here.id.in_(ids), ~here.retired)
    rows = connection.execute(question.order_by(here.id)).all()
    gone = {
        "retired": True,
        "state": SourceState.RETIRED.value,
        "state_since": now,
        "reason": "",
        "next_poll_at": None,
        "due_at": None,
        "lease_token": None,
        "lease_until": None,
    }
    connection.execute(update(source).where(here.id.in_([row.id for row in rows])).values(gone))
    settle(connection, {row.domain for row in rows})
    _tell(connection, [(row.id, row.name, row.state) for row in rows], SourceState.RETIRED, now)


def _tell(
    connection: Connection, changed: Sequence[tuple[str, str, str]], after: SourceState, now: dt.datetime
) -> None:
    """Records that these, by id, name and the state before, are in another state."""
    tell(
        connection,
        [
            {"source_id": which, "name": name, "at": now, "before": before, "after": after.value, "reason": ""}
            for which, name, before in changed
        ],
        now,
    )
