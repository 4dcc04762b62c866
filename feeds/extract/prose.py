"""A page's tree in, its blocks of running text out, in the order they are read.

One walk over the tree. A block is an unbroken run of text that stands directly in one block element, with its inline
elements; what a browser would never show as text (scripts, controls) is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import lxml.html

from feeds.extract.noise import names_aside, names_embed, names_talk

SILENT = frozenset(
    {"script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas", "audio", "video"}
    | {"select", "option", "textarea", "button", "input", "head", "map", "datalist", "dialog"}
)
INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins"}
    | {"kbd", "label", "mark", "nobr", "q", "ruby", "rb", "rt", "rp", "s", "samp", "small", "span", "strike", "strong"}
    | {"sub", "sup", "time", "tt", "u", "var", "br", "wbr", "img", "picture", "source"}
)
# elements that say by their name that what is in them is not the running text
_ASIDE = frozenset({"nav", "footer", "aside", "form", "menu"})
# never read, unless the headline is in it
_NAVIGATION = frozenset({"nav", "footer", "menu"})
_ASIDE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar"}
    | {"form", "toolbar", "alert", "status"}
)
# hardly a page has a tenth of them; one with more is read as far as this
MAX_ELEMENTS = 100_000
_MAX_BLOCKS = 20_000
# a syllable or an ideograph says as much as three letters
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_DENSE_EXTRA = 2


@dataclass(slots=True, eq=False)
class Block:
    """An unbroken run of text in one element; ``run`` counts the runs of that element, from 0.

    ``weight`` is its length in Latin-letter equivalents, ``linked`` the part of it inside links (0 to 1).
    ``aside`` is the nearest element around it that is named as something other than running text.
    """

    element: lxml.html.HtmlElement
    depth: int
    aside: lxml.html.HtmlElement | None
    run: int = 0
    pieces: list[str] = field(default_factory=list)
    linked_length: int = 0
    text: str = ""
    weight: int = 0
    linked: float = 0.0


def read_blocks(body: lxml.html.HtmlElement) -> list[Block]:
    """Every block of text below ``body``, in document order."""
    walk = _Walk(Block(element=body, depth=0, aside=None))
    walk.visit(body, in_link=False)
    found = []
    for block in walk.blocks:
        text = " ".join("".join(block.pieces).split())
        if text:
            block.text = text
            block.weight = weigh(text)
            block.linked = min(1.0, block.linked_length / len(text))
            found.append(block)
    return found


def weigh(text: str) -> int:
    """How much a text says, in Latin letters; scripts of syllables and ideographs say more per character."""
    return len(text) if text.isascii() else len(text) + _DENSE_EXTRA * len(_DENSE.findall(text))


def is_box(element: lxml.html.HtmlElement) -> bool:
    """Whether the element breaks the run of text it stands in; silent elements do not."""
    tag = element.tag
    return is_set_off(element) if tag in INLINE else tag not in SILENT


def is_set_off(element: lxml.html.HtmlElement) -> bool:
    """Whether an inline element is named as something beside the text around it."""
    if element.tag != "span":
        return False
    names = element.get("class")
    return names is not None and (names_aside(names) or names_embed(names))


class _Walk:
    """One pass over a tree; ``block`` is the run that text is being added to."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.blocks = [block]
        self.left = MAX_ELEMENTS

    def visit(self, element: lxml.html.HtmlElement, *, in_link: bool) -> None:
        if element.text:
            self._add(element.text, in_link=in_link)
        for child in element:
            tag = child.tag
            self.left -= 1
            if self.left < 0 or len(self.blocks) > _MAX_BLOCKS:
                return
            if tag == "br":
                self.block.pieces.append("\n")
            elif tag in INLINE and not is_set_off(child):
                self.visit(child, in_link=in_link or tag == "a")
            elif tag not in SILENT:
                self._visit_box(child, in_link=in_link)
            if child.tail:
                self._add(child.tail, in_link=in_link)

    def _visit_box(self, box: lxml.html.HtmlElement, *, in_link: bool) -> None:
        outer = self.block
        if box.tag not in _NAVIGATION or box.find(".//h1") is not None:
            aside = box if is_aside(box) else outer.aside
            self._start(Block(element=box, depth=outer.depth + 1, aside=aside))
            self.visit(box, in_link=in_link)
        self._start(Block(element=outer.element, depth=outer.depth, aside=outer.aside, run=outer.run + 1))

    def _start(self, block: Block) -> None:
        if not self.block.pieces:
            self.blocks.pop()
        self.block = block
        self.blocks.append(block)

    def _add(self, text: str, *, in_link: bool) -> None:
        self.block.pieces.append(text)
        if in_link:
            self.block.linked_length += len(text.strip())


def is_aside(element: lxml.html.HtmlElement) -> bool:
    """Whether tag, role, class or id names the element as something beside the running text."""
    if element.tag in _ASIDE or element.get("hidden") is not None:
        return True
    role = element.get("role")
    if role is not None and role.lower() in _ASIDE_ROLES:
        return True
    names, ident = element.get("class"), element.get("id")
    return (names is not None and (names_aside(names) or names_talk(names))) or (
        ident is not None and (names_aside(ident) or names_talk(ident))
    )
