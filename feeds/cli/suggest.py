"""polyfeed suggest: a recipe for a source, drafted from what is found on its pages without one."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from feeds.cli.options import with_settings
from feeds.cli.sourcing import fetching, find_source
from feeds.clock import utc_now
from feeds.pipeline.preview import preview
from feeds.pipeline.suggest import Suggestion, suggest_recipe
from feeds.settings import Settings


@click.command(epilog="Example: polyfeed suggest beijing-rundschau --articles 5")
@click.argument("name", metavar="SOURCE|FILE")
@click.option(
    "--articles",
    default=5,
    show_default=True,
    type=click.IntRange(1, 50),
    help="Newest articles that the selectors are tried on.",
)
@click.option("--json", "as_json", is_flag=True, help="Recipe, evidence and what is missing, as one JSON object.")
@with_settings
def suggest(settings: Settings, name: str, *, articles: int, as_json: bool) -> int:
    """Drafts a recipe for a source: selectors that find, on all of its pages looked at, what is found without them.

    Prints TOML to put into the source's file; writes nothing. No recipe is needed while `polyfeed preview` is right
    without. Exit code 1 when nothing could be suggested.
    """
    source = find_source(settings, name)
    with fetching(settings, source) as get:
        seen = preview(source, get, articles=articles, now=utc_now())
    errors = [one.error for one in seen.targets] + [one.error for one in seen.articles]
    for error in filter(None, errors):
        click.echo(f"polyfeed: {error}", err=True)
    suggestion = suggest_recipe(
        source,
        [one.document for one in seen.targets if one.document is not None and _is_page(one.document.content_type)],
        [one.document for one in seen.articles if one.document is not None],
    )
    if as_json:
        click.echo(json.dumps(_as_json(suggestion), ensure_ascii=False, indent=2, default=str))
    else:
        _show(suggestion)
    return 0 if suggestion.evidence else 1


def _is_page(content_type: str | None) -> bool:
    return content_type is None or "html" in content_type.lower()


def _show(suggestion: Suggestion) -> None:
    click.echo(suggestion.toml, nl=False)
    if not suggestion.evidence:
        click.echo("Nothing can be suggested.", err=True)
    for key, why in suggestion.missing.items():
        click.echo(f"no {key}: {why}", err=True)


def _as_json(suggestion: Suggestion) -> dict[str, object]:
    recipe = {key: value for key, value in asdict(suggestion.recipe).items() if value not in (None, ())}
    return {
        "recipe": recipe,
        "toml": suggestion.toml,
        "evidence": dict(suggestion.evidence),
        "missing": dict(suggestion.missing),
    }
