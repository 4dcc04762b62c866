"""An item of an API's answer in, the value of a field out, by the names that APIs usually give it.

Names are compared without case, ``_``, ``-`` and spaces: ``publishedAt`` and ``published_at`` are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

# what only wraps an article: GraphQL's node, JSON:API's attributes, Elasticsearch's _source …
_WRAPPERS = (
    "node",
    "attributes",
    "source",
    "fields",
    "item",
    "article",
    "post",
    "story",
    "data",
    "content",
    "document",
)
# … and where an answer keeps what it says of its pages
NEXT = ("links", "pagination", "paging", "meta", "pageinfo", "page", "data")
_SEPARATORS = re.compile(r"[_\-\s$@.]")
_DEEPEST = 2

# the likelier name first
NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "url": (
            *(
                "canonicalurl",
                "canonical",
                "weburl",
                "htmlurl",
                "publicurl",
                "fullurl",
                "articleurl",
                "pageurl",
                "detailurl",
            ),
            *("permalink", "link", "url", "href", "shareurl", "storyurl", "uri", "links", "path", "docpuburl"),
        ),
        "guid": ("guid", "uuid", "urn", "globalid", "id"),
        "title": ("title", "headline", "name", "heading", "titel", "webtitle", "caption"),
        "authors": ("authors", "author", "byline", "creator", "creators", "contributors", "writer", "authorname"),
        "published": (
            *("dategmt", "publishedat", "datepublished", "publicationdate", "firstpublished", "publisheddate"),
            *("publishdate", "publishat", "publishtime", "published", "pubdate", "publishedon", "publicationtime"),
            *("firstpublishedat", "webpublicationdate", "pubtime", "date", "created", "createdat", "datetime", "time"),
            *("timestamp", "datecreated", "issued"),
        ),
        "updated": (
            *("modifiedgmt", "updatedat", "datemodified", "lastmodified", "modifiedat", "updated", "modified"),
            *("lastupdated", "updateddate", "updatetime", "modificationdate"),
        ),
        "keywords": ("tags", "keywords", "tagnames", "taglist", "topics", "subjects", "hashtags", "labels"),
        "language": ("language", "lang", "locale", "inlanguage"),
        "section": ("section", "sectionname", "category", "categories", "channel", "rubric", "primarysection"),
        "summary": (
            *("summary", "excerpt", "description", "teaser", "abstract", "standfirst", "trailtext", "intro"),
            *("lead", "dek", "snippet", "shortdescription", "subtitle"),
        ),
        "content_html": (
            *("contenthtml", "bodyhtml", "articlebody", "content", "body", "html", "fulltext", "text", "contenttext"),
        ),
        "image": (
            *("image", "imageurl", "jetpackfeaturedmediaurl", "featuredimage", "leadimage", "mainimage", "heroimage"),
            *("featuredimageurl", "thumbnail", "thumbnailurl", "picture", "photo", "cover", "coverimage", "urltoimage"),
            *("bannerimage", "images", "poster"),
        ),
        "next": (*("next", "nextpageurl", "nextpage", "nexturl", "nextlink", "nexthref", "odatanextlink"),),
    }
)


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A key as it is compared."""
    return _SEPARATORS.sub("", name).lower()


def insides(raw: Mapping[str, Any], wrappers: Sequence[str] = _WRAPPERS) -> list[dict[str, Any]]:
    """The item and what wraps its fields in it, by folded keys; the outer one first."""
    found: list[dict[str, Any]] = []
    level = [raw]
    for _ in range(_DEEPEST + 1):
        named = [{folded(str(key)): value for key, value in one.items()} for one in level]
        found += named
        level = [one[name] for one in named for name in wrappers if isinstance(one.get(name), dict)]
    embedded = found[0].get("embedded")  # HAL, and so WordPress: what the ids in the item stand for
    if isinstance(embedded, dict):
        found.append(_embedded(embedded))
    return found


def find_named(places: Iterable[Mapping[str, Any]], field: str) -> Any:
    """The first value that says something, the likelier name before the nearer place; None without any."""
    placed = list(places)
    for name in NAMES[field]:
        for place in placed:
            value = place.get(name)
            if _says(value):
                return f"{value}Z" if name in {"dategmt", "modifiedgmt"} and isinstance(value, str) else value
    return None


def looks_like_article(value: Any) -> bool:
    """Whether it has an address, and a title or a date."""
    if not isinstance(value, dict):
        return False
    places = insides(value)
    return find_named(places, "url") is not None and (
        find_named(places, "title") is not None or find_named(places, "published") is not None
    )


def _says(value: Any) -> bool:
    """Not nothing, and not a list of bare ids, which stand for what is kept elsewhere."""
    if value is None or value == "" or isinstance(value, bool):
        return False
    if isinstance(value, list):
        return any(isinstance(one, str | dict) and one for one in value)
    return not (isinstance(value, dict) and not value)


def _embedded(embedded: Mapping[str, Any]) -> dict[str, Any]:
    """Names of authors and terms as WordPress embeds them (``_embed``)."""
    terms = [
        term
        for group in embedded.get("wp:term") or ()
        if isinstance(group, list)
        for term in group
        if isinstance(term, dict)
    ]
    media = embedded.get("wp:featuredmedia")
    return {
        "authors": embedded.get("author"),
        "tags": [term for term in terms if term.get("taxonomy") == "post_tag"],
        "categories": [term for term in terms if term.get("taxonomy") == "category"],
        "image": media[0] if isinstance(media, list) and media else None,
    }
