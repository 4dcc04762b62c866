"""Which articles a poll reads, as tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.decide.joining import join_items
from feeds.decide.plan import Wanted, listed_hash, plan_entries, plan_pages
from feeds.decide.records import read_record
from feeds.model import Item, PageRecord, PageState

from .samples import NOW, SOURCE, entry, item, record


def test_new_pages_are_fetched_oldest_first() -> None:
    plan = plan_pages([item(3), item(2), item(1)], {}, [], now=NOW, limit=10)
    assert [want.item.url[-1] for want in plan.pages] == ["1", "2", "3"]
    assert plan.left == 0


def test_over_the_limit_the_newest_go_first_and_the_rest_is_counted() -> None:
    plan = plan_pages([item(n) for n in (5, 4, 3, 2, 1)], {}, [], now=NOW, limit=2)
    assert [want.item.url[-1] for want in plan.pages] == ["4", "5"]
    assert plan.left == 3


def test_a_page_that_was_read_is_left_alone_until_its_listing_changes() -> None:
    seen = {item(1).url: record(item(1))}
    assert plan_pages([item(1)], seen, [], now=NOW, limit=10).pages == ()
    changed = plan_pages([item(1, title="Corrected title")], seen, [], now=NOW, limit=10)
    assert [want.before for want in changed.pages] == [seen[item(1).url]]


@pytest.mark.parametrize("clock", ["vor 2 Stunden", "14:03", "3 min", None])
def test_a_listing_date_that_changes_by_itself_asks_for_nothing(clock: str | None) -> None:
    assert listed_hash(item(1, published=clock)) == listed_hash(item(1, published="vor 5 Minuten"))


def test_a_corrected_listing_date_counts() -> None:
    assert listed_hash(item(1, published="08.07.2020")) != listed_hash(item(1))
    assert listed_hash(item(1, published="08.07.20")) != listed_hash(item(1, published="07.07.20"))


@pytest.mark.parametrize(
    ("state", "retry_at", "fetched"),
    [
        (PageState.FAILED, NOW - dt.timedelta(seconds=1), True),
        (PageState.FAILED, NOW + dt.timedelta(seconds=1), False),
        (PageState.GIVEN_UP, None, False),
        (PageState.NOT_ARTICLE, None, False),
    ],
)
def test_failed_pages_wait_and_hopeless_ones_rest(
    state: PageState, retry_at: dt.datetime | None, *, fetched: bool
) -> None:
    seen = {item(1).url: record(item(1), state, retry_at=retry_at)}
    assert bool(plan_pages([item(1)], seen, [], now=NOW, limit=10).pages) is fetched


def test_due_pages_come_along_whether_listed_or_not() -> None:
    listed, unlisted = record(item(1)), record(item(2), section="kultur")
    plan = plan_pages([item(1)], {item(1).url: listed}, [listed, unlisted], now=NOW, limit=10)
    wanted = {want.item.url: want.item for want in plan.pages}
    assert wanted[item(1).url] == item(1)
    assert wanted[item(2).url] == Item(url=item(2).url, section="kultur")


# --- read under another configuration ---------------------------------------------------------------------------


def test_what_was_read_under_another_recipe_is_read_again_once() -> None:
    items = [item(n) for n in (3, 2, 1)]
    seen = {one.url: record(one, read_as="old") for one in items}
    plan = plan_pages(items, seen, [], now=NOW, limit=10, read_as="new", rereads=200)
    assert [want.item.url[-1] for want in plan.pages] == ["1", "2", "3"]
    assert all(want.validators is None for want in plan.pages)  # asked for whole, whatever its server remembers
    again = {url: replace(one, read_as="new") for url, one in seen.items()}
    assert plan_pages(items, again, [], now=NOW, limit=10, read_as="new", rereads=200).pages == ()


def test_only_the_newest_are_read_again_and_what_had_to_wait_is_left() -> None:
    items = [item(n) for n in range(9, 0, -1)]
    seen = {one.url: record(one, read_as="old") for one in items}
    plan = plan_pages(items, seen, [], now=NOW, limit=3, read_as="new", rereads=5)
    assert len(plan.pages) == 3
    assert plan.left == 2
    assert {want.item.url[-1] for want in plan.pages} <= set("98765")


@pytest.mark.parametrize("read_as", ["", "new"])
def test_what_does_not_say_how_it_was_read_is_left_alone(read_as: str) -> None:
    seen = {item(1).url: record(item(1), read_as="" if read_as else "old")}
    assert plan_pages([item(1)], seen, [], now=NOW, limit=10, read_as=read_as, rereads=200).pages == ()


def test_new_articles_come_before_those_read_again() -> None:
    seen = {item(1).url: record(item(1), read_as="old")}
    plan = plan_pages([item(2), item(1)], seen, [], now=NOW, limit=1, read_as="new", rereads=200)
    assert [want.item.url[-1] for want in plan.pages] == ["2"]
    assert plan.left == 1


# --- several kinds name one article -----------------------------------------------------------------------------


def test_what_was_skipped_is_never_fetched() -> None:
    seen = {item(1).url: record(item(1), PageState.SKIPPED, read_as="old")}
    listed = [item(1, title="Another title")]
    assert plan_pages(listed, seen, [], now=NOW, limit=10, read_as="new", rereads=200).pages == ()


def test_words_of_different_kinds_are_not_compared() -> None:
    by_feed, by_page = entry(1, title="The title in the feed"), item(1, title="On the page: a title")
    for known_as, named in ((by_feed, by_page), (by_page, by_feed)):
        seen = {known_as.url: record(known_as)}
        assert plan_pages([named], seen, [], now=NOW, limit=10).pages == ()
    corrected = replace(by_feed, title="Corrected in the feed")
    assert len(plan_pages([corrected], {by_feed.url: record(by_feed)}, [], now=NOW, limit=10).pages) == 1


def test_what_another_page_adds_is_no_change() -> None:
    alone = entry(1, title="The title")
    with_date = replace(alone, updated="2026-11-20T08:00:00Z", provenance={**alone.provenance, "updated": "sitemap"})
    assert listed_hash(with_date) == listed_hash(alone)


def test_whole_entries_are_read_when_new_changed_or_read_otherwise() -> None:
    old, fresh, edited, otherwise, failed = (entry(n) for n in range(1, 6))
    wanted = [
        Wanted(item=old, before=record(old, PageState.ENTRY, read_as="now")),
        Wanted(item=fresh, before=None),
        Wanted(item=edited, before=record(replace(edited, title="Before"), PageState.ENTRY, read_as="now")),
        Wanted(item=otherwise, before=record(otherwise, PageState.ENTRY, read_as="then")),
        Wanted(item=failed, before=record(failed, PageState.FAILED)),
    ]
    assert [want.item for want in plan_entries(wanted, read_as="now")] == [fresh, edited, otherwise, failed]


# --- whatever is listed when ------------------------------------------------------------------------------------


@given(
    polls=st.lists(st.lists(st.tuples(st.integers(1, 8), st.sampled_from(["feed", "listing", "sitemap"]))), max_size=8),
    limit=st.integers(1, 4),
)
def test_every_article_is_read_once_whoever_names_it_how_often(polls: list[list[tuple[int, str]]], limit: int) -> None:
    """Section pages, feeds and sitemaps name articles in any order; nothing changes, nothing fails."""
    seen: dict[str, PageRecord] = {}
    read: list[str] = []
    for named in polls:
        items = [entry(n) if kind == "feed" else replace(item(n), provenance={"url": kind}) for n, kind in named]
        listed = join_items(items)
        while True:
            plan = plan_pages(listed, seen, [], now=NOW, limit=limit, read_as="r", rereads=200)
            for want in plan.pages:
                read.append(want.item.url)
                seen[want.item.url] = read_record(want, now=NOW, source=SOURCE, article_id=want.item.url)
                seen[want.item.url] = replace(seen[want.item.url], read_as="r")
            if not plan.left:
                break
    assert sorted(read) == sorted({item(n).url for named in polls for n, _ in named})
