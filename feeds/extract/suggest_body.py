"""Article pages with the bodies that were read of them in; a selector of the body, and of what to cut out of it, out.

The element that holds the body's words mostly holds more: bylines, boxes, links to other articles. What the generic
reader left out of it is named by ``remove``, as far as its names last and it holds none of the body's words anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice

import lxml.html

from feeds.errors import ExtractError
from feeds.extract.body import read_body
from feeds.extract.page_recipe import cut_out
from feeds.extract.select import compile_selector
from feeds.extract.selectors import selectors_of
from feeds.model import Item, Recipe

Element = lxml.html.HtmlElement
Lines = Counter[str]

_MOST_TRIED = 40
_COVERED = 0.97
# the share of equal words: what is set into a text, such as captions, is read in more than one way
EQUAL = 0.95
_WITH_REMOVAL = 4
_MOST_REMOVED = 12
# a text of one paragraph stands in what holds the paragraph
_PARAGRAPHS = frozenset({"p", "span", "b", "strong", "font", "blockquote"})
_SILENT = frozenset({"script", "style", "noscript", "template", "svg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCase:
    """A page with what the generic reader found on it."""

    tree: Element
    url: str
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedBody:
    """Selectors of a body; ``alike`` is the share of equal words on the page where it is lowest, 0 to 1."""

    body: str
    remove: str | None
    alike: float


def suggest_body(cases: Sequence[PageCase]) -> SuggestedBody | None:
    """The selector that gives the body on every page, if need be with what is cut out; None when none does."""
    expected = [_expected(case) for case in cases]
    if not cases or not all(expected):
        return None
    scored: list[tuple[float, str]] = []
    tried: set[tuple[Element, ...]] = set()
    for candidate in _candidates(cases, expected):
        selected = tuple(one for case in cases for one in compile_selector(candidate).elements(case.tree))
        if selected in tried:
            continue  # another name for the same elements
        tried.add(selected)
        alike = body_likeness(cases, Recipe(body=candidate))
        if alike >= EQUAL:
            return SuggestedBody(body=candidate, remove=None, alike=alike)
        scored.append((alike, candidate))
    scored.sort(key=lambda one: -one[0])
    for alike, candidate in scored[:_WITH_REMOVAL]:
        remove = _removable(candidate, cases, expected) if alike else None
        if remove:
            better = body_likeness(cases, Recipe(body=candidate, remove=remove))
            if better >= EQUAL:
                return SuggestedBody(body=candidate, remove=remove, alike=better)
    return None


def body_likeness(cases: Sequence[PageCase], recipe: Recipe) -> float:
    """How alike the recipe's body and the generic reader's are, on the page where they are least so; 0 to 1."""
    least = 1.0 if cases else 0.0
    for case in cases:
        least = min(least, _likeness(_expected(case), _given(case, recipe)))
        if not least:
            break
    return least


def _expected(case: PageCase) -> Lines:
    return _lines_of_html(case.item.content_html)


def _given(case: PageCase, recipe: Recipe) -> Lines:
    tree = case.tree
    try:
        if not recipe.body or not compile_selector(recipe.body).elements(tree):
            return Counter()
        if recipe.remove:
            tree = deepcopy(tree)
            cut_out(tree, recipe)
        body = read_body(tree, url=case.url, selector=recipe.body, title=case.item.title)
    except ExtractError:
        return Counter()
    return _lines_of_html(body.html) if body.provenance == "recipe" else Counter()


def _lines_of_html(html: str | None) -> Lines:
    return _lines(lxml.html.fragment_fromstring(html, create_parent="div")) if html else Counter()


def _lines(part: Element) -> Lines:
    """The texts of a part of a page without white space, each with how often it stands there."""
    return Counter(
        line
        for element in part.iter()
        if isinstance(element.tag, str)
        for text in (
            element.text if element.tag not in _SILENT else None,
            element.tail if element is not part else None,
        )
        if text and (line := "".join(text.split()))
    )


def _likeness(one: Lines, other: Lines) -> float:
    """F1 over the characters of equal texts."""
    sizes = [sum(len(text) * count for text, count in lines.items()) for lines in (one & other, one, other)]
    return 2 * sizes[0] / max(1, sizes[1] + sizes[2])


# --- what holds the body ----------------------------------------------------------------------------------------


def _candidates(cases: Sequence[PageCase], expected: Sequence[Lines]) -> list[str]:
    counts: Counter[str] = Counter()
    for case, lines in zip(cases, expected, strict=True):
        holders = _holders(case.tree, lines)
        counts.update(list(dict.fromkeys(text for element in holders for text in selectors_of(element))))
    # one that another page's holder does not suggest may still match it
    return [text for text, _ in counts.most_common(_MOST_TRIED)]


def _holders(tree: Element, lines: Lines) -> list[Element]:
    """The smallest elements that hold nearly all of the body's words, and two around it."""
    element = tree.find("body")
    chain: list[Element] = []
    wanted = _COVERED * sum(map(len, lines))
    while element is not None:
        chain.append(element)
        element = next((child for child in element if _covers(child, lines, wanted)), None)
    return [one for one in reversed(chain[-3:]) if one.tag != "body"]


def _covers(element: Element, lines: Lines, wanted: float) -> bool:
    if not isinstance(element.tag, str) or element.tag in _SILENT or element.tag in _PARAGRAPHS:
        return False
    text = "".join("".join(map(str, element.itertext())).split())
    return sum(len(line) for line in lines if line in text) >= wanted


# --- what is cut out --------------------------------------------------------------------------------------------


def _removable(selector: str, cases: Sequence[PageCase], expected: Sequence[Lines]) -> str | None:
    """Selectors, joined, of what stands inside and is no part of any body."""
    reach: Counter[str] = Counter()
    known: dict[str, bool] = {}
    for case, lines in zip(cases, expected, strict=True):
        for holder in compile_selector(selector).elements(case.tree):
            for junk in _left_out(holder, lines):
                weight = sum(len(line) * count for line, count in _lines(junk).items())
                forms = list(islice(selectors_of(junk, within=holder), 6))
                known.update({form: _is_harmless(form, cases, expected) for form in forms if form not in known})
                harmless = next((form for form in forms if known[form]), None)
                if harmless is not None:
                    reach[harmless] += weight
    return ", ".join(form for form, _ in reach.most_common(_MOST_REMOVED)) or None


def _left_out(element: Element, lines: Lines) -> Iterator[Element]:
    """The outermost elements inside that hold words, and none of the body's."""
    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SILENT:
            continue
        own = _lines(child)
        if own and own.keys().isdisjoint(lines):
            yield child
        elif own:
            yield from _left_out(child, lines)


def _is_harmless(form: str, cases: Sequence[PageCase], expected: Sequence[Lines]) -> bool:
    return all(
        _lines(element).keys().isdisjoint(lines)
        for case, lines in zip(cases, expected, strict=True)
        for element in compile_selector(form).elements(case.tree)
    )
