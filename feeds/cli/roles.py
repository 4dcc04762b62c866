"""polyfeed schedule and polyfeed newsroom: one role in one process, as ``serve`` starts them; polyfeed alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import structlog

from feeds.alerts import Alerts, open_services, trial_message
from feeds.cli.options import opened_store, with_settings
from feeds.cli.processes import until_stopped
from feeds.cli.roster import LOOK_EVERY_S, Roster
from feeds.clock import utc_now
from feeds.errors import StoreError
from feeds.model import Claim
from feeds.newsroom import Newsroom, newsroom_sources
from feeds.schedule import Scheduler, ThreadDispatch
from feeds.settings import Settings
from feeds.store import Store
from feeds.tasks import Poller, open_fetcher

if TYPE_CHECKING:
    from feeds.push import Push

log = structlog.get_logger()


@click.command(epilog="Example: polyfeed schedule --config config --data data")
@click.option("--newsroom-url", hidden=True, help="Address of a sample newsroom to poll too.")
@with_settings
def schedule(settings: Settings, *, newsroom_url: str | None) -> int:
    """Polls the sources that are due, until it is stopped. `polyfeed serve` starts one of these by itself."""
    ended = until_stopped()
    with opened_store(settings) as store, open_fetcher(settings) as fetcher:
        alerts = Alerts(settings, store, clock=utc_now)
        also = newsroom_sources(newsroom_url) if newsroom_url else ()
        roster = Roster(settings, also=also, mistakes=alerts.mistakes)
        roster.refresh(store, utc_now())
        poller = Poller(roster.sources, settings=settings, store=store, fetcher=fetcher, stopping=ended.is_set)

        def poll(claim: Claim) -> None:
            poller.poll(claim)

        dispatch = ThreadDispatch(poll, threads=settings.poll_threads)
        scheduler = Scheduler(store, dispatch, clock=utc_now, tick_s=settings.tick_s, lease_s=settings.lease_s)
        scheduler.start()
        alerts.start()
        push = _open_push(settings, store)
        log.info("scheduler started", sources=len(roster.sources), threads=settings.poll_threads)
        while not ended.wait(LOOK_EVERY_S):
            try:
                roster.refresh(store, utc_now())
            except StoreError as error:
                log.error("the store does not answer; the changed configuration waits", reason=str(error))
        log.info("scheduler stops; running polls end with the page they are at")
        scheduler.stop()
        alerts.stop()
        if push is not None:
            push.stop()
    return 0


def _open_push(settings: Settings, store: Store) -> Push | None:
    """Begins to tell the hub what changes; None without one."""
    if settings.hub and not settings.public_hub:
        log.warning("the hub is told nothing: with `keys` set it could not read the feeds")
    if not settings.public_hub:
        return None
    from feeds.push import Push  # for nothing where no hub is set

    push = Push(settings, store, clock=utc_now)
    push.start()
    return push


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


@click.command(
    epilog="Example: polyfeed newsroom --port 8081 --every 2 --articles 1000. While it runs, POST /_newsroom/publish, "
    "edit, misbehave and behave from this machine direct it, such as curl --json "
    """'{"path": "/de/", "status": 500, "times": 3}' http://127.0.0.1:8081/_newsroom/misbehave"""
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8081, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--every", default=5.0, show_default=True, type=click.FloatRange(min=0.05), help="Seconds between articles."
)
@click.option(
    "--articles", default=60, show_default=True, type=click.IntRange(min=0), help="Old articles at the start."
)
@click.option("--seed", default=1, show_default=True, help="Another number gives other articles.")
def newsroom(*, host: str, port: int, every: float, articles: int, seed: int) -> int:
    """Runs the sample newsroom alone: a magazine site with five editions, on this machine."""
    ended = until_stopped()
    with Newsroom(articles=articles, every_s=every, seed=seed).start(host=host, port=port) as site:
        click.echo(f"The sample newsroom is at {site.url}/")
        ended.wait()
    return 0
