"""Sources that share a domain take turns: nobody waits for ever, and nobody comes twice."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from feeds.errors import LeaseLost
from feeds.model import Claim, Outcome, Source, SourceState
from feeds.store import Store

MakeSource = Callable[..., Source]
MINUTE = dt.timedelta(minutes=1)
LEASE_S = 60.0


def claimed(store: Store, now: dt.datetime, *, limit: int = 100) -> list[str]:
    return [claim.source_id for claim in store.claim_due(now, limit=limit, lease_s=LEASE_S)]


def finished(store: Store, claim: Claim, now: dt.datetime, *, wait: dt.timedelta) -> None:
    store.finish(claim, Outcome(state=SourceState.OK, polled_at=now, next_poll_at=now + wait))


def test_the_sources_of_one_domain_come_one_after_the_other(store: Store, now: dt.datetime, source: MakeSource) -> None:
    names = [f"e{number}" for number in range(5)]
    store.register([source(name, url=f"https://{name}.magazine.example/") for name in names], now)
    came = []
    for number in range(10):
        (claim,) = store.claim_due(now + number * MINUTE, limit=9, lease_s=LEASE_S)
        came.append(claim.source_id)
        finished(store, claim, now + number * MINUTE, wait=5 * MINUTE)
    assert came == names + names


def test_after_a_poll_that_died_the_others_of_its_domain_come_first(
    store: Store, now: dt.datetime, source: MakeSource
) -> None:
    store.register([source(name, url=f"https://{name}.magazine.example/") for name in ("de", "fr")], now)
    assert claimed(store, now) == ["de"]
    assert claimed(store, now + MINUTE) == ["fr"]
    assert claimed(store, now + 2 * MINUTE) == ["de"]


def test_one_that_is_claimed_out_of_turn_keeps_its_domain_busy(
    store: Store, now: dt.datetime, source: MakeSource
) -> None:
    store.register([source(name, url=f"https://{name}.magazine.example/") for name in ("de", "fr", "ja")], now)
    claim = store.claim("fr", now, lease_s=LEASE_S)
    assert claim
    assert claimed(store, now) == []
    store.renew(claim, now + MINUTE / 2, lease_s=LEASE_S)
    assert claimed(store, now + MINUTE) == []
    finished(store, claim, now + MINUTE, wait=MINUTE)
    assert claimed(store, now + MINUTE) == ["de"]


def test_a_source_that_moves_to_another_domain_waits_there(store: Store, now: dt.datetime, source: MakeSource) -> None:
    store.register([source("one", url="https://a.example/"), source("two", url="https://b.example/")], now)
    (first, second) = store.claim_due(now, limit=9, lease_s=LEASE_S)
    finished(store, first, now, wait=MINUTE)
    store.register([source("one", url="https://b.example/"), source("two", url="https://b.example/")], now)
    later = now + MINUTE / 2
    store.renew(second, later, lease_s=2 * LEASE_S)
    assert claimed(store, now + MINUTE) == [], "its new domain is being polled"
    finished(store, second, now + MINUTE, wait=9 * MINUTE)
    assert claimed(store, now + MINUTE) == ["one"]


def test_a_disabled_or_retired_source_stops_nobody(store: Store, now: dt.datetime, source: MakeSource) -> None:
    urls = {name: f"https://{name}.magazine.example/" for name in ("a", "b", "c")}
    store.register([source(name, url=url) for name, url in urls.items()], now)
    store.claim_due(now, limit=1, lease_s=LEASE_S)
    store.register([source("b", url=urls["b"], enabled=False), source("c", url=urls["c"])], now)
    assert claimed(store, now) == ["c"], "the poll of a retired source holds nothing"


def test_registering_many_again_changes_only_what_differs(store: Store, now: dt.datetime, source: MakeSource) -> None:
    many = [source(f"s{number:04}") for number in range(1200)]
    store.register(many, now)
    assert len(claimed(store, now, limit=5000)) == 1200
    changed = [source("s0007", name="Renamed"), *many[:7], *many[8:1100], source("new")]
    store.register(changed, now + MINUTE / 2)
    assert {state.value: number for state, number in store.states().items()} == {"waiting": 1101, "retired": 100}
    assert [each.name for each in store.status(["s0007"])] == ["Renamed"]
    assert claimed(store, now + MINUTE / 2) == ["new"]


@dataclass(slots=True, kw_only=True)
class _Row:
    """What is true of a source, kept the plain way."""

    domain: str
    next_at: dt.datetime
    enabled: bool = True
    retired: bool = False
    lease: Claim | None = None
    until: dt.datetime | None = None

    def due_at(self) -> dt.datetime:
        return self.until if self.lease and self.until else self.next_at


@dataclass(slots=True, kw_only=True)
class _Model:
    """Every source looked at for every question."""

    rows: dict[str, _Row] = field(default_factory=dict)

    def is_polled(self, domain: str, now: dt.datetime, *, besides: str = "") -> bool:
        """Whether a source of a domain, another than this one, has a lease that stands."""
        rows = [row for name, row in self.rows.items() if name != besides and row.domain == domain]
        return any(row.lease and row.until and row.until > now for row in rows)

    def due(self, now: dt.datetime) -> dict[str, str]:
        """Domain -> the source whose turn it is."""
        busy = {row.domain for row in self.rows.values() if self.is_polled(row.domain, now)}
        turns: dict[str, str] = {}
        for name, row in sorted(self.rows.items(), key=lambda pair: (pair[1].due_at(), pair[0])):
            if row.enabled and not row.retired and row.due_at() <= now and row.domain not in busy:
                turns.setdefault(row.domain, name)
        return turns


@pytest.mark.parametrize("seed", range(4))
def test_turns_equal_those_of_looking_at_every_source(
    store: Store, now: dt.datetime, source: MakeSource, seed: int
) -> None:
    rng = random.Random(seed)
    model = _Model()
    for _ in range(120):
        now += rng.choice([dt.timedelta(), MINUTE / 4, MINUTE])
        held = [(name, row) for name, row in model.rows.items() if row.lease and not row.retired]
        step = rng.choice(["register", "finish", "finish", "renew", "claim", "due", "due"])
        if step == "register":
            _register(store, model, rng, source, now)
        elif step == "claim":
            name = rng.choice([*model.rows, "nobody"])
            lease = store.claim(name, now, lease_s=LEASE_S)
            if lease:
                model.rows[name].lease, model.rows[name].until = lease, now + MINUTE
        elif step == "due":
            expected, limit = model.due(now), rng.choice([1, 3, 99])
            got = store.claim_due(now, limit=limit, lease_s=LEASE_S)
            assert len(got) == min(limit, len(expected))
            assert {each.source_id for each in got} <= set(expected.values())
            for each in got:
                model.rows[each.source_id].lease = each
                model.rows[each.source_id].until = now + MINUTE
        elif held:
            name, row = rng.choice(held)
            assert row.lease
            if step == "renew" and model.is_polled(row.domain, now, besides=name):
                with pytest.raises(LeaseLost):
                    store.renew(row.lease, now, lease_s=LEASE_S)
            elif step == "renew":
                store.renew(row.lease, now, lease_s=LEASE_S)
                row.until = now + MINUTE
            else:
                wait = rng.choice([MINUTE, 2 * MINUTE])
                finished(store, row.lease, now, wait=wait)
                row.lease, row.next_at = None, now + wait
    assert sorted(claimed(store, now + 9 * MINUTE)) == sorted(model.due(now + 9 * MINUTE).values())


def _register(store: Store, model: _Model, rng: random.Random, source: MakeSource, now: dt.datetime) -> None:
    """Registers some sources under some domains, a few of them disabled, and retires the others."""
    names = [f"s{number}" for number in range(9) if rng.random() < 0.8]
    chosen = {name: (f"d{rng.randrange(3)}.example", rng.random() < 0.8) for name in names}
    store.register(
        [source(name, url=f"https://{domain}/", enabled=enabled) for name, (domain, enabled) in chosen.items()], now
    )
    for name, row in model.rows.items():
        if name not in chosen:
            row.retired, row.lease = True, None
    for name, (domain, enabled) in chosen.items():
        if name not in model.rows or model.rows[name].retired:
            model.rows[name] = _Row(domain=domain, next_at=now, enabled=enabled)
        else:
            row = model.rows[name]
            if row.domain != domain:
                row.next_at, row.lease = now, None
            row.domain, row.enabled = domain, enabled
