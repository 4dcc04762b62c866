"""``deploy/nginx-proxy.conf`` in a real nginx, in front of a granian that serves a real store."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import feedparser
import pytest

from cluster.asking import Answer
from cluster.ports import free_port
from feeds.settings import Settings
from feeds.store import open_store
from feeds.web.ready import FEED_CACHING

from .conftest import make_article, write
from .nginx_runner import Nginx, needs_nginx, proxying
from .test_server import CHECKOUT, Server, wait_for

pytestmark = needs_nginx

S_MAXAGE_S = 10
SLACK_S = 2  # nginx counts in whole seconds, and others work on the same machine
KEY = "f3b1c0ffee5ca1ab1e0ddba11"
BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "Accept_Encoding": "gzip, deflate, br",
    "Accept_Language": "de-DE,de;q=0.9,en;q=0.8",
}
NEW_BROWSER = {**BROWSER, "Sec_Fetch_Dest": "document", "Sec_Fetch_Mode": "navigate"}
READER = {"Accept": "application/atom+xml, application/rss+xml, */*;q=0.1", "Accept_Encoding": "gzip, deflate"}


@dataclass(frozen=True, kw_only=True)
class Site:
    """nginx, the service behind it, and its store."""

    nginx: Nginx
    origin: Server
    process: subprocess.Popen[bytes]
    data: Path

    def publish(self, number: int, title: str, source: str = "rundschau", language: str = "de") -> None:
        store = open_store(Settings(data=self.data).store_url)
        write(store, [make_article(number, source, language, title)])
        store.close()


@contextmanager
def site(folder: Path, filled: Path, **settings: str) -> Iterator[Site]:
    (folder / "data").mkdir()
    (folder / "nginx").mkdir()
    for file in filled.glob("polyfeed.sqlite3*"):
        shutil.copy(file, folder / "data")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("POLYFEED_", "GRANIAN_"))}
    environ = own | {"POLYFEED_DATA": str(folder / "data"), "POLYFEED_PUBLIC_URL": "http://feeds.test", **settings}
    environ |= {"POLYFEED_CONFIG": str(folder), "POLYFEED_TRUSTED_PROXIES": "1"}
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "2"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "wsgi:app"]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environ)
    try:
        wait_for(Server(port), process)
        with proxying(folder / "nginx", port) as nginx:
            yield Site(nginx=nginx, origin=Server(port), process=process, data=folder / "data")
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@pytest.fixture(scope="module")
def open_site(tmp_path_factory: pytest.TempPathFactory, filled: Path) -> Iterator[Site]:
    """One for everybody."""
    with site(tmp_path_factory.mktemp("proxied"), filled) as started:
        yield started


@pytest.fixture
def nginx(open_site: Site) -> Nginx:
    return open_site.nginx


def titles(answer: Answer) -> list[str]:
    assert answer.status in {200, 226}, answer
    body = gzip.decompress(answer.body) if answer["Content-Encoding"] == "gzip" else answer.body
    return [entry.title for entry in feedparser.parse(body).entries]


def kept(answer: Answer) -> str:
    return answer["Cache-Status"]


def until_kept(ask: Callable[[], Answer]) -> Answer:
    """The answer, once it is of the cache; what others asked for before may just be too old."""
    for _ in range(3):
        answer = ask()
        if kept(answer) == "nginx; hit":
            return answer
    raise AssertionError(f"never kept: {answer}")


@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
def test_a_kept_answer_is_the_origins_own(nginx: Nginx, open_site: Site, ending: str) -> None:
    path = f"/feeds/ja.{ending}"
    for coding in ("gzip", "identity"):
        mine = until_kept(lambda coding=coding: nginx(path, Accept_Encoding=coding))  # type: ignore[misc]
        status, headers, body = open_site.origin.get(path, Accept_Encoding=coding)
        assert (mine.status, mine.body) == (status, body)
        told = {name: value for name, value in headers.items() if name not in {"date", "server"}}
        assert told.items() <= mine.headers.items(), "each header as it was, ETag, Vary and Cache-Control among them"
        assert mine["Content-Encoding"] == ("gzip" if coding == "gzip" else "")
        head = nginx(path, "HEAD", Accept_Encoding=coding)
        assert (head.status, head.body, head["ETag"]) == (200, b"", mine["ETag"])
        again = nginx(path, Accept_Encoding=coding, If_None_Match=f'"x", W/{mine["ETag"]}')
        assert (again.status, again.body, kept(again)[:10]) == (304, b"", "nginx; hit")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again[name] == mine[name]
    other = nginx(path, Accept_Encoding="identity", If_None_Match=nginx(path, Accept_Encoding="gzip")["ETag"])
    assert other.status == 200, "the tag of another form is not of this one"


@pytest.mark.parametrize("browser", [BROWSER, NEW_BROWSER], ids=["old", "new"])
@pytest.mark.parametrize("first", ["person", "reader"])
def test_a_person_gets_the_page_and_a_reader_the_feed(nginx: Nginx, browser: dict[str, str], first: str) -> None:
    path = f"/feeds/de/keywords/{'BMW' if browser is BROWSER else 'Alibaba'}.{'atom' if first == 'person' else 'rss'}"
    for who in ["person", "reader"] * 3 if first == "person" else ["reader", "person"] * 3:
        answer = nginx(path, **(browser if who == "person" else READER))
        if who == "reader":
            assert (answer.status, titles(answer)) == (
                200,
                ["BMW und Alibaba bauen eine gemeinsame Werkstatt in Shenyang"],
            )
        else:
            assert (answer.status, answer["Cache-Control"]) == (303, "private, no-store")
            page = nginx(answer["Location"].partition("#")[0], **browser)
            assert (page.status, page["Content-Type"]) == (200, "text/html; charset=utf-8")
            assert page["Content-Language"] == "de"
    assert kept(until_kept(lambda: nginx(path, **READER))) == "nginx; hit"


def test_one_answer_is_kept_for_every_reader_and_one_page_for_every_browser(nginx: Nginx) -> None:
    until_kept(lambda: nginx("/feeds/ar.atom", **READER))
    for accept in ("*/*", "application/xml", "application/rss+xml;q=1.0, */*;q=0.2", ""):
        for coding in ("gzip", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8, *;q=0.1", "x-gzip"):
            assert kept(nginx("/feeds/ar.atom", Accept=accept, Accept_Encoding=coding)).startswith("nginx; hit")
    until_kept(lambda: nginx("/feeds/ar", **BROWSER))
    for given in (NEW_BROWSER, {**BROWSER, "Accept_Language": "de"}, {**BROWSER, "Accept": "text/html,*/*;q=0.5"}):
        assert kept(nginx("/feeds/ar", **given)).startswith("nginx; hit")
    assert b'lang="fr"' in gzip.decompress(nginx("/feeds/ar", **{**BROWSER, "Accept_Language": "fr,de;q=0.5"}).body)


def test_readers_that_ask_for_deltas_get_theirs_and_nobody_else_does(open_site: Site) -> None:
    nginx, path = open_site.nginx, "/feeds/en.atom"
    delta = {**READER, "A_IM": "feed"}
    first = nginx(path, **delta)
    assert (first.status, first["Cache-Control"]) == (200, FEED_CACHING)
    open_site.publish(50, "Fifty", "review", "en")
    time.sleep(1)
    second = nginx(path, **delta, If_None_Match=first["ETag"])
    assert (second.status, "Fifty" in titles(second)) == (200, True)
    assert "no-store" in second["Cache-Control"]
    open_site.publish(51, "Fifty-one", "review", "en")
    time.sleep(1)
    for _ in range(2):
        third = nginx(path, **delta, If_None_Match=second["ETag"])
        assert (third.status, titles(third), third["Delta-Base"]) == (226, ["Fifty-one"], second["ETag"])
        plain = nginx(path, **READER, If_None_Match=second["ETag"])  # of another program with the same tag in store
        assert (plain.status, plain["IM"]) == (200, "")
        assert "Harbour city counts its cranes" in titles(plain)
        assert nginx(path, **delta)["Cache-Control"] == FEED_CACHING, "who names no tag shares what is kept"
    fourth = nginx(path, **delta, If_None_Match=third["ETag"])
    assert (fourth.status, fourth["ETag"]) == (304, third["ETag"])


@pytest.mark.slow
def test_an_article_is_seen_within_s_maxage(open_site: Site) -> None:
    assert f"s-maxage={S_MAXAGE_S}," in FEED_CACHING
    nginx, path = open_site.nginx, "/feeds/fr.atom"
    until_kept(lambda: nginx(path, **READER))
    open_site.publish(60, "Nouvelle", "revue", "fr")
    began, statuses = time.monotonic(), set()
    while "Nouvelle" not in titles(answer := nginx(path, **READER)):
        assert time.monotonic() - began < S_MAXAGE_S + 1 + SLACK_S
        statuses.add(kept(answer))
        time.sleep(0.1)
    assert "nginx; hit" in statuses
    assert titles(nginx(path, Accept_Encoding="identity")) == titles(answer)


def test_a_keyword_that_makes_headers_long(open_site: Site) -> None:
    answer = open_site.nginx(f"/feeds/ja/keywords/{quote('ニュース' * 40)}.atom", **READER)
    assert answer.status == 200
    assert len(answer["Link"]) > 4096
    assert open_site.nginx("/feeds/en/keywords/C%252B%252B.atom").status == 200
    moved = open_site.nginx("/feeds/EN/keywords/c%252b%252b.atom")
    assert (moved.status, moved["Location"]) == (301, "/feeds/en/keywords/C%252B%252B.atom")


@pytest.mark.parametrize("path", ["/metrics", "/health", "/health/rundschau", "//metrics", "/%6Detrics", "/./health"])
def test_what_only_operators_need_is_not_for_everybody(nginx: Nginx, path: str) -> None:
    assert nginx(path, source="127.0.0.2").status == 403
    assert nginx(path, source="127.0.0.2", X_Forwarded_For="127.0.0.1").status == 403


def test_operators_are_answered_here(nginx: Nginx) -> None:
    assert b"polyfeed_requests_total" in nginx("/metrics").body
    assert nginx("/health").status == nginx("/health/rundschau").status == 200


@pytest.fixture
def own_site(tmp_path: Path, filled: Path) -> Iterator[Site]:
    """One that a test may end."""
    with site(tmp_path, filled) as started:
        yield started


@pytest.fixture
def closed_site(tmp_path: Path, filled: Path) -> Iterator[Site]:
    """One for those who have the key."""
    with site(tmp_path, filled, POLYFEED_KEYS=KEY) as started:
        yield started


@pytest.mark.slow
def test_a_key_opens_and_is_neither_kept_nor_written(closed_site: Site) -> None:
    nginx, path = closed_site.nginx, "/feeds/de.atom"
    disguised = KEY.replace("f", "%66", 1)
    user = "Basic " + b64encode(f"{KEY}:".encode()).decode()
    ways: list[tuple[str, dict[str, str]]] = [
        (f"{path}?key={KEY}", {}),
        (f"{path}?copies=hide&KEY={KEY}", {}),
        (f"{path}?%6bey={disguised}", {}),
        (f"{path}?+key={KEY}", {}),
        (path, {"Authorization": f"Bearer {KEY}"}),
        (path, {"Authorization": user}),
        (path, {"Cookie": f"polyfeed_key={KEY}"}),
    ]
    for _ in range(2):
        for asked, headers in ways:
            answer = nginx(asked, **READER, **headers)
            assert (answer.status, kept(answer)) == (200, "nginx; fwd=bypass"), asked
            assert answer["Cache-Control"].startswith("private")
            refused = nginx(path, **READER)
            assert (refused.status, refused["WWW-Authenticate"] != "") == (401, True)
            assert nginx(asked.replace(KEY, "x" * 25).replace(disguised, "x" * 25), **READER).status == 401
    page = nginx(f"/feeds/de?key={KEY}", **NEW_BROWSER)
    assert (page.status, kept(page)) == (200, "nginx; fwd=bypass")
    closed_site.process.send_signal(signal.SIGTERM)  # now errors are written as well
    closed_site.process.wait(30)
    for asked, headers in ways:
        answer = nginx(asked, **READER, **headers)
        assert (answer.status, answer["Retry-After"]) == (503, "5")
    time.sleep(0.2)
    written = nginx.written()
    assert b"GET /feeds/de.atom?... HTTP" in written, "that it was asked for stands in the log"
    for secret in (KEY, disguised, user):
        assert secret.encode() not in written


def test_a_hundred_people_at_once_do_not_wait_for_each_other(nginx: Nginx) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: nginx("/feeds/zh.atom", **NEW_BROWSER), range(100)))
    assert {answer.status for answer in answers} == {303}
    assert time.monotonic() - began < 10


def test_each_client_has_its_own_share(tmp_path: Path, filled: Path) -> None:
    with site(tmp_path, filled, POLYFEED_CLIENT_RATE="2 per hour") as limited:
        asked = [limited.nginx(f"/feeds/de?{number}", source="127.0.0.2").status for number in range(4)]
        assert asked == [200, 200, 429, 429]
        assert limited.nginx("/feeds/de?0", source="127.0.0.2").status == 200, "what is kept costs nothing"
        other = limited.nginx("/feeds/de?9", source="127.0.0.3", X_Forwarded_For="127.0.0.2")
        assert other.status == 200, "nobody can be another by saying so"
        spoofed = limited.nginx("/feeds/de?10", source="127.0.0.2", X_Forwarded_For="127.0.0.3")
        assert spoofed.status == 429


@pytest.mark.slow
def test_while_the_service_is_down_what_is_kept_is_answered(own_site: Site) -> None:
    nginx = own_site.nginx
    until_kept(lambda: nginx("/feeds/zh.atom", **READER))
    own_site.process.send_signal(signal.SIGTERM)
    own_site.process.wait(30)
    time.sleep(S_MAXAGE_S + 1)
    for _ in range(2):
        answer = nginx("/feeds/zh.atom", **READER)
        assert (answer.status, titles(answer)) == (200, ["高铁新线通车"])
        assert kept(answer) in {"nginx; hit; detail=STALE", "nginx; hit; detail=UPDATING"}
        assert nginx("/feeds/zh.atom", **READER, If_None_Match=answer["ETag"]).status == 304
    missing = nginx("/feeds/never.atom", **READER)
    assert (missing.status, missing["Retry-After"], missing["Cache-Control"]) == (503, "5", "no-store")
    assert missing["Content-Type"] == "text/plain; charset=utf-8"
    person = nginx("/feeds/zh.atom", **NEW_BROWSER)
    assert person.status == 503
