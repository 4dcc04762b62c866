"""For how long an answer is fresh: its header fields in, seconds out (RFC 9111, 4.2.1).

What a shared cache would be told (``s-maxage``) is not for us, who ask for ourselves. What is garbage says nothing.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import re

import httpx2

LONGEST_S = 31_536_000.0  # RFC 9111, 1.2.2, lets numbers end somewhere; a year is "never" to a feed
_FORBIDDING = frozenset({"no-cache", "no-store", "private"})
# a directive, and its value as a token or a quoted string (RFC 9111, 5.2)
_DIRECTIVE = re.compile(r"([^\s,;=\"]+)\s*(?:=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s,;\"]*)))?")


def fresh_s(headers: httpx2.Headers, now: dt.datetime) -> float | None:
    """Seconds for which the server calls its answer fresh, from now on; 0 when that time is over.

    None when it does not say, or forbids to use it again unasked. ``max-age`` wins over ``Expires`` and of two that
    contradict each other the shorter one counts (4.2.1).
    """
    directives = _directives(headers.get_list("cache-control"))
    if not _FORBIDDING.isdisjoint(directives):
        return None
    if "max-age" in directives:
        ages = [_seconds(value) for value in directives["max-age"]]
        if None in ages:
            return None
        age = _seconds(headers.get("age", "0")) or 0.0
        return max(0.0, min(one for one in ages if one is not None) - age)
    return _until_expiry(headers, now)


def _directives(fields: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, quoted, token in _DIRECTIVE.findall(",".join(fields)[:4000]):
        found.setdefault(name.lower(), []).append(quoted or token)
    return found


def _seconds(text: str) -> float | None:
    """delta-seconds (1.2.2): digits and nothing else."""
    text = text.strip()
    return min(float(text[:12]), LONGEST_S) if text.isascii() and text.isdigit() else None


def _until_expiry(headers: httpx2.Headers, now: dt.datetime) -> float | None:
    """Expires less Date; both are the server's clock, so that a wrong one does no harm."""
    if "expires" not in headers:
        return None
    expires = _instant(headers["expires"])
    if expires is None:
        return 0.0  # 5.3: what is no date, and "0" above all, is in the past
    date = _instant(headers.get("date", "")) or now
    return min(max(0.0, (expires - date).total_seconds()), LONGEST_S)


def _instant(text: str) -> dt.datetime | None:
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=dt.UTC)
