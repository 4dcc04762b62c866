"""polyfeed serve: one process tree with the web server, the scheduler and, on request, the sample newsroom.

polyfeed serve            holds the port, starts and restarts
  ├─ polyfeed web         answers from the store; as many as web_workers says
  ├─ polyfeed schedule    polls and stores
  └─ polyfeed newsroom    only with --newsroom
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import click

from feeds.cli.listening import free_port, listen
from feeds.cli.options import make_writable, with_settings
from feeds.cli.processes import Child, only_one, until_stopped
from feeds.concepts import load_concepts
from feeds.errors import StartError
from feeds.settings import Settings, as_environment
from feeds.store import open_store

ANSWER_WITHIN_S = 60.0
NEWSROOM_PORTS = 20


@click.command(epilog="Example: polyfeed serve --newsroom --port 8000")
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=int, help="Port to listen on (8000; 0 takes a free one).")
@click.option("--newsroom", is_flag=True, help="Also run the sample newsroom on this machine, and poll it.")
@click.option(
    "--every",
    default=5.0,
    show_default=True,
    type=click.FloatRange(min=0.05),
    help="Newsroom: seconds between articles.",
)
@click.option(
    "--articles", default=60, show_default=True, type=click.IntRange(min=0), help="Newsroom: old articles at the start."
)
@with_settings
def serve(settings: Settings, *, newsroom: bool, every: float, articles: int) -> int:
    """Polls the sources, keeps their articles and serves the feeds, until it is stopped.

    Files in config/sources are read again when they change; one `serve` at a time uses a data folder.
    """
    settings = replace(settings, port=free_port(settings.host, settings.port))
    make_writable(settings.data)
    with only_one(settings.data):
        _run(settings, newsroom=newsroom, every=every, articles=articles)
    return 0


def _run(settings: Settings, *, newsroom: bool, every: float, articles: int) -> None:
    _prepare(settings)
    environ = {**os.environ, **as_environment(settings)}
    with ExitStack() as children:
        scheduling = ["schedule"]
        if newsroom:
            url, arguments = _newsroom(settings, every, articles)
            children.enter_context(_running(Child(arguments, environ)))
            _wait_for(url)  # else its sources begin their life as broken
            scheduling += ["--newsroom-url", url]
        children.enter_context(_running(Child(scheduling, environ)))
        threading.Thread(target=_announce, args=(settings,), daemon=True).start()
        _serve_web(settings, environ)


def _prepare(settings: Settings) -> None:
    """Fails early and in words where the database cannot be opened."""
    open_store(settings.store_url).close()
    load_concepts(settings.config, cache_folder=settings.data)  # folded once here, and not by each web worker
    metrics = settings.data / "metrics"  # counters of processes that are gone
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics.absolute())


def _newsroom(settings: Settings, every: float, articles: int) -> tuple[str, list[str]]:
    """Where the newsroom will be and the command that runs it.

    The port after the service's own: the same at each start, since an article's identity is its address.
    """
    for port in range(settings.port + 1, settings.port + 1 + NEWSROOM_PORTS):
        try:
            free_port("127.0.0.1", port)
        except (StartError, OverflowError):
            continue
        arguments = ["newsroom", "--port", str(port), "--every", str(every), "--articles", str(articles)]
        return f"http://127.0.0.1:{port}", arguments
    raise StartError(f"no free port for the newsroom in the {NEWSROOM_PORTS} after {settings.port}; use another --port")


@contextmanager
def _running(child: Child) -> Iterator[None]:
    child.start()
    try:
        yield
    finally:
        child.stop()


def _serve_web(settings: Settings, environ: Mapping[str, str]) -> None:
    """Runs the web workers until this process is asked to stop.

    Each listens on a socket of its own, among which the kernel deals out connections. This process keeps them open:
    who connects while a worker that died is started again waits, and is not turned away.
    """
    ended = until_stopped()
    is_dealt = sys.platform == "linux"  # elsewhere the last socket bound would get every connection
    count = settings.web_workers if is_dealt else 1
    with ExitStack() as opened, ThreadPoolExecutor(settings.web_workers) as stopping:
        sockets = [opened.enter_context(listen(settings.host, settings.port, is_shared=is_dealt)) for _ in range(count)]
        workers = []
        for number in range(settings.web_workers):
            descriptor = sockets[number % count].fileno()
            workers.append(Child(["web", "--socket", str(descriptor)], environ, files=[descriptor]))
        try:
            for worker in workers:
                worker.start()
            ended.wait()
        finally:
            list(stopping.map(Child.stop, workers))


def _wait_for(url: str) -> bool:
    """Whether something answers there within a minute."""
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return True
        except OSError:
            time.sleep(0.1)
    return False


def _announce(settings: Settings) -> None:
    """Prints what to open and what to subscribe to, as soon as requests are answered."""
    base = settings.base_url
    health = replace(settings, public_url="").base_url + "/health"
    if not _wait_for(health):
        click.echo(f"polyfeed: {health} does not answer after {ANSWER_WITHIN_S:.0f} s; see the log", err=True)
        return
    click.echo(
        f"\nPolyfeed is at {base}/\n"
        f"  all editions and keywords   {base}/\n"
        f"  a feed to subscribe to      {base}/feeds/all.atom\n"
        f"  every feed, for a reader    {base}/feeds.opml\n"
        f"  how the sources are         {base}/sources\n"
        f"Ctrl-C stops it.\n"
    )
