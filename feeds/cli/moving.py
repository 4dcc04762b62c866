"""polyfeed copy, backup and restore: a whole store into another database, into a file, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from feeds.cli.counting import counted
from feeds.cli.options import make_writable, with_settings
from feeds.settings import Settings
from feeds.store.backups import back_up, copy_store
from feeds.store.backups import restore as restore_store
from feeds.store.copying import Compared, Tell

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(epilog="Example: polyfeed copy --to postgresql+psycopg://polyfeed@db.example/polyfeed")
@click.option("--to", "target", required=True, metavar="URL", help="Address of the database, as in database_url.")
@with_settings
def copy(settings: Settings, target: str) -> int:
    """Copies the whole store into another database, SQLite or PostgreSQL, and compares both.

    Ids, change numbers and archives stay what they are, so every feed, ETag and cursor does. The service may go on
    meanwhile. Broken off or run again it goes on where the two differ: copy while the service runs, stop it, copy
    once more for what came since, and start it with the new database_url. A URL shows in the list of processes, so
    leave the password to ~/.pgpass or PGPASSWORD.
    """
    with _progress() as tell:
        found = copy_store(_store_url(settings), target, tell)
    _show(found)
    return _judge(found)


@click.command(epilog="Example: polyfeed backup polyfeed-2026-11-23.sqlite3")
@click.argument("file", type=_FILE, metavar="FILE")
@with_settings
def backup(settings: Settings, file: Path) -> int:
    """Writes the whole store into FILE, as it is in this moment, while the service goes on.

    FILE appears when it is whole and verified, and replaces an earlier backup of that name.
    """
    with _progress() as tell:
        found = back_up(_store_url(settings), file, tell)
    if _judge(found):
        return 1
    click.echo(f"{click.format_filename(file)}: {_articles(found)}, verified")
    return 0


@click.command(epilog="Example: polyfeed restore polyfeed-2026-11-23.sqlite3")
@click.argument("file", type=_FILE, metavar="FILE")
@click.option("--replace", is_flag=True, help="Delete all that the store holds now.")
@with_settings
def restore(settings: Settings, file: Path, *, replace: bool) -> int:
    """Brings a backup, also of an earlier version and of either database, into the store, which must be empty.

    End the service first.
    """
    if replace:
        click.echo("All that the store holds is replaced by the backup.", err=True)
    with _progress() as tell:
        found = restore_store(file, _store_url(settings), tell, replace=replace)
    if _judge(found):
        return 1
    click.echo(f"Restored {_articles(found)} from {click.format_filename(file)}, verified")
    return 0


def _store_url(settings: Settings) -> str:
    if not settings.database_url:
        make_writable(settings.data)
    return settings.store_url


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar for each step; none where standard error is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        steps: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = bar.add_task(step.capitalize())
            bar.update(steps[step], completed=done, total=total)

        yield tell


def _articles(found: Sequence[Compared]) -> str:
    return counted(next(each.copied_rows for each in found if each.name == "article"), "article")


def _show(found: Sequence[Compared]) -> None:
    table = Table("Table", "Rows", "Checksum", "Written")
    for each in found:
        table.add_row(each.name, f"{each.rows:,}", each.checksum, f"{each.written:,}")
    Console(soft_wrap=True).print(table)


def _judge(found: Sequence[Compared]) -> int:
    """The exit code; names what is not the same."""
    unlike = [each for each in found if not each.is_same]
    for each in unlike:
        click.echo(
            f"polyfeed: {each.name}: {each.rows:,} rows {each.checksum} became {each.copied_rows:,} rows "
            f"{each.copied_checksum}: something else wrote there meanwhile; end it and run this again",
            err=True,
        )
    return int(bool(unlike))
