"""A page's links in, the same story in other languages out: tag -> address.

Declared ones (``hreflang``) come first. A visible language switch counts only where it leads to a page of this
page's own kind: on most sites it leads to the other editions' front pages, which are other pages, not translations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit

import lxml.etree
import lxml.html

from feeds.extract.found import Found, clean
from feeds.extract.meta import Head
from feeds.extract.tongues import language_called

_LINKS = lxml.etree.XPath("//body//a[@href][string-length(normalize-space()) < 40]")
_DIGITS = re.compile(r"\d+")
_FRONT = re.compile(r"(?:^|/)(?:index|default|home)\.\w+$|/$|^$", re.IGNORECASE)


def find_alternates(tree: lxml.html.HtmlElement, head: Head, url: str) -> Found[Mapping[str, str]] | None:
    """The same story in other languages, None when the page links to none."""
    declared = {
        tongue.lower(): href
        for rels, href, tongue, kind in head.links
        if "alternate" in rels and tongue and tongue.lower() != "x-default" and kind in ("", "text/html")
    }
    if declared:
        return Found(value=MappingProxyType(declared), where="link:alternate")
    shown = dict(_switched(tree, url))
    return Found(value=MappingProxyType(shown), where="language switch") if shown else None


def _switched(tree: lxml.html.HtmlElement, url: str) -> Iterator[tuple[str, str]]:
    own = _form(url)
    if own is None:
        return
    for link in _LINKS(tree):
        tag = language_called(clean(link.text_content()))
        if tag is None:
            continue
        try:
            target = urljoin(url, link.get("href").strip())
        except ValueError:
            continue
        if target != url and _form(target) == own:
            yield tag, target


def _form(url: str) -> tuple[int, str] | None:
    """How the last step of an address is built: digits counted out, letters kept only in an ending; None for a front.

    Translations of a story live in the same system: ``t20200707_1.html`` and ``t20200707_2.html`` are of one form.
    """
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    if _FRONT.search(path):
        return None
    last = path.rsplit("/", 1)[-1]
    stem, _, ending = last.rpartition(".")
    numbers = len(_DIGITS.findall(stem or last))
    return (numbers, ending if stem else "") if numbers or "-" in last else None
