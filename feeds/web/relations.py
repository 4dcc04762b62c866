"""What a feed says of itself in, its ``Link`` header out (RFC 8288): where else it is, and who tells of its news."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from feeds.folding import language_covers
from feeds.model import FeedQuery, Format
from feeds.query import write_address
from feeds.render.head import MEDIA_TYPES, FeedHead
from feeds.render.text import web_address
from feeds.web.catalogue import Overview

OTHER_LANGUAGES = 6  # of a service in thirty, those with most articles: the header goes with every answer


def write_links(head: FeedHead, format_: Format, others: Iterable[FeedQuery]) -> str:
    """This feed, its hub, its further documents, its page, and the same feed in other formats and languages.

    ``others`` are of one language each.
    """
    type_ = f'; type="{MEDIA_TYPES[format_]}"'
    links = [write_hub(head.self_url, head.hub or "")]
    links += [f'<{url}>; rel="{relation}"{type_}' for relation, url in head.history.items()]
    links.append(f'<{head.html_url}>; rel="alternate"; type="text/html"')
    links += [
        f'<{url}>; rel="alternate"; type="{MEDIA_TYPES[other]}"'
        for other, url in head.alternates.items()
        if other != format_
    ]
    base = head.home_url.rstrip("/")
    links += [
        f'<{base}{write_address(other, format_)}>; rel="alternate"; hreflang="{other.languages[0]}"{type_}'
        for other in others
    ]
    return ", ".join(links)


def write_hub(self_url: str, hub: str) -> str:
    """An address and, if there is one, the hub that tells of what changes there (WebSub, 4)."""
    known = web_address(hub)
    return f'<{self_url}>; rel="self"' + (f', <{known}>; rel="hub"' if known else "")


def in_other_languages(query: FeedQuery, overview: Overview) -> Iterator[FeedQuery]:
    """The same question in other languages that have answers to it, those with most articles first.

    Only for whole languages and their sections, of which the catalogue knows the numbers. For keywords the store would
    have to count each of them in each language, whenever one of their feeds is made.
    """
    if len(query.languages) != 1 or query != FeedQuery(languages=query.languages, section=query.section):
        return
    (mine,) = query.languages
    counted: Counter[str] = Counter()
    if query.section is None:
        counted.update(overview.languages)
    else:
        for tag, slug, number in overview.sections:
            if slug == query.section:
                counted[tag] += number
    related = (tag for tag, number in counted.items() if number and not _is_variety(tag, mine))
    for tag in sorted(related, key=lambda tag: (-counted[tag], tag))[:OTHER_LANGUAGES]:
        yield replace(query, languages=(tag,))


def _is_variety(tag: str, other: str) -> bool:
    """Whether the feed of one of two languages holds the other's articles."""
    return language_covers(tag, other) or language_covers(other, tag)
