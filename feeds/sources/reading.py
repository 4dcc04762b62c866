"""Source files in, Sources out: ``<config>/sources/*.toml``, one source each, the file's name is the id.

Every mistake of every file is reported at once with file, key, reason and what is right; a file with a mistake is
left out and the others run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feeds.errors import ConfigError
from feeds.model import ApiFields, Kind, Recipe, Section, Source
from feeds.sources.forms import Address, Mismatch, did_you_mean
from feeds.sources.keys import API_KEYS, OWNERS, RECIPE_KEYS, SECTION_KEYS, SOURCE_KEYS, TABLES, Key, defaults_of

_ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a sources folder holds: the sources that are right, and every mistake in the others."""

    sources: tuple[Source, ...]
    mistakes: tuple[ConfigError, ...]


def load_sources(folder: Path) -> Loaded:
    """Reads every ``*.toml`` of the folder, in the order of their names; no folder means no sources."""
    loaded = [load_source(path) for path in sorted(folder.glob("*.toml"))] if folder.is_dir() else []
    return Loaded(
        sources=tuple(source for one in loaded for source in one.sources),
        mistakes=tuple(mistake for one in loaded for mistake in one.mistakes),
    )


def load_source(path: Path) -> Loaded:
    """Reads one file: one source, or its mistakes."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return Loaded(sources=(), mistakes=(ConfigError(str(path), "", f"cannot be read: {error}"),))
    return read_source(text, path)


def read_source(text: str, path: Path) -> Loaded:
    """Reads the text of one file; ``path`` is where it stands or would stand: its name is the source's id."""
    reading = _Reading(path=path)
    source = reading.source(text)
    if source is None or reading.mistakes:
        return Loaded(sources=(), mistakes=tuple(reading.mistakes))
    return Loaded(sources=(source,), mistakes=())


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One file as it is read; collects the mistakes instead of stopping at the first."""

    path: Path
    mistakes: list[ConfigError] = field(default_factory=list)

    def wrong(self, key: str, reason: str) -> None:
        self.mistakes.append(ConfigError(str(self.path), key, reason))

    def source(self, text: str) -> Source | None:
        try:
            raw = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self.wrong("", f"cannot be read: {str(error) or 'it nests too deep'}")
            return None
        source_id = self.path.stem
        if not _ID.fullmatch(source_id):
            self.wrong("", "the file's name is the source's id: use lower-case letters, digits, '-', '_' and '.'")
        plain = {key: value for key, value in raw.items() if key not in TABLES}
        values = self.table(plain, SOURCE_KEYS, "", also=TABLES)
        values["sections"] = self.sections(raw.get("sections", []), values.get("url", ""))
        values["recipe"] = Recipe(**self.subtable(raw, "recipe", RECIPE_KEYS))
        values["api"] = ApiFields(**self.subtable(raw, "api", API_KEYS))
        values.setdefault("name", source_id)
        self.bounds(values)
        self.archive(values, raw)
        self.api(values, raw)
        if self.mistakes:
            return None
        return Source(id=source_id, **values)

    def table(
        self, raw: Mapping[str, Any], keys: tuple[Key, ...], where: str, *, also: Iterable[str] = ()
    ) -> dict[str, Any]:
        """The values of a table that are right; ``where`` is put before each key that is not."""
        known = {key.name: key for key in keys}
        values: dict[str, Any] = {}
        for name in sorted(raw.keys() - known.keys()):
            self.wrong(where + name, _unknown(name, [*known, *also], where))
        for key in keys:
            if key.name not in raw:
                if key.required:
                    self.wrong(where + key.name, f"is missing: {key.short}")
                continue
            try:
                values[key.name] = key.form.read(raw[key.name])
            except Mismatch as error:
                self.wrong(where + key.name, str(error))
        return values

    def subtable(self, raw: Mapping[str, Any], name: str, keys: tuple[Key, ...]) -> dict[str, Any]:
        value = raw.get(name, {})
        if not isinstance(value, dict):
            self.wrong(name, f"expected a [{name}] table, got {value!r}")
            return {}
        return self.table(value, keys, f"{name}.")

    def sections(self, value: Any, base: str) -> tuple[Section, ...]:
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            self.wrong("sections", "expected [[sections]] tables with slug, name and url")
            return ()
        found: list[Section] = []
        for number, part in enumerate(value, start=1):
            where = f"sections[{number}]."
            before = len(self.mistakes)
            values = self.table(part, SECTION_KEYS, where)
            self.complete_section(values, part, where, base)
            if values.get("slug") in {other.slug for other in found}:
                self.wrong(f"{where}slug", f"{values['slug']!r} stands here twice")
            if len(self.mistakes) == before:
                found.append(Section(**values))
        return tuple(found)

    def complete_section(self, values: dict[str, Any], part: Mapping[str, Any], where: str, base: str) -> None:
        """What a section leaves out: the slug from the name, the name from the slug, the source's address."""
        slug_form = next(key.form for key in SECTION_KEYS if key.name == "slug")
        try:
            if "slug" not in part:
                values["slug"] = slug_form.read(part.get("name"))
        except Mismatch:
            self.wrong(f"{where}slug", "is missing, and the name cannot stand for it: give a short name")
        values.setdefault("name", values.get("slug", ""))
        if "url" in values and (base or ":" in values["url"]):  # a wrong base has been told already
            try:
                values["url"] = Address(base=base).read(values["url"])
            except Mismatch as error:
                self.wrong(f"{where}url", str(error))

    def bounds(self, values: dict[str, Any]) -> None:
        """Of two bounds of which one is given, the other gives way; two that exclude each other are a mistake."""
        defaults = defaults_of(Source)
        low, high = values.get("interval_s"), values.get("max_interval_s")
        if low is not None and high is not None:
            if high < low:
                self.wrong("max_interval_s", f"expected no less than interval_s ({low:g}), got {high:g}")
        elif low is not None:
            values["max_interval_s"] = max(low, defaults["max_interval_s"])
        elif high is not None:
            values["interval_s"] = min(high, defaults["interval_s"])

    def archive(self, values: dict[str, Any], raw: Mapping[str, Any]) -> None:
        """What belongs to archives alone."""
        is_archive = values.get("kind") == Kind.ARCHIVE
        if is_archive and "path" not in raw:
            self.wrong("path", "is missing: an archive needs the folder of its pages, or its WARC file")
        if is_archive and values["sections"]:
            self.wrong("sections", "an archive has none; make a source of each folder")
        if "kind" in values and not is_archive and "path" in raw:
            self.wrong("path", f"belongs to kind 'archive', and kind is '{values['kind']}'; remove one of the two")
        if "path" in values:
            values["path"] = str(self.path.parent.absolute() / values["path"])

    def api(self, values: dict[str, Any], raw: Mapping[str, Any]) -> None:
        kinds = {values.get("kind"), *(section.kind for section in values["sections"])}
        if "api" in raw and "kind" in values and Kind.JSON not in kinds:
            self.wrong("api", "belongs to kind 'json', and nothing of this source is read so; remove it")


def _unknown(name: str, known: list[str], where: str) -> str:
    """What to say of a key that there is not: the nearest one here, the table where there is such a one, or all."""
    nearest = did_you_mean(name, known)
    if nearest:
        return f"no such key{nearest}"
    for table, (_, keys) in OWNERS.items():
        if f"{table}." != where and name in {key.name for key in keys}:
            place = {"": "the top of the file", "sections": "a [[sections]] table"}.get(table, f"the [{table}] table")
            return f"no such key here; it belongs in {place}"
    return f"no such key; there are: {', '.join(sorted(known))}"
