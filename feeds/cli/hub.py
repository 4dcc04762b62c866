"""polyfeed hub: whether the WebSub hub hears of what changes, and if not why."""

from __future__ import annotations

import datetime as dt
import ipaddress
from urllib.parse import urlsplit

import click

from feeds.cli.options import opened_store, with_settings
from feeds.settings import Settings
from feeds.store import Store

TRIED = "/feeds/all.atom"


@click.command(epilog="Example: POLYFEED_HUB=https://pubsubhubbub.appspot.com/ polyfeed hub --test")
@click.option(
    "--test", "is_test", is_flag=True, help=f"Tell the hub that {TRIED} has changed, and say what it answers."
)
@with_settings
def hub(settings: Settings, *, is_test: bool) -> int:
    """Shows how telling the hub went: the setting `hub`.

    Exit code 1 when the test ping was not taken, or when the last one that was sent failed.
    """
    if not settings.hub:
        click.echo('No hub is told. Put one into `hub` of settings.toml, such as "https://pubsubhubbub.appspot.com/".')
        return 0
    if not settings.public_hub:
        click.echo("No hub is told: with `keys` set it could not read the feeds.")
        return 0
    click.echo(f"Hub: {settings.hub}")
    if _is_private(settings.base_url):
        click.echo(f"Feeds are at {settings.base_url}, where only this machine finds them: set `public_url`.")
    with opened_store(settings) as store:
        is_well = _show_record(store)
    return _try(settings) if is_test else int(not is_well)


def _show_record(store: Store) -> bool:
    record = store.hub_record()
    click.echo(f"Feeds and pages asked for: {len(store.topics())}; changed and not told yet: {record.waiting}")
    click.echo(f"Pings taken: {record.taken}{_at(record.taken_at)}; failed: {record.failed}{_at(record.failed_at)}")
    if record.failure:
        click.echo(f"Why the last one failed: {' '.join(record.failure.split())}")
    return record.failed_at is None or (record.taken_at is not None and record.taken_at >= record.failed_at)


def _at(instant: dt.datetime | None) -> str:
    return f" (last {instant:%Y-%m-%d %H:%M} UTC)" if instant else ""


def _try(settings: Settings) -> int:
    from feeds.push import Verdict, open_hub  # brings an HTTP client, which the record needs not

    known, poster = open_hub(settings)
    try:
        said = known.ping(settings.base_url + TRIED)
    finally:
        poster.close()
    is_taken = said.verdict is Verdict.TAKEN
    click.echo(f"Test ping for {settings.base_url + TRIED}: {'taken' if is_taken else f'not taken: {said.reason}'}")
    return int(not is_taken)


def _is_private(url: str) -> bool:
    """Whether an address surely leads nobody else here."""
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host
