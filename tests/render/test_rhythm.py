"""How often something new stands in a feed, in coarse steps that a wrong date does not move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from feeds.model import Format, StoredArticle
from feeds.render import Renderer
from feeds.render.rhythm import Rhythm, measure_rhythm

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
SY = "{http://purl.org/rss/1.0/modules/syndication/}"


def every(gap: dt.timedelta, count: int = 9) -> list[dt.datetime]:
    return [NOW - number * gap for number in range(count)]


@pytest.mark.parametrize(
    ("gap", "period", "frequency", "ttl_minutes"),
    [
        (dt.timedelta(seconds=1), "hourly", 60, 5),
        (dt.timedelta(minutes=5), "hourly", 12, 5),
        (dt.timedelta(minutes=21), "hourly", 2, 10),
        (dt.timedelta(hours=1), "hourly", 1, 30),
        (dt.timedelta(hours=2), "daily", 12, 60),
        (dt.timedelta(days=1), "daily", 1, 60),
        (dt.timedelta(days=2), "weekly", 3, 60),
        (dt.timedelta(days=10), "monthly", 3, 60),
        (dt.timedelta(days=90), "yearly", 4, 60),
        (dt.timedelta(days=4000), "yearly", 1, 60),
    ],
)
def test_steps(gap: dt.timedelta, period: str, frequency: int, ttl_minutes: int) -> None:
    expected = Rhythm(period=period, frequency=frequency, ttl_minutes=ttl_minutes)
    assert measure_rhythm(every(gap)) == expected
    assert measure_rhythm(every(gap)[::-1]) == expected


def test_nothing_is_said_of_few_articles_or_of_one_day() -> None:
    assert measure_rhythm([]) is None
    assert measure_rhythm(every(dt.timedelta(hours=1), 3)) is None
    assert measure_rhythm([NOW] * 20) is None


def test_a_date_far_away_changes_nothing() -> None:
    dates = every(dt.timedelta(hours=1))
    far = [dt.datetime.max.replace(tzinfo=dt.UTC), *dates[:-1], dt.datetime.min.replace(tzinfo=dt.UTC)]
    assert measure_rhythm(far) == measure_rhythm(dates)


def test_rss_says_it_and_another_rhythm_is_another_head(
    make_stored: Callable[..., StoredArticle], make_feed_head: Any
) -> None:
    hourly = [make_stored(published=when) for when in every(dt.timedelta(hours=1), 6)]
    kept = Renderer("https://feeds.example")
    said = []
    for articles in (hourly, hourly[:2], hourly[::2] + hourly[5:]):
        channel = etree.fromstring(kept.render(make_feed_head(Format.RSS), articles, Format.RSS))[0]
        said.append([channel.findtext(name) for name in ("ttl", f"{SY}updatePeriod", f"{SY}updateFrequency")])
    assert said == [["30", "hourly", "1"], [None, None, None], ["60", "daily", "12"]]
