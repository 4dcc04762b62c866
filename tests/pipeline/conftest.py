"""One poll at a time against a site that a test writes as it likes: real HTTP, a real SQLite file, a clock to set."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from feeds.model import FeedQuery, Kind, Source, StoredArticle
from feeds.pipeline.poll import PollReport
from feeds.settings import Settings
from feeds.store import Store, open_store
from feeds.tasks import Poller, open_fetcher

WORDS = (
    "The harbour of {name} opens a second quay this spring, and the town pays for it with a loan over thirty years. "
    "Ships that waited for days outside the mole will find a place at once, say the pilots of {name}. "
    "Not everybody is glad: the fishermen fear for the western bank, where herring spawn between March and May. "
)


def varied(number: int, *, words: int = 150) -> str:
    """A text of its own for each number: articles that say the same would be taken for copies."""
    chance = random.Random(number)
    syllables = ("ka", "lo", "mir", "ten", "bu", "ras", "vel", "no", "shi", "gan", "dor", "pe")
    return " ".join("".join(chance.choices(syllables, k=3)) for _ in range(words)).capitalize() + "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a path answers: ``raw``, else ``body``. With ``tagged`` it has an ETag, and 304 for whoever has it."""

    body: str = ""
    raw: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    tagged: bool = False


def story(name: str, *, text: str = "", day: str = "2026-11-20", head: str = "") -> Page:
    """An article page."""
    body = text or WORDS.format(name=name) * 2
    return Page(
        body=f'<!doctype html><html lang="en"><head><title>{name}</title>{head}'
        f'<meta property="og:type" content="article"><meta property="article:published_time" content="{day}T08:00:00Z">'
        f"</head><body><article><h1>{name}</h1><p>{body}</p></article></body></html>"
    )


def listing(*links: tuple[str, str], tagged: bool = False) -> Page:
    """A section page of (address, title)."""
    rows = "".join(f'<li><a href="{url}">{title}</a> <span>20.11.2026</span></li>' for url, title in links)
    return Page(
        body=f"<html><head><title>News</title></head><body><ul class=list>{rows}</ul></body></html>", tagged=tagged
    )


def rss(*entries: str, tagged: bool = False) -> Page:
    """A feed of <item> contents."""
    items = "".join(f"<item>{entry}</item>" for entry in entries)
    return Page(
        body='<?xml version="1.0"?><rss version="2.0"><channel><title>F</title><link>http://x.test/</link>'
        f"<description>d</description>{items}</channel></rss>",
        kind="application/rss+xml",
        tagged=tagged,
    )


@dataclass(slots=True)
class Site:
    """A web site: ``pages`` by path; ``asked`` counts the paths asked for."""

    url: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def stories(self, *numbers: int, section: str = "") -> Page:
        """Publishes articles /2026/11/20/story-N.html and returns the listing of them, in the order given."""
        named = [(f"/2026/11/20/story-{number}.html", f"The tale of harbour number {number}") for number in numbers]
        for path, title in named:
            self.pages.setdefault(path, story(title))
        self.pages[f"/{section}"] = listing(*named)
        return self.pages[f"/{section}"]

    def articles_asked(self) -> int:
        return sum(count for path, count in self.asked.items() if "story-" in path)


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked[self.path] += 1
            page = site.pages.get(self.path, Page(status=404, body="nothing here", kind="text/plain"))
            time.sleep(page.delay_s)
            body, status = page.raw or page.body.encode(), page.status
            tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
            if page.tagged and self.headers.get("If-None-Match") == tag:
                body, status = b"", 304
            self.send_response(status)
            if page.tagged:
                self.send_header("ETag", tag)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@dataclass(slots=True)
class House:
    """Polls its source on request; ``now`` is set by the test."""

    store: Store
    settings: Settings
    now: dt.datetime = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
    source: Source = field(
        default_factory=lambda: Source(
            id="s", name="S", kind=Kind.LISTING, url="", allow_private=True, delay_s=0.0, language="en"
        )
    )

    def poll(self, **later: float) -> PollReport:
        """Polls the source, ``later`` than the last time, due or not."""
        self.now += dt.timedelta(**later)
        self.store.register([self.source], self.now)
        with open_fetcher(self.settings) as fetcher:
            poller = Poller(
                {self.source.id: self.source},
                settings=self.settings,
                store=self.store,
                fetcher=fetcher,
                clock=lambda: self.now,
            )
            claim = self.store.claim(self.source.id, self.now, lease_s=60)
            assert claim is not None
            report = poller.poll(claim)
            assert report is not None
            return report

    def articles(self) -> list[StoredArticle]:
        """Everything stored, newest change first."""
        ids = [one for one, _ in self.store.window(FeedQuery(), limit=10_000)]
        stored = self.store.load(ids)
        return [stored[one] for one in ids]

    def titles(self) -> list[str]:
        return [one.article.title for one in self.articles()]


@pytest.fixture
def house(tmp_path: Path, new_sqlite: Callable[[Path], str]) -> Iterator[House]:
    settings = Settings(data=tmp_path, config=tmp_path, timeout_s=5.0)
    store = open_store(new_sqlite(tmp_path))
    yield House(store=store, settings=settings)
    store.close()
