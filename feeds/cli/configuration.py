"""polyfeed check and polyfeed init: is the configuration right, and a commented one to start from."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import click

from feeds.cli.options import with_settings
from feeds.errors import StartError
from feeds.pipeline.config import load_checked_sources
from feeds.settings import Settings


@click.command(epilog="Example: polyfeed check --config config")
@with_settings
def check(settings: Settings) -> int:
    """Reads the whole configuration and reports every mistake with file, key and reason.

    Exit code 0 when all is right, 2 when not.
    """
    folder = settings.config / "sources"
    loaded = load_checked_sources(folder)
    for mistake in loaded.mistakes:
        click.echo(str(mistake), err=True)
    if not folder.is_dir():
        click.echo(f"There is no folder {folder}; `polyfeed init DIR` writes one to start from.", err=True)
    asleep = [source.id for source in loaded.sources if not source.enabled]
    note = f", {len(asleep)} of them not enabled" if asleep else ""
    click.echo(f"{len(loaded.sources)} sources right{note}, {len(loaded.mistakes)} mistakes.")
    return 2 if loaded.mistakes else 0


@click.command(epilog="Example: polyfeed init mynews && cd mynews && polyfeed serve")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def init(folder: Path) -> int:
    """Writes a commented starting configuration to DIR/config; what is there already is never overwritten."""
    target = folder / "config"
    written = 0
    starter = _starter()
    for path in sorted(starter.rglob("*.toml")):
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
