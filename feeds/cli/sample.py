"""polyfeed sample: a source's page and what is read from it, saved to be read again by `polyfeed check --samples`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from feeds.cli.options import with_settings
from feeds.cli.sourcing import fetching, find_source
from feeds.clock import utc_now
from feeds.errors import ConfigError, NothingFound, StartError
from feeds.fetch.client import ACCEPT_PAGE
from feeds.model import Document, Section, Source
from feeds.pipeline.preview import Preview, preview
from feeds.pipeline.samples import ARTICLE, LISTING, save_sample
from feeds.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

SAMPLES = Path("tests") / "data" / "samples"


def samples_folder(said: str) -> Callable[[Command], Command]:
    """The option ``--dir`` of commands that write or read samples; ``said`` is its help."""
    kind = click.Path(path_type=Path, file_okay=False)
    return click.option("--dir", "folder", type=kind, default=SAMPLES, show_default=True, help=said)


@click.command(epilog="Example: polyfeed sample beijing-rundschau, then polyfeed check --samples")
@click.argument("name", metavar="SOURCE|FILE")
@click.argument("url", required=False)
@samples_folder("Where samples are kept, a folder for each source.")
@click.option("--replace", is_flag=True, help="Take a sample anew that is there already.")
@with_settings
def sample(settings: Settings, name: str, url: str | None, *, folder: Path, replace: bool) -> int:
    """Saves a page of a source and what is read from it: the article at URL, else a listing and its newest article.

    Look at the JSON before you keep it: it is what every later version must read from that page.
    """
    source = find_source(settings, name)
    taken: list[tuple[str, Section, Document]] = []
    with fetching(settings, source) as get:
        if url:
            taken.append((ARTICLE, Section(url=url), get(url, ACCEPT_PAGE)))
        else:
            taken += _newest(source, preview(source, get, articles=1, now=utc_now()))
    for kind, section, document in taken:
        try:
            file = save_sample(
                folder,
                kind=kind,
                source=source,
                section=section,
                document=document,
                taken_at=utc_now(),
                replace=replace,
            )
        except ConfigError as error:
            click.echo(f"kept     {error.file} (it was there; --replace takes it anew)")
            continue
        except OSError as error:
            raise StartError(f"cannot write in {folder}: {error.strerror or error}") from error
        click.echo(f"written  {file}")
    where = "" if folder == SAMPLES else f" --dir {folder}"
    click.echo(f"Look at it, then: polyfeed check --samples{where}")
    return 0


def _newest(source: Source, seen: Preview) -> list[tuple[str, Section, Document]]:
    """The first listing that lists something, if it is a document of its own, and the newest article.

    Raises:
        PolyfeedError: neither could be read; what went wrong first.
    """
    listed = [(LISTING, one.section, one.document) for one in seen.targets if one.items and one.document]
    opened = [(ARTICLE, Section(url=one.url), one.document) for one in seen.articles if one.document]
    if listed or opened:
        return [*listed[:1], *opened[:1]]
    failed = next((one.error for one in seen.targets if one.error), None)
    raise failed or NothingFound("nothing is listed", source_id=source.id, url=source.url)
