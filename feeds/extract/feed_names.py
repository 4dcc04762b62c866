"""A tag in, the name by which feeds' elements are told out: whatever prefix or spelling of a namespace it came with."""

from __future__ import annotations

import re
from functools import lru_cache

_PREFIXES = {
    "": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://www.w3.org/2005/atom": "atom:",
    "https://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/dc/elements/1.0/": "dc:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.pheedo.com/namespace/pheedo": "feedburner:",  # the same element under the same name
    "http://turbo.yandex.ru": "turbo:",
    "http://news.yandex.ru": "yandex:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
}
# where a prefix is used that was never declared, it means what it means everywhere else
USUAL_SPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "turbo": "http://turbo.yandex.ru",
    "yandex": "http://news.yandex.ru",
}
_LONGEST_TAG = 120


def name_of(tag: object) -> str:
    """A tag as ``pubdate`` or ``dc:date``: lower case, with the usual prefix of its namespace.

    A prefix that was never declared is taken at its word; an unknown namespace gives ``?:name``.
    """
    # a long name is none of those we know, and a thousand of them must not be kept
    return _short_name(tag) if isinstance(tag, str) and len(tag) < _LONGEST_TAG else "?:"


def local_name(tag: object) -> str:
    """Without namespace, and without the prefix of one that was never declared."""
    return re.split("[}:]", str(tag))[-1] or "div"


@lru_cache(maxsize=1024)
def _short_name(tag: str) -> str:
    space, _, local = tag.rpartition("}")
    prefix = _PREFIXES.get(space[1:].lower(), "?:")
    name = local.lower()
    return name.removeprefix("rss:") if not space and ":" in name else prefix + name
