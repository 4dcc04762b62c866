"""polyfeed feeds and polyfeed export: what can be subscribed to, and all of it as files for a static host."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from feeds.cli.counting import counted
from feeds.cli.exporting import Files, Place, find_feed
from feeds.cli.manifest import Manifest
from feeds.cli.objects import SCHEME, Objects
from feeds.cli.options import opened_store, with_settings
from feeds.concepts import ConceptsFile
from feeds.errors import StartError
from feeds.model import FeedQuery, Format
from feeds.query import Address, NamedFeed, load_named, spell_address, spell_named, write_address
from feeds.settings import Settings
from feeds.store import Store
from feeds.web import addresses
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

LIST_TYPE = "text/x-opml; charset=utf-8"


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
@click.argument("where", metavar="DIR|s3://BUCKET/PREFIX")
@with_settings
def export(settings: Settings, where: str) -> int:
    """Writes every feed as a file under DIR, or as an object of a bucket, for a static host.

    Each stands at its own address, in a folder with .gz and .br forms beside it (nginx: gzip_static, brotli_static).
    It is replaced whole or not at all, and only when it changed. Set POLYFEED_PUBLIC_URL to where it will be reached.
    A feed whose address has changed since an earlier export is kept up at the old one as well.
    Only feeds that changed are made: polyfeed-export.json beside them says what stands there; without it all are.
    Buckets need `pip install 'polyfeed[s3]'` and the usual AWS_ variables, also AWS_ENDPOINT_URL.
    Archives are left out: a static host cannot tell documents apart by what follows the question mark.
    """
    console = Console(stderr=True)
    with (
        opened_store(settings) as store,
        _opened(where) as place,
        Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        catalogue = _catalogue(settings, store)
        # no hub: none is told of files, and readers that trust one to tell them would not ask any more
        answers = Answers(replace(settings, hub=""), store, catalogue, with_history=False)
        exported = _Export(place, Manifest(place, settings), answers, catalogue, NamedFeeds(settings.config))
        found = list(subscriptions(catalogue))
        named = tuple(load_named(settings.config).feeds.values())
        for feed in named:
            exported.write_named(feed)
        for one in bar.track(found, description="Exporting"):
            exported.write_feed(one)
        for path, body in _subscription_lists(settings, catalogue, answers, named, found):
            exported.write_list(path, body)
        exported.keep_up()
        exported.manifest.save()
    return _tell(exported, settings)


@contextmanager
def _opened(where: str) -> Iterator[Place]:
    if where.startswith(SCHEME):
        with Objects.opened(where) as objects:
            yield objects
    elif "://" in where:
        raise StartError(f"cannot export to {where}: name a folder, or a bucket as {SCHEME}bucket/prefix")
    else:
        with Files.opened(Path(where)) as files:
            yield files


@dataclass(slots=True)
class _Export:
    """One export and what is to be told of it."""

    place: Place
    manifest: Manifest
    answers: Answers
    catalogue: Catalogue
    named: NamedFeeds
    changed: int = 0
    unchanged: int = 0
    moved: int = 0
    gone: list[str] = field(default_factory=list)
    too_long: list[str] = field(default_factory=list)
    _paths: set[str] = field(default_factory=set)

    def write_named(self, feed: NamedFeed) -> None:
        """A named feed in all formats."""
        forms = {
            spell_named(feed.name, form): Address(query=feed.query, format=form, name=feed.name) for form in Format
        }
        self._write(forms, feed)

    def write_feed(self, found: Subscription) -> None:
        """Any other, unless its name is too long."""
        forms = {
            spell_address(found.query, form, found.labels): Address(query=found.query, format=form) for form in Format
        }
        if all(map(self.place.takes, forms)):
            self._write(forms, None)
        else:
            self.too_long.append(found.name)

    def _write(self, forms: Mapping[str, Address], named: NamedFeed | None) -> None:
        mark = self.answers.digest(next(iter(forms.values())), named=named)
        wrote = [self._put(path, mark, address, named) for path, address in forms.items()]
        self.changed += any(wrote)
        self.unchanged += not any(wrote)

    def _put(self, path: str, mark: str, address: Address, named: NamedFeed | None) -> bool:
        self._paths.add(path.lstrip("/"))
        return self.manifest.put(path, mark, lambda: self.answers.ready(address, named=named))

    def write_list(self, path: str, body: bytes) -> None:
        """A subscription list, unless its name is too long."""
        if self.place.takes(path):
            mark = hashlib.blake2b(body, digest_size=12).hexdigest()
            self.manifest.put(path, mark, lambda: keep_ready(body, LIST_TYPE))

    def keep_up(self) -> None:
        """Writes the feeds that only stand here from before, and notes the paths of what is none."""
        for path in sorted({*self.place.feeds()} - self._paths):
            found = find_feed(path, self.catalogue, self.named)
            if found is None:
                self.gone.append(path)
                continue
            self.moved += 1
            address, named = found.address, found.named
            # where it has moved to it was made a moment ago, and is not made again
            here = _write_path(found)
            mark = self.manifest.mark_of(here) or self.answers.digest(address, named=named)
            self._put(path, mark, address, named)


def _write_path(found: addresses.Place) -> str:
    """Where a feed is written."""
    address = found.address
    if found.named is not None:
        return spell_named(found.named.name, address.format)
    return spell_address(address.query, address.format, found.labels)


def _tell(exported: _Export, settings: Settings) -> int:
    place = exported.place
    click.echo(
        f"{counted(exported.changed + exported.unchanged, 'feed')}, {exported.changed} of them new or changed: "
        f"{counted(place.written, 'file')} written under {place.where}"
    )
    if exported.moved:
        kept = counted(exported.moved, "file")
        click.echo(f"{kept} at addresses of earlier exports kept up, for those who subscribed there")
    if settings.keys:
        click.echo("keys is set: no file asks for one, so see to it that their host does", err=True)
    if not exported.manifest.is_alone:
        click.echo("another polyfeed export was writing there: the next one writes everything again", err=True)
    for path in exported.gone:
        name = click.format_filename(f"{place.where.rstrip('/')}/{path}")
        click.echo(f"{name} is of no feed that there is, and was left as it is", err=True)
    for name in exported.too_long:
        click.echo(f"left out, since it is longer than its name may be there: {name}", err=True)
    return 1 if exported.too_long else 0


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
