"""A whole Polyfeed in one process: real sites over HTTP, a real SQLite file, the real pipeline and application."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient

from cluster.ports import free_port
from feeds.model import Source
from feeds.pipeline.poll import PollReport
from feeds.settings import Settings
from feeds.store import Store, open_store
from feeds.tasks import Poller, open_fetcher
from feeds.web.app import create_app


@dataclass(slots=True)
class House:
    """Polls its sources on request and answers as the web would; ``now`` is set by the test."""

    store: Store
    settings: Settings
    now: dt.datetime = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
    sources: dict[str, Source] = field(default_factory=dict)

    def add(self, *sources: Source) -> None:
        self.sources |= {source.id: source for source in sources}
        self.store.register(tuple(self.sources.values()), self.now)

    def poll(self, *source_ids: str) -> list[PollReport]:
        """Polls now, due or not; every claim must be had and every poll must end in a report."""
        reports = []
        with open_fetcher(self.settings) as fetcher:
            poller = Poller(
                self.sources, settings=self.settings, store=self.store, fetcher=fetcher, clock=lambda: self.now
            )
            for source_id in source_ids or tuple(self.sources):
                claim = self.store.claim(source_id, self.now, lease_s=60)
                assert claim is not None, f"{source_id} is leased by somebody else"
                report = poller.poll(claim)
                assert report is not None
                reports.append(report)
        return reports

    def poll_one(self, source_id: str) -> PollReport:
        return self.poll(source_id)[0]

    def later(self, **delta: float) -> None:
        self.now += dt.timedelta(**delta)

    def client(self) -> FlaskClient:
        """The application anew: nothing is remembered from an earlier answer."""
        return create_app(self.settings, self.store).test_client()

    def feed(self, path: str) -> Any:
        """A feed as feedparser reads it; it must be there and well formed."""
        answer = self.client().get(path)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        parsed = feedparser.parse(answer.data)
        assert not parsed.bozo, parsed.get("bozo_exception")
        return parsed

    def titles(self, path: str) -> list[str]:
        return [entry.title for entry in self.feed(path).entries]


@pytest.fixture
def house(tmp_path: Path, new_sqlite: Callable[[Path], str]) -> Iterator[House]:
    settings = Settings(data=tmp_path, config=tmp_path, public_url="http://polyfeed.test", feed_entries=50)
    store = open_store(new_sqlite(tmp_path))
    yield House(store=store, settings=settings)
    store.close()


@dataclass(slots=True)
class Site:
    """Pages by path on loopback: body, content type. ``asked`` are the paths in their order."""

    url: str
    pages: dict[str, tuple[bytes, str]]
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def serve_pages() -> Iterator[Callable[[Mapping[str, tuple[bytes, str]]], Site]]:
    servers: list[ThreadingHTTPServer] = []

    def serve(pages: Mapping[str, tuple[bytes, str]]) -> Site:
        site = Site(url="", pages=dict(pages))

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                body, kind = site.pages.get(self.path, (b"not here", ""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site.url = f"http://127.0.0.1:{server.server_address[1]}"
        return site

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def paths_of(asked: Sequence[str]) -> list[str]:
    """What was asked for, robots.txt left out."""
    return [path for path in asked if path != "/robots.txt"]


@dataclass(slots=True)
class Service:
    """``polyfeed`` as a process of its own."""

    process: subprocess.Popen[str]
    url: str
    data: Path
    log: Path

    def get(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        request = urllib.request.Request(self.url + path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def feed(self, path: str) -> Any:
        status, _, body = self.get(path)
        assert status == 200, f"{path}: {status}"
        return feedparser.parse(body)

    def wait_for(self, condition: Callable[[], object], what: str, *, within_s: float = 60.0) -> None:
        """Waits until the condition holds; when it does not in time, the service's log is in the failure."""
        deadline = time.monotonic() + within_s
        while not condition():
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.log.read_text()[-3000:]}"
            assert time.monotonic() < deadline, f"not within {within_s:.0f} s: {what}\n{self.log.read_text()[-3000:]}"
            time.sleep(0.1)

    def is_up(self) -> bool:
        try:
            return self.get("/health")[0] == 200
        except OSError:
            return False

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)  # the web gets 10 s, then each child 15 s, before they are killed


@pytest.fixture(scope="module")
def start_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Service]]:
    """Starts ``polyfeed ARGUMENTS`` with an empty configuration, or that of the folder given; ends with the file."""
    started: list[Service] = []

    def start(*arguments: str, data: Path | None = None, config: Path | None = None, **settings: str) -> Service:
        folder = tmp_path_factory.mktemp("service")
        data = data or folder / "data"
        port = free_port()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("POLYFEED_")}
        environ |= {"POLYFEED_PORT": str(port), "POLYFEED_DATA": str(data), "POLYFEED_LOG_FORMAT": "json"}
        environ |= {"POLYFEED_CONFIG": str(config or folder), **settings}
        log = folder / "log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "feeds", *arguments],
                env=environ,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
            )
        service = Service(process=process, url=f"http://127.0.0.1:{port}", data=data, log=log)
        started.append(service)
        return service

    yield start
    for service in started:
        if service.process.poll() is None:
            service.stop()
