"""What repeats what: articles at another source's address, near-duplicates, markings."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest

from feeds.model import Article, ArticleUpdate, Change, FeedQuery, Marking, Twin, Update
from feeds.store import Store

Make = Callable[..., Article]
DAY = dt.timedelta(days=1)


def shared(store: Store, now: dt.datetime, *bands: int, days: int = 30, limit: int = 9) -> dict[str, int]:
    return dict(store.alike(bands, since=now - days * DAY, limit=limit))


# --- at another source's address ----------------------------------------------------------------------------------


def test_elsewhere_is_the_article_that_another_source_stored_first(
    store: Store, desk: Any, article: Make, now: dt.datetime
) -> None:
    desk.put(article("late", source_id="weekly", identity="//x.example/1"), now=now + DAY)
    desk.put(article("first", source_id="daily", identity="first", aliases=("//x.example/1", "a\0b")), now=now)
    desk.put(article("own", source_id="mine", identity="//x.example/1", aliases=("own",)), now=now - DAY)

    asked = ["//x.example/1", "a\0b", "own", "nothing"]
    assert store.elsewhere("mine", asked) == {"//x.example/1": "first", "a\0b": "first"}
    assert store.elsewhere("daily", asked) == {"//x.example/1": "own", "own": "own"}
    assert store.elsewhere("mine", []) == {}


def test_what_is_itself_the_same_page_is_never_elsewhere(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("one", source_id="daily", identity="//x.example/1"))
    desk.put(article("two", source_id="weekly", identity="//x.example/1"))
    desk.mark("daily", "one", Twin.SAME, "two")
    assert store.elsewhere("mine", ["//x.example/1"]) == {"//x.example/1": "two"}
    desk.mark("weekly", "two", Twin.COPY, "three")
    assert store.elsewhere("mine", ["//x.example/1"]) == {"//x.example/1": "two"}, "a copy is an article of its own"


# --- near-duplicates ----------------------------------------------------------------------------------------------


def test_articles_alike_share_bands_those_with_most_first(store: Store, desk: Any, article: Make, now: Any) -> None:
    low, high = -(2**63), 2**63 - 1
    desk.put(article("a"), bands=(1, 2, low), now=now)
    desk.put(article("b", source_id="weekly"), bands=(1, 2, 3, 3, high), now=now)
    desk.put(article("c", source_id="monthly"), bands=(9,), now=now)
    desk.put(article("none"), now=now)

    assert list(shared(store, now, 1, 2, 3, high, 7).items()) == [("b", 4), ("a", 2)]
    assert shared(store, now, low, low) == {"a": 1}, "a band asked for twice counts once"
    assert shared(store, now, 1, 2, 3, limit=1) == {"b": 3}
    assert shared(store, now, 8) == shared(store, now) == {}


def test_only_articles_first_seen_since_then_are_alike(store: Store, desk: Any, article: Make, now: Any) -> None:
    desk.put(article("old"), bands=(1,), now=now - 3 * DAY)
    desk.put(article("young"), bands=(1,), now=now)
    assert shared(store, now, 1, days=3) == {"old": 1, "young": 1}
    assert shared(store, now, 1, days=2) == {"young": 1}


@pytest.mark.parametrize("change", [Change.UPDATED, Change.SAME])
def test_bands_are_replaced_when_given_and_stay_when_not(
    store: Store, desk: Any, article: Make, now: Any, change: Change
) -> None:
    desk.put(article("one"), bands=(1, 2), now=now)
    desk.put(article("one", title=f"now {change}"), change=change, now=now + DAY)
    assert shared(store, now, 1, 2, 3) == {"one": 2}
    desk.put(article("one", title="again"), bands=(2, 3), change=change, now=now + DAY)
    assert (shared(store, now, 1), shared(store, now, 2, 3)) == ({}, {"one": 2})
    desk.put(article("one", title="again"), bands=(), change=change, now=now + DAY)
    assert shared(store, now, 1, 2, 3) == {}


def test_bands_are_not_kept_for_ever(store: Store, desk: Any, article: Make, now: Any) -> None:
    for number in range(120):
        desk.put(article(f"old{number}"), bands=(1, number + 100), now=now - 100 * DAY)
    assert len(shared(store, now, 1, days=200, limit=500)) == 120
    for number in range(3):
        desk.put(article(f"new{number}"), bands=(1,), now=now)
    assert set(shared(store, now, 1, days=200, limit=500)) == {"new0", "new1", "new2"}


def test_a_band_that_everything_shares_is_not_read_to_the_end(store: Store, desk: Any, article: Make, now: Any) -> None:
    desk.put(*(article(f"a{number}") for number in range(700)), bands=(1,), now=now)
    desk.put(article("newest"), bands=(1, 2), now=now + DAY)
    found = shared(store, now, 1, 2, limit=1000)
    assert len(found) < 700
    assert next(iter(found.items())) == ("newest", 2)


# --- markings -----------------------------------------------------------------------------------------------------


def test_a_marked_article_says_what_it_repeats(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("one"))
    assert (store.load(["one"])["one"].twin, store.load(["one"])["one"].original_id) == (None, None)
    marking = Marking(article_id="two", original_id="one", twin=Twin.COPY)
    assert desk.put(article("two", source_id="weekly"), markings=[marking]) == 2, "one number for both"
    two = store.load(["two"])["two"]
    assert (two.twin, two.original_id, two.seq) == (Twin.COPY, "one", 2)


def test_a_stored_article_that_is_marked_takes_a_number_once(store: Store, desk: Any, article: Make, now: Any) -> None:
    desk.put(article("one", keywords=("BMW",), section="china"), now=now)
    desk.put(article("two", source_id="weekly"), now=now)

    assert desk.mark("weekly", "one", Twin.COPY, "two") == 3
    assert desk.mark("weekly", "one", Twin.COPY, "two") == 3, "marked so already"
    assert desk.mark("weekly", "unknown", Twin.COPY, "two") == 3
    one = store.load(["one"])["one"]
    assert (one.seq, one.first_seen_at, one.changed_at) == (3, now, now)
    assert one.article == article("one", keywords=("BMW",), section="china")
    assert desk.ids(keywords=("bmw",)) == desk.ids(section="china") == ["one"]
    assert store.known("daily", [one.article.identity])[one.article.identity].seq == 3

    assert desk.mark("weekly", "one", Twin.COPY, "three") == 4
    assert desk.mark("weekly", "one", Twin.SAME, "three") == 5


def test_an_update_leaves_the_marking(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("one"))
    desk.open("weekly")
    desk.mark("weekly", "one", Twin.SAME, "two")
    desk.put(article("one", title="Edited", keywords=("x",)), change=Change.UPDATED)
    one = store.load(["one"])["one"]
    assert (one.article.title, one.twin, one.original_id) == ("Edited", Twin.SAME, "two")
    assert (desk.ids(), desk.ids(source="daily")) == ([], ["one"])


def test_an_edited_article_that_is_marked_at_once_takes_one_number(desk: Any, article: Make) -> None:
    desk.put(article("one"))
    marking = Marking(article_id="one", original_id="two", twin=Twin.COPY)
    assert desk.put(article("one", title="Edited"), change=Change.UPDATED, markings=[marking]) == 2
    assert desk.put(article("one", title="Edited"), change=Change.SAME, markings=[marking]) == 2


def test_markings_follow_an_article_to_the_row_it_is_stored_in(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("one", aliases=("guid",)))
    moved = article("other id", identity="moved", aliases=("guid",), title="Moved")
    markings = [
        Marking(article_id="other id", original_id="far", twin=Twin.COPY),
        Marking(article_id="three", original_id="other id", twin=Twin.COPY),
    ]
    desk.put(article("three", source_id="weekly"))
    desk.put(moved, change=Change.UPDATED, markings=markings)
    found = store.load(["one", "three"])
    assert (found["one"].original_id, found["three"].original_id) == ("far", "one")


def test_the_same_page_is_shown_by_its_own_source_only(store: Store, desk: Any, article: Make) -> None:
    fields = {"keywords": ("BMW", "China"), "section": "china", "language": "fr"}
    desk.put(article("original", **fields))
    desk.put(article("same", source_id="weekly", **fields))
    desk.put(article("copy", source_id="weekly", **fields))
    desk.mark("weekly", "same", Twin.SAME)
    desk.mark("weekly", "copy", Twin.COPY)

    anywhere: list[dict[str, Any]] = [
        {},
        {"languages": ("fr",)},
        {"section": "china"},
        {"section": "china", "languages": ("fr",)},
        {"keywords": ("bmw",)},
        {"keywords": ("bmw", "china"), "languages": ("fr",)},
    ]
    for query in anywhere:
        assert desk.ids(**query) == ["copy", "original"], query
        assert desk.ids(**query, copies=False) == ["original"], query
        assert desk.ids(**query, source="weekly") == ["copy", "same"], query
        assert desk.ids(**query, source="weekly", copies=False) == ["same"], query
        assert store.count(FeedQuery(**query)) == 2, query
        assert store.count(FeedQuery(**query, source="weekly")) == 2, query
    assert (store.languages(), store.sections()) == ({"fr": 2}, [("fr", "china", 2)])
    assert {(each.key, each.articles) for each in store.keywords()} == {("bmw", 2), ("china", 2)}
    assert {(each.key, each.articles) for each in store.keywords("fr")} == {("bmw", 2), ("china", 2)}


def test_words_that_only_the_same_page_has_are_not_in_the_directory(store: Store, desk: Any, article: Make) -> None:
    same = article("same", source_id="weekly", keywords=("Zander",), section="see", language="pl")
    desk.put(same, markings=[Marking(article_id="same", original_id="far", twin=Twin.SAME)])
    assert (store.languages(), store.sections(), store.keywords(), store.keywords("pl")) == ({}, [], [], [])
    assert store.labels(["zander"]) == {"zander": "Zander"}
    for query in ({"languages": ("pl",)}, {"keywords": ("zander",)}, {"keywords": ("zander",), "languages": ("pl",)}):
        assert desk.ids(**query) == []
        assert desk.ids(**query, source="weekly") == ["same"]
    desk.put(article("own", keywords=("Zander",), language="pl"))
    assert (store.languages(), [each.articles for each in store.keywords("pl")]) == ({"pl": 1}, [1])


def test_marking_and_editing_at_once_loses_neither(store: Store, desk: Any, article: Make) -> None:
    """Polls of two sources write to the same article: one edits its words, the other says what it repeats."""
    desk.open("daily", "weekly")
    desk.put(*(article(f"a{number}", keywords=("x",)) for number in range(20)))
    failures: list[BaseException] = []

    def run(step: Callable[[int], object]) -> None:
        try:
            for number in range(20):
                step(number)
        except BaseException as error:  # noqa: BLE001  # told in the main thread
            failures.append(error)

    def edit(number: int) -> None:
        edited = article(f"a{number}", title="Edited", keywords=("y",))
        update = Update(articles=(ArticleUpdate(article=edited, change=Change.UPDATED),))
        store.write(desk.claims["daily"], update, dt.datetime(2026, 11, 22, tzinfo=dt.UTC))

    threads = [
        threading.Thread(target=run, args=(step,))
        for step in (edit, lambda number: desk.mark("weekly", f"a{19 - number}", Twin.COPY))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = store.load([f"a{number}" for number in range(20)])
    assert {(each.article.title, each.twin) for each in found.values()} == {("Edited", Twin.COPY)}
    assert store.change_seq() == 60
    assert (len(desk.ids(keywords=("y",))), desk.ids(keywords=("x",)), store.count(FeedQuery())) == (20, [], 20)
    assert [(each.key, each.articles) for each in store.keywords()] == [("y", 20)]
