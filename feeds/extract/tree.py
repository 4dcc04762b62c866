"""Bytes of a page in, one lxml tree out: the tree that every reader of the page shares.

Comments and processing instructions are left out. Nesting is bounded, so that code that recurses, and paths that
cost depth times nodes, stay affordable on hostile pages.
"""

from __future__ import annotations

import re
from typing import cast

import lxml.etree
import lxml.html

from feeds.errors import ExtractError
from feeds.extract.encoding import decode

MAX_PAGE_BYTES = 20_000_000
MAX_DEPTH = 200

# what XML, and so lxml's own setters, cannot hold; lone surrogates cannot be encoded at all
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TOO_DEEP = lxml.etree.XPath("/*" * (MAX_DEPTH + 1))


def parse_html(html: bytes, *, content_type: str | None = None, encoding: str | None = None) -> lxml.html.HtmlElement:
    """Parse a page once, whatever state it is in.

    Args:
        html: the page, decompressed.
        content_type: the HTTP header's value.
        encoding: a label that overrides what the page says of itself.

    Raises:
        ExtractError: the page is empty, holds no markup at all, or is over 20 MB.
    """
    if len(html) > MAX_PAGE_BYTES:
        raise ExtractError(f"the page has {len(html):,} bytes; more than {MAX_PAGE_BYTES:,} are not read")
    text = _UNREADABLE.sub("", decode(html, content_type=content_type, override=encoding).text)
    if not text.strip():
        raise ExtractError("the page is empty")
    parser = lxml.html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
        collect_ids=False,
        default_doctype=False,
    )
    try:
        tree = lxml.html.document_fromstring(text.encode(), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise ExtractError(f"the page holds no readable markup: {error}") from error
    _flatten(tree)
    return tree


def _flatten(tree: lxml.html.HtmlElement) -> None:
    """Unwrap whatever nests deeper than MAX_DEPTH; its text stays where it was read."""
    while deep := cast("list[lxml.html.HtmlElement]", _TOO_DEEP(tree)):
        for element in deep:
            element.drop_tag()
