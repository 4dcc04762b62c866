"""A section page's Document in, the address of the page that continues it out: older entries of the same list.

    links ─► said to be next (rel, words, class, arrow), or a number ─► continues this very list ─► the nearest of them

No recipe and no script is needed or run. What leads back, to another host, to a day of a calendar, to an article or
to an article's own second page is no continuation, whatever it is called.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

import lxml.html

from feeds.errors import ExtractError
from feeds.extract.listing_links import Addresses, base_url
from feeds.extract.listing_words import address_score, headline_score
from feeds.extract.page_number import Numbered, take_number
from feeds.extract.pagination_words import MORE_WORDS, NEXT_WORDS
from feeds.extract.tree import parse_html
from feeds.model import Document

# how a link says that it continues the list, the surest first; a number, an arrow or "more" says it least
_RELATED, _NAMED, _WEAK = range(3)
_LONGEST_LABEL = 40
_PAGER_LEVELS = 4
_PAGER_CHARACTERS = 400
_PAGER_ELEMENTS = 200
_MOST_LINKS = 10_000  # of one page that are looked at
_FEWEST_NUMBERS = 2
_ARTICLE = 3.0
_PAGER = re.compile(
    r"pagin|pager|page-?nav|pagenav|page-?num|nav-?links|navigation|seiten|paging|wp-pagenavi|load-?more|infinite|older",
    re.IGNORECASE,
)
_NEXT_CLASS = re.compile(r"(?:^|[\s_-])(?:next|older|nextpage|nextpostslink)(?:$|[\s_-])", re.IGNORECASE)
_PREVIOUS_CLASS = re.compile(r"(?:^|[\s_-])(?:prev|previous|back|newer)", re.IGNORECASE)
_ARROWS = re.compile(r"[›»→>⟩❯▶►⇒⟶＞]{1,2}")
_SIGNS = re.compile(r"[\s.…·:›»→>⟩❯▶►⇒⟶＞‹«←<⟨❮◀◄+()\[\]|\u200e\u200f-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A link that may continue the list; ``numbered`` is its address taken apart."""

    url: str
    strength: int
    numbered: Numbered
    is_in_pager: bool


def find_next_page(document: Document, *, seen: Collection[str], encoding: str | None = None) -> str | None:
    """The page that continues this one; None at the end, or where nothing says so.

    Args:
        document: a page of a list.
        seen: addresses of its pages that were read already; none of them is the answer, in whatever spelling.
        encoding: a label that overrides what the page says of itself.
    """
    try:
        tree = parse_html(document.body, content_type=document.content_type, encoding=encoding)
        addresses = Addresses(base_url(tree, document.url), document.url)
        read = [addresses.read(url) for url in (document.url, document.requested_url, *seen)]
    except (ExtractError, ValueError):
        return None
    known = {found[1] for found in read if found}
    here = _Here(take_number(addresses.page_identity), addresses, known)
    related: list[_Candidate] = []
    for link in tree.iter("link"):
        if "next" in (link.get("rel") or "").lower().split():
            related += here.candidate(link, _RELATED, is_in_pager=True)
    candidates = [*related, *(one for anchor in islice(tree.iter("a"), _MOST_LINKS) for one in here.judge(anchor))]
    chosen = min(candidates, key=here.rank, default=None)
    return chosen.url if chosen else None


@dataclass(frozen=True, slots=True)
class _Here:
    """The page that is continued."""

    numbered: Numbered
    addresses: Addresses
    known: set[str]

    def judge(self, anchor: lxml.html.HtmlElement) -> Iterable[_Candidate]:
        """The link as a candidate, or nothing."""
        label = _label(anchor)
        rel = (anchor.get("rel") or "").lower().split()
        names = " ".join((anchor.get("class") or "", _parent_class(anchor)))
        is_next = bool(_NEXT_CLASS.search(names))
        if label is None:
            return ()
        words = _SIGNS.sub(" ", label).strip().casefold()
        if "prev" in rel or (_PREVIOUS_CLASS.search(names) and not is_next):
            # weblogs call "previous" what is older: then the number must tell
            return self.candidate(anchor, _WEAK) if words in NEXT_WORDS else ()
        if words.isdecimal():
            return self.candidate(anchor, _WEAK) if int(words[:9]) > 1 else ()
        if "next" in rel:
            return self.candidate(anchor, _RELATED)
        if words in NEXT_WORDS or is_next:
            return self.candidate(anchor, _NAMED)
        is_weak = words in MORE_WORDS or _ARROWS.fullmatch(label)
        found = self.candidate(anchor, _WEAK)
        return found if is_weak else (one for one in found if self._is_following(one, words))

    def _is_following(self, one: _Candidate, words: str) -> bool:
        """Whether the address alone says that it is the page after this one, whatever the link is called."""
        own = self.numbered.number if self.numbered.number is not None else 1
        return one.numbered.number == own + 1 and headline_score(words) <= 0

    def candidate(
        self, link: lxml.html.HtmlElement, strength: int, *, is_in_pager: bool = False
    ) -> Iterator[_Candidate]:
        """What the link leads to, if that continues this page."""
        href = (link.get("href") or "").strip()
        found = self.addresses.read(href) if href and not href.startswith("#") else None
        if found is None:
            return
        url, identity = found
        if identity in self.known or urlsplit(identity).netloc != urlsplit(self.addresses.page_identity).netloc:
            return
        one = _Candidate(
            url=url,
            strength=strength,
            numbered=take_number(identity),
            is_in_pager=is_in_pager or (strength <= _NAMED and _is_in_pager(link)),
        )
        if self._continues(one):
            yield one

    def rank(self, one: _Candidate) -> tuple[bool, int, int]:
        """The list's own further pages first; then what is said more surely; then the nearest."""
        number = one.numbered.number
        return one.numbered.base != self.numbered.base, one.strength, number if number is not None else 1 << 30

    def _continues(self, one: _Candidate) -> bool:
        own, other = self.numbered, one.numbered
        if other.base == own.base:
            if other.number is None:
                return other.is_cursor
            return other.number > (own.number if own.number is not None else -1)
        if one.strength > _NAMED or not one.is_in_pager or other.is_date or address_score(one.url) >= _ARTICLE:
            return False
        # a list that goes on elsewhere: /news and /archive/page/2; but never from page 5 back to page 2
        return other.number is None or own.number is None or other.number > own.number


def _label(anchor: lxml.html.HtmlElement) -> str | None:
    """What a short link says, in its text, else in its attributes; None for a long one."""
    text = " ".join(anchor.text_content()[: 4 * _LONGEST_LABEL].split())
    if len(text) > _LONGEST_LABEL:
        return None
    if text and not _ARROWS.fullmatch(text):
        return text
    named = (anchor.get("aria-label") or anchor.get("title") or "").strip()
    return named if 0 < len(named) <= _LONGEST_LABEL else text


def _parent_class(anchor: lxml.html.HtmlElement) -> str:
    parent = anchor.getparent()
    # <li class="next"><a>: but a block that holds several links names them all
    return (parent.get("class") or "") if parent is not None and len(parent) == 1 else ""


def _is_in_pager(link: lxml.html.HtmlElement) -> bool:
    """Whether the small block around a link is a pager, by its name or by the numbers in it."""
    for element in islice(link.iterancestors(), _PAGER_LEVELS):
        if element.tag in {"body", "html"} or not _is_small(element):
            return False
        if _PAGER.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return True
        numbers = sum(1 for anchor in element.iter("a") if (anchor.text or "").strip().isdecimal())
        if numbers >= _FEWEST_NUMBERS:
            return True
    return False


def _is_small(element: lxml.html.HtmlElement) -> bool:
    """Whether it holds little enough to be a pager; no more of it is looked at than that takes."""
    if sum(1 for _ in islice(element.iter(), _PAGER_ELEMENTS)) == _PAGER_ELEMENTS:
        return False
    return sum(len(text) for text in element.itertext()) <= _PAGER_CHARACTERS
