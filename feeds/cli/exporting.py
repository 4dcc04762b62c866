"""Ready answers in, files under one folder out: each whole or not at all, and only when it changed.

``Place`` is what any other place to export to must know how to do.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import unquote

from feeds.errors import StartError
from feeds.model import Format
from feeds.web import addresses
from feeds.web.addresses import Moved, find_place
from feeds.web.catalogue import Catalogue
from feeds.web.named import NamedFeeds
from feeds.web.ready import Ready

_COMPRESSED = (".gz", ".br")
_PART = ".part"
# what a file system takes for one name (POSIX NAME_MAX), less what is added to it here
_LONGEST_NAME_BYTES = 255 - len(_COMPRESSED[0] + _PART)


class Place(Protocol):
    """Where one export writes. Every method raises StartError where it cannot; paths are relative.

    ``where`` is what people call it; ``written`` counts files or objects, compressed forms too.
    """

    where: str
    written: int

    def takes(self, path: str) -> bool:
        """Whether the names in a path are none too long."""

    def has(self, path: str) -> bool:
        """Whether something stands there from before, in every form that it is written in."""

    def write(self, path: str, ready: Ready) -> bool:
        """Writes a feed or list, whole or not at all; False when the same stood there."""

    def finish(self) -> None:
        """Waits until all that was written stands there."""

    def feeds(self) -> list[str]:
        """The paths of what looks like feeds and stands there from before."""

    def read(self, name: str) -> bytes | None:
        """A file of ours beside the feeds; None when there is none."""

    def keep(self, name: str, body: bytes) -> None:
        """Writes one."""

    def remove(self, name: str) -> None:
        """Takes one away, if it is there."""


class Files:
    """A folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.where = str(folder)
        self.written = 0

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> Iterator[Self]:
        """A folder for this export alone: two at once would write into each other's unfinished files.

        Raises:
            StartError: it cannot be made, or another export is at work there.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            held = os.open(folder, os.O_RDONLY)
        except OSError as error:
            raise StartError(f"cannot write {folder}: {error.strerror or error}") from error
        try:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StartError(f"another polyfeed export is writing to {folder}") from error
            yield cls(folder)
        finally:
            os.close(held)

    def takes(self, path: str) -> bool:
        """Whether a file system takes the names in a path."""
        return all(len(os.fsencode(name)) <= _LONGEST_NAME_BYTES for name in path.split("/"))

    def has(self, path: str) -> bool:
        """Whether a file and its compressed forms are there."""
        return all(form.is_file() for form in self._forms(path))

    def write(self, path: str, ready: Ready) -> bool:
        """A file and its compressed forms; the plain one last: where it stands, the others do, and are never older."""
        *forms, plain = self._forms(path)
        try:
            plain.parent.mkdir(parents=True, exist_ok=True)
            if self.has(path) and plain.read_bytes() == ready.plain:
                return False
            for file, body in zip((*forms, plain), (ready.gzip, ready.brotli, ready.plain), strict=True):
                _replace(file, body)
                self.written += 1
        except OSError as error:
            raise StartError(f"cannot write {plain}: {error.strerror or error}") from error
        return True

    def finish(self) -> None:
        """Nothing: each file stands when it was written."""

    def feeds(self) -> list[str]:
        """What looks like feeds."""
        found = (self.folder / "feeds").rglob("*")
        return [str(file.relative_to(self.folder)) for file in found if is_feed(file.name) and file.is_file()]

    def read(self, name: str) -> bytes | None:
        """A file of ours."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StartError(f"cannot read {self.folder / name}: {error.strerror or error}") from error

    def keep(self, name: str, body: bytes) -> None:
        """Writes one."""
        try:
            _replace(self.folder / name, body)
        except OSError as error:
            raise StartError(f"cannot write {self.folder / name}: {error.strerror or error}") from error

    def remove(self, name: str) -> None:
        """Takes one away."""
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise StartError(f"cannot remove {self.folder / name}: {error.strerror or error}") from error

    def _forms(self, path: str) -> list[Path]:
        return [*(self.folder / f"{path}{ending}" for ending in _COMPRESSED), self.folder / path]


def _replace(file: Path, body: bytes) -> None:
    part = Path(f"{file}{_PART}")
    part.write_bytes(body)
    os.replace(part, file)  # noqa: PTH105 - the one that is atomic by contract


def is_feed(path: str) -> bool:
    """Whether a path ends like a feed's."""
    return path.endswith(tuple(f".{form.value}" for form in Format))


def find_feed(path: str, catalogue: Catalogue, named: NamedFeeds) -> addresses.Place | None:
    """The feed at the path of a file, or where that has moved to; None when there is none. Raises StoreError.

    A keyword's address changes with its most used spelling: the service redirects from the old one, which a static host
    cannot, so a file that subscribers know is kept up.
    """
    asked = os.fsencode(f"/{path}").decode("utf-8", "replace")
    found = find_place(asked, "", catalogue, named)
    if isinstance(found, Moved):
        to, _, parameters = found.to.partition("?")
        found = find_place(unquote(to), parameters, catalogue, named)
    return found if isinstance(found, addresses.Place) and found.address.format is not None else None
