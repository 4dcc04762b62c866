"""FeedHead + stored articles in, the bytes of a feed out; each article's entry is made once and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from types import MappingProxyType

from feeds.errors import RenderError
from feeds.model import NOTHING, Format, StoredArticle
from feeds.render import jsonfeed, xml
from feeds.render.cache import ByteCache
from feeds.render.entry import Original, describe, keys_of, published_at
from feeds.render.head import FeedHead, newest_change
from feeds.render.rhythm import Rhythm, measure_rhythm

CACHE_BYTES = 64 * 2**20
NO_ORIGINALS: Mapping[str, Original] = MappingProxyType({})

_DATED = ("alternates", "updated")  # a mapping has no hash, and the date is stamped on afterwards
_WITHOUT_DATE = attrgetter(*(each.name for each in fields(FeedHead) if each.name not in _DATED))


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
        self._kept = ByteCache(cache_bytes)

    def render(
        self,
        head: FeedHead,
        articles: Sequence[StoredArticle],
        format_: Format,
        *,
        labels: Mapping[str, str] = NOTHING,
        source_names: Mapping[str, str] = NOTHING,
        originals: Mapping[str, Original] = NO_ORIGINALS,
    ) -> bytes:
        """A whole feed in UTF-8, newest article first.

        Args:
            head: what the feed says of itself, for this format.
            articles: in any order, each once.
            format_: RSS 2.0, Atom 1.0 or JSON Feed 1.1.
            labels: keyword key -> display form, for the keywords of these articles.
            source_names: source id -> name, shown where an article has no author.
            originals: article id -> what that article is a copy of.

        Raises:
            RenderError: an article that no format can hold; its text says which.
        """
        updated = (head.updated or newest_change(articles)).astimezone(dt.UTC).replace(microsecond=0)
        newest_first = sorted(articles, key=_age, reverse=True)
        entries = self._write_entries(newest_first, format_, labels, source_names, originals)
        if format_ is Format.JSON:
            opened = jsonfeed.open_feed(head, updated)
            return b"".join((opened, jsonfeed.SEPARATOR.join(entries), jsonfeed.close_feed()))
        rhythm = measure_rhythm([published_at(stored) for stored in newest_first]) if format_ is Format.RSS else None
        opened = xml.stamp(self._open(head, format_, rhythm), format_, updated)
        return b"".join((opened, *entries, xml.close_feed(format_)))

    def _open(self, head: FeedHead, format_: Format, rhythm: Rhythm | None) -> bytes:
        """The beginning of an XML feed, made once until its words or addresses change."""
        key = (format_, _WITHOUT_DATE(head), tuple(head.alternates.items()), rhythm)
        (kept,) = self._kept.get([key])
        if kept is None:
            kept = xml.open_feed(head, format_, rhythm)
            self._kept.put(key, kept)
        return kept

    def _write_entries(
        self,
        articles: Sequence[StoredArticle],
        format_: Format,
        labels: Mapping[str, str],
        source_names: Mapping[str, str],
        originals: Mapping[str, Original],
    ) -> list[bytes]:
        """The entry of each article, those that are not kept made anew."""
        keys = [_entry_key(stored, format_, labels, source_names, originals) for stored in articles]
        written = []
        for stored, key, kept in zip(articles, keys, self._kept.get(keys), strict=True):
            made = kept
            if made is None:
                source_name = source_names.get(stored.article.source_id, "")
                original = originals.get(stored.article.id)
                made = self._write_entry(stored, format_, labels, source_name, original)
                self._kept.put(key, made)
            written.append(made)
        return written

    def _write_entry(
        self,
        stored: StoredArticle,
        format_: Format,
        labels: Mapping[str, str],
        source_name: str,
        original: Original | None,
    ) -> bytes:
        try:
            entry = describe(
                stored, labels=labels, source_name=source_name, public_url=self._public_url, original=original
            )
            return jsonfeed.write_entry(entry) if format_ is Format.JSON else xml.write_entry(entry, format_)
        except ValueError as error:  # what lxml, feedgen and UTF-8 raise for a text they cannot hold
            raise RenderError(f"article {stored.article.id} cannot be written as {format_.value}: {error}") from error


def _age(stored: StoredArticle) -> tuple[dt.datetime, int, str]:
    """What feeds are sorted by, so that no two articles are equal."""
    return published_at(stored), stored.seq, stored.article.id


def _entry_key(
    stored: StoredArticle,
    format_: Format,
    labels: Mapping[str, str],
    source_names: Mapping[str, str],
    originals: Mapping[str, Original],
) -> Hashable:
    """Everything an entry's bytes hang on; ``seq`` stands for the article, since no row changes without a new one."""
    article = stored.article
    shown_labels = tuple(map(labels.get, keys_of(article.keywords)))
    source_name, original = source_names.get(article.source_id), originals.get(article.id)
    return article.id, stored.seq, format_, shown_labels, source_name, original
