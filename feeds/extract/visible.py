"""The page's tree in, what a reader sees beside the article out: labelled fields, headings, times, dated lines.

The page's short texts are collected once; a label stands at the beginning of one, or is the whole of one, never in the
running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
_LONGEST_LABEL = 40
_PUNCTUATION = 3
_WORD = re.compile(r"\w")
_SHORTEST_HEADLINE = 12
_RANKS = frozenset({"h1", "h2", "h3", "h4"})
_NOT_CONTENT = frozenset({"a", "nav", "footer", "button"})
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
    """The page's short texts in page order, read once and used for every field.

    ``labels`` are, by field, the labels with a colon, their line and what stands behind them in it; ``heads`` the lines
    from the first heading on that are a label and nothing else.
    """

    tree: Element
    lines: tuple[Line, ...]
    labels: Mapping[str, list[tuple[str, Line, str]]]
    heads: Mapping[str, list[tuple[str, Line]]]

    def labelled(self, field: str) -> Iterator[Found[list[str]]]:
        """Values behind a label of ``field`` (an attribute of ``Labels``) and a colon, in page order.

        The value is a list: link texts where links follow the label, else the one text behind it.
        """
        for label, line, rest in self.labels.get(field, ()):
            values = _values_behind(line, rest)
            if values:
                yield Found(value=values, where=f"label:{label}")

    def headed(self, field: str) -> Iterator[Found[list[str]]]:
        """Blocks of short links below a heading or word that is a label of ``field`` without a colon."""
        for label, line in self.heads.get(field, ()):
            if any(above.tag in _NOT_CONTENT for above in (line.element, *line.element.iterancestors())):
                continue
            if any(child.tag == "a" and child.tail == line.text for child in line.element):
                continue  # "<a>Template</a> by …": the word belongs to the link before it
            values = (
                _tail_of(line.element) or _links_after(line.element) or _partner_of(line.element) or _word_after(line)
            )
            if values:
                yield Found(value=values, where=f"label:{label}")

    def headings(self) -> list[str]:
        """The texts of the page's first-rank headings; a breadcrumb's last step is none."""
        return [text for text in (clean(heading.text_content()) for heading in _HEADINGS(self.tree)) if text]

    def from_headline(self, declared: str) -> int:
        """The number of the line the headline begins with; 0 where none is found.

        That is the first-rank heading (of several the one that the ``declared`` title repeats most of, since sites and
        sections are named in headings too), or without one the first longer line that the title repeats.
        """
        repeated = {heading: clean(heading.text_content()) for heading in _HEADINGS(self.tree)}
        chosen = max(repeated, key=lambda one: len(repeated[one]) if repeated[one] in declared else 0, default=None)
        inside = set() if chosen is None else set(chosen.iter())
        for number, line in enumerate(self.lines):
            if line.element in inside:
                return number
            if not inside and len(text := clean(line.text)) >= _SHORTEST_HEADLINE and text in declared:
                return number
        return 0

    def standing(self) -> Iterator[str]:
        """Texts that are the whole of their element and no link: among them a headline that is no heading."""
        for line in self.lines:
            element = line.element
            if element.tag not in _NOT_CONTENT and len(element) == 0 and element.getparent() is not None:
                yield clean(line.text)

    def subheadings(self) -> list[str]:
        """Texts that are the whole of a heading of the first four ranks and no link, in page order."""
        return [
            clean(line.text)
            for line in self.lines
            if len(line.element) == 0
            and any(one is not None and one.tag in _RANKS for one in (line.element, line.element.getparent()))
            and line.element.tag != "a"
        ]

    def times(self) -> list[Element]:
        """The time elements of the page."""
        return cast("list[Element]", _TIMES(self.tree))


def read_visible(tree: Element) -> Visible:
    """Collect the page's short texts, and the labels among them."""
    lines = []
    for text in _SHORT_TEXTS(tree)[:_MOST_TEXTS]:
        parent = text.getparent()
        element = parent.getparent() if text.is_tail else parent
        if element is not None:
            lines.append(Line(str(text), element))
    return Visible(tree, tuple(lines), *_find_labels(lines))


def _find_labels(
    lines: list[Line],
) -> tuple[dict[str, list[tuple[str, Line, str]]], dict[str, list[tuple[str, Line]]]]:
    """The labels with a colon and the labels that are a whole line, by field."""
    fields_of = labels.fields_of()
    with_colon: dict[str, list[tuple[str, Line, str]]] = {}
    heads: dict[str, list[tuple[str, Line]]] = {}
    seen_heading = False
    for line in lines:
        seen_heading = seen_heading or line.element.tag == "h1"
        if _COLON.search(line.text):
            for part in _SPLIT_FIELDS.split(line.text):
                label, colon, rest = _cut_at_colon(part)
                for field in fields_of.get(labels.fold_label(label), ()) if colon else ():
                    with_colon.setdefault(field, []).append((clean(label).strip(" ([|"), line, rest))
        if seen_heading and len(line.text) <= _LONGEST_LABEL * 2:
            label = clean(line.text).rstrip(" :：")
            for field in fields_of.get(labels.fold_label(label), ()) if len(label) <= _LONGEST_LABEL else ():
                heads.setdefault(field, []).append((label, line))
    return with_colon, heads


def _cut_at_colon(part: str) -> tuple[str, str, str]:
    match = _COLON.search(part)
    if match is None or match.start() > _LONGEST_LABEL:
        return part, "", ""
    return part[: match.start()], match[0], part[match.end() :]


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
        if len(clean(node.text_content())) > label + _PUNCTUATION:
            break  # what stands beside the label is its value; a block further on belongs to another one
        behind = node.getnext()
        if behind is not None and behind.tag != "a" and (found := _short_links(behind)):
            return found
        node = node.getparent()
    return []


def _tail_of(element: Element) -> list[str]:
    """The words right behind a label's element."""
    tail = clean(element.tail)
    return [tail.strip(" :：")] if _WORD.search(tail) and len(tail) <= _LONGEST_LABEL * 2 else []


def _partner_of(element: Element) -> list[str]:
    """What stands for a label in a list of terms or a table."""
    partner = element.getnext() if element.tag in ("dt", "th") else None
    text = clean(partner.text_content()) if partner is not None else ""
    return [text] if 0 < len(text) <= _LONGEST_LABEL * 2 else []


def _word_after(line: Line) -> list[str]:
    """The inline element that follows a label which begins its element: "Submitted by <span>Ada</span> on …"."""
    element = line.element
    first = next(iter(element), None)
    if first is None or not isinstance(first.tag, str) or element.text != line.text:
        return []
    text = clean(first.text_content())
    return [text] if 0 < len(text) <= _LONGEST_LABEL * 2 else []


def _short_links(node: Element) -> list[str]:
    """The links of a block that consists of little else; they are names, not headlines."""
    links = [text for text in (clean(link.text_content()) for link in node.iter("a")) if text]
    if not links or len(links) > _MOST_LINKS or max(map(len, links)) > _LONGEST_LINK:
        return []
    label_room = 40
    whole = len(clean(node.text_content()))
    return links if sum(map(len, links)) >= _LINKED_SHARE * (whole - label_room) else []
