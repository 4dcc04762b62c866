"""A real SQLite store with articles of six languages, among them right-to-left, undated and hostile ones."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from feeds.errors import StoreError
from feeds.model import (
    Article,
    ArticleUpdate,
    Change,
    Enclosure,
    Kind,
    Outcome,
    Section,
    Source,
    SourceState,
    Update,
)
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store
from feeds.web.app import create_app
from feeds.web.fast import FastLayer
from feeds.web.services import NAME

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
BASE = "http://feeds.test"
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def make_source(source_id: str, name: str, language: str | None, **given: object) -> Source:
    values: dict[str, object] = {
        "id": source_id,
        "name": name,
        "kind": Kind.LISTING,
        "url": f"https://{source_id}.test/",
        "language": language,
    }
    return Source(**(values | given))  # type: ignore[arg-type]  # values of several types by name


SOURCES = (
    make_source(
        "rundschau",
        "Rundschau",
        "de",
        sections=(
            Section(url="https://rundschau.test/Wirtschaft/", slug="wirtschaft", name="Wirtschaft"),
            Section(url="https://rundschau.test/Kultur/", slug="kultur", name="Kultur"),
        ),
    ),
    make_source("shukan", "週刊ニュース", "ja"),
    make_source("revue", "La Revue", "fr"),
    make_source("review", "Review", "en", kind=Kind.FEED),
    make_source("zhoubao", "周报", "zh"),
    make_source("jarida", "الجريدة", "ar"),
)


def make_article(number: int, source_id: str, language: str, title: str, **given: object) -> Article:
    address = f"https://{source_id}.test/2026/t{number}.html"
    values: dict[str, object] = {
        "id": f"urn:uuid:00000000-0000-5000-8000-{number:012d}",
        "source_id": source_id,
        "identity": address,
        "url": address,
        "title": title,
        "language": language,
        "published": NOW - dt.timedelta(hours=number),
        "content_html": f"<p>{title}</p>",
        "content_text": title,
    }
    return Article(**(values | given))  # type: ignore[arg-type]  # values of several types by name


ARTICLES = (
    make_article(
        1,
        "rundschau",
        "de",
        "BMW und Alibaba bauen eine gemeinsame Werkstatt in Shenyang",
        keywords=("BMW", "Alibaba", "China"),
        section="wirtschaft",
        published=dt.date(2020, 7, 7),
        zone="Asia/Shanghai",
        content_text="Der Autobauer und der Händler wollen Ersatzteile gemeinsam lagern. " * 12,
        image="https://rundschau.test/bild.jpg",
        image_caption="Die neue Halle",
        image_credit="Li Wei/Rundschau",
        enclosures=(
            Enclosure(
                url="https://rundschau.test/hören.mp3",
                media_type="audio/mpeg",
                length_bytes=8727310,
                duration_s=545.5,
                title="Zum Hören",
            ),
        ),
        rights="© Rundschau",
        declared_language="de-DE",
        detected_language="de",
        language_certainty=0.998,
        origin="German.people.cn",
    ),
    make_article(
        2,
        "rundschau",
        "de",
        "Ein Abend im Museum",
        keywords=("Kunst", "Museum", "China"),
        section="kultur",
        published=dt.datetime(2026, 11, 21, 20, 15, tzinfo=SHANGHAI),
        content_text="Wer abends kommt, sieht die Sammlung fast allein.",
    ),
    make_article(
        3,
        "shukan",
        "ja",
        "北京の秋、紅葉の名所をめぐる",
        keywords=("中国", "北京", "ＢＭＷ"),
        content_text="香山公園では、十月の終わりから十一月のはじめにかけて、山一面が赤く染まります。" * 5,
    ),
    make_article(
        4, "revue", "fr", "La Chine ouvre une nouvelle ligne à grande vitesse", keywords=("Chine", "Transports")
    ),
    make_article(
        5, "review", "en", "Harbour city counts its cranes", keywords=("China", "C++", "Ports"), published=None
    ),
    make_article(6, "zhoubao", "zh-Hans", "高铁新线通车", keywords=("中国", "高铁"), published=dt.date(2026, 11, 20)),
    make_article(
        7,
        "jarida",
        "ar",
        "افتتاح خط جديد للقطارات السريعة في الصين",
        keywords=("الصين", "قطارات"),
        content_text="قالت السلطات إن الخط يربط بين مدينتين كبيرتين ويقلل زمن الرحلة إلى النصف.",
        image="https://jarida.test/صورة.jpg",
    ),
    make_article(
        8,
        "review",
        "en",
        "<script>alert(1)</script> & other titles",
        url="javascript:alert(1)",
        keywords=('<img src=x onerror="alert(1)">',),
        image="javascript:alert(1)",
        image_credit='<img src=x onerror="alert(2)">',
        enclosures=(Enclosure(url="javascript:alert(3)", title="<script>alert(4)</script>"),),
        rights="<script>alert(5)</script>",
        content_text="<b>never markup</b>",
    ),
)


def write(store: Store, articles: Sequence[Article], now: dt.datetime = NOW, change: Change = Change.NEW) -> None:
    """Stores articles as a poll of their sources does."""
    for source_id in dict.fromkeys(article.source_id for article in articles):
        claim = store.claim(source_id, now, lease_s=60)
        assert claim is not None
        own = tuple(ArticleUpdate(article=each, change=change) for each in articles if each.source_id == source_id)
        store.write(claim, Update(articles=own), now)
        later = now + dt.timedelta(minutes=10)
        store.finish(claim, Outcome(state=SourceState.OK, polled_at=now, next_poll_at=later, found=len(own)))


def fail(store: Store, source_id: str, state: SourceState, reason: str, now: dt.datetime = NOW) -> None:
    """Records a poll that went wrong."""
    claim = store.claim(source_id, now, lease_s=60)
    assert claim is not None
    later = now + dt.timedelta(minutes=10)
    store.finish(claim, Outcome(state=state, polled_at=now, next_poll_at=later, reason=reason, failures=1))


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of these sources and articles; making one takes longer than most tests here."""
    folder = tmp_path_factory.mktemp("filled")
    store = open_store(Settings(data=folder).store_url)
    store.register(SOURCES, NOW)
    write(store, ARTICLES)
    store.close()
    return folder


@pytest.fixture(scope="session")
def app(filled: Path) -> Iterator[Flask]:
    """An app that tests only read from."""
    settings = Settings(data=filled, public_url=BASE, client_rate="")
    store = open_store(settings.store_url)
    made = create_app(settings, store, clock=lambda: NOW)
    made.testing = True
    yield made
    store.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, public_url=BASE, client_rate="")


@pytest.fixture
def store(settings: Settings, filled: Path) -> Iterator[Store]:
    """A store of the test's own, to write to."""
    for file in filled.glob("polyfeed.sqlite3*"):
        shutil.copy(file, settings.data)
    store = open_store(settings.store_url)
    yield store
    store.close()


@dataclass
class Clock:
    """A clock that a test sets; seconds, as ``time.monotonic`` counts them."""

    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Watched:
    """A store whose calls are counted, and which can be made to fail."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: Counter[str] = Counter()
        self.is_down = False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self.calls[name] += 1
            if self.is_down:
                raise StoreError("the database is away")
            return method(*arguments, **named)

        return call


@pytest.fixture
def watched(store: Store) -> Watched:
    return Watched(store)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    line: str = ""

    def __getitem__(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, f"{name} twice: {found}"
        return found[0] if found else None


def ask(app: Any, path: str, method: str = "GET", query: str = "", **headers: str) -> Answer:
    """Calls a WSGI app as a server does; header names have underscores.

    ``path`` is decoded; lone surrogates stand for bytes that are no UTF-8.
    """
    environ = EnvironBuilder(path="/", method=method, query_string=query).get_environ()
    environ["PATH_INFO"] = path.encode("utf-8", "surrogateescape").decode("latin-1")
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    body, status, answered = run_wsgi_app(app, environ, buffered=True)
    return Answer(int(status[:3]), tuple(answered.items()), b"".join(body), line=status)


class Both:
    """Asks Flask and the fast layer, and lets nobody tell them apart."""

    def __init__(self, flask: Flask) -> None:
        self.flask = flask
        shared = flask.extensions[NAME]
        self.answers = shared.answers
        self.handed_on = 0
        self.fast = FastLayer(self._count, shared.answers, shared.meter)

    def _count(self, environ: Any, start_response: Any) -> Any:
        self.handed_on += 1
        return self.flask(environ, start_response)

    def __call__(self, path: str, method: str = "GET", query: str = "", **headers: str) -> Answer:
        slow = self.ask_flask(path, method, query, **headers)
        fast = self.ask_fast(path, method, query, **headers)
        assert fast == slow
        return fast

    def ask_flask(self, path: str, method: str = "GET", query: str = "", **headers: str) -> Answer:
        return ask(self.flask, path, method, query, **headers)

    def ask_fast(self, path: str, method: str = "GET", query: str = "", **headers: str) -> Answer:
        return ask(self.fast, path, method, query, **headers)


@pytest.fixture
def both(app: Flask) -> Both:
    return Both(app)
