"""A sitemap's bytes in, its entries in their own spelling out, without ever holding a tree of them.

Names count by their local part and their place, since namespaces are often wrong or missing. No document type reaches
the parser: nothing before the root element does, so no entity can expand and none is asked for. What is not
well-formed is mended where sitemaps break most, a bare ``&`` in an address, and read on behind the damage.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import html5
from typing import Any
from xml.sax.saxutils import escape

import lxml.etree

from feeds.errors import ExtractError
from feeds.extract.encoding import decode

MOST_ENTRIES = 200_000  # the protocol says 50,000; whoever lists a few more is still read to the end

_MOST_ELEMENTS = 3_000_000  # 50 MB of 17 bytes each: more is no list of addresses
_CHUNK_BYTES = 1 << 16
_MENDED_BYTES = 1 << 20
_FEWEST_BYTES_TO_AMPERSAND = 10  # where every tenth byte is one, no mending helps
_HEAD_BYTES = 1 << 16
_LONGEST_TEXT = 5_000
_MOST_ALTERNATES = 100
_UNREADABLE = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20)])
_ELEMENT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40})(?=[\s/>])")
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']\s*([\w.-]{2,40})", re.IGNORECASE)
_AMPERSAND = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{0,31});|(#[xX]?[0-9A-Fa-f]{1,7});)?")
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ADDRESS_LINE = re.compile(r"\s*https?://\S+\s*\Z", re.IGNORECASE)
_NEWS = "sitemap-news"
_OTHERS = {
    "html": "this is an HTML page, not a sitemap: look in the site's robots.txt for the sitemap's address",
    "opml": "this is an OPML list of feeds, not a sitemap",
}


@dataclass(slots=True, kw_only=True)
class Raw:
    """One entry of a sitemap or index, as written."""

    loc: str
    lastmod: str | None = None
    is_news: bool = False
    title: str | None = None
    published: str | None = None
    keywords: str | None = None
    language: str | None = None
    access: str | None = None
    image: str | None = None
    image_caption: str | None = None
    alternates: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSitemap:
    """A sitemap in its own spelling; ``is_news``: it says that it is a news sitemap."""

    entries: tuple[Raw, ...]
    is_index: bool = False
    is_news: bool = False


def root_name(data: bytes) -> str:
    """Local name, in lower case, of the first element; empty when there is none."""
    text = _utf8(data[:_HEAD_BYTES].rpartition(b">")[0] + b">")
    found = _ELEMENT.match(text, max(_root_at(text), 0))
    return found[1].decode().lower() if found else ""


def read_raw(data: bytes, root: str) -> RawSitemap:
    """The entries of a sitemap whose first element is ``root``; of a text sitemap where that is empty.

    Raises:
        ExtractError: neither XML of that kind nor lines of addresses.
    """
    if not data.strip():
        raise ExtractError("the document is empty")
    text = _utf8(data)
    if root in {"urlset", "sitemapindex"}:
        return _read_xml(text[max(_root_at(text), 0) :])
    entries = () if root else tuple(_read_lines(text))
    if not entries:
        reason = _OTHERS.get(root) or (f"<{root}> is no sitemap's first element" if root else "no markup in it")
        raise ExtractError(f"not a sitemap: {reason}")
    return RawSitemap(entries=entries)


def _utf8(data: bytes) -> bytes:
    """The document as UTF-8 without a mark: what the protocol asks for, and what nearly all send."""
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    declared = _DECLARED.search(data, 0, 200)
    is_other = declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}
    if is_other or b"\x00" in data[:8]:
        return decode(data).text.encode("utf-8", "replace")
    try:
        data.decode()
    except UnicodeDecodeError:
        return decode(data).text.encode("utf-8", "replace")
    return data


def _root_at(text: bytes) -> int:
    """Where the root element starts, behind declaration, document type and comments; -1: nowhere."""
    at = text.find(b"<")
    while at >= 0:
        if text.startswith(b"<!--", at):
            end = text.find(b"-->", at + 4)
        elif text.startswith((b"<?", b"<!"), at):
            end = text.find(b">", at)
        elif _ELEMENT.match(text, at):
            return at
        else:
            end = at
        at = text.find(b"<", end + 1) if end >= 0 else -1
    return -1


def _read_lines(text: bytes) -> Iterator[Raw]:
    """A text sitemap: one address a line. What is no address in it is passed over, unless the first lines are none."""
    for number, line in enumerate(text.decode("utf-8", "replace").splitlines()):
        if number >= MOST_ENTRIES:
            return
        if _ADDRESS_LINE.match(line):
            yield Raw(loc=line.strip())


# --- XML ----------------------------------------------------------------------------------------------------------


def _read_xml(data: bytes) -> RawSitemap:
    strict = _Reader()
    if _parse((data[at : at + _CHUNK_BYTES] for at in range(0, len(data), _CHUNK_BYTES)), strict, recover=False):
        return strict.result()
    lenient = _Reader()
    _parse(_mended(data.translate(None, _UNREADABLE)), lenient, recover=True)
    return lenient.result()


def _mended(data: bytes) -> Iterator[bytes]:
    """The document in pieces, its ampersands mended where they are markup."""
    is_mendable = data.count(b"&") * _FEWEST_BYTES_TO_AMPERSAND < len(data)
    at = 0
    while at < len(data):
        opened = data.find(b"<![CDATA[", at)
        closed = data.find(b"]]>", opened) if opened >= 0 else -1
        until = opened if closed >= 0 else len(data)
        while at < until:
            end = data.rfind(b">", at, min(at + _MENDED_BYTES, until)) + 1 or min(at + _MENDED_BYTES, until)
            yield _AMPERSAND.sub(_mended_reference, data[at:end]) if is_mendable else data[at:end]
            at = end
        if closed >= 0:
            at = closed + 3
            yield data[opened:at]


def _parse(pieces: Iterable[bytes], reader: _Reader, *, recover: bool) -> bool:
    """Runs the document through ``reader``; False when it is not well-formed."""
    parser = lxml.etree.XMLParser(  # type: ignore[call-overload]  # the stubs want handlers for comments too
        target=reader, recover=recover, resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8"
    )
    try:
        for piece in pieces:
            parser.feed(piece)
            if reader.is_full:
                return True
        parser.close()
    except lxml.etree.XMLSyntaxError:
        return False
    return True


def _mended_reference(match: re.Match[bytes]) -> bytes:
    """An ampersand that starts no reference is escaped; names of HTML and numbers are resolved."""
    name, number = match[1], match[2]
    if number:
        return escape(_NO_CHARACTER.sub("", html.unescape(f"&{number.decode()};"))).encode()
    if name:
        value = html5.get(f"{name.decode()};")
        return escape(value).encode() if value else b"&amp;" + name + b";"
    return b"&amp;"


class _Reader:
    """The parser's target: events in, entries out. Only the entry being read is held open."""

    def __init__(self) -> None:
        self._path: list[str] = []  # local names below the entry
        self._depth = 0  # of elements open above or outside an entry
        self._entry: Raw | None = None
        self._text: list[str] | None = None
        self._size = 0
        self._entries: list[Raw] = []
        self._elements = 0
        self._is_index = False
        self._is_news = False

    @property
    def is_full(self) -> bool:
        """Whether no more is read: the entries so far count."""
        return len(self._entries) >= MOST_ENTRIES or self._elements > _MOST_ELEMENTS

    def result(self) -> RawSitemap:
        entries = tuple(self._entries)
        is_news = self._is_news or any(entry.is_news for entry in entries)
        return RawSitemap(entries=entries, is_index=self._is_index, is_news=is_news)

    def start(self, tag: str, attributes: Any, nsmap: Any) -> None:
        name = _local(tag)
        self._elements += 1
        if self._depth == 0:
            self._is_index = name == "sitemapindex"
            self._is_news = any(_NEWS in str(space) for space in (nsmap or {}).values())
        if self._entry is None or name in {"url", "sitemap"}:
            self._depth += 1
            if name in {"url", "sitemap"}:
                self._keep()  # the one before was never closed
                self._entry, self._path = Raw(loc=""), []
            return
        self._path.append(name)
        self._text, self._size = [], 0
        if name == "news":
            self._entry.is_news = True
        elif name == "link" and len(self._entry.alternates) < _MOST_ALTERNATES:
            tag_of, href = attributes.get("hreflang"), attributes.get("href")
            if tag_of and href and tag_of.lower() != "x-default" and "alternate" in attributes.get("rel", "alternate"):
                self._entry.alternates.append((tag_of.lower(), href))

    def data(self, data: str) -> None:
        if self._text is not None and self._size < _LONGEST_TEXT:
            self._text.append(data)
            self._size += len(data)

    def end(self, tag: str) -> None:
        if self._entry is not None and self._path:
            text = " ".join("".join(self._text or ()).split())
            if text:
                _take(self._entry, tuple(self._path[-2:]), text)
            self._path.pop()
            self._text = None
            return
        self._depth -= 1
        if _local(tag) in {"url", "sitemap"}:
            self._keep()

    def close(self) -> None:
        self._keep()

    def _keep(self) -> None:
        if self._entry is not None and self._entry.loc and not self.is_full:
            self._entries.append(self._entry)
        self._entry = None


def _take(entry: Raw, path: tuple[str, ...], text: str) -> None:
    """Puts a text where it belongs, by its element and the one around it; the first of several wins."""
    name = _FIELDS.get(path)
    if name and not getattr(entry, name):
        setattr(entry, name, text)


_FIELDS = {
    ("loc",): "loc",
    ("lastmod",): "lastmod",
    ("image", "loc"): "image",
    ("image", "caption"): "image_caption",
    ("image", "title"): "image_caption",
    ("news", "title"): "title",
    ("news", "publication_date"): "published",
    ("news", "keywords"): "keywords",
    ("news", "access"): "access",
    ("publication", "language"): "language",
}


@lru_cache(maxsize=256)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()
