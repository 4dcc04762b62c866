"""Who is due: leases in, claims out, and how a poll ended.

Each function works inside the caller's transaction. A source's ``due_at`` says when it may be claimed: its
``next_poll_at``, or the end of its lease while it is polled, so that a poll which died is due again by itself; null
for a source that is disabled or retired. A domain's ``due_at`` follows from those of its sources (``settle``): what is
due is read from domains, so that ten thousand sources which wait for one domain cost no more than one.

Rows are locked in one order, sources before domains before events, so that no two polls wait for each other; who
claims what is due takes only rows that are free. Whoever gives a lease has locked the row of the source's domain and
looks at the domain's other leases after that: so no two are given at once, and nothing else need be locked.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, bindparam, case, exists, func, literal, select, update

from feeds.errors import LeaseLost
from feeds.model import WELL, Claim, Hints, Outcome, SourceState
from feeds.store.columns import Instant
from feeds.store.memory import chunks
from feeds.store.tables import domain, source
from feeds.store.watching import tell

_CLAIMABLE = source.c.enabled & ~source.c.retired
_CLAIMED = (source.c.id, source.c.domain, source.c.failures, source.c.state, source.c.hints, source.c.last_poll_at)
_LEASED = source.c.lease_token.is_not(None)


def claim_due(connection: Connection, now: dt.datetime, *, limit: int, lease_s: float) -> list[Claim]:
    """Leases due sources, oldest first, one a domain; see ``Store.claim_due``.

    Any number of processes may do so at once on PostgreSQL, and none waits for another: each takes domains that nobody
    has locked, and of those the sources that nobody has locked. A domain's leases stand still from the moment its row
    is locked, so they are read in a statement after that, which sees all that was committed until then.
    """
    claims: list[Claim] = []
    left: list[str] = []
    while (wanted := limit - len(claims)) > 0:
        turns = _TURNS.where(domain.c.name.not_in(left)) if left else _TURNS
        names = list(connection.scalars(turns, {"now": now, "limit": wanted}))
        rows = _first_of(connection, names, now)
        claims += _lease(connection, rows, now, lease_s)
        # their source is locked, or they were written by another version, which knows nothing of domains
        without = set(names) - {row.domain for row in rows}
        settle(connection, without)
        left += without
        if len(names) < wanted:
            break
    return claims


_BUSY = exists().where(source.c.domain == domain.c.name, _LEASED, source.c.lease_until > bindparam("now"))
_TURNS = (
    select(domain.c.name)
    .where(domain.c.due_at <= bindparam("now"), ~_BUSY)
    .order_by(domain.c.due_at, domain.c.name)
    .limit(bindparam("limit", type_=BigInteger))
    .with_for_update(skip_locked=True)
)


def _first_of(connection: Connection, domains: Sequence[str], now: dt.datetime) -> list[Row[*tuple[Any, ...]]]:
    """Locks the source of each domain that has been due longest, unless it is locked or its domain is being polled."""
    found: dict[str, Row[*tuple[Any, ...]]] = {}
    for some in chunks(domains):
        first = connection.scalars(_FIRST, {"now": now, "some": some}).all()
        ids = [each for each in first if each is not None]
        if ids:
            found.update((row.domain, row) for row in connection.execute(_OF_IDS, {"ids": ids}))
    return [found[name] for name in domains if name in found]


def _first_due() -> Any:
    """The source of a domain that has been due longest."""
    first = select(source.c.id).where(source.c.domain == domain.c.name, source.c.due_at <= bindparam("now"))
    return first.order_by(source.c.due_at, source.c.id).limit(1).scalar_subquery()


_FIRST = select(_first_due()).where(domain.c.name.in_(bindparam("some", expanding=True)), ~_BUSY)
_OF_IDS = select(*_CLAIMED).where(source.c.id.in_(bindparam("ids", expanding=True))).with_for_update(skip_locked=True)


def claim(connection: Connection, source_id: str, now: dt.datetime, *, lease_s: float) -> Claim | None:
    """Leases this source unless its domain is being polled, or it is disabled or unknown; see ``Store.claim``."""
    row = connection.execute(_WANTED, {"wanted": source_id}).one_or_none()
    if row is None or _is_polled(connection, row.domain, now):
        return None
    return _lease(connection, [row], now, lease_s)[0]


_WANTED = select(*_CLAIMED).where(source.c.id == bindparam("wanted"), _CLAIMABLE).with_for_update()


def _is_polled(connection: Connection, name: str, now: dt.datetime, *, besides: str = "") -> bool:
    """Whether a domain is being polled, by another source than this one; stays so until the transaction ends."""
    connection.execute(_LOCK, {"some": [name]})
    polled = {"domain": name, "besides": besides, "now": now}
    return connection.execute(_POLLED, polled).first() is not None


_LOCK = (
    select(domain.c.name)
    .where(domain.c.name.in_(bindparam("some", expanding=True)))
    .order_by(domain.c.name)
    .with_for_update()
)
_POLLED = (
    select(source.c.id)
    .where(
        source.c.domain == bindparam("domain"),
        _LEASED,
        source.c.lease_until > bindparam("now"),
        source.c.id != bindparam("besides"),
    )
    .limit(1)
)


def _lease(
    connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]], now: dt.datetime, lease_s: float
) -> list[Claim]:
    until = now + dt.timedelta(seconds=lease_s)
    claims = [_claim(row) for row in rows]
    if claims:
        leases = [{"chosen": each.source_id, "token": each.token, "until": until} for each in claims]
        connection.execute(_LEASE, leases)
        connection.execute(_OCCUPY, [{"chosen": row.domain, "until": until} for row in rows])
    return claims


def begin(connection: Connection, source_id: str, token: str, now: dt.datetime, *, lease_s: float) -> Claim | None:
    """Takes up a claim that was handed on; see ``Store.begin``."""
    row = connection.execute(_HANDED, {"held": source_id, "token": token}).one_or_none()
    if row is None or _is_polled(connection, row.domain, now, besides=row.id):
        return None
    return _lease(connection, [row], now, lease_s)[0]


_HANDED = (
    select(*_CLAIMED)
    .where(source.c.id == bindparam("held"), source.c.lease_token == bindparam("token"), _CLAIMABLE)
    .with_for_update()
)
_UNTIL = bindparam("until", type_=Instant)
_LEASE = (
    update(source)
    .where(source.c.id == bindparam("chosen"))
    .values(lease_token=bindparam("token"), lease_until=_UNTIL, due_at=_UNTIL)
)
_OCCUPY = update(domain).where(domain.c.name == bindparam("chosen")).values(due_at=_UNTIL)


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


def settle(connection: Connection, domains: Collection[str]) -> None:
    """Says when each of these domains is due, after its sources changed.

    Its row is locked first: of two that settle one domain at once, the later sees what the earlier did.
    """
    for some in chunks(sorted(domains)):
        connection.execute(_LOCK, {"some": some})
        connection.execute(_SETTLE, {"some": some})


def _when_due() -> Any:
    here = source.c
    of_domain = here.domain == domain.c.name
    first = select(here.due_at).where(of_domain, here.due_at.is_not(None)).order_by(here.due_at).limit(1)
    last = select(func.max(here.lease_until)).where(of_domain, _LEASED)
    due_at, lease_until = first.scalar_subquery(), last.scalar_subquery()
    return case((lease_until > due_at, lease_until), else_=due_at)


_SETTLE = update(domain).where(domain.c.name.in_(bindparam("some", expanding=True))).values(due_at=_when_due())


def hold(connection: Connection, claim: Claim) -> Row[*tuple[Any, ...]]:
    """Makes sure that the claim still stands until this transaction ends; raises LeaseLost. Returns the source.

    The token decides, not the clock: a lease that ran out still counts while nobody else has taken the source.
    """
    values = {"held": claim.source_id, "token": claim.token}
    row = connection.execute(_HELD, values).one_or_none()
    if row is None:
        raise LeaseLost(f"{claim.source_id}: another poll has taken this source over, or its configuration changed")
    return row


_HELD = (
    select(source.c.name, source.c.domain, source.c.state, source.c.state_since, source.c.last_ok_at)
    .where(source.c.id == bindparam("held"), source.c.lease_token == bindparam("token"))
    .with_for_update()
)


def renew(connection: Connection, claim: Claim, now: dt.datetime, *, lease_s: float) -> None:
    """Prolongs the lease; raises LeaseLost also when another source of the domain is being polled."""
    held = hold(connection, claim)
    if _is_polled(connection, held.domain, now, besides=claim.source_id):
        raise LeaseLost(f"{claim.source_id}: the lease ran out and another source of {held.domain} is being polled")
    until = now + dt.timedelta(seconds=lease_s)
    due_at = case((_CLAIMABLE, literal(until, Instant)), else_=None)
    connection.execute(
        update(source).where(source.c.id == claim.source_id).values(lease_until=until, due_at=due_at),
    )
    settle(connection, [held.domain])


def finish(connection: Connection, claim: Claim, outcome: Outcome) -> None:
    """Gives the claim back and records the outcome; tells of it when the state is another than before."""
    before = hold(connection, claim)
    has_changed = before.state != outcome.state.value
    values = {
        "which": claim.source_id,
        "state": outcome.state.value,
        "state_since": outcome.polled_at if has_changed else before.state_since,
        "reason": outcome.reason,
        "failures": outcome.failures,
        "next_poll_at": outcome.next_poll_at,
        "last_poll_at": outcome.polled_at,
        "last_ok_at": outcome.polled_at if outcome.state in WELL else before.last_ok_at,
        "hints": None if outcome.hints == Hints() else asdict(outcome.hints),
        "pace_s": outcome.pace_s,
        "suggestion": outcome.suggestion,
    }
    connection.execute(_FINISH, values)
    settle(connection, [before.domain])
    if has_changed:
        event = {"source_id": claim.source_id, "name": before.name, "at": outcome.polled_at, "reason": outcome.reason}
        tell(connection, [event | {"before": before.state, "after": outcome.state.value}], outcome.polled_at)


_LEFT = ("state", "state_since", "reason", "failures", "next_poll_at", "last_poll_at", "last_ok_at")
_FINISH = (
    update(source)
    .where(source.c.id == bindparam("which"))
    .values(
        {name: bindparam(name) for name in (*_LEFT, "hints", "pace_s", "suggestion")}
        | {
            "due_at": case((_CLAIMABLE, bindparam("next_poll_at", type_=Instant)), else_=None),
            "lease_token": None,
            "lease_until": None,
        }
    )
)
