"""The server of ``serve``: bytes over a real connection, beside the same request asked of the WSGI application."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds.cli.listening import listen
from feeds.settings import Settings
from feeds.store import open_store
from feeds.web.app import create_app
from feeds.web.front import HEAD_BYTES, FrontProtocol

from .conftest import NOW, ask, make_article, write

BASE = "http://feeds.test"
START_S = 60
VOLATILE = {"date", "connection"}


class Tree:
    """Two workers as ``polyfeed serve`` starts them, without the scheduler."""

    def __init__(self, data: Path, config: Path) -> None:
        first = listen("127.0.0.1", 0, is_shared=True)
        self.port = int(first.getsockname()[1])
        self.sockets = [first, listen("127.0.0.1", self.port, is_shared=True)]
        environ = {
            "PATH": os.environ["PATH"],
            "POLYFEED_DATA": str(data),
            "POLYFEED_CONFIG": str(config),
            "POLYFEED_PUBLIC_URL": BASE,
        }
        command = [sys.executable, "-m", "feeds", "web", "--socket"]
        self.processes = [
            subprocess.Popen([*command, str(each.fileno())], env=environ, pass_fds=[each.fileno()])
            for each in self.sockets
        ]

    def stop(self) -> list[int]:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(30) for process in self.processes]
        for each in self.sockets:
            each.close()
        return codes

    def wait(self) -> None:
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            assert [process.poll() for process in self.processes] == [None, None], "a worker ended"
            listening = [each for each in self.sockets if each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)]
            if len(listening) == 2 and self.get("/health")[0] == 200:
                return
            time.sleep(0.1)
        raise AssertionError(f"no answer within {START_S} s")

    def get(self, target: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def raw(self, data: bytes, *, until_closed: bool = True) -> bytes:
        """What comes back for these bytes, until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(data)
            got = b""
            while part := connection.recv(65536):
                got += part
                if not until_closed:
                    break
            return got


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, filled: Path) -> Path:
    folder = tmp_path_factory.mktemp("front")
    for file in filled.glob("polyfeed.sqlite3*"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("config")


@pytest.fixture(scope="module")
def tree(data: Path, config: Path) -> Iterator[Tree]:
    tree = Tree(data, config)
    try:
        tree.wait()
        yield tree
    finally:
        assert tree.stop() == [0, 0]


@pytest.fixture(scope="module")
def flask(data: Path, config: Path) -> Iterator[Any]:
    settings = Settings(data=data, config=config, public_url=BASE)
    store = open_store(settings.store_url)
    yield create_app(settings, store, clock=lambda: NOW)
    store.close()


TARGETS = (
    ("/feeds/de.atom", b"/feeds/de.atom"),
    ("/feeds/%64e.atom", b"/feeds/de.atom"),
    ("/feeds/zh/keywords/%E4%B8%AD%E5%9B%BD.atom", "/feeds/zh/keywords/中国.atom".encode()),
    ("/feeds/en/keywords/C%252B%252B.atom", b"/feeds/en/keywords/C%2B%2B.atom"),
    ("/feeds/de/keywords/%FF%FE.atom", b"/feeds/de/keywords/\xff\xfe.atom"),
    ("/feeds/de/keywords/%00.atom", b"/feeds/de/keywords/\x00.atom"),
    ("/feeds/de/keywords/%ZZ.atom", b"/feeds/de/keywords/%ZZ.atom"),
    ("//feeds/de.atom", b"//feeds/de.atom"),
    ("/feeds//de.atom", b"/feeds//de.atom"),
    ("/feeds/xx.atom", b"/feeds/xx.atom"),
    ("/feeds/de.json", b"/feeds/de.json"),
)
REQUESTS: tuple[dict[str, str], ...] = (
    {},
    {"Accept_Encoding": "gzip"},
    {"Accept_Encoding": "br;q=0.1, gzip;q=0.9"},
    {"Accept_Encoding": "identity;q=0"},
    {"If_None_Match": "*"},
    {"Sec_Fetch_Dest": "document"},
    {"A_IM": "feed", "If_None_Match": '"x"'},
)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("target", "path"), TARGETS)
def test_every_answer_is_that_of_the_application(tree: Tree, flask: Any, target: str, path: bytes, method: str) -> None:
    for headers in REQUESTS:
        expected = ask_at(flask, path, method, headers)
        for _ in range(4):  # enough for both workers to answer from their tables
            status, told, body = tree.get(target, method, **headers)
            assert (status, body) == (expected.status, b"" if method == "HEAD" else expected.body), (target, headers)
            ours = {name: value for name, value in told.items() if name not in VOLATILE}
            theirs = {name.lower(): value for name, value in expected.headers}
            assert ours == theirs, (target, headers)


def ask_at(app: Any, path: bytes, method: str, headers: dict[str, str]) -> Any:
    def patched(environ: dict[str, Any], start_response: Any) -> Any:
        return app(environ | {"PATH_INFO": path.decode("latin-1")}, start_response)

    return ask(patched, "/", method, **headers)


def test_what_is_not_ascii_in_an_address_is_taken_as_if_it_were_encoded(tree: Tree) -> None:
    encoded = tree.get("/feeds/zh/keywords/%E4%B8%AD%E5%9B%BD.atom")
    for _ in range(4):
        got = tree.raw("GET /feeds/zh/keywords/中国.atom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert got.startswith(b"HTTP/1.1 200")
        assert got.endswith(encoded[2])


def test_requests_in_one_packet_are_answered_in_their_order(tree: Tree) -> None:
    tree.get("/feeds/ja.atom")
    paths = ["/feeds/ja.atom", "/health", "/feeds/ja.atom", "/feeds/xx.atom", "/feeds/ja.atom"]
    requests = [f"GET {path} HTTP/1.1\r\nHost: x\r\n" for path in paths]
    got = tree.raw(("\r\n".join(requests) + "Connection: close\r\n\r\n").encode())
    assert re.findall(rb"HTTP/1\.1 (\d+) ", got) == [b"200", b"200", b"200", b"404", b"200"]


def test_a_body_is_answered_without_waiting_for_it_and_the_connection_closed(tree: Tree) -> None:
    for method in ("GET", "POST"):
        for announced in ("Content-Length: 9000000000", "Transfer-Encoding: chunked"):
            got = tree.raw(f"{method} /feeds/de.atom HTTP/1.1\r\nHost: x\r\n{announced}\r\n\r\n".encode())
            assert got.startswith(b"HTTP/1.1 200" if method == "GET" else b"HTTP/1.1 405"), got[:100]
            assert b"connection: close" in got


def test_whoever_waits_for_100_is_told_the_outcome(tree: Tree) -> None:
    got = tree.raw(b"POST /feeds/de.atom HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 405")


def test_a_head_without_end_is_refused(tree: Tree) -> None:
    got = tree.raw(b"GET / HTTP/1.1\r\n" + b"x-filling: " + b"x" * HEAD_BYTES + b"\r\n", until_closed=False)
    assert got.startswith(b"HTTP/1.1 431")


def test_what_is_no_http_is_400(tree: Tree) -> None:
    assert tree.raw(b"\x16\x03\x01 nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_http_1_0_is_answered_and_closed(tree: Tree) -> None:
    got = tree.raw(b"GET /feeds/de.atom HTTP/1.0\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 200")
    assert b"Ein Abend im Museum" in got


def test_a_repeated_header_counts_as_a_list(tree: Tree) -> None:
    etag = tree.get("/feeds/de.atom")[1]["etag"]
    request = f'GET /feeds/de.atom HTTP/1.1\r\nHost: x\r\nIf-None-Match: "a"\r\nIf-None-Match: {etag}\r\n'
    for _ in range(4):
        assert tree.raw(f"{request}Connection: close\r\n\r\n".encode()).startswith(b"HTTP/1.1 304")


def test_news_reach_every_worker_within_a_second(tree: Tree, data: Path) -> None:
    for _ in range(8):
        tree.get("/feeds/fr.atom")
    store = open_store(Settings(data=data).store_url)
    for number in range(2000, 2003):
        title = f"Nouvelle {number}"
        write(store, [make_article(number, "revue", "fr", title)])
        time.sleep(0.95)
        for _ in range(8):  # each over a connection of its own: both workers answer some
            assert title.encode() in tree.get("/feeds/fr.atom")[2]
    store.close()


class Pipe(asyncio.Transport):
    """A client that reads nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.unsent = 0
        self.ended = Counter[str]()

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def is_closing(self) -> bool:
        return bool(self.ended)

    def close(self) -> None:
        self.ended["close"] += 1

    def abort(self) -> None:
        self.ended["abort"] += 1


class Stuck(FrontProtocol):
    """A connection without the rest of a server."""

    def __init__(self, transport: Pipe) -> None:
        self.transport = transport
        self.cycle: Any = None
        self._moved_at = 0.0
        self._unsent_bytes = 0


def test_a_connection_that_nothing_moves_on_is_ended() -> None:
    silent, slow, dead = Pipe(), Pipe(), Pipe()
    connections = [Stuck(pipe) for pipe in (silent, slow, dead)]
    slow.unsent = dead.unsent = 1000
    for second in range(200):
        slow.unsent -= second % 30 == 0
        for connection in connections:
            if not connection.transport.is_closing():
                connection.end_if_stuck(float(second))
    assert silent.ended == {"close": 1}
    assert dead.ended == {"abort": 1}
    assert not slow.ended, "it takes its answer, if slowly"
