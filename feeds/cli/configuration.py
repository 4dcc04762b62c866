"""polyfeed check, schema and init: is the configuration right, what may stand in it, and one to start from."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import click

from feeds.alerts import open_services
from feeds.cli.counting import counted
from feeds.cli.options import with_settings
from feeds.cli.sample import samples_folder
from feeds.clock import utc_now
from feeds.concepts import concept_mistakes
from feeds.errors import ConfigErrors, StartError
from feeds.model import Source
from feeds.pipeline.config import load_checked_sources, warnings_of
from feeds.pipeline.samples import load_samples, replay
from feeds.query import load_named
from feeds.settings import Settings
from feeds.sources import source_schema
from feeds.sources.schema import SCHEMA_NAME


@click.command(epilog="Example: polyfeed check --config config")
@click.option("--samples", is_flag=True, help="Also read the saved pages again and tell what differs.")
@samples_folder("With --samples: where they are.")
@with_settings
def check(settings: Settings, *, samples: bool, folder: Path) -> int:
    """Reads the whole configuration and reports every mistake with file, key and reason; warnings apart.

    Exit code 0 when all is right, 2 when there is a mistake, 1 when a sample is read otherwise than it says.
    """
    sources = settings.config / "sources"
    loaded = load_checked_sources(sources)
    now = utc_now()
    warnings = [
        warning
        for source in loaded.sources
        for warning in warnings_of(source, str(sources / f"{source.id}.toml"), now=now)
    ]
    named = load_named(settings.config)
    wrong = [*loaded.mistakes, *named.mistakes, *concept_mistakes(settings.config)]
    mistakes = [*map(str, wrong), *open_services(settings.alerts)[1]]
    for mistake in mistakes:
        click.echo(mistake, err=True)
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    if not sources.is_dir():
        click.echo(f"There is no folder {sources}; `polyfeed init DIR` writes one to start from.", err=True)
    asleep = [source.id for source in loaded.sources if not source.enabled]
    note = f", {len(asleep)} of them not enabled" if asleep else ""
    warned = f", {counted(len(warnings), 'warning')}" if warnings else ""
    feeds = f", {counted(len(named.feeds), 'named feed')}" if named.feeds else ""
    right, wrong_ones = counted(len(loaded.sources), "source"), counted(len(mistakes), "mistake")
    click.echo(f"{right} right{note}{feeds}, {wrong_ones}{warned}.")
    differs = samples and not _replay_all(folder, loaded.sources)
    return 2 if mistakes else int(differs)


def _replay_all(folder: Path, sources: Iterable[Source]) -> bool:
    """Reads every sample again, tells what differs; whether nothing does."""
    count, wrong = 0, 0
    for sample in load_samples(folder, {source.id: source for source in sources}):
        count += 1
        if isinstance(sample, ConfigErrors):
            wrong += 1
            click.echo(str(sample), err=True)
            continue
        differences = replay(sample)
        wrong += bool(differences)
        if differences:
            click.echo(f"{sample.file}: {sample.document.url}")
        for one in differences:
            click.echo(f"  {one.field or 'page'}\n    expected  {one.expected}\n    got       {one.got}")
    if not count:
        click.echo(f"No samples in {folder}; `polyfeed sample SOURCE` saves one.")
    else:
        click.echo(f"{counted(count, 'sample')} read again, {counted(wrong, 'differs', 'differ')}.")
    return not wrong


@click.command(epilog="Example: polyfeed schema > config/source.schema.json")
def schema() -> int:
    """Prints the JSON Schema of source files, by which editors complete and check them."""
    click.echo(source_schema(), nl=False)
    return 0


@click.command(epilog="Example: polyfeed init mynews && cd mynews && polyfeed serve")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def init(folder: Path) -> int:
    """Writes a commented starting configuration to DIR/config; what is there already is never overwritten."""
    target = folder / "config"
    written = 0
    starter = _starter()
    for path in sorted([*starter.rglob("*.toml"), *starter.glob(SCHEMA_NAME)]):
        copy = target / path.relative_to(starter)
        if copy.exists():
            click.echo(f"kept     {copy} (it was there)")
            continue
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        except OSError as error:
            raise StartError(f"cannot write {copy}: {error.strerror or error}") from error
        written += 1
        click.echo(f"written  {copy}")
    click.echo(f"{written} files written. Next: cd {folder} && polyfeed check && polyfeed serve")
    return 0


def _starter() -> Path:
    """The configuration that the package carries; in a checkout that is the checkout's own ``config/``."""
    packaged = Path(str(files("feeds"))) / "starter"
    return packaged if packaged.is_dir() else Path(str(files("feeds"))).parent / "config"
