"""What ``deploy/nginx-proxy.conf`` asks the service (here: a stub), how often, and how old its answers are."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cluster.asking import Answer
from feeds.web.encodings import Encoding, choose_encoding
from feeds.web.keys import keys_in
from feeds.web.twins import wants_page

from .nginx_runner import Nginx, needs_nginx, proxying

pytestmark = needs_nginx

LASTING = "public, max-age=60, s-maxage=600"
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
SIGNED = CHROME + ",application/signed-exchange;v=b3;q=0.7"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Origin(ThreadingHTTPServer):
    """Counts its answers, and keeps in mind what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, Message]] = []
        self.caching = LASTING
        self.status = 200
        self.cache_status = ""
        self.takes_s = 0.0
        self.lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        origin = self.server
        assert isinstance(origin, Origin)
        with origin.lock:
            origin.asked.append((self.path, self.headers))
            number = len(origin.asked)
        time.sleep(origin.takes_s)
        body = f"{number}\n".encode()
        self.send_response(origin.status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", origin.caching)
        self.send_header("Vary", "Accept, Sec-Fetch-Dest, Accept-Language, Accept-Encoding, A-IM")
        self.send_header("ETag", f'"{number}"')
        if origin.cache_status:
            self.send_header("Cache-Status", origin.cache_status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Says nothing."""


@pytest.fixture(scope="module")
def behind() -> Iterator[Origin]:
    with Origin() as origin:
        threading.Thread(target=origin.serve_forever, daemon=True).start()
        yield origin
        origin.shutdown()


@pytest.fixture(scope="module")
def proxy(behind: Origin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    folder = tmp_path_factory.mktemp("asking")
    with proxying(folder, behind.server_port) as started:
        yield started


@pytest.fixture
def origin(behind: Origin) -> Origin:
    """Nothing asked yet."""
    behind.asked.clear()
    behind.caching, behind.status, behind.takes_s, behind.cache_status = LASTING, 200, 0.0, ""
    return behind


@pytest.fixture
def nginx(proxy: Nginx, origin: Origin) -> Nginx:
    assert not origin.asked
    return proxy


def sent(origin: Origin) -> Message:
    return origin.asked[-1][1]


@pytest.mark.parametrize("fetch_dest", [None, "document", "empty", "iframe"])
@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        CHROME,
        SIGNED,
        FIREFOX,
        "text/html, */*;q=0.5",
        "text/html",
        "text/html;q=0.5, application/atom+xml",
        "application/atom+xml, text/html",
        "application/rss+xml, application/xml;q=0.9, */*;q=0.8",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
        "text/html, application/xhtml+xml, application/rss+xml, */*;q=0.8",
        "text/html,*/*",
        "text/html;q=0",
        "TEXT/HTML,application/xml;q=0.9,*/*;q=0.8",
        "text/htmlx",
    ],
)
def test_a_person_is_a_person_through_it(
    nginx: Nginx, origin: Origin, accept: str | None, fetch_dest: str | None, request: pytest.FixtureRequest
) -> None:
    given = {"Accept": accept, "Sec_Fetch_Dest": fetch_dest}
    nginx(f"/feeds/de.atom?{hash(request.node.name)}", **{name: value for name, value in given.items() if value})
    heard = wants_page(sent(origin)["Sec-Fetch-Dest"], sent(origin)["Accept"])
    assert heard == wants_page(fetch_dest, accept)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP, deflate", "gzip"),
        ("x-gzip", "gzip"),
        ("br, gzip;q=0.8", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0.0, br", "identity"),
        ("gzip; q=0.001", "gzip"),
        ("identity", "identity"),
        ("notgzip, gzipped", "identity"),
        ("*", "identity"),
        ("gzip, identity;q=0", "gzip"),
        ("br, identity;q=0", None),
        ("*;q=0", None),
        ("identity;q=0.0", None),
        ("br;q=1, gzip;q=0, *;q=0", None),
    ],
)
def test_a_coding_that_the_client_takes_is_asked_for(
    nginx: Nginx, origin: Origin, accepted: str | None, coding: str | None
) -> None:
    """None: it is left to the service, which has other codings, and words for those who take none."""
    nginx(f"/feeds/de.rss?{hash(accepted)}", **({} if accepted is None else {"Accept_Encoding": accepted}))
    assert sent(origin)["Accept-Encoding"] == (accepted if coding is None else coding)
    if coding == "gzip":
        others = f"{accepted}, br;q=0, identity;q=0"
        assert choose_encoding(others) is Encoding.GZIP, "the client does take it"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("zh-CN,zh;q=0.9", "zh"),
        ("ja", "ja"),
        ("pt-BR,pt;q=0.9,fr;q=0.8", "pt-BR,pt;q=0.9,fr;q=0.8"),
        ("de-AT,en;q=0.9", "de-AT,en;q=0.9"),
        ("den,en", "den,en"),
    ],
)
def test_pages_are_asked_for_in_few_languages(nginx: Nginx, origin: Origin, accepted: str, language: str) -> None:
    nginx(f"/feeds/de?{hash(accepted)}", Accept_Language=accepted)
    assert sent(origin)["Accept-Language"] == language
    nginx(f"/feeds/de.json?{hash(accepted)}", Accept_Language=accepted)
    assert sent(origin)["Accept-Language"] is None


def test_the_client_is_the_last_that_is_named(nginx: Nginx, origin: Origin) -> None:
    nginx("/feeds/de?who", X_Forwarded_For="1.2.3.4", source="127.0.0.3")
    assert sent(origin)["X-Forwarded-For"] == "1.2.3.4, 127.0.0.3"
    nginx("/feeds/de?key=who", X_Forwarded_For="1.2.3.4", source="127.0.0.3")
    assert sent(origin)["X-Forwarded-For"] == "1.2.3.4, 127.0.0.3"


@pytest.mark.parametrize(
    "query",
    [
        "key=a",
        "KEY=a",
        "q=b&key=a",
        "%6bey=a",
        "k%65y=a",
        "+key=a",
        "key%20=a",
        "key%09=a",
        "%E2%84%AAey=a",  # the sign of kelvin, which is a k to those who fold case
        "key=&key=a",
    ],
)
def test_whoever_names_a_key_is_never_answered_from_the_cache(nginx: Nginx, origin: Origin, query: str) -> None:
    assert "a" in keys_in(query), "the service takes it for one"
    for number in (1, 2):
        answer = nginx(f"/feeds/de.atom?{query}", If_None_Match='"old"')
        assert (answer.body, answer["Cache-Status"]) == (b"%d\n" % number, "nginx; fwd=bypass")
    assert origin.asked[-1][0] == f"/feeds/de.atom?{query}"
    assert sent(origin)["If-None-Match"] == '"old"'


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Cookie": "a=b; polyfeed_key=x"},
        {"User_Agent": "AppEngine-Google; (+http://code.google.com/appengine; appid: s~pubsubhubbub)"},
        {"A_IM": "feed", "If_None_Match": '"x"'},
        {"Sec_Fetch_Dest": "document"},
    ],
)
def test_what_is_for_one_client_is_asked_anew(nginx: Nginx, origin: Origin, headers: dict[str, str]) -> None:
    nginx("/feeds/fr.atom")
    before = len(origin.asked)
    for _ in range(2):
        nginx("/feeds/fr.atom", **headers)
    assert len(origin.asked) == before + 2
    assert all(sent(origin)[name.replace("_", "-")] == value for name, value in headers.items())


def test_questions_are_kept_and_written_as_they_are(nginx: Nginx) -> None:
    path = "/feeds/de/search.atom?q=monkey%20key&copies=hide"
    assert [nginx(path).body for _ in range(3)] == [b"1\n"] * 3
    time.sleep(0.1)
    assert f"GET {path} HTTP/1.1".encode() in (nginx.folder / "polyfeed.log").read_bytes()


@pytest.mark.parametrize("caching", ["private, max-age=60", "no-store", "no-cache", "max-age=0"])
def test_what_may_not_be_kept_is_not(nginx: Nginx, origin: Origin, caching: str) -> None:
    origin.caching = caching
    assert len({nginx(f"/feeds/ja.atom?{hash(caching)}").body for _ in range(3)}) == 3


def test_many_that_ask_at_once_ask_once(nginx: Nginx, origin: Origin) -> None:
    origin.takes_s = 0.3
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: nginx("/feeds/en.atom?once"), range(10)))
    assert {answer.body for answer in answers} == {b"1\n"}
    assert len(origin.asked) == 1


def ask(nginx: Nginx, path: str) -> tuple[bytes, str]:
    answer: Answer = nginx(path)
    return answer.body, answer["Cache-Status"]


def test_an_answer_is_as_old_as_it_says_it_may_be(nginx: Nginx, origin: Origin) -> None:
    origin.caching = "public, max-age=60, s-maxage=1, stale-while-revalidate=2, stale-if-error=60"
    path = "/feeds/de.atom?old"
    assert ask(nginx, path) == (b"1\n", "nginx; fwd=miss")
    assert ask(nginx, path) == (b"1\n", "nginx; hit")
    time.sleep(2)  # s-maxage is over, stale-while-revalidate is not: asked behind the back of whoever asks
    assert ask(nginx, path)[0] == b"1\n"
    time.sleep(0.3)
    assert ask(nginx, path) == (b"2\n", "nginx; hit")
    time.sleep(4.5)  # both are over: the first who asks after a long time is given no old news
    assert ask(nginx, path) == (b"3\n", "nginx; fwd=stale")
    origin.status = 503
    time.sleep(4.5)
    assert ask(nginx, path) == (b"3\n", "nginx; hit; detail=STALE")
    origin.status = 401  # the service was closed: nobody is shown what was open
    origin.caching = "no-store"
    assert nginx(path).status == 401


def test_a_tag_that_is_still_good_is_not_sent_again(nginx: Nginx, origin: Origin) -> None:
    origin.caching = "public, s-maxage=1"
    first = nginx("/feeds/de.atom?tag")
    time.sleep(2)
    nginx("/feeds/de.atom?tag", A_IM="feed")
    assert sent(origin)["If-None-Match"] == first["ETag"], "the cache's own question, in nobody's name"
    assert sent(origin)["A-IM"] is None


def test_what_the_service_says_of_its_own_keeping_stands_first(nginx: Nginx, origin: Origin) -> None:
    origin.cache_status = "polyfeed; hit; detail=stale"
    told = [nginx("/feeds/de.atom?stale")["Cache-Status"] for _ in range(2)]
    told.append(nginx("/feeds/de.atom?stale", Cookie="polyfeed_key=x")["Cache-Status"])
    assert told == [f"{origin.cache_status}, nginx; {mine}" for mine in ("fwd=miss", "hit", "fwd=bypass")]
