"""A recipe's selectors and a page's tree in, the fields they give out, each with the provenance ``recipe``.

A selector that finds nothing usable (no text, no date that can be read, no address, no language tag) leaves its field
to the general rules, whose provenance then stands beside the field: ``unmet`` tells which those are.
"""

from __future__ import annotations

from typing import Any

import lxml.html

from feeds.dates import read_date
from feeds.extract.found import Found, absolute
from feeds.extract.select import compile_selector
from feeds.folding import canonical_language
from feeds.model import PAGE_FIELDS, Item, Recipe
from feeds.names import split_keywords

BY_RECIPE = "recipe"


def select_fields(tree: lxml.html.HtmlElement, url: str, recipe: Recipe) -> dict[str, Found[Any] | None]:
    """What the recipe's selectors give, all but the body.

    Raises:
        ExtractError: a selector cannot be read or used.
    """
    found: dict[str, Found[Any] | None] = {}
    for key, field in PAGE_FIELDS.items():
        selector = getattr(recipe, key) if key != "body" else None
        value = select_value(tree, key, selector, url, recipe) if selector else None
        if value:
            found[field] = Found(value=value, where=BY_RECIPE)
    return found


def select_value(tree: lxml.html.HtmlElement, key: str, selector: str, url: str, recipe: Recipe) -> Any:
    """The value that a selector gives for one key of a recipe but ``body``; None when it finds nothing usable.

    ``recipe`` gives what is no selector: date forms, separators. Raises ExtractError as ``select_fields`` does.
    """
    return _usable(PAGE_FIELDS[key], compile_selector(selector).texts(tree), url, recipe)


def cut_out(tree: lxml.html.HtmlElement, recipe: Recipe) -> None:
    """Takes out of the tree what ``remove`` names; the words after such an element stay."""
    for element in compile_selector(recipe.remove).elements(tree) if recipe.remove else []:
        if element.tag not in {"html", "head", "body"} and element.getparent() is not None:
            element.drop_tree()


def unmet(recipe: Recipe, item: Item) -> tuple[str, ...]:
    """The recipe's keys for article pages that gave nothing on the page which ``item`` was read from."""
    return tuple(
        key
        for key, field in PAGE_FIELDS.items()
        if getattr(recipe, key) is not None and item.provenance.get(field) != BY_RECIPE
    )


def _usable(field: str, texts: list[str], url: str, recipe: Recipe) -> Any:
    """The value of a field among the selected texts; None when there is none."""
    if field == "authors":
        return texts
    if field == "keywords":
        return split_keywords(texts, recipe.keyword_separators)
    if field in {"published", "updated"}:
        return next((text for text in texts if read_date(text, formats=recipe.date_formats)), None)
    if field == "language":
        return next((text for text in texts if canonical_language(text.replace("_", "-"))), None)
    if field == "image":
        return next((address for text in texts if (address := absolute(url, text)).startswith("http")), None)
    return texts[0] if texts else None
