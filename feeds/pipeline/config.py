"""Source files in, Sources out that can be polled: read, and their selectors compiled once to see that they can be."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from feeds.errors import ConfigError, ExtractError
from feeds.extract.select import compile_selector
from feeds.model import Recipe, Source
from feeds.sources import Loaded, load_sources

# the fields of a recipe that are no selectors
_PLAIN = frozenset({"next_page", "date_formats", "keyword_separators", "encoding"})
SELECTORS = tuple(field.name for field in fields(Recipe) if field.name not in _PLAIN)


def load_checked_sources(folder: Path) -> Loaded:
    """As ``load_sources``, and a source with a selector that cannot be read is a mistake too."""
    loaded = load_sources(folder)
    good: list[Source] = []
    mistakes = list(loaded.mistakes)
    for source in loaded.sources:
        wrong = _wrong_selectors(source, str(folder / f"{source.id}.toml"))
        mistakes += wrong
        if not wrong:
            good.append(source)
    return Loaded(sources=tuple(good), mistakes=tuple(mistakes))


def _wrong_selectors(source: Source, file: str) -> list[ConfigError]:
    wrong: list[ConfigError] = []
    for name in SELECTORS:
        text = getattr(source.recipe, name)
        if text is None:
            continue
        try:
            compile_selector(text)
        except ExtractError as error:
            wrong.append(ConfigError(file, f"recipe.{name}", error.reason))
    return wrong
