"""A node whose database goes away, hangs and comes back; news on every node within a second, with hints and without."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import psutil
import psycopg
import pytest

from cluster.servers import PostgreSQL, missing_postgresql, running_postgresql
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store
from feeds.web.answers import Answers
from feeds.web.app import create_app
from feeds.web.catalogue import Catalogue
from feeds.web.pulse import Pulse
from feeds.web.wsgi import build_app

from .conftest import ARTICLES, NOW, SOURCES, Answer, Both, Watched, ask, make_article, write

WITHIN_S = 60.0  # of a busy machine
PATHS = ["/feeds/de.atom", "/feeds/de.json", "/feeds/de", "/", "/feeds.opml", "/feeds/de/keywords/BMW.opml"]
PATHS += ["/api/articles", f"/api/articles/{ARTICLES[0].id}", "/api/languages", "/sources/events"]


def is_stale(answer: Answer) -> bool:
    marks = answer["Warning"], answer["Cache-Status"]
    assert marks in {(None, None), ('110 - "Response is Stale"', "polyfeed; hit; detail=stale")}
    return marks != (None, None)


def until(holds: Callable[[], bool], why: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, why
        time.sleep(0.02)


def test_what_is_ready_is_answered_and_says_that_it_may_be_stale(
    settings: Settings, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.web.pulse.LOOK_S", 0.0)
    both = Both(create_app(settings, cast("Store", watched), clock=lambda: NOW))
    paths = [path for path in PATHS if both(path).status == 200]
    assert paths == PATHS[: len(paths)]
    assert len(paths) >= 8
    before = {path: both(path) for path in paths}
    assert not any(map(is_stale, before.values()))
    watched.is_down = True
    for path, known in before.items():
        answer = both(path)
        assert (answer.status, answer.body, answer["ETag"]) == (200, known.body, known["ETag"])
        assert is_stale(answer), path
        unchanged = both(path, if_none_match=known["ETag"] or "")
        assert unchanged.status == 304
        assert is_stale(unchanged), "a cache takes the marks of what it kept from here (RFC 9111, 4.3.4)"
    for path in ("/feeds/ja.atom", "/feeds/ja", "/feeds/de/keywords/nobody.atom", "/api/keywords"):
        answer = both(path)
        assert (answer.status, answer["Retry-After"]) == (503, "5"), path
        assert not is_stale(answer)
    health = both("/health")
    assert (health.status, health.body) == (200, b'{"status":"degraded","store":"unreachable"}\n')
    watched.is_down = False
    assert {path: both(path) for path in paths} == before
    assert b'"ok"' in both("/health").body


def test_archives_are_never_stale(settings: Settings, watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.web.pulse.LOOK_S", 0.0)
    for number in range(20, 23):
        write(cast("Store", watched), [make_article(number, "rundschau", "de", f"Nummer {number}")])
    flask = create_app(replace(settings, feed_entries=2), cast("Store", watched), clock=lambda: NOW)
    both = Both(flask)
    both("/feeds/de.atom")
    archive = both("/feeds/de.atom", query="archive=1")
    assert archive.status == 200
    watched.is_down = True
    assert both("/feeds/de.atom", query="archive=1") == archive
    assert is_stale(both("/feeds/de.atom"))


# --- on PostgreSQL --------------------------------------------------------------------------------------------------


@pytest.fixture
def own_postgresql() -> Iterator[PostgreSQL]:
    if reason := missing_postgresql():
        pytest.skip(reason)
    with running_postgresql() as server:
        yield server


def hold(server: PostgreSQL, how: signal.Signals) -> None:
    """Stops all of its processes, or lets them go on."""
    (main,) = (each for each in psutil.process_iter(["cmdline"]) if _is_main(each, server.folder))
    for process in [main, *main.children(recursive=True)]:
        os.kill(process.pid, how)


def _is_main(process: psutil.Process, folder: Path) -> bool:
    command = process.info["cmdline"] or [""]
    return command[0].endswith("/postgres") and str(folder / "data") in command


def test_a_database_that_hangs_restarts_and_comes_back(own_postgresql: PostgreSQL, tmp_path: Path) -> None:
    url = own_postgresql.create("news")
    settings = Settings(data=tmp_path, database_url=url, public_url="http://feeds.test", client_rate="")
    store = open_store(url)
    store.register(SOURCES, NOW)
    write(store, ARTICLES)
    app: Any = build_app(settings, store)
    before = ask(app, "/feeds/de.atom")
    page = ask(app, "/feeds/de")
    assert (before.status, page.status) == (200, 200)

    def is_fresh() -> bool:
        return not is_stale(ask(app, "/feeds/de.atom"))

    hold(own_postgresql, signal.SIGSTOP)
    try:
        until(lambda: is_stale(ask(app, "/feeds/de.atom")), "a database that hangs is noticed")
        for path in ("/feeds/ja.atom", "/feeds/ja", "/api/keywords", "/sources") * 3:
            assert ask(app, path).status == 503
        assert ask(app, "/feeds/de").body == page.body
        assert ask(app, "/health").body == b'{"status":"degraded","store":"unreachable"}\n'
        assert b"polyfeed_store_up 0.0" in ask(app, "/metrics").body
        assert ask(app, "/feeds/de.atom", if_none_match=before["ETag"] or "").status == 304
    finally:
        hold(own_postgresql, signal.SIGCONT)
    until(is_fresh, "it answers again")
    own_postgresql.stop()
    until(lambda: is_stale(ask(app, "/feeds/de.atom")), "a database that is away is noticed")
    assert ask(app, "/feeds/ja.atom").status == 503
    own_postgresql.start()
    until(is_fresh, "it is back")
    until(lambda: ask(app, "/feeds/ja.atom").status == 200, "and answers what was not ready")
    assert ask(app, "/feeds/de.atom") == before
    write(store, [make_article(20, "rundschau", "de", "Neuigkeit")])
    until(lambda: b"Neuigkeit" in ask(app, "/feeds/de.json").body, "news come as before")
    store.close()


def listeners(url: str) -> int:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        ).fetchone()
    return int(found[0]) if found else 0


@pytest.mark.parametrize("told_by", ["hints", "the counter"])
def test_news_are_soon_on_every_node(
    new_database: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told_by: str
) -> None:
    url, hinted = new_database(), told_by == "hints"
    if hinted:  # nothing else tells before the test has given up
        monkeypatch.setattr("feeds.web.pulse.LOOK_EVERY_S", 10 * WITHIN_S)
        monkeypatch.setattr("feeds.web.pulse.LOOK_S", 10 * WITHIN_S)
    stores = [open_store(url) for _ in range(3)]
    writer, *nodes = stores
    writer.register(SOURCES, NOW)
    write(writer, ARTICLES)
    pulses = []
    for node in nodes:
        if not hinted:
            monkeypatch.setattr(node, "await_change", time.sleep)
        pulse = Pulse(node)
        pulse.keep_looking()
        pulses.append(pulse)
    settings = Settings(data=tmp_path, database_url=url, public_url="http://feeds.test")
    answers = [Answers(settings, node, Catalogue(node), pulse=pulse) for node, pulse in zip(nodes, pulses, strict=True)]
    until(lambda: all(pulse.seq() == len(ARTICLES) for pulse in pulses), "the nodes look")
    until(lambda: listeners(url) == 2 * hinted, "they listen")
    for number in range(20, 23):
        seq = writer.change_seq()
        write(writer, [make_article(number, "rundschau", "de", f"Neuigkeit {number}")])
        until(lambda seq=seq: all(each.change_seq() > seq for each in answers), "each node knows")  # type: ignore[misc]
    for store in stores:
        store.close()
