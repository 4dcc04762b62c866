"""The articles chosen from a page in, those out that are like the others: the rest is what a page has beside its list.

A site files its articles in one way: their addresses carry a date or a number, are made of many words, or lie in one
folder; their links stand in headings, or beside pictures. Whoever has nothing of what most of them have must make up
for it by itself: a cloud of long tags, a shelf of products, "all the latest stories". Where enough stand in headings
or beside pictures it is they who count, for a menu may have more entries than a page has articles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from feeds.extract.listing_links import Link, short_texts
from feeds.extract.listing_words import address_number, slug_words

_FEWEST = 8
_MOST = 0.6
_BOXED = frozenset({"heading", "picture"})
_SENTENCE = 4
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PRICE = re.compile(
    r"\s*(?:(?:[€$£¥₹₽₩]|USD|EUR|CHF|kr\.?|zł|R\$)\s?\d[\d.,' ]*"
    r"|\d[\d.,' ]*\s?(?:[€$£¥₹₽₩元円원]|USD|EUR|CHF|kr\.?|zł|руб\.?))\s*"
)
_LONGEST_PRICE = 24
_CARD_LEVELS = 3


class HasLinks(Protocol):
    """What is judged: an address of the page with all links to it."""

    @property
    def links(self) -> tuple[Link, ...]:
        """The links, in the page's order."""


T = TypeVar("T", bound=HasLinks)


def keep_alike(chosen: Sequence[T], *, makes_up: Callable[[T], bool]) -> list[T]:
    """Those that share something with most of the others, and those that make up for it; all, where they are few."""
    if len(chosen) < _FEWEST:
        return list(chosen)
    features = [_features(one.links) for one in chosen]
    boxed = [one for one in features if not one.isdisjoint(_BOXED)]
    counted = boxed if len(boxed) >= _FEWEST else features
    counts = Counter(feature for one in counted for feature in one)
    common = {feature for feature, count in counts.items() if count >= _MOST * len(counted)}
    if "number" in common:
        common.discard("words")  # where addresses are numbered, long tags are not like them
    if not common:
        return list(chosen)
    return [one for one, own in zip(chosen, features, strict=True) if own & common or makes_up(one)]


def in_heading(link: Link) -> bool:
    """Whether the link stands in a heading, or holds one."""
    place = link.place
    for _ in range(_CARD_LEVELS):
        if place is None:
            break
        if place.element.tag in _HEADINGS:
            return True
        place = place.parent
    return next(link.anchor.iter(*_HEADINGS), None) is not None


def is_priced(link: Link) -> bool:
    """Whether the small block around the link shows a price by itself: a product."""
    place = link.place
    for _ in range(_CARD_LEVELS):
        if place is None or place.headlines > 1:
            return False
        texts = short_texts(place)
        if texts is None:
            return False
        if any(len(text) <= _LONGEST_PRICE and _PRICE.fullmatch(text) for text in texts):
            return True
        place = place.parent
    return False


def _features(links: Sequence[Link]) -> set[str]:
    found: set[str] = set()
    if address_number(links[0].url):
        found.add("number")
    if slug_words(links[0].url) >= _SENTENCE:
        found.add("words")
    if any(in_heading(link) for link in links):
        found.add("heading")
    if len(links) > 1 or any(next(link.anchor.iter("img", "picture"), None) is not None for link in links):
        found.add("picture")
    host, _, path = links[0].url.partition("://")[2].partition("/")
    folder, mark, _ = path.partition("/")
    if mark:
        found.add(f"in {host}/{folder}")
    return found
