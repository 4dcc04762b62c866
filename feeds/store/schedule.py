"""Who is polled and who is due: sources and leases in, claims and states out.

Each function works inside the caller's transaction. ``due_at`` says when a source may be claimed: its
``next_poll_at``, or the end of its lease while it is polled, so that a poll which died is due again by itself; null
for a source that is disabled or retired.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, case, literal, null, select, update

from feeds.errors import LeaseLost
from feeds.model import Claim, Hints, Outcome, Source, SourceState
from feeds.store.columns import Instant
from feeds.store.dialect import lock_claiming
from feeds.store.tables import source
from feeds.store.watching import tell
from feeds.urls import registered_domain

_CHUNK = 200  # due sources looked at in one step
_CLOCK_SLACK = dt.timedelta(minutes=1)  # by which the clocks of several machines may differ
_CLAIMABLE = source.c.enabled & ~source.c.retired
_CLAIMED = (
    source.c.id,
    source.c.domain,
    source.c.failures,
    source.c.state,
    source.c.hints,
    source.c.last_poll_at,
)


def register(connection: Connection, sources: Sequence[Source], now: dt.datetime, *, complete: bool) -> None:
    """Makes these the sources; see ``Store.register``."""
    here = source.c
    stored = {row.id: row for row in connection.execute(select(here.id, here.name, here.retired, here.state))}
    told: list[dict[str, Any]] = []
    fresh = [each for each in sources if each.id not in stored]
    if fresh:
        connection.execute(source.insert(), [_configured(each) | _waiting(now, each.enabled) for each in fresh])
    for each in sources:
        if each.id in stored:
            _configure(connection, each, now, returning=stored[each.id].retired)
            if stored[each.id].retired:
                told.append(_event(each.id, each.name, now, SourceState.RETIRED.value, SourceState.WAITING))
    connection.execute(_mend_future(now))
    if complete:
        named = {each.id for each in sources}
        gone = [{"gone": name} for name, row in stored.items() if name not in named and not row.retired]
        if gone:
            connection.execute(_retire(now), gone)
        told += [
            _event(row["gone"], stored[row["gone"]].name, now, stored[row["gone"]].state, SourceState.RETIRED)
            for row in gone
        ]
    tell(connection, told, now)


def _event(source_id: str, name: str, now: dt.datetime, before: str, after: SourceState) -> dict[str, Any]:
    return {"source_id": source_id, "name": name, "at": now, "before": before, "after": after.value, "reason": ""}


def _configured(each: Source) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "kind": each.kind.value,
        "url": each.url,
        "language": each.language,
        "domain": _domain(each.url),
        "sections": [asdict(section) for section in each.sections],
        "interval_s": each.interval_s,
        "enabled": each.enabled,
    }


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


def _configure(connection: Connection, each: Source, now: dt.datetime, *, returning: bool) -> None:
    """Takes the configuration over; when it is polled next changes only if it returns or is switched on or off."""
    values = _configured(each)
    if returning:
        values |= _waiting(now, each.enabled)
    else:
        due_at = case((source.c.lease_token.is_not(None), source.c.lease_until), else_=source.c.next_poll_at)
        values["due_at"] = due_at if each.enabled else null()
    connection.execute(update(source).where(source.c.id == each.id).values(values))


def _mend_future(now: dt.datetime) -> Any:
    """What was polled later than now was polled by a clock that was wrong: it is due, whatever that clock said."""
    wrong = source.c.last_poll_at > now + _CLOCK_SLACK
    return update(source).where(_CLAIMABLE, wrong).values(next_poll_at=now, due_at=now, last_poll_at=now)


def _retire(now: dt.datetime) -> Any:
    """Never claimed again; a poll that still runs has lost its lease and writes nothing more."""
    return (
        update(source)
        .where(source.c.id == bindparam("gone"))
        .values(
            retired=True,
            state=SourceState.RETIRED.value,
            state_since=now,
            reason="",
            next_poll_at=None,
            due_at=None,
            lease_token=None,
            lease_until=None,
        )
    )


def claim_due(connection: Connection, now: dt.datetime, *, limit: int, lease_s: float) -> list[Claim]:
    """Leases due sources, oldest first, one a domain; see ``Store.claim_due``."""
    lock_claiming(connection)
    chosen: list[Claim] = []
    taken: set[str] = set()
    with connection.execute(_due(now), execution_options={"yield_per": _CHUNK}) as rows:
        for row in rows:
            if len(chosen) >= limit:
                break
            if row.domain not in taken:
                taken.add(row.domain)
                chosen.append(_claim(row))
    return _lease(connection, chosen, now, lease_s)


def _busy(now: dt.datetime) -> Select[tuple[str]]:
    """The domains that somebody polls now."""
    return select(source.c.domain).where(source.c.lease_token.is_not(None), source.c.lease_until > now)


def _due(now: dt.datetime) -> Select[Any]:
    return (
        select(*_CLAIMED)
        .where(source.c.due_at <= now, source.c.domain.not_in(_busy(now)))
        .order_by(source.c.due_at, source.c.id)
    )


def claim(connection: Connection, source_id: str, now: dt.datetime, *, lease_s: float) -> Claim | None:
    """Leases this source unless its domain is being polled, or it is disabled or unknown; see ``Store.claim``."""
    lock_claiming(connection)
    question = select(*_CLAIMED).where(source.c.id == source_id, _CLAIMABLE, source.c.domain.not_in(_busy(now)))
    row = connection.execute(question).one_or_none()
    return None if row is None else _lease(connection, [_claim(row)], now, lease_s)[0]


def _claim(row: Row[*tuple[Any, ...]]) -> Claim:
    return Claim(
        source_id=row.id,
        token=secrets.token_urlsafe(16),
        failures=row.failures,
        state=SourceState(row.state),
        hints=_hints(row.hints),
        last_poll_at=row.last_poll_at,
    )


def _hints(kept: Mapping[str, Any] | None) -> Hints:
    if kept is None:
        return Hints()
    hours, days = tuple(kept["skip_hours"]), tuple(kept["skip_days"])
    return Hints(interval_s=kept["interval_s"], skip_hours=hours, skip_days=days)


def _lease(connection: Connection, claims: list[Claim], now: dt.datetime, lease_s: float) -> list[Claim]:
    until = now + dt.timedelta(seconds=lease_s)
    if claims:
        connection.execute(
            update(source)
            .where(source.c.id == bindparam("chosen"))
            .values(lease_token=bindparam("token"), lease_until=until, due_at=until),
            [{"chosen": each.source_id, "token": each.token} for each in claims],
        )
    return claims


def hold(connection: Connection, claim: Claim) -> None:
    """Makes sure that the claim still stands until this transaction ends; raises LeaseLost.

    The token decides, not the clock: a lease that ran out still counts while nobody else has taken the source.
    """
    held = select(source.c.id).where(source.c.id == claim.source_id, source.c.lease_token == claim.token)
    if connection.scalar(held.with_for_update()) is None:
        raise LeaseLost(f"{claim.source_id}: another poll has taken this source over, or it was retired")


def renew(connection: Connection, claim: Claim, now: dt.datetime, *, lease_s: float) -> None:
    """Prolongs the lease."""
    hold(connection, claim)
    until = now + dt.timedelta(seconds=lease_s)
    due_at = case((_CLAIMABLE, literal(until, Instant)), else_=None)
    connection.execute(
        update(source).where(source.c.id == claim.source_id).values(lease_until=until, due_at=due_at),
    )


def finish(connection: Connection, claim: Claim, outcome: Outcome) -> None:
    """Gives the claim back and records the outcome; tells of it when the state is another than before."""
    hold(connection, claim)
    now_is = select(source.c.name, source.c.state).where(source.c.id == claim.source_id)
    before = connection.execute(now_is).one()
    values: dict[str, Any] = {
        "state": outcome.state.value,
        "reason": outcome.reason,
        "failures": outcome.failures,
        "next_poll_at": outcome.next_poll_at,
        "due_at": case((_CLAIMABLE, literal(outcome.next_poll_at, Instant)), else_=None),
        "last_poll_at": outcome.polled_at,
        "lease_token": None,
        "lease_until": None,
        "hints": None if outcome.hints == Hints() else asdict(outcome.hints),
        "pace_s": outcome.pace_s,
        "suggestion": outcome.suggestion,
    }
    if outcome.state is SourceState.OK:
        values["last_ok_at"] = outcome.polled_at
    if before.state != outcome.state.value:
        values["state_since"] = outcome.polled_at
    connection.execute(update(source).where(source.c.id == claim.source_id).values(values))
    if before.state != outcome.state.value:
        event = {"source_id": claim.source_id, "name": before.name, "at": outcome.polled_at, "reason": outcome.reason}
        tell(connection, [event | {"before": before.state, "after": outcome.state.value}], outcome.polled_at)
