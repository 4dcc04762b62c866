"""A fetched Document in, what kind of source it is out: told by what it holds, never by its name or content type."""

from __future__ import annotations

import zlib

from feeds.extract.encoding import decode
from feeds.extract.feed_mend import root_name
from feeds.model import Document, Kind

_GZIP = b"\x1f\x8b"
_LOOKED_AT_BYTES = 65_536
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})
_SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
# the first elements of what is no page either
_OTHER_XML = frozenset({"opml", "svg", "error", "opensearchdescription", "response", "oembed", "rsd", "manifest"})


def kind_of(document: Document) -> Kind | None:
    """How the document would be polled, None when it is nothing that can be (a picture, a film, an unknown XML)."""
    head = _beginning(document.body)
    text = decode(head, content_type=document.content_type).text.lstrip("\ufeff \t\r\n")
    if text[:1] in {"{", "["}:
        return Kind.FEED if text[0] == "{" and "jsonfeed.org/version" in text else Kind.JSON
    root = root_name(text)
    if root in _FEED_ROOTS:
        return Kind.FEED
    if root in _SITEMAP_ROOTS:
        return Kind.SITEMAP
    kind = (document.content_type or "").partition(";")[0].strip().lower()
    if kind.startswith(("image/", "audio/", "video/", "font/")) or kind == "application/pdf" or root in _OTHER_XML:
        return None
    return Kind.LISTING if root else None


def _beginning(body: bytes) -> bytes:
    """The first 64 KB, unpacked: sitemaps are often files that were packed with gzip."""
    if not body.startswith(_GZIP):
        return body[:_LOOKED_AT_BYTES]
    try:
        return zlib.decompressobj(wbits=31).decompress(body, _LOOKED_AT_BYTES)
    except zlib.error:
        return b""
