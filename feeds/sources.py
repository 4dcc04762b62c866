"""Source files in, Sources out: ``<config>/sources/*.toml``, one source each, the file's name is the id.

Every mistake of every file is reported at once with file, key and reason; a file with a mistake is left out and
the others run.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feeds.errors import ConfigError
from feeds.folding import canonical_language
from feeds.model import Kind, Recipe, Section, Source

_ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_SLUG = re.compile(r"[^\s/+,.%]+")
_SECONDS = {"interval_s": (1.0, 30 * 86400.0), "delay_s": (0.0, 3600.0), "recheck_s": (0.0, 365 * 86400.0)}
_SOURCE_KEYS = frozenset(f.name for f in fields(Source)) - {"id"}
_RECIPE_KEYS = {f.name: str(f.type) for f in fields(Recipe)}
_REQUIRED = ("kind", "url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a sources folder holds: the sources that are right, and every mistake in the others."""

    sources: tuple[Source, ...]
    mistakes: tuple[ConfigError, ...]


def load_sources(folder: Path) -> Loaded:
    """Reads every ``*.toml`` of the folder, in the order of their names; no folder means no sources."""
    sources: list[Source] = []
    mistakes: list[ConfigError] = []
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
        reading = _Reading(file=str(path))
        source = reading.source(path)
        mistakes += reading.mistakes
        if source is not None and not reading.mistakes:
            sources.append(source)
    return Loaded(sources=tuple(sources), mistakes=tuple(mistakes))


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One file as it is read; collects the mistakes instead of stopping at the first."""

    file: str
    mistakes: list[ConfigError] = field(default_factory=list)

    def wrong(self, key: str, reason: str) -> None:
        self.mistakes.append(ConfigError(self.file, key, reason))

    def source(self, path: Path) -> Source | None:
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.wrong("", f"cannot be read: {error}")
            return None
        if not _ID.fullmatch(path.stem):
            self.wrong("", "the file's name is the source's id: use lower-case letters, digits, '-', '_' and '.'")
        for key in sorted(raw.keys() - _SOURCE_KEYS):
            self.wrong(key, f"no such key; there are: {', '.join(sorted(_SOURCE_KEYS))}")
        for key in _REQUIRED:
            if key not in raw:
                self.wrong(key, "is missing")
        url = self.url(raw.get("url"), "url")
        kind = self.kind(raw.get("kind"))
        values: dict[str, Any] = {
            "name": self.text(raw, "name") or path.stem,
            "language": self.language(raw.get("language")),
            "zone": self.zone(raw.get("zone", "UTC")),
            "sections": self.sections(raw.get("sections", []), url or ""),
            "recipe": self.recipe(raw.get("recipe", {})),
            "pages": self.whole(raw.get("pages", 1), "pages", 1, 1000),
            "allow_private": self.flag(raw, "allow_private", default=False),
            "enabled": self.flag(raw, "enabled", default=True),
        }
        for key, (low, high) in _SECONDS.items():
            if key in raw:
                values[key] = self.seconds(raw[key], key, low, high)
        if self.mistakes or url is None or kind is None:
            return None
        return Source(id=path.stem, url=url, kind=kind, **values)

    def text(self, raw: Mapping[str, Any], key: str) -> str | None:
        value = raw.get(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        self.wrong(key, f"expected a text, got {value!r}")
        return None

    def url(self, value: Any, key: str, base: str = "") -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(key, f"expected an address, got {value!r}")
            return None
        try:
            absolute = urljoin(base, value.strip())
            parts = urlsplit(absolute)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
            _ = parts.port  # reading it checks that it is a number
        except ValueError:
            usable = False
        if not usable:
            self.wrong(key, f"expected an http:// or https:// address without user name, got {value!r}")
            return None
        return absolute

    def kind(self, value: Any) -> Kind | None:
        if value is None:
            return None  # said to be missing already
        try:
            return Kind(value)
        except ValueError:
            self.wrong("kind", f"expected one of {', '.join(Kind)}, got {value!r}")
            return None

    def language(self, value: Any) -> str | None:
        if value is None:
            return None
        tag = canonical_language(value) if isinstance(value, str) else None
        if tag is None:
            self.wrong("language", f"expected a BCP 47 tag such as 'de' or 'zh-Hant', got {value!r}")
        return tag

    def zone(self, value: Any) -> str:
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, TypeError, AttributeError, OSError):
            self.wrong("zone", f"expected an IANA time zone such as 'Asia/Shanghai', got {value!r}")
            return "UTC"

    def flag(self, raw: Mapping[str, Any], key: str, *, default: bool) -> bool:
        value = raw.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, f"expected true or false, got {value!r}")
            return default
        return value

    def whole(self, value: Any, key: str, low: int, high: int) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.wrong(key, f"expected a whole number from {low} to {high}, got {value!r}")
        return low

    def seconds(self, value: Any, key: str, low: float, high: float) -> float:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        self.wrong(key, f"expected seconds from {low:g} to {high:g}, got {value!r}")
        return low

    def sections(self, value: Any, base: str) -> tuple[Section, ...]:
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            self.wrong("sections", "expected [[sections]] tables with slug, name and url")
            return ()
        found: list[Section] = []
        for number, part in enumerate(value, start=1):
            key = f"sections[{number}]"
            for unknown in sorted(part.keys() - {"slug", "name", "url"}):
                self.wrong(f"{key}.{unknown}", "no such key; there are: name, slug, url")
            url = self.url(part.get("url"), f"{key}.url", base)
            if "url" not in part:
                self.wrong(f"{key}.url", "is missing")
            name = self.text(part, "name") or ""
            slug = str(part.get("slug") or name).casefold().replace(" ", "-")
            if not _SLUG.fullmatch(slug):
                self.wrong(f"{key}.slug", f"expected a short name without spaces and / + , . %, got {slug!r}")
            elif slug in {other.slug for other in found}:
                self.wrong(f"{key}.slug", f"{slug!r} stands here twice")
            elif url:
                found.append(Section(slug=slug, name=name or slug, url=url))
        return tuple(found)

    def recipe(self, value: Any) -> Recipe:
        if not isinstance(value, dict):
            self.wrong("recipe", "expected a [recipe] table")
            return Recipe()
        taken: dict[str, Any] = {}
        for key, given in value.items():
            where = f"recipe.{key}"
            if key not in _RECIPE_KEYS:
                self.wrong(where, f"no such key; there are: {', '.join(sorted(_RECIPE_KEYS))}")
            elif _RECIPE_KEYS[key].startswith("tuple"):
                forms = [given] if isinstance(given, str) else given
                if isinstance(forms, list) and all(isinstance(form, str) for form in forms):
                    taken[key] = tuple(forms)
                    self.date_forms(forms, where)
                else:
                    self.wrong(where, f"expected a list of texts, got {given!r}")
            elif isinstance(given, str) and given.strip():
                taken[key] = given
            else:
                self.wrong(where, f"expected a text, got {given!r}")
        if "next_page" in taken and "{n}" not in taken["next_page"]:
            self.wrong(
                "recipe.next_page",
                f"expected a form with {{n}} in it, such as 'index_{{n}}.html', got {value['next_page']!r}",
            )
        if "encoding" in taken:
            self.encoding(taken["encoding"])
        return Recipe(**taken)

    def date_forms(self, forms: list[str], where: str) -> None:
        # a fixed day of our own: only the form is tried here
        sample = dt.datetime(2020, 7, 8, 13, 5, 9, tzinfo=dt.UTC)
        for form in forms:
            try:
                back = dt.datetime.strptime(sample.strftime(form), form)  # noqa: DTZ007 - only the day is compared
            except ValueError as error:
                self.wrong(where, f"{form!r} is no date form: {error}")
                continue
            if back.date() != sample.date():
                self.wrong(where, f"{form!r} does not hold day, month and year; for example '%d.%m.%Y'")

    def encoding(self, name: str) -> None:
        try:
            "".encode(name)
        except (LookupError, ValueError):
            self.wrong("recipe.encoding", f"no such encoding: {name!r}")
