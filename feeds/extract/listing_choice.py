"""The links of a page in, those that lead to articles out, each article once and in the page's order.

A link is judged by its address, its words and its place; then by its kind: what stands in the same kind of place,
or has the same kind of address, as many headlines is likelier an article, and what keeps company with short words
is likelier navigation. That is how a list of headlines of three words is told from a menu of three-word entries.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from feeds.extract.listing_dates import holds_date
from feeds.extract.listing_links import Link, upwards
from feeds.extract.listing_words import HEADLINE, address_score, address_shape, headline_score

# an article needs this much; one that is dated where it is listed a little less
_ENOUGH = 3.0
_ENOUGH_DATED = 1.0
_COMPANY = 3.0
_FEWEST_OF_A_KIND = 3
_FEWEST_BELOW = 2
_SECTION = 4.0
_IN_NAVIGATION = 1.5
_MANY = 8
_HARDLY_ANY = 0.15
_SURE_ADDRESS = 4.0
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CARD_LEVELS = 4
_CARD_CHARACTERS = 600
_CARD_HEADLINES = 2
# what stands below every page of a country, in words as long as headlines: licences, rights, terms
_SMALL_PRINT = re.compile(
    r"许可证|备案|ICP备|公网安备|版权|©|\bcopyright\b|all rights reserved|privacy|cookie|\bterms (?:of|and)\b|"
    r"datenschutz|nutzungsbedingungen|mentions légales|confidentialité|利用規約|プライバシー|개인정보|이용약관",
    re.IGNORECASE,
)
_OTHER_RELATIONS = frozenset({"tag", "author", "category", "prev", "next", "alternate", "license"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One address of the page and all links to it, in its order."""

    identity: str
    links: tuple[Link, ...]

    @property
    def url(self) -> str:
        """The address as its first link gives it."""
        return self.links[0].url


def choose_articles(links: Iterable[Link], in_navigation: Iterable[Link] = ()) -> list[Listed]:
    """Those of the links that lead to articles, merged by address, in the order of the page.

    Args:
        links: what is judged.
        in_navigation: links elsewhere on the page, which speak against the addresses they share with ``links``.
    """
    by_identity: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_identity[link.identity].append(link)
    judged = [_Judged(identity=identity, links=tuple(group)) for identity, group in by_identity.items()]
    _weigh_sections(judged, {link.identity for link in in_navigation})
    shapes = _company(judged, lambda one: {address_shape(one.links[0].url)})
    places = _company(judged, lambda one: {link.signature for link in one.links})
    return [Listed(identity=one.identity, links=one.links) for one in judged if one.is_article(shapes, places)]


def _weigh_sections(judged: Iterable[_Judged], in_navigation: set[str]) -> None:
    """Marks down what other addresses of the page lie below, and what navigation leads to as well."""
    below: Counter[str] = Counter()
    for one in judged:
        parts = one.identity.partition("?")[0].rstrip("/").split("/")[3:]
        below.update({"/".join(parts[:depth]) for depth in range(1, len(parts))})
    for one in judged:
        path = "/".join(one.identity.partition("?")[0].rstrip("/").split("/")[3:])
        if below[path] >= _FEWEST_BELOW:
            one.alone -= _SECTION
        if one.identity in in_navigation:
            one.alone -= _IN_NAVIGATION


class _Judged:
    """An address with what speaks for and against it, apart from its company."""

    __slots__ = ("alone", "headline", "identity", "links", "looks_right")

    def __init__(self, *, identity: str, links: tuple[Link, ...]) -> None:
        self.identity = identity
        self.links = links
        self.headline = max(headline_score(link.text) for link in links)
        address = address_score(links[0].url)
        self.looks_right = self.headline >= HEADLINE or address >= _SURE_ADDRESS
        self.alone = address + self.headline + max(_mark_up(link) for link in links)
        if address < _SURE_ADDRESS and any(_SMALL_PRINT.search(link.text) for link in links):
            self.alone -= _COMPANY

    def is_article(self, shapes: dict[str, float], places: dict[str, float]) -> bool:
        score = self.alone + shapes.get(address_shape(self.links[0].url), 0.0)
        score += max((places.get(link.signature, 0.0) for link in self.links), default=0.0)
        return score >= _ENOUGH or (score >= _ENOUGH_DATED and any(_is_dated(link) for link in self.links))


def _company(judged: list[_Judged], kinds_of: Callable[[_Judged], set[str]]) -> dict[str, float]:
    """For each kind with enough members, from -4 (a long menu) to 1.5 (nothing but headlines)."""
    members: dict[str, list[bool]] = defaultdict(list)
    for one in judged:
        for kind in kinds_of(one):
            members[kind].append(one.looks_right)
    return {kind: _opinion(looks) for kind, looks in members.items() if len(looks) >= _FEWEST_OF_A_KIND}


def _opinion(looks: list[bool]) -> float:
    share = sum(looks) / len(looks)
    # the few long entries of a long menu
    return -_COMPANY - 1.0 if share < _HARDLY_ANY and len(looks) >= _MANY else _COMPANY * (share - 0.5)


def _mark_up(link: Link) -> float:
    """What the elements and attributes of a link say of it."""
    rel = (link.anchor.get("rel") or "").lower().split()
    if not _OTHER_RELATIONS.isdisjoint(rel) or _is_foreign(link):
        return -6.0
    if link.anchor.get("role") in {"menuitem", "tab", "button"}:
        return -3.0
    score = 2.0 if "bookmark" in rel else 0.0
    in_heading = any(place.element.tag in _HEADINGS for place in islice(upwards(link.place), 3))
    if in_heading or next(link.anchor.iter(*_HEADINGS), None) is not None:
        score += 2.0
    return score


def _is_foreign(link: Link) -> bool:
    """Whether the link says that it leads to another language than the page's."""
    language = (link.anchor.get("hreflang") or "").lower().partition("-")[0]
    root = link.anchor.getroottree().getroot()
    return bool(language) and language != (root.get("lang") or "").lower().partition("-")[0]


def _is_dated(link: Link) -> bool:
    """Whether the small block around a link shows a date."""
    for place in islice(upwards(link.place), _CARD_LEVELS):
        text = place.element.text_content()
        if len(text) > _CARD_CHARACTERS or place.headlines > _CARD_HEADLINES:
            return False
        if holds_date(text) or next(place.element.iter("time"), None) is not None:
            return True
    return False
