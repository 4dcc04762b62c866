"""A real granian process, asked over loopback."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.ports import free_port
from feeds.settings import Settings
from feeds.store import open_store

from .conftest import make_article, write

CHECKOUT = Path(__file__).resolve().parents[2]
START_S = 60


class Server:
    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, filled: Path) -> Path:
    folder = tmp_path_factory.mktemp("served")
    for file in filled.glob("polyfeed.sqlite3*"):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture(scope="module")
def server(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("POLYFEED_", "GRANIAN_"))}
    environ = own | {
        "POLYFEED_DATA": str(folder),
        "POLYFEED_PUBLIC_URL": "http://feeds.test",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path_factory.mktemp("metrics")),
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "2"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "wsgi:app"]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environ)
    server = Server(port)
    try:
        wait_for(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended"
        try:
            if server.get("/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer within {START_S} s")


def test_feeds_over_a_real_connection(server: Server) -> None:
    for _ in range(6):  # enough for both workers to answer from their tables
        status, headers, body = server.get("/feeds/de.atom", Accept_Encoding="gzip")
        assert status == 200
        assert b"Ein Abend im Museum" in gzip.decompress(body)
        assert headers["content-length"] == str(len(body))
        assert "Accept-Encoding" in headers["vary"].split(", ")
        status, again, body = server.get("/feeds/de.atom", Accept_Encoding="gzip", If_None_Match=headers["etag"])
        assert (status, body) == (304, b"")
        assert again["etag"] == headers["etag"]
        status, head, body = server.get("/feeds/de.atom", method="HEAD", Accept_Encoding="gzip")
        assert (status, body) == (200, b"")
        assert head["content-length"] == headers["content-length"]


def test_addresses_over_the_wire(server: Server) -> None:
    assert server.get("/feeds/zh/keywords/%E4%B8%AD%E5%9B%BD.atom")[0] == 200
    assert server.get("/feeds/en/keywords/C%252B%252B.atom")[0] == 200
    status, headers, _ = server.get("/feeds/en/keywords/c%252b%252b.atom")
    assert (status, headers["location"]) == (301, "/feeds/en/keywords/C%252B%252B.atom")
    assert server.get("/feeds/xx.atom")[0] == 404
    assert server.get("/feeds/de.atom", method="POST")[0] == 405
    assert server.get("/")[0] == 200


def test_news_reach_every_worker_within_a_second(server: Server, folder: Path) -> None:
    for _ in range(8):
        server.get("/feeds/fr.atom")
    number = 1000
    store = open_store(Settings(data=folder).store_url)
    write(store, [make_article(number, "revue", "fr", f"Nouvelle {number}")])
    store.close()
    time.sleep(1.05)
    for _ in range(8):
        assert f"Nouvelle {number}".encode() in server.get("/feeds/fr.atom")[2]


def test_any_worker_adds_up_what_all_have_counted(server: Server) -> None:
    def counted() -> float:
        lines = server.get("/metrics")[2].decode().splitlines()
        found = [line for line in lines if line.startswith('polyfeed_requests_total{room="feeds",status="200"}')]
        return float(found[0].split()[-1]) if found else 0.0

    time.sleep(0.5)  # a worker counts what it noted five times a second
    before = counted()
    for _ in range(10):
        server.get("/feeds/ja.atom")
    time.sleep(0.5)
    assert {counted() for _ in range(4)} == {before + 10}


def test_both_targets_are_one_application(folder: Path) -> None:
    code = "import feeds.web.wsgi as inner; assert 'app' not in vars(inner); import wsgi; "
    code += "assert wsgi.app is inner.app is wsgi.application"
    environ = os.environ | {"POLYFEED_DATA": str(folder)}
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, env=environ, check=True, timeout=60)


# what REDbot doubts, and we do not
CHOSEN = {
    "Cache-Control: public is probably not necessary.",
    "This resource varies in 4 ways.",  # by coding, by A-IM, and where a person's browser is led to the page
    "The no-store cache directive overrides other directives.",  # not for a cache that knows "im" (RFC 3229)
}


def redbot(url: str, method: str = "GET", **headers: str) -> tuple[int, set[tuple[str, str]]]:
    """The status of an answer, and what REDbot has to say of it and of the requests that it makes of it."""
    pairs = [[name.replace("_", "-"), value] for name, value in headers.items()]
    asked = json.dumps({"url": url, "method": method, "headers": pairs})
    command = [sys.executable, str(Path(__file__).with_name("redbot_runner.py")), asked]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    told = json.loads(done.stdout)
    return int(told["status"]), {(level, what) for level, what in told["notes"]}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/feeds/de.atom", {}, 200),
        ("/feeds/de.rss", {"Accept_Encoding": "gzip"}, 200),
        ("/feeds/de.json", {"Accept_Encoding": "br"}, 200),
        ("/feeds/de.atom", {"If_None_Match": "*"}, 304),
        ("/feeds/de.atom", {"A_IM": "feed", "If_None_Match": "{old}"}, 226),
        ("/feeds/de.atom", {"If_Match": '"other"'}, 412),
        ("/feeds/de.atom", {"Accept_Encoding": "identity;q=0"}, 406),
        ("/feeds/DE.atom", {}, 301),
        ("/feeds/xx.atom", {}, 404),
        ("/feeds/de", {}, 200),
        ("/", {}, 200),
        ("/feeds.opml", {}, 200),
        ("/api/articles", {}, 200),
        ("/api/openapi.json", {}, 200),
        ("/static/style.css", {}, 200),
    ],
)
def test_redbot_has_nothing_against_any_kind_of_answer(
    server: Server, path: str, headers: dict[str, str], status: int
) -> None:
    if "{old}" in headers.values():
        tag = server.get(path, A_IM="feed", If_None_Match='"other"')[1]["etag"]
        digest, head, seq = tag.strip('"').split(".")
        headers = headers | {"If_None_Match": f'"{digest}.{head}.{int(seq, 16) - 1:x}"'}
    found, notes = redbot(f"http://127.0.0.1:{server.port}{path}", **headers)
    assert found == status
    assert {what for level, what in notes if level in {"BAD", "WARN"}} <= CHOSEN
    assert "BAD" not in {level for level, _ in notes}
