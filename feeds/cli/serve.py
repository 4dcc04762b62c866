"""polyfeed serve: one process tree with the web server, the scheduler and, on request, the sample newsroom.

polyfeed serve            granian's main process: accepts, starts and restarts
  ├─ web workers          feeds.web.wsgi:app, answering from the store
  ├─ polyfeed schedule    polls and stores
  ├─ polyfeed worker      only with redis_url: then it polls, among as many others as there are
  └─ polyfeed newsroom    only with --newsroom

polyfeed web              the same without anything but its web workers
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.client import HTTPException
from importlib import import_module
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels

from feeds.cli.metering import counting_together
from feeds.cli.options import make_writable, with_settings
from feeds.cli.processes import Child, only_one, watch_parent
from feeds.concepts import load_concepts
from feeds.errors import StartError
from feeds.settings import Settings, as_environment
from feeds.store import open_store

# a request is answered from memory or by one short query: a few threads keep a worker's processor busy
THREADS_PER_WORKER = 4
ANSWER_WITHIN_S = 60.0
# the web workers are forked from this process: until then no thread of it may hold a lock
FORKED_WITHIN_S = 0.5
KILL_WORKERS_AFTER_S = 10
NEWSROOM_PORTS = 20
# of one request: 431 for more. Clients send two thousand; granian's own limit is 16 MB, of which workers keep some
MOST_HEADER_BYTES = 64 * 1024


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

    With `redis_url` a `polyfeed worker` is started too, and others may run elsewhere. Files in config/sources are read
    again when they change; one `serve` at a time uses a data folder.
    """
    with _ready(settings) as ready, ExitStack() as children:
        environ = {**os.environ, **as_environment(ready)}
        also: list[str] = []
        if newsroom:
            url, arguments = _newsroom(ready, every, articles)
            children.enter_context(_running(Child(arguments, environ)))
            _wait_for(url)  # else its sources begin their life as broken
            also = ["--newsroom-url", url]
        for role in ("schedule", "worker") if ready.redis_url else ("schedule",):
            children.enter_context(_running(Child([role, *also], environ)))
        _serve_web(ready)
    return 0


@click.command(epilog="Example: polyfeed web --host 0.0.0.0 --port 8000 --data /var/lib/polyfeed/web")
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=int, help="Port to listen on (8000; 0 takes a free one).")
@with_settings
def web(settings: Settings) -> int:
    """Serves the feeds and pages and polls nothing, until it is stopped.

    Any number of them, on any number of machines, share nothing but the database; each has a data folder of its own.
    """
    with _ready(settings) as ready:
        _serve_web(ready)
    return 0


@contextmanager
def _ready(settings: Settings) -> Iterator[Settings]:
    """The settings with the port that is free, in a data folder that is this process's alone."""
    settings = replace(settings, port=free_port(settings.host, settings.port))
    make_writable(settings.data)
    with only_one(settings.data), counting_together(settings.data):
        _prepare(settings)
        yield settings


def _prepare(settings: Settings) -> None:
    """Fails early and in words where the database cannot be opened."""
    open_store(settings.store_url).close()
    load_concepts(settings.config, cache_folder=settings.data)  # folded once here, and not by each web worker


def free_port(host: str, port: int) -> int:
    """The port when it can be listened on, a free one for 0.

    Raises:
        StartError: the port is in use, or the address is not this machine's.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen()
            return int(probe.getsockname()[1])
    except OSError as error:
        raise StartError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; name another with --port or POLYFEED_PORT"
        ) from error


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


def _serve_web(settings: Settings) -> None:
    """Runs granian until it is stopped; its workers load ``feeds.web.wsgi:app``."""
    watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    os.environ.update(as_environment(settings))  # which its workers read
    threading.Thread(target=_announce, args=(settings,), daemon=True).start()
    os.environ["POLYFEED_SUPERVISOR"] = str(os.getpid())
    server = Granian(
        "feeds.web.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_workers,
        blocking_threads=THREADS_PER_WORKER,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_WORKERS_AFTER_S,
        http1_settings=HTTP1Settings(max_buffer_size=MOST_HEADER_BYTES),
        http2_settings=HTTP2Settings(max_headers_size=MOST_HEADER_BYTES),
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=load_app)


def load_app(target: str) -> Callable[..., Any]:
    """What a web worker runs; a worker whose main process was killed ends too, and frees the port."""
    for asked in (signal.SIGTERM, signal.SIGINT):
        # forked with the main process's handlers, which only set a flag there: until granian installs the worker's
        # own, a request to stop would be lost and the main process would wait for ever
        signal.signal(asked, signal.SIG_DFL)
    watch_parent(lambda: os._exit(1))
    module, _, name = target.partition(":")
    app: Callable[..., Any] = getattr(import_module(module), name)
    return app


def _wait_for(url: str) -> bool:
    """Whether something answers there within a minute."""
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                return True
        except (OSError, HTTPException):  # a port that nobody listens at yet may be answered by the very one who asks
            time.sleep(0.1)
    return False


def _announce(settings: Settings) -> None:
    """Prints what to open and what to subscribe to, as soon as requests are answered."""
    time.sleep(FORKED_WITHIN_S)
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
