"""What the commands about one source share: the source by its id or file, and a hand that fetches for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

import click

from feeds.errors import ConfigErrors, FetchError
from feeds.model import Document, Source
from feeds.pipeline.config import load_checked_source
from feeds.settings import Settings
from feeds.tasks import open_fetcher


def find_source(settings: Settings, name: str) -> Source:
    """The source with this id, enabled or not, or that of this file.

    Raises:
        UsageError: there is none; those that are there are named.
        ConfigErrors: its file has mistakes.
    """
    folder = settings.config / "sources"
    given = Path(name)
    path = given if given.suffix == ".toml" else folder / f"{name}.toml"
    if not path.is_file():
        there = sorted(one.stem for one in folder.glob("*.toml"))
        near = get_close_matches(name, there, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(there) or 'none'}"
        where = str(path) if given.suffix == ".toml" else f"source {name} in {folder}"
        raise click.UsageError(f"no {where}{hint}")
    loaded = load_checked_source(path)
    if loaded.mistakes:
        raise ConfigErrors(loaded.mistakes)
    return loaded.sources[0]


@contextmanager
def fetching(settings: Settings, source: Source) -> Iterator[Callable[[str, str], Document]]:
    """Fetches as a poll of this source would: an address and an Accept header in, a Document out."""
    with open_fetcher(settings) as fetcher:

        def get(url: str, accept: str) -> Document:
            answer = fetcher.fetch(
                url,
                source_id=source.id,
                allow_private=source.allow_private,
                delay_s=source.delay_s,
                accept=accept,
            )
            if not isinstance(answer, Document):
                raise FetchError("answered 'not modified' to a request without conditions", url=url)
            return answer

        yield get


def saved_document(path: Path, url: str) -> Document:
    """A saved page as if it had been fetched from ``url``; empty where that is not known."""
    if not path.is_file():
        raise click.UsageError(f"there is no file {path}")
    return Document(url=url, requested_url=url, body=path.read_bytes())
