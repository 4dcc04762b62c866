"""Readers and validators that know nothing of us, at a running service full of odd articles: all read the same."""

from __future__ import annotations

import calendar
import datetime as dt
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import fastfeedparser
import feedparser
import pytest
import reader
from lxml import etree

from .clients import check_html, check_http, read_with_npm
from .expected import expected_rows
from .odd_articles import HOSTILE, ODD, fill_with_odd_articles

SMALL = "/feeds/ar+de+he+hi+ja+ko+th+und+zh"
LARGE = "/feeds/la"
SUBSCRIBED = [f"{SMALL}.{ending}" for ending in ("atom", "rss")]


@pytest.fixture(scope="module")
def service(start_service: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    data = tmp_path_factory.mktemp("odd")
    fill_with_odd_articles(data)
    running = start_service("serve", data=data)
    running.wait_for(running.is_up, "the service answers")
    return running


def instant(text: str) -> str:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC).isoformat()


def instant_of(seconds: float) -> str:
    return (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)).isoformat()


def check(client: str, format_: str, shown: dict[str, dict[str, Any]], feed: str = SMALL) -> None:
    """Fails unless a reader shows, by id, just what is expected of the fields that it has."""
    names = [name for name in ODD if (name == "five megabytes") is (feed == LARGE)]
    expected = expected_rows(client, format_, names, next(iter(shown.values())))
    for name, row in expected.items():
        if "published" in row and row["published"] is None:
            row["published"] = shown[name]["published"]
    assert shown == expected, (client, format_)


def answered(service: Any) -> dict[str, int]:
    """How often each status was answered in the room of feeds."""
    time.sleep(0.5)  # workers add up what they noted five times a second
    text = service.get("/metrics")[2].decode()
    pairs = re.findall(r'polyfeed_requests_total\{room="feeds",status="(\d+)"\} ([\d.]+)', text)
    return {status: int(float(number)) for status, number in pairs}


def test_the_readers_of_npm_read_the_same_and_the_schema_finds_nothing(service: Any) -> None:
    found = read_with_npm(service.url + SMALL)
    assert {each["reader"] for each in found} == {"rss-parser", "feedsmith", "schema"}
    for each in found:
        if each["reader"] == "schema":
            assert each["mistakes"] == []
            continue
        shown = {
            entry.pop("id"): {**entry, "published": instant(entry["published"]), "tags": tuple(entry["tags"])}
            for entry in each["entries"]
        }
        check(each["reader"], each["address"].rpartition(".")[2], shown)


def test_the_readers_of_npm_ask_again_with_validators(service: Any) -> None:
    before = answered(service)
    found = read_with_npm("--again", service.url + SMALL)
    assert {(each["reader"], each["again"]) for each in found} == {("rss-parser", 304), ("feedsmith", 304)}
    assert answered(service)["304"] - before.get("304", 0) == len(found) == 5


@pytest.mark.parametrize("feed", [SMALL, LARGE])
@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
def test_fastfeedparser_reads_the_same(service: Any, feed: str, ending: str) -> None:
    """It shows no languages of entries, and sends no validators: whoever uses it fetches by other means."""
    shown = {
        entry["id"]: {
            "title": entry["title"],
            "link": entry.get("link"),
            "published": instant(entry["published"]),
            "tags": tuple(tag["term"] for tag in entry.get("tags") or []),
        }
        for entry in fastfeedparser.parse(service.get(f"{feed}.{ending}")[2])["entries"]
    }
    check("fastfeedparser", ending, shown, feed)


@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_feedparser_reads_the_same(service: Any, ending: str) -> None:
    found = feedparser.parse(service.get(f"{SMALL}.{ending}")[2])
    assert not found.bozo, found.get("bozo_exception")
    shown = {
        entry.id: {
            "title": entry.title,
            "link": entry.get("link"),
            "published": instant_of(calendar.timegm(entry.published_parsed)),
            "language": entry.title_detail.language if ending == "atom" else entry.get("language"),
            "tags": tuple(tag.term for tag in entry.get("tags", ())),
        }
        for entry in found.entries
    }
    check("feedparser", ending, shown)


def test_reader_reads_every_format_and_asks_again_with_validators(service: Any) -> None:
    """It shows neither languages nor categories of entries."""
    urls = [f"{service.url}{SMALL}.{ending}" for ending in ("atom", "rss", "json")]
    with reader.make_reader(":memory:") as library:
        for url in urls:
            library.add_feed(url)
        library.update_feeds()
        for url in urls:
            feed = library.get_feed(url)
            assert feed.last_exception is None, feed.last_exception
            shown = {
                entry.id: {
                    "title": entry.title,
                    "link": entry.link,
                    "published": entry.published and entry.published.isoformat(),
                }
                for entry in library.get_entries(feed=url)
            }
            check("reader", url.rpartition(".")[2], shown)
        before = answered(service)
        library.update_feeds(scheduled=False)
        after = answered(service)
    assert after["304"] - before.get("304", 0) == len(urls)
    assert after["200"] == before["200"]


@pytest.mark.parametrize("path", SUBSCRIBED)
def test_feedparser_asks_again_with_either_validator(service: Any, path: str) -> None:
    first = feedparser.parse(service.url + path)
    assert first.status == 200
    assert feedparser.parse(service.url + path, etag=first.etag).status == 304
    assert feedparser.parse(service.url + path, modified=first.modified).status == 304


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")
@pytest.mark.parametrize("path", SUBSCRIBED)
def test_newsboat_reads_every_article_and_asks_again_with_validators(service: Any, tmp_path: Path, path: str) -> None:
    """It shows neither languages nor categories."""
    (tmp_path / "urls").write_text(f"{service.url}{path}\n")
    (tmp_path / "config").write_text("")
    command = ["newsboat", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
    environ = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    subprocess.run(command, check=True, env=environ, cwd=tmp_path, timeout=60)
    with sqlite3.connect(tmp_path / "cache.db") as cache:
        rows = cache.execute("SELECT guid, title, url, pubDate FROM rss_item").fetchall()
    cache.close()
    shown = {
        guid: {"title": title, "link": url or None, "published": instant_of(seconds)}
        for guid, title, url, seconds in rows
    }
    check("newsboat", path.rpartition(".")[2], shown)
    # it keeps validators for a feed that it knew before
    subprocess.run(command, check=True, env=environ, cwd=tmp_path, timeout=60)
    before = answered(service)
    subprocess.run(command, check=True, env=environ, cwd=tmp_path, timeout=60)
    assert answered(service)["304"] - before.get("304", 0) == 1


def test_opml_calls_every_feed_what_it_calls_itself(service: Any) -> None:
    root = etree.fromstring(service.get("/feeds.opml")[2])
    outlines = [dict(outline.attrib) for outline in root.iter("outline") if outline.get("xmlUrl")]
    assert len(outlines) > len(ODD)
    assert all(outline["type"] == "rss" and outline["text"] for outline in outlines)
    for outline in outlines:
        path = outline["xmlUrl"].removeprefix(service.url)
        status, _, body = service.get(path)
        assert status == 200, path
        feed = fastfeedparser.parse(body)["feed"]
        assert (feed["title"], feed["link"]) == (outline["title"], outline["htmlUrl"])


SFEEDRC = """
sfeedpath="{folder}/feeds"
fetch() {{
    curl -sf --etag-save "{folder}/$1.etag" --etag-compare "{folder}/$1.etag" -H "Accept-Encoding: identity" "$2"
}}
feeds() {{
{feeds}
}}
"""


@pytest.mark.skipif(not (shutil.which("sfeed_update") and shutil.which("curl")), reason="no sfeed, or no curl")
def test_sfeed_reads_every_article_and_curl_asks_again_with_validators(service: Any, tmp_path: Path) -> None:
    """It shows no languages."""
    feeds = "\n".join(f'    feed "feed{at}" "{service.url}{path}"' for at, path in enumerate(SUBSCRIBED))
    (tmp_path / "sfeedrc").write_text(SFEEDRC.format(folder=tmp_path, feeds=feeds))
    command = ["sfeed_update", str(tmp_path / "sfeedrc")]
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run(command, check=True, env=environ, timeout=60, capture_output=True)
    for at, path in enumerate(SUBSCRIBED):
        rows = [line.split("\t") for line in (tmp_path / "feeds" / f"feed{at}").read_text().splitlines()]
        shown = {
            row[5]: {
                "title": row[1],
                "link": row[2] or None,
                "published": instant_of(int(row[0])),
                "tags": tuple(filter(None, row[8].split("|"))),
            }
            for row in rows
        }
        check("sfeed", path.rpartition(".")[2], shown)
    before = answered(service)
    subprocess.run(command, check=False, env=environ, timeout=60, capture_output=True)
    assert answered(service)["304"] - before.get("304", 0) == len(SUBSCRIBED)


PAGES = {
    "directory": "/",
    "sources": "/sources",
    "every-language": "/feeds/all",
    "arabic": "/feeds/ar",
    "german": "/feeds/de",
    "large": LARGE,
    "hostile-keyword": "/feeds/de/keywords/" + quote(quote(HOSTILE.casefold(), safe=" ()<>=&;#!-'\"[]"), safe=""),
    "keyword-of-nobody": "/feeds/de/keywords/nobody",
    "no-such-language": "/feeds/xx",
    "no-such-page": "/nothing",
}


def test_the_html_checker_finds_nothing(service: Any, tmp_path: Path) -> None:
    for name, path in PAGES.items():
        status, headers, body = service.get(path, Accept="text/html")
        assert headers.get_content_type() == "text/html", path
        assert status == (404 if name.startswith("no-such") else 200), path
        (tmp_path / f"{name}.html").write_bytes(body)
    assert check_html(tmp_path) == []


@pytest.mark.parametrize("path", [*SUBSCRIBED, f"{SMALL}.json", "/feeds/ar", "/", "/feeds.opml"])
def test_redbot_has_nothing_against_our_http(service: Any, path: str) -> None:
    notes = check_http(service.url + path)
    assert [what for level, what in notes if level == "BAD"] == []
    said = " ".join(what for _, what in notes)
    assert "If-None-Match conditional requests are supported" in said
    assert "negotiation for gzip compression is supported" in said
