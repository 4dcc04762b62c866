"""Which selectors of a recipe find nothing any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.decide.stale import judge_listings, judge_pages, names_in, page_selectors, stale_reason
from feeds.model import PAGE_FIELDS, Item, Recipe

from .samples import item

RECIPE = Recipe(title="h1", body="div.text", authors=".by")


def pages(count: int, **where: str) -> list[dict[str, str]]:
    return [dict(where) for _ in range(count)]


def test_a_selector_that_finds_nothing_where_reading_does_is_stale() -> None:
    stale, working = judge_pages(RECIPE, pages(3, title="recipe", content_html="page", authors="json-ld"))
    assert set(stale) == {"body", "authors"}
    assert set(working) == {"title"}


@pytest.mark.parametrize(
    "read",
    [
        pages(2, content_html="page"),  # too few to tell
        [*pages(9, content_html="page"), {"content_html": "recipe"}],  # it still works somewhere
        pages(9),  # nothing there for anybody
        [*pages(3, content_html="page"), *pages(9)],  # hardly anywhere there
    ],
)
def test_what_cannot_be_told_is_not_stale(read: list[dict[str, str]]) -> None:
    assert judge_pages(RECIPE, read)[0] == frozenset()


def test_every_page_selector_of_a_recipe_is_watched() -> None:
    of_listing = {"entry", "link", "listed_title", "listed_date", "next_page"}
    no_selector = {"remove", "valid_until", "date_formats", "keyword_separators", "encoding"}
    assert set(Recipe.__dataclass_fields__) == {*PAGE_FIELDS, *of_listing, *no_selector}
    assert page_selectors(RECIPE) == ("title", "authors", "body")


def listed(number: int, url: str = "listing", title: str = "listing") -> Item:
    return replace(item(number), provenance={"url": url, "title": title})


def test_listings_are_stale_when_none_gives_an_article_by_the_recipe() -> None:
    recipe = Recipe(entry="li.old", listed_title="h3")
    old, new = [listed(1, "recipe", "recipe")], [listed(2), listed(3)]
    assert judge_listings(recipe, [new])[0] == {"entry"}
    assert judge_listings(recipe, [old, new]) == (frozenset(), frozenset({"entry", "listed_title"}))
    titles = [[listed(n, "recipe", "listing") for n in range(4)]]
    assert judge_listings(recipe, titles) == (frozenset({"listed_title"}), frozenset({"entry"}))
    assert judge_listings(recipe, []) == (frozenset(), frozenset())


def test_the_reason_names_the_selectors_and_can_be_read_again() -> None:
    reason = stale_reason({"body", "title"}, RECIPE)
    assert reason == ("recipe.title, recipe.body find nothing any more, reading without does: articles keep coming")
    assert names_in(f"timed out; {reason}; 3 articles") == {"title", "body"}
    assert stale_reason({"entry"}, RECIPE) == ""  # the operator removed it
    assert names_in("") == frozenset()
