"""HTML from anywhere in, HTML that may stand in a feed out; and its plain text.

The one policy of what Polyfeed publishes, whoever wrote it:

- **kept elements**: paragraphs, headings, lists, tables, quotations, code, links, pictures with their captions, line
  breaks, rules, and the inline marks of meaning (``KEPT_ATTRIBUTES`` and ``_TAGS`` below are the whole list);
- **dropped with their content**: scripts, styles, forms and their controls, frames, objects, templates, SVG and MathML;
- **unwrapped**: every other element; its text stays;
- **kept attributes**: ``href``, ``src``, ``alt``, ``title``, ``width``, ``height``, table spans, ``datetime``, list
  numbering, and ``dir`` and ``lang`` anywhere; no ``style``, ``class``, ``id``, no handler;
- **links** go to http, https or mailto, and carry ``rel="noopener noreferrer"``; any other target is removed;
- **pictures** come from http or https; one without a source, or of at most 2 × 2 pixels, is a tracker and is dropped;
- **relative addresses** are made absolute against the page's;
- **control characters**, lone surrogates and noncharacters are removed, since XML cannot carry them.
"""

from __future__ import annotations

import re
from typing import Literal

import lxml.etree
import lxml.html
import nh3

_TAGS = frozenset(
    # text
    {"p", "br", "wbr", "hr", "pre", "blockquote", "address", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"article", "section", "aside", "div", "details", "summary"}
    | {"ul", "ol", "li", "dl", "dt", "dd"}
    | {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"}
    | {"figure", "figcaption", "picture", "img"}
    # inline
    | {"a", "abbr", "b", "strong", "i", "em", "u", "s", "del", "ins", "mark", "small", "sub", "sup", "span", "time"}
    | {"cite", "q", "dfn", "code", "kbd", "samp", "var", "bdi", "ruby", "rp", "rt"}  # bdo: feed validators warn
)
_DROPPED_WHOLE = frozenset(
    {"script", "style", "noscript", "template", "title", "iframe", "frame", "frameset", "object", "embed", "applet"}
    | {"form", "input", "button", "select", "option", "textarea"}
    | {"svg", "math", "canvas", "audio", "video"}
)
KEPT_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"dir", "lang"},
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"datetime"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_SCHEMES = {"http", "https", "mailto"}
_Relative = Literal["deny"] | tuple[Literal["rewrite_with_base"], str]

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# nh3 has written these itself, so every value is quoted and holds no quote
_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*>')
_SOURCE = re.compile(r' src="[^"]')
_PIXEL = re.compile(r' (?:width|height)="[0-2](?:px)?"')
_OPEN_OR_CLOSE = re.compile(r"<(/?)[a-zA-Z]")
_ANY_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_MAX_DEPTH = 500


def sanitise(html: str, *, base_url: str) -> str:
    """HTML that holds nothing but what the policy above allows.

    Args:
        html: a fragment or whole document, however broken or hostile.
        base_url: the address relative links and pictures are meant against; left as it is when it is not absolute.

    Returns:
        A well-formed fragment; the same input always gives the same bytes.
    """
    readable = _bound_depth(_UNREADABLE.sub("", html))
    try:
        clean = _clean(readable, ("rewrite_with_base", base_url))
    except ValueError:  # the base is no address: nothing can be meant against it
        clean = _clean(readable, "deny")
    # character references have become characters by now
    return _IMAGE.sub(_keep_picture, _UNREADABLE.sub("", clean)).strip()


def _clean(html: str, url_relative: _Relative) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes=KEPT_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        link_rel="noopener noreferrer",
        url_schemes=_SCHEMES,
        url_relative=url_relative,
    )


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and value.strip().lower().startswith("mailto:"):
        return None
    if attribute == "dir" and value.lower() not in {"rtl", "ltr", "auto"}:
        return None
    return value


def _keep_picture(match: re.Match[str]) -> str:
    picture = match.group()
    return "" if _PIXEL.search(picture) or not _SOURCE.search(picture) else picture


def _bound_depth(html: str) -> str:
    """The same HTML, its text alone where it nests so deep that a parser would take minutes."""
    depth = deepest = 0
    for match in _OPEN_OR_CLOSE.finditer(html):
        depth += -1 if match.group(1) else 1
        deepest = max(deepest, depth)
    if deepest <= _MAX_DEPTH:
        return html
    # elements without an end tag count as well: libxml2, which closes them, tells real depth and stops at its own
    try:
        return lxml.etree.tostring(
            lxml.html.fragment_fromstring(html, create_parent="div"), encoding="unicode", method="html"
        )
    except (lxml.etree.LxmlError, ValueError):
        return _ANY_TAG.sub(" ", html)


_BLOCKS = frozenset(
    {"p", "br", "hr", "pre", "blockquote", "address", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"article", "section", "aside", "div", "details", "summary", "figure", "figcaption"}
    | {"ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "tr", "th", "td"}
)
_SILENT = frozenset({"figure", "script", "style", "template", "rp", "rt"})


def plain_text(html: str) -> str:
    """The words of sanitised HTML, one paragraph, heading, list item or table cell a line.

    Pictures are left out with their captions: they are not part of the running text. Never raises.
    """
    readable = _UNREADABLE.sub("", html)
    if not readable.strip():
        return ""
    try:
        root = lxml.html.fragment_fromstring(readable, create_parent="div")
    except (lxml.etree.LxmlError, ValueError):
        return _lines(_ANY_TAG.sub("\n", readable))
    for element in root.iter(*_SILENT):
        tail = element.tail
        element.clear()
        element.tail = tail
    pieces: list[str] = []
    preformatted = 0
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        if element.tag in _BLOCKS:
            pieces.append("\n")
        preformatted += (1 if event == "start" else -1) if element.tag == "pre" else 0
        text = (element.text if event == "start" else element.tail) or ""
        pieces.append(text if preformatted else _SPACE.sub(" ", text))
    return _lines("".join(pieces))


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
