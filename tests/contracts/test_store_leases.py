from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from feeds.errors import LeaseLost
from feeds.model import (
    ApiFields,
    Article,
    ArticleUpdate,
    Change,
    Claim,
    Content,
    Kind,
    Outcome,
    PageRecord,
    PageState,
    Recipe,
    Section,
    Source,
    SourceState,
    SourceStatus,
    TargetRecord,
    Update,
)
from feeds.store import Store

HOUR = dt.timedelta(hours=1)


def claimed(store: Store, now: dt.datetime, *, limit: int = 100, lease_s: float = 60.0) -> list[str]:
    return [claim.source_id for claim in store.claim_due(now, limit=limit, lease_s=lease_s)]


def ended(now: dt.datetime, state: SourceState = SourceState.OK, *, reason: str = "", failures: int = 0) -> Outcome:
    return Outcome(state=state, polled_at=now, next_poll_at=now + HOUR, reason=reason, failures=failures)


def must(claim: Claim | None) -> Claim:
    assert claim is not None
    return claim


def status(store: Store, name: str) -> SourceStatus:
    return {each.id: each for each in store.status()}[name]


# --- registering --------------------------------------------------------------------------------------------------


def test_a_new_source_is_due_at_once_and_waiting(store: Store, now: dt.datetime, source: Callable[..., Source]) -> None:
    sections = (Section(url="https://daily.example/china", slug="china", name="China"),)
    store.register([source("daily", name="The Daily", language="de", sections=sections, content=Content.TITLE)], now)

    assert store.status() == [
        SourceStatus(
            id="daily",
            name="The Daily",
            kind="listing",
            url="https://daily.example/",
            language="de",
            sections=sections,
            state=SourceState.WAITING,
            state_since=now,
            reason="",
            failures=0,
            articles=0,
            next_poll_at=now,
            last_poll_at=None,
            last_ok_at=None,
            last_article_at=None,
            content=Content.TITLE,
        )
    ]
    assert claimed(store, now) == ["daily"]
    store.register([source("daily", name="The Daily", language="de", sections=sections)], now)
    assert status(store, "daily").content is Content.FULL


def test_a_shorter_interval_is_in_force_at_once(store: Store, now: dt.datetime, source: Callable[..., Source]) -> None:
    store.register([source("daily"), source("weekly", url="https://weekly.example/")], now)
    running, ended_now = (must(store.claim(name, now, lease_s=60)) for name in ("weekly", "daily"))
    store.finish(ended_now, ended(now))
    store.register([source(name, url=f"https://{name}.example/", interval_s=2.0) for name in ("daily", "weekly")], now)
    assert claimed(store, now) == ["daily"]
    store.finish(running, ended(now))
    assert claimed(store, now) == [], "a poll that runs plans the next one by itself"


def test_a_new_name_or_a_longer_interval_does_not_change_when_a_source_is_due(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("daily")], now)
    store.finish(store.claim_due(now, limit=1, lease_s=60)[0], ended(now))

    store.register([source("daily", name="Renamed", interval_s=50_000.0)], now + HOUR / 2)

    after = status(store, "daily")
    assert (after.name, after.next_poll_at) == ("Renamed", now + HOUR)
    assert (after.state, after.state_since) == (SourceState.OK, now)
    assert claimed(store, now + HOUR / 2) == []
    assert claimed(store, now + HOUR) == ["daily"]


SECTION = Section(url="https://daily.example/china", slug="china", name="China")


@pytest.mark.parametrize(
    "mended",
    [
        {"url": "https://moved.example/"},
        {"sections": (SECTION,)},
        {"kind": Kind.FEED},
        {"recipe": Recipe(body="p")},
        {"api": ApiFields(items="list")},
        {"path": "/saved"},
    ],
)
def test_who_mends_where_a_source_is_read_does_not_wait(
    store: Store, now: dt.datetime, source: Callable[..., Source], mended: dict[str, Any]
) -> None:
    store.register([source("daily")], now)
    gone = ended(now, SourceState.GONE, reason="answered 410", failures=8)
    store.finish(must(store.claim("daily", now, lease_s=60)), gone)
    assert claimed(store, now + HOUR / 2) == []

    store.register([source("daily", **mended)], now + HOUR / 2)

    assert status(store, "daily").next_poll_at == now + HOUR / 2
    (claim,) = store.claim_due(now + HOUR / 2, limit=9, lease_s=60)
    assert claim.failures == 0
    store.finish(claim, ended(now + HOUR / 2))
    store.register([source("daily", **mended)], now + HOUR)
    assert claimed(store, now + HOUR) == [], "what did not change again is polled at its pace"


def test_a_poll_of_the_address_before_writes_nothing(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("daily")], now)
    claim = must(store.claim("daily", now, lease_s=60))
    store.register([source("daily", url="https://moved.example/")], now)
    with pytest.raises(LeaseLost, match="its configuration changed"):
        store.finish(claim, ended(now))
    assert claimed(store, now) == ["daily"]


def test_a_source_mended_while_disabled_is_due_when_it_is_enabled(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("daily")], now)
    store.finish(must(store.claim("daily", now, lease_s=60)), ended(now))
    store.register([source("daily", url="https://moved.example/", enabled=False)], now)
    assert claimed(store, now + 9 * HOUR) == []
    store.register([source("daily", url="https://moved.example/")], now)
    assert claimed(store, now) == ["daily"]


def test_registering_while_a_poll_runs_leaves_its_lease_alone(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("daily")], now)
    claim = must(store.claim("daily", now, lease_s=60))
    store.register([source("daily")], now)
    assert claimed(store, now) == []
    store.finish(claim, ended(now))


def test_what_is_no_longer_configured_is_retired(store: Store, now: dt.datetime, source: Callable[..., Source]) -> None:
    store.register([source("daily"), source("weekly")], now)
    running = must(store.claim("weekly", now, lease_s=60))

    store.register([source("daily")], now + HOUR)

    gone = status(store, "weekly")
    assert (gone.state, gone.state_since, gone.next_poll_at) == (SourceState.RETIRED, now + HOUR, None)
    assert claimed(store, now + 9 * HOUR) == ["daily"]
    assert store.claim("weekly", now + 9 * HOUR, lease_s=60) is None
    with pytest.raises(LeaseLost):
        store.finish(running, ended(now))
    store.register([source("daily")], now + 2 * HOUR)
    assert status(store, "weekly").state_since == now + HOUR


def test_a_returning_source_is_due_at_once(store: Store, now: dt.datetime, source: Callable[..., Source]) -> None:
    store.register([source("daily")], now)
    broken = ended(now, SourceState.BROKEN, reason="500", failures=4)
    store.finish(must(store.claim("daily", now, lease_s=60)), broken)
    store.register([], now)

    store.register([source("daily")], now + HOUR / 4)

    back = status(store, "daily")
    assert (back.state, back.state_since, back.reason, back.failures) == (SourceState.WAITING, now + HOUR / 4, "", 0)
    assert claimed(store, now + HOUR / 4) == ["daily"]


def test_what_was_polled_by_a_clock_that_ran_ahead_is_due(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    ahead = now + dt.timedelta(days=400)
    store.register([source("daily")], now)
    store.finish(must(store.claim("daily", ahead, lease_s=60)), ended(ahead))
    assert claimed(store, now) == []
    store.register([source("daily")], now)
    assert claimed(store, now) == ["daily"]


def test_without_complete_the_others_stay(store: Store, now: dt.datetime, source: Callable[..., Source]) -> None:
    store.register([source("daily")], now)
    store.register([source("weekly")], now, complete=False)
    assert claimed(store, now) == ["daily", "weekly"]


def test_a_disabled_source_is_never_claimed_until_it_is_enabled(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("daily"), source("weekly", enabled=False)], now)
    assert status(store, "weekly").next_poll_at is None
    assert claimed(store, now) == ["daily"]
    assert store.claim("weekly", now, lease_s=60) is None

    store.register([source("daily", enabled=False), source("weekly")], now)
    assert claimed(store, now + HOUR) == ["weekly"], "also a lease that ran out is not taken again"
    store.register([source("daily")], now)
    assert claimed(store, now + HOUR) == ["daily"]


def test_a_source_disabled_while_polled_may_finish_and_is_not_claimed_again(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("daily")], now)
    claim = must(store.claim("daily", now, lease_s=60))
    store.register([source("daily", enabled=False)], now)
    store.renew(claim, now, lease_s=60)
    store.finish(claim, ended(now))
    assert status(store, "daily").state is SourceState.OK
    assert claimed(store, now + 9 * HOUR) == []


# --- claiming -----------------------------------------------------------------------------------------------------


def test_the_one_due_longest_comes_first_and_none_comes_twice(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("one")], now - 1 * HOUR, complete=False)
    store.register([source("three")], now - 3 * HOUR, complete=False)
    store.register([source("two")], now - 2 * HOUR, complete=False)
    assert claimed(store, now, limit=2) == ["three", "two"]
    assert claimed(store, now, limit=2) == ["one"]
    assert claimed(store, now, limit=2) == []


def test_nothing_is_due_before_its_time(store: Store, now: dt.datetime, source: Callable[..., Source]) -> None:
    store.register([source("daily")], now)
    assert claimed(store, now - dt.timedelta(microseconds=1)) == []


def test_one_source_of_a_registered_domain_at_a_time(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    editions = [source(name, url=f"https://{name}.magazine.example/") for name in ("de", "fr", "ja")]
    store.register([*editions, source("other")], now)

    first = store.claim_due(now, limit=9, lease_s=60)
    assert [claim.source_id for claim in first] == ["de", "other"]
    assert claimed(store, now) == []
    store.finish(first[0], ended(now))
    assert claimed(store, now) == ["fr"]


def test_a_lease_that_ran_out_is_due_again(store: Store, now: dt.datetime, source: Callable[..., Source]) -> None:
    store.register([source("daily")], now)
    dead = store.claim_due(now, limit=1, lease_s=60)[0]
    assert claimed(store, now + dt.timedelta(seconds=59.9)) == []
    again = store.claim_due(now + dt.timedelta(seconds=60), limit=1, lease_s=60)[0]
    assert again.source_id == dead.source_id
    assert again.token != dead.token


def test_a_claim_knows_how_often_the_source_failed(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("daily")], now)
    store.finish(must(store.claim("daily", now, lease_s=60)), ended(now, SourceState.BROKEN, failures=3))
    assert must(store.claim("daily", now, lease_s=60)).failures == 3
    assert store.claim_due(now + 2 * HOUR, limit=1, lease_s=60)[0].failures == 3


def test_one_source_is_claimed_whether_due_or_not(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("daily")], now)
    store.finish(must(store.claim("daily", now, lease_s=60)), ended(now))

    assert store.claim("daily", now, lease_s=60) is not None
    assert store.claim("daily", now, lease_s=60) is None, "held"
    assert claimed(store, now + dt.timedelta(seconds=60)) == ["daily"], "its poll died: due though its hour is not up"
    assert store.claim("nobody", now, lease_s=60) is None


def test_a_source_is_not_claimed_while_another_of_its_domain_is_polled(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("one", url="https://a.example.org/"), source("two", url="https://b.example.org/")], now)
    held = must(store.claim("one", now, lease_s=60))
    assert store.claim("two", now, lease_s=60) is None
    store.finish(held, ended(now))
    assert store.claim("two", now, lease_s=60) is not None


def test_a_renewed_lease_lasts_longer(store: Store, now: dt.datetime, source: Callable[..., Source]) -> None:
    store.register([source("daily")], now)
    claim = must(store.claim("daily", now, lease_s=60))
    store.renew(claim, now + dt.timedelta(seconds=50), lease_s=60)
    assert claimed(store, now + dt.timedelta(seconds=109)) == []
    assert claimed(store, now + dt.timedelta(seconds=110)) == ["daily"]


# --- a claim that is handed on --------------------------------------------------------------------------------------


def test_a_claim_that_is_taken_up_has_a_lease_and_a_token_of_its_own(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("daily")], now)
    handed = must(store.claim("daily", now, lease_s=60))
    later = now + dt.timedelta(seconds=50)
    held = must(store.begin("daily", handed.token, later, lease_s=60))
    assert (held.source_id, held.token != handed.token) == ("daily", True)
    assert store.begin("daily", handed.token, later, lease_s=60) is None, "the message came twice"
    with pytest.raises(LeaseLost):
        store.finish(handed, ended(later))
    assert claimed(store, later + dt.timedelta(seconds=59)) == []
    store.finish(held, ended(later))
    assert store.begin("daily", held.token, later, lease_s=60) is None, "it ended"


def test_a_claim_is_taken_up_late_unless_its_domain_is_polled_meanwhile(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("one", url="https://a.example.org/"), source("two", url="https://b.example.org/")], now)
    late = must(store.claim("one", now, lease_s=60))
    late = must(store.begin("one", late.token, now + HOUR, lease_s=60))
    other = must(store.claim("two", now + 2 * HOUR, lease_s=60))
    assert store.begin("one", late.token, now + 2 * HOUR, lease_s=60) is None
    store.finish(other, ended(now + 2 * HOUR))
    assert store.begin("one", late.token, now + 2 * HOUR, lease_s=60)


@pytest.mark.parametrize("after", [{"enabled": False}, {"url": "https://moved.example/"}, None], ids=str)
def test_a_claim_is_not_taken_up_after_its_source_was_configured_otherwise(
    store: Store, now: dt.datetime, source: Callable[..., Source], after: dict[str, Any] | None
) -> None:
    store.register([source("daily")], now)
    handed = must(store.claim("daily", now, lease_s=60))
    store.register([source("daily", **after)] if after is not None else [], now)
    assert store.begin("daily", handed.token, now, lease_s=60) is None


# --- a clock that is set back -------------------------------------------------------------------------------------


def test_a_clock_set_back_while_a_poll_runs_takes_nothing_from_it(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("one", url="https://a.example.org/"), source("two", url="https://b.example.org/")], now)
    handed = store.claim_due(now, limit=9, lease_s=60)[0]
    back = now - HOUR
    assert claimed(store, back) == []
    assert store.claim("two", back, lease_s=60) is None
    held = must(store.begin("one", handed.token, back, lease_s=60))
    store.renew(held, back + dt.timedelta(seconds=30), lease_s=60)
    assert claimed(store, back + dt.timedelta(seconds=60)) == []
    store.finish(held, ended(back + dt.timedelta(seconds=60)))
    assert store.claim("two", back + dt.timedelta(seconds=60), lease_s=60)


@pytest.mark.parametrize("left", ["registered", "leased", "polled"])
def test_what_a_clock_that_ran_ahead_left_is_due_once_it_is_right(
    store: Store, now: dt.datetime, source: Callable[..., Source], left: str
) -> None:
    ahead = now + dt.timedelta(days=400)
    store.register([source("daily")], ahead if left == "registered" else now)
    if left != "registered":
        claim = must(store.claim("daily", ahead, lease_s=60))
        if left == "polled":
            store.finish(claim, ended(ahead))
    store.register([source("daily")], now)
    assert status(store, "daily").state_since == now
    (again,) = store.claim_due(now, limit=9, lease_s=60)
    store.register([source("daily")], now)
    assert claimed(store, now) == [], "it is being polled"
    store.finish(again, ended(now))
    store.register([source("daily")], now)
    assert claimed(store, now) == [], "it is set right once"
    assert claimed(store, now + HOUR) == ["daily"]


def test_a_lease_of_a_clock_that_is_set_back_is_not_waited_for(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    """Its worker may have died; whoever has leased a source by the right clock keeps it."""
    sources = [source("one", url="https://one.example/"), source("two", url="https://two.example/")]
    store.register(sources, now)
    for each in ("one", "two"):
        store.finish(must(store.claim(each, now, lease_s=60)), ended(now))
    dead = must(store.claim("one", now, lease_s=60))
    back = now - HOUR
    kept = must(store.claim("two", back, lease_s=60))
    store.register(sources, back)
    assert claimed(store, back) == ["one"]
    store.renew(kept, back, lease_s=60)
    with pytest.raises(LeaseLost):
        store.renew(dead, back, lease_s=60)


# --- losing a lease -----------------------------------------------------------------------------------------------


def test_a_poll_whose_source_was_taken_over_writes_nothing(
    store: Store, now: dt.datetime, source: Callable[..., Source], article: Callable[..., Article]
) -> None:
    store.register([source("daily")], now)
    late = must(store.claim("daily", now, lease_s=60))
    later = now + dt.timedelta(seconds=61)
    holder = must(store.claim("daily", later, lease_s=60))
    page = PageRecord(url="https://daily.example/1", state=PageState.READ, first_seen_at=now, fetched_at=now)
    update = Update(
        articles=(ArticleUpdate(article=article("one"), change=Change.NEW),),
        pages=(page,),
        targets={"https://daily.example/": TargetRecord(read_at=now)},
    )

    with pytest.raises(LeaseLost, match="daily"):
        store.write(late, update, later)
    with pytest.raises(LeaseLost):
        store.renew(late, later, lease_s=60)
    with pytest.raises(LeaseLost):
        store.finish(late, ended(later))

    assert store.change_seq() == 0
    assert store.load(["one"]) == {}
    assert store.pages("daily", [page.url]) == {}
    assert store.targets("daily", ["https://daily.example/"]) == {}
    assert status(store, "daily").state is SourceState.WAITING
    assert store.write(holder, update, later) == 1


def test_a_lease_that_ran_out_still_writes_while_nobody_else_took_it(
    store: Store, now: dt.datetime, source: Callable[..., Source], article: Callable[..., Article]
) -> None:
    store.register([source("daily")], now)
    claim = must(store.claim("daily", now, lease_s=60))
    update = Update(articles=(ArticleUpdate(article=article("one"), change=Change.NEW),))
    assert store.write(claim, update, now + HOUR) == 1
    store.finish(claim, ended(now + HOUR))


def test_a_lease_that_ran_out_is_renewed_unless_its_domain_is_polled_meanwhile(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    store.register([source("one", url="https://a.example.org/"), source("two", url="https://b.example.org/")], now)
    late = must(store.claim("one", now, lease_s=60))
    store.renew(late, now + HOUR, lease_s=60)
    other = must(store.claim("two", now + 2 * HOUR, lease_s=60))
    with pytest.raises(LeaseLost, match=r"another source of example\.org is being polled"):
        store.renew(late, now + 2 * HOUR, lease_s=60)
    store.renew(other, now + 2 * HOUR, lease_s=60)


def test_a_claim_is_given_back_once(store: Store, now: dt.datetime, source: Callable[..., Source]) -> None:
    store.register([source("daily")], now)
    claim = must(store.claim("daily", now, lease_s=60))
    store.finish(claim, ended(now))
    with pytest.raises(LeaseLost):
        store.finish(claim, ended(now, SourceState.BROKEN))
    assert status(store, "daily").state is SourceState.OK


# --- finishing ----------------------------------------------------------------------------------------------------


def test_a_state_lasts_since_it_began(store: Store, now: dt.datetime, source: Callable[..., Source]) -> None:
    store.register([source("daily")], now)

    def poll(hours: int, state: SourceState, reason: str = "") -> SourceStatus:
        at = now + hours * HOUR
        store.finish(must(store.claim("daily", at, lease_s=60)), ended(at, state, reason=reason))
        return status(store, "daily")

    assert poll(1, SourceState.OK).state_since == now + 1 * HOUR
    assert poll(2, SourceState.OK).state_since == now + 1 * HOUR
    down = poll(3, SourceState.BROKEN, "timed out")
    assert (down.state, down.state_since, down.reason) == (SourceState.BROKEN, now + 3 * HOUR, "timed out")
    still = poll(4, SourceState.BROKEN, "answered 502")
    assert (still.state_since, still.reason) == (now + 3 * HOUR, "answered 502")
    assert (still.last_poll_at, still.last_ok_at, still.next_poll_at) == (
        now + 4 * HOUR,
        now + 2 * HOUR,
        now + 5 * HOUR,
    )
    assert poll(5, SourceState.OK).last_ok_at == now + 5 * HOUR
    assert poll(6, SourceState.QUIET).last_ok_at == now + 6 * HOUR
    assert poll(7, SourceState.STALE).last_ok_at == now + 7 * HOUR
    assert poll(8, SourceState.EMPTY).last_ok_at == now + 7 * HOUR


def test_instants_come_back_in_utc_whatever_zone_they_were_given_in(
    store: Store, now: dt.datetime, source: Callable[..., Source]
) -> None:
    local = now.astimezone(dt.timezone(dt.timedelta(hours=8)))
    store.register([source("daily")], local)
    store.finish(must(store.claim("daily", local, lease_s=60)), ended(local))
    after = status(store, "daily")
    instants = (after.state_since, after.last_poll_at, after.next_poll_at, after.last_ok_at)
    assert instants == (now, now, now + HOUR, now)
    assert {each.tzinfo for each in instants} == {dt.UTC}
