"""polyfeed extract: what Polyfeed reads from one page, and where it found each field."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Console

from feeds.cli.options import with_settings
from feeds.cli.shown import article_as_json, print_article
from feeds.errors import FetchError
from feeds.model import Document
from feeds.pipeline.read import read_article
from feeds.settings import Settings
from feeds.tasks import open_fetcher


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
        click.echo(json.dumps(article_as_json(article), ensure_ascii=False, indent=2))
    else:
        print_article(article, Console())
    return 0


def _fetched(settings: Settings, url: str, *, allow_private: bool) -> Document:
    with open_fetcher(settings) as fetcher:
        document = fetcher.fetch(url, source_id="", allow_private=allow_private, delay_s=0.0)
    if not isinstance(document, Document):
        raise FetchError("answered 'not modified' to a request without conditions", url=url)
    return document
