"""Ready answers in, files under one folder out: each whole or not at all, and only when it changed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import unquote

from feeds.errors import StartError
from feeds.model import Format
from feeds.web.addresses import Moved, Place, find_place
from feeds.web.catalogue import Catalogue
from feeds.web.named import NamedFeeds
from feeds.web.ready import Ready

_COMPRESSED = (".gz", ".br")
_PART = ".part"
# what a file system takes for one name (POSIX NAME_MAX), less what is added to it here
_LONGEST_NAME_BYTES = 255 - len(_COMPRESSED[0] + _PART)


class Files:
    """The files of one export, and how many of them were ``written`` or were the ``same``, compressed forms too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self.same = 0
        self._paths: set[str] = set()

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

    @staticmethod
    def takes(path: str) -> bool:
        """Whether a file system takes the names in a path."""
        return all(len(os.fsencode(name)) <= _LONGEST_NAME_BYTES for name in path.split("/"))

    def write(self, path: str, ready: Ready) -> None:
        """A file and its compressed forms; the plain one last: where it stands, the others do, and are never older.

        Raises:
            StartError: it cannot be written.
        """
        path = path.lstrip("/")
        self._paths.add(path)
        plain = self.folder / path
        forms = [Path(f"{plain}{ending}") for ending in _COMPRESSED]
        try:
            plain.parent.mkdir(parents=True, exist_ok=True)
            if all(form.is_file() for form in (*forms, plain)) and plain.read_bytes() == ready.plain:
                self.same += len(forms) + 1
                return
            for file, body in zip((*forms, plain), (ready.gzip, ready.brotli, ready.plain), strict=True):
                part = Path(f"{file}{_PART}")
                part.write_bytes(body)
                os.replace(part, file)  # noqa: PTH105 - the one that is atomic by contract
                self.written += 1
        except OSError as error:
            raise StartError(f"cannot write {plain}: {error.strerror or error}") from error

    def left(self) -> list[str]:
        """The paths of feeds that stand here from before, and were not written this time."""
        endings = {f".{form.value}" for form in Format}
        found = (file for file in (self.folder / "feeds").rglob("*") if file.suffix in endings and file.is_file())
        return sorted({str(file.relative_to(self.folder)) for file in found} - self._paths)


def find_feed(path: str, catalogue: Catalogue, named: NamedFeeds) -> Place | None:
    """The feed at the path of a file, or where that has moved to; None when there is none. Raises StoreError.

    A keyword's address changes with its most used spelling: the service redirects from the old one, which a static host
    cannot, so a file that subscribers know is kept up.
    """
    asked = os.fsencode(f"/{path}").decode("utf-8", "replace")
    found = find_place(asked, "", catalogue, named)
    if isinstance(found, Moved):
        to, _, parameters = found.to.partition("?")
        found = find_place(unquote(to), parameters, catalogue, named)
    return found if isinstance(found, Place) and found.address.format is not None else None
