"""polyfeed poll and polyfeed sources: look at the sources now, and see how they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from feeds.cli.options import loaded_sources, opened_store, with_settings
from feeds.model import Claim, Source, SourceState, SourceStatus
from feeds.pipeline.poll import PollReport
from feeds.settings import Settings
from feeds.store import Store
from feeds.tasks import Poller, open_fetcher, utc_now

_COLOURS: Mapping[str, str] = {
    SourceState.OK: "green",
    SourceState.WAITING: "cyan",
    SourceState.EMPTY: "yellow",
    SourceState.RETIRED: "dim",
}


@click.command(epilog="Example: polyfeed poll beijing-rundschau")
@click.argument("source_ids", nargs=-1, metavar="[SOURCE]...")
@click.option("--all", "everything", is_flag=True, help="Every source, due or not.")
@with_settings
def poll(settings: Settings, source_ids: tuple[str, ...], *, everything: bool) -> int:
    """Polls sources now: the ones named, all of them, or those that are due.

    Exit code 1 when one of them could not be polled.
    """
    sources = {source.id: source for source in loaded_sources(settings).sources}
    if unknown := [name for name in source_ids if name not in sources]:
        there = ", ".join(sorted(sources)) or "none"
        raise click.UsageError(f"no source {', '.join(unknown)} in {settings.config / 'sources'}; there are: {there}")
    with opened_store(settings) as store:
        # other sources may belong to a running service: they are left as they are
        store.register(tuple(sources.values()), utc_now(), complete=False)
        wanted = source_ids or (tuple(sources) if everything else _due(store, sources))
        claimed = {name: store.claim(name, utc_now(), lease_s=settings.lease_s) for name in wanted}
        claims = [claim for claim in claimed.values() if claim is not None]
        reports = _poll_all(claims, sources, settings, store)
    busy = [name for name, claim in claimed.items() if claim is None]
    for source_id in busy:
        click.echo(f"{source_id} is being polled by another process just now", err=True)
    if not claims and not busy:
        click.echo("Nothing is due. `polyfeed poll --all` polls every source now.")
        return 0
    _print_reports(reports)
    well = len(reports) == len(claims) and all(report.state is SourceState.OK for report in reports)
    return 0 if well and not busy else 1


def _due(store: Store, sources: Mapping[str, Source]) -> tuple[str, ...]:
    now = utc_now()
    return tuple(
        status.id
        for status in store.status()
        if status.id in sources and status.next_poll_at is not None and status.next_poll_at <= now
    )


def _poll_all(claims: list[Claim], sources: Mapping[str, Source], settings: Settings, store: Store) -> list[PollReport]:
    reports: list[PollReport] = []
    console = Console(stderr=True)
    with (
        open_fetcher(settings) as fetcher,
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
        ThreadPoolExecutor(settings.poll_threads) as pool,
    ):
        poller = Poller(sources, settings=settings, store=store, fetcher=fetcher)
        bar = progress.add_task("Polling", total=len(claims))
        for future in as_completed([pool.submit(poller.poll, claim) for claim in claims]):
            if (report := future.result()) is not None:
                reports.append(report)
            progress.advance(bar)
    return sorted(reports, key=lambda report: report.source_id)


def _print_reports(reports: list[PollReport]) -> None:
    table = Table("Source", "State", "Listed", "New", "Updated", "Failed pages", "Left", "Seconds", "Reason")
    for report in reports:
        counts = (report.found, report.new, report.updated, report.failed_pages, report.left)
        table.add_row(
            report.source_id,
            _coloured(report.state),
            *(str(count) for count in counts),
            f"{report.duration_s:.1f}",
            report.reason,
        )
    Console().print(table)


def _coloured(state: SourceState) -> str:
    return f"[{_COLOURS.get(state, 'red')}]{state.value}[/]"


@click.command(epilog="Example: polyfeed sources --json | jq '.[] | select(.state != \"ok\")'")
@click.option("--json", "as_json", is_flag=True, help="A list of objects instead of a table.")
@with_settings
def sources(settings: Settings, *, as_json: bool) -> int:
    """Shows every source: its state and since when, its articles, its last poll and the reason when it fails."""
    configured = loaded_sources(settings).sources
    with opened_store(settings) as store:
        stored = {status.id: status for status in store.status()}
    rows = [_row(status) for status in stored.values()]
    rows += [_unseen(source) for source in configured if source.id not in stored]
    rows.sort(key=lambda row: str(row["id"]))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    table = Table("Source", "Kind", "Language", "State", "Articles", "Last poll", "Last article", "Reason")
    for row in rows:
        shown = [str(row[key] or "") for key in ("articles", "last_poll_at", "last_article_at", "reason")]
        shown[0] = str(row["articles"])
        state = _coloured(SourceState(str(row["state"])))
        table.add_row(str(row["id"]), str(row["kind"]), str(row["language"] or ""), state, *shown)
    Console().print(table)
    return 0


def _row(status: SourceStatus) -> dict[str, Any]:
    times = {
        name: value.isoformat(timespec="seconds") if (value := getattr(status, name)) else None
        for name in ("state_since", "next_poll_at", "last_poll_at", "last_ok_at", "last_article_at")
    }
    return {
        "id": status.id,
        "name": status.name,
        "kind": status.kind,
        "url": status.url,
        "language": status.language,
        "state": status.state.value,
        "reason": status.reason,
        "articles": status.articles,
        "failures": status.failures,
        "last_error": status.reason or None,
        **times,
    }


def _unseen(source: Source) -> dict[str, Any]:
    """A configured source that no poll has registered yet."""
    now = utc_now()
    return _row(
        SourceStatus(
            id=source.id,
            name=source.name,
            kind=source.kind,
            url=source.url,
            language=source.language,
            sections=source.sections,
            state=SourceState.WAITING,
            state_since=now,
            reason="",
            failures=0,
            articles=0,
            next_poll_at=None,
            last_poll_at=None,
            last_ok_at=None,
            last_article_at=None,
        )
    )
