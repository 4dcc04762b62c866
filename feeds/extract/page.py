"""An article page in, one Item out: every field from where it stands best, each with its provenance.

The page is parsed once; metadata is read before the body. A recipe overrides any field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from types import MappingProxyType
from typing import Any

from feeds.extract.alternates import find_alternates
from feeds.extract.authors import find_authors
from feeds.extract.body import read_body
from feeds.extract.credit import find_credit
from feeds.extract.evidence import Evidence, gather
from feeds.extract.found import Found, absolute
from feeds.extract.image import find_caption, find_image
from feeds.extract.jsonld import JsonLd, types_of
from feeds.extract.keywords import find_keywords
from feeds.extract.meta import Head
from feeds.extract.page_files import find_files, find_rights
from feeds.extract.page_recipe import BY_RECIPE, cut_out, select_fields
from feeds.extract.title import find_title
from feeds.extract.tree import parse_html
from feeds.extract.verdict import check_article
from feeds.extract.when import find_published, find_updated
from feeds.model import Item, Recipe

_SAYS_FREE = {
    "true": True,
    "free": True,
    "yes": True,
    "1": True,
    "false": False,
    "locked": False,
    "no": False,
    "0": False,
}
_FIRST_PICTURE = re.compile(r"<img\b[^>]*?\ssrc=[\"']([^\"']+)", re.IGNORECASE)


def read_page(html: bytes, url: str, *, content_type: str | None = None, recipe: Recipe | None = None) -> Item:
    """Read one article page.

    Args:
        html: The page's bytes, decompressed.
        url: Its absolute address, after redirects.
        content_type: The HTTP header's value, which may name the encoding.
        recipe: Selectors that win over what is found without them.

    Raises:
        ExtractError: the document cannot be read at all, or a selector of the recipe is wrong.
        NothingFound: the page answered, and is no article; the reason says what it is.
    """
    recipe = recipe or Recipe()
    tree = parse_html(html, content_type=content_type, encoding=recipe.encoding)
    page = gather(tree, url)
    found = _find_fields(page, recipe)
    found |= select_fields(tree, url, recipe)
    cut_out(tree, recipe)
    title = _value(found, "title")
    body = read_body(tree, url=url, json_ld_body=page.ld.text("articleBody") or None, selector=recipe.body, title=title)
    published = _value(found, "published")
    kinds = sorted({kind for node in page.ld.nodes for kind in types_of(node)})
    check_article(tree=tree, title=title, body=body, json_ld_types=kinds, published=published, url=url)
    _add_lead_picture(page, found, body.html)
    if body.html:
        found["content_html"] = Found(value=body.html, where=body.provenance)
    return _as_item(url, found)


def _find_fields(page: Evidence, recipe: Recipe) -> dict[str, Found[Any] | None]:
    head, ld, url = page.head, page.ld, page.url
    language = _language(head, ld)
    spoken = language.value if language else None
    authors = find_authors(page)
    signed = authors.value if authors else ()
    keywords = find_keywords(page, separators=recipe.keyword_separators, authors=signed)
    return {
        "canonical_url": _canonical(head, ld, url),
        "title": find_title(page),
        "authors": authors,
        "published": find_published(page, spoken),
        "updated": find_updated(page, spoken),
        "keywords": keywords,
        "language": language,
        "section": _first(ld, "articleSection") or head.first("article:section"),
        "summary": _first(ld, "description") or head.first("og:description", "description", "twitter:description"),
        "image": find_image(page),
        "enclosures": find_files(page),
        "rights": find_rights(page),
        "origin": next((Found(value=one.value[0], where=one.where) for one in page.visible.labelled("origin")), None),
        "alternates": find_alternates(page.tree, head, url),
        "is_free": _is_free(head, ld),
    }


def _add_lead_picture(page: Evidence, found: dict[str, Found[Any] | None], body_html: str) -> None:
    """The body's first picture where none is declared; and of whichever it is the caption and the credit."""
    shown = _FIRST_PICTURE.search(body_html) if not found["image"] else None
    if shown:
        found["image"] = Found(value=absolute(page.url, unescape(shown[1])), where="body")
    image = found["image"]
    if image and not _by_recipe(found, "image_caption"):
        found["image_caption"] = find_caption(page, image.value)
    if image:
        found["image_credit"] = find_credit(page, image.value)


def _by_recipe(found: Mapping[str, Found[Any] | None], field: str) -> bool:
    one = found.get(field)
    return one is not None and one.where == BY_RECIPE


def _value(found: Mapping[str, Found[Any] | None], field: str) -> Any:
    one = found.get(field)
    return one.value if one else None


def _as_item(url: str, found: Mapping[str, Found[Any] | None]) -> Item:
    fields = {name: one for name, one in found.items() if one is not None}
    values = {name: one.value for name, one in fields.items()}
    for name in ("authors", "keywords", "enclosures"):
        values[name] = tuple(values.get(name, ()))
    provenance = MappingProxyType({name: one.where for name, one in fields.items()})
    return Item(url=url, provenance=provenance, **values)


def _first(ld: JsonLd, key: str) -> Found[str] | None:
    text = ld.text(key)
    return Found(value=text, where="json-ld") if text else None


def _canonical(head: Head, ld: JsonLd, url: str) -> Found[str] | None:
    link = head.link("canonical")
    if link:
        return Found(value=link, where="link:canonical")
    for candidate in (_first(ld, "url"), head.first("og:url")):
        if candidate and candidate.value.startswith(("http://", "https://", "/")):
            return Found(value=absolute(url, candidate.value), where=candidate.where)
    return None


def _language(head: Head, ld: JsonLd) -> Found[str] | None:
    if head.language:
        return Found(value=head.language, where="html:lang")
    return _first(ld, "inLanguage") or head.first("content-language", "og:locale", "dc.language", "language")


def _is_free(head: Head, ld: JsonLd) -> Found[bool] | None:
    """Whether the whole text may be read without paying; None when the page does not say."""
    for node in (ld.article, ld.page):
        value = str(node.get("isAccessibleForFree", "")).strip().lower()
        if value in _SAYS_FREE:
            return Found(value=_SAYS_FREE[value], where="json-ld")
    for found in head.found("article:content_tier", "itemprop:isaccessibleforfree"):
        if found.value.lower() in _SAYS_FREE:
            return Found(value=_SAYS_FREE[found.value.lower()], where=found.where)
    return None
