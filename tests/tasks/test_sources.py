"""A worker reads the file of a source when it polls it, and again when the file has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feeds.model import Kind, Source
from feeds.tasks import sources as module
from feeds.tasks.sources import SourceFiles

FILE = 'kind = "feed"\nurl = "https://example.org/{}"\n'


def write(folder: Path, name: str, text: str, *, at: int) -> None:
    path = folder / f"{name}.toml"
    path.write_text(text)
    os.utime(path, ns=(at, at))


def test_a_file_is_read_when_its_source_is_asked_for(tmp_path: Path) -> None:
    also = Source(id="also", name="A", kind=Kind.FEED, url="https://also.example/")
    files = SourceFiles(tmp_path, also=[also])
    assert files.get("one") is None
    write(tmp_path, "one", FILE.format("first"), at=1)
    first = files.get("one")
    assert first is not None
    assert first.url == "https://example.org/first"
    assert files.get("one") is first, "read once"
    write(tmp_path, "one", FILE.format("later"), at=2)
    later = files.get("one")
    assert later is not None
    assert later.url == "https://example.org/later"
    write(tmp_path, "one", "kind = ", at=3)
    assert files.get("one") is later, "a mistake costs nothing"
    (tmp_path / "one.toml").unlink()
    assert files.get("one") is None
    assert files.get("also") is also


def test_only_the_last_ones_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    files = SourceFiles(tmp_path)
    for name in ("a", "b", "c"):
        write(tmp_path, name, FILE.format(name), at=1)
    first = files.get("a")
    files.get("b")
    files.get("c")
    assert files.get("a") is not first
    assert len(files._kept) == 2
