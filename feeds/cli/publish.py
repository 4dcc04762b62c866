"""polyfeed feeds and polyfeed export: what can be subscribed to, and all of it as files for a static host."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from feeds.cli.counting import counted
from feeds.cli.exporting import Files, find_feed
from feeds.cli.options import opened_store, with_settings
from feeds.concepts import ConceptsFile
from feeds.model import FeedQuery, Format
from feeds.query import Address, NamedFeed, load_named, spell_address, spell_named, write_address
from feeds.settings import Settings
from feeds.store import Store
from feeds.web.answers import Answers
from feeds.web.catalogue import Catalogue
from feeds.web.named import NamedFeeds
from feeds.web.ready import keep_ready
from feeds.web.subscriptions import (
    ALL,
    Lists,
    Subscription,
    editions_with_articles,
    list_subscriptions,
    sources_with_articles,
)


def subscriptions(catalogue: Catalogue) -> Iterator[Subscription]:
    """Every feed that has articles: all of them together, then language by language."""
    languages = editions_with_articles(catalogue.overview())
    if languages:
        yield Subscription(query=FeedQuery(), name=ALL)
    sources = sources_with_articles(catalogue)
    for language in languages:
        yield from list_subscriptions(catalogue, language, sources)


def _catalogue(settings: Settings, store: Store) -> Catalogue:
    return Catalogue(store, concepts=ConceptsFile(settings.config, cache_folder=settings.data))


@click.command(epilog="Example: polyfeed feeds | grep BMW")
@click.option(
    "--json", "as_json", is_flag=True, help="A list of objects with name, language, and each format's address."
)
@with_settings
def feeds(settings: Settings, *, as_json: bool) -> int:
    """Lists the addresses that can be subscribed to: every feed that has articles, and the named ones."""
    with opened_store(settings) as store:
        rows = [_row(settings, found) for found in subscriptions(_catalogue(settings, store))]
    rows += [_named_row(settings, feed) for feed in load_named(settings.config).feeds.values()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    if not rows:
        click.echo("No feed has an article yet. `polyfeed poll --all` polls every source now.")
        return 0
    table = Table("Feed", "Kind", "Address (also .rss and .json)")
    for row in rows:
        table.add_row(str(row["name"]), str(row["kind"]), str(row["shown"]), style=None)
    Console(soft_wrap=True).print(table)
    return 0


def _row(settings: Settings, found: Subscription) -> dict[str, object]:
    addresses = {form.value: settings.base_url + write_address(found.query, form, found.labels) for form in Format}
    return {
        "name": found.name,
        "kind": found.group.lower().removesuffix("s") or "language",
        "language": found.query.languages[0] if found.query.languages else None,
        "shown": settings.base_url + spell_address(found.query, Format.ATOM, found.labels),
        **addresses,
        "html": settings.base_url + write_address(found.query, None, found.labels),
    }


def _named_row(settings: Settings, feed: NamedFeed) -> dict[str, object]:
    return {
        "name": feed.title,
        "kind": "named",
        "language": feed.query.languages[0] if len(feed.query.languages) == 1 else None,
        "shown": settings.base_url + spell_named(feed.name, Format.ATOM),
        **{form.value: settings.base_url + spell_named(feed.name, form) for form in Format},
        "html": settings.base_url + spell_named(feed.name, None),
    }


@click.command(epilog="Example: POLYFEED_PUBLIC_URL=https://feeds.example.org polyfeed export public")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@with_settings
def export(settings: Settings, folder: Path) -> int:
    """Writes every feed as files under DIR, for a static host.

    Each stands at its own address, with .gz and .br forms beside it (nginx: gzip_static, brotli_static). A file is
    replaced whole or not at all, and only when it changed. Set POLYFEED_PUBLIC_URL to where DIR will be reached.
    A feed whose address has changed since an earlier export is kept up at the old one as well.
    Archives are left out: a static host cannot tell documents apart by what follows the question mark.
    """
    console = Console(stderr=True)
    with (
        opened_store(settings) as store,
        Files.opened(folder) as files,
        Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        catalogue = _catalogue(settings, store)
        # no hub: none is told of files, and readers that trust one to tell them would not ask any more
        answers = Answers(replace(settings, hub=""), store, catalogue, with_history=False)
        found = list(subscriptions(catalogue))
        named = tuple(load_named(settings.config).feeds.values())
        _write_named(files, answers, named)
        too_long = [
            one.name for one in bar.track(found, description="Exporting") if not _write_feed(files, answers, one)
        ]
        for path, body in _subscription_lists(settings, catalogue, answers, named, found):
            if files.takes(path):
                files.write(path, keep_ready(body, "text/x-opml"))
        moved, gone = _keep_up(files, answers, catalogue, NamedFeeds(settings.config))
    click.echo(
        f"{counted(len(found) + len(named) - len(too_long), 'feed')}: "
        f"{counted(files.written, 'file')} written, {files.same} unchanged, under {folder}"
    )
    if moved:
        click.echo(f"{counted(moved, 'file')} at addresses of earlier exports kept up, for those who subscribed there")
    if settings.keys:
        click.echo("keys is set: no file asks for one, so see to it that the host of DIR does", err=True)
    for path in gone:
        click.echo(
            f"{click.format_filename(folder / path)} is of no feed that there is, and was left as it is", err=True
        )
    for name in too_long:
        click.echo(f"left out, since it is longer than a file name may be: {name}", err=True)
    return 1 if too_long else 0


def _write_named(files: Files, answers: Answers, named: Sequence[NamedFeed]) -> None:
    for feed in named:
        for form in Format:
            ready = answers.ready(Address(query=feed.query, format=form, name=feed.name), named=feed)
            files.write(spell_named(feed.name, form), ready)


def _write_feed(files: Files, answers: Answers, found: Subscription) -> bool:
    """Whether its name is short enough for files, which are written then."""
    paths = {form: spell_address(found.query, form, found.labels) for form in Format}
    if not all(map(files.takes, paths.values())):
        return False
    for form, path in paths.items():
        files.write(path, answers.ready(Address(query=found.query, format=form)))
    return True


def _keep_up(files: Files, answers: Answers, catalogue: Catalogue, named: NamedFeeds) -> tuple[int, list[str]]:
    """Writes the feeds that only stand here from before; how many they were, and the paths of those that are none."""
    moved, gone = 0, []
    for path in files.left():
        place = find_feed(path, catalogue, named)
        if place is None:
            gone.append(path)
        else:
            files.write(path, answers.ready(place.address, named=place.named))
            moved += 1
    return moved, gone


def _subscription_lists(
    settings: Settings,
    catalogue: Catalogue,
    answers: Answers,
    named: Sequence[NamedFeed],
    found: Sequence[Subscription],
) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every list: of all feeds, of each language, and of each keyword of a language."""

    def lists(query: FeedQuery) -> Lists:
        newest = answers.loader.articles(query, limit=1)
        return Lists(settings=settings, catalogue=catalogue, modified=newest[0].changed_at if newest else None)

    yield "feeds.opml", lists(FeedQuery()).everything(named)
    for language in editions_with_articles(catalogue.overview()):
        yield f"feeds/{language}.opml", lists(FeedQuery(languages=(language,))).of_language(language)
    for each in found:
        if each.query.keywords:
            path = spell_address(each.query, None, each.labels).lstrip("/")
            yield f"{path}.opml", lists(each.query).around(each.query, each.labels, answers.loader.has_articles)
