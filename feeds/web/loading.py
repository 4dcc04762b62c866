"""What a feed shows: articles with their labels, originals and translations, from memory where known.

Shared by feeds and pages, so an article is loaded once for all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence

from feeds.folding import keyword_key
from feeds.model import FeedQuery, StoredArticle, Twin
from feeds.query import resolved
from feeds.render.entry import Original, Translation
from feeds.store.base import Store
from feeds.web.catalogue import Catalogue
from feeds.web.memory import BoundedMemory

ARTICLE_BYTES = 32 * 1024 * 1024


class Loader:
    """Safe to share between threads."""

    def __init__(self, store: Store, catalogue: Catalogue, *, now: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._catalogue = catalogue
        self._now = now
        self._articles: BoundedMemory[tuple[str, int], StoredArticle] = BoundedMemory(ARTICLE_BYTES)

    def articles(self, query: FeedQuery, *, limit: int, before_seq: int | None = None) -> list[StoredArticle]:
        """The articles that a page of this feed shows, those that changed last first. Raises StoreError."""
        return self.load(self._store.window(self.asked(query), limit=limit, before_seq=before_seq))

    def count(self, query: FeedQuery, *, at_most: int) -> int:
        """How many articles a feed's question has in all, as ``Store.count``. Raises StoreError."""
        return self._store.count(self.asked(query), at_most=at_most)

    def has_articles(self, query: FeedQuery) -> bool:
        """Whether its feed holds anything. Raises StoreError."""
        return bool(self._store.window(self.asked(query), limit=1))

    def asked(self, query: FeedQuery, now: dt.datetime | None = None) -> FeedQuery:
        """The question as the store is asked: now, and by every word for what its keywords mean."""
        return self._catalogue.widened(resolved(query, now or self._now()))

    def labels(self, query: FeedQuery, articles: Iterable[StoredArticle]) -> dict[str, str]:
        """Display forms of every keyword in a feed. Raises StoreError."""
        said = {word for each in articles for word in (*each.article.keywords, *each.article.inferred)}
        keys = set(map(keyword_key, said))
        return self._catalogue.labels(keys) | self._catalogue.labels_of(query)

    def originals(self, articles: Iterable[StoredArticle]) -> dict[str, Original]:
        """What each copy among these repeats, by the copy's id. Raises StoreError."""
        copied = {each.article.id: each.original_id for each in articles if each.twin is Twin.COPY and each.original_id}
        if not copied:
            return {}
        found = self._store.load(set(copied.values()))
        names = self.names({stored.article.source_id for stored in found.values()})
        return {
            copy_id: Original(
                id=original_id,
                url=found[original_id].article.url,
                source_id=found[original_id].article.source_id,
                source_name=names.get(found[original_id].article.source_id, ""),
            )
            for copy_id, original_id in copied.items()
            if original_id in found
        }

    def translations(self, articles: Iterable[StoredArticle]) -> dict[str, tuple[Translation, ...]]:
        """The same story in other languages, by the ids of those of these articles that have it. Raises StoreError."""
        told = {each.article.id: each.translations for each in articles if each.translations}
        if not told:
            return {}
        urls = self._store.addresses({other for others in told.values() for other in others.values()})
        return {
            name: tuple(
                Translation(id=other, language=language, url=urls[other])
                for language, other in others.items()
                if other in urls
            )
            for name, others in told.items()
        }

    def names(self, source_ids: Collection[str]) -> dict[str, str]:
        """Names of sources by id. Raises StoreError."""
        return {source_id: source.name for source_id, source in self._catalogue.sources(source_ids).items()}

    def load(self, window: Sequence[tuple[str, int]]) -> list[StoredArticle]:
        """The window's articles in its order, from memory where they are known at that change number."""
        found = {key[0]: kept for key in window if (kept := self._articles.get(key)) is not None}
        missing = [article_id for article_id, _ in window if article_id not in found]
        if missing:
            loaded = self._store.load(missing)
            for article_id, stored in loaded.items():
                self._articles.put((article_id, stored.seq), stored, _weigh_article(stored))
            found.update(loaded)
        return [found[article_id] for article_id, _ in window if article_id in found]


def _weigh_article(stored: StoredArticle) -> int:
    """Bytes to count for an article: its texts at two bytes a character, and 2 KB for all the rest."""
    return 2048 + 2 * (len(stored.article.content_html) + len(stored.article.content_text))
