"""The history of feeds (RFC 5005): which further documents a feed has, and each archive as it was once written.

A feed that a list can name has *archives*: one language or all, with a keyword, a section or a source, and every named
feed. They are written once, when first asked for, and kept in the store as bytes: no edit of an article, no new label,
no new release changes them. Whatever visitors put together themselves (a question, several keywords or languages) has
*pages* instead, made when asked for: of such feeds there is no end, and of what is kept for ever there must be one. A
question whose answer changes by time alone has pages too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import structlog

from feeds.errors import StoreError
from feeds.folding.keywords import KEY_VERSION
from feeds.model import ArchiveDocument, FeedQuery, Format
from feeds.query import (
    NEWEST,
    NamedFeed,
    Part,
    feed_id,
    is_relative,
    is_search,
    named_id,
    write_address,
    write_question,
)
from feeds.render.head import NO_HISTORY
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.loading import Loader
from feeds.web.making import Maker
from feeds.web.ready import Ready
from feeds.words import WORDS_VERSION

log = structlog.get_logger()


def keeps_archives(query: FeedQuery, *, is_named: bool = False) -> bool:
    """Whether a canonical question's feed has archives, and not pages."""
    if is_relative(query.question):
        return False
    is_plain = not is_search(query) and not query.fallback
    return is_named or (is_plain and len(query.languages) <= 1 and len(query.keywords) <= 1)


class Histories:
    """Finds further documents of feeds; safe to share between threads."""

    def __init__(self, settings: Settings, store: Store, loader: Loader, maker: Maker, *, is_kept: bool = True) -> None:
        """Without ``is_kept`` no feed has further documents."""
        self._settings = settings
        self._store = store
        self._loader = loader
        self._maker = maker
        self._is_kept = is_kept

    def reach(self, query: FeedQuery, *, is_named: bool) -> int:
        """How many answers to ask the store for: of a feed with pages one more than it shows."""
        return self._settings.feed_entries + (not keeps_archives(query, is_named=is_named))

    def relations(
        self,
        query: FeedQuery,
        asked: FeedQuery,
        window: Sequence[tuple[str, int]],
        part: Part = NEWEST,
        named: NamedFeed | None = None,
    ) -> Mapping[str, Part]:
        """Further documents of a feed by their relation to one of them, which shows the first of this window.

        Args:
            query: the canonical question.
            asked: the same as the store is asked.
            window: ``reach`` answers.
            part: which document of the feed it is.
            named: the feed that it is, if it has a name.

        Raises:
            StoreError: the store does not answer.
        """
        limit = self._settings.feed_entries
        if not self._is_kept:
            return NO_HISTORY
        if not keeps_archives(query, is_named=named is not None):
            return self._pages(asked, window, part.before)
        if len(window) < limit:
            return NO_HISTORY
        feed, chain = _feed_key(query, named), self._chain(query, asked)
        try:
            number = self._store.newest_archive(feed, chain, asked, reached_seq=window[-1][1], limit=limit)
        except StoreError as error:  # a store that can only be read answers without history
            log.warning("a feed's history cannot go on", feed=feed, reason=str(error))
            return NO_HISTORY
        return NO_HISTORY if number is None else MappingProxyType({"prev-archive": Part(archive=number)})

    def read(self, query: FeedQuery, format_: Format, number: int, *, named: NamedFeed | None = None) -> Ready | None:
        """An archive, written now unless it was before; None when none of this number was ever announced.

        Raises:
            StoreError: the store does not answer.
            RenderError: it cannot be made.
        """
        if not keeps_archives(query, is_named=named is not None):
            return None
        feed = _feed_key(query, named)
        kept = self._store.archive_document(feed, number, format_)
        if kept is None:
            asked = self._loader.asked(query)
            found = self._store.archive(feed, number, asked, limit=self._settings.feed_entries)
            if found is None:
                return None
            history = _beside(found.previous)
            window = [(name, -1) for name in found.articles]  # as they are now
            part = Part(archive=number)
            shown = self._maker.gather(query, window, named=named, part=part, history=history)
            made = self._maker.make(query, format_, shown, named=named, part=part)
            written = ArchiveDocument(body=made.plain, last_modified=made.last_modified, previous=found.previous)
            kept = self._store.keep_archive_document(feed, number, format_, written)
        history = _beside(kept.previous)
        return self._maker.restore(
            query, format_, kept.body, kept.last_modified, named=named, part=Part(archive=number), history=history
        )

    def _pages(self, asked: FeedQuery, window: Sequence[tuple[str, int]], before: int | None) -> Mapping[str, Part]:
        """The first page and the neighbours; the page before this one is the one that ends where this begins."""
        limit = self._settings.feed_entries
        found = {}
        if before is not None:
            newer = self._store.window(asked, limit=limit + 1, after_seq=before - 1)
            found["previous"] = Part(before=newer[limit][1]) if len(newer) > limit else NEWEST
        if len(window) > limit:
            found["next"] = Part(before=window[limit - 1][1])
        return MappingProxyType({"first": NEWEST, **found} if found else {})

    def _chain(self, query: FeedQuery, asked: FeedQuery) -> str:
        """Stands for what a feed means and where it lives: a history goes on as long as it is the same."""
        said = [write_address(query, None), self._settings.base_url]
        said += ["\t".join((each.keyword, each.key, *each.languages)) for each in asked.synonyms]
        if asked.question is not None:
            said.append(write_question(asked.question))
        if query.keywords or query.question is not None:
            said.append(f"{KEY_VERSION} {WORDS_VERSION}")
        text = "\n".join(said).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=12).hexdigest()


def _feed_key(query: FeedQuery, named: NamedFeed | None) -> str:
    return named_id(named.name) if named is not None else feed_id(query)


def _beside(previous: int | None) -> Mapping[str, Part]:
    """What an archive says of the others: never which one follows, for that is not known for good."""
    before = {} if previous is None else {"prev-archive": Part(archive=previous)}
    return MappingProxyType({"current": NEWEST, **before})
