"""The element about a feed in, out: how often its publisher wants to be asked.

RSS says it in ``ttl`` (minutes), ``skipHours`` and ``skipDays`` (RSS 2.0, "Optional channel elements"), the
syndication module, which RDF, RSS and Atom feeds carry alike, in ``sy:updatePeriod`` and ``sy:updateFrequency``.
What is no number or name there counts as not said; where several things are said the longest time counts, since it
breaks none of them. ``sy:updateBase`` names the instant from which periods are counted, not their length: not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import lxml.etree

from feeds.extract.feed_names import name_of
from feeds.model import Hints

# any spelling of the elements that hold a hint; a feed without these letters has none
HINTED = re.compile("ttl|skipHours|skipDays|updatePeriod|updateFrequency", re.IGNORECASE)

_MINUTE_S = 60.0
_HOURS = 24
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# the module's own words; a month and a year as long as the shortest
_PERIODS_S = {
    "hourly": 3600.0,
    "daily": 86_400.0,
    "weekly": 7 * 86_400.0,
    "monthly": 28 * 86_400.0,
    "yearly": 365 * 86_400.0,
}
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)


def hints_of(about: lxml.etree._Element) -> Hints:
    """What the children of ``about`` (a channel, or an Atom feed's root) ask for."""
    said: dict[str, list[lxml.etree._Element]] = {}
    for child in about:
        said.setdefault(name_of(child.tag), []).append(child)
    intervals = [*_lifetimes(said.get("ttl", ())), *_periods(said)]
    return Hints(
        interval_s=max(intervals, default=None),
        skip_hours=_all_but_whole(_hours(said.get("skiphours", ())), _HOURS),
        skip_days=_all_but_whole(_days(said.get("skipdays", ())), len(_DAYS)),
    )


def _lifetimes(elements: Iterable[lxml.etree._Element]) -> list[float]:
    minutes = [_number(element.text) for element in elements]
    return [one * _MINUTE_S for one in minutes if one]


def _periods(said: dict[str, list[lxml.etree._Element]]) -> list[float]:
    """A period without a frequency comes once, a frequency without a period is of a day: the module's defaults."""
    named = [(one.text or "").strip().lower() for one in said.get("sy:updateperiod", ())]
    numbers = [_number(one.text) for one in said.get("sy:updatefrequency", ())]
    lengths = [_PERIODS_S[name] for name in named if name in _PERIODS_S]
    times = min((number for number in numbers if number), default=None)
    if not lengths and (named or times is None):
        return []
    return [max(lengths, default=_PERIODS_S["daily"]) / (times or 1.0)]


def _hours(elements: Iterable[lxml.etree._Element]) -> set[int]:
    """Hours in UTC; RSS 0.91 counts them from 1 to 24, where 24 is midnight."""
    numbers = (_number(hour.text) for element in elements for hour in element if name_of(hour.tag) == "hour")
    return {int(number) % _HOURS for number in numbers if number is not None and number in range(_HOURS + 1)}


def _days(elements: Iterable[lxml.etree._Element]) -> set[int]:
    names = ((day.text or "").strip().lower() for element in elements for day in element if name_of(day.tag) == "day")
    return {_DAYS.index(name) for name in names if name in _DAYS}


def _all_but_whole(found: set[int], whole: int) -> tuple[int, ...]:
    """In order; a feed that skips every hour or every day would never be read, so it is not meant."""
    return tuple(sorted(found)) if len(found) < whole else ()


def _number(text: str | None) -> float | None:
    stripped = (text or "").strip()
    return float(stripped) if _NUMBER.fullmatch(stripped) else None
