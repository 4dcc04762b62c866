"""What a source's targets list: the source in; items, failures and what to remember of each target out.

    target ──► fetch ──► read_target ─┬─► a sitemap: SitemapWalk, which reads on in the sitemaps that it lists
                                      ├─► an archive: Archived, which reads no network
                                      └─► a list: its further pages, as its recipe or the page itself says

Targets follow each other; one that fails costs only itself, a host that asks to be left alone ends it all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from feeds.decide.joining import join
from feeds.errors import FetchError, PolyfeedError, RateLimited, SourceError
from feeds.model import Document, Item, Kind, NotModified, PageRecord, Section, Source, TargetRecord, Validators
from feeds.pipeline.archived import Archived
from feeds.pipeline.getting import ACCEPT, Reading, kind_of, read_target
from feeds.pipeline.indexes import SitemapWalk
from feeds.store.base import Store
from feeds.urls import identity_of, registered_domain

Get = Callable[[str, Validators | None, str], Document | NotModified]

# after so many sections without any answer the others of that site are not asked: each would cost a whole timeout
ENOUGH_SILENCE = 2


@dataclass(slots=True, kw_only=True)
class Listed:
    """What is listed, as it is collected; ``limit`` is how many new articles this poll can take.

    ``failures`` is what went wrong with targets, by their addresses: two sections may have one name. ``more`` says
    that there are listing pages left for the next poll, ``shared`` are addresses that are no entry's own, ``notes``
    are for the operator, ``by_page`` is what each listing page named, as it named it. ``beyond`` are items beyond the
    backfill: not among ``items``, and to be remembered as not wanted. ``settled`` is to be remembered however the
    poll ends. ``archived`` is where the pages of an archive are had from.
    """

    source: Source
    store: Store
    get: Get
    limit: int
    clock: Callable[[], dt.datetime]
    stopping: Callable[[], bool] = lambda: False
    failures: dict[str, PolyfeedError] = field(default_factory=dict)
    read: dict[str, TargetRecord] = field(default_factory=dict)
    stopped: PolyfeedError | None = None
    more: bool = False
    shared: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    by_page: dict[str, list[Item]] = field(default_factory=dict)
    beyond: list[Item] = field(default_factory=list)
    settled: dict[str, TargetRecord] = field(default_factory=dict)
    archived: Archived | None = None
    _items: dict[str, Item] = field(default_factory=dict)
    _silent: dict[str, list[PolyfeedError]] = field(default_factory=dict)

    @property
    def items(self) -> list[Item]:
        """Each article once, in the order of the sections and of their pages."""
        return list(self._items.values())

    def collect(self) -> None:
        """Asks for every section."""
        targets = self.source.targets
        remembered = self.store.targets(self.source.id, [target.url for target in targets])
        for target in targets:
            if self.stopped is not None:
                return
            if self.stopping():
                self.more = True
                return
            silence = self._silence(target)
            if len(silence) >= ENOUGH_SILENCE:
                self.failures[target.url] = silence[-1]
                continue
            try:
                self._take_target(target, remembered.get(target.url))
                silence.clear()
            except RateLimited as error:
                self.failures[target.url] = self.stopped = error
            except SourceError as error:
                self.failures[target.url] = error
                if isinstance(error, FetchError) and error.status is None:
                    silence.append(error)

    def _silence(self, target: Section) -> list[PolyfeedError]:
        """The errors of sections before this one, one after the other, to which its site gave no answer at all."""
        return self._silent.setdefault(registered_domain(target.url), [])

    def records(self) -> dict[str, PageRecord]:
        """What is remembered of the pages listed; one that was seen as http is known as https, and the other way."""
        found = self.store.pages(
            self.source.id, [url for item in self._items.values() for url in (item.url, _other_scheme(item.url))]
        )
        known = ((item.url, found.get(item.url) or found.get(_other_scheme(item.url))) for item in self.items)
        return {url: record for url, record in known if record is not None}

    def _take_target(self, target: Section, remembered: TargetRecord | None) -> None:
        kind = kind_of(target, self.source)
        if kind is Kind.ARCHIVE:
            self._take_archive(target)
            return
        document = self.get(target.url, remembered.validators if remembered else None, ACCEPT[kind])
        if isinstance(document, NotModified):
            return
        reading = read_target(document, source=self.source, target=target, seen=(target.url,))
        if kind is Kind.SITEMAP:
            self._take_sitemap(target, document, reading, remembered)
            return
        self.read[target.url] = TargetRecord(validators=document.validators, read_at=self.clock())
        self._take(reading, document, kind)
        self._take_further(target, document, reading, is_first=remembered is None)

    def _take_archive(self, target: Section) -> None:
        now = self.clock()
        self.archived = Archived(source=self.source, store=self.store, now=now)
        self._keep(self.archived.collect(self.limit))
        self.read[target.url] = TargetRecord(read_at=now)
        self.settled.update(self.archived.settled)
        self.notes += self.archived.notes
        self.more = self.more or self.archived.more

    def _take_sitemap(
        self, target: Section, document: Document, reading: Reading, remembered: TargetRecord | None
    ) -> None:
        walk = SitemapWalk(
            source=self.source,
            target=target,
            store=self.store,
            get=self.get,
            now=self.clock(),
            stopping=self.stopping,
        )
        self._keep(walk.take(document, reading, remembered))
        self.read.update(walk.read)
        self.beyond += walk.beyond
        self.notes += walk.notes

    def _take_further(self, target: Section, document: Document, reading: Reading, *, is_first: bool) -> None:
        """Pages 2, 3, … of a list, up to ``Source.pages``.

        All of them until it was read to the end once, then while a page is all new. Whatever a site's pager says, the
        first page that brings nothing new is the last.
        """
        seen = [target.url]
        while len(seen) < self.source.pages and reading.next_url is not None:
            unseen = len(self._items) - len(self.records())
            if unseen >= self.limit:
                self.more = True
                return
            if not is_first and self.store.pages(self.source.id, [item.url for item in reading.items]):
                return
            kind = kind_of(target, self.source)
            try:
                found = self.get(reading.next_url, None, ACCEPT[kind])
                seen.append(reading.next_url)
                if isinstance(found, NotModified):
                    return
                document = found
                reading = read_target(document, source=self.source, target=target, seen=seen)
            except RateLimited as error:
                self.stopped = error
                return
            except SourceError:
                return  # the last page was the one before
            if not self._take(reading, document, kind):
                return  # nothing that the pages before did not have

    def _take(self, reading: Reading, document: Document, kind: Kind) -> int:
        """Keeps what was read; returns how many items were not listed before."""
        if kind is Kind.LISTING:
            self.by_page[document.url] = list(reading.items)
        self.shared |= reading.shared
        return self._keep(reading.items)

    def _keep(self, items: Iterable[Item]) -> int:
        """Keeps what was not listed before, and what is new of what was; returns how many were not."""
        before = len(self._items)
        for item in items:
            name = item.guid or identity_of(item.url)
            self._items[name] = join(self._items[name], item) if name in self._items else item
        return len(self._items) - before


def _other_scheme(url: str) -> str:
    return f"http{url[5:]}" if url.startswith("https:") else f"https{url[4:]}"
