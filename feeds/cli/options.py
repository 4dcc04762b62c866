"""Options that several commands share, and what they open from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from tempfile import TemporaryFile
from typing import Concatenate, ParamSpec, TypeVar

import click

from feeds.errors import StartError
from feeds.logs import configure_logs
from feeds.settings import Settings, load_settings
from feeds.sources import Loaded
from feeds.store import Store, open_store

P = ParamSpec("P")
R = TypeVar("R")


def with_settings(command: Callable[Concatenate[Settings, P], R]) -> Callable[..., R]:
    """Adds ``--config`` and ``--data``, and hands the command its Settings first; logs are set up."""

    @click.option("--config", type=click.Path(path_type=Path), help="Folder of settings.toml and sources/.")
    @click.option("--data", type=click.Path(path_type=Path), help="Folder of the store.")
    @wraps(command)
    def wrapped(config: Path | None, data: Path | None, *args: P.args, **kwargs: P.kwargs) -> R:
        host, port = kwargs.pop("host", None), kwargs.pop("port", None)
        settings = load_settings(config=config, data=data, host=host, port=port)
        configure_logs(level=settings.log_level, form=settings.log_format)
        return command(settings, *args, **kwargs)

    return wrapped


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """The store, closed again; the data folder is made when it is not there.

    Raises:
        StartError: the data folder cannot be written.
        StoreError: the database cannot be opened.
    """
    if not settings.database_url:
        make_writable(settings.data)
    store = open_store(settings.store_url)
    try:
        yield store
    finally:
        store.close()


def make_writable(folder: Path) -> None:
    """Makes a folder and proves that a file can be written in it, else says what to do (StartError)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):  # under a name of its own: several processes may start at once
            pass
    except OSError as error:
        raise StartError(
            f"cannot write in the data directory {folder}: {error.strerror or error}; "
            "name another with --data or POLYFEED_DATA"
        ) from error


def loaded_sources(settings: Settings) -> Loaded:
    """The configured sources; mistakes are told on standard error, the other sources run."""
    from feeds.pipeline.config import load_checked_sources  # brings the parsers, which `serve` itself never needs

    loaded = load_checked_sources(settings.config / "sources")
    for mistake in loaded.mistakes:
        click.echo(f"polyfeed: {mistake}", err=True)
    return loaded
