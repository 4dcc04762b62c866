"""The blocks that make up an article in, its HTML out: structure and pictures, and nothing of the page's boxes.

Paragraphs, headings, lists, tables and quotations keep their elements; every other box is transparent. Pictures that
stand among the kept text come along as ``figure`` with their caption; so do quotations set apart and posts of other
sites, since they are shown beside the running text. Addresses are made absolute. Not sanitised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urljoin

import lxml.html

from feeds.extract.prose import INLINE, MAX_ELEMENTS, Block, is_aside, is_box

Element = lxml.html.HtmlElement

_HEADING = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5", "h6": "h6"}
_WRAPPING = frozenset({"ul", "ol", "dl", "li", "dt", "dd", "blockquote", "table", "tr", "td", "th", "caption"})
_TABULAR = frozenset({"table", "tr", "td", "th"})
_MARKS = frozenset(
    {
        "b",
        "strong",
        "i",
        "em",
        "u",
        "s",
        "del",
        "ins",
        "sub",
        "sup",
        "small",
        "mark",
        "code",
        "q",
        "cite",
        "abbr",
        "time",
    }
    | {"ruby", "rt", "rp", "kbd", "samp", "var", "dfn", "bdi", "bdo"}
)
_KEPT_ATTRIBUTES = ("dir", "lang", "colspan", "rowspan", "start", "reversed", "datetime", "title")
_BREAK = re.compile(r"(?:\s*<br>\s*){2,}")
_NO_PICTURE = re.compile(
    r"(?:^data:)|(?:spacer|blank|placeholder|pixel|transparent|loading|1x1|loader)[^/]*$|\.svg(?:$|\?)", re.IGNORECASE
)
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-image", "data-url")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_MAX_CAPTION = 600
_MAX_PICTURES = 200
_MIN_PICTURE_PX = 60
# a picture's own link says "enlarge" at most; a teaser's says its headline
_TEASER_WORDS = 15


def write_html(kept: Sequence[Block], container: Element, *, base_url: str) -> str:
    """The kept blocks as HTML, in the page's order, with the pictures that stand among them."""
    writer = _Writer(kept, base_url)
    writer.box(container)
    return "".join(writer.out)


class _Writer:
    def __init__(self, kept: Iterable[Block], base_url: str) -> None:
        self.base_url = base_url
        self.kept = {(block.element, block.run) for block in kept}
        self.live = {e for element, _ in self.kept for e in (element, *element.iterancestors())}
        self.left = len(self.kept)
        self.seen_pictures: set[str] = set()
        self.elements_left = MAX_ELEMENTS
        self.layouts: dict[Element, bool] = {}
        self.broken: dict[Element, bool] = {}
        self.out: list[str] = []

    def box(self, element: Element) -> None:
        """Write one box that holds kept text somewhere."""
        tag = str(element.tag)
        wraps = tag in _WRAPPING and not (tag in _TABULAR and self._is_layout(element))
        if wraps:
            self.out.append(f"<{tag}{_attributes(element)}>")
        run = _Run(self, element, raw=tag in {"li", "dt", "dd", "td", "th", "caption"} and wraps)
        self._flow(element, run)
        run.end()
        if wraps:
            self.out.append(f"</{tag}>")

    def _is_layout(self, element: Element) -> bool:
        table = element if element.tag == "table" else next(element.iterancestors("table"), None)
        if table is None:
            return True
        if table not in self.layouts:
            self.layouts[table] = _only_arranges(table)
        return self.layouts[table]

    def _is_broken(self, inline: Element) -> bool:
        """Whether a box stands inside the inline element, so that it cannot be written as one."""
        if inline not in self.broken:
            self.broken[inline] = any(
                is_box(child) or (child.tag in INLINE and self._is_broken(child)) for child in inline
            )
        return self.broken[inline]

    def _flow(self, element: Element, run: _Run) -> None:
        run.text(element.text)
        for child in element:
            self.elements_left -= 1
            if self.elements_left < 0:
                return
            if is_box(child):
                run.end()
                if child in self.live:
                    self.box(child)
                elif self.left and len(self.seen_pictures) < _MAX_PICTURES:
                    self._picture(child)
                run.number += 1
            elif child.tag == "br":
                run.raw_html("<br>")
            elif child.tag in INLINE:
                if child.tag in {"img", "picture"}:
                    run.picture(child)
                elif self._is_broken(child):
                    self._flow(child, run)
                else:
                    self._inline(child, run)
            run.text(child.tail)

    def _inline(self, element: Element, run: _Run) -> None:
        tag = str(element.tag)
        opened = ""
        if tag == "a" and (element.get("href") or "").strip():
            opened = f'<a href="{escape(self.absolute(element.get("href") or ""))}">'
        elif tag in _MARKS:
            opened = f"<{tag}{_attributes(element)}>"
        run.raw_html(opened)
        self._flow(element, run)
        if opened:
            run.raw_html(f"</{tag}>")

    def _picture(self, box: Element) -> None:
        """Write the pictures of a box that holds no kept text."""
        if is_aside(box):
            return
        figures = [box] if box.tag in {"figure", "blockquote"} else list(box.iter("figure"))
        if not figures and len(" ".join(box.itertext()).strip()) < _MAX_CAPTION:
            figures = [box]
        for figure in figures[:20]:
            self.out.append(self._figure(figure))

    def _figure(self, figure: Element) -> str:
        caption = " ".join(" ".join(part.itertext()) for part in figure.iter("figcaption"))
        caption = " ".join(caption.split())
        source = next((found for found in map(self.source_of, figure.iter("img")) if found), "")
        alt = next((image.get("alt") or "" for image in figure.iter("img")), "")
        if source and not _links_elsewhere(figure):
            if source in self.seen_pictures or len(caption) > _MAX_CAPTION:
                return ""
            self.seen_pictures.add(source)
            text = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
            return f'<figure><img src="{escape(source)}" alt="{escape(alt)}">{text}</figure>'
        return ""

    def source_of(self, image: Element) -> str:
        """The picture's address, absolute; empty for a placeholder, an icon, or a pixel."""
        for side in ("width", "height"):
            size = image.get(side) or ""
            if size.isdigit() and int(size) < _MIN_PICTURE_PX:
                return ""
        candidates = [image.get(name) or "" for name in ("src", *_LAZY)]
        # libxml2 may put the picture inside the source elements before it
        sources = [image, *(source for holder in image.iterancestors("picture") for source in holder.iter("source"))]
        candidates += [_largest(source.get(name) or "") for source in sources for name in _SETS]
        for candidate in candidates:
            if candidate.strip() and not _NO_PICTURE.search(candidate.strip()):
                return self.absolute(candidate)
        return ""

    def absolute(self, address: str) -> str:
        try:
            return urljoin(self.base_url, address.strip())
        except ValueError:
            return ""


class _Run:
    """The run of inline content being written in one box."""

    def __init__(self, writer: _Writer, element: Element, *, raw: bool) -> None:
        self.writer = writer
        self.element = element
        self.raw = raw
        self.number = 0
        self.pieces: list[str] = []

    @property
    def is_kept(self) -> bool:
        return (self.element, self.number) in self.writer.kept

    def text(self, text: str | None) -> None:
        if text and self.is_kept:
            self.pieces.append(escape(text, quote=False))

    def raw_html(self, html: str) -> None:
        if self.is_kept:
            self.pieces.append(html)

    def picture(self, element: Element) -> None:
        image = element if element.tag == "img" else next(element.iter("img"), None)
        source = self.writer.source_of(image) if image is not None else ""
        if image is not None and source and self.writer.left and source not in self.writer.seen_pictures:
            self.writer.seen_pictures.add(source)
            html = f'<img src="{escape(source)}" alt="{escape(image.get("alt") or "")}">'
            if self.is_kept:
                self.pieces.append(html)
            elif self.element in self.writer.live:
                self.writer.out.append(f"<figure>{html}</figure>")

    def end(self) -> None:
        """Write what the run holds, as paragraphs where the box is none itself."""
        if not self.is_kept:
            return
        self.writer.left -= 1
        html, self.pieces = "".join(self.pieces).strip(), []
        if self.raw:
            self.writer.out.append(html)
            return
        tag = _HEADING.get(str(self.element.tag), "pre" if self.element.tag == "pre" else "p")
        parts = _BREAK.split(html) if tag == "p" else [html]
        attributes = _attributes(self.element) if self.element.tag in {"p", *_HEADING} else ""
        self.writer.out.extend(f"<{tag}{attributes}>{part.strip()}</{tag}>" for part in parts if part.strip())


def _attributes(element: Element) -> str:
    return "".join(
        f' {name}="{escape(value)}"' for name in _KEPT_ATTRIBUTES if (value := element.get(name)) is not None
    )


def _only_arranges(table: Element) -> bool:
    """Whether the table is there for layout: no row of it has two cells of text."""
    return all(len(list(filter(_has_text, row.iterchildren("td", "th")))) <= 1 for row in table.iter("tr"))


def _has_text(element: Element) -> bool:
    return any(not text.isspace() for text in element.itertext())


def _links_elsewhere(figure: Element) -> bool:
    """Whether the picture is a link to another page with words of its own: a teaser."""
    for link in [figure, *figure.iterancestors("a"), *figure.iter("a")]:
        if link.tag != "a":
            continue
        href = (link.get("href") or "").split("?")[0].lower()
        if href and not href.startswith("#") and not href.endswith((".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")):
            words = " ".join("".join(link.itertext()).split())
            if len(words) > _TEASER_WORDS:
                return True
    return False


def _largest(sources: str) -> str:
    """The widest picture of a ``srcset``."""
    best, best_size = "", -1.0
    for part in re.split(r",\s+", sources):
        address, _, size = part.strip().partition(" ")
        number = re.match(r"\d+(?:\.\d+)?", size)
        width = float(number.group()) if number else 0.0
        if width > best_size:
            best, best_size = address, width
    return best
