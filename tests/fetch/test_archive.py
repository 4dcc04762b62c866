"""Folders of saved pages and WARC files, as browsers, mirrors and crawlers leave them."""

from __future__ import annotations

import contextlib
import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.errors import ExtractError, FetchError
from feeds.fetch.archive import Archive, Saved

BASE = "https://www.example.org/news/"
PAGE = b"<!doctype html><html><head>%s</head><body><p>Harbour</p></body></html>"


def archive(root: Path, max_bytes: int = 100_000) -> Archive:
    return Archive(root=root, base_url=BASE, max_bytes=max_bytes)


def pages(one: Archive) -> list[Saved]:
    return [saved for file, mark in one.files() for saved in one.pages(file, mark)]


def save(root: Path, name: str, body: bytes) -> Path:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(body)
    return root / name


@pytest.mark.parametrize(
    ("name", "head", "url"),
    [
        ("a.html", b'<link rel="canonical" href="https://www.example.org/a?x=1&amp;y=2">', "https://www.example.org/a?x=1&y=2"),
        ("a.html", b"<meta content='https://www.example.org/b' property='og:url'>", "https://www.example.org/b"),
        ("a.html", b"<!-- saved from url=(0025)https://www.example.org/c -->", "https://www.example.org/c"),
        ("a.html", b"<!--\n Page saved with SingleFile \n url: https://www.example.org/c -->", "https://www.example.org/c"),
        ("Seite (1)", b"", f"{BASE}Seite%20%281%29"),
        ("sub/a.htm", b'<link rel="canonical" href="https://www.example.org/">', f"{BASE}sub/a.htm"),
        ("sub/a.htm", b'<link rel="canonical" href="/a">', f"{BASE}sub/a.htm"),
        ("www.example.org/2026/a.html", b"", "https://www.example.org/2026/a.html"),
    ],
)  # fmt: skip
def test_where_a_saved_page_came_from(tmp_path: Path, name: str, head: bytes, url: str) -> None:
    save(tmp_path, name, PAGE % head)
    one = archive(tmp_path)
    (saved,) = pages(one)
    assert saved.url == url
    assert one.open(saved).body == PAGE % head


def test_a_page_saved_as_one_file(tmp_path: Path) -> None:
    text = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://www.example.org/a\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<html><body>gr=C3=BCn</body></html>\r\n--b--\r\n"
    )
    save(tmp_path, "a.mhtml", text)
    one = archive(tmp_path)
    (saved,) = pages(one)
    document = one.open(saved)
    assert (saved.url, document.content_type) == ("https://www.example.org/a", "text/html; charset=utf-8")
    assert "grün" in document.body.decode()


def test_other_files_are_counted_and_left(tmp_path: Path) -> None:
    for name, body in (("a.png", b"\x89PNG"), ("b.html", b""), ("c", b"hello"), (".hidden.html", PAGE % b"")):
        save(tmp_path, name, body)
    (tmp_path / "loop").symlink_to(tmp_path)
    one = archive(tmp_path)
    assert pages(one) == []
    assert one.left_out == {"files that are no pages": 3}


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="neither a folder nor a file"):
        archive(tmp_path / "none").files()
    save(tmp_path, "a.html", PAGE % b"")
    one = archive(tmp_path, max_bytes=10)
    (saved,) = pages(one)
    with pytest.raises(ExtractError, match="too big"):
        one.open(saved)
    (tmp_path / "a.html").unlink()
    with pytest.raises(ExtractError, match="cannot be read"):
        one.open(saved)


def record(kind: str, url: str, status: str, body: bytes) -> bytes:
    said = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )
    block = said + body
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-11-20T08:00:00Z\r\n"
    head += f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def warc(*records: tuple[str, str, str, bytes], packed: bool = True) -> bytes:
    """A WARC file of (kind, address, status, body)."""
    return b"".join(gzip.compress(record(*one)) if packed else record(*one) for one in records)


THREE = tuple(("response", f"https://www.example.org/{n}", "200 OK", PAGE % b"%d" % n) for n in range(3))


@pytest.mark.parametrize("packed", [True, False])
def test_a_warc_gives_its_pages_one_by_one(tmp_path: Path, *, packed: bool) -> None:
    name = "x.warc.gz" if packed else "x.warc"
    save(tmp_path, name, warc(*THREE, packed=packed))
    for one in (archive(tmp_path), archive(tmp_path / name)):
        found = pages(one)
        assert [saved.url for saved in found] == [url for _, url, _, _ in THREE]
        assert [one.open(saved).body for saved in reversed(found)] == [body for *_, body in reversed(THREE)]
        assert one.open(found[0]).content_type == "text/html; charset=utf-8"
        ((file, mark),) = one.files()
        assert [saved.url for saved in one.pages(file, mark, start=found[0].end)] == [url for _, url, _, _ in THREE[1:]]
        assert list(one.pages(file, mark, start=found[-1].end)) == []


def test_only_pages_that_answered_are_taken(tmp_path: Path) -> None:
    save(
        tmp_path,
        "x.warc.gz",
        warc(
            *THREE[:1],
            ("response", "https://www.example.org/gone", "404 Not Found", b"<html>"),
            ("revisit", "https://www.example.org/0", "200 OK", b""),
            ("request", "https://www.example.org/0", "GET / HTTP/1.1", b""),
            ("response", "dns:www.example.org", "200 OK", b"<html>"),
        ),
    )
    one = archive(tmp_path)
    assert [saved.url for saved in pages(one)] == ["https://www.example.org/0"]
    assert one.left_out == {"answers other than 200": 1, "revisit records, which hold no page": 1}


@pytest.mark.parametrize(
    ("body", "found", "reason"),
    [
        (warc(*THREE)[:-40], 2, ""),
        (warc(*THREE, packed=False)[:-40], 2, ""),
        (b"this is no archive at all\n" * 10, 0, "no WARC"),
        (b"", 0, ""),
        (gzip.compress(warc(*THREE, packed=False)), 0, "compressed as a whole"),
    ],
)
def test_broken_warcs_cost_what_is_broken(tmp_path: Path, body: bytes, found: int, reason: str) -> None:
    save(tmp_path, "x.warc.gz", body)
    one = archive(tmp_path)
    assert len(pages(one)) >= found
    assert not reason or any(reason in said for said in one.left_out)


def test_links_out_of_the_archive_are_not_followed(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "archive", tmp_path / "elsewhere"
    save(elsewhere, "private.html", PAGE)
    save(root, "story.html", PAGE)
    (root / "again.html").symlink_to(root / "story.html")
    (root / "private.html").symlink_to(elsewhere / "private.html")
    (root / "folder").symlink_to(elsewhere, target_is_directory=True)
    (root / "circle.html").symlink_to(root / "circle.html")
    os.mkfifo(root / "pipe.html")
    one = archive(root)
    assert [file for file, _ in one.files()] == ["again.html", "story.html"]
    assert one.left_out == {"links that lead out of the archive": 2, "files that may not be read": 1}


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A page in so many folders, one in the other."""
    depth = 1200
    with contextlib.chdir(tmp_path):
        for _ in range(depth):
            Path("d").mkdir()
            os.chdir("d")
        Path("deep.html").write_bytes(PAGE)
        yield tmp_path, depth
        Path("deep.html").unlink()
        for _ in range(depth):
            os.chdir("..")
            Path("d").rmdir()


def test_a_tree_deeper_than_the_stack(deep: tuple[Path, int]) -> None:
    root, depth = deep
    assert [saved.url for saved in pages(archive(root))] == [f"{BASE}{'d/' * depth}deep.html"]


def test_a_name_in_another_encoding_is_a_name(tmp_path: Path) -> None:
    os.rename(save(tmp_path, "a.html", PAGE), os.fsencode(tmp_path) + b"/caf\xe9.html")  # noqa: PTH104  # no Path says it
    (found,) = pages(archive(tmp_path))
    assert found.url == f"{BASE}caf%E9.html"
    assert archive(tmp_path).open(found).body == PAGE
