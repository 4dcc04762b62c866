"""``<config>/feeds.toml`` in, the operator's named feeds out: questions that have an address and a title of their own.

::

    [electric-cars]                              # /feeds/named/electric-cars.atom
    title = "Electric cars"
    q = 'keyword:BMW OR "electric car" OR 电动汽车'
    languages = ["de", "en"]                     # none: every language
    copies = false                               # leave syndicated copies out; true when not said
    inferred = false                             # count publishers' own keywords only; true when not said
    content = "summary"                          # or "title": hand on no more of each article; "full" when not said

Every mistake is reported at once with file, key and reason; a feed with a mistake is left out, the others run.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from feeds.errors import ConfigError, QueryError
from feeds.folding import canonical_language
from feeds.model import Content, FeedQuery, Question
from feeds.query.address import EVERY_LANGUAGE, canonical
from feeds.query.language import point_at, read_question

FILE = "feeds.toml"

_KEYS = ("title", "q", "languages", "copies", "inferred", "content")
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_MAX_NAME_CHARS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFeed:
    """A question with a name, which its address shows, and a title; ``text`` is it as the operator wrote it."""

    name: str
    title: str
    text: str
    query: FeedQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedNamed:
    """What a file of named feeds holds: those that are right, by name, and every mistake in the others."""

    feeds: Mapping[str, NamedFeed]
    mistakes: tuple[ConfigError, ...]
    wrong: frozenset[str] = frozenset()  # names of those with mistakes
    is_unreadable: bool = False


def load_named(config: Path) -> LoadedNamed:
    """Reads the file in a configuration folder; without one there are none."""
    path = config / FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return LoadedNamed(feeds=MappingProxyType({}), mistakes=())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        mistake = ConfigError(str(path), "", f"cannot be read: {str(error) or 'it nests too deep'}")
        return LoadedNamed(feeds=MappingProxyType({}), mistakes=(mistake,), is_unreadable=True)
    reading = _Reading(str(path))
    feeds = {name: feed for name, table in raw.items() if (feed := reading.feed(name, table)) is not None}
    return LoadedNamed(
        feeds=MappingProxyType(feeds),
        mistakes=tuple(reading.mistakes),
        wrong=frozenset(raw.keys() - feeds.keys()),
    )


class _Reading:
    """One file as it is read; collects the mistakes instead of stopping at the first."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.mistakes: list[ConfigError] = []

    def feed(self, name: str, table: Any) -> NamedFeed | None:
        """The feed of one table; None, with its mistakes, when something is wrong in it."""
        before = len(self.mistakes)
        if not _NAME.fullmatch(name) or len(name) > _MAX_NAME_CHARS:
            self._wrong(name, "the name stands in the feed's address: use lower-case letters, digits, '-' and '_'")
        if not isinstance(table, dict):
            self._wrong(name, f"expected a table such as [electric-cars] with title and q, got {table!r}")
            return None
        for key in sorted(table.keys() - set(_KEYS)):
            self._wrong(f"{name}.{key}", f"no such key; there are: {', '.join(_KEYS)}")
        title, text = self._text(name, table, "title"), self._text(name, table, "q")
        query = FeedQuery(
            languages=self._languages(name, table.get("languages", [])),
            copies=self._switch(name, table, "copies"),
            inferred=self._switch(name, table, "inferred"),
            content=self._content(name, table.get("content", Content.FULL.value)),
            question=self._question(name, text),
        )
        if len(self.mistakes) > before:
            return None
        return NamedFeed(name=name, title=" ".join(title.split()), text=text, query=canonical(query))

    def _wrong(self, key: str, reason: str) -> None:
        self.mistakes.append(ConfigError(self._file, key, reason))

    def _text(self, name: str, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if value is None:
            self._wrong(f"{name}.{key}", "is missing")
        elif not isinstance(value, str) or not value.strip():
            self._wrong(f"{name}.{key}", f"expected a text, got {value!r}")
        else:
            return value
        return ""

    def _switch(self, name: str, table: Mapping[str, Any], key: str) -> bool:
        value = table.get(key, True)
        if not isinstance(value, bool):
            self._wrong(f"{name}.{key}", f"expected true or false, got {value!r}")
        return value is not False

    def _content(self, name: str, value: Any) -> Content:
        if value not in list(Content):
            self._wrong(f"{name}.content", f"expected {', '.join(map(repr, map(str, Content)))}, got {value!r}")
            return Content.FULL
        return Content(value)

    def _languages(self, name: str, value: Any) -> tuple[str, ...]:
        given = value if isinstance(value, list) else [None]
        tags = [canonical_language(tag) if isinstance(tag, str) else None for tag in given]
        if None in tags:
            self._wrong(f"{name}.languages", f'expected language tags such as ["de", "zh-Hant"], got {value!r}')
        return () if EVERY_LANGUAGE in tags else tuple(tag for tag in tags if tag is not None)

    def _question(self, name: str, text: str) -> Question | None:
        if not text:
            return None
        try:
            return read_question(text)
        except QueryError as error:
            shown = point_at(text, error.position).replace("\n", "\n    ")
            self._wrong(f"{name}.q", f"at character {error.position + 1}: {error.reason}\n    {shown}")
            return None
