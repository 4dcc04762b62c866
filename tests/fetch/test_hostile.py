"""feeds.fetch against servers that mean harm or are broken: bombs, drips, lies, and ways into the private network."""

from __future__ import annotations

import gzip
import socket
import struct
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from feeds.errors import FetchError
from feeds.fetch import guard
from feeds.model import Document

from .conftest import Get, Handler, MakeFetcher, Site, answer, redirect, running

PAGE = b"<html>page</html>"
CAP = 1_000_000  # max_bytes of the fetchers here


def raw(*parts: bytes, pause_s: float = 0.0, reset: bool = False) -> Callable[[Handler], None]:
    """Writes the bytes as they are, then hangs up."""

    def play(handler: Handler) -> None:
        for part in parts:
            handler.wfile.write(part)
            time.sleep(pause_s)
        if reset:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
        handler.close_connection = True

    return play


OK = b"HTTP/1.1 200 OK\r\n"


# --- too much ---------------------------------------------------------------------------------------------------


def test_a_body_over_the_cap_is_refused_by_its_header(site: Site, get: Get) -> None:
    site.routes["/a"] = raw(OK + b"Content-Length: 99999999999\r\n\r\nx")
    with pytest.raises(FetchError, match=r"too big \(99999999999 bytes\): 1000000 bytes are the limit"):
        get(site.url("/a"))


def test_a_body_over_the_cap_is_cut_while_it_comes(site: Site, get: Get) -> None:
    site.routes["/a"] = raw(OK + b"\r\n", *[b"x" * 100_000] * 1000)
    with pytest.raises(FetchError, match="too big: 1000000 bytes"):
        get(site.url("/a"))


def test_padding_without_end_after_a_compressed_page_is_cut(site: Site, get: Get) -> None:
    padding = [bytes(100_000)] * 1000
    site.routes["/a"] = raw(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE), *padding)
    with pytest.raises(FetchError, match="too big: 1000000 bytes"):
        get(site.url("/a"))


def test_a_chunked_body_over_the_cap_is_cut(site: Site, get: Get) -> None:
    chunk = b"%x\r\n" % 100_000 + b"x" * 100_000 + b"\r\n"
    site.routes["/a"] = raw(OK + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 1000)
    with pytest.raises(FetchError, match="too big"):
        get(site.url("/a"))


def test_a_body_of_just_the_cap_is_read(site: Site, get: Get) -> None:
    site.routes["/a"] = answer(200, b"x" * CAP)
    site.routes["/b"] = answer(200, b"x" * (CAP + 1))
    assert len(get(site.url("/a")).body) == CAP
    with pytest.raises(FetchError, match="too big"):
        get(site.url("/b"))


def test_a_decompression_bomb_costs_little_memory(site: Site, get: Get) -> None:
    bomb = gzip.compress(bytes(100_000_000), 9)
    assert len(bomb) < CAP
    site.routes["/a"] = answer(200, bomb, {"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="too big: 1000000 bytes"):
            get(site.url("/a"))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 10_000_000


def test_headers_without_end(site: Site, get: Get) -> None:
    site.routes["/a"] = raw(OK, *[b"X-%d: " % number + b"x" * 10_000 + b"\r\n" for number in range(100)])
    with pytest.raises(FetchError, match=r"rules of HTTP or broke off|connection to"):
        get(site.url("/a"))


# --- too slow ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parts",
    [
        [b"H", b"T", b"T", b"P", b"/", b"1", b".", *[b"1"] * 100],
        [OK, *[b"X: y\r\n"] * 100],
        [OK + b"\r\n", *[b"x"] * 100],
        [OK + b"Content-Length: 1000\r\n\r\n", *[b"x"] * 100],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 100],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n1;", *[b"x"] * 100],
        [OK + b"Content-Encoding: gzip\r\n\r\n", *[gzip.compress(b"")] * 100],
        [b"HTTP/1.1 103 Early Hints\r\n\r\n"] * 100,
    ],
)
def test_a_drip_is_cut_at_the_deadline_wherever_it_drips(
    site: Site, make_fetcher: MakeFetcher, parts: list[bytes]
) -> None:
    site.routes["/a"] = raw(*parts, pause_s=0.05)
    fetcher = make_fetcher(timeout_s=0.4)
    started = time.monotonic()
    with pytest.raises(FetchError, match=rf"127\.0\.0\.1:{site.port} did not answer in full within 0\.\d+ s"):
        fetcher.fetch(site.url("/a"), source_id="s", allow_private=True, delay_s=0.0)
    assert time.monotonic() - started < 3.0


def test_the_deadline_covers_all_redirects_together(site: Site, make_fetcher: MakeFetcher) -> None:
    def slow(handler: Handler) -> None:
        time.sleep(0.2)
        redirect(f"{handler.path}x")(handler)

    for number in range(6):
        site.routes["/" + "x" * number] = slow
    started = time.monotonic()
    with pytest.raises(FetchError, match="did not answer in full"):
        make_fetcher(timeout_s=0.5).fetch(site.url("/"), source_id="s", allow_private=True, delay_s=0.0)
    assert time.monotonic() - started < 3.0


def test_waiting_for_a_turn_is_not_part_of_the_deadline(site: Site, make_fetcher: MakeFetcher) -> None:
    fetcher = make_fetcher(timeout_s=0.5)
    site.routes["/a"] = answer(200, PAGE)
    for _ in range(2):
        document = fetcher.fetch(site.url("/a"), source_id="s", allow_private=True, delay_s=0.6)
        assert isinstance(document, Document)


def test_a_server_that_never_answers(make_fetcher: MakeFetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(FetchError, match="did not answer in full within"):
            make_fetcher(timeout_s=0.2).fetch(url, source_id="s", allow_private=True)


# --- broken -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "play",
    [
        raw(OK + b"Content-Length: 100\r\n\r\nshort"),
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n64\r\nshort"),
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"),
        raw(b""),
        raw(OK + b"Content-Type: te"),
        raw(b"nonsense\r\n\r\n"),
        raw(OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\nshort"),
        raw(OK + b"Content-Length: -5\r\n\r\nshort"),
    ],
)
def test_an_answer_that_breaks_off_or_makes_no_sense(site: Site, get: Get, play: Callable[[Handler], None]) -> None:
    site.routes["/a"] = play
    with pytest.raises(FetchError, match=rf"127\.0\.0\.1:{site.port} broke the rules of HTTP or broke off: \w+"):
        get(site.url("/a"))


@pytest.mark.parametrize("start", [b"", OK, OK + b"Content-Length: 100\r\n\r\nshort"])
def test_a_connection_reset(site: Site, get: Get, start: bytes) -> None:
    site.routes["/a"] = raw(start, reset=True, pause_s=0.05)
    with pytest.raises(FetchError, match=r"connection to .* broke|broke off"):
        get(site.url("/a"))


def test_a_closed_port(get: Get) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(FetchError, match=rf"no connection to 127\.0\.0\.1:{port}: .*refused"):
        get(f"http://127.0.0.1:{port}/")


def test_compressed_lies_are_named(site: Site, get: Get) -> None:
    site.routes["/plain"] = answer(200, PAGE, {"Content-Encoding": "gzip"})
    site.routes["/cut"] = answer(200, gzip.compress(PAGE)[:-4], {"Content-Encoding": "gzip"})
    site.routes["/zstd"] = answer(200, PAGE, {"Content-Encoding": "zstd"})
    for path, words in (("/plain", "gzip, but is not"), ("/cut", "cut off"), ("/zstd", "'zstd', which was not asked")):
        with pytest.raises(FetchError, match=words):
            get(site.url(path))


def test_a_fetcher_goes_on_after_every_failure(site: Site, get: Get) -> None:
    site.routes["/bad"] = raw(OK + b"Content-Length: 100\r\n\r\nshort")
    site.routes["/big"] = answer(200, b"x" * (CAP + 1))
    site.routes["/good"] = answer(200, PAGE)
    for _ in range(20):
        for path in ("/bad", "/big"):
            with pytest.raises(FetchError):
                get(site.url(path))
        assert get(site.url("/good")).body == PAGE


# --- ways in ----------------------------------------------------------------------------------------------------


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site on 127.0.0.2, which for the length of the test counts as a public address."""
    real = guard.refusal

    def refusal(address: guard.Address, *, allow_private: bool) -> str:
        return "" if str(address) == "127.0.0.2" else real(address, allow_private=allow_private)

    monkeypatch.setattr(guard, "refusal", refusal)
    with running("127.0.0.2") as site:
        site.routes["/a"] = answer(200, PAGE)
        yield site


def test_the_public_site_of_these_tests_is_public(public: Site, get: Get) -> None:
    assert get(public.url("/a"), allow_private=False).body == PAGE


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "172.20.0.1"])
def test_a_private_address_is_refused(get: Get, host: str) -> None:
    with pytest.raises(FetchError, match=r"refused to connect to .*private.*allow_private = true"):
        get(f"http://{host}:9/", allow_private=False)


@pytest.mark.parametrize("host", ["169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "0.0.0.0"])
def test_cloud_metadata_is_refused_even_to_private_sources(get: Get, host: str) -> None:
    with pytest.raises(FetchError, match="refused to connect to"):
        get(f"http://{host}/latest/meta-data/", allow_private=True)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1.", "１２７.0.0.1", "①27.0.0.1"]
)
def test_no_spelling_slips_past(site: Site, get: Get, host: str) -> None:
    with pytest.raises(FetchError):
        get(f"http://{host}:{site.port}/", allow_private=False)
    assert not site.asked


def test_a_redirect_into_the_private_network_is_refused(public: Site, site: Site, get: Get) -> None:
    site.routes["/secret"] = answer(200, b"secret")
    public.routes["/go"] = redirect(site.url("/secret"))
    with pytest.raises(FetchError, match=r"refused to connect to 127\.0\.0\.1"):
        get(public.url("/go"), allow_private=False)
    assert not site.asked
    assert get(public.url("/go"), allow_private=True).body == b"secret"


def test_a_redirect_to_metadata_is_refused_to_everyone(site: Site, get: Get) -> None:
    site.routes["/go"] = redirect("http://169.254.169.254/latest/meta-data/")
    with pytest.raises(FetchError, match="where clouds keep a machine's secrets"):
        get(site.url("/go"), allow_private=True)


def test_a_redirect_of_robots_txt_into_the_private_network_is_refused(public: Site, site: Site, get: Get) -> None:
    public.routes["/robots.txt"] = redirect(site.url("/robots.txt"))
    with pytest.raises(FetchError, match=r"refused to connect to 127\.0\.0\.1"):
        get(public.url("/a"), allow_private=False)
    assert not site.asked


def test_a_name_that_changes_its_answer_gains_nothing(public: Site, make_fetcher: MakeFetcher) -> None:
    with running("127.0.0.1") as private:
        answers: list[str] = []

        def resolve(_host: str, _port: int) -> list[str]:
            answers.append("127.0.0.1" if answers else "127.0.0.2")
            return [answers[-1]]

        fetcher = make_fetcher(resolve=resolve)
        url = public.url("/a", "rebind.example")
        public.routes["/close"] = raw(OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nok")
        assert isinstance(fetcher.fetch(url, source_id="s", delay_s=0.0), Document)
        assert answers == ["127.0.0.2"]  # robots.txt and page: one connection, one look-up
        fetcher.fetch(public.url("/close", "rebind.example"), source_id="s", delay_s=0.0)
        with pytest.raises(FetchError, match=r"rebind\.example \(127\.0\.0\.1\): the address is private"):
            fetcher.fetch(url, source_id="s", delay_s=0.0)
        assert answers == ["127.0.0.2", "127.0.0.1"]
        assert not private.asked


def test_a_private_connection_in_the_pool_serves_no_public_call(site: Site, get: Get) -> None:
    site.routes["/a"] = answer(200, PAGE)
    assert get(site.url("/a"), allow_private=True).body == PAGE
    asked = len(site.asked)
    with pytest.raises(FetchError, match="private"):
        get(site.url("/a"), allow_private=False)
    assert len(site.asked) == asked
