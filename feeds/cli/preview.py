"""polyfeed preview: what a source would deliver now, each field with where it was found; nothing is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from feeds.cli.counting import counted
from feeds.cli.options import with_settings
from feeds.cli.shown import article_as_json, item_as_json, print_article, short
from feeds.cli.sourcing import fetching, find_source, saved_document
from feeds.clock import utc_now
from feeds.decide.validity import has_lapsed
from feeds.errors import PolyfeedError
from feeds.model import Source
from feeds.pipeline.preview import Preview, SeenArticle, SeenTarget, preview, preview_saved
from feeds.settings import Settings

_ROWS = 10
_TITLE = 90


@click.command("preview", epilog="Example: polyfeed preview beijing-rundschau --articles 1")
@click.argument("name", metavar="SOURCE|FILE")
@click.option("--page", type=click.Path(path_type=Path), help="Read this saved page in place of the live ones.")
@click.option("--url", help="The address the saved page came from (without: the one it declares).")
@click.option(
    "--articles", default=3, show_default=True, type=click.IntRange(min=0), help="Newest articles read whole."
)
@click.option("--json", "as_json", is_flag=True, help="Everything whole, as one JSON object.")
@with_settings
def preview_command(
    settings: Settings, name: str, *, page: Path | None, url: str | None, articles: int, as_json: bool
) -> int:
    """Shows what a source would deliver now: what its listings list, and its newest articles field by field.

    SOURCE is an id or a file; it need not be enabled. Nothing is stored. Exit code 1 when something could not be read.
    """
    source, now = find_source(settings, name), utc_now()
    if page is not None:
        seen = preview_saved(source, saved_document(page, url or ""), now=now)
    else:
        with fetching(settings, source) as get:
            seen = preview(source, get, articles=articles, now=now)
    if as_json:
        click.echo(json.dumps(_as_json(seen), ensure_ascii=False, indent=2))
    else:
        _show(seen, lapsed=has_lapsed(source, now), configured=source)
    return 0 if seen.is_well else 1


def _show(seen: Preview, *, lapsed: bool, configured: Source) -> None:
    console = Console()
    source = seen.source
    asleep = "" if source.enabled else ", not enabled"
    console.print(Text(f"{source.name} ({source.id}, {source.kind}{asleep})", style="bold"))
    if lapsed:
        until = configured.recipe.valid_until
        console.print(Text(f"Its recipe was valid until {until} and is not used.", style="yellow"))
    for target in seen.targets:
        _show_target(target, console)
    for article in seen.articles:
        _show_article(article, console)
    listed = sum(len(target.items) for target in seen.targets)
    read = sum(article.article is not None for article in seen.articles)
    opened = f"{read} of {len(seen.articles)} opened and read" if seen.articles else "none opened"
    if seen.targets:
        console.print(f"\n{counted(listed, 'article')} listed, {opened}. Nothing was stored.")


def _show_target(target: SeenTarget, console: Console) -> None:
    name = f"{target.section.name}: " if target.section.name else ""
    console.print(Text(f"\n{name}{target.section.url}", style="bold"))
    if target.error is not None:
        _complain(target.error, console)
        return
    _warn(target.unmet, "listing", console)
    table = Table("", "Title", "Date", Column("Address", overflow="fold"), "From")
    for number, item in enumerate(target.items[:_ROWS], start=1):
        origins = dict.fromkeys(item.provenance.get(field, "") for field in ("url", "title", "published"))
        cells = (short(item.title, _TITLE), item.published or item.updated or "", item.url)
        came_from = ", ".join(origin for origin in origins if origin)
        table.add_row(str(number), *(Text(cell) for cell in cells), Text(came_from))
    console.print(table)
    if len(target.items) > _ROWS:
        console.print(f"… and {len(target.items) - _ROWS} more; --json shows all")


def _show_article(seen: SeenArticle, console: Console) -> None:
    console.print(Text(f"\n{seen.url}", style="bold"))
    if seen.article is None:
        _complain(seen.error, console)
        return
    _warn(seen.unmet, "article page", console)
    print_article(seen.article, console, unmet=seen.unmet)


def _warn(unmet: tuple[str, ...], where: str, console: Console) -> None:
    if unmet:
        keys = ", ".join(f"recipe.{key}" for key in unmet)
        console.print(Text(f"{keys} found nothing on this {where}; it was read without", style="yellow"))


def _complain(error: PolyfeedError | None, console: Console) -> None:
    console.print(Text(f"cannot be read: {error}", style="red"))


def _as_json(seen: Preview) -> dict[str, Any]:
    return {
        "source": {"id": seen.source.id, "kind": seen.source.kind, "enabled": seen.source.enabled},
        "targets": [
            {
                "url": target.section.url,
                "section": target.section.slug or None,
                "error": str(target.error) if target.error else None,
                "unmet": list(target.unmet),
                "items": [item_as_json(item) for item in target.items],
            }
            for target in seen.targets
        ],
        "articles": [
            {
                "url": one.url,
                "error": str(one.error) if one.error else None,
                "unmet": list(one.unmet),
                "article": article_as_json(one.article) if one.article else None,
            }
            for one in seen.articles
        ],
    }
