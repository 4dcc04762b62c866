"""The page's tree in, what a reader sees beside the article out: labelled fields, tag links, bylines, dates.

Only short texts are looked at: a label stands at the beginning of a line of its own, never in the running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import cast

import lxml.etree
import lxml.html

from feeds.extract import labels
from feeds.extract.found import Found, clean

_LONGEST_LINE = 400
# texts that may hold a label: with a colon, short, not in a script; the pattern does the rest
_WITH_COLON = lxml.etree.XPath(
    "//body//text()[(contains(., ':') or contains(., '：')) and string-length() < 400]"
    "[not(parent::script or parent::style or parent::noscript or parent::title)]"
)
_TIMES = lxml.etree.XPath("//body//time")
_HEADINGS = lxml.etree.XPath("//body//h1")
_SPLIT_FIELDS = re.compile(r"\s*[·•|｜\u3000]\s*|\s{3,}|\n")


def labelled(tree: lxml.html.HtmlElement, field: str) -> Iterator[Found[list[str]]]:
    """Values behind a label of ``field`` (an attribute of ``Labels``), in page order.

    The value is a list: link texts where the label is followed by links, else the one text behind it.
    """
    matcher = _pattern(field)
    for text in _WITH_COLON(tree):
        for part in _SPLIT_FIELDS.split(str(text)):
            match = matcher.match(part)
            if match is None:
                continue
            label = clean(match.group(1))
            values = _values_behind(text, part[match.end() :])
            if values:
                yield Found(value=values, where=f"label:{label}")


@cache
def _pattern(field: str) -> re.Pattern[str]:
    return labels.pattern(field)


def _values_behind(text: lxml.etree._ElementUnicodeResult, rest: str) -> list[str]:
    """What stands behind a label: the rest of its text, else the links or the words that follow it."""
    if clean(rest):
        return [clean(rest)]
    parent = cast("lxml.html.HtmlElement | None", text.getparent())
    # the label is a child's whole text (<b>Tags:</b> …) or stands directly in the container
    node = parent if parent is None or not text.is_tail else parent.getparent()
    for _ in range(3):
        if node is None or node.tag in ("body", "main", "article"):
            break
        links = [clean(link.text_content()) for link in node.iter("a")]
        if any(links):
            return [link for link in links if link]
        words = clean(node.text_content())
        after = words.partition(clean(str(text)))[2].strip()
        if 0 < len(after) <= _LONGEST_LINE:
            return [after]
        if len(words) > _LONGEST_LINE:
            break
        node = node.getparent()
    return []


def times(tree: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    """The time elements of the page."""
    yield from _TIMES(tree)


def headings(tree: lxml.html.HtmlElement) -> list[str]:
    """The texts of the page's first-rank headings."""
    return [text for text in (clean(heading.text_content()) for heading in _HEADINGS(tree)) if text]


_WITH_DIGITS = lxml.etree.XPath(
    "//body//text()[string-length() < 200 and string-length() > 7]"
    "[translate(., '0123456789０１２３４５６７８９٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹๐๑๒๓๔๕๖๗๘๙', '') != .]"
    "[not(parent::script or parent::style or parent::noscript or ancestor::a or ancestor::footer or ancestor::nav)]"
)
_MANY = 200


def shown_dates(tree: lxml.html.HtmlElement) -> Iterator[Found[str]]:
    """Short texts with digits, from the headline on when there is one: one of them may be the article's date."""
    texts = _WITH_DIGITS(tree)
    for text in texts[:_MANY]:
        yield Found(value=clean(str(text)), where="text")
