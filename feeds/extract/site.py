"""A page's head and address in, what it calls its site, its publisher and its section out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from feeds.extract.jsonld import JsonLd
from feeds.extract.meta import Head

_METAS = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "publisher",
    "article:publisher",
    "copyright",
)
_WORDS = re.compile(r"\w+")


def site_names(head: Head, ld: JsonLd, url: str) -> list[str]:
    """Names of the site and its publisher, and its host's, as written."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = [label for label in host.split(".")[:-1] if len(label) > 2]  # noqa: PLR2004 - "co", "uk", "or" name nobody
    return [*head.all(*_METAS), *ld.publishers(), host, *labels]


def sections(head: Head, ld: JsonLd) -> list[str]:
    """What the page calls the section it stands in."""
    return [*head.all("article:section", "section", "og:section"), *ld.texts("articleSection")]


def bare_names(names: Iterable[str]) -> frozenset[str]:
    """Names as they are compared: case folded, without spaces and punctuation."""
    return frozenset("".join(_WORDS.findall(name.casefold())) for name in names) - {""}
