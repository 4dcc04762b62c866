"""What is old goes, out of every answer and for good; a site that still lists it does not bring it back."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from feeds.model import (
    ArchiveDocument,
    Article,
    Change,
    FeedQuery,
    Field,
    Format,
    Has,
    Marking,
    PageRecord,
    PageState,
    StoryLink,
    Twin,
    Update,
)
from feeds.store import Store, open_store
from feeds.store.sql import SqlStore

OLD = dt.datetime(2024, 9, 30, 23, 59, tzinfo=dt.UTC)
LATER = dt.datetime(2024, 10, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
MONTH = dt.date(2024, 10, 1)
QUERIES = (
    FeedQuery(),
    FeedQuery(languages=("de",)),
    FeedQuery(languages=("de",), copies=False),
    FeedQuery(languages=("de",), fallback=("en",)),
    FeedQuery(section="china"),
    FeedQuery(source="weekly"),
    FeedQuery(source="daily", languages=("de",)),
    FeedQuery(keywords=("bmw",)),
    FeedQuery(keywords=("bmw",), languages=("de",)),
    FeedQuery(keywords=("bmw", "china")),
    FeedQuery(question=Has(Field.WORDS, ("title",))),
)


def drop_all(store: Store, month: dt.date = MONTH, limit: int = 2) -> int:
    """Drops in steps until none is left."""
    total = 0
    while number := store.drop_before(month, limit=limit):
        total += number
    return total


def answers(store: Store) -> list[object]:
    """All that readers are told but for change numbers."""
    told: list[object] = [
        ([name for name, _ in store.window(query, limit=99)], store.count(query)) for query in QUERIES
    ]
    told += [store.languages(), store.sections(), store.keywords(), store.keywords("de"), store.labels(["bmw"])]
    told += [[(each.id, each.articles) for each in store.status()]]
    return told


def fill(desk: Any, article: Callable[..., Article], *, old: bool) -> None:
    """Articles of two months, or of the later one alone."""
    if old:
        first = {"keywords": ("BMW", "China"), "section": "china"}
        desk.put(article("one", **first), article("two", keywords=("bmw",), language="en"), now=OLD, bands=(1, 2))
        desk.put(article("three", source_id="weekly", **first), now=OLD, bands=(1, 2))
        desk.mark("weekly", "three", Twin.SAME, "one")
        desk.put(article("one", title="Title of another", **first), change=Change.UPDATED, now=LATER)
    else:
        desk.open("daily", "weekly")
    kept = {"keywords": ("Bmw",), "section": "china"}
    desk.put(article("four", **kept), article("five", language="en"), now=LATER, bands=(3,))
    desk.put(article("six", source_id="weekly", section="china"), now=LATER)
    desk.mark("weekly", "six", Twin.COPY, "four")


def test_what_was_dropped_is_in_no_answer(
    clean_url: Callable[[], str], desk_at: Callable[[Store], Any], article: Callable[..., Article]
) -> None:
    stores = [open_store(clean_url()), open_store(clean_url())]
    for store, old in zip(stores, (True, False), strict=True):
        fill(desk_at(store), article, old=old)
    dropped, never = stores
    before = dropped.change_seq()
    assert drop_all(dropped) == 3
    assert dropped.change_seq() > before, "what is shown is not what was shown"
    assert answers(dropped) == answers(never)
    gone = ["one", "two", "three"]
    assert (dropped.load(gone), dropped.addresses(gone)) == ({}, {})
    assert dropped.alike([1, 2], since=dt.datetime(2000, 1, 1, tzinfo=dt.UTC), limit=9) == {}
    assert dropped.elsewhere("monthly", ["//daily.example/one", "//daily.example/four"]) == {
        "//daily.example/four": "four"
    }
    assert [each.article_id for each in dropped.placed_after(0, limit=9)] == ["four", "five", "six"]
    assert drop_all(dropped) == 0
    for store in stores:
        store.close()


@pytest.mark.parametrize("change", [Change.NEW, Change.UPDATED, Change.SAME])
def test_a_site_that_still_lists_it_does_not_bring_it_back(
    desk: Any, article: Callable[..., Article], change: Change
) -> None:
    page = PageRecord(url="https://daily.example/one", state=PageState.READ, first_seen_at=OLD, fetched_at=OLD,
                      listed_hash="h", article_id="one")  # fmt: skip
    one = article("one", aliases=("//daily.example/also",))
    desk.open("daily")
    desk.put(one, now=OLD)
    desk.store.write(desk.claims["daily"], Update(pages=(page,)), OLD)
    drop_all(desk.store)
    seq = desk.store.change_seq()
    known = desk.store.known("daily", ["//daily.example/also", "//daily.example/one", "//daily.example/none"])
    assert {name: (each.article_id, each.content_hash) for name, each in known.items()} == dict.fromkeys(
        ("//daily.example/also", "//daily.example/one"), ("one", one.content_hash)
    )
    again = replace(one, title="Another title", aliases=("//daily.example/more",))
    marking = Marking(article_id="one", original_id="two", twin=Twin.COPY)
    assert desk.put(again, change=change, now=NOW, markings=[marking], bands=(7,)) == seq
    assert desk.ids() == []
    assert desk.store.load(["one"]) == {}
    assert desk.store.alike([7], since=OLD, limit=9) == {}
    assert desk.store.pages("daily", [page.url]) == {page.url: page}, "or its page would be fetched again"
    # under an id that a poll gave it before it knew
    assert desk.put(article("other", identity=one.identity), change=Change.UPDATED, now=NOW) == seq
    assert desk.put(article("new"), now=NOW) == seq + 1


def test_numbers_of_changes_are_never_given_twice(desk: Any, article: Callable[..., Article]) -> None:
    for number in range(5):
        desk.put(article("one", title=f"{number}"), change=Change.UPDATED if number else Change.NEW, now=OLD)
    seen = desk.store.change_seq()
    assert drop_all(desk.store) == 1
    last = desk.store.change_seq()
    assert last > seen
    assert desk.store.window(FeedQuery(), limit=9, after_seq=0) == []
    assert desk.store.placed_after(0, limit=9) == []
    assert desk.put(article("two"), now=NOW) == last + 1
    assert desk.store.window(FeedQuery(), limit=9, after_seq=seen) == [("two", last + 1)]


def test_a_story_and_a_copy_go_on_without_what_they_were_linked_with(
    desk: Any, article: Callable[..., Article]
) -> None:
    link = StoryLink(one_id="german", other_id="english", evidence="alternate", certainty=1.0)
    desk.put(article("german"), now=OLD)
    desk.put(article("english", language="en", keywords=("BMW",)), now=NOW, links=[link])
    desk.put(article("copy", source_id="weekly"), now=NOW)
    desk.mark("weekly", "copy", Twin.COPY, "german")
    both = FeedQuery(languages=("de",), fallback=("en",))
    assert (desk.store.window(both, limit=9)[0][0], desk.store.count(both)) == ("copy", 2)
    drop_all(desk.store)
    assert {name for name, _ in desk.store.window(both, limit=9)} == {"copy", "english"}
    assert desk.store.count(both) == 2
    left = desk.store.load(["english", "copy"])
    assert dict(left["english"].translations) == {}
    assert (left["copy"].twin, left["copy"].original_id) == (Twin.COPY, "german")
    assert desk.store.addresses(["german"]) == {}
    # a poll that linked the two before they were parted
    seq = desk.store.change_seq()
    assert desk.store.write(desk.claims["daily"], Update(links=(link,)), NOW) == seq
    # and one that marks a copy of what is gone
    desk.put(article("late", source_id="weekly"), now=NOW)
    assert desk.mark("weekly", "late", Twin.COPY, "german") == seq + 2


def test_archives_that_were_written_stay(desk: Any, article: Callable[..., Article]) -> None:
    store, query = desk.store, FeedQuery()
    desk.put(*(article(f"old{number}") for number in range(4)), now=OLD)
    desk.put(*(article(f"new{number}") for number in range(4)), now=NOW)
    number = store.newest_archive("all", "chain", query, reached_seq=7, limit=3)
    assert number == 1
    held = store.archive("all", 1, query, limit=3)
    written = ArchiveDocument(body=b"<feed/>", last_modified=OLD, previous=held.previous)
    store.keep_archive_document("all", 1, Format.ATOM, written)
    assert held.previous == 2
    drop_all(store)
    assert store.archive("all", 1, query, limit=3) == held
    assert store.archive_document("all", 1, Format.ATOM) == written
    rest = store.archive("all", 2, query, limit=3)
    assert (rest.articles, rest.previous) == ((), None), "what is left below it: nothing"
    assert store.newest_archive("all", "chain", query, reached_seq=7, limit=3) == 1


def test_polls_go_on_meanwhile(desk: Any, article: Callable[..., Article]) -> None:
    """Whoever writes one of them comes before or after its step, and nobody waits for ever."""
    names = [f"old{number}" for number in range(60)]
    desk.open("daily", "weekly")
    desk.put(*map(article, names), now=OLD)
    thread = threading.Thread(target=drop_all, args=(desk.store, MONTH, 3))
    thread.start()
    for name in reversed(names):
        desk.put(article(name, title="again"), change=Change.UPDATED, now=NOW)
        desk.put(article(f"new {name}", source_id="weekly"), now=NOW)
    thread.join()
    assert sorted(desk.ids()) == sorted(f"new {name}" for name in names)
    assert desk.store.count(FeedQuery()) == 60
    assert [(each.id, each.articles) for each in desk.store.status()] == [("daily", 0), ("weekly", 60)]


def test_making_room_is_done_once(store: Store) -> None:
    for _ in range(2):
        store.make_room(NOW)


@pytest.fixture
def months(new_database: Callable[..., str], desk_at: Callable[[Store], Any]) -> Any:
    """A desk at a PostgreSQL database."""
    store = open_store(new_database())
    yield desk_at(store)
    store.close()


def partitions(store: SqlStore) -> dict[str, int]:
    """Each partition with the number of its rows."""
    with store._engine.connect() as connection:
        names = connection.scalars(
            text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'article'::regclass")
        )
        return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in sorted(names)}


def test_a_month_lies_in_a_partition_of_its_own_and_goes_with_it(months: Any, article: Callable[..., Article]) -> None:
    begin = dt.datetime(2090, 1, 31, 23, 59, 59, tzinfo=dt.UTC)
    store = months.store
    months.put(article("before"), now=begin)  # of a month that nobody made
    assert partitions(store)["article_other"] == 1
    store.make_room(begin)
    months.put(article("in"), now=begin + dt.timedelta(seconds=1))
    months.put(article("before", title="again"), change=Change.UPDATED, now=begin + dt.timedelta(days=40))
    found = partitions(store)
    expected = {"article_2090_01": 1, "article_2090_02": 1, "article_2090_03": 0, "article_2090_04": 0}
    assert {name: found[name] for name in expected} == expected
    assert found["article_other"] == 0
    assert store.load(["before"])["before"].article.title == "again"

    with store._engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM article"))  # as a backup does, and holds what it read
        assert store.drop_before(dt.date(2090, 2, 1), limit=9) == 1
        store.make_room(begin + dt.timedelta(days=99))
        assert partitions(store)["article_2090_01"] == 0
    assert store.drop_before(dt.date(2090, 2, 1), limit=9) == 0
    store.make_room(begin + dt.timedelta(days=99))
    found = partitions(store)
    assert "article_2090_01" not in found
    assert {"article_2090_02", "article_2090_05", "article_2090_08"} <= found.keys()
    assert months.ids() == ["in"]
