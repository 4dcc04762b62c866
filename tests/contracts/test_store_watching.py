"""What the operator sees: states, their changes, activity, notes; and what a poll hands to the next one."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

from feeds.model import Article, Change, Hints, Kind, Outcome, Section, Source, SourceEvent, SourceState
from feeds.store import Store

Make = Callable[..., Article]
MakeSource = Callable[..., Source]
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def poll(store: Store, name: str, now: dt.datetime, state: SourceState = SourceState.OK, **more: Any) -> None:
    claim = store.claim(name, now, lease_s=60)
    assert claim
    store.finish(claim, Outcome(state=state, polled_at=now, next_poll_at=now + HOUR, **more))


# --- sources ------------------------------------------------------------------------------------------------------


def test_status_is_asked_for_by_id_and_by_page(store: Store, now: dt.datetime, source: MakeSource) -> None:
    names = [f"s{number:03}" for number in range(700)]
    store.register([source(name) for name in names], now)

    assert [each.id for each in store.status()] == names
    assert [each.id for each in store.status(limit=2)] == ["s000", "s001"]
    assert [each.id for each in store.status(after="s001", limit=2)] == ["s002", "s003"]
    assert [each.id for each in store.status(["s009", "nobody", "s003", "s003"])] == ["s003", "s009"]
    assert [each.id for each in store.status(["s009", "s003"], after="s003")] == ["s009"]
    assert [each.id for each in store.status(names[::-1], limit=600)] == names[:600]
    assert store.status([]) == store.status(limit=0) == store.status(after="s699") == []


def test_status_is_asked_for_by_state(store: Store, now: dt.datetime, source: MakeSource) -> None:
    store.register([source(name) for name in "abcde"], now)
    poll(store, "b", now, SourceState.BROKEN)
    poll(store, "d", now, SourceState.GONE)
    poll(store, "e", now, SourceState.BROKEN)
    bad = (SourceState.BROKEN, SourceState.GONE)

    assert store.states() == {SourceState.WAITING: 2, SourceState.BROKEN: 2, SourceState.GONE: 1}
    assert [each.id for each in store.status(states=bad)] == ["b", "d", "e"]
    assert [each.id for each in store.status(states=bad, limit=2)] == ["b", "d"]
    assert [each.id for each in store.status(states=bad, after="b", limit=1)] == ["d"]
    assert [each.id for each in store.status(["a", "b", "e"], states=bad)] == ["b", "e"]
    assert store.status(states=[SourceState.OK]) == store.status(states=[]) == []


def test_a_section_keeps_its_kind(store: Store, now: dt.datetime, source: MakeSource) -> None:
    sections = (
        Section(url="https://daily.example/feed", slug="all", name="All", kind=Kind.FEED),
        Section(url="https://daily.example/"),
    )
    store.register([source("daily", sections=sections)], now)
    assert store.status()[0].sections == sections
    assert store.status()[0].sections[0].kind is Kind.FEED


def test_articles_of_each_source_are_counted(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("a"), article("b"))
    desk.put(article("c", source_id="weekly"))
    desk.put(article("a", title="Edited"), article("d"), change=Change.UPDATED)
    assert {each.id: each.articles for each in store.status()} == {"daily": 3, "weekly": 1}


def test_what_a_poll_leaves_behind_is_there_for_the_next(store: Store, now: dt.datetime, source: MakeSource) -> None:
    store.register([source("daily")], now)
    first = store.claim("daily", now, lease_s=60)
    assert first
    assert (first.hints, first.last_poll_at) == (Hints(), None)
    hints = Hints(interval_s=1800.0, skip_hours=(1, 2), skip_days=(6,))
    outcome = Outcome(state=SourceState.OK, polled_at=now, next_poll_at=now + HOUR, hints=hints, pace_s=900.0)
    store.finish(first, outcome)

    later = now + 2 * HOUR
    second = store.claim_due(later, limit=1, lease_s=60)[0]
    assert (second.hints, second.last_poll_at, second.state) == (hints, now, SourceState.OK)
    assert store.status()[0].pace_s == 900.0
    stale = Outcome(state=SourceState.STALE, polled_at=later, next_poll_at=later + HOUR, suggestion="[recipe]")
    store.finish(second, stale)
    after = store.status()[0]
    assert (after.pace_s, after.suggestion) == (None, "[recipe]")
    third = store.claim("daily", later, lease_s=60)
    assert third
    assert third.hints == Hints()


# --- events -------------------------------------------------------------------------------------------------------


def test_changes_of_state_are_events(store: Store, now: dt.datetime, source: MakeSource) -> None:
    store.register([source("daily", name="The Daily")], now)
    assert store.events(limit=9) == []
    poll(store, "daily", now)
    poll(store, "daily", now + HOUR)
    poll(store, "daily", now + 2 * HOUR, SourceState.BROKEN, reason="answered 500", failures=1)
    poll(store, "daily", now + 3 * HOUR, SourceState.BROKEN, reason="answered 502", failures=2)

    first, second = store.events(limit=9)
    assert (first.seq, first.before, first.after) == (1, SourceState.WAITING, SourceState.OK)
    assert second == SourceEvent(
        seq=2,
        source_id="daily",
        name="The Daily",
        at=now + 2 * HOUR,
        before=SourceState.OK,
        after=SourceState.BROKEN,
        reason="answered 500",
    )
    assert store.events(after_seq=1, limit=9) == [second]
    assert store.events(limit=1) == [first]
    assert store.events(limit=1, newest=True) == [second]
    assert store.events(limit=9, newest=True) == [second, first]


def test_retiring_and_returning_are_events(store: Store, now: dt.datetime, source: MakeSource) -> None:
    store.register([source("daily"), source("weekly")], now)
    poll(store, "weekly", now)
    store.register([source("daily")], now + HOUR)
    store.register([source("daily")], now + 2 * HOUR)
    store.register([source("daily"), source("weekly")], now + 3 * HOUR)
    told = [(each.seq, each.source_id, each.before.value, each.after.value, each.at) for each in store.events(limit=9)]
    assert told == [
        (1, "weekly", "waiting", "ok", now),
        (2, "weekly", "ok", "retired", now + HOUR),
        (3, "weekly", "retired", "waiting", now + 3 * HOUR),
    ]


def test_events_are_numbered_without_gaps_in_the_order_of_commits(
    store: Store, now: dt.datetime, source: MakeSource
) -> None:
    names = [f"s{number}" for number in range(4)]
    store.register([source(name) for name in names], now)
    seen: list[int] = []
    done = threading.Event()

    def change(name: str) -> None:
        for number in range(10):
            poll(store, name, now, SourceState.OK if number % 2 else SourceState.BROKEN)

    def follow() -> None:
        while True:
            last_round = done.is_set()
            seen.extend(each.seq for each in store.events(after_seq=len(seen), limit=100))
            if last_round:
                return

    reader = threading.Thread(target=follow)
    threads = [threading.Thread(target=change, args=(name,)) for name in names]
    for thread in (reader, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    assert seen == list(range(1, 41))


def test_events_are_not_kept_for_ever_and_their_numbers_go_on(
    store: Store, now: dt.datetime, source: MakeSource
) -> None:
    store.register([source("daily")], now - 200 * DAY)
    for number in range(12):
        poll(store, "daily", now - 100 * DAY, SourceState.OK if number % 2 else SourceState.BROKEN)
    assert len(store.events(limit=99)) == 12
    for number in range(4):
        poll(store, "daily", now + number * HOUR, SourceState.OK if number % 2 else SourceState.BROKEN)
    assert [each.seq for each in store.events(limit=99)] == [13, 14, 15, 16]


def test_a_cursor_is_moved_by_one_reader_at_a_time(store: Store) -> None:
    assert store.cursor("alerts") == 0
    assert store.move_cursor("alerts", 0, 5)
    assert not store.move_cursor("alerts", 0, 7), "somebody moved it"
    assert (store.cursor("alerts"), store.cursor("other")) == (5, 0)
    won: list[int] = []
    start = threading.Barrier(4)

    def move(number: int) -> None:
        start.wait()
        if store.move_cursor("new", 0, number):
            won.append(number)

    threads = [threading.Thread(target=move, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [store.cursor("new")]


def test_mistakes_are_those_noted_last(store: Store, now: dt.datetime) -> None:
    assert store.mistakes() == []
    store.note_mistakes(["a.toml: url: missing", "b.toml: \0"], now)
    assert store.mistakes() == ["a.toml: url: missing", "b.toml: \ufffd"]
    store.note_mistakes([], now)
    assert store.mistakes() == []


# --- activity -----------------------------------------------------------------------------------------------------


def test_articles_count_on_the_day_they_are_dated_and_never_later_than_seen(
    store: Store, desk: Any, article: Make
) -> None:
    now = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    today = now.date()
    shanghai = dt.timezone(8 * HOUR)
    desk.put(
        article("undated"),
        article("today", published=today),
        article("night", published=dt.datetime(2026, 11, 22, 3, tzinfo=shanghai)),
        article("day", published=dt.date(2026, 11, 20), zone="America/New_York"),
        article("future", published=now + 9 * DAY),
        article("old", published=now - 90 * DAY),
        now=now,
    )
    desk.put(article("w", source_id="weekly", published=today - DAY), now=now)
    desk.put(article("today", title="Edited", published=today), change=Change.UPDATED, now=now)

    days = store.activity(["daily", "weekly", "nobody"], today - 30 * DAY)
    assert days == {"daily": {today: 3, today - DAY: 1, today - 2 * DAY: 1}, "weekly": {today - DAY: 1}}
    assert store.activity(["daily"], today - DAY) == {"daily": {today: 3, today - DAY: 1}}
    assert store.activity(["daily"], today + DAY) == store.activity([], today) == {}
    desk.put(article("later"), now=now + DAY)
    assert store.activity(["daily"], today) == {"daily": {today: 3, today + DAY: 1}}


def test_days_long_ago_are_forgotten(store: Store, desk: Any, article: Make, now: dt.datetime) -> None:
    desk.put(article("one"), now=now - 61 * DAY)
    desk.put(article("two"), now=now - 30 * DAY)
    assert len(store.activity(["daily"], now.date() - 90 * DAY)["daily"]) == 2
    desk.put(article("three"), now=now)
    assert list(store.activity(["daily"], now.date() - 90 * DAY)["daily"]) == [now.date() - 30 * DAY, now.date()]
