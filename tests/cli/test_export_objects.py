"""polyfeed export s3://…: against moto's server, which speaks S3 on this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
import structlog
from moto.server import ThreadedMotoServer

from cluster.ports import free_port
from feeds.cli.manifest import NAME, Manifest
from feeds.cli.objects import Objects
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store
from tests.cli.running import Ran, run_command
from tests.cli.test_export import publish
from tests.web.conftest import NOW, SOURCES

WHERE = "s3://news/public"
ROOT = "news/public/"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    yield f"http://127.0.0.1:{server._port}"
    server.stop()


@pytest.fixture
def client(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket ``news``, empty, and the variables that lead there."""
    import s3fs

    said = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x", "DEFAULT_REGION": "us-east-1", "MAX_ATTEMPTS": "1"}
    for name, value in (said | {"ENDPOINT_URL": s3}).items():
        monkeypatch.setenv(f"AWS_{name}", value)
    client = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
    client.mkdir("news")
    yield client
    client.rm("news", recursive=True)


@pytest.fixture
def store(tmp_path: Path, new_sqlite: Callable[[Path], str]) -> Iterator[Store]:
    store = open_store(new_sqlite(tmp_path))
    store.register(SOURCES, NOW)
    yield store
    store.close()


@pytest.fixture
def export(
    tmp_path: Path, client: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Ran]]:
    assert client
    monkeypatch.setenv("POLYFEED_DATA", str(tmp_path))
    monkeypatch.setenv("POLYFEED_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("POLYFEED_PUBLIC_URL", "http://feeds.test")
    yield lambda where=WHERE: run_command(capsys, "export", where)
    structlog.reset_defaults()


def standing(client: Any) -> dict[str, bytes]:
    """Bodies by path, without the manifest."""
    found = client.find(ROOT)
    return {key.removeprefix(ROOT): client.cat_file(key) for key in found if not key.endswith(NAME)}


def told(ran: Ran) -> str:
    assert ran.code == 0, ran.err
    return ran.out.partition(" of them")[0]


def test_only_feeds_that_changed_are_uploaded(export: Callable[..., Ran], store: Store, client: Any) -> None:
    publish(store, 1, ["Kunst", "C++"])
    publish(store, 2, ["中国"])
    first = export()
    before = standing(client)
    assert first.out == f"6 feeds, 6 of them new or changed: {len(before)} files written under {WHERE}\n"
    assert len(before) == 6 * 3 + 5
    feed = client.call_s3("head_object", Bucket="news", Key="public/feeds/de/keywords/中国.atom")
    assert feed["ContentType"] == "application/atom+xml; charset=utf-8"
    assert feed["CacheControl"].startswith("public, max-age=60")
    assert "ContentEncoding" not in feed
    (entry,) = feedparser.parse(before["feeds/de/keywords/C%2B%2B.rss"]).entries
    assert entry.title == "Nummer 1"

    assert export().out == f"6 feeds, 0 of them new or changed: 0 files written under {WHERE}\n"
    for path in before:
        client.pipe_file(ROOT + path, b"as it was")  # what is uploaded again is seen
    publish(store, 3, ["中国"])
    assert told(export()) == "6 feeds, 4"
    after = standing(client)
    touched = {path for path, body in after.items() if body != b"as it was"}
    assert {path for path in touched if not path.endswith(".opml")} == {
        f"{path}.{form}"
        for path in ("feeds/all", "feeds/de", "feeds/de/sources/rundschau", "feeds/de/keywords/中国")
        for form in ("atom", "rss", "json")
    }

    client.rm_file(f"{ROOT}feeds/de/keywords/Kunst.json")
    assert told(export()) == "6 feeds, 1", "what was lost comes back"


def test_two_exports_at_once_leave_no_manifest(export: Callable[..., Ran], store: Store, client: Any) -> None:
    publish(store, 1, [])
    export()
    publish(store, 2, [])
    with Objects.opened(WHERE) as place:
        other = Manifest(place, Settings(public_url="http://feeds.test"))
        assert told(export()) == "3 feeds, 3"
        other.save()
        assert not other.is_alone
    assert not client.exists(ROOT + NAME)
    assert told(export()) == "3 feeds, 3"
    assert told(export()) == "3 feeds, 0"


def test_an_address_that_moved_is_kept_up(export: Callable[..., Ran], store: Store, client: Any) -> None:
    publish(store, 1, ["BMW"])
    export()
    for number in (2, 3, 4):
        publish(store, number, ["bmw"])
    assert "3 files at addresses of earlier exports kept up" in export().out
    found = standing(client)
    assert found["feeds/de/keywords/BMW.atom"] == found["feeds/de/keywords/bmw.atom"]
    assert found["feeds/de/keywords/BMW.atom"].count(b"<entry") == 4
    assert told(export()) == "4 feeds, 0"


def test_what_cannot_be_exported_to(export: Callable[..., Ran], store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(store, 1, [])
    for where, reason in {
        "s3://": "names no bucket",
        "gs://news": "name a folder, or a bucket as s3://bucket/prefix",
        "s3://nobody": "cannot export to s3://nobody: ",
    }.items():
        ran = export(where)
        assert (ran.code, reason in ran.err) == (3, True), ran.err
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    assert "AWS_ENDPOINT_URL" in export().err
    monkeypatch.setitem(sys.modules, "s3fs", None)
    assert "pip install 'polyfeed[s3]'" in export().err
