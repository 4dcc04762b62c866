"""FeedHead + stored articles in, the bytes of a feed out; each article's entry is made once and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence

from feeds.errors import RenderError
from feeds.model import NOTHING, Format, StoredArticle
from feeds.render import jsonfeed, xml
from feeds.render.cache import ByteCache
from feeds.render.entry import describe, keys_of, published_at
from feeds.render.head import FeedHead, newest_change

CACHE_BYTES = 64 * 2**20


class Renderer:
    """Makes feeds whose bytes depend on nothing but what is given: equal content is equal bytes, everywhere.

    Safe to share between threads.
    """

    def __init__(self, public_url: str, *, cache_bytes: int = CACHE_BYTES) -> None:
        """Makes a renderer with an empty cache.

        Args:
            public_url: where the service lives, such as ``https://feeds.example``; keyword addresses start with it.
            cache_bytes: how much memory the entries that are kept may take.
        """
        self._public_url = public_url.rstrip("/")
        self._entries = ByteCache(cache_bytes)

    def render(
        self,
        head: FeedHead,
        articles: Sequence[StoredArticle],
        format_: Format,
        *,
        labels: Mapping[str, str] = NOTHING,
        source_names: Mapping[str, str] = NOTHING,
    ) -> bytes:
        """A whole feed in UTF-8, newest article first.

        Args:
            head: what the feed says of itself, for this format.
            articles: in any order, each once.
            format_: RSS 2.0, Atom 1.0 or JSON Feed 1.1.
            labels: keyword key -> display form, for the keywords of these articles.
            source_names: source id -> name, shown where an article has no author.

        Raises:
            RenderError: an article that no format can hold; its text says which.
        """
        newest_first = sorted(articles, key=_age, reverse=True)
        entries = [self._entry(stored, format_, labels, source_names) for stored in newest_first]
        return join_feed(head, entries, format_, head.updated or newest_change(articles))

    def _entry(
        self, stored: StoredArticle, format_: Format, labels: Mapping[str, str], source_names: Mapping[str, str]
    ) -> bytes:
        source_name = source_names.get(stored.article.source_id, "")
        key = _entry_key(stored, format_, labels, source_name)
        kept = self._entries.get(key)
        if kept is not None:
            return kept
        try:
            entry = describe(stored, labels=labels, source_name=source_name, public_url=self._public_url)
            made = jsonfeed.write_entry(entry) if format_ is Format.JSON else xml.write_entry(entry, format_)
        except ValueError as error:  # what lxml, feedgen and UTF-8 raise for a text they cannot hold
            raise RenderError(f"article {stored.article.id} cannot be written as {format_.value}: {error}") from error
        self._entries.put(key, made)
        return made


def join_feed(head: FeedHead, entries: Sequence[bytes], format_: Format, updated: dt.datetime) -> bytes:
    """A document of entries that are already written."""
    if format_ is Format.JSON:
        return b"".join((jsonfeed.open_feed(head, updated), jsonfeed.SEPARATOR.join(entries), jsonfeed.close_feed()))
    return b"".join((xml.open_feed(head, format_, updated), *entries, xml.close_feed(format_)))


def _age(stored: StoredArticle) -> tuple[dt.datetime, int]:
    return published_at(stored), stored.seq


def _entry_key(stored: StoredArticle, format_: Format, labels: Mapping[str, str], source_name: str) -> Hashable:
    """Everything an entry's bytes hang on; ``seq`` stands for the article, since no row changes without a new one."""
    article = stored.article
    shown_labels = tuple(map(labels.get, keys_of(article.keywords)))
    return article.id, stored.seq, format_, shown_labels, source_name
