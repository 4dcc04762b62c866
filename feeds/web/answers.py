"""The table of ready answers: a feed's address in, its bytes with every form and validator out.

The store's change counter, read at most once a second, says whether anything can be stale. When it has moved, a feed
that is asked for compares its window (article ids and change numbers) with the one it was made from, and is rendered
again only when that differs; articles are loaded once for all feeds and formats. Feeds nobody asks for cost nothing.
While the store does not answer, whatever was ready stays in use.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

from feeds.clock import utc_now
from feeds.errors import StoreError
from feeds.folding import keyword_key
from feeds.model import FeedQuery, Format, StoredArticle, Twin
from feeds.query import (
    Address,
    NamedFeed,
    full_hour,
    is_relative,
    resolved,
    spell_address,
    spell_named,
    write_address,
    write_parameters,
)
from feeds.render.entry import Original, Translation
from feeds.render.head import MEDIA_TYPES, make_head, newest_change
from feeds.render.renderer import Renderer
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.catalogue import Catalogue
from feeds.web.memory import BoundedMemory
from feeds.web.named import NamedFeeds
from feeds.web.ready import Ready, keep_ready

LOOK_S = 1.0  # how long an answer may be behind the store
WAIT_S = 0.25  # for another thread that looks, before what is there is used
ANSWER_BYTES = 128 * 1024 * 1024
ARTICLE_BYTES = 32 * 1024 * 1024
_HOUR = dt.timedelta(hours=1)

CONTENT_TYPES: Mapping[Format, str] = MappingProxyType(
    {
        Format.ATOM: f"{MEDIA_TYPES[Format.ATOM]}; charset=utf-8",
        Format.RSS: f"{MEDIA_TYPES[Format.RSS]}; charset=utf-8",
        Format.JSON: MEDIA_TYPES[Format.JSON],  # JSON is UTF-8, and has no charset parameter (RFC 8259, 11)
    }
)


@dataclass(slots=True, eq=False)
class _Slot:
    """One feed in one format. ``path`` is spelled as WSGI hands it on.

    ``named`` is the named feed that it is. ``good_until`` is when time alone may change its answer; None for most,
    which only a change in the store changes. ``meant`` stands for what its keywords meant when it was made.
    """

    query: FeedQuery
    format: Format
    path: str
    named: NamedFeed | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    seq: int = -1
    window: Sequence[tuple[str, int]] | None = None
    ready: Ready | None = None
    good_until: dt.datetime | None = None
    meant: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What stands for its address: path and parameters. Not one text: any sign may stand in a path."""
        return self.path, "" if self.named else write_parameters(self.query).removeprefix("?")


class Answers:
    """Ready answers by address; safe to share between threads, each feed rendered by one of them at a time."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        catalogue: Catalogue,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], dt.datetime] = utc_now,
        named: NamedFeeds | None = None,
        max_bytes: int = ANSWER_BYTES,
    ) -> None:
        self._settings = settings
        self._store = store
        self._catalogue = catalogue
        self._clock = clock
        self._now = now
        self._named = named or NamedFeeds(settings.config)
        self._prefix = urlsplit(settings.base_url).path  # where a proxy in front has mounted the service
        self._renderer = Renderer(public_url=settings.base_url)
        self._slots: BoundedMemory[tuple[str, str], _Slot] = BoundedMemory(max_bytes)
        self._articles: BoundedMemory[tuple[str, int], StoredArticle] = BoundedMemory(ARTICLE_BYTES)
        self._look = threading.Lock()
        self._looked_at = float("-inf")
        self._seq = -1
        self._is_down = False

    def at(self, wsgi_path: str, parameters: str = "") -> Ready | None:
        """The answer at a path that was asked for before; None sends the request on to whoever reads addresses.

        ``parameters`` are those that say something of a feed (``query.known_parameters``).
        """
        slot = self._slots.get((wsgi_path, parameters))
        if slot is None:
            return None
        if slot.named is not None and self._named.get(slot.named.name) != slot.named:
            self._slots.drop(slot.key)  # it asks something else now, or is gone
            return None
        seq = self.change_seq()
        if slot.seq == seq and slot.ready is not None and self._is_good(slot):
            return slot.ready
        try:
            return self._refresh(slot, seq)
        except StoreError:
            return None

    def ready(self, address: Address, *, named: NamedFeed | None = None) -> Ready:
        """The answer for a feed, ``named`` if it is one; its language, section and source are taken to exist.

        Raises:
            ValueError: the address is a page's, not a feed's.
            StoreError: the store does not answer and this feed was never made.
            RenderError: the feed cannot be made.
        """
        if address.format is None:
            raise ValueError("a page is no feed")
        query = address.query if named else self._catalogue.canonical(address.query)
        path = spell_named(named.name, address.format) if named else self._path(query, address.format)
        asked = _Slot(query=query, format=address.format, path=path, named=named)
        slot = self._slots.add(asked.key, asked, _weigh(asked))
        if slot.named != named:  # it asks something else now
            slot = asked
            self._slots.put(slot.key, slot, _weigh(slot))
        ready = self._refresh(slot, self.change_seq())
        # between the two lines above a first article may have fixed a keyword's spelling: then look there
        return ready if ready is not None else self.ready(address, named=named)

    @property
    def size_bytes(self) -> int:
        """What the answers kept now weigh together."""
        return self._slots.size_bytes

    def articles(self, query: FeedQuery, *, limit: int, before_seq: int | None = None) -> list[StoredArticle]:
        """The articles that a page of this feed shows, those that changed last first. Raises StoreError."""
        return self._load(self._store.window(self._asked(query), limit=limit, before_seq=before_seq))

    def count(self, query: FeedQuery) -> int:
        """How many articles a feed's question has in all. Raises StoreError."""
        return self._store.count(self._asked(query))

    def _asked(self, query: FeedQuery) -> FeedQuery:
        """The question as the store is asked: now, and by every word for what its keywords mean."""
        return self._catalogue.widened(resolved(query, self._now()))

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
        names = self._names({stored.article.source_id for stored in found.values()})
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

    def _names(self, source_ids: Collection[str]) -> dict[str, str]:
        return {source_id: source.name for source_id, source in self._catalogue.sources(source_ids).items()}

    def change_seq(self) -> int:
        """The store's change counter as it was at most a second ago; the last one known while the store is down."""
        if self._clock() - self._looked_at < LOOK_S:
            return self._seq
        if self._look.acquire(timeout=WAIT_S):
            try:
                if self._clock() - self._looked_at >= LOOK_S:
                    self._read_seq()
            finally:
                self._look.release()
        return self._seq

    def _read_seq(self) -> None:
        now = self._clock()
        try:
            self._seq = self._store.change_seq()
            self._is_down = False
        except StoreError:
            self._is_down = True
        self._looked_at = now

    def _refresh(self, slot: _Slot, seq: int) -> Ready | None:
        """Brings a slot up to date; None when its feed is now spelled otherwise."""
        with slot.lock:
            if slot.ready is not None and ((slot.seq == seq and self._is_good(slot)) or self._is_down):
                return slot.ready
            try:
                if slot.named is None and self._is_elsewhere(slot):
                    self._slots.drop(slot.key)
                    return None
                now, meant = self._now(), self._catalogue.meant_by(slot.query)
                asked = self._catalogue.widened(resolved(slot.query, now))
                window = self._store.window(asked, limit=self._settings.feed_entries)
                if window != slot.window or slot.ready is None:
                    slot.ready = self._render(slot, window)
                    self._slots.put(slot.key, slot, _weigh(slot))
            except StoreError:
                if slot.ready is None:
                    raise
                return slot.ready
            slot.window, slot.seq, slot.meant = window, seq, meant
            slot.good_until = full_hour(now) + _HOUR if is_relative(slot.query.question) else None
            return slot.ready

    def _is_good(self, slot: _Slot) -> bool:
        is_time = slot.good_until is None or self._now() < slot.good_until
        return is_time and slot.meant == self._catalogue.meant_by(slot.query)

    def _is_elsewhere(self, slot: _Slot) -> bool:
        """Whether another address is now the one of the feed's question."""
        canonical = self._catalogue.canonical(slot.query)
        return canonical != slot.query or self._path(canonical, slot.format) != slot.path

    def _path(self, query: FeedQuery, format_: Format) -> str:
        spelled = spell_address(query, format_, self._catalogue.labels_of(query))
        return spelled.encode("utf-8", "surrogatepass").decode("latin-1")  # PEP 3333

    def _render(self, slot: _Slot, window: Sequence[tuple[str, int]]) -> Ready:
        articles = self._load(window)
        labels = self.labels(slot.query, articles)
        overview = self._catalogue.overview()
        source, section = slot.query.source, slot.query.section
        name = slot.named.name if slot.named else None
        names = self._names({stored.article.source_id for stored in articles} | ({source} if source else set()))
        head = make_head(
            slot.query,
            slot.format,
            public_url=self._settings.base_url,
            service=self._settings.title,
            labels=labels,
            section_name=overview.section_name(section, slot.query.languages) if section else None,
            source_name=names.get(source) if source else None,
            named=slot.named,
        )
        body = self._renderer.render(
            head,
            articles,
            slot.format,
            labels=labels,
            source_names=names,
            originals=self.originals(articles),
            translations=self.translations(articles),
        )
        return keep_ready(
            body,
            CONTENT_TYPES[slot.format],
            # articles leave and enter as time goes by, and their dates of change do not tell
            last_modified=newest_change(articles) if articles and not is_relative(slot.query.question) else None,
            extra=(("Link", _links(head.self_url, head.html_url, head.alternates, slot.format)), _FOR_ALL_ORIGINS),
            twin=f"{self._prefix}{write_address(slot.query, None, labels, name=name)}#subscribe",
        )

    def _load(self, window: Sequence[tuple[str, int]]) -> list[StoredArticle]:
        """The window's articles in its order, from memory where they are known at that change number."""
        found = {key[0]: kept for key in window if (kept := self._articles.get(key)) is not None}
        missing = [article_id for article_id, _ in window if article_id not in found]
        if missing:
            loaded = self._store.load(missing)
            for article_id, stored in loaded.items():
                self._articles.put((article_id, stored.seq), stored, _weigh_article(stored))
            found.update(loaded)
        return [found[article_id] for article_id, _ in window if article_id in found]


def _links(self_url: str, html_url: str, alternates: Mapping[Format, str], format_: Format) -> str:
    """The Link header (RFC 8288): this feed, its page, and the same feed in the other formats."""
    links = [f'<{self_url}>; rel="self"', f'<{html_url}>; rel="alternate"; type="text/html"']
    links += [
        f'<{url}>; rel="alternate"; type="{MEDIA_TYPES[other]}"'
        for other, url in alternates.items()
        if other != format_
    ]
    return ", ".join(links)


def _weigh(slot: _Slot) -> int:
    """Bytes to count for a slot: its body, room for the compressed forms, the objects around them."""
    return 4096 + (2 * len(slot.ready.body) if slot.ready is not None else 0)


def _weigh_article(stored: StoredArticle) -> int:
    """Bytes to count for an article: its texts at two bytes a character, and 2 KB for all the rest."""
    return 2048 + 2 * (len(stored.article.content_html) + len(stored.article.content_text))


_FOR_ALL_ORIGINS = ("Access-Control-Allow-Origin", "*")  # readers that run in a browser
