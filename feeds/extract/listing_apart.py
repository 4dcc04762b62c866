"""Links that say the same as many others ("read more", "続きを読む") in, the headline beside each out.

Where title and link stand apart, the link's own words say nothing, and the heading of its block everything: the largest
block around the link in which no other link of this kind leads to another address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice

import lxml.html

from feeds.extract.listing_dates import is_date
from feeds.extract.listing_links import Link, upwards
from feeds.extract.listing_words import headline_score

_SEVERAL = 3
_LONGEST_LABEL = 40
_LEVELS = 5
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SHORTEST = 2
_A_LINE = -0.5
_MOST_LINKS = 6
_MOST_ELEMENTS = 40


def headings_beside(links: Iterable[Link]) -> Mapping[str, str]:
    """Identity of an address -> the heading of its block, for addresses whose links all say what others say too.

    The heading is empty where it is a link to something else: "send", "print" and the like stand below it.
    """
    named: defaultdict[str, set[str]] = defaultdict(set)
    by_identity: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_identity[link.identity].append(link)
        named[link.text.casefold()].add(link.identity)
    silent = {identity for identity, group in by_identity.items() if all(_says_nothing(link, named) for link in group)}
    anchors = {link.anchor: link.identity for identity in silent for link in by_identity[identity]}
    found: dict[str, str] = {}
    for identity in silent:
        headings = [text for link in by_identity[identity] if (text := _heading_of_block(link, anchors)) is not None]
        if headings:
            found[identity] = max(headings, key=len)
    return found


def _says_nothing(link: Link, named: Mapping[str, set[str]]) -> bool:
    return not link.text or (len(link.text) <= _LONGEST_LABEL and len(named[link.text.casefold()]) >= _SEVERAL)


def _heading_of_block(link: Link, anchors: Mapping[lxml.html.HtmlElement, str]) -> str | None:
    heading: lxml.html.HtmlElement | None = None
    for place in islice(upwards(link.place), _LEVELS):
        if any(anchors.get(anchor, link.identity) != link.identity for anchor in place.element.iter("a")):
            break
        heading = next(place.element.iter(*_HEADINGS), heading)
    if heading is None:
        return _line_beside(link) or None
    if _leads_elsewhere(heading, link):
        return "" if link.text else None  # a picture beside a heading may show another article
    text = " ".join(heading.text_content().split())
    return text if len(text) >= _SHORTEST else None


def _leads_elsewhere(heading: lxml.html.HtmlElement, link: Link) -> bool:
    """Whether a heading is a link to something else."""
    around = (*islice(heading.iter("a"), _MOST_LINKS), *islice(heading.iterancestors(), _LEVELS))
    hrefs = {anchor.get("href") for anchor in around if anchor.tag == "a"}
    return bool(hrefs) and link.anchor.get("href") not in hrefs


def _line_beside(link: Link) -> str:
    """The headline of a block that has no heading, where all links of it lead to one address."""
    line = ""
    for place in islice(upwards(link.place), _LEVELS):
        hrefs = {anchor.get("href") for anchor in islice(place.element.iter("a"), _MOST_LINKS)}
        if len(hrefs - {None, link.anchor.get("href")}) > 0:
            break
        line = first_line(place.element) or line
    return line


def first_line(block: lxml.html.HtmlElement) -> str:
    """The first text of a block outside its links that may be a headline: no date, no label of one word."""
    in_links: set[lxml.html.HtmlElement] = set()
    for element in islice(block.iter(), _MOST_ELEMENTS):
        parent = element.getparent()
        if element.tag == "a" or parent in in_links:
            in_links.add(element)
        texts = [element.text if element not in in_links and isinstance(element.tag, str) else None]
        texts.append(element.tail if element is not block and parent not in in_links else None)
        for text in texts:
            line = " ".join((text or "").split())
            if line and headline_score(line) >= _A_LINE and not is_date(line):
                return line
    return ""
