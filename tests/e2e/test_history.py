"""Ten thousand articles, read back to the first over HTTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

from feeds.model import Article, ArticleUpdate, Change, Kind, Source, Update
from feeds.settings import Settings
from feeds.store import open_store

ATOM = "{http://www.w3.org/2005/Atom}"
ARTICLES, AT_ONCE, SHOWN = 3_000, 500, 150
NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


def fill(data: Path) -> None:
    store = open_store(Settings(data=data).store_url)
    url = "https://daily.example/"
    store.register([Source(id="daily", name="Daily", kind=Kind.FEED, url=url, language="de")], NOW)
    claim = store.claim("daily", NOW, lease_s=86400)
    assert claim
    for start in range(0, ARTICLES, AT_ONCE):
        articles = [
            Article(id=f"urn:x:{number}", source_id="daily", identity=f"{url}{number}", url=f"{url}{number}", title="T",
                    language="de")
            for number in range(start, start + AT_ONCE)
        ]  # fmt: skip
        store.write(
            claim, Update(articles=tuple(ArticleUpdate(article=each, change=Change.NEW) for each in articles)), NOW
        )
    store.close()


def test_a_reader_walks_back_to_the_first_of_thousands(start_service: Callable[..., Any], tmp_path: Path) -> None:
    fill(tmp_path)
    service = start_service("serve", data=tmp_path, POLYFEED_FEED_ENTRIES=str(SHOWN), POLYFEED_CLIENT_RATE="")
    service.wait_for(service.is_up, "the service answers")
    held: set[str | None] = set()
    documents, path = 0, "/feeds/de.atom"
    while path:
        status, headers, body = service.get(path)
        assert status == 200
        feed = etree.fromstring(body)
        entries = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
        link = feed.find(f"{ATOM}link[@rel='prev-archive']")
        assert len(entries) == SHOWN or link is None
        held |= set(entries)
        documents += 1
        path = link.get("href", "").removeprefix(service.url) if link is not None else ""
    assert held == {f"urn:x:{number}" for number in range(ARTICLES)}
    assert documents == 1 + ARTICLES // SHOWN
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
