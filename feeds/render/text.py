"""Any text or date the store can hold in, text and dates that every feed format may carry out."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from email.utils import format_datetime

from feeds.urls import normal_url

_SURROGATE = re.compile("[\ud800-\udfff]")
# Not allowed by XML 1.0 (2.2, Char), or allowed and discouraged there: C0, C1 but U+0085, noncharacters.
_PLANE_ENDS = "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_FORBIDDEN = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef{_PLANE_ENDS}]")
_BREAK = re.compile("\r\n?|[\x0b\x0c]")
_SPACE = re.compile(r"\s+")
_JOINER = "\u200d"


def legal_text(text: str) -> str:
    r"""The same text as an XML document and UTF-8 can hold it.

    Two surrogates that form a pair become the character they mean, a lone one U+FFFD. Control characters and
    noncharacters go, ends of lines become ``\n``.
    """
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _FORBIDDEN.sub("", _BREAK.sub("\n", text))


def one_line(text: str) -> str:
    """Legal text with single spaces, trimmed: titles, names, labels."""
    return _SPACE.sub(" ", legal_text(text)).strip()


def first_words(text: str, limit_chars: int) -> str:
    """The beginning of a text in at most ``limit_chars`` characters, cut between words where the script has spaces."""
    line = one_line(text)
    if len(line) <= limit_chars:
        return line
    cut = limit_chars - 1  # the ellipsis is one character
    space = line.rfind(" ", 0, cut + 1)
    if space > limit_chars // 2:
        cut = space
    while cut > 1 and _continues(line, cut):
        cut -= 1
    return line[:cut].rstrip(" ,;:、，；：·–—-") + "…"


def web_address(url: str | None) -> str | None:
    """An http or https address in ASCII, or None for anything else: a feed never carries ``javascript:``."""
    if not url:
        return None
    try:
        return normal_url(url)
    except ValueError:
        return None


def exact_date(when: dt.datetime) -> dt.datetime:
    """The same wall clock in whole seconds, its offset in whole minutes: all that RFC 3339 and RFC 822 can say.

    Only local mean times (before 1901 in Shanghai: +08:05:43) have an offset with seconds.
    """
    offset = when.utcoffset() or dt.timedelta()
    minutes = round(offset.total_seconds() / 60)
    return when.replace(microsecond=0, tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))


def rfc3339(when: dt.datetime) -> str:
    """``2020-07-07T00:00:00+08:00``; ``Z`` for UTC."""
    return exact_date(when).isoformat().replace("+00:00", "Z")


def rfc822(when: dt.datetime) -> str:
    """``Tue, 07 Jul 2020 00:00:00 +0800``: four digits of year, English names in every locale, a numeric zone."""
    return format_datetime(exact_date(when))


def _continues(line: str, at: int) -> bool:
    """Whether the character at ``at`` belongs to the one before it."""
    return bool(unicodedata.category(line[at]).startswith("M") or _JOINER in (line[at], line[at - 1]))
