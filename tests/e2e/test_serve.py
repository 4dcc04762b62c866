"""``polyfeed serve`` as its users start it: one command, real processes, real readers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastfeedparser
import feedparser
import lxml.etree
import lxml.html
import psutil
import pytest


@pytest.fixture(scope="module")
def service(start_service: Callable[..., Any]) -> Any:
    """The sample newsroom, polled and served, once its first articles of each edition are there."""
    running = start_service("serve", "--newsroom", "--every", "2", "--articles", "30")
    running.wait_for(running.is_up, "the service answers")
    running.wait_for(
        # an edition that was not polled yet has no feed, or an empty one
        lambda: all(
            b"<entry" in running.get(f"/feeds/{edition}.atom")[2] for edition in ("de", "ja", "fr", "en", "zh")
        ),
        "every edition has articles",
    )
    time.sleep(1.5)  # every web worker looks at the store at least once a second
    return running


def test_new_articles_arrive_each_once(service: Any) -> None:
    before = {entry.id for entry in service.feed("/feeds/de.atom").entries}
    service.wait_for(
        lambda: {entry.id for entry in service.feed("/feeds/de.atom").entries} - before, "a new German article arrives"
    )
    links = [entry.link for entry in service.feed("/feeds/de.atom").entries]
    assert len(links) == len(set(links))


def test_every_listed_feed_parses_alike_in_two_readers(service: Any) -> None:
    urls = [node.get("xmlUrl") for node in lxml.etree.fromstring(service.get("/feeds.opml")[2]).iter("outline")]
    paths = [url[len(service.url) :] for url in urls if url]
    assert len(paths) > 20
    for path in paths:
        for form in (path, path.removesuffix(".atom") + ".rss"):
            status, _, body = service.get(form)
            assert status == 200, form
            one, other = feedparser.parse(body), fastfeedparser.parse(body)
            assert not one.bozo, (form, one.get("bozo_exception"))
            assert one.entries, form
            assert [e.title for e in one.entries] == [e["title"] for e in other.entries], form
            assert [e.id for e in one.entries] == [e["id"] for e in other.entries], form
            published = [time.strftime("%Y-%m-%dT%H:%M:%S", e.published_parsed) for e in one.entries]
            assert published == [e["published"][:19] for e in other.entries], form
            terms = [[tag.term for tag in e.get("tags", [])] for e in one.entries]
            assert terms == [[tag["term"] for tag in e.get("tags") or []] for e in other.entries], form


def words_of(markup: str) -> str:
    """The text of a piece of HTML: feedparser writes tags its own way."""
    return " ".join(lxml.html.fromstring(markup).text_content().split())


def test_json_feed_says_the_same_as_atom(service: Any) -> None:
    atom = {entry.id: entry for entry in service.feed("/feeds/zh.atom").entries}
    items = {item["id"]: item for item in json.loads(service.get("/feeds/zh.json")[2])["items"]}
    for key in atom.keys() & items.keys():
        assert items[key]["title"] == atom[key].title
        assert words_of(items[key]["content_html"]) == words_of(atom[key].content[0].value)
        assert items[key]["tags"] == [tag.label or tag.term for tag in atom[key].tags]
    assert atom.keys() & items.keys()


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")
@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_newsboat_subscribes_and_sees_new_articles_once(service: Any, tmp_path: Path, ending: str) -> None:
    paths = [f"/feeds/de.{ending}", f"/feeds/de/keywords/BMW.{ending}", f"/feeds/zh.{ending}"]
    urls = [service.url + path for path in paths]
    (tmp_path / "urls").write_text("\n".join(urls) + "\n")
    (tmp_path / "config").write_text("")
    files = {option: str(tmp_path / name) for option, name in (("-u", "urls"), ("-c", "cache.db"), ("-C", "config"))}
    command = ["newsboat", *(word for pair in files.items() for word in pair)]

    def reload() -> dict[str, list[str]]:
        environ = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
        subprocess.run([*command, "-x", "reload"], check=True, env=environ, timeout=60)
        with sqlite3.connect(tmp_path / "cache.db") as cache:
            rows = cache.execute("SELECT feedurl, title FROM rss_item ORDER BY id").fetchall()
        cache.close()
        return {url: [title for feed, title in rows if feed == url] for url in urls}

    first = reload()
    for url, path in zip(urls, paths, strict=True):
        shown = [entry.title for entry in service.feed(path).entries]
        assert first[url], path
        assert set(first[url]) <= set(shown), path
    before = len(first[urls[0]])
    known = {entry.id for entry in service.feed(paths[0]).entries}
    service.wait_for(lambda: {e.id for e in service.feed(paths[0]).entries} - known, "a new article arrives")
    service.wait_for(lambda: len(reload()[urls[0]]) > before, "newsboat has it")
    with sqlite3.connect(tmp_path / "cache.db") as cache:
        guids = [row[0] for row in cache.execute("SELECT feedurl || ' ' || guid FROM rss_item")]
    cache.close()
    assert len(guids) == len(set(guids))


@pytest.mark.skipif(shutil.which("sfeed") is None, reason="sfeed is not installed")
@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
def test_sfeed_reads_the_same(service: Any, ending: str) -> None:
    program = "sfeed_json" if ending == "json" and shutil.which("sfeed_json") else "sfeed"
    if ending == "json" and program == "sfeed":
        pytest.skip("this sfeed has no sfeed_json")
    body = service.get(f"/feeds/ja.{ending}")[2]
    out = subprocess.run([program], input=body, capture_output=True, check=True, timeout=30).stdout.decode()
    rows = [line.split("\t") for line in out.splitlines()]
    if ending == "json":
        items = json.loads(body)["items"]
        expected = [(item["title"], item["url"]) for item in items]
    else:
        expected = [(entry.title, entry.link) for entry in feedparser.parse(body).entries]
    assert [(row[1], row[2]) for row in rows] == expected
    assert all(row[0].isdigit() for row in rows)


def test_unchanged_feeds_answer_304_and_each_form_has_its_own_etag(service: Any) -> None:
    path = "/feeds/de/keywords/a-keyword-without-articles.rss"
    etags = set()
    for encoding in ("identity", "gzip", "br"):
        status, headers, _ = service.get(path, Accept_Encoding=encoding)
        assert status == 200
        assert headers.get("Content-Encoding", "identity") == encoding
        etags.add(headers["ETag"])
        again, _, body = service.get(path, If_None_Match=headers["ETag"], Accept_Encoding=encoding)
        assert (again, body) == (304, b"")
    assert len(etags) == 3


def test_a_request_without_bounds_is_refused(service: Any) -> None:
    """Whatever a worker keeps of requests, none of it is of any size."""
    assert service.get("/feeds/de.atom", Accept_Encoding="gzip, " + "x" * 20_000)[0] == 200
    assert service.get("/feeds/de.atom", Accept_Encoding="gzip, " + "x" * 200_000)[0] == 431


def test_the_whole_tree_ends_with_its_main_process(start_service: Callable[..., Any]) -> None:
    running = start_service("serve", "--newsroom", "--articles", "5")
    running.wait_for(running.is_up, "the service answers")
    children = psutil.Process(running.process.pid).children(recursive=True)
    names = [" ".join(child.cmdline()) for child in children]
    assert any("schedule" in name for name in names)
    assert any("newsroom" in name for name in names)
    assert running.stop() == 0
    gone, alive = psutil.wait_procs(children, timeout=20)
    assert not alive, [process.cmdline() for process in alive]
    assert len(gone) == len(children)


def test_children_end_when_the_main_process_is_killed(start_service: Callable[..., Any]) -> None:
    running = start_service("serve", "--newsroom", "--articles", "5")
    running.wait_for(running.is_up, "the service answers")
    children = psutil.Process(running.process.pid).children(recursive=True)
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait(10)
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive, [process.cmdline() for process in alive]


def test_a_scheduler_that_is_killed_is_started_again(start_service: Callable[..., Any]) -> None:
    running = start_service("serve", "--newsroom", "--articles", "5", "--every", "0.5", POLYFEED_LEASE_S="2")
    running.wait_for(running.is_up, "the service answers")
    children = psutil.Process(running.process.pid).children(recursive=True)
    scheduler = next(child for child in children if "schedule" in child.cmdline())
    scheduler.kill()
    running.wait_for(
        lambda: any(
            child.pid != scheduler.pid and "schedule" in child.cmdline()
            for child in psutil.Process(running.process.pid).children()
        ),
        "a new scheduler runs",
    )
    seen = len(running.feed("/feeds/all.atom").entries)
    running.wait_for(lambda: len(running.feed("/feeds/all.atom").entries) > seen, "articles arrive again")
    assert running.stop() == 0


def test_a_port_in_use_is_one_clear_line(start_service: Callable[..., Any]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        running = start_service("serve", "--port", port)
        assert running.process.wait(30) == 3
    assert running.log.read_text() == (
        f"polyfeed: cannot listen on 127.0.0.1:{port}: Address already in use; "
        "name another with --port or POLYFEED_PORT\n"
    )


def test_a_data_directory_that_cannot_be_written_is_one_clear_line(
    start_service: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    running = start_service("serve", data=tmp_path / "file" / "data")
    assert running.process.wait(30) == 3
    (line,) = running.log.read_text().splitlines()
    assert line.startswith(f"polyfeed: cannot write in the data directory {tmp_path / 'file' / 'data'}: ")
    assert "--data or POLYFEED_DATA" in line


def test_a_database_from_a_newer_version_is_one_clear_line(start_service: Callable[..., Any], tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "polyfeed.sqlite3") as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('from_the_future')")
    database.close()
    running = start_service("serve", data=tmp_path)
    assert running.process.wait(30) == 3
    (line,) = running.log.read_text().splitlines()
    assert "newer version" in line


def test_wrong_settings_are_all_named(start_service: Callable[..., Any]) -> None:
    running = start_service("serve", POLYFEED_TICK_S="soon", POLYFEED_WEB_WORKERS="0")
    assert running.process.wait(30) == 2
    lines = running.log.read_text().splitlines()
    assert len(lines) == 2
    assert any("POLYFEED_TICK_S" in line for line in lines)
    assert any("POLYFEED_WEB_WORKERS" in line for line in lines)


def test_a_mistake_in_one_source_is_told_and_the_service_runs(
    start_service: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "bad.toml").write_text('kind = "feed"\n')
    (tmp_path / "sources" / "good.toml").write_text('kind = "feed"\nurl = "http://127.0.0.1:9/feed"\nlanguage = "it"\n')
    running = start_service("serve", config=tmp_path)
    running.wait_for(running.is_up, "the service answers")
    running.wait_for(lambda: "bad.toml: url: is missing" in running.log.read_text(), "the mistake is told")
    running.wait_for(lambda: b"allow_private" in running.get("/sources")[2], "the right source was polled and refused")
    assert running.stop() == 0
