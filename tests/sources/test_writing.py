"""Written files: read back they are the very Source, whatever it holds."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import ConfigErrors
from feeds.model import ApiFields, Content, Kind, Recipe, Section, Source
from feeds.sources import load_sources, write_source
from feeds.sources.keys import API_KEYS, SELECTORS
from feeds.sources.writing import SCHEMA_LINE

TEXTS = st.text(min_size=1, max_size=20).filter(str.strip)
ADDRESSES = st.sampled_from(["https://example.org/", "http://例え.jp:8080/ü?a='\"&b=\\#x", "https://[::1]/a b"])
SECONDS = st.floats(min_value=1, max_value=86400) | st.integers(1, 86400).map(float)
SLUGS = st.text(alphabet="abcäß中-_'\"\\", min_size=1, max_size=8).map(str.casefold)


@st.composite
def sections(draw: st.DrawFn, kinds: st.SearchStrategy[Kind | None]) -> tuple[Section, ...]:
    slugs = draw(st.lists(SLUGS, max_size=3, unique=True))
    return tuple(Section(slug=slug, name=draw(TEXTS), url=draw(ADDRESSES), kind=draw(kinds)) for slug in slugs)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    chosen: dict[str, Any] = {name: draw(TEXTS) for name in draw(st.sets(st.sampled_from(SELECTORS)))}
    return Recipe(
        **chosen,
        next_page=draw(st.none() | TEXTS.map("{{n}}{}".format)),
        valid_until=draw(st.none() | st.dates(min_value=dt.date(1900, 1, 1))),
        date_formats=draw(st.lists(st.sampled_from(["%d.%m.%Y", "%Y年%m月%d日"]), max_size=2).map(tuple)),
        keyword_separators=draw(st.none() | TEXTS),
        encoding=draw(st.none() | st.sampled_from(["gb18030", "utf-8", "windows-1251"])),
    )


@st.composite
def sources(draw: st.DrawFn) -> Source:
    kind = draw(st.sampled_from(Kind))
    interval_s, max_interval_s = sorted((draw(SECONDS), draw(SECONDS)))
    is_archive = kind is Kind.ARCHIVE
    expressions = {key.name: st.none() | TEXTS for key in API_KEYS}
    return Source(
        id=draw(st.sampled_from(["a", "news-de_2.x"])),
        name=draw(TEXTS),
        kind=kind,
        url=draw(ADDRESSES),
        path="/srv/a folder/'x'.warc" if is_archive else None,
        language=draw(st.none() | st.sampled_from(["de", "zh-Hant"])),
        zone=draw(st.sampled_from(["UTC", "Asia/Shanghai"])),
        sections=() if is_archive else draw(sections(st.none() | st.sampled_from(list(Kind)[:4]))),
        api=ApiFields(**{k: draw(v) for k, v in expressions.items()}) if kind is Kind.JSON else ApiFields(),
        recipe=draw(recipes()),
        interval_s=interval_s,
        max_interval_s=max_interval_s,
        delay_s=draw(st.floats(min_value=0, max_value=3600)),
        pages=draw(st.integers(1, 1000)),
        backfill=draw(st.integers(0, 1_000_000)),
        recheck_s=draw(st.floats(min_value=0, max_value=86400)),
        content=draw(st.sampled_from(Content)),
        allow_private=draw(st.booleans()),
        enabled=draw(st.booleans()),
    )


COMMENTS = st.dictionaries(
    st.sampled_from(["", "url", "sections", "sections[1]", "recipe", "recipe.body", "api.items"]),
    st.text(max_size=30) | st.text(alphabet="\r\n\x0b\x0c\x85\u2028#[]=a", max_size=10),
    max_size=3,
)


@settings(max_examples=30, deadline=None)
@given(sources(), COMMENTS)
def test_any_source_is_read_back_as_it_was(source: Source, comments: dict[str, str]) -> None:
    # write_source compares too; here through the bytes of a file
    text = write_source(source, comments=comments)
    assert text.startswith(f"{SCHEMA_LINE}\n")
    with TemporaryDirectory() as folder:
        (Path(folder) / f"{source.id}.toml").write_bytes(text.encode())
        loaded = load_sources(Path(folder))
    assert loaded.mistakes == ()
    assert loaded.sources == (source,)


LEAST = Source(id="a", name="a", kind=Kind.FEED, url="https://example.org/feed")


def test_only_what_differs_from_the_defaults_is_written_and_each_key_is_explained() -> None:
    recipe = Recipe(body="div.text", title="//h1[@class='t']")
    source = dataclasses.replace(
        LEAST, kind=Kind.LISTING, recipe=recipe, sections=(Section(slug="x", name="X", url="https://example.org/x"),)
    )
    text = write_source(
        source, comments={"": "Found by hand.", "recipe.body": "on 5 of 5 pages\nof last week", "url": "as given"}
    )
    assert (
        text
        == """#:schema ../source.schema.json
# Found by hand.

name = "a"                        # how pages and feeds call it
kind = "listing"                  # how it is read
url = "https://example.org/feed"  # where it is polled; as given

[[sections]]
slug = "x"                     # how its feed's address calls it
name = "X"                     # how people call it
url = "https://example.org/x"  # its page

[recipe]
title = "//h1[@class='t']"  # the headline
# on 5 of 5 pages
# of last week
body = "div.text"
"""
    )


@pytest.mark.parametrize(
    "change",
    [
        {"url": "ftp://example.org/"},
        {"id": "Not An Id"},
        {"path": "relative"},
        {"interval_s": 900.0, "max_interval_s": 60.0},
        {"sections": (Section(url="https://example.org/"),)},
        {"sections": (Section(url="https://example.org/", slug="Upper", name="x"),)},
        {"language": "DE"},
        {"name": " "},
    ],
)
def test_what_no_file_can_say_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigErrors):
        write_source(dataclasses.replace(LEAST, **change))
