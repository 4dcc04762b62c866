"""polyfeed poll and polyfeed sources: look at the sources now, and see how they are."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from feeds.cli.options import loaded_sources, opened_store, with_settings
from feeds.clock import utc_now
from feeds.model import WELL, Claim, Source, SourceState, SourceStatus
from feeds.pipeline.poll import PollReport
from feeds.render.events import ADVICE, TROUBLE, state_slug
from feeds.settings import Settings
from feeds.store import Store
from feeds.tasks import Poller, open_fetcher
from feeds.urls import registered_domain

_COLOURS: Mapping[str, str] = {
    SourceState.OK: "green",
    SourceState.WAITING: "cyan",
    SourceState.QUIET: "yellow",
    SourceState.EMPTY: "yellow",
    SourceState.STALE: "yellow",
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
        wanted = source_ids or (_enabled(sources) if everything else _due(store, sources))
        polled = _poll_all([sources[name] for name in dict.fromkeys(wanted)], sources, settings, store)
    if not polled:
        click.echo(
            "Nothing is due. `polyfeed poll --all` polls every source now." if sources else _no_sources(settings)
        )
        return 0
    for source_id in sorted(name for name, report in polled.items() if report is None):
        why = "not polled: it is not enabled" if not sources[source_id].enabled else _BUSY
        click.echo(f"{source_id}: {why}", err=True)
    reports = [report for _, report in sorted(polled.items()) if report is not None]
    _print_reports(reports)
    well = len(reports) == len(polled) and all(report.state in WELL for report in reports)
    return 0 if well else 1


def _no_sources(settings: Settings) -> str:
    return f"There are no sources in {settings.config / 'sources'}; `polyfeed init DIR` writes some to start from."


_BUSY = "not polled: another process polls it, or its site, just now; the log of that process tells how it went"
# how long a source waits for another process to be done with its site, and how often it looks
_PATIENCE_S = 20.0
_LOOK_EVERY_S = 0.2


def _enabled(sources: Mapping[str, Source]) -> tuple[str, ...]:
    return tuple(name for name, source in sources.items() if source.enabled)


def _due(store: Store, sources: Mapping[str, Source]) -> tuple[str, ...]:
    now = utc_now()
    return tuple(
        status.id
        for status in store.status()
        if status.id in sources and status.next_poll_at is not None and status.next_poll_at <= now
    )


def _poll_all(
    wanted: Sequence[Source], sources: Mapping[str, Source], settings: Settings, store: Store
) -> dict[str, PollReport | None]:
    """Polls each, those of one site one after the other; None for one that could not be had. Ctrl-C ends it soon."""
    polled: dict[str, PollReport | None] = {}
    sites: dict[str, list[Source]] = {}
    for source in wanted:
        sites.setdefault(registered_domain(source.url), []).append(source)
    console, ended = Console(stderr=True), threading.Event()
    with (
        open_fetcher(settings) as fetcher,
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
        ThreadPoolExecutor(settings.poll_threads) as pool,
    ):
        poller = Poller(sources, settings=settings, store=store, fetcher=fetcher, stopping=ended.is_set)
        bar = progress.add_task("Polling", total=len(wanted))

        def poll_site(of_one_site: list[Source]) -> None:
            for source in of_one_site:
                if ended.is_set():
                    return
                # claimed only now: a lease must not run out while its source waits for its turn
                claim = _claim(store, source, settings.lease_s, ended)
                polled[source.id] = poller.poll(claim) if claim else None
                progress.advance(bar)

        try:
            for future in as_completed([pool.submit(poll_site, of_one_site) for of_one_site in sites.values()]):
                future.result()
        finally:
            ended.set()  # after Ctrl-C or a bug the others must not go on for minutes
    return polled


def _claim(store: Store, source: Source, lease_s: float, ended: threading.Event) -> Claim | None:
    """The right to poll it, waited for a little while another process polls its site."""
    deadline_s = time.monotonic() + (_PATIENCE_S if source.enabled else 0.0)
    while True:
        claim = store.claim(source.id, utc_now(), lease_s=lease_s)
        if claim is not None or time.monotonic() > deadline_s or ended.wait(_LOOK_EVERY_S):
            return claim


def _print_reports(reports: list[PollReport]) -> None:
    table = _table("Source", "State", "Listed", "New", "Updated", "Failed pages", "Left", "Seconds")
    for report in reports:
        counts = (report.found, report.new, report.updated, report.failed_pages, report.left)
        table.add_row(
            report.source_id,
            _coloured(report.state),
            *(str(count) for count in counts),
            f"{report.duration_s:.1f}",
        )
    Console().print(table)
    _print_reasons((report.source_id, report.reason) for report in reports)


def _table(*headers: str) -> Table:
    """A table whose ids are whole however narrow the terminal is: they are what one types next."""
    table = Table(*headers, box=box.SIMPLE_HEAD)
    table.columns[0].overflow = "fold"
    return table


def _print_reasons(reasons: Iterable[tuple[str, str]]) -> None:
    """Whole lines below a table: in a column of it a sentence would be cut to pieces."""
    for source_id, reason in reasons:
        if reason:
            click.echo(f"{source_id}: {reason}")


def _coloured(state: SourceState) -> str:
    return f"[{_COLOURS.get(state, 'red')}]{state.value}[/]"


@click.command(
    epilog="Example: polyfeed sources --state broken --state gone; or: polyfeed sources --json | jq '.[].pace_s'"
)
@click.option(
    "--state",
    "wanted",
    multiple=True,
    type=click.Choice([state_slug(state) for state in SourceState]),
    help="Only those in this state; may be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="A list of objects instead of a table.")
@with_settings
def sources(settings: Settings, *, wanted: tuple[str, ...], as_json: bool) -> int:
    """Shows every source: its state and for how long, its articles, its last poll and pace, and why it fails.

    What to do about it stands below the table.
    """
    configured = loaded_sources(settings).sources
    with opened_store(settings) as store:
        stored = {status.id: status for status in store.status()}
    rows = [_row(status) for status in stored.values()]
    rows += [_unseen(source) for source in configured if source.id not in stored]
    states = {state.value for state in SourceState if not wanted or state_slug(state) in wanted}
    shown = sorted((row for row in rows if row["state"] in states), key=lambda row: str(row["id"]))
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    elif not rows:
        click.echo(_no_sources(settings))
    elif not shown:
        click.echo(f"No source is {' or '.join(sorted(states))}.")
    else:
        _print_sources(shown)
    return 0


def _print_sources(rows: Sequence[Mapping[str, Any]]) -> None:
    now = utc_now()
    table = _table("Source", "Kind", "State", "for", "Articles", "newest", "Polled", "every")
    for row in rows:
        since, newest, polled = (_age(row[key], now) for key in ("state_since", "last_article_at", "last_poll_at"))
        state = SourceState(row["state"])
        # who fails is asked more and more seldom, whatever its pace was
        every = _duration(row["pace_s"]) if row["pace_s"] is not None and state in WELL else ""
        table.add_row(row["id"], row["kind"], _coloured(state), since, str(row["articles"]), newest, polled, every)
    Console().print(table)
    _print_reasons((str(row["id"]), str(row["reason"] or "")) for row in rows)
    _print_reasons((str(row["id"]), str(row["todo"])) for row in rows)


def _age(instant: str | None, now: dt.datetime) -> str:
    """How long ago an instant of a row is, as a table has room for it; --json has the instant itself."""
    return _duration((now - dt.datetime.fromisoformat(instant)).total_seconds()) if instant else ""


def _duration(seconds: float) -> str:
    for unit, unit_s in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


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
        "todo": ADVICE[status.state] if status.state in TROUBLE else "",
        "suggestion": status.suggestion,
        "pace_s": status.pace_s,
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
