"""newsboat and sfeed, as Debian packages them, read the same out of Atom and RSS."""

from __future__ import annotations

import calendar
import datetime as dt
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds.model import Format, StoredArticle
from feeds.render import Original

PAGE = "https://news.example/t20200707_800213452.html"
BODY = "<p>BMW errichtet eine <b>Basis</b> &amp; mehr.</p>"
MIDNIGHT_IN_SHANGHAI = calendar.timegm(dt.datetime(2020, 7, 6, 16, tzinfo=dt.UTC).timetuple())


COPIED = Original(id="urn:uuid:1", url="https://agency.example/a.html", source_id="agency", source_name="Agency")


@pytest.fixture(params=[None, COPIED], ids=["own", "copy"])
def original(request: pytest.FixtureRequest) -> Original | None:
    found = request.param
    assert found is None or isinstance(found, Original)
    return found


@pytest.fixture(params=[Format.ATOM, Format.RSS])
def document(
    request: pytest.FixtureRequest,
    make_stored: Callable[..., StoredArticle],
    render: Callable[..., bytes],
    original: Original | None,
) -> bytes:
    translations = {"en": "https://news.example/en.html", "fr": "https://news.example/fr.html"}
    stored = make_stored(
        title="BMW & „Alibaba“ in 上海",
        authors=("Anna Muster",),
        alternates=translations,
        image="https://news.example/a.jpg",
    )
    return render(request.param, stored, originals={stored.article.id: original} if original else {})


def program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed; make test asks for it")
    return path


def test_sfeed(document: bytes) -> None:
    run = subprocess.run([program("sfeed")], input=document, stdout=subprocess.PIPE, check=True)
    fields = run.stdout.decode().rstrip("\n").split("\t")
    assert fields == [
        str(MIDNIGHT_IN_SHANGHAI),
        "BMW & „Alibaba“ in 上海",
        PAGE,
        BODY,
        "html",
        "urn:uuid:00000000-0000-5000-8000-000000000001",
        "Anna Muster",
        "https://news.example/a.jpg",
        "BMW|Alibaba",
    ]


def test_newsboat(document: bytes, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(document)
    (tmp_path / "urls").write_text(f"file://{tmp_path}/feed.xml\n")
    files = ["-u", f"{tmp_path}/urls", "-c", f"{tmp_path}/cache.db", "-C", "/dev/null"]
    subprocess.run([program("newsboat"), *files, "-x", "reload"], check=True, env={"HOME": str(tmp_path)})
    with sqlite3.connect(tmp_path / "cache.db") as cache:
        feeds = cache.execute("SELECT title, url FROM rss_feed").fetchall()
        items = cache.execute("SELECT guid, title, url, pubDate, author, content FROM rss_item").fetchall()
    cache.close()
    assert feeds == [("Polyfeed · Deutsch · BMW", "https://feeds.example/feeds/de/keywords/BMW")]
    assert items == [
        (
            "urn:uuid:00000000-0000-5000-8000-000000000001",
            "BMW & „Alibaba“ in 上海",
            PAGE,
            MIDNIGHT_IN_SHANGHAI,
            "Anna Muster",
            BODY,
        )
    ]
