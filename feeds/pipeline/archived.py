"""An archive of saved pages in, its pages as items and documents out; known ones are not read again.

A file is remembered once its page was read, a WARC file as far as its pages were read: so a poll of a large archive
goes on where the one before it ended, and one that is only looked through costs a look at each file's size and date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from feeds.decide.plan import says_otherwise
from feeds.errors import ExtractError
from feeds.fetch.archive import Archive, Saved
from feeds.model import Document, Item, PageRecord, PageState, Source, TargetRecord
from feeds.pipeline.batches import batched
from feeds.store.base import Store

MOST_BYTES = 20_000_000  # of one page, as the reader of pages has it
_BATCH = 200
_MARK_DIGITS = str.maketrans("", "", "-:.TZ+ ")


@dataclass(slots=True, kw_only=True)
class Archived:
    """The archive of a source in one poll.

    ``settled`` is what to remember of its files, ``more`` says that there are pages left, ``notes`` are for the
    operator.
    """

    source: Source
    store: Store
    now: dt.datetime
    settled: dict[str, TargetRecord] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    more: bool = False
    _found: dict[str, Saved] = field(default_factory=dict)
    _archive: Archive = field(init=False)

    def __post_init__(self) -> None:
        """Looks at nothing yet."""
        self._archive = Archive(root=Path(self.source.path or ""), base_url=self.source.url, max_bytes=MOST_BYTES)

    def collect(self, limit: int) -> list[Item]:
        """Pages that are new or saved anew, at most ``limit``.

        Raises:
            FetchError: there is no archive.
        """
        files = dict(self._archive.files())
        known = self.store.targets(self.source.id, list(files))
        items: list[Item] = []
        for batch in batched(self._unread(files, known), _BATCH):
            records = self.store.pages(self.source.id, [saved.url for saved in batch])
            for saved in batch:
                item = _item(saved)
                if _is_done(item, records.get(saved.url)):
                    if not items or saved.file != self._found[items[-1].url].file:
                        self._settle(saved, files[saved.file])
                elif len(items) < limit:
                    self._found[saved.url] = saved
                    items.append(item)
                else:
                    self.more = True
                    return items
        self._note()
        return items

    def get(self, url: str) -> Document:
        """The saved page of an address that was collected; raises ExtractError."""
        saved = self._found.get(url)
        if saved is None:
            raise ExtractError(f"the archive holds no page {url} any more", url=url)
        return self._archive.open(saved)

    def _unread(self, files: Mapping[str, str], known: Mapping[str, TargetRecord]) -> Iterator[Saved]:
        for file, mark in files.items():
            done, _, until = (known[file].lastmod or "").partition("@") if file in known else ("", "", "")
            if done == mark and (not until or int(until) >= _size(mark)):
                continue
            # a WARC file that grew is read on from where it ended; one that shrank is another one
            start = int(until) if until and _size(mark) >= int(until) else 0
            pages = self._archive.pages(file, mark, start=start)
            first = next(pages, None)
            if first is None:
                end = f"@{_size(mark)}" if start else ""
                self.settled[file] = TargetRecord(read_at=self.now, lastmod=mark + end)
            else:
                yield first
                yield from pages

    def _settle(self, saved: Saved, mark: str) -> None:
        done = f"{mark}@{saved.end}" if saved.end else mark
        self.settled[saved.file] = TargetRecord(read_at=self.now, lastmod=done)

    def _note(self) -> None:
        if self._archive.left_out:
            parts = ", ".join(f"{count} {what}" for what, count in sorted(self._archive.left_out.items()))
            self.notes.append(f"left out of the archive: {parts}")


def _is_done(item: Item, record: PageRecord | None) -> bool:
    """Whether the page was read as it is saved now."""
    return record is not None and record.state is not PageState.FAILED and not says_otherwise(item, record)


def _item(saved: Saved) -> Item:
    """The page as something listed; ``updated`` carries the mark, which is no date to anyone who reads dates."""
    mark = "#" + saved.mark.translate(_MARK_DIGITS)
    return Item(url=saved.url, updated=mark, provenance={"url": "archive", "updated": "archive"})


def _size(mark: str) -> int:
    return int(mark.partition("-")[0])
