"""A value of an API's answer in, what it says out: texts, names, addresses, dates, however deep they are packed.

A value may be a text, a number, an object that holds the text (``{"rendered": …}``), or a list of any of these.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from feeds.extract.api_names import folded
from feeds.extract.feed_entry import absolute, author_names, markup_of, plain_text, plain_title

_TEXTS = (
    "rendered",
    "value",
    "text",
    "name",
    "displayname",
    "title",
    "label",
    "html",
    "plain",
    "main",
    "original",
    "default",
    "content",
)
_ADDRESSES = (
    *("canonical", "html", "web", "alternate", "public", "self", "href", "url", "src", "sourceurl", "link", "original"),
    *("large", "full", "default", "path", "rendered", "value"),
)
_DATES = ("iso", "iso8601", "date", "datetime", "utc", "gmt", "value", "timestamp", "seconds", "rendered")
_EPOCH = re.compile(r"\d{9,16}(?:\.\d{1,9})?")
_ASP_DATE = re.compile(r"/Date\((\d{9,16})(?:[+-]\d{4})?\)/")
_FIRST_S, _LAST_S = 100_000_000, 4_102_444_800  # 1973 to 2100: what a news site may mean by a bare number
_DEEPEST = 3


def read_text(value: Any, tongue: str | None, depth: int = 0) -> str | None:
    """The text of a value; of one in several languages the one in ``tongue``, else the first."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else None
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return next((text for one in value if (text := read_text(one, tongue, depth + 1))), None)
    if isinstance(value, dict):
        keyed = {folded(str(key)): one for key, one in value.items()}
        own = (tongue, tongue.partition("-")[0]) if tongue else ()
        return next((text for key in (*own, *_TEXTS) if (text := read_text(keyed.get(key), tongue, depth + 1))), None)
    return None


def read_title(value: Any, tongue: str | None) -> str | None:
    """A text on one line, its entities and formatting resolved."""
    text = read_text(value, tongue)
    if text is None:
        return None
    return (plain_text(text) if "<p" in text else plain_title(text)) or None


def read_markup(value: Any, tongue: str | None) -> str | None:
    """A text as HTML; plain text becomes paragraphs."""
    text = read_text(value, tongue)
    return markup_of(text, "") if text else None


def read_names(value: Any, tongue: str | None) -> tuple[str, ...]:
    """Names of people or tags: texts, objects with a name, or lists of them."""
    values = value if isinstance(value, list) else [value]
    names = (_name(one, tongue) for one in values[:200])
    return author_names(name for name in names if name)


def read_address(value: Any, base: str, depth: int = 0) -> str | None:
    """The first http or https address in a value, absolute and clean."""
    if isinstance(value, str):
        return absolute(value, base) if value.strip() and not re.search(r"\s", value.strip()) else None
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return next((url for one in value if (url := read_address(one, base, depth + 1))), None)
    if isinstance(value, dict):
        keyed = {folded(str(key)): one for key, one in value.items()}
        return next((url for key in _ADDRESSES if (url := read_address(keyed.get(key), base, depth + 1))), None)
    return None


def read_date(value: Any, depth: int = 0) -> str | None:
    """A date as written; seconds, milliseconds or microseconds since 1970 as ISO 8601 in UTC."""
    if isinstance(value, bool) or depth > _DEEPEST:
        return None
    if isinstance(value, int | float):
        return _from_epoch(value)
    if isinstance(value, str):
        text = value.strip()
        packed = _ASP_DATE.fullmatch(text)
        digits = packed[1] if packed else text
        # eight digits are a day, fourteen a day and a clock
        if packed or (_EPOCH.fullmatch(digits) and len(digits.partition(".")[0]) in {9, 10, 13, 16}):
            return _from_epoch(float(digits)) or text or None
        return text or None
    if isinstance(value, Mapping):
        keyed = {folded(str(key)): one for key, one in value.items()}
        return next((date for key in _DATES if (date := read_date(keyed.get(key), depth + 1))), None)
    return None


def _name(value: Any, tongue: str | None) -> str | None:
    if isinstance(value, dict):
        keyed = {folded(str(key)): one for key, one in value.items()}
        parts = [keyed.get("firstname") or keyed.get("givenname"), keyed.get("lastname") or keyed.get("familyname")]
        if all(isinstance(part, str) and part for part in parts):
            return " ".join(str(part) for part in parts)
        return read_text(value, tongue)
    return value if isinstance(value, str) else None  # a bare number is an id


def _from_epoch(number: float) -> str | None:
    for unit in (1, 1_000, 1_000_000):
        if _FIRST_S * unit <= number <= _LAST_S * unit:
            return dt.datetime.fromtimestamp(int(number / unit), dt.UTC).isoformat()
    return None
