"""The links of a page in, those that lead to articles out, each article once and in the page's order.

A link is judged by its address, its words and its place; then by its kind: what stands in the same kind of place,
or has the same kind of address, as many headlines is likelier an article, and what keeps company with short words
is likelier navigation. That is how a list of headlines of three words is told from a menu of three-word entries.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import islice

from feeds.extract.listing_apart import headings_beside
from feeds.extract.listing_dates import holds_date, is_stamp
from feeds.extract.listing_learned import Candidate, learn_articles, learn_beside, without_parameters
from feeds.extract.listing_links import Link, short_texts, upwards
from feeds.extract.listing_profile import in_heading, is_priced, keep_alike
from feeds.extract.listing_words import HEADLINE, address_number, address_score, address_shape, headline_score

# an article needs this much; one that is dated where it is listed a little less
_ENOUGH = 3.0
_ENOUGH_DATED = 1.0
_COMPANY = 3.0
_FEWEST_OF_A_KIND = 3
_FEWEST_BELOW = 2
_SECTION = 4.0
_BARRED = -6.0
_IN_NAVIGATION = 1.5
_MANY = 8
_HARDLY_ANY = 0.15
_SURE_ADDRESS = 4.0
_NUMBERED_ADDRESS = 2.0
_ENDS_IN_NUMBER = re.compile(r"[/=_.-]\d{2,}(?:\.\w{2,5})?/?\Z")
_NUMBERED_LIST = 4
_PART_OF_LIST = 0.25
_LISTED = 1.0
_MARKED_PART = 0.8
_DEEP = 4  # slashes of an address that lies in a folder
_PRICED = 12.0
_HEADED = 2.0  # what a link in a heading has, too
_CARD_LEVELS = 4
_CARD_HEADLINES = 2
_CARD_LINKS = 5
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


def choose_articles(links: Iterable[Link], in_navigation: Collection[Link] = ()) -> list[Listed]:
    """Those of the links that lead to articles, merged by address, in the order of the page.

    Args:
        links: what is judged.
        in_navigation: links elsewhere on the page. They speak against the addresses they share with ``links``;
            those that are surely articles by what is learned from ``links`` come behind.
    """
    by_identity: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_identity[link.identity].append(link)
    headed = headings_beside(link for group in by_identity.values() for link in group)
    judged = [
        _Judged(identity=identity, links=tuple(group), heading=headed.get(identity))
        for identity, group in by_identity.items()
    ]
    _weigh_sections(judged, {link.identity for link in in_navigation})
    _see_numbered_lists(judged)
    _see_marked_lists(judged, _has_own_date)
    kept = _keep(judged)
    if not kept:  # a table of contents: titles of a word or two, each a heading of its own
        _see_marked_lists(judged, _has_own_heading)
        kept = _keep(judged)
    chosen = {one.identity for one in kept}
    chosen |= learn_articles([one.as_candidate() for one in judged], chosen)
    chosen -= without_parameters(chosen)
    listed = [Listed(identity=one.identity, links=one.links) for one in judged if one.identity in chosen]
    more = learn_beside(in_navigation, by_identity, chosen)
    return [*listed, *(Listed(identity=group[0].identity, links=group) for group in more)]


def _keep(judged: list[_Judged]) -> list[_Judged]:
    """Those that are articles by themselves and the company they keep."""
    shapes = _company(judged, lambda one: {address_shape(one.links[0].url)})
    places = _company(judged, _kinds_of_place)
    return keep_alike([one for one in judged if one.is_article(shapes, places)], makes_up=_makes_up)


def _places_of(one: _Judged) -> set[str]:
    """The kinds of place in which its links stand, told apart by the shape of their address."""
    shape = address_shape(one.links[0].url)
    return {f"{shape} in {link.signature}" for link in one.links}


def _kinds_of_place(one: _Judged) -> set[str]:
    """A numbered list is a company of its own, whatever menu stands in the same kind of place."""
    return {link.signature for link in one.links} | (_places_of(one) if one.is_listed else set())


def _see_numbered_lists(judged: Iterable[_Judged]) -> None:
    """Speaks for addresses of one form in one place that differ by a number, when a part of them reads like headlines.

    Headlines are long and short by turns; the entries of a menu are all short.
    """
    groups: dict[str, list[_Judged]] = defaultdict(list)
    for one in judged:
        if _ENDS_IN_NUMBER.search(one.links[0].url):
            for place in _places_of(one):
                groups[place].append(one)
    for group in groups.values():
        if len(group) >= _NUMBERED_LIST and sum(one.looks_right for one in group) >= _PART_OF_LIST * len(group):
            for one in group:
                if not one.is_listed:
                    one.is_listed = one.looks_right = True
                    one.alone += _LISTED


def _see_marked_lists(judged: Iterable[_Judged], is_marked: Callable[[Link], bool]) -> None:
    """Speaks for addresses of one folder in one kind of place that have each a date (a heading) of their own.

    No menu has: so a list of titles of one word is told from the words of a menu.
    """
    groups: dict[str, list[_Judged]] = defaultdict(list)
    for one in judged:
        folder = one.links[0].url.partition("?")[0].rstrip("/").rpartition("/")[0]
        for place in {link.signature for link in one.links}:
            groups[f"{folder} in {place}"].append(one)
    for group in groups.values():
        if len(group) < _NUMBERED_LIST or all(one.looks_right for one in group):
            continue
        marked = [one for one in group if any(is_marked(link) for link in one.links)]
        if len(marked) >= _NUMBERED_LIST and len(marked) >= _MARKED_PART * len(group):
            for one in marked:
                if not one.looks_right:
                    one.looks_right = True
                    one.alone += _LISTED


def _makes_up(one: _Judged) -> bool:
    """Whether what is unlike the other articles of the page is surely one all the same."""
    return one.alone - _COMPANY >= _ENOUGH


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
            one.is_section = True
        if one.identity in in_navigation:
            one.alone -= _IN_NAVIGATION


class _Judged:
    """An address with what speaks for and against it, apart from its company."""

    __slots__ = (
        *("address", "alone", "headline", "identity", "is_beside", "is_listed", "is_section"),
        *("is_small_print", "links", "looks_right"),
    )

    def __init__(self, *, identity: str, links: tuple[Link, ...], heading: str | None = None) -> None:
        self.identity = identity
        self.links = links
        self.headline = max(headline_score(text) for text in (heading or "", *(link.text for link in links)))
        address = address_score(links[0].url)
        self.looks_right = self.headline >= HEADLINE or address >= _SURE_ADDRESS
        self.address = address
        self.is_listed = self.is_section = False
        if not self.looks_right:
            is_headed = bool(heading) or any(in_heading(link) for link in links)
            is_numbered = is_headed and address_number(links[0].url)
            may_be_dated = is_headed or address >= _NUMBERED_ADDRESS
            self.looks_right = is_numbered or (may_be_dated and any(_is_dated(link) for link in links))
        self.alone = address + self.headline + max(_mark_up(link) for link in links)
        self.is_beside = heading == ""
        if heading:
            self.alone += _HEADED
        elif self.is_beside:
            self.alone -= _SECTION
        self.is_small_print = address < _SURE_ADDRESS and any(_SMALL_PRINT.search(link.text) for link in links)
        if self.is_small_print:
            self.alone -= _COMPANY

    def as_candidate(self) -> Candidate:
        """What is learned of it from the others."""
        barred = self.address <= _BARRED or self.is_section or self.is_small_print or self.is_beside
        return Candidate(
            identity=self.identity,
            links=self.links,
            is_barred=barred or max(_mark_up(link) for link in self.links) < 0,
            is_marked=lambda: any(in_heading(link) or _has_own_date(link) for link in self.links),
        )

    def is_article(self, shapes: dict[str, float], places: dict[str, float]) -> bool:
        company = shapes.get(address_shape(self.links[0].url), 0.0)
        company += max((places[kind] for kind in _kinds_of_place(self) if kind in places), default=0.0)
        # an address that speaks against an article is not made one by good company
        score = self.alone + (min(company, 0.0) if self.address < 0 else company)
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
    if in_heading(link):
        score += 2.0
    return score - _PRICED if is_priced(link) else score


def _is_foreign(link: Link) -> bool:
    """Whether the link says that it leads to another language than the page's."""
    language = (link.anchor.get("hreflang") or "").lower().partition("-")[0]
    root = link.anchor.getroottree().getroot()
    return bool(language) and language != (root.get("lang") or "").lower().partition("-")[0]


def _is_dated(link: Link) -> bool:
    """Whether the small block around a link shows a date."""
    for place in islice(upwards(link.place), _CARD_LEVELS):
        texts = None if place.headlines > _CARD_HEADLINES else short_texts(place)
        if texts is None:
            return False
        if holds_date("".join(texts)) or any(is_stamp(text) for text in texts):
            return True
        if next(place.element.iter("time"), None) is not None:
            return True
    return False


def _has_own_date(link: Link) -> bool:
    """Whether the block around a link that holds no other link of its kind shows a date."""
    for place in islice(upwards(link.place), _CARD_LEVELS):
        anchors = list(islice(place.element.iter("a"), _CARD_LINKS + 1))
        if len(anchors) > _CARD_LINKS or sum(1 for one in anchors if one.get("class") == link.anchor.get("class")) > 1:
            return False
        if next(place.element.iter("time"), None) is not None:
            return True
        texts = short_texts(place)
        if texts is None:
            return False
        if any(is_stamp(text) or holds_date(text) for text in texts):
            return True
    return False


def _has_own_heading(link: Link) -> bool:
    """Whether the link is a heading with no other link below it, and leads into a folder of the site."""
    if not in_heading(link) or link.identity.partition("?")[0].rstrip("/").count("/") < _DEEP:
        return False
    card = next(islice(upwards(link.place), 1, 2), None)
    return card is not None and len(list(islice(card.element.iter("a"), 2))) == 1
