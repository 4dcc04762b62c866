"""A document in, what it lists out: one adapter for each kind of source, one shape for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from feeds.decide.plan import tell_apart
from feeds.errors import NothingFound
from feeds.extract.api import read_api
from feeds.extract.feed import read_feed
from feeds.extract.listing import page_urls, read_listing
from feeds.extract.pagination import find_next_page
from feeds.extract.sitemap import Child, read_sitemap
from feeds.fetch.client import ACCEPT_FEED, ACCEPT_JSON, ACCEPT_PAGE, ACCEPT_SITEMAP
from feeds.model import Document, Item, Kind, Section, Source

ACCEPT: Mapping[Kind, str] = MappingProxyType(
    {Kind.LISTING: ACCEPT_PAGE, Kind.FEED: ACCEPT_FEED, Kind.SITEMAP: ACCEPT_SITEMAP, Kind.JSON: ACCEPT_JSON}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document lists: ``items``, or in an index of sitemaps ``children``.

    ``shared`` are addresses that are no item's own; ``next_url`` is the page that continues the list.
    """

    items: tuple[Item, ...] = ()
    children: tuple[Child, ...] = ()
    shared: frozenset[str] = frozenset()
    next_url: str | None = None


def kind_of(target: Section, source: Source) -> Kind:
    """How a target is read."""
    return target.kind or source.kind


def read_target(document: Document, *, source: Source, target: Section, seen: Collection[str] = ()) -> Reading:
    """Reads a document as its target's kind; ``seen`` are pages of the same list that were read before.

    Raises:
        NothingFound: there is nothing in it.
        ExtractError: it is something else.
    """
    match kind_of(target, source):
        case Kind.LISTING:
            items = tuple(read_listing(document, source=source, section=target))
            return Reading(items=items, next_url=_next_page(document, source, target, seen))
        case Kind.SITEMAP:
            found = read_sitemap(document, source=source, section=target)
            return Reading(items=found.items, children=found.children)
        case Kind.JSON:
            page = read_api(document, source=source, section=target)
            entries, shared = tell_apart(page.items)
            return Reading(items=tuple(entries), shared=shared, next_url=page.next_url)
        case _:
            entries, shared = tell_apart(read_feed(document, source=source, section=target))
            return Reading(items=tuple(entries), shared=shared)


def read_child(document: Document, *, source: Source, target: Section) -> Reading:
    """A sitemap that an index lists; one in which nothing is listed is no failure of the source."""
    try:
        return read_target(document, source=source, target=target)
    except NothingFound:
        return Reading()


def _next_page(document: Document, source: Source, target: Section, seen: Collection[str]) -> str | None:
    """As the recipe says, else as the page says."""
    recipe = source.recipe
    if source.pages <= 1:
        return None
    if recipe.next_page:
        form = page_urls(target.url, recipe, source.pages)
        return form[len(seen)] if len(seen) < len(form) else None
    return find_next_page(document, seen=seen, encoding=recipe.encoding)
