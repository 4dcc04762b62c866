"""Readers and validators that know nothing of us, at a running service full of odd articles: all read the same."""

from __future__ import annotations

import datetime as dt
import json
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


def items(service: Any, feed: str) -> list[dict[str, Any]]:
    """The feed as its JSON says it, in the words that tests/clients/read.mjs uses."""
    return [
        {
            "id": item["id"],
            "title": item["title"],
            "link": item.get("url"),
            "published": instant(item["date_published"]),
            "tags": item.get("tags", []),
            "language": item.get("language"),
        }
        for item in json.loads(service.get(f"{feed}.json")[2])["items"]
    ]


def instant(text: str) -> str:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC).isoformat()


def answered(service: Any) -> dict[str, int]:
    """How often each status was answered in the room of feeds."""
    time.sleep(0.5)  # workers add up what they noted five times a second
    text = service.get("/metrics")[2].decode()
    pairs = re.findall(r'polyfeed_requests_total\{room="feeds",status="(\d+)"\} ([\d.]+)', text)
    return {status: int(float(number)) for status, number in pairs}


def test_every_odd_article_is_served(service: Any) -> None:
    assert len(items(service, SMALL)) == len(ODD) - 1
    assert len(items(service, LARGE)) == 1


def test_the_readers_of_npm_read_the_same_and_the_schema_finds_nothing(service: Any) -> None:
    found = read_with_npm([service.url + SMALL])
    assert {each["reader"] for each in found} == {"rss-parser", "feedsmith", "schema"}
    for each in found:
        ending = each["address"].rpartition(".")[2]
        if each["reader"] == "schema":
            assert each["mistakes"] == []
            continue
        expected = items(service, SMALL)
        if (each["reader"], ending) == ("rss-parser", "atom"):  # it cannot read attributes of an entry
            expected = [{**item, "language": None} for item in expected]
        shown = [{**entry, "published": instant(entry["published"])} for entry in each["entries"]]
        assert shown == expected, (each["reader"], ending)


@pytest.mark.parametrize("feed", [SMALL, LARGE])
@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
def test_fastfeedparser_reads_the_same(service: Any, feed: str, ending: str) -> None:
    entries = fastfeedparser.parse(service.get(f"{feed}.{ending}")[2])["entries"]
    shown = [
        (e["id"], e["title"], instant(e["published"]), [tag["term"] for tag in e.get("tags") or []]) for e in entries
    ]
    assert shown == [(i["id"], i["title"], i["published"], i["tags"]) for i in items(service, feed)]


def test_reader_reads_every_format_and_asks_again_with_validators(service: Any) -> None:
    urls = [f"{service.url}{SMALL}.{ending}" for ending in ("atom", "rss", "json")]
    with reader.make_reader(":memory:") as library:
        for url in urls:
            library.add_feed(url)
        library.update_feeds()
        for url in urls:
            feed = library.get_feed(url)
            assert feed.last_exception is None, feed.last_exception
            shown = {
                (entry.id, entry.title, entry.link, entry.published and entry.published.isoformat())
                for entry in library.get_entries(feed=url)
            }
            no_link = "id" if url.endswith("atom") else "link"  # feedparser takes an id for the link there
            assert shown == {
                (i["id"], i["title"], i["link"] or i[no_link], i["published"]) for i in items(service, SMALL)
            }, url
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
    (tmp_path / "urls").write_text(f"{service.url}{path}\n")
    (tmp_path / "config").write_text("")
    command = ["newsboat", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
    environ = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    subprocess.run(command, check=True, env=environ, cwd=tmp_path, timeout=60)
    with sqlite3.connect(tmp_path / "cache.db") as cache:
        rows = cache.execute("SELECT guid, title, url, pubDate FROM rss_item").fetchall()
    cache.close()
    assert {row[0] for row in rows} == {item["id"] for item in items(service, SMALL)}
    expected = {
        (i["id"], i["title"], i["link"] or "", int(dt.datetime.fromisoformat(i["published"]).timestamp()))
        for i in items(service, SMALL)
        if "1970" <= i["published"] < "2100"  # the years that it knows
    }
    assert len(expected) == len(ODD) - 3
    assert {row for row in expected if "<" not in row[1]} <= set(rows)
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
    feeds = "\n".join(f'    feed "feed{at}" "{service.url}{path}"' for at, path in enumerate(SUBSCRIBED))
    (tmp_path / "sfeedrc").write_text(SFEEDRC.format(folder=tmp_path, feeds=feeds))
    command = ["sfeed_update", str(tmp_path / "sfeedrc")]
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run(command, check=True, env=environ, timeout=60, capture_output=True)
    expected = {(item["id"], item["link"] or "", item["title"]) for item in items(service, SMALL)}
    for at, path in enumerate(SUBSCRIBED):
        rows = [line.split("\t") for line in (tmp_path / "feeds" / f"feed{at}").read_text().splitlines()]
        shown = {(row[5], row[2], row[1]) for row in rows}
        assert {row[:2] for row in shown} == {row[:2] for row in expected}, path
        assert {row for row in expected if "<" not in row[2]} <= shown, path
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
