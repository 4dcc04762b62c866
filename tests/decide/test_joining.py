"""One article named by several pages of its source is one item."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.decide.joining import join_items, origin_of
from feeds.model import Item

from .samples import entry, item

PICTURE = "https://example.org/1.jpg"
LISTED = replace(item(1), section="kultur", image=PICTURE, provenance={"url": "recipe", "image": "listing"})


def test_what_each_says_is_kept_whoever_comes_first() -> None:
    for items in ([LISTED, entry(1)], [entry(1), LISTED]):
        (one,) = join_items(items)
        assert (one.guid, one.content_html, one.section, one.image) == (
            "guid-1",
            "<p>Text 1</p>",
            "kultur",
            PICTURE,
        )
        assert origin_of(one) == "feed"
        assert one.provenance["image"] == "listing"


def test_another_spelling_of_the_address_is_the_same_article() -> None:
    other = replace(entry(1), url="http://example.org/1?utm_source=rss")
    assert [one.url for one in join_items([LISTED, other])] == [LISTED.url]


@pytest.mark.parametrize(
    "spelling",
    ["https://{}/harbour-opens-again", "https://m.{}/harbour-opens-again/", "https://{}/amp/harbour-opens-again"],
)
@pytest.mark.parametrize("other", ["https://www.{}/harbour-opens-again/", "http://{}/harbour-opens-again/amp/"])
def test_section_page_feed_and_sitemap_may_each_name_another_form_of_the_page(spelling: str, other: str) -> None:
    first = replace(LISTED, url=spelling.format("example.org"))
    second = replace(entry(1), url=other.format("example.org"))
    third = replace(item(1), url="https://example.org/harbour-opens-again", provenance={"url": "sitemap"})
    assert [one.url for one in join_items([first, second, third])] == [first.url]


def test_fronts_of_other_hosts_stay_apart() -> None:
    fronts = [replace(item(n), url=url) for n, url in enumerate(["https://example.org/", "https://m.example.org/"])]
    assert join_items(fronts) == fronts


def test_a_guid_joins_what_the_address_does_not() -> None:
    moved = replace(entry(1), url="https://example.org/moved")
    assert len(join_items([entry(1), moved, replace(LISTED, url=moved.url)])) == 1


def test_entries_that_share_a_page_stay_apart() -> None:
    page = "https://example.org/releases"
    entries = [replace(entry(n), url=page) for n in (1, 2, 3)]
    assert join_items(entries, {page}) == entries


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["feed", "listing", "sitemap"])), max_size=12))
def test_joining_keeps_every_article_once_in_the_order_of_its_first_mention(named: list[tuple[int, str]]) -> None:
    items = [entry(n) if kind == "feed" else replace(item(n), provenance={"url": kind}) for n, kind in named]
    joined: list[Item] = join_items(items)
    assert [one.url for one in joined] == list(dict.fromkeys(one.url for one in items))
    assert join_items(joined) == joined
