"""Blocks of a page in, those that are no cards (teasers of other stories) out.

A card is one of several boxes that look alike, each with one paragraph and a heading that leads to another page. An
article's paragraphs stand together in one box, or alone in boxes without such headings.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import lxml.html

from feeds.extract.likeness import HEADINGS, is_prose, surroundings
from feeds.extract.prose import Block

Element = lxml.html.HtmlElement

# two boxes of a kind may be chance; of many, some show no heading
_FEW = 3
_MOST = 0.8


def without_cards(blocks: Sequence[Block]) -> list[Block]:
    """The blocks but the paragraphs in cards; all of them where there are no other paragraphs."""
    groups: dict[object, list[Block]] = defaultdict(list)
    for block in filter(is_prose, blocks):
        groups[surroundings(block)].append(block)
    cards = {id(block) for group in groups.values() if _are_cards(group) for block in group}
    rest = [block for block in blocks if id(block) not in cards]
    return rest if any(is_prose(block) and block.aside is None for block in rest) else list(blocks)


def _are_cards(group: Sequence[Block]) -> bool:
    elements = {block.element for block in group}
    if len(elements) < _FEW:
        return False
    holds = Counter(box for element in elements for box in element.iterancestors())
    boxes = ([box for box in element.iterancestors() if holds[box] == 1] for element in elements)
    return sum(bool(alone) and _leads_elsewhere(alone[-1]) for alone in boxes) >= _MOST * len(elements)


def _leads_elsewhere(box: Element) -> bool:
    """Whether a heading in the box is a link to another page."""
    links = (link for heading in box.iter(*HEADINGS) for link in (*heading.iter("a"), *heading.iterancestors("a")))
    return any(not link.get("href", "#").startswith("#") for link in links)
