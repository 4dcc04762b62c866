"""Source files in, Sources out that can be polled: read, and their selectors and expressions compiled once.

Mistakes keep a source from running; warnings are for its operator, who may mean what stands there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from feeds.decide.validity import has_lapsed
from feeds.errors import ConfigError, ExtractError
from feeds.extract.api import compile_field
from feeds.extract.select import compile_selector
from feeds.model import Kind, Source
from feeds.sources import Loaded, load_source, load_sources
from feeds.sources.keys import API_KEYS, SELECTORS

_LISTING_SELECTORS = ("entry", "link", "listed_title", "listed_date", "next_page")
# so long before its recipe's last day the operator is told
_SOON = dt.timedelta(days=30)


def load_checked_sources(folder: Path) -> Loaded:
    """As ``load_sources``, and a source with a selector or an expression that cannot be read is a mistake too."""
    return _checked(load_sources(folder), folder)


def load_checked_source(path: Path) -> Loaded:
    """The same for one file."""
    return _checked(load_source(path), path.parent)


def _checked(loaded: Loaded, folder: Path) -> Loaded:
    good: list[Source] = []
    mistakes = list(loaded.mistakes)
    for source in loaded.sources:
        wrong = _unreadable(source, str(folder / f"{source.id}.toml"))
        mistakes += wrong
        if not wrong:
            good.append(source)
    return Loaded(sources=tuple(good), mistakes=tuple(mistakes))


def _unreadable(source: Source, file: str) -> list[ConfigError]:
    wrong: list[ConfigError] = []
    written: list[tuple[str, str | None, Callable[[str], object]]] = [
        *((f"recipe.{name}", getattr(source.recipe, name), compile_selector) for name in SELECTORS),
        *((f"api.{key.name}", getattr(source.api, key.name), compile_field) for key in API_KEYS),
    ]
    for key, text, compile_text in written:
        if text is None:
            continue
        try:
            compile_text(text)
        except ExtractError as error:
            wrong.append(ConfigError(file, key, error.reason))
    return wrong


def warnings_of(source: Source, file: str, *, now: dt.datetime) -> list[ConfigError]:
    """What is no mistake, and still hardly meant: file, key and reason for each; ``now`` is aware."""
    found: list[tuple[str, str]] = []
    recipe, kinds = source.recipe, {target.kind or source.kind for target in source.targets}
    until = recipe.valid_until
    if until is not None and has_lapsed(source, now):
        found.append(("recipe.valid_until", f"was {until}: the recipe is no longer used; mend it, or remove it"))
    elif until is not None and now.date() + _SOON >= until:
        found.append(("recipe.valid_until", f"is {until}: after that day the recipe is no longer used"))
    if kinds and Kind.LISTING not in kinds:
        idle = [name for name in _LISTING_SELECTORS if getattr(recipe, name) is not None]
        found += [(f"recipe.{name}", "says nothing here: only listings are read by it") for name in idle]
    if recipe.entry is None and recipe.link is None:
        inside = [name for name in ("listed_title", "listed_date") if getattr(recipe, name) is not None]
        if Kind.LISTING in kinds:
            found += [(f"recipe.{name}", "says nothing without entry or link") for name in inside]
    if source.path is not None and not Path(source.path).exists():
        found.append(("path", f"there is nothing at {source.path}"))
    if source.delay_s == 0 and not source.allow_private and source.kind is not Kind.ARCHIVE:
        found.append(("delay_s", "0 asks a public site without any pause; 1 is polite"))
    return [ConfigError(file, key, reason) for key, reason in found]
