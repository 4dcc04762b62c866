"""Article pages with what was read of them in, selectors out that find the same on every one of them.

A candidate comes from where a value stands on one page (``selectors``); it is kept only when it gives, on each page,
what the generic reader gave there, and nothing where that found nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import lxml.html

from feeds.dates import read_date
from feeds.errors import ExtractError
from feeds.extract.found import clean
from feeds.extract.page_recipe import select_value
from feeds.extract.selectors import XPATH_SPACE, selectors_of
from feeds.extract.suggest_body import EQUAL, PageCase, body_likeness, suggest_body
from feeds.extract.tree import parse_html
from feeds.model import PAGE_FIELDS, Item, Recipe
from feeds.names import split_authors, split_keywords

Element = lxml.html.HtmlElement

FIELDS = ("title", "authors", "published", "keywords")
SUGGESTED = (*FIELDS, "body")
_MOST_TRIED = 80
_PLACES = 6  # of one value on one page
_LONGEST_LABELLED = 300
_META = "//head//meta[@content]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A selector that agrees with the generic reader on ``pages`` pages, and finds something on ``found`` of them.

    ``note`` is what else there is to say of it.
    """

    selector: str
    found: int
    pages: int
    note: str = ""


def page_case(html: bytes, item: Item, *, content_type: str | None, encoding: str | None) -> PageCase:
    """A page as ``read_page`` saw it, and what it read."""
    return PageCase(tree=parse_html(html, content_type=content_type, encoding=encoding), url=item.url, item=item)


def suggest_for_pages(cases: Sequence[PageCase], recipe: Recipe) -> dict[str, Suggested]:
    """By the recipe's key, the first selector that is right on every page; none where there is none.

    ``recipe`` gives what is no selector: date forms, separators.
    """
    found: dict[str, Suggested] = {}
    for key in FIELDS if cases else ():
        candidates = _field_selectors(key, cases, recipe)
        best = next((one for text in candidates if (one := judge(key, text, cases, recipe))), None)
        if best is not None:
            found[key] = best
    body = suggest_body(cases)
    if body is not None:
        found["body"] = Suggested(selector=body.body, found=len(cases), pages=len(cases), note=_alike(body.alike))
        if body.remove:
            found["remove"] = Suggested(selector=body.remove, found=len(cases), pages=len(cases))
    return found


def judge_body(cases: Sequence[PageCase], recipe: Recipe) -> Suggested | None:
    """The recipe's own selector of the body with its evidence, when it is right on every page; else None."""
    alike = body_likeness(cases, recipe)
    if not recipe.body or alike < EQUAL:
        return None
    return Suggested(selector=recipe.body, found=len(cases), pages=len(cases), note=_alike(alike))


def _alike(share: float) -> str:
    return f"at least {int(100 * share)} % the same words" if share < 1 else "the same words"


def judge(key: str, selector: str, cases: Sequence[PageCase], recipe: Recipe) -> Suggested | None:
    """The selector with its evidence, when it agrees with what was found without it on every page; else None."""
    found = 0
    for case in cases:
        expected = _expected(key, case, recipe)
        try:
            given = _comparable(key, select_value(case.tree, key, selector, case.url, recipe), recipe)
        except ExtractError:
            return None
        if (given or None) != (expected or None):
            return None
        found += bool(expected)
    # what most pages lack is not worth a selector
    return Suggested(selector=selector, found=found, pages=len(cases)) if 2 * found >= max(1, len(cases)) else None


def _expected(key: str, case: PageCase, recipe: Recipe) -> Any:
    return _comparable(key, getattr(case.item, PAGE_FIELDS[key]), recipe)


def _comparable(key: str, value: Any, recipe: Recipe) -> Any:
    """What of a value must be equal: of a date the moment, of names and keywords each by itself."""
    if not value:
        return None
    if key in {"published", "updated"}:
        return read_date(value, formats=recipe.date_formats)
    if key == "authors":
        return split_authors(value)
    if key == "keywords":
        return split_keywords(value, recipe.keyword_separators)
    return clean(value)


# --- where a value stands ---------------------------------------------------------------------------------------


def _field_selectors(key: str, cases: Sequence[PageCase], recipe: Recipe) -> list[str]:
    """Candidates from every page on which the field was found, those that several pages give first."""
    counts: Counter[str] = Counter()
    for case in cases:
        expected = _expected(key, case, recipe)
        if expected:
            counts.update(list(dict.fromkeys(_selectors_on(key, expected, case, recipe))))
    most = max(counts.values(), default=0)
    return [text for text, count in counts.items() if count == most][:_MOST_TRIED]


def _selectors_on(key: str, expected: Any, case: PageCase, recipe: Recipe) -> Iterator[str]:
    says = _sayers(key, expected, recipe)
    metas = [meta for meta in case.tree.xpath(_META) if says(meta.get("content"))]
    shown = sorted(islice(_saying(case.tree, says), _PLACES), key=_rank)
    in_order = [*metas, *shown] if key == "published" else [*shown, *metas]
    for element in in_order:
        yield from selectors_of(element)
    for element in shown:
        yield from _after_label(element, key, expected, recipe)


def _rank(element: Element) -> tuple[int, bool]:
    """What says nothing else comes first, of those what has a name of its own."""
    return len("".join((_short_text(element) or "").split())), not (element.get("class") or element.get("id"))


def _sayers(key: str, expected: Any, recipe: Recipe) -> Callable[[str | None], bool]:
    """Whether a text holds the value, or, of several names, one of them or all."""

    def says(text: str | None) -> bool:
        words = clean(text)
        if not words or len(words) > _LONGEST_LABELLED or not _may_say(words, expected):
            return False
        value = _comparable(key, words if key not in {"authors", "keywords"} else (words,), recipe)
        if isinstance(expected, tuple):
            return bool(value) and (set(value) <= set(expected) or all(name in words for name in expected))
        return bool(value == expected)

    return says


def _may_say(words: str, expected: Any) -> bool:
    """A cheap look before the value is read from the words."""
    if isinstance(expected, tuple):
        folded = words.casefold()
        return any(name.casefold() in folded for name in expected)
    return isinstance(expected, str) or any(map(str.isdigit, words))


def _saying(tree: Element, says: Callable[[str | None], bool]) -> Iterator[Element]:
    """The innermost elements of the page's body whose words, or datetime, say the value; in the page's order."""
    body = tree.find("body")
    for element in body.iter() if body is not None else ():
        if not isinstance(element.tag, str) or element.tag in {"script", "style", "noscript", "option"}:
            continue
        if not (says(element.get("datetime")) or says(_short_text(element))):
            continue
        # an element around it with nothing more to say would be found by less
        if len(element) > 1 or not any(says(_short_text(child)) for child in element if isinstance(child.tag, str)):
            yield element


def _short_text(element: Element) -> str | None:
    """The element's words, unless they are many."""
    words: list[str] = []
    length = 0
    for text in element.itertext():
        words.append(str(text))
        length += len(words[-1].strip())
        if length > _LONGEST_LABELLED:
            return None
    return "".join(words)


def _after_label(element: Element, key: str, expected: Any, recipe: Recipe) -> Iterator[str]:
    """XPath for a value behind a label: "Stichwörter: BMW;Alibaba", which CSS cannot take apart."""
    if key not in {"keywords", "authors"}:
        return
    words = XPATH_SPACE.sub(" ", "".join(map(str, element.itertext()))).strip(" ")
    label, colon, rest = words.partition(":") if ":" in words else words.partition("：")
    if not colon or "'" in label or _comparable(key, (rest,), recipe) != expected:
        return
    begins = f"starts-with(normalize-space(.), '{label}{colon}')"
    tag = str(element.tag)
    yield f"(substring-after(normalize-space(//{tag}[{begins}][not(.//{tag}[{begins}])]), '{colon}'))"
