"""polyfeed add: what can be polled at an address, chosen and written to config/sources."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from feeds.cli.counting import counted
from feeds.cli.options import with_settings
from feeds.clock import utc_now
from feeds.decide.candidates import Ranked, age_in_words
from feeds.errors import SourceError, StartError
from feeds.model import Source
from feeds.pipeline.discover import Discovery, discover
from feeds.pipeline.discover_source import file_text, has_sections, in_short, is_configured, reason, source_of
from feeds.settings import Settings
from feeds.sources import load_sources
from feeds.tasks import open_fetcher
from feeds.urls import identity_of

_POLITE_DELAY_S = 1.0
_SHOWN_HEADLINES = 3
_MOST_EDITIONS = 12


@click.command(epilog="Example: polyfeed add https://example.org/news/ --dry-run")
@click.argument("url", metavar="URL")
@click.option("--yes", is_flag=True, help="Take what is recommended, without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be written and write nothing.")
@click.option("--id", "source_id", help="The source's id, which stands in the addresses of its feeds.")
@click.option("--allow-private", is_flag=True, help="Also look on this machine and in private networks.")
@click.option(
    "--json", "as_json", is_flag=True, help="What was found, as one JSON object; writes nothing without --yes."
)
@with_settings
def add(
    settings: Settings,
    url: str,
    *,
    yes: bool,
    dry_run: bool,
    source_id: str | None,
    allow_private: bool,
    as_json: bool,
) -> int:
    """Looks what can be polled at URL (feeds, sitemaps, section pages, other editions) and writes a source file.

    URL is a site, a section, a feed, a sitemap or an article. One polite pass of at most 20 requests. A file that is
    there is never overwritten.
    """
    adding = _Adding(settings, allow_private=allow_private, dry_run=dry_run, quiet=as_json)
    if source_id and (adding.folder / f"{source_id}.toml").exists():
        raise click.UsageError(f"there is a source {source_id} in {adding.folder}; give another --id")
    found = adding.look(url)
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    else:
        _show(found)
    if as_json and not yes:
        return 0
    configured = is_configured(found.url, found.recommended.candidate, adding.sources)
    if configured is not None:
        adding.say(f"Configured already: {adding.folder / configured.id}.toml polls {configured.url}.")
    chosen = adding.ask_which(found) if not yes else [] if configured else [found.recommended]
    if not chosen and not yes:
        adding.say("Nothing was written.")
        return 0
    for one in chosen:
        adding.write(found, one, source_id if one is chosen[0] else None)
    if found.editions:
        adding.take_editions(found, ask=not yes)
    adding.end()
    return 0


class _Adding:
    """One call of the command: what is configured, and what it has written."""

    def __init__(self, settings: Settings, *, allow_private: bool, dry_run: bool, quiet: bool) -> None:
        self.settings = settings
        self.folder = settings.config / "sources"
        self.sources = load_sources(self.folder).sources
        self.allow_private = allow_private
        self.dry_run = dry_run
        self.quiet = quiet
        self.written: list[str] = []

    def say(self, text: str) -> None:
        click.echo(text, err=self.quiet)

    def look(self, url: str) -> Discovery:
        """Discovers, with a line that says what is being asked for."""
        console = Console(stderr=True)
        with open_fetcher(self.settings) as fetcher, console.status("") as status:
            return discover(
                url,
                fetcher=fetcher,
                now=utc_now(),
                allow_private=self.allow_private,
                delay_s=0.0 if self.allow_private else _POLITE_DELAY_S,
                tell=lambda asked: status.update(Text(f"asking {asked}", overflow="ellipsis", no_wrap=True)),
            )

    def ask_which(self, found: Discovery) -> list[Ranked]:
        """The candidates that a person chooses; none when nobody is there to ask."""
        question = "Which? (numbers, such as 1 or 1,3; 0 for none)"
        try:
            answer = click.prompt(question, default="1", value_proc=_numbers(len(found.choices)))
        except click.Abort:
            if sys.stdin.isatty():
                raise
            self.say("\nNobody is there to choose: --yes takes the recommendation, --dry-run shows what it is.")
            return []
        return [found.choices[number - 1] for number in answer if number]

    def write(self, found: Discovery, chosen: Ranked, source_id: str | None) -> None:
        """Writes one source's file, or shows it."""
        source = source_of(
            found,
            chosen,
            source_id=source_id or "",
            taken={*(one.stem for one in self.folder.glob("*.toml")), *self.written},
            allow_private=self.allow_private,
        )
        text = file_text(found, chosen, source, today=utc_now().date())
        path = self.folder / f"{source.id}.toml"
        if self.dry_run:
            self.say(f"\n--- {path} (not written)\n{text}")
        else:
            _write_new(path, text)
            self.say(f"Written: {path}")
        self.written.append(source.id)

    def take_editions(self, found: Discovery, *, ask: bool) -> None:
        """Offers the other editions; each chosen one is looked at and written as its recommendation."""
        shown = [one for one in found.editions if self.configured(one.url) is None][:_MOST_EDITIONS]
        if not shown:
            return
        if not ask:
            self.say("Other editions, each a source of its own:")
            for one in shown:
                self.say(f"  polyfeed add {one.url}{' --allow-private' if self.allow_private else ''}   ({one.name})")
            return
        for number, one in enumerate(shown, start=1):
            self.say(f"  {number}  {one.language:8} {one.url}  ({one.name})")
        answer = click.prompt(
            "Other editions too? (numbers, or 0 for none)", default="0", value_proc=_numbers(len(shown))
        )
        for number in answer:
            if not number:
                continue
            try:
                other = self.look(shown[number - 1].url)
            except SourceError as error:
                self.say(f"{shown[number - 1].url}: {error}")
                continue
            self.say(f"{other.url}: {reason(other.recommended)}")
            self.write(other, other.recommended, None)

    def configured(self, url: str) -> Source | None:
        """The source that polls this address already."""
        wanted = identity_of(url)
        return next((one for one in self.sources if wanted in {identity_of(part.url) for part in one.targets}), None)

    def end(self) -> None:
        """Says what to type next."""
        if self.dry_run:
            self.say("Nothing was written. Without --dry-run it is.")
        elif self.written:
            self.say(f"Next: polyfeed poll {' '.join(self.written)}")


def _numbers(most: int) -> Any:
    """Reads "1,3" or "1 3"; anything else is asked again."""

    def read(text: str) -> list[int]:
        try:
            numbers = [int(part) for part in str(text).replace(",", " ").split()]
        except ValueError:
            raise click.BadParameter("give numbers, such as 1 or 1,3") from None
        if any(not 0 <= number <= most for number in numbers):
            raise click.BadParameter(f"there are 1 to {most}; 0 is none")
        return list(dict.fromkeys(numbers))

    return read


def _write_new(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:  # never over one that is there
            file.write(text)
    except FileExistsError:
        raise click.UsageError(f"{path} is there already and is not overwritten; give another --id") from None
    except OSError as error:
        raise StartError(f"cannot write {path}: {error.strerror or error}") from error


# --- what is shown ----------------------------------------------------------------------------------------------


def _show(found: Discovery) -> None:
    now = utc_now()
    console = Console()
    console.print(Text(f"{found.name} — {found.url}", style="bold"))
    for note in found.notes:
        console.print(Text(note))
    table = Table("", "Found", "What it would deliver now", show_lines=True)
    for column in table.columns[1:]:
        column.overflow = "fold"  # addresses and headlines without spaces are shown whole
    for number, one in enumerate(found.choices, start=1):
        table.add_row(str(number), *_row(found, one, now))
    console.print(table)
    for one in found.ranked:
        if not one.candidate.is_usable:
            console.print(Text(f"not usable: {one.candidate.url}: {one.candidate.trouble}", style="dim"))
    if found.sections:
        console.print(Text(f"Sections: {', '.join(one.name for one in found.sections)}"))
    console.print(Text(f"{counted(len(found.asked), 'address', 'addresses')} asked for.", style="dim"))
    console.print(Text(f"Recommended: 1, {reason(found.recommended)}.", style="green"))


def _row(found: Discovery, one: Ranked, now: dt.datetime) -> tuple[Text, Text]:
    candidate = one.candidate
    newest = f"the newest {age_in_words(candidate.newest_at, now)}" if candidate.newest_at else "no dates listed"
    brings = "with their whole text" if candidate.is_whole else "their pages are read for the text"
    lines = [
        f"{candidate.kind}, {candidate.where}",
        candidate.url,
        f"{counted(candidate.count, 'article')}, {newest}",
        f"{brings}; language {candidate.language or found.language or 'of each page'}",
        *one.bad,
    ]
    headlines = [
        f"{f'{headline.published_at:%Y-%m-%d}  ' if headline.published_at else ''}{headline.title or headline.url}"
        for headline in candidate.headlines[:_SHOWN_HEADLINES]
    ]
    return Text("\n".join(lines)), Text("\n".join(headlines))


def _as_json(found: Discovery) -> dict[str, Any]:
    return {
        "url": found.url,
        "name": found.name,
        "language": found.language,
        "zone": found.zone,
        "candidates": [
            {
                "url": one.candidate.url,
                "kind": one.candidate.kind.value,
                "found": one.candidate.where,
                "articles": one.candidate.count,
                "newest_at": one.candidate.newest_at.isoformat() if one.candidate.newest_at else None,
                "whole_text": one.candidate.is_whole,
                "language": one.candidate.language,
                "score": round(one.score, 2),
                "reason": in_short(one),
                "sections": [
                    {"name": section.name, "url": section.url}
                    for section in (found.sections if has_sections(found, one.candidate) else ())
                ],
                "headlines": [
                    {
                        "title": headline.title,
                        "url": headline.url,
                        "published_at": headline.published_at.isoformat() if headline.published_at else None,
                    }
                    for headline in one.candidate.headlines
                ],
            }
            for one in found.ranked
        ],
        "editions": [{"language": one.language, "url": one.url, "name": one.name} for one in found.editions],
        "notes": list(found.notes),
        "asked": list(found.asked),
    }
