"""The JSON Schema of source files: current, and of one mind with what reads them."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from feeds.pipeline.config import load_checked_sources
from feeds.sources import load_sources, source_schema
from feeds.sources.keys import OWNERS, SELECTORS, TABLES
from feeds.sources.schema import SCHEMA_NAME
from feeds.sources.writing import SCHEMA_LINE

CONFIG = Path(__file__).resolve().parents[2] / "config"
SCHEMA = json.loads(source_schema())
VALIDATOR = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)
LISTING = 'kind = "listing"\nurl = "https://example.org/"\n'


def as_editors_see(value: Any) -> Any:
    """TOML as JSON: days and times become strings."""
    if isinstance(value, dict):
        return {key: as_editors_see(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_editors_see(one) for one in value]
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else value


def is_valid(text: str) -> bool:
    return bool(VALIDATOR.is_valid(as_editors_see(tomllib.loads(text))))


def is_read(text: str, folder: Path) -> bool:
    (folder / "a.toml").write_text(text, encoding="utf-8")
    return not load_sources(folder).mistakes


def test_the_table_of_keys_is_that_of_the_model() -> None:
    for name, (owner, keys) in OWNERS.items():
        own = {field.name for field in fields(owner)} - ({"id", *TABLES} if not name else set())
        assert [key.name for key in keys] == list(dict.fromkeys(key.name for key in keys))
        assert {key.name for key in keys} == own, owner
    assert {"entry", "body", "remove", "image_caption", "language"} <= set(SELECTORS)
    assert not {"next_page", "valid_until", "date_formats", "keyword_separators", "encoding"} & set(SELECTORS)


def test_the_committed_schema_is_current_and_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert (CONFIG / SCHEMA_NAME).read_text(encoding="utf-8") == source_schema(), (
        "polyfeed schema > config/source.schema.json"
    )


def test_every_key_is_described() -> None:
    for properties in (SCHEMA["properties"], SCHEMA["properties"]["recipe"]["properties"]):
        assert all(len(one["description"]) > 3 for one in properties.values())
    assert SCHEMA["properties"]["backfill"]["default"] == 200
    assert SCHEMA["properties"]["enabled"]["default"] is True


@pytest.mark.parametrize("path", sorted((CONFIG / "sources").glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_files_are_valid_and_name_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"{SCHEMA_LINE}\n")
    assert [error.message for error in VALIDATOR.iter_errors(as_editors_see(tomllib.loads(text)))] == []
    assert (path.parent / SCHEMA_LINE.split()[1]).resolve() == CONFIG / SCHEMA_NAME


@pytest.mark.parametrize(
    "text",
    [
        LISTING,
        LISTING + "interval_s = 0.5e1\npages = 3\nallow_private = true",
        LISTING + 'sections = [{ name = "Wirtschaft", url = "/w" }, { slug = "k", url = "k.html", kind = "feed" }]',
        LISTING + 'language = "zh-Hant-HK"\nzone = "America/Argentina/Buenos_Aires"',
        LISTING + 'recipe = { valid_until = 2027-06-30, date_formats = "%d.%m.%Y", encoding = "GB2312" }',
        LISTING + 'recipe = { valid_until = "2027-06-30", date_formats = ["%Y-%m-%d"], next_page = "?p={n}" }',
        'kind = "json"\nurl = "HTTPS://example.org/api?x=1"\napi = { items = "data[].a" }',
        LISTING + 'sections = [{ slug = "a", url = "/", kind = "json" }]\napi = { items = "x" }',
        'kind = "archive"\nurl = "https://example.org/"\npath = "pages"',
        'kind = "archive"\nurl = "https://example.org/"\npath = "pages"\nsections = []',
    ],
)
def test_right_files_are_right_for_both(tmp_path: Path, text: str) -> None:
    assert is_read(text, tmp_path)
    assert is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'kind = "listing"',
        'url = "https://example.org/"',
        LISTING.replace("listing", "Listing"),
        LISTING.replace("https", "ftp"),
        LISTING.replace("https://", "https://user:pw@"),
        LISTING + 'langauge = "de"',
        LISTING + 'language = "german!"',
        LISTING + "language = 3",
        LISTING + 'name = " "',
        LISTING + "interval_s = 0",
        LISTING + 'interval_s = "600"',
        LISTING + "pages = 1.5",
        LISTING + "pages = true",
        LISTING + "backfill = -1",
        LISTING + 'enabled = "yes"',
        LISTING + 'path = "x"',
        LISTING + 'api = { items = "x" }',
        LISTING + "sections = 3",
        LISTING + 'sections = [{ slug = "a" }]',
        LISTING + 'sections = [{ url = "/x" }]',
        LISTING + 'sections = [{ slug = "a/b", url = "/x" }]',
        LISTING + 'sections = [{ slug = "a", url = "/x", kind = "archive" }]',
        LISTING + 'sections = [{ slug = "a", url = "/x", recipe = "y" }]',
        LISTING + 'recipe = { titel = "h1" }',
        LISTING + 'recipe = { title = "" }',
        LISTING + 'recipe = { next_page = "index.html" }',
        LISTING + "recipe = { valid_until = 2027-06-30T12:00:00 }",
        LISTING + 'recipe = { valid_until = "soon" }',
        LISTING + 'recipe = { date_formats = ["x", 3] }',
        'kind = "archive"\nurl = "https://example.org/"',
        'kind = "archive"\nurl = "https://example.org/"\npath = "p"\nsections = [{ slug = "a", url = "/x" }]',
        'kind = "json"\nurl = "https://example.org/"\napi = { itmes = "x" }',
        'kind = "json"\nurl = "https://example.org/"\napi = "x"',
    ],
)
def test_wrong_files_are_wrong_for_both(tmp_path: Path, text: str) -> None:
    assert not is_read(text, tmp_path)
    assert not is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        LISTING + 'zone = "Asia/Peking"',
        LISTING + "interval_s = 600\nmax_interval_s = 60",
        LISTING + 'recipe = { encoding = "klingon" }',
        LISTING + 'recipe = { body = "div[" }',
        LISTING + 'sections = [{ slug = "a", url = "/1" }, { slug = "a", url = "/2" }]',
    ],
)
def test_what_only_the_program_can_tell(tmp_path: Path, text: str) -> None:
    assert is_valid(text)
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    assert load_checked_sources(tmp_path).mistakes
