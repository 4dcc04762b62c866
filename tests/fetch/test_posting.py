"""Forms that are posted: taken, or refused in words, with what the answer says of the time to wait."""

from __future__ import annotations

import datetime as dt
import http.server
import threading
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

import pytest

from feeds.errors import FetchError, RateLimited
from feeds.fetch.posting import Poster

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
FIELDS = [("hub.mode", "publish"), ("hub.url", "https://feeds.test/feeds/zh/keywords/%E4%B8%AD.atom?q=a&copies=hide")]


class Taker:
    """Keeps what is posted and answers as it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.answer: tuple[int, bytes, dict[str, str]] = (204, b"", {})
        self.got: list[tuple[dict[str, str], list[tuple[str, str]]]] = []


@pytest.fixture
def taker() -> Iterator[Taker]:
    kept = Taker()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((dict(self.headers.items()), parse_qsl(body.decode("ascii"), strict_parsing=True)))
            status, said, headers = kept.answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}/hub?of=us"
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def post() -> Iterator[Callable[[str], None]]:
    poster = Poster(user_agent="Polyfeed/1 (+me@münchen.test)", timeout_s=5.0, clock=lambda: NOW)
    yield lambda url: poster.post_form(url, FIELDS)
    poster.close()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_form_arrives_as_it_is(taker: Taker, post: Callable[[str], None], status: int) -> None:
    taker.answer = (status, b"", {})
    post(taker.url)
    post(taker.url)
    headers, fields = taker.got[0]
    assert len(taker.got) == 2
    assert fields == FIELDS
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["User-Agent"] == "Polyfeed/1 (+me@m%C3%BCnchen.test)"


@pytest.mark.parametrize(
    ("status", "value", "wait_s"),
    [(429, "120", 120), (503, "120", 120), (503, "Mon, 23 Nov 2026 12:01:00 GMT", 60), (429, "999999", 86400)],
)
def test_a_time_to_wait_is_told(
    taker: Taker, post: Callable[[str], None], status: int, value: str, wait_s: float
) -> None:
    taker.answer = (status, b"", {"Retry-After": value})
    with pytest.raises(RateLimited) as caught:
        post(taker.url)
    assert caught.value.retry_after_s == wait_s


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((400, b"hub.url\n is missing", {}), "400 Bad Request: hub.url is missing"),
        ((500, b"\x1b[31m\x00\xff", {}), "500 Internal Server Error"),
        ((503, b"", {"Retry-After": "soon"}), "503 Service Unavailable"),
        ((302, b"", {"Location": "/elsewhere"}), "it has moved to http://127.0.0.1"),
        ((301, b"", {"Location": "http://[bad"}), "it has moved to an address that cannot be read"),
        ((299 + 5, b"", {}), "304"),
    ],
)
def test_a_refusal_is_told_in_words(
    taker: Taker, post: Callable[[str], None], answer: tuple[int, bytes, dict[str, str]], said: str
) -> None:
    taker.answer = answer
    with pytest.raises(FetchError) as caught:
        post(taker.url)
    assert said in str(caught.value)
    assert caught.value.status == answer[0]
    assert "\x1b" not in str(caught.value)
    assert len(taker.got) == 1, "nothing is followed"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://169.254.169.254/", "http://u:p@127.0.0.1/", "ftp://x.test/"]
)
def test_what_cannot_be_reached_has_no_status(post: Callable[[str], None], url: str) -> None:
    with pytest.raises(FetchError) as caught:
        post(url)
    assert caught.value.status is None
