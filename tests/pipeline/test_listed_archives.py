"""Sources that are archives: read without network, each page once, those saved anew again."""

from __future__ import annotations

import dataclasses
import gzip
import os
from pathlib import Path

import pytest

from feeds.model import Kind, SourceState

from .conftest import House, Site, story


@pytest.fixture
def archived(house: House, tmp_path: Path) -> House:
    root = tmp_path / "saved"
    root.mkdir()
    house.source = dataclasses.replace(
        house.source, kind=Kind.ARCHIVE, url="https://www.example.org/", path=str(root), backfill=2
    )
    house.settings = dataclasses.replace(house.settings, new_per_poll=3)
    return house


def save(house: House, number: int, title: str = "", at: int = 0) -> None:
    assert house.source.path is not None
    path = Path(house.source.path) / f"story-{number}.html"
    path.write_text(story(title or f"The tale of harbour number {number}").body)
    if at:
        os.utime(path, (at, at))


def test_a_folder_is_read_to_its_end_and_not_again(archived: House, site: Site) -> None:
    for number in range(8):
        save(archived, number)
    reports = [archived.poll(), archived.poll(), archived.poll()]
    assert [report.new for report in reports] == [3, 3, 2]  # all of it, whatever the backfill is
    assert [report.left > 0 for report in reports] == [True, True, False]
    assert reports[-1].state is SourceState.OK
    for _ in range(2):
        report = archived.poll(hours=1)
        assert (report.found, report.new, report.updated) == (0, 0, 0)
    assert not site.asked
    assert archived.articles()[0].article.url.startswith("https://www.example.org/story-")


def test_what_is_added_or_saved_anew_is_read(archived: House) -> None:
    save(archived, 1, at=1_700_000_000)
    assert archived.poll().new == 1
    archived.poll(hours=1)
    save(archived, 1, "Another tale of the same harbour", at=1_700_000_100)
    save(archived, 2)
    report = archived.poll(hours=1)
    assert (report.new, report.updated) == (1, 1)
    assert set(archived.titles()) == {"Another tale of the same harbour", "The tale of harbour number 2"}
    assert archived.poll(hours=1).found == 0
    (first,) = [one for one in archived.articles() if one.article.url.endswith("story-1.html")]
    assert first.article.updated is None  # when a page was saved is not when it was written


def test_a_warc_is_read_on_where_it_ended(archived: House) -> None:
    assert archived.source.path is not None
    path = Path(archived.source.path) / "crawl.warc.gz"

    def add(*numbers: int) -> None:
        with path.open("ab") as stream:
            for number in numbers:
                body = story(f"The tale of harbour number {number}").body.encode()
                block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
                head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://www.example.org/{number}\r\n"
                head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
                stream.write(gzip.compress(head.encode() + block + b"\r\n\r\n"))

    add(*range(5))
    assert [archived.poll().new for _ in range(3)] == [3, 2, 0]
    add(5)
    assert archived.poll(hours=1).new == 1
    remembered = archived.store.targets("s", ["crawl.warc.gz"])["crawl.warc.gz"]
    assert archived.poll(hours=1).new == 0
    assert archived.store.targets("s", ["crawl.warc.gz"])["crawl.warc.gz"].lastmod != remembered.lastmod
    assert archived.poll(hours=1).found == 0


def test_an_archive_that_is_not_there_is_said(archived: House) -> None:
    archived.source = dataclasses.replace(archived.source, path="/nowhere/at/all")
    report = archived.poll()
    assert report.state is SourceState.BROKEN
    assert "no archive at /nowhere/at/all" in report.reason


def test_what_is_left_out_is_told(archived: House) -> None:
    save(archived, 1)
    (Path(archived.source.path or "") / "picture.png").write_bytes(b"\x89PNG")
    report = archived.poll()
    assert (report.state, report.new) == (SourceState.OK, 1)
    assert "1 files that are no pages" in report.reason


def test_an_archive_of_which_nothing_can_be_used_says_so_at_each_poll(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "a.warc").write_bytes(b"\0" * 1000)
    house.source = dataclasses.replace(house.source, kind=Kind.ARCHIVE, url="https://old.example/", path=str(folder))
    for _ in range(2):
        report = house.poll(hours=1)
        assert report.state is SourceState.EMPTY
        assert "a.warc" in report.reason
