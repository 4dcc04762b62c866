"""polyfeed export: which files it writes, what it leaves alone, and what it says of that."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import brotli
import feedparser
import pytest
import structlog

from feeds.cli.exporting import Files
from feeds.cli.manifest import NAME
from feeds.errors import StartError
from feeds.store import open_store
from feeds.store.base import Store
from feeds.web.ready import keep_ready
from tests.cli.running import Ran, run_command
from tests.web.conftest import NOW, SOURCES, make_article, write

LONG = "ส" * 85  # three bytes each


@pytest.fixture
def store(tmp_path: Path, new_sqlite: Callable[[Path], str]) -> Iterator[Store]:
    (tmp_path / "data").mkdir()
    store = open_store(new_sqlite(tmp_path / "data"))
    store.register(SOURCES, NOW)
    yield store
    store.close()


@pytest.fixture
def export(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Ran]]:
    """Exports into ``www``, whatever the store holds."""
    store.ping()
    monkeypatch.setenv("POLYFEED_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("POLYFEED_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("POLYFEED_PUBLIC_URL", "http://feeds.test")

    def run() -> Ran:
        return run_command(capsys, "export", str(tmp_path / "www"))

    yield run
    structlog.reset_defaults()


@pytest.fixture
def www(tmp_path: Path) -> Path:
    return tmp_path / "www"


def publish(store: Store, number: int, keywords: Sequence[str]) -> None:
    article = make_article(number, "rundschau", "de", f"Nummer {number}", keywords=tuple(keywords))
    write(store, [article], NOW + dt.timedelta(minutes=number))


def titles(file: Path) -> set[str]:
    return {entry.title for entry in feedparser.parse(file.read_bytes()).entries}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """What tells a file that was written again from one that was not."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def test_only_what_changed_is_written_again(export: Callable[[], Ran], store: Store, www: Path) -> None:
    publish(store, 1, ["Kunst"])
    publish(store, 2, ["Sport"])
    first = export()
    before = stamps(www)
    assert (first.code, first.err) == (0, "")
    # all, de, its source and two keywords, in three formats and three forms; the lists of all, de and each keyword
    assert first.out == f"5 feeds, 5 of them new or changed: {5 * 9 + 4 * 3} files written under {www}\n"
    assert len(before) == 58, "and what is known of them"
    assert export().out == f"5 feeds, 0 of them new or changed: 0 files written under {www}\n"
    assert stamps(www) == before
    (www / NAME).unlink()
    assert export().out == f"5 feeds, 0 of them new or changed: 0 files written under {www}\n", "all are compared"
    publish(store, 3, ["Sport"])
    again = export()
    assert (again.code, again.out.partition(":")[0]) == (0, "5 feeds, 4 of them new or changed")
    changed = {path for path, stamp in stamps(www).items() if before[path] != stamp}
    assert not any("Kunst" in path for path in changed)
    assert {f"feeds/de/keywords/Sport.{ending}" for ending in ("atom", "atom.gz", "rss.br", "json")} <= changed
    assert titles(www / "feeds/de/keywords/Sport.rss") == {"Nummer 2", "Nummer 3"}
    for file in www.rglob("*.atom"):
        assert gzip.decompress(Path(f"{file}.gz").read_bytes()) == file.read_bytes()
        assert brotli.decompress(Path(f"{file}.br").read_bytes()) == file.read_bytes()


def test_a_manifest_that_does_not_count_costs_a_full_export(
    export: Callable[[], Ran], store: Store, www: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, 1, [])
    export()
    marks = json.loads((www / NAME).read_bytes())["marks"]
    file = www / "feeds/de.atom"
    right = file.read_bytes()
    for left in (b"garbage", b"[]", b'{"of":["another"],"run":"x","marks":{}}', b'{"marks":null}'):
        (www / NAME).write_bytes(left)
        file.write_bytes(b"wrong")
        assert "1 of them new or changed: 3 files" in export().out
        assert file.read_bytes() == right
        assert json.loads((www / NAME).read_bytes())["marks"] == marks
    monkeypatch.setenv("POLYFEED_TITLE", "Another title")
    assert "3 feeds, 3 of them" in export().out


def test_a_compressed_form_that_was_lost_comes_back(export: Callable[[], Ran], store: Store, www: Path) -> None:
    publish(store, 1, [])
    export()
    (www / "feeds/de.atom.gz").unlink()
    (www / "feeds/de.rss.br.part").write_bytes(b"of one that was killed")
    assert "3 files written" in export().out
    assert gzip.decompress((www / "feeds/de.atom.gz").read_bytes()) == (www / "feeds/de.atom").read_bytes()


def test_an_address_that_moved_is_kept_up(export: Callable[[], Ran], store: Store, www: Path) -> None:
    publish(store, 1, ["BMW"])
    export()
    old = www / "feeds/de/keywords/BMW.atom"
    assert titles(old) == {"Nummer 1"}
    for number in (2, 3, 4):  # the keyword is called by its most used form, and its address follows
        publish(store, number, ["bmw"])
    done = export()
    assert titles(www / "feeds/de/keywords/bmw.atom") == titles(old) == {f"Nummer {number}" for number in (1, 2, 3, 4)}
    assert "3 files at addresses of earlier exports kept up" in done.out
    assert done.code == 0


def test_no_hub_is_named_that_nobody_tells(
    export: Callable[[], Ran], store: Store, www: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLYFEED_HUB", "https://hub.test/")
    publish(store, 1, [])
    assert export().code == 0
    for ending in ("atom", "rss", "json"):
        assert b"hub" not in (www / f"feeds/de.{ending}").read_bytes()


def test_what_is_of_no_feed_is_left_alone(export: Callable[[], Ran], store: Store, www: Path) -> None:
    publish(store, 1, [])
    (www / "feeds" / "xx").mkdir(parents=True)
    strange = [www / "feeds" / "xx.atom", www / "feeds" / "named" / "mine.json", www / "feeds" / "xx" / "\udcff.rss"]
    for file in strange:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"mine")
    done = export()
    assert [file.read_bytes() for file in strange] == [b"mine"] * 3
    assert done.err.count("is of no feed that there is") == 3
    assert done.code == 0


def test_keywords_that_no_file_system_likes(export: Callable[[], Ran], store: Store, www: Path) -> None:
    publish(store, 1, ["..", ".", "a/b", "nul\x00l", "\x1b[2J", "\ud800", "a\nb", "C++", "-rf", "50 %", LONG])
    done = export()
    assert done.code == 1
    assert done.err == f"left out, since it is longer than its name may be there: {LONG}\n"
    assert titles(www / "feeds/de/keywords/C%2B%2B.atom") == {"Nummer 1"}
    assert titles(www / "feeds/de/keywords/a%2Fb.rss") == {"Nummer 1"}
    assert {path.parent.name for path in www.rglob("*.atom")} <= {"feeds", "keywords", "sources", "sections"}
    assert {path.name for path in www.parent.iterdir()} <= {"www", "data", "config"}


def test_two_exports_into_one_folder(export: Callable[[], Ran], store: Store, www: Path) -> None:
    publish(store, 1, [])
    with Files.opened(www):
        refused = export()
    assert (refused.code, refused.err) == (3, f"polyfeed: another polyfeed export is writing to {www}\n")
    assert export().code == 0


def test_whoever_reads_meanwhile_sees_whole_files(tmp_path: Path) -> None:
    bodies = [bytes([sign]) * 300_000 for sign in b"ab"]
    seen: set[bytes] = set()
    with Files.opened(tmp_path) as files:
        assert files.write("feeds/de.atom", keep_ready(bodies[0], "text/plain"))
        ended = threading.Event()

        def read() -> None:
            while not ended.is_set():
                seen.add((tmp_path / "feeds/de.atom").read_bytes())

        reading = threading.Thread(target=read)
        reading.start()
        for number in range(60):
            files.write("feeds/de.atom", keep_ready(bodies[number % 2], "text/plain"))
        ended.set()
        reading.join()
    assert seen <= set(bodies)
    assert seen


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "feeds").write_bytes(b"a file")
    with Files.opened(tmp_path) as files, pytest.raises(StartError, match=r"cannot write .*de\.atom: "):
        files.write("feeds/de.atom", keep_ready(b"a", "text/plain"))
    with pytest.raises(StartError, match="cannot write"), Files.opened(tmp_path / "feeds"):
        pass
