"""The blocks of a page in, its standfirst out: what stands between headline and text and sums it up."""

from __future__ import annotations

from collections.abc import Sequence

from feeds.extract.likeness import is_dateline, is_sentence, letters, signature
from feeds.extract.noise import names_lead, names_of
from feeds.extract.prose import Block

_MIN_WEIGHT, _MAX_WEIGHT = 30, 1200
_LONG_WEIGHT = 80
_MAX_LINKED = 0.4
_WITHOUT_HEADLINE_BLOCKS = 8
_NEVER = frozenset({"li", "figcaption", "time", "address", "td"})
_NEVER_IN = frozenset({"figure", "figcaption", "ul", "nav"})
_PROPERTIES = frozenset({"description", "alternativeHeadline"})

# points: a name or the page's own description says it, or three of tag, length, sentence and a name nearby do
_SAID_ELSEWHERE, _NAMED, _NAMED_NEARBY = 3, 2, 1
_ENOUGH = 3
_MIN_DESCRIPTION = 20
_DESCRIPTION_SHARE = 0.8


def find_leads(blocks: Sequence[Block], kept: Sequence[Block], description: str, title: str) -> list[Block]:
    """The standfirst's paragraphs, mostly one.

    Args:
        blocks: all of the page's blocks.
        kept: the article's blocks; the standfirst stands before the first.
        description: what the page's metas say of the article, which is often the standfirst.
        title: the headline; where it stands twice above the text, the standfirst may stand between.
    """
    if not kept:
        return []
    first = next(i for i, block in enumerate(blocks) if block is kept[0])
    headlines = [i for i in range(first) if blocks[i].element.tag == "h1"]
    said = letters(title)
    headline = next((i for i in headlines if said and letters(blocks[i].text) == said), max(headlines, default=None))
    start = max(0, first - _WITHOUT_HEADLINE_BLOCKS) if headline is None else headline + 1
    known = letters(description)
    scores = [(block, _score(block, known)) for block in blocks[start:first]]
    best = max((score for _, score in scores), default=0)
    if best < _ENOUGH:
        return []
    winner = next(block for block, score in scores if score == best)
    parent, look = winner.element.getparent(), signature(winner.element)
    return [
        block
        for block, score in scores
        if block is winner
        or (score >= _ENOUGH and block.element.getparent() is parent and signature(block.element) == look)
    ]


def _score(block: Block, known: str) -> int:
    """How much speaks for this block being the standfirst."""
    element = block.element
    if not _MIN_WEIGHT <= block.weight <= _MAX_WEIGHT or block.linked >= _MAX_LINKED or element.tag in _NEVER:
        return 0
    if any(around.tag in _NEVER_IN for around in element.iterancestors()):
        return 0
    named = names_lead(names_of(element)) or element.get("itemprop") in _PROPERTIES
    if block.aside is not None and not named:
        return 0
    said = letters(block.text)
    same = len(known) > _MIN_DESCRIPTION and (said in known or known[: int(len(known) * _DESCRIPTION_SHARE)] in said)
    parent = element.getparent()
    nearby = parent is not None and names_lead(names_of(parent))
    score = _SAID_ELSEWHERE if same else 0
    score += _NAMED if named else _NAMED_NEARBY if nearby else 0
    score += (element.tag == "p") + (block.weight >= _LONG_WEIGHT) + is_sentence(block)
    if is_dateline(block) and not same:
        score -= 2
    return score
