"""Blocks of a page in, those that make up the article's body out.

The body is found by its largest group of like paragraphs, not by names: the group gives the region, and what stands
in the region is kept when it stands where the group's paragraphs stand. Headings, lists and quotations between them
belong to them; what is wrapped in boxes of its own (teasers, pull quotes, players, other stories) does not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import lxml.html

from feeds.extract.cards import without_cards
from feeds.extract.lead import find_leads
from feeds.extract.likeness import (
    HEADINGS,
    LISTS,
    Look,
    is_dateline,
    is_embed,
    is_prose,
    is_sentence,
    letters,
    look_of,
    paragraphs_alike,
    path_to,
    surroundings,
    weight_of,
)
from feeds.extract.noise import names_of, names_talk
from feeds.extract.prose import Block

Element = lxml.html.HtmlElement

# with less than this outside of asides, a group three times as heavy inside one is the article
_WEAK_WEIGHT = 300
_CLEARLY = 3
# a paragraph or two of like look may stand elsewhere on the page
_COVER = 0.85
_NEAR_LEVELS = 4
_MOSTLY_LINKS = 0.5
# a paragraph of the article may be one long link; "read more" is nothing but a link
_NOTHING_BUT_LINKS = 0.8
_LABEL_WEIGHT = 60
# a line that is no sentence: between paragraphs a heading of sorts, before or after them a byline
_REMARK_WEIGHT = 12
_OUTER_REMARK_WEIGHT = 100
_OFTEN = 3
_AFTER_HEADLINE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The element that holds the body, the blocks in it that are the body, and the standfirst before them."""

    container: Element
    kept: list[Block]
    leads: list[Block]


def find_region(blocks: Sequence[Block], *, description: str = "", title: str = "") -> Region | None:
    """The article's region, or None when no block of the page looks like prose.

    Args:
        blocks: the page's blocks, in its order; ``aside`` is cleared where it proves wrong.
        description: what the page's metas say of the article, to know its standfirst by.
        title: the headline, which is left out of the body.
    """
    headline = letters(title)
    start = _start(blocks, headline)
    blocks = without_cards(blocks, start)
    _free_asides(blocks)
    group = _main_group([block for block in blocks if block.aside is None], start)
    if weight_of(group) < _WEAK_WEIGHT:
        wider = _main_group([b for b in blocks if b.aside is None or not names_talk(names_of(b.aside))], start)
        if weight_of(wider) > _CLEARLY * weight_of(group):
            group = wider
    group = group or _few_sentences(blocks, start)
    if not group:
        return None
    group, container = _adopt(blocks, group, _common_element(group, _COVER))
    kept = [block for block in _keep(blocks, group, container) if not headline or letters(block.text) != headline]
    kept = _tidy(blocks, kept, group)
    return Region(container=container, kept=kept, leads=find_leads(blocks, kept, description, title))


def _few_sentences(blocks: Sequence[Block], start: frozenset[int]) -> list[Block]:
    """The paragraphs of a text of a few short sentences below the headline: at least two, in one element."""
    found: dict[Element | None, list[Block]] = defaultdict(list)
    for block in blocks:
        if id(block) in start and block.aside is None and _is_short_sentence(block):
            found[block.element.getparent()].append(block)
    most = max(found.values(), key=weight_of, default=[])
    return most if len(most) > 1 else []


def _free_asides(blocks: Sequence[Block]) -> None:
    """What is named an aside but holds the headline, or most of the page's prose, is none; readers' talk stays one."""
    total = weight_of(block for block in blocks if is_prose(block))
    weights: Counter[Element] = Counter()
    for block in blocks:
        if block.aside is not None:
            weights[block.aside] += block.weight if is_prose(block) else 0
    around_headlines = {e for block in blocks if block.element.tag == "h1" for e in block.element.iterancestors()}
    freed = {
        aside
        for aside, weight in weights.items()
        if aside in around_headlines
        or (weight >= _WEAK_WEIGHT and 2 * weight > total and not names_talk(names_of(aside)))
    }
    for block in blocks:
        if block.aside in freed:
            block.aside = None


def _start(blocks: Sequence[Block], headline: str) -> frozenset[int]:
    """The ids of the blocks that follow the headline; none where the page shows no headline."""
    shown = [i for i, block in enumerate(blocks) if block.element.tag == "h1"]
    at = next((i for i in shown if headline and letters(blocks[i].text) == headline), shown[0] if shown else None)
    return frozenset() if at is None else frozenset(map(id, blocks[at + 1 : at + _AFTER_HEADLINE]))


def _main_group(blocks: Sequence[Block], start: frozenset[int]) -> list[Block]:
    """The heaviest group of like paragraphs; one that begins below the headline counts three times.

    Where even that says little, the short sentences beside the paragraphs count as well.
    """
    groups = paragraphs_alike(blocks)
    weights = {look: weight_of(group) for look, group in groups.items()}

    def heaviest() -> object:
        return max(groups, key=lambda look: weights[look] * (3 if id(groups[look][0]) in start else 1), default=None)

    if groups and weights[heaviest()] < _WEAK_WEIGHT:
        beside = {block.element.getparent(): look for look, group in groups.items() for block in group}
        for block in filter(_is_short_sentence, blocks):
            look = beside.get(block.element.getparent())
            if look == surroundings(block):
                weights[look] += block.weight
    return groups.get(heaviest(), [])


def _is_short_sentence(block: Block) -> bool:
    return not is_prose(block) and block.element.tag == "p" and not block.linked and is_sentence(block)


def _common_element(group: Sequence[Block], cover: float) -> Element:
    """The innermost element that holds the given share of the group; around a lone paragraph, what it stands in."""
    weights: dict[Element, int] = defaultdict(int)
    for block in group:
        for element in (block.element, *block.element.iterancestors()):
            weights[element] += block.weight
    needed = cover * weight_of(group)
    holding = [element for element, weight in weights.items() if weight >= needed]
    innermost = max(holding, key=lambda element: sum(1 for _ in element.iterancestors()))
    around = innermost.getparent() if innermost.tag == "p" else None
    return innermost if around is None else around


def _adopt(blocks: Sequence[Block], group: list[Block], container: Element) -> tuple[list[Block], Element]:
    """Take in paragraphs that look like the group's and stand nearby: a first one apart, a part behind a fold.

    Members of the group outside the container come along on the same terms.
    """
    group = [block for block in group if path_to(block.element, container) is not None]
    look = look_of(group, container)
    near = {container, *list(container.iterancestors())[:_NEAR_LEVELS]}
    article = next((e for e in (container, *container.iterancestors()) if e.tag == "article"), None)
    chosen = {id(block) for block in group}
    before = len(chosen)
    for block in blocks:
        if block.aside is None and is_prose(block) and look.is_alike(block.element):
            path, reached = _way_to(block.element, near)
            allowed = 1 if reached is container else 2
            if (
                reached is not None
                and reached.tag not in {"body", "html"}
                and not any(e.tag in {"li", "table"} or _stands_apart(e) or _is_other_article(e, article) for e in path)
                and sum(map(look.is_foreign, path)) <= allowed
            ):
                chosen.add(id(block))
    if len(chosen) == before:
        return group, container
    group = [block for block in blocks if id(block) in chosen]
    return group, _common_element(group, 1.0)


def _way_to(element: Element, near: set[Element]) -> tuple[list[Element], Element | None]:
    """The boxes around the element up to the first that is near, and that one."""
    path: list[Element] = []
    for box in element.iterancestors():
        if box in near:
            return path, box
        path.append(box)
    return path, None


def _is_other_article(element: Element, article: Element | None) -> bool:
    return element.tag == "article" and article is not None and element is not article


def _keep(blocks: Sequence[Block], group: Sequence[Block], container: Element) -> list[Block]:
    """The group and what belongs to it, in the page's order."""
    look = look_of(group, container)
    members = {id(block) for block in group}
    around = {container, *container.iterancestors()}
    left = len(members)
    kept = []
    for block, path in _inside(blocks, group[0], container):
        if id(block) in members:
            left -= 1
            kept.append(block)
            continue
        set_apart = (block.aside is not None and block.aside not in around) or any(map(_stands_apart, path))
        is_between = 0 < left < len(members)
        if not set_apart and _belongs(block, path, look, is_between=is_between):
            kept.append(block)
    return kept


def _inside(blocks: Sequence[Block], member: Block, container: Element) -> list[tuple[Block, list[Element]]]:
    """The blocks in the container, each with its path to it; they stand in one row, and ``member`` is one of them."""
    at = next(i for i, block in enumerate(blocks) if block is member)
    before = takewhile(lambda found: found[1] is not None, ((b, path_to(b.element, container)) for b in blocks[at::-1]))
    after = takewhile(
        lambda found: found[1] is not None, ((b, path_to(b.element, container)) for b in blocks[at + 1 :])
    )
    return [(block, path or []) for block, path in (*reversed(list(before)), *after)]


def _stands_apart(box: Element) -> bool:
    return box.tag in {"figure", "figcaption"} or is_embed(box)


def _belongs(block: Block, path: Sequence[Element], look: Look, *, is_between: bool) -> bool:
    """Whether a block in the container stands as the group's paragraphs stand."""
    foreign = sum(map(look.is_foreign, path[1:]))
    element = block.element
    if element.tag == "h1":
        return False
    if look.is_alike(element):
        is_more = block.linked > (_NOTHING_BUT_LINKS if is_sentence(block) else _MOSTLY_LINKS)
        return foreign <= (1 if is_prose(block) else 0) and not is_more
    if foreign or block.linked > _MOSTLY_LINKS:
        return False
    lists = [e for e in path if e.tag in LISTS]
    if lists:
        return _linked_share(lists[-1]) < _MOSTLY_LINKS
    if element.tag in HEADINGS or any(e.tag in {"table", "blockquote", "pre"} for e in path):
        return True
    names = element.get("class")
    is_own_kind = element.tag == "p" or not names or not look.own_names.isdisjoint(names.split())
    enough = _REMARK_WEIGHT if is_between and element.tag == "p" else _OUTER_REMARK_WEIGHT
    return is_own_kind and (is_sentence(block) or (block.weight >= enough and not is_dateline(block)))


def _linked_share(element: Element) -> float:
    """How much of the element's text is links (0 to 1)."""
    length = sum(map(len, element.itertext()))
    linked = sum(len(text) for link in element.iter("a") for text in link.itertext())
    return linked / length if length else 0.0


def _tidy(blocks: Sequence[Block], kept: Sequence[Block], group: Sequence[Block]) -> list[Block]:
    """Drop what only leads to something dropped: headings over nothing, labels of link lists, repeated labels."""
    counts = Counter(block.text for block in kept if block.weight < _LABEL_WEIGHT)
    kept = [block for block in kept if counts[block.text] < _OFTEN]
    members = {id(block) for block in group}
    ids = {id(block) for block in kept}
    after = {id(block): following for block, following in zip(blocks, [*blocks[1:], None], strict=True)}
    result: list[Block] = []
    for block in reversed(kept):
        if block.element.tag in HEADINGS and (not result or _leads_away(block, result[-1], after)):
            continue
        if block.weight < _LABEL_WEIGHT:
            following = after[id(block)]
            if block.text.endswith((":", "：")) and (following is None or id(following) not in ids):
                continue
            if not result and id(block) not in members and not is_sentence(block):
                continue
        result.append(block)
    return result[::-1]


def _leads_away(heading: Block, following: Block, after: Mapping[int, Block | None]) -> bool:
    """Whether links to other pages stand between this heading and the next one."""
    between = after[id(heading)]
    if following.element.tag not in HEADINGS:
        return (
            between is not None
            and between is not following
            and between.linked > _MOSTLY_LINKS
            and next(between.element.iterancestors(*LISTS), None) is not None
        )
    while between is not None and between is not following:
        if between.linked > _MOSTLY_LINKS:
            return True
        between = after[id(between)]
    return False
