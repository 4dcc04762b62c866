"""Saved pages in, Documents out: a folder of files, or WARC files (ISO 28500), with no network at all.

A WARC record knows its address. A file's is read from the page itself (what its browser noted when saving, its
canonical link, og:url), else from its place in a mirror (``host/path``), else joined to the source's own address.
What cannot be used is counted in ``left_out``, by reason, and never fatal.
"""

from __future__ import annotations

import email
import email.policy
import html
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from feeds.errors import ExtractError, FetchError
from feeds.model import Document
from feeds.urls import is_http_url, normal_url

_PAGES = (".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp")
_MHTML = (".mhtml", ".mht")
_WARCS = (".warc", ".warc.gz")
_HTML = ("text/html", "application/xhtml+xml")
_HEAD_BYTES = 100_000
_OK = "200"
_SAVED_FROM = re.compile(rb"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://[^\s>]+)")
_TAG = re.compile(rb"<(?:link|meta)\b[^<>]{0,3000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"([a-zA-Z:_-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_WITH_PATH = re.compile(r"https?://[^/]+/[^/]", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?::\d{1,5})?", re.IGNORECASE)
_BROKEN = (ArchiveLoadFailed, EOFError, StopIteration, zlib.error, ValueError, LookupError, AttributeError, TypeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One page of an archive: ``file`` relative to it, ``offset`` of its record and ``end`` of that in a WARC.

    ``mark`` changes when the page is saved anew.
    """

    url: str
    file: str
    mark: str
    offset: int = 0
    end: int = 0


@dataclass(slots=True, kw_only=True)
class Archive:
    """A folder, read with all below it, or one WARC file. ``base_url`` is where its pages came from."""

    root: Path
    base_url: str
    max_bytes: int
    left_out: Counter[str] = field(default_factory=Counter)

    def files(self) -> list[tuple[str, str]]:
        """Every file that may hold pages, by name, with a mark that changes when it does.

        Raises:
            FetchError: nothing is there, or it may not be read.
        """
        try:
            if self.root.is_file():
                return [(self.root.name, _mark(self.root))]
            if not self.root.is_dir():
                raise FetchError(f"no archive at {self.root}: neither a folder nor a file")
            return sorted(self._below(self.root))
        except OSError as error:
            raise FetchError(f"the archive at {self.root} cannot be read: {error.strerror or error}") from error

    def pages(self, file: str, mark: str, *, start: int = 0) -> Iterator[Saved]:
        """The pages of a file; of a WARC those from the byte ``start`` on."""
        if _is_warc(file):
            yield from self._records(file, start)
            return
        try:
            head = self._read(file, _HEAD_BYTES)
        except OSError:
            self.left_out["files that may not be read"] += 1
            return
        url = self._address(file, head) if _is_page(file, head) else None
        if url is None:
            self.left_out["files that are no pages"] += 1
            return
        yield Saved(url=url, file=file, mark=mark)

    def open(self, saved: Saved) -> Document:
        """The page itself.

        Raises:
            ExtractError: it cannot be read any more, or is too big.
        """
        try:
            body, content_type = self._open_record(saved) if _is_warc(saved.file) else self._open_file(saved.file)
        except (OSError, *_BROKEN) as error:
            raise ExtractError(f"{saved.file} cannot be read: {error}", url=saved.url) from error
        if len(body) > self.max_bytes:
            raise ExtractError(f"the page is too big: {self.max_bytes} bytes are the limit (setting max_bytes)")
        return Document(url=saved.url, requested_url=saved.url, body=body, content_type=content_type)

    # --- files ----------------------------------------------------------------------------------------------------

    def _below(self, root: Path) -> Iterator[tuple[str, str]]:
        """Every regular file below, with its mark; a tree may be deeper than Python's stack.

        A link to a folder is not followed, and one to a file only where that lies in the archive as well: an archive
        is published, and what lies elsewhere was never meant to be.
        """
        home = root.resolve()
        folders = [root]
        while folders:
            folder = folders.pop()
            try:
                entries = list(os.scandir(folder))
            except OSError:
                if folder == root:
                    raise
                self.left_out["folders that may not be read"] += 1
                continue
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                elif not entry.name.startswith("."):
                    yield from self._marked(Path(entry.path), home)

    def _marked(self, path: Path, home: Path) -> Iterator[tuple[str, str]]:
        try:
            if path.is_symlink() and not path.resolve().is_relative_to(home):
                self.left_out["links that lead out of the archive"] += 1
            elif path.is_file():
                yield str(path.relative_to(self.root)), _mark(path)
        except (OSError, RuntimeError):  # gone meanwhile; links in a circle
            self.left_out["files that may not be read"] += 1

    def _path(self, file: str) -> Path:
        return self.root if self.root.is_file() else self.root / file

    def _read(self, file: str, most: int) -> bytes:
        with self._path(file).open("rb") as stream:
            return stream.read(most)

    def _open_file(self, file: str) -> tuple[bytes, str | None]:
        data = self._read(file, self.max_bytes + 1)
        return _page_of_mhtml(data) if file.lower().endswith(_MHTML) else (data, None)

    def _address(self, file: str, head: bytes) -> str | None:
        """Where a saved page came from; None where the archive does not say and nothing can be made of its name."""
        named = _address_in(head, mhtml=file.lower().endswith(_MHTML))
        first, _, rest = file.replace(os.sep, "/").partition("/")
        mirrored = f"https://{first}/{_quoted(rest)}" if rest and _HOST.fullmatch(first) else None
        for candidate in (named, mirrored, urljoin(self.base_url, _quoted(file.replace(os.sep, "/")))):
            if candidate and is_http_url(candidate):
                return normal_url(candidate)
        return None

    # --- WARC -----------------------------------------------------------------------------------------------------

    def _records(self, file: str, start: int) -> Iterator[Saved]:
        count = 0
        try:
            with self._path(file).open("rb") as stream:
                stream.seek(start)
                records = ArchiveIterator(stream)
                for record in records:
                    if not record.rec_headers.get_header("WARC-Type"):
                        break  # whatever follows, it is no record any more
                    count += 1
                    offset = records.offset
                    why_not = _refusal(record)
                    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
                    date = record.rec_headers.get_header("WARC-Date") or ""
                    records.read_to_end(record)
                    if why_not is None and is_http_url(url):
                        yield Saved(url=normal_url(url), file=file, mark=date, offset=offset, end=records.offset)
                    elif why_not:
                        self.left_out[why_not] += 1
            if not count and self._path(file).stat().st_size > start:
                self.left_out[f"files that are no WARC ({file})"] += 1
        except _BROKEN as error:
            said = "is compressed as a whole, not record by record" if "non-chunked" in str(error) else "is broken"
            self.left_out[f"WARC file that {said} ({file})"] += 1
        except OSError:
            self.left_out["files that may not be read"] += 1

    def _open_record(self, saved: Saved) -> tuple[bytes, str | None]:
        with self._path(saved.file).open("rb") as stream:
            stream.seek(saved.offset)
            record = next(iter(ArchiveIterator(stream)))
            body: bytes = record.content_stream().read(self.max_bytes + 1)
            return body, (record.http_headers or record.rec_headers).get_header("Content-Type")


def _refusal(record: Any) -> str | None:
    """Why a record is no page; empty for what no archive needs to tell of."""
    if record.rec_type == "revisit":
        return "revisit records, which hold no page"
    if record.rec_type not in {"response", "resource"}:
        return ""
    headers = record.http_headers
    if record.rec_type == "response" and headers is None:
        return ""  # of another protocol: crawlers keep what they looked up
    if headers is not None and headers.get_statuscode() != _OK:
        return "answers other than 200"
    kind = (headers or record.rec_headers).get_header("Content-Type")
    return None if (kind or "").lower().startswith(_HTML) else "records that are no HTML"


def _is_warc(file: str) -> bool:
    return file.lower().endswith(_WARCS)


def _is_page(file: str, head: bytes) -> bool:
    """By its ending, or, since a saved page may be called anything, by what it starts with."""
    if file.lower().endswith((*_PAGES, *_MHTML)):
        return bool(head.strip())
    start = head[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html")) or (start.startswith(b"<?xml") and b"<html" in start)


def _address_in(head: bytes, *, mhtml: bool) -> str | None:
    """What the page says of where it was."""
    if mhtml:
        found = re.search(rb"^(?:Snapshot-)?Content-Location:\s*(https?://\S+)", head, re.IGNORECASE | re.MULTILINE)
        return found[1].decode("ascii", "replace") if found else None
    saved = _SAVED_FROM.search(head)
    if saved:
        return saved[1].decode("utf-8", "replace")
    named: dict[str, str] = {}
    for tag in _TAG.findall(head):
        values = {
            key.decode("ascii").lower(): html.unescape((a or b or c).decode("utf-8", "replace")).strip()
            for key, a, b, c in _ATTRIBUTE.findall(tag)
        }
        if values.get("rel", "").lower() == "canonical":
            named.setdefault("canonical", values.get("href", ""))
        elif "og:url" in (values.get("property", ""), values.get("name", "")):
            named.setdefault("og:url", values.get("content", ""))
    # an address without a path is a template's mistake: it would make all pages one
    return next((url for key in ("canonical", "og:url") if _WITH_PATH.match(url := named.get(key, ""))), None)


def _page_of_mhtml(data: bytes) -> tuple[bytes, str | None]:
    """The first HTML part of a page saved in one file (RFC 2557)."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() in _HTML:
            payload = part.get_payload(decode=True)
            return (payload if isinstance(payload, bytes) else b""), part.get("Content-Type")
    raise ValueError("no HTML part in it")


def _quoted(file: str) -> str:
    """A file's name as the path of an address, byte by byte: names written under other encodings are names too."""
    return quote(os.fsencode(file))


def _mark(path: Path) -> str:
    told = path.stat()
    return f"{told.st_size}-{told.st_mtime_ns}"
