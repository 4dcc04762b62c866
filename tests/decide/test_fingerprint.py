"""What a source is read by, in one short text."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from feeds.decide.fingerprint import read_as
from feeds.model import ApiFields, Recipe

from .samples import SOURCE


def test_it_changes_with_what_reading_depends_on_and_nothing_else() -> None:
    others = [
        replace(SOURCE, recipe=Recipe(body="div")),
        replace(SOURCE, recipe=Recipe(title="div")),
        replace(SOURCE, recipe=Recipe(date_formats=("%d.%m.%Y",))),
        replace(SOURCE, api=ApiFields(items="data")),
        replace(SOURCE, zone="Asia/Shanghai"),
        replace(SOURCE, language="de"),
    ]
    assert len({read_as(source) for source in (SOURCE, *others)}) == 7
    same = replace(SOURCE, name="N", interval_s=1, pages=9, backfill=9, recipe=Recipe(valid_until=dt.date(2027, 1, 1)))
    assert read_as(same) == read_as(SOURCE)
