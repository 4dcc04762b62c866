"""Where the processes of one ``serve`` or ``web`` count what they do: each in its own files, which any adds up."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it, or none


@contextmanager
def counting_together(data: Path) -> Iterator[None]:
    """Processes that are started meanwhile count together, from nothing.

    In memory where the machine has it: such files are mapped, and who writes into one on a disk that is full is ended
    by the kernel (SIGBUS), each web worker at its first answer.
    """
    folder = _empty_folder(data)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _empty_folder(data: Path) -> Path:
    """Always the same one of a data folder: what one that was killed left there goes when the next one starts."""
    name = hashlib.blake2b(os.fsencode(data.resolve()), digest_size=8).hexdigest()
    folder = MEMORY / f"polyfeed-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
    except OSError:  # there is no such memory, or the name is someone else's
        folder = data.absolute() / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    return folder
