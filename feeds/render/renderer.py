"""FeedHead + stored articles in, the bytes of a feed out; each article's entry is made once and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter, itemgetter
from typing import TypedDict, Unpack

from feeds.errors import RenderError
from feeds.model import Content, Format, StoredArticle
from feeds.render import jsonfeed, xml
from feeds.render.cache import ByteCache
from feeds.render.entry import Original, Translation, describe, keys_of, published_at
from feeds.render.head import FeedHead, newest_change
from feeds.render.rhythm import Rhythm, measure_rhythm

CACHE_BYTES = 64 * 2**20

_DATED = ("alternates", "history", "updated")  # a mapping has no hash, and the date is stamped on afterwards
_WITHOUT_DATE = attrgetter(*(each.name for each in fields(FeedHead) if each.name not in _DATED))


class Beside(TypedDict, total=False):
    """What entries show beside their articles.

    ``labels``: keyword key -> display form, for the keywords of the articles. ``source_names``: source id -> name,
    shown where an article has no author. ``originals``: article id -> what that article is a copy of.
    ``translations``: article id -> the same story in other languages, one article for each. ``contents``: source id ->
    how much of its articles is handed on; all of it where nothing is said.
    """

    labels: Mapping[str, str]
    source_names: Mapping[str, str]
    originals: Mapping[str, Original]
    translations: Mapping[str, tuple[Translation, ...]]
    contents: Mapping[str, Content]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    labels: Mapping[str, str] = field(default_factory=dict)
    source_names: Mapping[str, str] = field(default_factory=dict)
    originals: Mapping[str, Original] = field(default_factory=dict)
    translations: Mapping[str, tuple[Translation, ...]] = field(default_factory=dict)
    contents: Mapping[str, Content] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A feed in pieces: ``opened``, the ``entries`` joined by ``separator``, ``closed``.

    ``seqs`` are the change numbers of the articles that the entries are of.
    """

    opened: bytes
    entries: Sequence[bytes]
    seqs: Sequence[int]
    separator: bytes
    closed: bytes

    @property
    def body(self) -> bytes:
        """The whole document."""
        if not self.separator:
            return b"".join((self.opened, *self.entries, self.closed))  # one copy: it is 300 kB of a usual feed
        return b"".join((self.opened, self.separator.join(self.entries), self.closed))


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
        **beside: Unpack[Beside],
    ) -> bytes:
        """A whole feed in UTF-8: the body of ``render_parts``."""
        return self.render_parts(head, articles, format_, **beside).body

    def render_parts(
        self,
        head: FeedHead,
        articles: Sequence[StoredArticle],
        format_: Format,
        **beside: Unpack[Beside],
    ) -> Rendered:
        """A whole feed in UTF-8, newest article first, in pieces.

        Args:
            head: what the feed says of itself, for this format.
            articles: in any order, each once.
            format_: RSS 2.0, Atom 1.0 or JSON Feed 1.1.
            beside: what entries show beside their articles.

        Raises:
            RenderError: an article that no format can hold; its text says which.
        """
        updated = (head.updated or newest_change(articles)).astimezone(dt.UTC).replace(microsecond=0)
        dated = sorted(((published_at(each), each.seq, each.article.id, each) for each in articles), key=_age)
        newest_first = [each for *_, each in reversed(dated)]
        shown = _Shown(**beside)
        entries = self._write_entries(newest_first, format_, shown)
        if format_ is Format.JSON:
            opened, separator, closed = jsonfeed.open_feed(head, updated), jsonfeed.SEPARATOR, jsonfeed.close_feed()
        else:
            is_rss = format_ is Format.RSS
            rhythm = measure_rhythm([when for when, *_ in dated]) if is_rss else None
            opened = xml.stamp(self._open(head, format_, rhythm), format_, updated)
            separator, closed = b"", xml.close_feed(format_)
        seqs = [stored.seq for stored in newest_first]
        return Rendered(opened=opened, entries=entries, seqs=seqs, separator=separator, closed=closed)

    def _open(self, head: FeedHead, format_: Format, rhythm: Rhythm | None) -> bytes:
        """The beginning of an XML feed, made once until its words or addresses change."""
        others = tuple(head.alternates), tuple(head.alternates.values()), tuple(head.history.items())
        key = (format_.value, _WITHOUT_DATE(head), others, rhythm)
        (kept,) = self._kept.get([key])
        if kept is None:
            kept = xml.open_feed(head, format_, rhythm)
            self._kept.put(key, kept)
        return kept

    def _write_entries(self, articles: Sequence[StoredArticle], format_: Format, shown: _Shown) -> list[bytes]:
        """The entry of each article, those that are not kept made anew."""
        keys = _entry_keys(articles, format_, shown)
        written = []
        for stored, key, kept in zip(articles, keys, self._kept.get(keys), strict=True):
            made = kept
            if made is None:
                made = self._write_entry(stored, format_, shown)
                self._kept.put(key, made)
            written.append(made)
        return written

    def _write_entry(self, stored: StoredArticle, format_: Format, shown: _Shown) -> bytes:
        try:
            entry = describe(
                stored,
                labels=shown.labels,
                source_name=shown.source_names.get(stored.article.source_id, ""),
                public_url=self._public_url,
                original=shown.originals.get(stored.article.id),
                translations=shown.translations.get(stored.article.id, ()),
                content=shown.contents.get(stored.article.source_id, Content.FULL),
            )
            return jsonfeed.write_entry(entry) if format_ is Format.JSON else xml.write_entry(entry, format_)
        except ValueError as error:  # what lxml, feedgen and UTF-8 raise for a text they cannot hold
            raise RenderError(f"article {stored.article.id} cannot be written as {format_.value}: {error}") from error


# what feeds are sorted by, so that no two articles are equal: date, change number, id
_age = itemgetter(0, 1, 2)


def _entry_keys(articles: Sequence[StoredArticle], format_: Format, shown: _Shown) -> list[Hashable]:
    """Everything that the bytes of each entry hang on.

    ``seq`` stands for the article, since no row changes without a new one. Of enumerations their values: their own
    hashes are functions of Python, and were a third of the time to render a feed again.
    """
    sources = {each.article.source_id for each in articles}
    amounts = {each: shown.contents.get(each, Content.FULL).value for each in sources}
    names, labels, form = shown.source_names, shown.labels.get, format_.value
    keys: list[Hashable] = []
    for each in articles:
        article = each.article
        words = tuple(map(labels, keys_of((*article.keywords, *article.inferred))))
        of_source = names.get(article.source_id), amounts[article.source_id]
        beside = shown.originals.get(article.id), shown.translations.get(article.id)
        keys.append((article.id, each.seq, form, words, of_source, beside))
    return keys
