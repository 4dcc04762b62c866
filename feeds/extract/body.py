"""The page's tree in, the words of its article out: HTML with its structure, and the plain text.

A recipe's selector wins. Else the page itself is read (``prose``: its blocks of text, ``region``: which of them are
the article, ``markup``: their HTML); the JSON-LD articleBody is taken when it is clearly longer, and what a page of
bare scripts carries in its data (``state``) when the page shows nothing. The tree is only read: every other reader of
the page shares it. What comes out is not yet sanitised.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urljoin

import lxml.etree
import lxml.html

from feeds.extract.markup import write_html
from feeds.extract.prose import Block, read_blocks, weigh
from feeds.extract.region import Region, find_region
from feeds.extract.select import compile_selector
from feeds.extract.state import find_in_state

Element = lxml.html.HtmlElement

# a summary of the text is shorter, the text without its pull quotes and boxes hardly longer
_JSON_LD_GAIN = 1.5
# a page that shows this much shows its article; what JSON-LD has besides are the boxes set into it
_TEASER_WEIGHT = 2000
_LARGE_GAIN = 4
# below this a page shows no article of its own
_BARE_WEIGHT = 200

_DESCRIPTION = lxml.etree.XPath(
    "//meta[@name='description' or @property='og:description']/@content", smart_strings=False
)
_BASE = lxml.etree.XPath("string(//base/@href)", smart_strings=False)
_RTL_LETTERS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_MARKUP = re.compile(r"<(?:p|br|div|h[1-6]|ul|ol)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An article's body: ``html`` (not sanitised, addresses absolute), its plain ``text``, and where it came from.

    ``provenance`` is ``recipe``, ``page``, ``json-ld`` or ``state`` (data in the page's scripts); ``html`` is empty
    when nothing was found.
    """

    html: str
    text: str
    provenance: str


def read_body(
    tree: Element,
    *,
    url: str,
    json_ld_body: str | None = None,
    selector: str | None = None,
    title: str | None = None,
) -> Body:
    """Find the article's body in a parsed page.

    Args:
        tree: the page, from ``parse_html``; not changed.
        url: the page's address, which links and pictures are made absolute against.
        json_ld_body: the JSON-LD articleBody, taken when it is clearly longer than what the page shows.
        selector: CSS, or XPath when it starts with ``/``, ``./`` or ``(``; wins when it matches something.
        title: the headline, so that it is not repeated in the body.

    Raises:
        ExtractError: the selector cannot be used.
    """
    base_url = _base_url(tree, url)
    chosen = _read_selected(tree, selector, base_url) if selector else None
    if chosen is not None:
        return chosen
    root = tree.find("body")
    region = find_region(
        read_blocks(tree if root is None else root),
        description=max(_DESCRIPTION(tree), key=len, default=""),
        title=title or "",
    )
    found = _from_region(region, base_url, "page")
    shown = weigh(found.text)
    if json_ld_body and weigh(json_ld_body) > shown * (_JSON_LD_GAIN if shown < _TEASER_WEIGHT else _LARGE_GAIN):
        found = _from_text(json_ld_body, base_url, "json-ld")
    if weigh(found.text) < _BARE_WEIGHT:
        data = find_in_state(tree)
        if data and weigh(data) > _BARE_WEIGHT:
            found = _from_text(data, base_url, "state")
    return _with_direction(found, tree, None if region is None else region.container)


def _base_url(tree: Element, url: str) -> str:
    try:
        return urljoin(url, str(_BASE(tree)))
    except ValueError:
        return url


def _read_selected(tree: Element, selector: str, base_url: str) -> Body | None:
    """What the recipe's selector points at, without what names itself an aside in it; None when it finds no text."""
    parts = compile_selector(selector).elements(tree)
    html: list[str] = []
    texts: list[str] = []
    for part in parts:
        if any(other is not part and other in parts for other in part.iterancestors()):
            continue
        kept = [block for block in read_blocks(part) if block.aside is None]
        html.append(write_html(kept, part, base_url=base_url))
        texts.extend(block.text for block in kept)
    if not texts:
        return None
    found = Body(html="".join(html), text="\n".join(texts), provenance="recipe")
    return _with_direction(found, tree, parts[0])


def _from_region(region: Region | None, base_url: str, provenance: str) -> Body:
    if region is None:
        return Body(html="", text="", provenance=provenance)
    html = [write_html([lead], lead.element, base_url=base_url) for lead in region.leads]
    html.append(write_html(region.kept, region.container, base_url=base_url))
    return Body(html="".join(html), text=_text((*region.leads, *region.kept)), provenance=provenance)


def _text(blocks: Sequence[Block]) -> str:
    return "\n".join(block.text for block in blocks)


def _from_text(text: str, base_url: str, provenance: str) -> Body:
    """A body that came as one string: HTML when it holds elements, else lines that are paragraphs."""
    if not _MARKUP.search(text):
        lines = [" ".join(line.split()) for line in text.splitlines()]
        kept = [line for line in lines if line]
        html = "".join(f"<p>{escape(line, quote=False)}</p>" for line in kept)
        return Body(html=html, text="\n".join(kept), provenance=provenance)
    try:
        part = lxml.html.fragment_fromstring(text, create_parent="div")
    except (lxml.etree.LxmlError, ValueError):
        return Body(html="", text="", provenance=provenance)
    blocks = [block for block in read_blocks(part) if block.aside is None]
    return Body(html=write_html(blocks, part, base_url=base_url), text=_text(blocks), provenance=provenance)


def _with_direction(body: Body, tree: Element, container: Element | None) -> Body:
    """Say that the text runs from right to left, where the page says so or its letters do."""
    around = [tree] if container is None else [container, *container.iterancestors()]
    said = next((value.lower() for e in around if (value := e.get("dir"))), "")
    rtl = said == "rtl" or (not said and 2 * len(_RTL_LETTERS.findall(body.text)) > len(body.text.replace(" ", "")))
    if not rtl or not body.html:
        return body
    return Body(html=f'<div dir="rtl">{body.html}</div>', text=body.text, provenance=body.provenance)
