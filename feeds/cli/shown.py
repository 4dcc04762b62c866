"""Articles as a person reads them on a terminal: fields, where each came from, long texts shortened; and as JSON."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from feeds.model import PAGE_FIELDS, Article, Item

FIELDS = (
    "title",
    "authors",
    "published",
    "updated",
    "language",
    "declared_language",
    "detected_language",
    "language_certainty",
    "keywords",
    "section",
    "origin",
    "image",
    "image_caption",
    "image_credit",
    "enclosures",
    "rights",
    "summary",
    "url",
    "is_free",
    "alternates",
    "content_text",
)
_ITEM_FIELDS = ("url", "guid", "title", "published", "updated", "section", "image", "summary")
_SHORT = 400
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def article_as_json(article: Article) -> dict[str, Any]:
    """Every field whole, with the provenance of each."""
    shown = {name: getattr(article, name) for name in (*FIELDS, "content_html")}
    for name in ("published", "updated"):
        shown[name] = shown[name].isoformat() if shown[name] else None
    files = [asdict(one) for one in article.enclosures]
    return {
        **shown,
        "enclosures": files,
        "alternates": dict(article.alternates),
        "provenance": dict(article.provenance),
    }


def item_as_json(item: Item) -> dict[str, Any]:
    """What a listing says of an article, with the provenance of each field."""
    return {**{name: getattr(item, name) for name in _ITEM_FIELDS}, "provenance": dict(item.provenance)}


def print_article(article: Article, console: Console, *, unmet: Collection[str] = ()) -> None:
    """A table of field, value and origin; ``unmet`` are keys of the recipe that gave nothing on its page."""
    table = Table("Field", Column("Value", overflow="fold"), Column("From", overflow="fold"))
    fields_unmet = {PAGE_FIELDS[key] for key in unmet}
    for name, value in article_as_json(article).items():
        if name in {"provenance", "content_html"}:
            continue
        said = "content_html" if name == "content_text" else name
        origin = Text(article.provenance.get(said, "") if _is_there(value) else "")
        if said in fields_unmet:
            origin.append("\nnot from the recipe: its selector finds nothing", style="yellow")
        table.add_row(name, Text(short(value)), origin)
    console.print(table)


def short(value: Any, limit: int = _SHORT) -> str:
    """A value as one text, cut after ``limit`` characters with its whole length."""
    if isinstance(value, Mapping):
        value = [f"{key}: {one}" for key, one in value.items() if one not in (None, "")]
    if isinstance(value, (list, tuple)):
        # a list of files is one of mappings, each cut by itself
        text = ", ".join(one if isinstance(one, str) else short(one, limit) for one in value)
    else:
        text = "" if value is None else str(value)
    text = _CONTROL.sub("", text)  # nothing on a page gives orders to the terminal
    return f"{text[:limit].rstrip()}… ({len(text)} characters)" if len(text) > limit else text


def _is_there(value: Any) -> bool:
    return value is not None and value not in ("", (), {}, [])
