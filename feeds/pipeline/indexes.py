"""A sitemap or an index of sitemaps in, the entries wanted of it out; and what to remember of each sitemap.

    document ─┬─ entries ──► choose_entries ──► wanted, left out
              └─ children ─► choose_children ─► fetch each ─┐
                   ▲                                        │
                   └────────── entries or children ◄────────┘

An index of fifty thousand sitemaps costs one request when nothing changed, and a bounded number of them when all did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from feeds.decide.backfill import UNREAD, choose_children, choose_entries
from feeds.errors import ExtractError, FetchError, RateLimited, SourceError, SourceGone
from feeds.extract.sitemap import Child
from feeds.fetch.client import ACCEPT_SITEMAP
from feeds.model import Document, Item, NotModified, Section, Source, TargetRecord, Validators
from feeds.pipeline.getting import Reading, read_child
from feeds.store.base import Store
from feeds.urls import identity_of

Get = Callable[[str, Validators | None, str], Document | NotModified]

MOST_CHILDREN = 20  # sitemaps of one index that one poll asks for
_DEEPEST = 3  # the protocol knows one level of indexes; some sites nest two
_ENOUGH_SILENCE = 2


@dataclass(slots=True, kw_only=True)
class SitemapWalk:
    """One target's sitemaps in one poll.

    ``read`` is what to remember of each, ``beyond`` are entries to remember as not wanted, ``notes`` are for the
    operator.
    """

    source: Source
    target: Section
    store: Store
    get: Get
    now: dt.datetime
    stopping: Callable[[], bool]
    read: dict[str, TargetRecord] = field(default_factory=dict)
    beyond: list[Item] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)
    _failures: list[SourceError] = field(default_factory=list)
    _silent: int = 0

    def take(self, document: Document, reading: Reading, before: TargetRecord | None) -> list[Item]:
        """The entries wanted of the target's own document and of the sitemaps that it leads to.

        Raises:
            RateLimited: the site wants to be left alone.
            SourceError: it is an index, and none of the sitemaps asked for could be read.
        """
        self._asked.add(identity_of(self.target.url))
        index_read_at = before.read_at if before else None
        if not reading.children:
            self.read[self.target.url] = TargetRecord(validators=document.validators, read_at=self.now)
            return self._entries(reading.items, before, None)
        items, is_whole = self._walk(reading.children, index_read_at, depth=1)
        if self._failures and len(self._failures) == len(self._asked) - 1:
            raise self._failures[-1]
        if self._failures:
            self.notes.append(
                f"{len(self._failures)} of {len(self._asked) - 1} sitemaps asked for could not be read; the last: "
                f"{self._failures[-1]}"
            )
        # only where its children's dates tell of every change may "not modified" stand for all of them
        tells = is_whole and all(child.lastmod for child in reading.children)
        validators = document.validators if tells else Validators()
        self.read[self.target.url] = TargetRecord(validators=validators, read_at=self.now)
        return items

    def _walk(
        self, children: Sequence[Child], index_read_at: dt.datetime | None, *, depth: int
    ) -> tuple[list[Item], bool]:
        """The entries wanted of an index's sitemaps, and whether each that changed was read."""
        known = self.store.targets(self.source.id, [child.url for child in children])
        if index_read_at is None:
            self._remember_unread(child for child in children if child.url not in known)
        chosen = choose_children(children, known, most=MOST_CHILDREN + 1)
        items: list[Item] = []
        for child in chosen:
            if index_read_at is None and len(items) >= self.source.backfill:
                return items, True
            if len(self._asked) > MOST_CHILDREN or self._silent >= _ENOUGH_SILENCE or self.stopping():
                return items, False
            if identity_of(child.url) not in self._asked:
                self._asked.add(identity_of(child.url))
                items += self._child(child, known.get(child.url), index_read_at, depth=depth)
        return items, not self._failures

    def _remember_unread(self, children: Iterable[Child]) -> None:
        """What an index lists when it is first read is no news later, whether it is read now or not."""
        for child in children:
            self.read[child.url] = TargetRecord(validators=UNREAD, read_at=self.now, lastmod=child.lastmod)

    def _child(
        self, child: Child, before: TargetRecord | None, index_read_at: dt.datetime | None, *, depth: int
    ) -> list[Item]:
        validators = before.validators if before and before.validators != UNREAD else None
        try:
            document = self.get(child.url, validators, ACCEPT_SITEMAP)
            if isinstance(document, NotModified):
                if before is not None:
                    self.read[child.url] = replace(before, read_at=self.now, lastmod=child.lastmod)
                return []
            reading = read_child(document, source=self.source, target=replace(self.target, url=child.url))
        except RateLimited:
            raise
        except SourceError as error:
            self._failed(child, error)
            return []
        self._silent = 0
        record = TargetRecord(validators=document.validators, read_at=self.now, lastmod=child.lastmod)
        if reading.children:
            found, is_whole = (
                self._walk(reading.children, index_read_at, depth=depth + 1) if depth < _DEEPEST else ([], True)
            )
            self.read[child.url] = record if is_whole else replace(record, validators=Validators(), lastmod="")
            return found
        self.read[child.url] = record
        return self._entries(reading.items, before, index_read_at)

    def _failed(self, child: Child, error: SourceError) -> None:
        """A sitemap that is gone, or none, is asked for again when its index says that it changed."""
        self._failures.append(error)
        if isinstance(error, SourceGone | ExtractError):
            self.read[child.url] = TargetRecord(validators=UNREAD, read_at=self.now, lastmod=child.lastmod)
        elif isinstance(error, FetchError) and error.status is None:
            self._silent += 1

    def _entries(
        self, items: Collection[Item], before: TargetRecord | None, index_read_at: dt.datetime | None
    ) -> list[Item]:
        chosen = choose_entries(
            list(items), before, room=self.source.backfill, now=self.now, index_read_at=index_read_at
        )
        if chosen.left_out:
            known = self.store.pages(self.source.id, [item.url for item in chosen.left_out])
            self.beyond += [item for item in chosen.left_out if item.url not in known]
        return list(chosen.wanted)
