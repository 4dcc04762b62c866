"""A source and now in, the source as it is read today out: a recipe past its day is not used."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from feeds.model import Recipe, Source


def has_lapsed(source: Source, now: dt.datetime) -> bool:
    """Whether the last day of the source's recipe is over, where the source is; ``now`` is aware."""
    until = source.recipe.valid_until
    return until is not None and now.astimezone(ZoneInfo(source.zone)).date() > until


def in_force(source: Source, now: dt.datetime) -> Source:
    """The source with its recipe, or without it after the recipe's last day (``valid_until``).

    This is the only place that looks at that day: whoever reads pages for a source asks here first.
    """
    return replace(source, recipe=Recipe()) if has_lapsed(source, now) else source
