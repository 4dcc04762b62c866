"""Real pages of the corpus beside this checkout, their articles cut to briefs: what stands around stays out."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean
from types import ModuleType
from typing import Any

import lxml.html
import pytest

from feeds.extract.body import read_body
from feeds.extract.prose import Block, read_blocks
from feeds.extract.region import Region, find_region
from feeds.extract.tree import parse_html

Element = lxml.html.HtmlElement


def cut(region: Region, weight: int) -> str | None:
    """Takes the article's later paragraphs out of their page and returns what is left of its text.

    None when they cannot be taken out: a later one stands in an element of an earlier one.
    """
    kept: list[Block] = []
    gone: list[Block] = []
    left = weight
    for block in region.kept:
        (kept if left > 0 else gone).append(block)
        left -= block.weight
    elements = {block.element for block in kept}
    around = {box for element in elements for box in element.iterancestors()}
    for element in {block.element for block in gone}:
        if element in elements or element in around:
            return None
        if element.getparent() is not None:
            element.drop_tree()
    return "\n".join(block.text for block in (*region.leads, *kept))


def briefs(scorer: ModuleType, weight: int) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Each page that is read well when whole: its record, its text when cut, and what is read then."""
    for page in scorer.load_pages():
        tree = parse_html(page["html"])
        root = tree.find("body")
        region = None if root is None else find_region(read_blocks(root), title=page["title"] or "")
        if region is None:
            continue
        whole = "\n".join(block.text for block in (*region.leads, *region.kept))
        if scorer.score_page(page, {"body_text": whole}).get("body F1", 0) < 0.95:
            continue
        wanted = cut(region, weight)
        if wanted is not None:
            yield page, wanted, read_body(tree, url=page["url"], title=page["title"]).text


@pytest.mark.parametrize(("weight", "floor"), [(400, 0.88), (1000, 0.957)])
def test_short_articles_are_read_alone(scorer: ModuleType, weight: int, floor: float) -> None:
    """Floors below what was measured on 2026-11-23: .887 and .960 (.871 and .955 before)."""
    scores = [
        scorer.score_page({**page, "body": wanted}, {"body_text": found})["body F1"]
        for page, wanted, found in briefs(scorer, weight)
    ]
    assert len(scores) > 100
    assert mean(scores) >= floor
