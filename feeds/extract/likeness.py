"""Elements of a page in; what they look like, and whether they look like those of the article, out.

Paragraphs of one article look alike: same element, same class, same kind of boxes around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import lxml.html

from feeds.extract.noise import names_embed
from feeds.extract.prose import Block

Element = lxml.html.HtmlElement

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS = frozenset({"ul", "ol", "dl"})
# boxes that belong to running text wherever it runs
_TRANSPARENT = LISTS | {"li", "dt", "dd", "blockquote", "table", "tbody", "thead", "tr", "td", "th", "pre"}
_MIN_PROSE_WEIGHT = 60
_MAX_PROSE_LINKED = 0.4
# what only counts an element among its like
_COUNT = re.compile(r"\d+|\b(?:first|last|odd|even)\b")
# a credit, a clock, a year at the end
_DATELINE = re.compile(r"©|\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\b.{0,20}$")
_SENTENCE_END = re.compile(r"[.!?…:;。！？।॥؟۔\"'»”“’)\]]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the article's paragraphs look: themselves, and the boxes between them and the container.

    ``own_names`` are the paragraphs' class names, ``names`` those of the boxes and the container as well.
    """

    paragraphs: frozenset[tuple[str, str]]
    boxes: frozenset[tuple[str, str]]
    own_names: frozenset[str]
    names: frozenset[str]

    def is_alike(self, element: Element) -> bool:
        """Whether the element looks like one of the article's paragraphs."""
        return signature(element) in self.paragraphs

    def is_foreign(self, box: Element) -> bool:
        """Whether the box is of a kind that the article's paragraphs do not stand in."""
        if box.tag in _TRANSPARENT or signature(box) in self.boxes:
            return False
        names = box.get("class")
        if not names:
            return box.tag not in {"div", "section"}
        return self.names.isdisjoint(names.split())


def look_of(group: Sequence[Block], container: Element) -> Look:
    """How the group's paragraphs look inside their container."""
    paths = [path_to(block.element, container) or [] for block in group]
    names = {name for path in paths for element in path for name in (element.get("class") or "").split()}
    return Look(
        paragraphs=frozenset(signature(block.element) for block in group),
        boxes=frozenset(signature(element) for path in paths for element in path[1:]),
        own_names=frozenset(name for block in group for name in (block.element.get("class") or "").split()),
        names=frozenset(names.union((container.get("class") or "").split())),
    )


def signature(element: Element) -> tuple[str, str]:
    """What an element looks like: its tag and class, without the numbers that count its like."""
    names = element.get("class")
    return str(element.tag), _COUNT.sub("", names) if names else ""


def surroundings(block: Block) -> object:
    """What paragraphs of one text have in common: their look and depth, and the boxes right around them."""
    element = block.element
    parent = element.getparent()
    above = None if parent is None else parent.getparent()
    return (
        block.depth,
        "p" if element.tag == "p" else signature(element),
        None if parent is None else signature(parent),
        None if above is None else above.tag,
    )


def paragraphs_alike(blocks: Iterable[Block]) -> dict[object, list[Block]]:
    """The blocks that are prose, by their surroundings, in the page's order."""
    groups: dict[object, list[Block]] = {}
    for block in blocks:
        if is_prose(block):
            groups.setdefault(surroundings(block), []).append(block)
    return groups


def path_to(element: Element, container: Element) -> list[Element] | None:
    """The element and those around it up to, without, the container; None when it is not in the container."""
    path: list[Element] = []
    step: Element | None = element
    while step is not None:
        if step is container:
            return path
        path.append(step)
        step = step.getparent()
    return None


def is_prose(block: Block) -> bool:
    """Whether the block reads like a paragraph: long enough, hardly linked, no heading."""
    return block.weight >= _MIN_PROSE_WEIGHT and block.linked < _MAX_PROSE_LINKED and block.element.tag not in HEADINGS


def is_sentence(block: Block) -> bool:
    """Whether the block ends as a sentence does, in any script."""
    return _SENTENCE_END.search(block.text) is not None


def is_dateline(block: Block) -> bool:
    """Whether the block names a time, a date or a holder of rights, as bylines do."""
    return _DATELINE.search(block.text) is not None


def is_embed(element: Element) -> bool:
    """Whether the element shows a post of another site."""
    return element.tag == "blockquote" and names_embed(element.get("class") or "")


def weight_of(blocks: Iterable[Block]) -> int:
    """How much the blocks say together."""
    return sum(block.weight for block in blocks)


def letters(text: str) -> str:
    """The text's letters and digits alone, folded, to compare what is written in two places."""
    return "".join(filter(str.isalnum, text.casefold()))
