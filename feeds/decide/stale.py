"""Which selectors of a recipe find nothing any more: what was read in, their names and the reason out.

A selector is stale when everything it was tried on was read without it: the field is there, and its provenance is not
``recipe``. What is not there at all says nothing of the selector. Pure: no input or output, no clock.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields

from feeds.model import PAGE_FIELDS, Item, Recipe

# on fewer pages a selector may find nothing by chance: no agency named, no picture
ENOUGH_PAGES = 3

_LISTING_FIELDS: Mapping[str, str] = {"listed_title": "title", "listed_date": "published"}
_NAMED = re.compile(r"\brecipe\.(\w+)")


def page_selectors(recipe: Recipe) -> tuple[str, ...]:
    """The fields for which the recipe has a selector of the article page."""
    return tuple(name for name in PAGE_FIELDS if getattr(recipe, name))


def listing_selectors(recipe: Recipe) -> tuple[str, ...]:
    """The fields for which the recipe has a selector of the listing page."""
    return tuple(name for name in ("entry", "link", *_LISTING_FIELDS) if getattr(recipe, name))


def judge_pages(recipe: Recipe, provenances: Sequence[Mapping[str, str]]) -> tuple[frozenset[str], frozenset[str]]:
    """Of article pages, by what their fields came from: the selectors that are stale, and those that work.

    Stale is one that found nothing on any of at least ``ENOUGH_PAGES`` pages, and for most of them the field was
    found without it. What is in neither set could not be told.
    """
    return _judge(page_selectors(recipe), PAGE_FIELDS, provenances)


def judge_listings(recipe: Recipe, listings: Collection[Sequence[Item]]) -> tuple[frozenset[str], frozenset[str]]:
    """As ``judge_pages``, for the items of each listing page that was read.

    ``entry`` and ``link`` are one thing: they name the articles. They are stale when not one listing gives any
    article by them: sections of one site may well be laid out in several ways.
    """
    names = tuple(name for name in ("entry", "link") if getattr(recipe, name))
    items = [item for listing in listings for item in listing]
    if not items:
        return frozenset(), frozenset()
    if names and not any(item.provenance.get("url") == "recipe" for item in items):
        return frozenset(names), frozenset()
    inside = [item.provenance for item in items if not names or item.provenance.get("url") == "recipe"]
    stale, working = _judge(tuple(name for name in _LISTING_FIELDS if getattr(recipe, name)), _LISTING_FIELDS, inside)
    return stale, working | frozenset(names)


def _judge(
    names: Iterable[str], given: Mapping[str, str], provenances: Sequence[Mapping[str, str]]
) -> tuple[frozenset[str], frozenset[str]]:
    stale, working = set(), set()
    for name in names:
        came_from = [one.get(given[name]) for one in provenances]
        without = [where for where in came_from if where and where != "recipe"]
        if "recipe" in came_from:
            working.add(name)
        elif len(without) >= ENOUGH_PAGES and 2 * len(without) >= len(provenances):
            stale.add(name)
    return frozenset(stale), frozenset(working)


def stale_reason(names: Collection[str], recipe: Recipe) -> str:
    """What to tell the operator; empty when the recipe has none of these selectors."""
    ordered = [
        f"recipe.{field.name}" for field in fields(recipe) if field.name in names and getattr(recipe, field.name)
    ]
    if not ordered:
        return ""
    find = "finds" if len(ordered) == 1 else "find"
    return f"{', '.join(ordered)} {find} nothing any more, reading without does: articles keep coming"


def names_in(reason: str) -> frozenset[str]:
    """The selectors that ``stale_reason`` named."""
    return frozenset(_NAMED.findall(reason))
