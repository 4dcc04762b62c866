"""Whatever stands in a source file, it gives a source or mistakes in words; and the schema takes what is read."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from feeds.sources import read_source, source_schema
from feeds.sources.keys import OWNERS, TABLES

VALIDATOR = Draft7Validator(json.loads(source_schema()))
NAMES = [key.name for _, keys in OWNERS.values() for key in keys] + list(TABLES)
WORDS = st.sampled_from(
    (
        *("", " ", "feed", "archive", "json", "https://example.org/", "//x", "http://[", "x\x00y", "../..", "de"),
        *("UTC", "Europe/Berlin", "idna", "undefined", "gb18030", "%d.%m.%Y", "%", "{n}", "2027-06-30", "a b", "zh_CN"),
    )
)
PLAIN = (
    WORDS
    | st.text(max_size=6)
    | st.integers(-5, 10**7)
    | st.floats(allow_nan=True)
    | st.booleans()
    | st.just(dt.date(2027, 6, 30))
    | st.just(dt.datetime(2027, 6, 30, tzinfo=dt.UTC))
    | st.just(dt.time(12))
)
KEYS = st.sampled_from(NAMES) | st.text(alphabet="abcdef_-ß. ", min_size=1, max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)
LEAST = {"kind": "listing", "url": "https://example.org/"}


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=6), st.booleans())
def test_any_file_is_a_source_or_its_mistakes(values: dict[str, Any], least: bool) -> None:  # noqa: FBT001
    text = tomlkit.dumps({**(LEAST if least else {}), **values})
    loaded = read_source(text, Path("/folder/a.toml"))
    assert len(loaded.sources) + bool(loaded.mistakes) == 1
    for mistake in loaded.mistakes:
        assert mistake.reason
        assert str(mistake).startswith("/folder/a.toml: ")


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from([key.name for key in OWNERS[""][1]]), WORDS | PLAIN, max_size=3))
def test_what_is_read_is_valid_by_the_schema(values: dict[str, Any]) -> None:
    text = tomlkit.dumps({**LEAST, **values})
    if read_source(text, Path("/folder/a.toml")).sources:
        shown = {key: one.isoformat() if hasattr(one, "isoformat") else one for key, one in {**LEAST, **values}.items()}
        assert [error.message for error in VALIDATOR.iter_errors(shown)] == []
