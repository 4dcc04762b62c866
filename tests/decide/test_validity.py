"""A recipe's last day: in the source's zone, and nothing of it after."""

from __future__ import annotations

import datetime as dt

import pytest

from feeds.decide.validity import has_lapsed, in_force
from feeds.model import Kind, Recipe, Source

RECIPE = Recipe(title="h1", encoding="gb18030", valid_until=dt.date(2026, 6, 30))


def source(zone: str, recipe: Recipe = RECIPE) -> Source:
    return Source(id="a", name="a", kind=Kind.LISTING, url="https://example.org/", zone=zone, recipe=recipe)


@pytest.mark.parametrize(
    ("zone", "now", "lapsed"),
    [
        ("UTC", "2026-06-30T23:59:59+00:00", False),
        ("UTC", "2026-07-01T00:00:00+00:00", True),
        ("Asia/Shanghai", "2026-06-30T16:00:00+00:00", True),
        ("Asia/Shanghai", "2026-06-30T15:59:00+00:00", False),
        ("America/New_York", "2026-07-01T03:00:00+00:00", False),
    ],
)
def test_the_day_ends_where_the_source_is(zone: str, now: str, lapsed: bool) -> None:  # noqa: FBT001
    at = dt.datetime.fromisoformat(now)
    assert has_lapsed(source(zone), at) is lapsed
    assert in_force(source(zone), at).recipe == (Recipe() if lapsed else RECIPE)


def test_without_a_day_a_recipe_is_used_for_ever(now: dt.datetime) -> None:
    forever = source("UTC", Recipe(title="h1"))
    assert in_force(forever, now) is forever
