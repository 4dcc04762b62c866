"""A source with some of its pages in, a recipe for it out: what the generic readers find, said as selectors.

    listings ─► listing_case ─► suggest_for_listings ─┐
    pages ────► read_page ────► suggest_for_pages ────┴─► Suggestion: recipe, TOML, evidence

Nothing is suggested that was not tried on every page given. Selectors of the source's present recipe that still are
right on all of them are kept. No store, no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from feeds.errors import ExtractError
from feeds.extract.page import read_page
from feeds.extract.suggest_body import PageCase
from feeds.extract.suggest_listing import ListingCase, listing_case, suggest_for_listings
from feeds.extract.suggest_page import SUGGESTED, Suggested, judge, judge_body, page_case, suggest_for_pages
from feeds.model import PAGE_FIELDS, Document, Recipe, Source
from feeds.sources.keys import SELECTORS
from feeds.sources.writing import write_recipe

_OF_LISTINGS = ("entry", "link", "listed_title", "listed_date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A recipe that gives on all the pages what is found without it.

    ``toml`` is its ``[recipe]`` table with the evidence as comments, empty when nothing could be suggested.
    ``evidence`` says for each selector on how many pages it was tried; ``missing`` for each key without one, why.
    """

    recipe: Recipe
    toml: str
    evidence: Mapping[str, str]
    missing: Mapping[str, str]


def suggest_recipe(source: Source, listings: Sequence[Document], pages: Sequence[Document]) -> Suggestion:
    """Draft a recipe.

    Args:
        source: whose recipe may hold hints that are no selectors (encoding, date forms, separators): they are kept,
            and so are its selectors that are right on every page.
        listings: listing pages of the source, as fetched; may be empty.
        pages: article pages of the source, as fetched; may be empty. Those that are no articles are left out.
    """
    no_selectors: dict[str, Any] = dict.fromkeys(SELECTORS)
    plain = replace(source.recipe, valid_until=None, **no_selectors)
    listed = _listing_cases(listings, plain)
    read = _page_cases(pages, plain)
    found = suggest_for_listings(listed, source.recipe)
    kept = _kept_of_pages(source.recipe, read)
    drafted = suggest_for_pages(read, plain)
    if "body" in kept:
        drafted.pop("remove", None)
    found |= drafted | kept
    chosen: dict[str, Any] = {key: one.selector for key, one in found.items()}
    evidence = {key: _evidence(key, one) for key, one in found.items()}
    recipe = replace(plain, **chosen)
    return Suggestion(
        recipe=recipe,
        toml=write_recipe(recipe, comments=evidence) if found else "",
        evidence=evidence,
        missing=_missing(found, listed, read, listings, pages),
    )


def _listing_cases(listings: Sequence[Document], recipe: Recipe) -> list[ListingCase]:
    cases: list[ListingCase] = []
    for document in listings:
        try:
            case = listing_case(document, encoding=recipe.encoding)
        except ExtractError:
            continue
        if case is not None:
            cases.append(case)
    return cases


def _page_cases(pages: Sequence[Document], recipe: Recipe) -> list[PageCase]:
    cases: list[PageCase] = []
    for page in pages:
        try:
            item = read_page(page.body, page.url, content_type=page.content_type, recipe=recipe)
            case = page_case(page.body, item, content_type=page.content_type, encoding=recipe.encoding)
        except ExtractError:
            continue
        cases.append(case)
    return cases


def _kept_of_pages(recipe: Recipe, cases: Sequence[PageCase]) -> dict[str, Suggested]:
    """The present selectors for article pages that are right on every page; ``remove`` stays as it is."""
    kept: dict[str, Suggested] = {}
    for key in PAGE_FIELDS:
        text = getattr(recipe, key)
        if text is None or not cases:
            continue
        judged = judge_body(cases, recipe) if key == "body" else judge(key, text, cases, recipe)
        if judged is not None:
            kept[key] = judged
    if "body" in kept and recipe.remove:
        kept["remove"] = replace(kept["body"], selector=recipe.remove, note="")
    return kept


def _evidence(key: str, one: Suggested) -> str:
    where = "listing" if key in _OF_LISTINGS else "article"
    pages = f"{where} page{'s' if one.pages != 1 else ''}"
    others = "" if one.found == one.pages else ", the others have none"
    return f"on {one.found} of {one.pages} {pages}{others}" + (f", {one.note}" if one.note else "")


def _missing(
    found: Mapping[str, Suggested],
    listed: Sequence[ListingCase],
    read: Sequence[PageCase],
    listings: Sequence[Document],
    pages: Sequence[Document],
) -> dict[str, str]:
    """Why a key has no selector, in words."""
    why: dict[str, str] = {}
    for key in _OF_LISTINGS:
        if key in found or not listings:
            continue
        why[key] = _no_selector(sum(bool(_on_listing(key, case)) for case in listed), len(listed), "listing page")
    for key in SUGGESTED:
        if key in found or not pages:
            continue
        count = sum(bool(getattr(case.item, PAGE_FIELDS[key])) for case in read)
        why[key] = _no_selector(count, len(read), "article page")
        where = sorted({case.item.provenance.get(PAGE_FIELDS[key], "") for case in read} - {""})
        if count and where:
            why[key] += f"; it is read from: {', '.join(where)}"
    return why


def _on_listing(key: str, case: ListingCase) -> object:
    return {"listed_title": case.titles, "listed_date": case.dates}.get(key, case.articles)


def _no_selector(found: int, of: int, what: str) -> str:
    if not of:
        return f"none of the {what}s could be read"
    if not found:
        return f"not found on any of {of} {what}s"
    return f"found on {found} of {of} {what}s, and no selector says the same on all of them"
