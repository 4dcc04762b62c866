"""The page's declared and visible titles in, its headline out."""

from __future__ import annotations

import re

import lxml.html

from feeds.extract import visible
from feeds.extract.found import Found
from feeds.extract.jsonld import JsonLd, is_article
from feeds.extract.meta import Head

_SUFFIX = re.compile(r"\s+[|\-–—·»:•]+\s+")


def find_title(tree: lxml.html.HtmlElement, head: Head, ld: JsonLd) -> Found[str] | None:
    """The headline: the first of h1, JSON-LD, og:title, twitter:title and title that another source confirms."""
    candidates = [Found(value=text, where="h1") for text in visible.headings(tree)[:1]]
    if is_article(ld.article) and ld.text("headline"):
        candidates.append(Found(value=ld.text("headline"), where="json-ld"))
    candidates += [found for found in (head.first("og:title"), head.first("twitter:title")) if found]
    if head.title:
        candidates.append(Found(value=head.title, where="title"))
    for number, candidate in enumerate(candidates):
        others = [other.value.casefold() for other in candidates[number + 1 :]]
        if any(candidate.value.casefold() in other for other in others):
            return candidate
    return next((c for c in candidates if c.where != "title"), None) or _without_suffix(head.title)


def _without_suffix(title: str) -> Found[str] | None:
    """The title element's text without what follows its last bar or dash: the site's name."""
    if not title:
        return None
    parts = _SUFFIX.split(title)
    return Found(value=title[: title.rfind(parts[-1])].rstrip(" |-–—·»:•") if len(parts) > 1 else title, where="title")
