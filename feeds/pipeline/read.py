"""One article page in, one Article out, with no store and no network; and a page's item joined with its listing's."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import MappingProxyType

from feeds.clock import utc_now
from feeds.errors import ArticleError
from feeds.extract.image import is_same_picture
from feeds.extract.page import read_page
from feeds.model import Article, Item, Recipe, Source
from feeds.normalise.article import normalise
from feeds.urls import identity_of, is_http_url, plain_identity


def read_article(html: bytes, url: str, *, content_type: str | None = None, recipe: Recipe | None = None) -> Article:
    """Read an article from a page of any site.

    Args:
        html: The page's bytes, decompressed.
        url: Its absolute address.
        content_type: The HTTP header's value, which may name the encoding.
        recipe: Selectors that win over what is found without them.

    Returns:
        The article; each field's origin is in ``provenance``. A clock without a zone is read as UTC.

    Raises:
        NothingFound: the page is no article; the reason says what it is.
        ExtractError: the document cannot be read at all.
        ArticleError: the address is none, or the page has neither a title nor text.
    """
    if not is_http_url(url):
        raise ArticleError(f"no web address: {url!r}", source_id="", url=url)
    recipe = recipe or Recipe()
    item = read_page(html, url, content_type=content_type, recipe=recipe)
    return normalise(
        item,
        date_formats=recipe.date_formats,
        keyword_separators=recipe.keyword_separators,
        now=utc_now(),
    )


def as_article(source: Source, item: Item, *, now: dt.datetime) -> Article:
    """The item normalised with what the source says; raises ArticleError."""
    return normalise(
        item,
        source_id=source.id,
        zone=source.zone,
        language=source.language,
        date_formats=source.recipe.date_formats,
        keyword_separators=source.recipe.keyword_separators,
        now=now,
    )


def merge_listed(page: Item, listed: Item) -> Item:
    """The page's item, with what it lacks taken from its entry in the listing or feed.

    A feed entry's guid stays the identity, whatever the page says. What an entry says of its picture is not said of
    another one on the page. Provenance follows each value.
    """
    is_other = page.image and listed.image and not is_same_picture(page.image, (listed.image,))
    taken: dict[str, object] = {}
    for field in dataclasses.fields(Item):
        name = field.name
        if name in ("url", "provenance") or (is_other and name in ("image_caption", "image_credit")):
            continue
        own, other = getattr(page, name), getattr(listed, name)
        if other in (None, "", ()) or (name == "alternates" and not other):
            continue
        if name == "guid" or own in (None, "", ()) or (name == "alternates" and not own):
            taken[name] = other
    came_from = {name: listed.provenance[name] for name in taken if name in listed.provenance}
    return dataclasses.replace(page, provenance=MappingProxyType({**page.provenance, **came_from}), **taken)  # type: ignore[arg-type]  # each value is of its own field's type


def with_address(article: Article, url: str) -> Article:
    """The article, known by ``url`` too: it moved from there for good."""
    name = identity_of(url)
    known = (article.identity, *article.aliases)
    return article if name in known else dataclasses.replace(article, aliases=(*article.aliases, name))


def without_address(article: Article, url: str) -> Article:
    """The article, not known by ``url``, which other articles have too."""
    names = {identity_of(url), plain_identity(url)}
    return dataclasses.replace(article, aliases=tuple(alias for alias in article.aliases if alias not in names))
