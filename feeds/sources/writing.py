"""A Source in, the commented TOML of its file out; ``load_sources`` reads the same Source back from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tomlkit

from feeds.errors import ConfigError, ConfigErrors
from feeds.model import Recipe, Source
from feeds.sources.keys import API_KEYS, RECIPE_KEYS, SECTION_KEYS, SOURCE_KEYS, Key, defaults_of
from feeds.sources.reading import read_source

# what editors' TOML plug-ins look for on the first line; from config/sources/ it leads to config/source.schema.json
SCHEMA_LINE = "#:schema ../source.schema.json"
NO_COMMENTS: Mapping[str, str] = MappingProxyType({})
_COMMENT_COLUMN = 60  # a longer line has its comment above it
# what no line of comment can hold (TOML 1.0: control characters other than tab)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def write_source(source: Source, *, comments: Mapping[str, str] = NO_COMMENTS) -> str:
    """The text of the source's file: what differs from the defaults, each key with what it means beside it.

    Args:
        source: what to write. Its ``path``, if any, must be absolute, and each of its sections must have a slug.
        comments: what to say of a key besides what it means: ``url``, ``sections[2].url``, ``recipe.body``,
            ``api.items``; of a table, above it: ``sections``, ``sections[2]``, ``recipe``; and under ``""`` at the top
            of the file. A text of several lines stands above its key, in place of what that means.

    Raises:
        ConfigErrors: no file can say this: read back it would be a mistake, or another source.
    """
    blocks = [[SCHEMA_LINE, *_comment(comments.get(""))], _table(source, SOURCE_KEYS, "", comments)]
    for number, section in enumerate(source.sections, start=1):
        where = f"sections[{number}]"
        intro = _comment(comments.get("sections")) if number == 1 else []
        blocks.append([*intro, *_comment(comments.get(where)), "[[sections]]"])
        blocks[-1] += _table(section, SECTION_KEYS, f"{where}.", comments)
    for name, keys in (("api", API_KEYS), ("recipe", RECIPE_KEYS)):
        value = getattr(source, name)
        if value != type(value)():
            blocks.append([*_comment(comments.get(name)), f"[{name}]", *_table(value, keys, f"{name}.", comments)])
    text = "\n\n".join("\n".join(block) for block in blocks) + "\n"
    _check(text, source)
    return text


def write_recipe(recipe: Recipe, *, comments: Mapping[str, str] = NO_COMMENTS) -> str:
    """The ``[recipe]`` table alone, to be put into a file; ``comments`` by the recipe's own keys (``body``)."""
    return "\n".join(["[recipe]", *_table(recipe, RECIPE_KEYS, "", comments)]) + "\n"


def _table(owner: object, keys: tuple[Key, ...], where: str, comments: Mapping[str, str]) -> list[str]:
    """The lines of one table, comments in one column."""
    defaults = defaults_of(type(owner))
    lines: list[tuple[str, str, str]] = []
    for key in keys:
        value = getattr(owner, key.name)
        if key.name not in defaults or value != defaults[key.name]:
            lines.append((f"{key.name} = {_value(value)}", where + key.name, key.short))
    fitting = [len(line) for line, _, _ in lines if len(line) < _COMMENT_COLUMN]
    column = max(fitting, default=0) + 2
    written: list[str] = []
    for line, name, short in lines:
        note = _comment(comments.get(name))
        if len(note) > 1:
            written += [*note, line]
            continue
        meaning = "; ".join([short, *(one.removeprefix("# ") for one in note)])
        written += [f"{line:{column}}# {meaning}"] if len(line) < column else [f"# {meaning}", line]
    return written


def _value(value: Any) -> str:
    """A value as TOML; a text with quotation marks or backslashes in single quotes where it can be."""
    if isinstance(value, tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str):
        is_plain = "'" not in value and value.isprintable()
        return str(tomlkit.string(value, literal=is_plain and ('"' in value or "\\" in value)).as_string())
    return str(tomlkit.item(value).as_string())


def _comment(text: str | None) -> list[str]:
    if not text:
        return []
    return [f"# {_UNPRINTABLE.sub(' ', line)}".rstrip() for line in text.splitlines()]


def _check(text: str, source: Source) -> None:
    # the folder only serves to complete a relative path, of which there is none
    file = Path(f"{source.id}.toml")
    loaded = read_source(text, file)
    if loaded.mistakes:
        raise ConfigErrors(loaded.mistakes)
    if loaded.sources[0] != source:
        back = loaded.sources[0]
        other = next(one.name for one in fields(Source) if getattr(back, one.name) != getattr(source, one.name))
        reason = f"cannot be written: {getattr(source, other)!r} would be read as {getattr(back, other)!r}"
        raise ConfigErrors([ConfigError(str(file), other, reason)])
