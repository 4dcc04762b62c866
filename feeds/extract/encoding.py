"""Bytes of a page or feed in, text out, in the encoding the bytes are really in.

The order is the browsers' (WHATWG HTML, 13.2.3): an override, a byte order mark, the HTTP charset, a declaration in
the document, detection. Unlike a browser this reader has seen all bytes before it must answer, so a declaration that
the bytes contradict is overridden: text that is valid multi-byte UTF-8 is UTF-8 whatever was declared, and a declared
encoding whose decoder stumbles gives way to one whose decoder does not. Labels mean what the Encoding Standard says:
``gb2312`` is GB18030, ``iso-8859-1`` is windows-1252, ``shift_jis`` is windows-31j.

Serves HTML and XML alike. Never raises: bytes that fit nowhere become U+FFFD.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
    to_unicode,
)

from feeds.extract.charset import contradicts, guess_encoding

# a legacy text is valid UTF-8 by chance only when it is short: two CJK characters can be, four hardly
_SURE_UTF8_EXTRA_BYTES = 6
_MULTIBYTE = frozenset({"gb18030", "big5", "big5hkscs", "cp932", "euc_jp", "euc-jp", "cp949", "euc_kr", "euc-kr"})
_ASCII = bytes(range(0x80))
_LATE_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text, the encoding it was in, and how that is known.

    ``encoding`` is a codec name of Python. ``provenance`` is ``override``, ``bom``, ``http``, ``document`` (a meta
    element or XML declaration), ``bytes`` (valid UTF-8 that said something else or nothing), or ``detected``.
    """

    text: str
    encoding: str
    provenance: str


def decode(data: bytes, *, content_type: str | None = None, override: str | None = None) -> Decoded:
    """Decode a page or feed as its reader's browser would, or better where its declaration is wrong.

    Args:
        data: the document, decompressed.
        content_type: the HTTP header's value, such as ``text/html; charset=gb2312``.
        override: an encoding label the operator knows to be right; an unknown one is passed over.
    """
    forced = resolve_encoding(override) if override else None
    if forced:
        return Decoded(text=to_unicode(data, forced).removeprefix("\ufeff"), encoding=forced, provenance="override")
    marked, bom = read_bom(data)
    if marked is not None and bom is not None:
        return Decoded(text=to_unicode(data[len(bom) :], marked), encoding=marked, provenance="bom")
    declared = _declared(data, content_type)
    utf8 = _as_utf8(data, declared)
    if utf8 is not None:
        return utf8
    return _decode_legacy(data, declared)


def _declared(data: bytes, content_type: str | None) -> list[tuple[str, str]]:
    """Every declared encoding with its provenance, the browser's first choice first."""
    found: list[tuple[str, str]] = []
    by_http = http_content_type_encoding(content_type)
    if by_http:
        found.append((by_http, "http"))
    by_document = html_body_declared_encoding(data) or _late_declaration(data)
    if by_document:
        # a document that could be read this far in bytes is not in UTF-16 (HTML, 13.2.3.2)
        found.append(("utf-8" if by_document.startswith("utf-16") else by_document, "document"))
    return found


def _late_declaration(data: bytes) -> str | None:
    """A declaration behind the first kilobytes, where browsers start over but still obey."""
    for match in _LATE_META.finditer(data, 0, 1_000_000):
        name = resolve_encoding(match.group(1).decode("ascii"))
        if name:
            return name
    return None


def _as_utf8(data: bytes, declared: list[tuple[str, str]]) -> Decoded | None:
    """The document as UTF-8, unless its bytes or a credible declaration speak against it."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    name, provenance = declared[0] if declared else ("utf-8", "bytes")
    if name == "utf-8" or len(data) == len(text):
        seven_bit = b"\x1b$" in data or b"\x1b(" in data
        wide = b"\x00" in data[:200] and _utf16_without_bom(data)
        return None if seven_bit or wide else Decoded(text=text, encoding=name, provenance=provenance)
    if len(data) - len(text) >= _SURE_UTF8_EXTRA_BYTES or not _fits(data, name):
        return Decoded(text=text, encoding="utf-8", provenance="bytes")
    return None


def _decode_legacy(data: bytes, declared: list[tuple[str, str]]) -> Decoded:
    """The first declared encoding that fits the bytes, else the detected one."""
    wide = _utf16_without_bom(data)
    if wide:
        return Decoded(text=to_unicode(data, wide), encoding=wide, provenance="detected")
    # a server's single-byte default decodes anything; the document's own multi-byte declaration says more
    by_strength = sorted(declared, key=lambda found: found[0] not in _MULTIBYTE) or [("utf-8", "detected")]
    fitting = next((found for found in by_strength if _fits(data, found[0])), None)
    if fitting and not _is_doubtful(data, fitting[0]):
        return Decoded(text=to_unicode(data, fitting[0]), encoding=fitting[0], provenance=fitting[1])
    detected = guess_encoding(data)
    if detected and _fits(data, detected):
        return Decoded(text=to_unicode(data, detected), encoding=detected, provenance="detected")
    name, provenance = fitting or (declared[0] if declared else ("cp1252", "detected"))
    return Decoded(text=to_unicode(data, name), encoding=name, provenance=provenance)


def _is_doubtful(data: bytes, encoding: str) -> bool:
    """Whether a declaration is a western server's default over a page in another script, or over escapes."""
    if b"\x1b$" in data:
        return not encoding.startswith("iso2022")
    return encoding == "cp1252" and contradicts(data, encoding)


def _fits(data: bytes, encoding: str) -> bool:
    """Whether hardly any byte of the document is impossible in this encoding.

    UTF-8 may stumble more often: in a text of another encoding hardly a byte is possible, so one that decodes for the
    most part is UTF-8 with damage, such as a teaser that was cut in the midst of a letter.
    """
    text = to_unicode(data, encoding)
    bad = text.count("\ufffd")
    if not bad:
        return True
    return bad * (10 if encoding == "utf-8" else 50) < len(data.translate(None, _ASCII))


def _utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 by its zero bytes: nearly every second byte of the markup it starts with is one."""
    head = data[:60]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd * 3 > len(head) and even * 10 < len(head):
        return "utf-16-le"
    if even * 3 > len(head) and odd * 10 < len(head):
        return "utf-16-be"
    return None
