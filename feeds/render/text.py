"""Any text or date the store can hold in, text and dates that every feed format may carry out."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from email.utils import format_datetime

from feeds.urls import normal_url

# What XML 1.0 allows (2.2, Char) less what it discourages there: C1 controls, noncharacters; less CR, which a parser
# would turn into LF; and less U+FFFD, which only says that something was lost before (validators warn of it and of
# U+0085). Asked as "all of it" since that is 50 times faster than looking for one bad sign.
_PLANES = "".join(f"{chr(plane << 16)}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 17))
_LEGAL = re.compile(f"[\t\n -~\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffc{_PLANES}]+")
_BREAKS = ("\r\n", "\r", "\x0b", "\x0c", "\x85")
# RFC 3986 to the letter already: nothing to mend, and its fragment may matter to the page
_SIGN = r"(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_PLAIN_ADDRESS = re.compile(
    rf"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]+)?(?:/{_SIGN}*)?(?:\?(?:{_SIGN}|\?)*)?(?:#(?:{_SIGN}|\?)*)?",
    re.ASCII,
)
_JOINER = "\u200d"
_TAG = re.compile(r"<(/?[A-Za-z][^<>]*)>")
_REFERENCE = re.compile(r"&(?=#?\w+;)")
_END_TAG = re.compile(r"</[A-Za-z][^<>]*>")
_HALF_HOUR = dt.timedelta(minutes=30)


def legal_text(text: str) -> str:
    r"""The same text as an XML document and UTF-8 can hold it.

    Two surrogates that form a pair become the character they mean. A lone one, U+FFFD, control characters and
    noncharacters go, ends of lines become ``\n``.
    """
    if _LEGAL.fullmatch(text):
        return text
    for sign in _BREAKS:
        text = text.replace(sign, "\n")
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(_LEGAL.findall(paired))


def one_line(text: str) -> str:
    """Legal text with single spaces, trimmed: titles, names, labels."""
    return " ".join(legal_text(text).split())


def plain_text(text: str) -> str:
    """Legal text that no reader takes for HTML.

    Where an end tag stands in it, its tags get other brackets, ``‹b›``, and its references a wide ``&``. A title is
    text, yet many readers guess by end tags whether one is HTML, and then hide what looks like a tag; so does the
    W3C's validator, which warns of it, even where Atom says ``type="text"``. So it is in every format, also in
    JSON Feed: an article has one title. ``1 < 2`` and ``List<String>`` stay as they are.
    """
    legal = legal_text(text)
    if "</" not in legal or not _END_TAG.search(legal):
        return legal
    return _REFERENCE.sub("\uff06", _TAG.sub(r"‹\1›", legal))


def plain_line(text: str) -> str:
    """Plain text with single spaces, trimmed."""
    return " ".join(plain_text(text).split())


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
    if _PLAIN_ADDRESS.fullmatch(url):
        return url
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
    """``Tue, 07 Jul 2020 00:00:00 +0800``: four digits of year, English names in every locale, a numeric zone.

    In UTC where the zone is not whole half hours off: validators warn of ``+0545``.
    """
    exact = exact_date(when)
    if (exact.utcoffset() or dt.timedelta()) % _HALF_HOUR:
        try:
            exact = exact.astimezone(dt.UTC)
        except OverflowError:  # the first day that there is, or the last
            exact = exact.replace(tzinfo=dt.UTC)
    return format_datetime(exact)


def _continues(line: str, at: int) -> bool:
    """Whether the character at ``at`` belongs to the one before it."""
    return bool(unicodedata.category(line[at]).startswith("M") or _JOINER in (line[at], line[at - 1]))
