"""Articles a day in, a small picture of them out: the values of an SVG that the template draws, with its words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from babel.dates import format_skeleton

from feeds.web.locales import gettext, page_language, show_number

DAYS = 30
WIDTH, HEIGHT = 4 * DAYS, 32
_BAR, _LEAST = 3, 2  # a day with one article is seen beside one with a hundred


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``path`` is what an SVG path draws in ``width`` by ``height``, empty for no article; the rest is for readers."""

    path: str
    title: str
    description: str
    width: int = WIDTH
    height: int = HEIGHT


def first_day(today: dt.date) -> dt.date:
    """The day that the picture begins with."""
    return today - dt.timedelta(days=DAYS - 1)


def draw(counts: Mapping[dt.date, int], today: dt.date) -> Picture:
    """A bar for each of the 30 days up to ``today`` (UTC), the tallest for the most articles."""
    days = [first_day(today) + dt.timedelta(days=at) for at in range(DAYS)]
    numbers = [counts.get(day, 0) for day in days]
    most = max(numbers)
    bars = []
    for at, number in enumerate(numbers):
        if number:
            height = max(_LEAST, round(HEIGHT * number / most))
            bars.append(f"M{4 * at} {HEIGHT}v-{height}h{_BAR}v{height}z")
    return Picture(path="".join(bars), title=gettext("Articles a day over 30 days"), description=_say(days, numbers))


def _say(days: list[dt.date], numbers: list[int]) -> str:
    most = max(numbers)
    if not most:
        return gettext("None in 30 days")
    day = format_skeleton("MMMd", days[numbers.index(most)], locale=page_language())
    said = {"all": show_number(sum(numbers)), "day": day, "most": show_number(most)}
    return gettext("%(all)s in 30 days; most on %(day)s: %(most)s", **said)
