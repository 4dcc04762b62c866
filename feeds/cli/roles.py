"""polyfeed schedule and worker: one role in one process, as ``serve`` starts them; polyfeed alert."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click
import structlog

from feeds.alerts import Alerts, open_services, trial_message
from feeds.cli.leading import Leading
from feeds.cli.options import opened_store, with_settings
from feeds.cli.processes import until_stopped
from feeds.cli.roster import Roster
from feeds.clock import utc_now
from feeds.metrics import shown_metrics
from feeds.newsroom import newsroom_sources
from feeds.settings import Settings
from feeds.store import Store
from feeds.tasks import Poller, open_fetcher
from feeds.tasks.crew import Crew
from feeds.tasks.line import Dispatch, Line, open_line
from feeds.tasks.poller import Sources
from feeds.tasks.sources import SourceFiles

log = structlog.get_logger()

STOP_GRACE_S = 5.0  # beyond the request that a poll may be at

_newsroom_url = click.option("--newsroom-url", hidden=True, help="Address of a sample newsroom to poll too.")


@click.command(epilog="Example: polyfeed schedule --config config --data data")
@_newsroom_url
@with_settings
def schedule(settings: Settings, *, newsroom_url: str | None) -> int:
    """Says which sources are polled when, until it is stopped. `polyfeed serve` starts one of these by itself.

    Without `redis_url` it polls them too, on threads of its own; with it `polyfeed worker`s do. It also tells of
    changes (`alerts`, `hub`) and drops what is older than `keep`. Of several that use one store one does all this;
    the others stand by and take over when it is gone.
    """
    ended = until_stopped()
    with ExitStack() as opened:
        opened.enter_context(shown_metrics(settings.host, settings.metrics_port))
        store = opened.enter_context(opened_store(settings))
        line = opened.enter_context(open_line(settings))
        alerts = Alerts(settings, store, clock=utc_now)
        also = newsroom_sources(newsroom_url) if newsroom_url else ()
        roster = Roster(settings, also=also, mistakes=alerts.mistakes)
        if not settings.redis_url:
            opened.enter_context(_working(settings, store, line, roster.sources, ended))
        dispatch = Dispatch(line, lease_s=settings.lease_s)
        Leading(settings, store, dispatch=dispatch, roster=roster, alerts=alerts).until(ended)
        log.info("scheduler stops; running polls end with the page they are at")
    return 0


@click.command(epilog="Example: POLYFEED_REDIS_URL=redis://10.0.0.5:6379/0 polyfeed worker")
@_newsroom_url
@with_settings
def worker(settings: Settings, *, newsroom_url: str | None) -> int:
    """Polls what `polyfeed schedule` hands on through Redis, on `poll_threads` threads, until it is stopped.

    Start as many as there is work for, on any machine that reaches the database and Redis and has the same
    config/sources: a source's file is read when it is polled.
    """
    if not settings.redis_url:
        raise click.UsageError("a worker takes polls from Redis: set redis_url, or POLYFEED_REDIS_URL")
    ended = until_stopped()
    also = newsroom_sources(newsroom_url) if newsroom_url else ()
    sources = SourceFiles(settings.config / "sources", also=also)
    with (
        shown_metrics(settings.host, settings.metrics_port),
        opened_store(settings) as store,
        open_line(settings) as line,
        _working(settings, store, line, sources, ended),
    ):
        log.info("worker started", threads=settings.poll_threads)
        ended.wait()
        log.info("worker stops; running polls end with the page they are at")
    return 0


@contextmanager
def _working(settings: Settings, store: Store, line: Line, sources: Sources, ended: threading.Event) -> Iterator[None]:
    """Polls on threads of this process until what is within ends."""
    with open_fetcher(settings) as fetcher:
        poller = Poller(sources, settings=settings, store=store, fetcher=fetcher, stopping=ended.is_set)
        crew = Crew(line, poller.take, threads=settings.poll_threads)
        crew.start()
        try:
            yield
        finally:
            ended.set()  # also when something failed: running polls end soon
            crew.stop(within_s=settings.timeout_s + STOP_GRACE_S)


@click.command(epilog="Example: POLYFEED_ALERTS=mailto://user:password@example.org polyfeed alert --test")
@click.option("--test", "is_test", is_flag=True, help="Send a test message to each address and say how it went.")
@with_settings
def alert(settings: Settings, *, is_test: bool) -> int:
    """Shows who is told when a source breaks or recovers: the setting `alerts`.

    Exit code 1 when an address is wrong or a test message was not taken.
    """
    services, mistakes = open_services(settings.alerts)
    for mistake in mistakes:
        click.echo(f"polyfeed: {mistake}", err=True)
    if not settings.alerts:
        click.echo("No one is told. Put addresses into `alerts` of settings.toml, or into POLYFEED_ALERTS.")
    failed = len(mistakes)
    for service in services:
        failure = service.send(trial_message(settings)) if is_test else ""
        outcome = f"not taken: {failure}" if failure else "taken"
        click.echo(f"{service.name}: {outcome if is_test else 'configured'}")
        failed += bool(failure)
    return 1 if failed else 0
