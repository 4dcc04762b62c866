"""Blocks of a page in, those that are no cards (teasers of other stories) out.

A card is one of several boxes that look alike, each with one paragraph and a heading that leads to another page. That
is how a review of the week is set as well: what stands in the same element as the text, or in its ``article``, belongs
to it, and so does what comes before any text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import lxml.html

from feeds.extract.likeness import HEADINGS, is_prose, paragraphs_alike
from feeds.extract.noise import names_lead, names_of
from feeds.extract.prose import Block

Element = lxml.html.HtmlElement

# two boxes of a kind may be chance; of many, some show no heading
_FEW = 3
_MOST = 0.8


def without_cards(blocks: Sequence[Block], start: Collection[int]) -> list[Block]:
    """The blocks but the paragraphs in cards that come after a text; ``start`` are the ids of what may be its first."""
    cards: dict[int, Element] = {}
    for group in paragraphs_alike(blocks).values():
        cards |= _cards(group)
    text = [block for block in blocks if id(block) not in cards and is_prose(block) and block.aside is None]
    first = next((block for block in text if id(block) in start and not names_lead(names_of(block.element))), None)
    if first is None:
        return list(blocks)
    around = {block.element.getparent() for block in text}
    article = next(first.element.iterancestors("article"), None)
    beside = {at for at, box in cards.items() if box.getparent() not in around and not _is_in(article, box)}
    before = blocks[: blocks.index(first)]
    return [*before, *(block for block in blocks[len(before) :] if id(block) not in beside)]


def _cards(group: Sequence[Block]) -> dict[int, Element]:
    """The ids of the group's blocks with the box of each; none when they are no cards."""
    elements = {block.element for block in group}
    if len(elements) < _FEW:
        return {}
    holds = Counter(box for element in elements for box in element.iterancestors())
    boxes = {}
    for block in group:
        alone = [box for box in block.element.iterancestors() if holds[box] == 1]
        boxes[id(block)] = alone[-1] if alone else block.element
    linked = sum(_leads_elsewhere(box) for box in set(boxes.values()))
    return boxes if linked >= _MOST * len(elements) else {}


def _leads_elsewhere(box: Element) -> bool:
    """Whether a heading in the box is a link to another page."""
    links = (link for heading in box.iter(*HEADINGS) for link in (*heading.iter("a"), *heading.iterancestors("a")))
    return any(not link.get("href", "#").startswith("#") for link in links)


def _is_in(article: Element | None, box: Element) -> bool:
    """Whether the box stands in this article and is not, nor holds, one of its own."""
    return article is not None and article in box.iterancestors("article") and next(box.iter("article"), None) is None
