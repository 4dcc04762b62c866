"""What a page declares and shows as its keywords in, one list of them out."""

from __future__ import annotations

import lxml.html

from feeds.extract import visible
from feeds.extract.found import Found
from feeds.extract.jsonld import JsonLd, as_list, texts_of
from feeds.extract.meta import Head
from feeds.names import split_keywords

_METAS = (
    "news_keywords",
    "article:tag",
    "og:article:tag",
    "parsely-tags",
    "sailthru.tags",
    "mrf:tags",
    "dc.subject",
    "keywords",
)


def find_keywords(
    tree: lxml.html.HtmlElement, head: Head, ld: JsonLd, separators: str | None
) -> Found[tuple[str, ...]] | None:
    """The first source that names keywords: JSON-LD, metas, labelled lists, tag links."""
    declared = Found(value=texts_of(as_list(ld.article.get("keywords"))), where="json-ld")
    metas = [Found(value=head.all(name), where=f"meta:{name}") for name in _METAS]
    for found in (declared, *metas, *visible.labelled(tree, "keywords")):
        names = split_keywords(found.value, separators)
        if names:
            return Found(value=names, where=found.where)
    return None
