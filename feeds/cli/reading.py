"""polyfeed extract: what Polyfeed reads from one page, and where it found each field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.table import Table

from feeds.cli.options import with_settings
from feeds.errors import FetchError
from feeds.model import Article, Document
from feeds.pipeline.read import read_article
from feeds.settings import Settings
from feeds.tasks import open_fetcher

_FIELDS = (
    "title",
    "authors",
    "published",
    "updated",
    "language",
    "keywords",
    "section",
    "origin",
    "image",
    "summary",
    "url",
    "is_free",
    "alternates",
    "content_text",
)
_SHORT = 400


@click.command(epilog="Example: polyfeed extract --json https://example.com/news/2020/07/07/story.html")
@click.argument("page", metavar="FILE|URL")
@click.option("--url", help="The address a saved page came from; relative links in it are resolved against this.")
@click.option("--json", "as_json", is_flag=True, help="Every field whole, as one JSON object.")
@click.option("--allow-private", is_flag=True, help="Also fetch from this machine and from private networks.")
@with_settings
def extract(settings: Settings, page: str, *, url: str | None, as_json: bool, allow_private: bool) -> int:
    """Reads one article page, saved or live, and prints each field with its provenance."""
    if urlsplit(page).scheme in {"http", "https"}:
        document = _fetched(settings, page, allow_private=allow_private)
        article = read_article(document.body, url or document.url, content_type=document.content_type)
    else:
        path = Path(page)
        if not path.is_file():
            raise click.UsageError(f"{page} is neither a file nor an http:// or https:// address")
        article = read_article(path.read_bytes(), url or path.absolute().as_uri())
    if as_json:
        click.echo(json.dumps(_as_json(article), ensure_ascii=False, indent=2))
    else:
        _print_table(article)
    return 0


def _fetched(settings: Settings, url: str, *, allow_private: bool) -> Document:
    with open_fetcher(settings) as fetcher:
        document = fetcher.fetch(url, source_id="", allow_private=allow_private, delay_s=0.0)
    if not isinstance(document, Document):
        raise FetchError("answered 'not modified' to a request without conditions", url=url)
    return document


def _as_json(article: Article) -> dict[str, Any]:
    shown = {name: getattr(article, name) for name in (*_FIELDS, "content_html")}
    for name in ("published", "updated"):
        shown[name] = shown[name].isoformat() if shown[name] else None
    return {**shown, "alternates": dict(article.alternates), "provenance": dict(article.provenance)}


def _print_table(article: Article) -> None:
    table = Table("Field", "Value", "From")
    for name, value in _as_json(article).items():
        if name in {"provenance", "content_html"}:
            continue
        text = ", ".join(value) if isinstance(value, (list, tuple, dict)) else "" if value is None else str(value)
        if len(text) > _SHORT:
            text = f"{text[:_SHORT]}… ({len(text)} characters)"
        origin = article.provenance.get(name) or (article.provenance.get("content", "") if "content" in name else "")
        table.add_row(name, text, origin)
    Console().print(table)
