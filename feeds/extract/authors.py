"""What a page declares and shows as its authors in, their names out."""

from __future__ import annotations

import re

import lxml.html

from feeds.extract import visible
from feeds.extract.found import Found
from feeds.extract.jsonld import JsonLd, as_list, texts_of
from feeds.extract.meta import Head

_METAS = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "articleauthor",
    "dcterms.creator",
)


def find_authors(tree: lxml.html.HtmlElement, head: Head, ld: JsonLd) -> Found[list[str]] | None:
    """The first source that names authors: JSON-LD, metas, bylines."""
    declared = [ld.follow(one) for one in as_list(ld.article.get("author"))]
    names = texts_of(declared)
    if names:
        return Found(value=names, where="json-ld")
    for found in head.found(*_METAS):
        if not re.match(r"https?://", found.value):
            return Found(value=[found.value], where=found.where)
    for labelled in visible.labelled(tree, "authors"):
        return labelled
    return None
