"""Listing pages with the articles found on them in, selectors out that name the very same articles.

A candidate for the entry comes from the blocks around the articles' links. It may name nothing that the generic reader
did not find; up to three together must name all that it found, on every page given. Title and date inside an entry are
checked against those that were found without selectors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice
from typing import Any

import lxml.html

from feeds.dates import read_date
from feeds.errors import ExtractError
from feeds.extract.found import clean
from feeds.extract.listing_choice import Listed, choose_articles
from feeds.extract.listing_entry import Entries
from feeds.extract.listing_links import Addresses, PageLinks, base_url, collect_links
from feeds.extract.listing_recipe import Named, read_by_recipe
from feeds.extract.select import compile_selector
from feeds.extract.selectors import selectors_of
from feeds.extract.suggest_page import Suggested
from feeds.extract.tree import parse_html
from feeds.model import Document, Recipe

Element = lxml.html.HtmlElement

_LOOKED_AT = 4  # articles of a page whose surroundings give candidates
_MOST_TRIED = 150
_MOST_TOGETHER = 3
_LEVELS = 8
_SHORTEST_FRAGMENT = 3
_MOST_ADDRESSES = 30
_LONGEST_ADDRESS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingCase:
    """A listing page with what the generic reader found: per address title and date."""

    tree: Element
    links: PageLinks
    addresses: Addresses
    articles: tuple[Listed, ...]
    titles: dict[str, str]
    dates: dict[str, str]

    @property
    def identities(self) -> frozenset[str]:
        """The articles' addresses, as they are compared."""
        return frozenset(article.identity for article in self.articles)


def listing_case(document: Document, *, encoding: str | None) -> ListingCase | None:
    """A listing read without selectors; None when no article is found on it.

    Raises:
        ExtractError: the document cannot be read at all.
    """
    tree = parse_html(document.body, content_type=document.content_type, encoding=encoding)
    try:
        addresses = Addresses(base_url(tree, document.url), document.url)
    except ValueError as error:
        raise ExtractError(f"the page's own address cannot be read: {error}", url=document.url) from error
    links = collect_links(tree, addresses)
    articles = choose_articles(links.links, links.in_regions) or choose_articles(links.in_regions)
    if not articles:
        return None
    entries = Entries(articles)
    described = {article.identity: entries.describe(article) for article in articles}
    return ListingCase(
        tree=tree,
        links=links,
        addresses=addresses,
        articles=tuple(articles),
        titles={name: clean(one.title) for name, one in described.items() if one.title},
        dates={name: one.published for name, one in described.items() if one.published},
    )


def suggest_for_listings(cases: Sequence[ListingCase], present: Recipe) -> dict[str, Suggested]:
    """By the recipe's key: ``entry``, and what else is right inside it; nothing where no entry is.

    What the ``present`` recipe has, and what is right on every page, stays; it also gives the date forms.
    """
    bare = Recipe(date_formats=present.date_formats)
    found: dict[str, str] = {}
    if present.entry is None and present.link is not None:
        found = {"link": present.link} if _agree("link", cases, replace(bare, link=present.link)) else {}
    if not found:
        entry = present.entry if present.entry and _agree("link", cases, replace(bare, entry=present.entry)) else None
        entry = entry or (_entry_of(cases) if cases else None)
        if entry is None:
            return {}
        found = {"entry": entry}
    chosen = _with(bare, found)
    for key in ("link", "listed_title", "listed_date"):
        if key in found:
            continue
        there = getattr(present, key)
        candidates = [there] if there else []
        candidates += _inside(key, found["entry"], cases) if "entry" in found else []
        best = next((one for one in candidates if _agree(key, cases, _with(chosen, {key: one}))), None)
        if best is not None:
            found[key] = best
            chosen = _with(chosen, {key: best})
    count = len(cases)
    return {key: Suggested(selector=text, found=count, pages=count) for key, text in found.items()}


def _with(recipe: Recipe, given: dict[str, Any]) -> Recipe:
    return replace(recipe, **given)


def _agree(key: str, cases: Sequence[ListingCase], recipe: Recipe) -> bool:
    """Whether the recipe names, on every page, the very articles that are found without it, and ``key`` the same."""
    return bool(cases) and all(_agrees(key, case, recipe) for case in cases)


def _agrees(key: str, case: ListingCase, recipe: Recipe) -> bool:
    named = {one.url: one for one in _read(case, recipe)}
    by_identity = {_identity(case, url): one for url, one in named.items()}
    if by_identity.keys() != case.identities:
        return False
    if key == "listed_title":
        given = {name: clean(one.described.title) for name, one in by_identity.items() if "title" in one.by_recipe}
        return given == case.titles
    if key == "listed_date":
        read = {
            name: read_date(one.described.published or "", formats=recipe.date_formats)
            for name, one in by_identity.items()
            if "published" in one.by_recipe
        }
        return read == {name: read_date(date, formats=recipe.date_formats) for name, date in case.dates.items()}
    return True


def _read(case: ListingCase, recipe: Recipe) -> list[Named]:
    try:
        return read_by_recipe(case.tree, case.links, case.addresses, recipe)
    except ExtractError:
        return []


def _identity(case: ListingCase, url: str) -> str:
    found = case.addresses.read(url)
    return found[1] if found else url


# --- one listed article -----------------------------------------------------------------------------------------


def _entry_of(cases: Sequence[ListingCase]) -> str | None:
    """The selector, or up to three joined, that name all articles of all pages and nothing else."""
    wanted = {(number, name) for number, case in enumerate(cases) for name in case.identities}
    named: dict[str, set[tuple[int, str]]] = {}
    for candidate in _entry_candidates(cases):
        reach = {
            (number, _identity(case, one.url))
            for number, case in enumerate(cases)
            for one in _read(case, Recipe(entry=candidate))
        }
        if reach == wanted:
            return candidate
        if reach and reach <= wanted:
            named[candidate] = reach
    chosen: list[str] = []
    left = set(wanted)
    while left and named and len(chosen) < _MOST_TOGETHER:
        best = max(named, key=lambda text: len(named[text] & left))
        if not named[best] & left or best.startswith(("/", "(")):
            break
        chosen.append(best)
        left -= named.pop(best)
    together = ", ".join(chosen)
    return together if chosen and not left and all(_agrees("link", c, Recipe(entry=together)) for c in cases) else None


def _entry_candidates(cases: Sequence[ListingCase]) -> list[str]:
    """Selectors of the blocks around some articles of each page, those that fit the most of them first."""
    counts: Counter[str] = Counter()
    tags: dict[str, None] = {}
    for case in cases:
        step = max(1, len(case.articles) // _LOOKED_AT)
        for article in case.articles[::step]:
            forms: dict[str, None] = {}
            for element in _around(case, article):
                forms.update(dict.fromkeys(selectors_of(element)))
                tags[str(element.tag)] = None
            counts.update(list(forms))
    best = [text for text, _ in counts.most_common(_MOST_TRIED)]
    fragment = _fragment_of(cases)
    by_address = [f"//{tag}[.//a[contains(@href, '{fragment}')]]" for tag in tags if tag != "a"] if fragment else []
    return [*best, *by_address]


def _around(case: ListingCase, article: Listed) -> Iterator[Element]:
    """From the article's own block down to its link: a block is the largest element that lists it alone."""
    others = {link.anchor for one in case.articles if one.identity != article.identity for link in one.links}
    for link in article.links[:2]:
        chain = [link.anchor]
        for above in islice(link.anchor.iterancestors(), _LEVELS):
            if above.tag in {"html", "body", "main"} or any(anchor in others for anchor in above.iter("a")):
                break
            chain.append(above)
        yield from reversed(chain)


def _fragment_of(cases: Sequence[ListingCase]) -> str:
    """A piece of the address, as written, that all articles have in common; without digits at its ends."""
    written = [
        (link.anchor.get("href") or "")[:_LONGEST_ADDRESS]
        for case in cases
        for article in case.articles
        for link in article.links[:1]
    ]
    common = reduce(_longest_common, written[:_MOST_ADDRESSES]) if written else ""
    common = re.sub(r"^\d+|\d+$", "", common)
    return common if len(common) >= _SHORTEST_FRAGMENT and "'" not in common else ""


def _longest_common(one: str, other: str) -> str:
    for length in range(min(len(one), len(other)), 0, -1):
        for start in range(len(one) - length + 1):
            if one[start : start + length] in other:
                return one[start : start + length]
    return ""


# --- inside an entry --------------------------------------------------------------------------------------------


def _inside(key: str, entry: str, cases: Sequence[ListingCase]) -> list[str]:
    """Candidates for the link, the title or the date, from some entries of each page."""
    counts: Counter[str] = Counter()
    for case in cases:
        elements = compile_selector(entry).elements(case.tree)
        for element in elements[:: max(1, len(elements) // _LOOKED_AT)]:
            forms: dict[str, None] = {"a": None} if key == "link" else {}
            # what says nothing else comes first, and the entry itself would name nothing
            holders = [one for one in _holders(key, element, case) if one is not element]
            for one in sorted(holders, key=lambda one: len(one.text_content())):
                forms.update(dict.fromkeys(selectors_of(one, within=element)))
                if one.getparent() is element or one.tag in {"a", "span", "small"}:
                    forms[str(one.tag)] = None
            counts.update(list(forms))
    return [text for text, _ in counts.most_common(_MOST_TRIED)]


def _holders(key: str, entry: Element, case: ListingCase) -> Iterator[Element]:
    anchors = {link.anchor: article.identity for article in case.articles for link in article.links}
    if key == "link":
        yield from (anchor for anchor in entry.iter("a") if anchor in anchors)
        return
    identity = next((anchors[anchor] for anchor in entry.iter("a") if anchor in anchors), None)
    if identity is None:
        return
    for element in entry.iter():
        if not isinstance(element.tag, str):
            continue
        words = element.get("datetime") or clean("".join(map(str, element.itertext())))
        if key == "listed_title":
            fits = bool(words) and words == case.titles.get(identity)
        else:
            date = case.dates.get(identity)
            fits = bool(date) and len(words) < len(date or "") + 60 and read_date(words) == read_date(date or "")
        if fits:
            yield element
