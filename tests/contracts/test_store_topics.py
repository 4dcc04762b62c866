"""Feeds that the hub is told about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from feeds.model import Article, Change, HubRecord, Topic, Twin, window_mark
from feeds.store import Store, topics

MONDAY = dt.date(2026, 11, 23)
NOTHING = window_mark([])
NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DE, ZH = "/feeds/de.atom", "/feeds/zh/keywords/%E4%B8%AD%E5%9B%BD.rss?copies=hide"


def test_a_feed_that_was_asked_for_is_remembered_with_what_it_held_then(store: Store) -> None:
    store.ask_topics({ZH: NOTHING, DE: window_mark([("b", 7), ("a", 3)])}, MONDAY)
    store.ask_topics({DE: window_mark([("c", 9)])}, MONDAY + DAY)
    assert store.topics() == [
        Topic(address=DE, told=window_mark([("b", 7), ("a", 3)])),
        Topic(address=ZH, told=window_mark([])),
    ]


def test_what_the_hub_was_told_replaces_it(store: Store) -> None:
    store.ask_topics({DE: window_mark([("a", 3)]), ZH: NOTHING}, MONDAY)
    store.tell_topics({DE: window_mark([("b", 4)]), "/feeds/nobody.atom": window_mark([])})
    assert [(each.address, each.told) for each in store.topics()] == [
        (DE, window_mark([("b", 4)])),
        (ZH, window_mark([])),
    ]
    store.tell_topics({})


def test_what_nobody_asks_for_is_forgotten(store: Store) -> None:
    store.ask_topics({DE: NOTHING, ZH: NOTHING}, MONDAY)
    store.ask_topics({DE: NOTHING}, MONDAY + DAY)
    store.ask_topics({DE: NOTHING}, MONDAY)  # by a process whose clock is behind
    assert store.forget_topics(MONDAY) == 0
    assert store.forget_topics(MONDAY + DAY) == 1
    assert [each.address for each in store.topics()] == [DE]


def test_addresses_without_end_do_not_fill_the_database(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "MOST_TOPICS", 3)
    store.ask_topics({f"/feeds/de/keywords/{number}.atom": NOTHING for number in range(2)}, MONDAY)
    store.ask_topics({f"/feeds/de/keywords/{number}.atom": NOTHING for number in range(10)}, MONDAY)
    assert len(store.topics()) == 3
    store.ask_topics({"/feeds/fr.atom": NOTHING}, MONDAY)
    assert len(store.topics()) == 3


def test_an_address_may_be_longer_than_an_index_takes(store: Store) -> None:
    long = "/feeds/de/keywords/" + "%E4%B8%AD" * 1000 + ".atom"
    store.ask_topics({long: NOTHING}, MONDAY)
    store.ask_topics({long: NOTHING}, MONDAY)
    assert [each.address for each in store.topics()] == [long]


def test_where_changed_articles_stand(store: Store, desk: Any, article: Callable[..., Article]) -> None:
    first = desk.put(article("a", keywords=("BMW",), section="wirtschaft"))
    desk.put(article("b", language="zh-Hans", keywords=("中国",), inferred=("北京",)), article("c"))
    placed = store.placed_after(first, limit=10)
    assert [(each.seq - first, each.language, each.keywords) for each in placed] == [
        (1, "zh-Hans", {"中国", "北京"}),
        (2, "de", frozenset()),
    ]
    assert all(each.is_new and each.source_id == "daily" and each.section == "" for each in placed)
    assert store.placed_after(first, limit=1) == placed[:1]
    assert [each.section for each in store.placed_after(0, limit=1)] == ["wirtschaft"]
    assert store.placed_after(store.change_seq(), limit=10) == []


def test_an_article_that_changed_twice_stands_once_and_is_not_new(
    store: Store, desk: Any, article: Callable[..., Article]
) -> None:
    desk.put(article("a", keywords=("BMW",)))
    edited = article("a", keywords=("Audi",), title="Otherwise", language="fr")
    last = desk.put(edited, change=Change.UPDATED)
    (placed,) = store.placed_after(0, limit=10)
    assert (placed.seq, placed.keywords, placed.language, placed.is_new) == (last, frozenset({"audi"}), "fr", False)


def test_what_only_its_own_source_shows_is_among_the_changes(
    store: Store, desk: Any, article: Callable[..., Article]
) -> None:
    desk.put(article("original"))
    desk.put(article("twin", source_id="weekly"))
    marked = desk.mark("weekly", "twin", Twin.SAME)
    assert [(each.seq, each.source_id) for each in store.placed_after(marked - 1, limit=10)] == [(marked, "weekly")]


def test_how_telling_went_is_kept(store: Store) -> None:
    assert store.hub_record() == HubRecord()
    record = HubRecord(taken=3, failed=1, waiting=2, taken_at=NOW, failed_at=NOW - DAY, failure="503 \ud800 \0")
    store.note_hub(record, NOW)
    kept = store.hub_record()
    assert (kept.taken, kept.taken_at, kept.failed_at) == (3, NOW, NOW - DAY)
    assert "503" in kept.failure
    store.note_hub(HubRecord(taken=4), NOW)
    assert store.hub_record() == HubRecord(taken=4)
    assert store.mistakes() == []
