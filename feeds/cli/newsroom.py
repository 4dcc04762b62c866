"""polyfeed newsroom: the sample newsroom in a process of its own, as ``serve --newsroom`` starts it."""

from __future__ import annotations

import click

from feeds.cli.processes import until_stopped
from feeds.newsroom import Newsroom


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
