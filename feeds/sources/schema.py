"""The table of keys in, a JSON Schema of source files out: what editors complete and check TOML by.

Draft 7, which is what the TOML plug-ins of editors know. It takes every file that ``load_sources`` takes; what only
the program can tell (whether a zone or an encoding exists, whether a selector can be read) it leaves to
``polyfeed check``.
"""

from __future__ import annotations

import json
from typing import Any

from feeds.model import Kind
from feeds.sources.keys import OWNERS, TABLES, TABLES_DESCRIBED, Key, defaults_of

SCHEMA_NAME = "source.schema.json"


def source_schema() -> str:
    """The schema as JSON text, the same bytes every time."""
    schema: dict[str, Any] = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A source of Polyfeed",
        "description": "One file is one source; the file's name is its id. `polyfeed check` says what is wrong in it.",
        **_table(""),
    }
    properties = schema["properties"]
    for name in TABLES:
        described = {"description": TABLES_DESCRIBED[name]}
        if name == "sections":
            item = _table(name) | {"anyOf": [{"required": ["slug"]}, {"required": ["name"]}]}
            properties[name] = described | {"type": "array", "items": item}
        else:
            properties[name] = described | _table(name)
    schema["allOf"] = _rules()
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _table(name: str) -> dict[str, Any]:
    owner, keys = OWNERS[name]
    defaults = defaults_of(owner)
    table: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.name: _property(key, defaults.get(key.name)) for key in keys},
    }
    required = [key.name for key in keys if key.required]
    return table | ({"required": required} if required else {})


def _property(key: Key, default: Any) -> dict[str, Any]:
    described: dict[str, Any] = {"description": key.description, **key.form.schema()}
    if isinstance(default, (str, int, float)) and default != "":
        described["default"] = int(default) if isinstance(default, float) and default.is_integer() else default
        if isinstance(default, bool):
            described["default"] = default
    if key.examples:
        described["examples"] = list(key.examples)
    return described


def _rules() -> list[dict[str, Any]]:
    """What one key says of the others."""
    is_archive = {"properties": {"kind": {"const": Kind.ARCHIVE.value}}, "required": ["kind"]}
    is_json = {"properties": {"kind": {"const": Kind.JSON.value}}, "required": ["kind"]}
    has_json = {
        "properties": {
            "sections": {"contains": {"properties": {"kind": {"const": Kind.JSON.value}}, "required": ["kind"]}}
        },
        "required": ["sections"],
    }
    return [
        {
            "if": is_archive,
            "then": {"required": ["path"], "properties": {"sections": {"maxItems": 0}}},
            "else": {"properties": {"path": False}},
        },
        {"if": {"required": ["api"]}, "then": {"anyOf": [is_json, has_json]}},
    ]
