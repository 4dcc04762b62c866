"""Bytes of a page in, one lxml tree out: the tree that every reader of the page shares.

Comments and processing instructions are left out. Nesting is bounded, so that code that recurses, and paths that
cost depth times nodes, stay affordable on hostile pages.
"""

from __future__ import annotations

import re
import threading
from typing import cast

import lxml.etree
import lxml.html

from feeds.errors import ExtractError
from feeds.extract.encoding import decode

MAX_PAGE_BYTES = 20_000_000
MAX_DEPTH = 200

# bytes no text holds; libxml2 puts U+FFFD for some of them, which readers would see
_CONTROLS = bytes([*range(9), 0x0B, *range(0x0E, 0x20), 0x7F])
# lxml's setters refuse these, which character references may have brought into the tree
_UNSETTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AT_MAX_DEPTH = lxml.etree.XPath("/*" * MAX_DEPTH)
# libxml2 compares each attribute of an element with all before it
_WINDOW = 25_000
_HUGE_TAG = re.compile(rb"<([a-zA-Z][^\s<>/]{0,30})[^<>]{%d,}" % (2 * _WINDOW))
_MAX_ATTRIBUTES = 500
_LOCAL = threading.local()
# how files begin that servers send where a page should be: each is full of bytes that read like text
_OTHER_FILES = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture, a film or sound"),
    (b"ID3", "sound"),
    (b"OggS", "sound or a film"),
    (b"\x1aE\xdf\xa3", "a film"),
    (b"PK\x03\x04", "an archive or an office file (zip)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office file"),
    (b"\xfd7zXZ\x00", "a file compressed with xz"),
    (b"7z\xbc\xaf", "a file compressed with 7z"),
    (b"BZh", "a file compressed with bzip2"),
    (b"(\xb5/\xfd", "a file compressed with zstd"),
    (b"\x1f\x8b\x08", "a file compressed with gzip"),
)


def parse_html(html: bytes, *, content_type: str | None = None, encoding: str | None = None) -> lxml.html.HtmlElement:
    """Parse a page once, whatever state it is in.

    Args:
        html: the page, decompressed.
        content_type: the HTTP header's value.
        encoding: a label that overrides what the page says of itself.

    Raises:
        ExtractError: the page is empty, holds no markup at all, is a file of another kind, or is over 20 MB.
    """
    if len(html) > MAX_PAGE_BYTES:
        raise ExtractError(f"the page has {len(html):,} bytes; more than {MAX_PAGE_BYTES:,} are not read")
    kind = next((kind for start, kind in _OTHER_FILES if html.startswith(start)), None)
    if kind is not None:
        raise ExtractError(f"not a page: this is {kind}")
    text = decode(html, content_type=content_type, override=encoding).text
    data = _tame_tags(text.encode("utf-8", "replace").translate(None, _CONTROLS))
    if not data.strip():
        raise ExtractError("the page is empty")
    try:
        tree = lxml.html.document_fromstring(data, parser=_parser())
    except (lxml.etree.LxmlError, ValueError) as error:
        raise ExtractError(f"the page holds no readable markup: {error}") from error
    _flatten(tree)
    return tree


def _parser() -> lxml.html.HTMLParser:
    """This thread's parser; one parser would make threads wait for each other."""
    parser: lxml.html.HTMLParser | None = getattr(_LOCAL, "parser", None)
    if parser is None:
        parser = lxml.html.HTMLParser(
            encoding="utf-8",
            remove_comments=True,
            remove_pis=True,
            huge_tree=True,
            collect_ids=False,
            default_doctype=False,
        )
        _LOCAL.parser = parser
    return parser


def _tame_tags(data: bytes) -> bytes:
    """Take the attributes from tags with thousands of them, over which the parser would spend minutes."""
    # a tag of twice the window covers a whole window somewhere
    start = kept_until = 0
    kept: list[bytes] = []
    while start < len(data) - _WINDOW:
        end = data.find(b">", start)
        if end < 0 or end >= start + _WINDOW:
            opened = data.rfind(b"<", kept_until, start + _WINDOW)
            tag = _HUGE_TAG.match(data, opened) if opened >= 0 else None
            if tag and len(tag.group().split(None, _MAX_ATTRIBUTES)) > _MAX_ATTRIBUTES:
                kept += [data[kept_until:opened], b"<", tag.group(1)]
                kept_until = tag.end()
        start = max(end, start) + _WINDOW
    return b"".join([*kept, data[kept_until:]]) if kept else data


def _flatten(tree: lxml.html.HtmlElement) -> None:
    """Make plain text of whatever nests deeper than MAX_DEPTH."""
    deepest = cast("list[lxml.html.HtmlElement]", _AT_MAX_DEPTH(tree))
    for element in deepest:
        if len(element):
            for code in element.iter("script", "style"):
                code.text = None
            words = " ".join(element.itertext())
            for child in list(element):
                element.remove(child)
            element.text = _UNSETTABLE.sub("", words)
