"""A parsed page in, its links out: where each leads, what it says, and where on the page it stands.

A link to another registered domain, to the page itself, to the front page, or to no page at all is left out here.
Links in navigation, footers, sidebars and the like are marked: by element, ARIA role, or the usual words in class
and id; by such words only while the block does not hold most of the page's headlines, so that a wrapper called
``has-sidebar`` hides nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from urllib.parse import urljoin

import lxml.html

from feeds.extract.listing_words import is_headline
from feeds.urls import clean_url, identity_of, registered_domain

_REGION_TAGS = frozenset({"nav", "footer", "aside", "menu", "template", "noscript", "dialog"})
_REGION_ROLES = frozenset(
    {
        "navigation",
        "contentinfo",
        "banner",
        "complementary",
        "menu",
        "menubar",
        "menuitem",
        "search",
        "tablist",
        "dialog",
    }
)
_CARDS = frozenset({"article", "li", "section", "tr", "main"})
# one of these words anywhere in a class or id …
_REGION_WORDS = frozenset(
    {
        *("nav", "navi", "navbar", "navigation", "menu", "menubar", "submenu", "megamenu", "breadcrumb", "breadcrumbs"),
        *("crumb", "crumbs", "sidebar", "pagination", "pager", "paginator", "tagcloud", "masthead", "topbar", "footer"),
        *("langswitch", "copyright", "toolbar", "cookie", "cookies", "consent", "social"),
    }
)
# … or one of these as a whole class or id: as a part they name too much else (``tag-china``, ``card-header``)
_REGION_NAMES = frozenset(
    {
        *("header", "site-header", "page-header", "foot", "tags", "tag-cloud", "tag-list", "taglist", "keywords"),
        *("lang", "langs", "language", "languages", "lang-switch", "language-switcher", "share", "sharing", "pages"),
        *(
            "page-numbers",
            "page-nav",
            "pagenav",
            "banner",
            "ad",
            "ads",
            "advertisement",
            "sponsored",
            "login",
            "top-bar",
        ),
    }
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MOST = 0.5
_SIGNATURE_DEPTH = 4
_VARIANT = re.compile(r"\d+|^(?:first|last|odd|even|active|current|hover|on|left|right)$", re.IGNORECASE)

# hrefs that need neither the full joining nor the full cleaning, which take 100 times as long
_PLAIN_PATH = re.compile(r"(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*[A-Za-z0-9_~-][A-Za-z0-9._~-]*/?")
_PLAIN_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?\.){1,4}[a-z]{2,20}(?=/)")
_NO_PAGE = re.compile(r"#|$|(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_FRONT_SLASHES = 3
_LONGEST_TEXT = 2_000
_SMALL_CHARACTERS = 600
_LONGEST_HREF = 2_000
MOST_LINKS = 5_000


@dataclass(slots=True, kw_only=True, eq=False)
class Place:
    """An element on the way from a link to the root.

    ``in_card`` says whether it stands inside an element that boxes content, ``headlines`` counts the links below it
    that read like one, ``region`` is whether it is navigation, None until asked; ``texts`` belongs to ``short_texts``.
    """

    element: lxml.html.HtmlElement
    parent: Place | None
    label: str
    in_card: bool = False
    headlines: int = 0
    region: bool | None = None
    is_measured: bool = False
    texts: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Link:
    """One link. ``identity`` is equal for all links to one page; ``text`` may come from a picture or an attribute.

    ``signature`` is what links in the same kind of place share: elements and classes of the link and around it.
    """

    anchor: lxml.html.HtmlElement
    place: Place | None
    url: str
    identity: str
    text: str
    is_labelled: bool
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """The links of a page in its order, those in navigation apart; ``left_out`` counts the others, by reason."""

    links: list[Link]
    in_regions: list[Link]
    left_out: Counter[str]


def base_url(tree: lxml.html.HtmlElement, url: str) -> str:
    """What the page's relative addresses are relative to: its base element, else its own address."""
    for element in tree.iter("base"):
        href = (element.get("href") or "").strip()
        if href:
            try:
                return urljoin(url, href)
            except ValueError:
                return url
    return url


def collect_links(tree: lxml.html.HtmlElement, addresses: Addresses) -> PageLinks:
    """Every link of the page that may lead to an article of the same registered domain.

    Of a page with more links than any list of news has, those that stand first: each costs a fraction of a
    millisecond, and a hostile page holds a million.
    """
    walk = _Walk(addresses=addresses)
    found = [link for anchor in islice(tree.iter("a"), MOST_LINKS) if (link := walk.read(anchor)) is not None]
    result = PageLinks(links=[], in_regions=[], left_out=walk.left_out)
    for link in found:
        (result.in_regions if _in_region(link.place, walk.headlines) else result.links).append(link)
    return result


class Addresses:
    """Turns hrefs into clean absolute addresses and their identities, each href once."""

    def __init__(self, base: str, page: str) -> None:
        self._base = base
        self._domain = registered_domain(page)
        self.page_identity = identity_of(page)
        self._identities: dict[str, tuple[str, str] | None] = {}
        self._domains: dict[str, bool] = {}
        origin = _PLAIN_ORIGIN.match(base)
        self._origin = origin[0] if origin else None
        path = base.partition("?")[0].partition("#")[0]
        plain = self._origin is not None and _PLAIN_PATH.fullmatch(path[len(self._origin) + 1 :] or "x")
        self._directory = path.rpartition("/")[0] + "/" if plain else None

    def read(self, href: str) -> tuple[str, str] | None:
        """(address, identity), or None when it is no http or https address."""
        if href not in self._identities:
            self._identities[href] = self._read(href)
        return self._identities[href]

    def is_same_site(self, address: str) -> bool:
        """Whether the address belongs to the page's registered domain."""
        origin = "/".join(address.split("/", 3)[:3])
        if origin not in self._domains:
            self._domains[origin] = registered_domain(address) == self._domain
        return self._domains[origin]

    def _read(self, href: str) -> tuple[str, str] | None:
        quick = self._join_plainly(href)
        if quick is not None:
            return quick, quick.replace("http://", "https://", 1)
        try:
            path, mark, rest = href.partition("?")
            address = clean_url(urljoin(self._base, path.replace("\\", "/") + mark + rest))  # as browsers read it
        except ValueError:
            return None
        has_port = ":" in address.split("/", 3)[2]
        return address, identity_of(address) if has_port else address.replace("http://", "https://", 1)

    def _join_plainly(self, href: str) -> str | None:
        """The join of an href of plain segments: nothing in it to resolve, to quote or to clean."""
        origin = _PLAIN_ORIGIN.match(href)
        if origin is not None:
            return href if _PLAIN_PATH.fullmatch(href, origin.end() + 1) else None
        if href.startswith("/"):
            return self._origin + href if self._origin and _PLAIN_PATH.fullmatch(href, 1) else None
        rest = href.removeprefix("./")
        return self._directory + rest if self._directory and _PLAIN_PATH.fullmatch(rest) else None


# --- walking ----------------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Walk:
    """What is remembered while the links are read."""

    addresses: Addresses
    places: dict[lxml.html.HtmlElement, Place] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    headlines: int = 0

    def read(self, anchor: lxml.html.HtmlElement) -> Link | None:
        href = (anchor.get("href") or "").strip()
        if _NO_PAGE.match(href) or len(href) > _LONGEST_HREF:
            return None
        found = self.addresses.read(href)
        reason = "no address" if found is None else self._unwanted(found[0], found[1])
        if found is None or reason:
            self.left_out[reason] += 1
            return None
        text, is_labelled = link_text(anchor)
        place = self._place(anchor.getparent())
        if is_headline(text):
            self.headlines += 1
            for one in upwards(place):
                one.headlines += 1
        around = [one.label for one in islice(upwards(place), _SIGNATURE_DEPTH)]
        return Link(
            anchor=anchor,
            place=place,
            url=found[0],
            identity=found[1],
            text=text,
            is_labelled=is_labelled,
            signature="<".join((_label(anchor), *around)),
        )

    def _unwanted(self, address: str, identity: str) -> str:
        if not self.addresses.is_same_site(address):
            return "on another site"
        is_front = address.endswith("/") and address.count("/") == _FRONT_SLASHES
        return "to this page or the front page" if is_front or identity == self.addresses.page_identity else ""

    def _place(self, element: lxml.html.HtmlElement | None) -> Place | None:
        """The element's place; those of elements around it are made on the way, each once."""
        new: list[lxml.html.HtmlElement] = []
        while element is not None and element not in self.places:
            new.append(element)
            element = element.getparent()
        place = self.places[element] if element is not None else None
        for one in reversed(new):
            in_card = place is not None and (place.in_card or place.element.tag in _CARDS)
            place = self.places[one] = Place(element=one, parent=place, label=_label(one), in_card=in_card)
        return place


def upwards(place: Place | None) -> Iterator[Place]:
    """A place and those around it, up to the root."""
    while place is not None:
        yield place
        place = place.parent


def short_texts(place: Place) -> tuple[str, ...] | None:
    """The texts of a small block, as a card of one article is; None of a large one. Remembered."""
    if not place.is_measured:
        place.is_measured = True
        place.texts = _short_texts(place.element)
    return place.texts


def _short_texts(element: lxml.html.HtmlElement) -> tuple[str, ...] | None:
    texts: list[str] = []
    left = _SMALL_CHARACTERS
    for text in element.itertext():
        texts.append(str(text))
        left -= len(text)
        if left < 0:
            return None
    return tuple(texts)


def link_text(anchor: lxml.html.HtmlElement) -> tuple[str, bool]:
    """What a link says, on one line, and whether a label says it: an attribute, or its picture's description."""
    text = " ".join(anchor.text_content()[:_LONGEST_TEXT].split())
    if text:
        return text, False
    labels = [anchor.get("aria-label"), anchor.get("title"), *(image.get("alt") for image in anchor.iter("img"))]
    return next((" ".join(label[:_LONGEST_TEXT].split()) for label in labels if label and label.strip()), ""), True


def _label(element: lxml.html.HtmlElement) -> str:
    names = [name for name in (element.get("class") or "").split()[:3] if not _VARIANT.search(name)]
    return ".".join((str(element.tag), *names))


def _in_region(place: Place | None, all_headlines: int) -> bool:
    """Whether the place lies in navigation or the like; remembered for every place on the way."""
    asked: list[Place] = []
    known = False
    for one in upwards(place):
        if one.region is not None:
            known = one.region
            break
        asked.append(one)
    for one in reversed(asked):
        known = one.region = known or _is_region(one, all_headlines)
    return known


def _is_region(place: Place, all_headlines: int) -> bool:
    element = place.element
    if element.tag in _REGION_TAGS or element.get("role") in _REGION_ROLES:
        return True
    if element.tag == "header":
        return not place.in_card  # an article has a header of its own
    if element.tag in {"html", "body", "article", "main"}:
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if not names.strip() or place.headlines > all_headlines * _MOST:
        return False
    return _names_region(names)


@lru_cache(maxsize=4096)
def _names_region(names: str) -> bool:
    lower = names.lower()
    if not _REGION_NAMES.isdisjoint(lower.split()):
        return True
    words = {word.lower() for word in _WORD.findall(names)} if lower != names else set(_WORD.findall(lower))
    return not _REGION_WORDS.isdisjoint(words)
