"""What a page or feed says of a file in, an Enclosure out: addresses absolute, types, sizes and lengths checked.

Feeds and pages write anything into these fields; what is no media type, no size or no duration is left out rather
than the file. Pictures are no files of an article but its image, and a page in which a film is played is no file.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from feeds.model import Enclosure
from feeds.urls import named_media_type, normal_url, read_media_type

_LONGEST_ADDRESS = 2000
_LONGEST_TITLE = 300
_LARGEST_BYTES = 10**13
_LONGEST_S = 30 * 86400.0
_WHOLE = re.compile(r"(\d{1,15})(?:\.0+)?(?:\s*(?:b|bytes?))?", re.IGNORECASE | re.ASCII)
# ISO 8601, 5.5.2.2, without years and months, which no recording lasts
_ISO_DURATION = re.compile(
    r"P(?:(?P<d>\d{1,4})D)?(?:T(?:(?P<h>\d{1,5})H)?(?:(?P<m>\d{1,6})M)?(?:(?P<s>\d{1,8}(?:[.,]\d{1,6})?)S)?)?",
    re.IGNORECASE | re.ASCII,
)
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:\.\d{1,6})?)", re.ASCII)
_SECONDS = re.compile(r"\d{1,8}(?:\.\d{1,6})?", re.ASCII)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")

_SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream"})
# what is called a file and is a page, or a player in one
_PAGES = frozenset({"text/html", "application/xhtml+xml", "application/x-shockwave-flash"})


def file_of(
    address: object,
    *,
    base: str,
    media_type: object = "",
    length: object = None,
    duration: object = None,
    title: object = "",
) -> Enclosure | None:
    """The file, each detail of which may be of any kind; None when it has no http address, is a picture or a page.

    Args:
        address: where it is; made absolute, otherwise kept as it is: a signature in it must stay.
        base: what a relative address starts from.
        media_type: as written; where it is none, the address's ending tells.
        length: bytes, as a number or its digits.
        duration: ISO 8601, ``H:MM:SS``, ``M:SS``, or seconds as a number or its digits.
        title: what it is called.
    """
    url = _absolute(address, base)
    if url is None:
        return None
    kind = read_media_type(media_type) if isinstance(media_type, str) else ""
    if kind in _SAYS_NOTHING:
        kind = named_media_type(url) or kind
    if kind in _PAGES or kind.startswith("image/"):
        return None
    return Enclosure(
        url=url,
        media_type=kind,
        length_bytes=read_length(length),
        duration_s=read_duration(duration),
        title=" ".join(_UNPRINTABLE.sub(" ", title).split())[:_LONGEST_TITLE] if isinstance(title, str) else "",
    )


def _absolute(address: object, base: str) -> str | None:
    if not isinstance(address, str) or not 0 < len(address.strip()) <= _LONGEST_ADDRESS:
        return None
    try:
        return normal_url(urljoin(base, address.strip()))
    except ValueError:
        return None


def read_length(written: object) -> int | None:
    """Bytes; None for 0, which feeds write where they do not know, and for rounded sizes (``8.5 MB``)."""
    found = _WHOLE.fullmatch(_as_text(written))
    length = int(found[1]) if found else 0
    return length if 0 < length <= _LARGEST_BYTES else None


def read_duration(written: object) -> float | None:
    """Seconds; None for 0, for more than 30 days, and for what is no duration."""
    text = _as_text(written)
    if iso := _ISO_DURATION.fullmatch(text):
        days, hours, minutes, seconds = (float((iso[name] or "0").replace(",", ".")) for name in "dhms")
        length = 86400 * days + 3600 * hours + 60 * minutes + seconds
    elif clock := _CLOCK.fullmatch(text):
        length = 3600 * float(clock[1] or 0) + 60 * float(clock[2]) + float(clock[3])
    else:
        length = float(text) if _SECONDS.fullmatch(text) else 0.0
    return length if 0 < length <= _LONGEST_S else None


def _as_text(written: Any) -> str:
    if isinstance(written, bool) or not isinstance(written, (str, int, float)):
        return ""
    text = written if isinstance(written, str) else f"{written:f}" if isinstance(written, float) else _digits(written)
    return text.strip()


def _digits(number: int) -> str:
    # a number of a million digits would take str() its time, and is none of ours
    return str(number) if abs(number) <= _LARGEST_BYTES else ""
