"""One source's turn: its claim in; what is fetched and written under it, and what that came to, out.

Every step of a poll goes through here, so that the lease is kept alive and nothing is written without it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from feeds.decide.changes import decide_changes
from feeds.fetch.client import ACCEPT_PAGE, ACCEPT_SITEMAP, SITEMAP_BYTES, Fetcher
from feeds.model import (
    Article,
    ArticleUpdate,
    Change,
    Claim,
    Document,
    Item,
    NotModified,
    PageRecord,
    Source,
    SourceState,
    StoredArticle,
    TargetRecord,
    Update,
    Validators,
)
from feeds.pipeline.archived import Archived
from feeds.pipeline.copies import find_repeats, recognise_moved
from feeds.pipeline.read import as_article
from feeds.pipeline.stories import find_stories
from feeds.pipeline.tagging import Tagger
from feeds.store.base import Store
from feeds.urls import identity_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one poll: pages fetched, tries for a page, and the lease's length in seconds."""

    new_per_poll: int = 200
    page_attempts: int = 5
    lease_s: float = 120.0


@dataclass(slots=True, kw_only=True)
class Turn:
    """The source with its recipe in force, the claim, and the hands a poll works with.

    ``listed`` are the addresses that are listed now, ``archived`` is where an archive's pages are, ``counts`` what
    became of the articles written so far, ``seq`` the change counter after that. ``tagger`` infers keywords where the
    source wants them. No further page is begun once ``stopping`` says so.
    """

    source: Source
    claim: Claim
    store: Store
    fetcher: Fetcher
    clock: Callable[[], dt.datetime]
    limits: Limits
    stopping: Callable[[], bool]
    listed: Collection[str] = ()
    archived: Archived | None = None
    tagger: Tagger | None = None
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))
    seq: int = 0
    renewed_s: float = field(default_factory=time.monotonic)
    _listed_names: frozenset[str] | None = None  # only where it is asked for: a long list takes its time

    def get(self, url: str, validators: Validators | None, accept: str = ACCEPT_PAGE) -> Document | NotModified:
        """Fetches, politely; a page of an archive is taken from there. Raises SourceError."""
        self.renew()
        if self.archived is not None:
            return self.archived.get(url)
        return self.fetcher.fetch(
            url,
            source_id=self.source.id,
            allow_private=self.source.allow_private,
            delay_s=self.source.delay_s,
            validators=validators,
            accept=accept,
            max_bytes=SITEMAP_BYTES if accept == ACCEPT_SITEMAP else 0,
        )

    def renew(self) -> None:
        """Keeps the lease; raises LeaseLost when another poll has it."""
        if time.monotonic() - self.renewed_s > self.limits.lease_s / 3:
            self.store.renew(self.claim, self.clock(), lease_s=self.limits.lease_s)
            self.renewed_s = time.monotonic()

    def lists(self, url: str) -> bool:
        """Whether an article's address is listed now, in whatever spelling."""
        if self._listed_names is None:
            self._listed_names = frozenset(map(identity_of, self.listed))
        return identity_of(url) in self._listed_names

    def normalise(self, item: Item) -> Article:
        """The item in the common model; raises ArticleError."""
        return as_article(self.source, item, now=self.clock())

    def stored(self, record: PageRecord | None) -> StoredArticle | None:
        """The article that a page became, as it is stored."""
        if record is None or record.article_id is None:
            return None
        return self.store.load([record.article_id]).get(record.article_id)

    def write(self, articles: Iterable[Article], records: Iterable[PageRecord]) -> None:
        """Writes readings and what is remembered of their pages; raises LeaseLost and writes nothing otherwise."""
        read, kept = tuple(articles), tuple(records)
        if not read and not kept:
            return
        now = self.clock()
        known = self.store.known(self.source.id, {name for article in read for name in _names(article)})
        if self.claim.state is not SourceState.WAITING:  # of a source that was never read nothing can have moved
            read, known = recognise_moved(self.store, read, known, is_listed=self.lists, now=now)
        updates, markings = find_repeats(self.store, self._tagged(decide_changes(read, known)), now=now)
        meaning = self.tagger.meaning if self.tagger is not None else None
        updates, links = find_stories(self.store, updates, now=now, meaning=meaning)
        ids = {name: update.article.id for update in updates for name in _names(update.article)}
        stored_ids = {article.id: ids[article.identity] for article in read}
        pages = tuple(replace(record, article_id=_stored_id(record, stored_ids)) for record in kept)
        news = Update(articles=updates, pages=pages, markings=markings, links=links)
        self.seq = self.store.write(self.claim, news, now)
        for update in updates:
            self.counts[update.change] += 1

    def _tagged(self, updates: Iterable[ArticleUpdate]) -> tuple[ArticleUpdate, ...]:
        """New and changed articles with what their texts name; what is the same stays as it was tagged."""
        tagger = self.tagger
        if tagger is None or not self.source.infer_keywords:
            return tuple(updates)
        return tuple(
            each if each.change is Change.SAME else replace(each, article=tagger.tag(each.article)) for each in updates
        )

    def remember(self, targets: Mapping[str, TargetRecord]) -> None:
        """Keeps what the listing pages, feeds and sitemaps are remembered by."""
        self.seq = self.store.write(self.claim, Update(targets=targets), self.clock())


def _names(article: Article) -> tuple[str, ...]:
    return (article.identity, *article.aliases)


def _stored_id(record: PageRecord, stored_ids: Mapping[str, str]) -> str | None:
    return stored_ids.get(record.article_id, record.article_id) if record.article_id else None
