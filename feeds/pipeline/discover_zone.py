"""A site's address, language and dates in, the time zone out in which its dates are meant; None where that is a guess.

A country's own top-level domain, or the region of the language tag, names the country; a country of one zone has that
one, another the one that CLDR calls primary. Offsets written in the site's own dates must not speak against it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from feeds.dates import read_date

# CLDR, primaryZones: countries whose people nearly all live in one of their zones
_PRIMARY = {
    "CL": "America/Santiago", "CN": "Asia/Shanghai", "DE": "Europe/Berlin", "EC": "America/Guayaquil",
    "ES": "Europe/Madrid", "MH": "Pacific/Majuro", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon", "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent", "AR": "America/Argentina/Buenos_Aires",
    "KZ": "Asia/Almaty", "CY": "Asia/Nicosia",
}  # fmt: skip
# top-level domains of countries that everybody uses, and one that is called otherwise than its country
_EVERYBODYS = frozenset(
    {"ai", "cc", "co", "fm", "gg", "io", "ly", "me", "sh", "to", "tv", "ws", "eu", "su", "ac", "im", "la"}
)
_CALLED = {"uk": "GB"}


def guess_zone(url: str, *, language: str, dates: Iterable[str]) -> str | None:
    """The IANA name of the zone.

    Args:
        url: of the site.
        language: the tag that its pages declare, with its region if it has one (``de-AT``).
        dates: as its articles' lists write them.
    """
    zone = _zone_of(_country_of(url) or _region(language))
    if zone is None:
        return None
    try:
        info = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
    for written in dates:
        when = read_date(written)
        if not isinstance(when, dt.datetime) or when.tzinfo is None or not when.utcoffset():
            continue  # UTC is what machines write, wherever they stand
        if when.astimezone(info).utcoffset() != when.utcoffset():
            return None
    return zone


def _country_of(url: str) -> str | None:
    last = (urlsplit(url).hostname or "").rpartition(".")[2].lower()
    if len(last) != 2 or last in _EVERYBODYS:  # noqa: PLR2004 - ISO 3166 codes have two letters
        return None
    return _CALLED.get(last, last.upper())


def _region(language: str) -> str | None:
    parts = language.replace("_", "-").split("-")[1:]
    return next((part.upper() for part in parts if len(part) == 2 and part.isalpha()), None)  # noqa: PLR2004


def _zone_of(country: str | None) -> str | None:
    if country is None:
        return None
    zones = get_global("territory_zones").get(country, [])
    return _PRIMARY.get(country) or (str(zones[0]) if len(zones) == 1 else None)
