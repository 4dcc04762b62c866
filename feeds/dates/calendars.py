"""Years and days of other calendars: Japanese eras, the Buddhist era, the Persian calendar in, Gregorian out."""

from __future__ import annotations

import datetime as dt

# the Gregorian year before an era's year 1
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867, "民國": 1911, "民国": 1911}
_BUDDHIST_OFFSET = 543
_BUDDHIST_FROM = 2400  # a year that no Gregorian date of the news reaches
# 1 Farvardin of the Persian year 1 in proleptic Gregorian days; leap years by the 33-year rule, exact 1178–1633 AP
_PERSIAN_EPOCH = dt.date(622, 3, 21).toordinal()


def gregorian_year(year: int) -> int:
    """A Buddhist year as Gregorian; any other stays."""
    return year - _BUDDHIST_OFFSET if year >= _BUDDHIST_FROM else year


def _persian_leap_days(year: int) -> int:
    """Leap days before 1 Farvardin of ``year`` (33-year cycle)."""
    return (8 * year + 21) // 33


def from_persian(year: int, month: int, day: int) -> dt.date | None:
    """The Gregorian day of a Persian one, None when there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004
        return None
    days = (month - 1) * 31 if month <= 7 else 6 * 31 + (month - 7) * 30  # noqa: PLR2004
    return dt.date.fromordinal(_PERSIAN_EPOCH + 365 * (year - 1) + _persian_leap_days(year) + days + day - 1)
