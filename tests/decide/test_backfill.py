"""What of a long list is wanted, first and later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from feeds.decide.backfill import UNREAD, choose_children, choose_entries, entry_date, in_order, newest_first
from feeds.extract.sitemap import Child
from feeds.model import Item, TargetRecord

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
BEFORE = TargetRecord(read_at=NOW - dt.timedelta(hours=1))


def item(name: str, updated: str | None = None, published: str | None = None) -> Item:
    return Item(url=f"https://www.example.org/{name}", updated=updated, published=published)


def names(items: Sequence[Item]) -> str:
    return " ".join(one.url.rsplit("/", 1)[-1] for one in items)


@pytest.mark.parametrize(
    ("one", "date"),
    [
        (item("a", updated="2026-11-20", published="2026-11-01"), "2026-11-20"),
        (item("a", published="Fri, 20 Nov 2026 08:00:00 +0100"), "2026-11-20"),
        (item("a", updated="when it was ready"), None),
        (item("2026/11/20/a"), "2026-11-20"),
        (item("20261120-a"), "2026-11-20"),
        (item("2026-02-31-a"), None),
        (item("a", updated="2026-10"), "2026-10-31"),
        (item("a", updated="2025"), "2025-12-31"),
        (item("a-12345678"), None),
    ],
)
def test_entry_date(one: Item, date: str | None) -> None:
    found = entry_date(one)
    assert (found.date().isoformat() if found else None) == date


def test_a_month_in_an_address_is_over_when_its_last_day_is() -> None:
    found = entry_date(item("2026/11/a"))
    assert found is not None
    assert found >= NOW


def test_the_first_reading_takes_the_newest_and_remembers_only_what_could_seem_new() -> None:
    items = [item("old", "2020-01-01"), item("undated"), item("new", "2026-11-22"), item("today", "2026-11-21")]
    chosen = choose_entries(items, None, room=1, now=NOW)
    assert names(chosen.wanted) == "new"
    assert names(chosen.left_out) == "today undated"
    assert names(newest_first(items)) == "new today old undated"


def test_a_later_reading_wants_what_memory_must_decide() -> None:
    items = [item("old", "2020-01-01"), item("undated"), item("new", "2026-11-22"), item("late", "2026-11-21")]
    chosen = choose_entries(items, BEFORE, room=1, now=NOW)
    assert names(chosen.wanted) == "new late undated"
    assert chosen.left_out == ()


def test_of_a_sitemap_that_was_there_and_never_read_only_the_dated_count() -> None:
    unread = TargetRecord(read_at=BEFORE.read_at, validators=UNREAD)
    items = [item("old", "2020-01-01"), item("undated"), item("new", "2026-11-22")]
    chosen = choose_entries(items, unread, room=100, now=NOW, index_read_at=BEFORE.read_at)
    assert (names(chosen.wanted), names(chosen.left_out)) == ("new", "undated")


def test_of_a_sitemap_that_is_new_in_its_index_the_undated_count_too() -> None:
    items = [item("old", "2020-01-01"), item("undated"), item("new", "2026-11-22")]
    chosen = choose_entries(items, None, room=100, now=NOW, index_read_at=BEFORE.read_at)
    assert (names(chosen.wanted), names(chosen.left_out)) == ("new undated", "")


def child(name: str, lastmod: str | None = None) -> Child:
    return Child(url=f"https://www.example.org/{name}", lastmod=lastmod)


@pytest.mark.parametrize(
    "ordered",
    [
        (child("b.xml", "2026-11-02"), child("a.xml", "2026-11-01T10:00Z"), child("c.xml", "2026-10"), child("d.xml")),
        (child("news.xml"), child("posts-12.xml"), child("posts-2.xml"), child("tag-99.xml")),
        (child("sitemap-2026-11.xml"), child("sitemap-2026-9.xml"), child("sitemap-2025-12.xml"), child("users.xml")),
        (child("post-sitemap1.xml", "2020-01-01"), child("category-sitemap.xml", "2026-11-20")),
    ],
)  # fmt: skip
def test_sitemaps_in_the_order_of_their_news(ordered: tuple[Child, ...]) -> None:
    assert in_order(reversed(ordered)) == list(ordered)


def test_sitemaps_that_did_not_change_are_left_alone() -> None:
    children = [child("a.xml", "2026-11-01"), child("b.xml", "2026-11-02"), child("c.xml", "2026-11-03")]
    known = {children[0].url: TargetRecord(read_at=NOW, lastmod="2026-11-01"), children[1].url: BEFORE}
    assert choose_children(children, known, most=10) == (children[2], children[1])
    assert choose_children(children, known, most=1) == (children[2],)


def test_undated_sitemaps_take_turns() -> None:
    children = [child(f"s-{number}.xml") for number in range(10)]
    known = {one.url: TargetRecord(read_at=NOW - dt.timedelta(hours=number)) for number, one in enumerate(children)}
    chosen = choose_children(children, known, most=4)
    assert [one.url[-5] for one in chosen] == ["9", "8", "7", "6"]  # likely by name, then longest unread
    old = {one.url: TargetRecord(read_at=NOW - dt.timedelta(hours=10 - number)) for number, one in enumerate(children)}
    assert [one.url[-5] for one in choose_children(children, old, most=4)] == ["9", "8", "0", "1"]
