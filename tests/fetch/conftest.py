"""A site on loopback that plays whatever a test asks of it, and fetchers that are closed after the test."""

from __future__ import annotations

import contextlib
import functools
import http.server
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest

from feeds.fetch.budget import Budget
from feeds.fetch.client import Fetcher

Play = Callable[["Handler"], None]

USER_AGENT = "Polyfeed/1.0 (+https://reader.example/)"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def __init__(self, *args: Any, site: Site) -> None:
        self.site = site
        super().__init__(*args)

    def do_GET(self) -> None:
        self.site.asked.append(self.path)
        self.site.headers.append(dict(self.headers.items()))
        self.site.peers.add(self.client_address)
        self.site.routes.get(self.path, answer(404, b"not here"))(self)

    def log_message(self, *args: Any) -> None:
        """Silent."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a test may leave a drip running

    def handle_error(self, *args: Any) -> None:
        """The client hangs up on purpose."""


@dataclass
class Site:
    """``routes`` by path; ``asked``, ``headers`` and ``peers`` tell what came in."""

    host: str
    port: int = 0
    scheme: str = "http"
    routes: dict[str, Play] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    peers: set[tuple[str, int]] = field(default_factory=set)

    def url(self, path: str, host: str | None = None) -> str:
        return f"{self.scheme}://{host or self.host}:{self.port}{path}"

    def count(self, path: str) -> int:
        return self.asked.count(path)


def answer(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Play:
    def play(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        if "Content-Length" not in (headers or {}) and status not in {204, 304}:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return play


def redirect(location: str, status: int = 302, headers: Mapping[str, str] | None = None) -> Play:
    return answer(status, b"", {"Location": location, **(headers or {})})


@contextlib.contextmanager
def running(host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> Iterator[Site]:
    site = Site(host)
    server = _Server((host, 0), functools.partial(Handler, site=site))
    site.port = server.server_address[1]
    if context:
        site.scheme = "https"
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as site:
        yield site


class MakeFetcher(Protocol):
    def __call__(self, **changes: Any) -> Fetcher: ...


@pytest.fixture
def make_fetcher() -> Iterator[MakeFetcher]:
    with contextlib.ExitStack() as stack:

        def make(**changes: Any) -> Fetcher:
            given = {"user_agent": USER_AGENT, "timeout_s": 5.0, "max_bytes": 1_000_000, "budget": Budget(), **changes}
            return stack.enter_context(Fetcher(**given))

        yield make


class Get(Protocol):
    def __call__(self, url: str, **changes: Any) -> Any: ...


@pytest.fixture
def get(make_fetcher: MakeFetcher) -> Get:
    """Fetches from loopback, without delay, with a fetcher of its own for the test."""
    fetcher = make_fetcher()

    def get(url: str, **changes: Any) -> Any:
        return fetcher.fetch(url, **{"source_id": "s", "allow_private": True, "delay_s": 0.0, **changes})

    return get
