"""What several pages of a source say of one article in, one item out.

A section page, a feed and a sitemap of one source name the same articles in different words: the feed has the guid
and often the text, the section page the section. Pure: no input or output, no clock.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable

from feeds.model import Item
from feeds.urls import plain_identity

# who is believed first: a feed's fields are exact, a section page's title may be cut, a sitemap says hardly more
# than the address
_BELIEVED = ("feed", "api", "listing", "sitemap")
_EMPTY: tuple[object, ...] = (None, "", ())


def origin_of(item: Item) -> str:
    """What named the item: ``feed``, ``api``, ``listing`` (with or without a recipe) or ``sitemap``."""
    where = item.provenance.get("url", "listing")
    return "listing" if where == "recipe" else where


def join_items(items: Iterable[Item], shared: Collection[str] = ()) -> list[Item]:
    """Each article once, where it was first named; ``shared`` are addresses that name no article by themselves.

    Its page for phones, its AMP page and another spelling of its address name the same article.
    """
    joined: dict[int, Item] = {}
    places: dict[str, int] = {}
    for item in items:
        names = [name for name in (item.guid, None if item.url in shared else plain_identity(item.url)) if name]
        place = next((places[name] for name in names if name in places), len(joined))
        joined[place] = join(joined[place], item) if place in joined else item
        places.update({name: place for name in names if name not in places})
    return list(joined.values())


def join(first: Item, second: Item) -> Item:
    """One item of two that mean one article.

    The more exact one's fields win, what it lacks comes from the other. The section and the address stay as first
    named: an article that two sections list belongs to the first.
    """
    better, other = sorted((first, second), key=_rank)
    taken: dict[str, object] = {}
    for field in dataclasses.fields(Item):
        if field.name in ("url", "section", "provenance"):
            continue
        value = getattr(other, field.name)
        if getattr(better, field.name) in _EMPTY and value not in _EMPTY:
            taken[field.name] = value
    came_from = {name: other.provenance[name] for name in taken if name in other.provenance}
    return dataclasses.replace(
        better,
        url=first.url,
        section=first.section or second.section,
        alternates=better.alternates or other.alternates,
        provenance={**better.provenance, **came_from},
        **taken,  # type: ignore[arg-type]  # each value is of its own field's type
    )


def _rank(item: Item) -> int:
    origin = origin_of(item)
    return _BELIEVED.index(origin) if origin in _BELIEVED else len(_BELIEVED)
