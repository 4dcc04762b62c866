"""An article link with the page around it in, the listed entry out: title, date as written, picture.

The entry of an article is the largest block whose article links all lead to it; where that block is no more than the
heading, what follows up to the next article belongs to it too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

import lxml.html

from feeds.extract.listing_apart import first_line
from feeds.extract.listing_choice import Listed
from feeds.extract.listing_dates import first_date, is_date
from feeds.extract.listing_links import Link, Place, upwards
from feeds.extract.listing_words import headline_score, is_headline

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_WHOLE = frozenset({"li", "article"})
_PAGE = frozenset({"html", "body", "main"})
_LONGEST_TITLE = 300
_CARD_TITLE = 120
_SAYS_NOTHING = -1.0
_SAYS_NOTHING_AT_ALL = -2.0
_MOST_SIBLINGS = 4
_MOST_PIECES = 60
_SEVERAL = 3
_PICTURE_ATTRIBUTES = ("data-src", "data-original", "data-lazy-src", "data-lazy", "src")
_SMALLEST_PIXELS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a page says of one article it lists; ``image`` is an address as written."""

    title: str | None
    published: str | None
    image: str | None


class Entries:
    """The page's entries: knows which blocks belong to one article alone."""

    def __init__(self, articles: Sequence[Listed]) -> None:
        self._repeated = _repeated_pieces(articles)
        self._owners: dict[Place, str | None] = {}
        self._owned: dict[lxml.html.HtmlElement, str | None] = {}
        self._dates_first: dict[lxml.html.HtmlElement, bool] = {}
        for article in articles:
            for link in article.links:
                self._claim(link, article.identity)

    def _claim(self, link: Link, identity: str) -> None:
        self._owned[link.anchor] = identity
        for place in upwards(link.place):
            if place not in self._owners:
                self._owners[place] = self._owned[place.element] = identity
            elif self._owners[place] not in {identity, None}:
                self._owners[place] = self._owned[place.element] = None
            elif self._owners[place] is None:
                return  # and so are all around it

    def describe(self, article: Listed) -> Described:
        """Title, date and picture of one of the articles."""
        blocks = self.blocks(article)
        return describe_blocks(title_of(article.links, blocks, self._repeated), blocks)

    def blocks(self, article: Listed) -> list[lxml.html.HtmlElement]:
        """The blocks of the page that are about this article, those around its links first."""
        around = list(dict.fromkeys(self._block(link) for link in article.links))
        return [*around, *(sibling for block in around for sibling in self._beside(block))]

    def _block(self, link: Link) -> lxml.html.HtmlElement:
        """The largest block around the link that lists this article alone."""
        block = link.anchor
        for place in upwards(link.place):
            if self._owners.get(place) != link.identity or place.element.tag in _PAGE:
                break
            block = place.element
            if block.tag in _WHOLE:
                break
        return block

    def _beside(self, block: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
        """What follows a block up to the next article, or comes before it: its date, when articles are not boxed."""
        if block.tag in _WHOLE:
            return
        if self._dates_come_first(block):
            before = block.getprevious()
            if before is not None and before not in self._owned:
                yield before
            return
        for number, sibling in enumerate(block.itersiblings()):
            if number >= _MOST_SIBLINGS or sibling in self._owned:
                return
            yield sibling

    def _dates_come_first(self, block: lxml.html.HtmlElement) -> bool:
        """Whether the first article among the siblings has a date before it: then what follows is the next one's."""
        parent = block.getparent()
        if parent is None:
            return True
        if parent not in self._dates_first:
            before = takewhile(lambda sibling: sibling not in self._owned, islice(parent, _MOST_SIBLINGS))
            self._dates_first[parent] = any(first_date(sibling.itertext()) for sibling in before)
        return self._dates_first[parent]


def describe_blocks(title: str | None, blocks: Sequence[lxml.html.HtmlElement]) -> Described:
    """Date and picture found in an entry's blocks, the first of each."""
    return Described(
        title=title,
        published=next((date for block in blocks if (date := _date_of(block, title or ""))), None),
        image=next((image for block in blocks if (image := _image_of(block))), None),
    )


def title_of(
    links: Sequence[Link], blocks: Sequence[lxml.html.HtmlElement], repeated: frozenset[str] = frozenset()
) -> str | None:
    """The headline: of a heading that is a link, of a heading in the entry, of the wordiest link, of a label.

    Texts in ``repeated`` say the same of many entries ("more", "video", what only screen readers say): no headline.
    """
    for link in links:
        is_heading = any(place.element.tag in _HEADINGS for place in islice(upwards(link.place), 3))
        text = _words_of(link.anchor, repeated) if is_heading else _heading_in([link.anchor], repeated)
        if text:
            return _whole(text, link)
    spoken = [link for link in links if not link.is_labelled]
    # a teaser, or the number of comments, that is a link too comes behind the title
    first = next((link for link in spoken if _may_be_title(link.text) and link.text not in repeated), None)
    best = first or max(spoken, key=_headline_score, default=None)
    text = _card_title(best, repeated) if best is not None else ""
    heading = _heading_in(blocks, repeated)
    if headline_score(heading) > headline_score(text):
        text = heading
    if best is not None and text:
        text = _whole(text, best)
    if headline_score(text) <= _SAYS_NOTHING:  # "more", a number, a picture without words
        label = max((link for link in links if link.is_labelled), key=_headline_score, default=None)
        text = max((text, label.text if label else ""), key=headline_score)
    if headline_score(text) <= _SAYS_NOTHING:  # a title that is neither a link nor a heading
        beside = next((line for block in blocks if (line := first_line(block))), "")
        text = max((text, beside), key=headline_score)
    return text[:_LONGEST_TITLE] or None


def _heading_in(blocks: Iterable[lxml.html.HtmlElement], repeated: frozenset[str]) -> str:
    """The words of the highest heading, of several the one that says most: the others are lines above or below it."""
    found = [(heading.tag, _words_of(heading, repeated)) for block in blocks for heading in block.iter(*_HEADINGS)]
    return min(found, key=lambda one: (not one[1], one[0], -headline_score(one[1])), default=("", ""))[1]


def _repeated_pieces(articles: Sequence[Listed]) -> frozenset[str]:
    """Texts that stand in the links of several articles."""
    counts: Counter[str] = Counter()
    for article in articles:
        links = [link.anchor for link in article.links if len(link.anchor) and not link.is_labelled]
        counts.update({piece.strip() for anchor in links for piece in _pieces(anchor)})
    return frozenset(piece for piece, count in counts.items() if count >= _SEVERAL)


def _may_be_title(text: str) -> bool:
    return is_headline(text) or (len(text.split()) > 1 and headline_score(text) > _SAYS_NOTHING_AT_ALL)


def _headline_score(link: Link) -> float:
    return headline_score(link.text)


def _words_of(element: lxml.html.HtmlElement, repeated: frozenset[str]) -> str:
    """The element's words without those that many entries share, if others are left."""
    text = " ".join(element.text_content().split())
    pieces = [piece.strip() for piece in _pieces(element)]
    if not repeated.isdisjoint(pieces):
        text = " ".join(" ".join(piece.split()) for piece in pieces if piece not in repeated) or text
    return text[:_LONGEST_TITLE]


def _whole(text: str, link: Link) -> str:
    """The link's own label where the shown words are its beginning, cut off by the site."""
    shown = text.rstrip("…. ")
    label = " ".join((link.anchor.get("title") or "").split())
    cut = shown != text and len(label) > len(shown) and label.startswith(shown)
    return label[:_LONGEST_TITLE] if cut else text


def _card_title(link: Link, repeated: frozenset[str]) -> str:
    """The headline of a link that may wrap more than it: without dates; of a long one, the first text that reads so."""
    if len(link.anchor) == 0:
        return link.text
    words = _words_of(link.anchor, repeated)
    pieces = [" ".join(piece.split()) for piece in _pieces(link.anchor) if piece.strip() not in repeated]
    said = [piece for piece in pieces if not is_date(piece)]
    if len(said) < len(pieces):
        words = " ".join(said) or words
    if len(words) <= _CARD_TITLE:
        return words
    return next((piece for piece in said if headline_score(piece) >= 1.0), words)


def _pieces(block: lxml.html.HtmlElement) -> Iterator[str]:
    return (str(text) for text in islice(block.itertext(), _MOST_PIECES) if text.strip())


def _date_of(block: lxml.html.HtmlElement, title: str) -> str | None:
    for element in block.iter("time"):
        stamp = (element.get("datetime") or "").strip()
        if any(character.isdigit() for character in stamp):
            return stamp[:40]
    return first_date(piece for piece in _pieces(block) if piece.strip() not in title)


def _image_of(block: lxml.html.HtmlElement) -> str | None:
    for picture in block.iter("img"):
        for name in _PICTURE_ATTRIBUTES:
            address = (picture.get(name) or "").strip()
            # where scripts bring the picture, the measures may be those of its placeholder
            if address and not address.startswith("data:") and (name != "src" or not _is_tiny(picture)):
                return address
    return None


def _is_tiny(picture: lxml.html.HtmlElement) -> bool:
    """Whether the picture's own measures say that it is an icon or a counter."""
    sizes = [picture.get(name) or "" for name in ("width", "height")]
    return any(size.isascii() and size.isdigit() and int(size[:6]) < _SMALLEST_PIXELS for size in sizes)
