"""The page's tree in, what a reader sees beside the article out: labelled fields, headings, times, dated lines.

The page's short texts are collected once; a label stands at the beginning of one, or is the whole of one, never in the
running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import cast

import lxml.etree
import lxml.html

from feeds.extract import labels
from feeds.extract.found import Found, clean

Element = lxml.html.HtmlElement

_LONGEST_LINE = 400
_SHORT_TEXTS = lxml.etree.XPath(
    "//body//text()[string-length() < 400 and string-length(normalize-space()) > 1]"
    "[not(parent::script or parent::style or parent::noscript or parent::option or parent::textarea)]"
)
_HEADINGS = lxml.etree.XPath(
    "//body//h1[not(ancestor::nav or ancestor::footer or ancestor::*[contains(@class, 'readcrumb')"
    " or contains(@data-testid, 'readcrumb')])]"
)
_TIMES = lxml.etree.XPath("//body//time")
_SPLIT_FIELDS = re.compile(r"\s*[·•|｜\u3000]\s*|\s{3,}|\n")
_COLON = re.compile("[:：]")
_MOST_TEXTS = 20_000
_STEPS_UP = 5
_STEPS_TO_WORDS = 3
_LONGEST_DATE = 200
_LONGEST_LABEL = 40
_NOT_CONTENT = frozenset({"a", "nav", "footer", "button"})
_DIGIT = re.compile(r"\d")
_MOST_LINKS = 40
_LONGEST_LINK = 60
_LINKED_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Line:
    """A short text of the page; ``element`` is where it stands, the parent for a text behind an element."""

    text: str
    element: Element


@dataclass(frozen=True, slots=True)
class Visible:
    """The page's short texts in page order, read once and used for every field."""

    tree: Element
    lines: tuple[Line, ...]

    def labelled(self, field: str) -> Iterator[Found[list[str]]]:
        """Values behind a label of ``field`` (an attribute of ``Labels``), in page order.

        The value is a list: link texts where links follow the label, else the one text behind it.
        """
        matcher = _pattern(field)
        for line in self.lines:
            if _COLON.search(line.text):
                for part in _SPLIT_FIELDS.split(line.text):
                    match = matcher.match(part)
                    values = _values_behind(line, part[match.end() :]) if match else []
                    if match and values:
                        yield Found(value=values, where=f"label:{clean(match.group(1))}")

    def headed(self, field: str) -> Iterator[Found[list[str]]]:
        """Blocks of short links below a heading or word that is a label of ``field`` without a colon."""
        words, seen_heading = _words(field), False
        for line in self.lines:
            seen_heading = seen_heading or line.element.tag == "h1"
            label = clean(line.text).rstrip(" :：")
            if not seen_heading or len(label) > _LONGEST_LABEL or label.casefold() not in words:
                continue
            if any(above.tag in _NOT_CONTENT for above in (line.element, *line.element.iterancestors())):
                continue
            values = _links_after(line.element) or _text_after(line.element)
            if values:
                yield Found(value=values, where=f"label:{label}")

    def headings(self) -> list[str]:
        """The texts of the page's first-rank headings; a breadcrumb's last step is none."""
        return [text for text in (clean(heading.text_content()) for heading in _HEADINGS(self.tree)) if text]

    def shown_dates(self) -> Iterator[Found[str]]:
        """Short texts with digits outside links: one of them may be the article's date."""
        for line in self.lines:
            if len(line.text) <= _LONGEST_DATE and _DIGIT.search(line.text) and line.element.tag != "a":
                yield Found(value=clean(line.text), where="text")

    def times(self) -> list[Element]:
        """The time elements of the page."""
        return cast("list[Element]", _TIMES(self.tree))


def read_visible(tree: Element) -> Visible:
    """Collect the page's short texts."""
    lines = []
    for text in _SHORT_TEXTS(tree)[:_MOST_TEXTS]:
        parent = text.getparent()
        element = parent.getparent() if text.is_tail else parent
        if element is not None:
            lines.append(Line(str(text), element))
    return Visible(tree, tuple(lines))


@cache
def _pattern(field: str) -> re.Pattern[str]:
    return labels.pattern(field)


@cache
def _words(field: str) -> frozenset[str]:
    return frozenset(labels.words(field))


def _values_behind(line: Line, rest: str) -> list[str]:
    """What stands behind a label: the rest of its text, else the links or the words that follow it."""
    if clean(rest):
        return [clean(rest)]
    links = _links_after(line.element)
    if links:
        return links
    label, node = clean(line.text), line.element
    for _ in range(_STEPS_TO_WORDS):
        words = clean(node.text_content())
        after = words.partition(label)[2].strip()
        if 0 < len(after) <= _LONGEST_LINE:
            return [after]
        parent = node.getparent()
        if len(words) > _LONGEST_LINE or parent is None or parent.tag in ("body", "main", "article"):
            break
        node = parent
    return []


def _links_after(element: Element) -> list[str]:
    """The texts of a block of short links that stands around or behind ``element``; empty when it is anything else."""
    node: Element | None = element
    label = len(clean(element.text_content()))
    for _ in range(_STEPS_UP):
        if node is None or node.tag in ("body", "main", "article", "html"):
            break
        if own := _short_links(node):
            return own
        if len(clean(node.text_content())) > label + _LONGEST_LABEL:
            break
        behind = node.getnext()
        if behind is not None and (found := _short_links(behind)):
            return found
        node = node.getparent()
    return []


def _text_after(element: Element) -> list[str]:
    """The words right behind a label's element, or its partner in a list of terms or a table."""
    tail = clean(element.tail)
    if tail.strip(" :："):
        return [tail.strip(" :：")] if len(tail) <= _LONGEST_LABEL * 2 else []
    behind = element.getnext()
    if element.tag in ("dt", "th") and behind is not None:
        text = clean(behind.text_content())
        return [text] if 0 < len(text) <= _LONGEST_LABEL * 2 else []
    return []


def _short_links(node: Element) -> list[str]:
    """The links of a block that consists of little else; they are names, not headlines."""
    links = [text for text in (clean(link.text_content()) for link in node.iter("a")) if text]
    if not links or len(links) > _MOST_LINKS or max(map(len, links)) > _LONGEST_LINK:
        return []
    label_room = 40
    whole = len(clean(node.text_content()))
    return links if sum(map(len, links)) >= _LINKED_SHARE * (whole - label_room) else []
