"""What each exported feed showed, so that the next export makes only those that show something else.

One small file beside the feeds holds a digest for each (``Answers.digest``). It counts only while nothing else can have
written there: it names the service that it is of (address, title, version), it is replaced by a note that an export is
at work before the first feed is written, and by the new one at the end. So whoever finds it lost, foreign, or left by
an export that was killed writes everything; where two exports run at once, neither leaves one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from importlib.metadata import version

from feeds.cli.exporting import Place
from feeds.settings import Settings
from feeds.web.ready import Ready

NAME = "polyfeed-export.json"


class Manifest:
    """What stood at ``place`` before, and stands there now. ``is_alone`` until another export was noticed."""

    def __init__(self, place: Place, settings: Settings) -> None:
        """Reads it; raises StartError where that cannot be."""
        self.is_alone = True
        self._place = place
        self._of = [version("polyfeed"), settings.base_url, settings.title, settings.feed_entries]
        self._run = uuid.uuid4().hex
        self._before, found = self._read()
        self._known: dict[str, str] = found
        self._marks: dict[str, str] = {}
        self._has_begun = False

    def put(self, path: str, mark: str, make: Callable[[], Ready]) -> bool:
        """Writes what ``make`` gives unless the same stands there; whether anything was written.

        ``mark`` stands for its content: feeds in several formats have one, whose key is the path without the ending.
        """
        path = path.lstrip("/")
        key = _key(path)
        self._marks[key] = mark
        if self._known.get(key) == mark and self._place.has(path):
            return False
        self._begin()
        return self._place.write(path, make())

    def mark_of(self, path: str) -> str | None:
        """The mark that was written at a path just now."""
        return self._marks.get(_key(path.lstrip("/")))

    def save(self) -> None:
        """Keeps what stands there now, if this export was the only one."""
        self._place.finish()
        if not self._has_begun and self._known == self._marks:
            return
        self._begin()
        run, _ = self._read()
        self.is_alone &= run == self._run
        if self.is_alone:
            self._keep(self._marks)
        else:
            self._place.remove(NAME)

    def _begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            run, _ = self._read()
            self.is_alone &= run == self._before
            self._keep(None)

    def _keep(self, marks: dict[str, str] | None) -> None:
        said = {"of": self._of, "run": self._run, "marks": marks}
        self._place.keep(NAME, json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode())

    def _read(self) -> tuple[str | None, dict[str, str]]:
        """Whose it is, and what it knows that counts here."""
        body = self._place.read(NAME)
        try:
            said = json.loads(body) if body is not None else {}
        except ValueError:
            said = {}
        if not isinstance(said, dict):
            said = {}
        marks = said.get("marks") if said.get("of") == self._of else None
        return said.get("run"), marks if isinstance(marks, dict) else {}


def _key(path: str) -> str:
    stem, _, ending = path.rpartition(".")
    return path if ending == "opml" else stem
