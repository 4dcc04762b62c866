"""Many claimers at once, each with a store of its own as processes have: one poll a domain, and nobody is forgotten."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from feeds.errors import LeaseLost
from feeds.model import Claim, Outcome, Source, SourceState
from feeds.store import Store, open_store

MakeSource = Callable[..., Source]
MakeUrl = Callable[[], str]
CLAIMERS = 4
LEASE_S = 60.0
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def stores(clean_url: MakeUrl) -> Iterator[list[Store]]:
    """Several stores over one empty database."""
    url = clean_url()
    with ExitStack() as opened:
        yield [opened.enter_context(closing(open_store(url))) for _ in range(CLAIMERS)]


def at_once(*works: Callable[[], object]) -> list[object]:
    """Runs each in a thread, all from one moment on; what each returns, or the LeaseLost that it raised."""
    start = threading.Barrier(len(works))
    found: list[object] = [None] * len(works)

    def run(number: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            found[number] = work()
        except BaseException as error:  # noqa: BLE001  # raised again below
            found[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in found:
        if isinstance(each, BaseException) and not isinstance(each, LeaseLost):
            raise each
    return found


class _Watch:
    """Who polls which domain now, and how often each source was polled."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._polled: dict[str, str] = {}
        self.polls: Counter[str] = Counter()

    @contextmanager
    def poll(self, name: str) -> Iterator[None]:
        domain = name.split("-", maxsplit=1)[0]
        with self._lock:
            assert domain not in self._polled, f"{name} beside {self._polled[domain]}"
            self._polled[domain] = name
        yield
        with self._lock:
            del self._polled[domain]
            self.polls[name] += 1


def test_a_domain_is_polled_by_one_however_many_claim_and_every_source_has_its_turn(
    stores: list[Store], now: dt.datetime, source: MakeSource
) -> None:
    names = [f"{domain}-{number}" for domain in "abcd" for number in range(3)]
    sources = [source(name, url=f"https://{name}.{name[0]}.example/") for name in names]
    stores[0].register(sources, now)
    watch = _Watch()

    def poll(seed: int) -> None:
        rng, store = random.Random(seed), stores[seed]
        for step in range(20):
            if seed == 0 and step % 5 == 0:  # somebody changes the configuration meanwhile
                store.register([source(each.id, url=each.url, name=f"{each.id} {step}") for each in sources], now)
            one = store.claim(rng.choice(names), now + HOUR, lease_s=LEASE_S) if rng.random() < 0.3 else None
            for claim in [one] if one else store.claim_due(now + HOUR, limit=rng.choice([1, 2, 9]), lease_s=LEASE_S):
                with watch.poll(claim.source_id):
                    held = store.begin(claim.source_id, claim.token, now + HOUR, lease_s=LEASE_S)
                    assert held
                    assert store.begin(claim.source_id, claim.token, now + HOUR, lease_s=LEASE_S) is None
                    store.renew(held, now + HOUR, lease_s=LEASE_S)
                again = now + dt.timedelta(seconds=watch.polls.total())
                store.finish(held, Outcome(state=rng.choice(list(SourceState)[:3]), polled_at=now, next_poll_at=again))

    at_once(*(lambda seed=seed: poll(seed) for seed in range(CLAIMERS)))
    assert set(watch.polls) == set(names)
    left = stores[0].claim_due(now + HOUR, limit=99, lease_s=LEASE_S)
    assert {claim.source_id[0] for claim in left} == set("abcd"), "no domain is stuck"


def test_many_may_register_the_same_sources_at_once(stores: list[Store], now: dt.datetime, source: MakeSource) -> None:
    """As processes do that are started together."""
    names = [f"s{number}" for number in range(30)]
    ways = [names, names[::-1], names[10:] + names[:10], names]
    for url in ("https://{}.example/", "https://{}.moved.example/"):
        at_once(
            *(
                lambda store=store, way=way, url=url: store.register(
                    [source(name, url=url.format(name)) for name in way], now, complete=False
                )
                for store, way in zip(stores, ways, strict=True)
            )
        )
        assert sorted(each.id for each in stores[0].status()) == sorted(names)
    assert len(stores[0].claim_due(now, limit=99, lease_s=LEASE_S)) == 1, "all are of one domain now"


def test_of_many_that_take_one_claim_up_one_polls(stores: list[Store], now: dt.datetime, source: MakeSource) -> None:
    names = [f"s{number}" for number in range(5)]
    stores[0].register([source(name) for name in names], now)
    for claim in stores[0].claim_due(now, limit=9, lease_s=LEASE_S):
        found = at_once(
            *(lambda s=store, c=claim: s.begin(c.source_id, c.token, now, lease_s=LEASE_S) for store in stores)
        )
        (held,) = [each for each in found if isinstance(each, Claim)]
        assert held.token != claim.token
        with pytest.raises(LeaseLost):
            stores[0].renew(claim, now, lease_s=LEASE_S)
        stores[1].renew(held, now, lease_s=LEASE_S)


@pytest.mark.parametrize("way", ["renew", "begin"])
def test_a_lease_that_ran_out_and_a_new_one_in_its_domain_are_not_both_had(
    stores: list[Store], now: dt.datetime, source: MakeSource, way: str
) -> None:
    stores[0].register([source(name, url=f"https://{name}.example.org/") for name in ("one", "two")], now)
    later = now
    for _ in range(12):
        late = stores[0].claim("one", later, lease_s=LEASE_S)
        assert late
        later += 2 * dt.timedelta(seconds=LEASE_S)

        def go_on(late: Claim = late, at: dt.datetime = later) -> Claim | None:
            if way == "begin":
                return stores[0].begin(late.source_id, late.token, at, lease_s=LEASE_S)
            stores[0].renew(late, at, lease_s=LEASE_S)
            return late

        old, due, named, _ = at_once(
            go_on,
            lambda at=later: stores[1].claim_due(at, limit=9, lease_s=LEASE_S),  # type: ignore[misc]
            lambda at=later: stores[2].claim("two", at, lease_s=LEASE_S),  # type: ignore[misc]
            lambda at=later: stores[3].register([source("three")], at, complete=False),  # type: ignore[misc]
        )
        had = [old] if isinstance(old, Claim) else []
        had += [each for each in due if each.source_id != "three"] if isinstance(due, list) else []
        had += [named] if isinstance(named, Claim) else []
        assert len(had) == 1, had
        later += 2 * dt.timedelta(seconds=LEASE_S)
