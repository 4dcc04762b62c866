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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from feeds.clock import utc_now
from feeds.errors import StoreError
from feeds.model import FeedQuery, Format
from feeds.query import (
    Address,
    NamedFeed,
    full_hour,
    is_relative,
    spell_address,
    spell_named,
    write_parameters,
)
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.catalogue import Catalogue
from feeds.web.loading import Loader
from feeds.web.making import Maker
from feeds.web.memory import BoundedMemory
from feeds.web.named import NamedFeeds
from feeds.web.ready import Ready

LOOK_S = 1.0  # how long an answer may be behind the store
WAIT_S = 0.25  # for another thread that looks, before what is there is used
ANSWER_BYTES = 128 * 1024 * 1024
_HOUR = dt.timedelta(hours=1)


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
        self.loader = Loader(store, catalogue, now=now)
        self._maker = Maker(settings, catalogue, self.loader)
        self._slots: BoundedMemory[tuple[str, str], _Slot] = BoundedMemory(max_bytes)
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
                window = self._store.window(self.loader.asked(slot.query, now), limit=self._settings.feed_entries)
                if window != slot.window or slot.ready is None:
                    slot.ready = self._maker.make(slot.query, slot.format, window, named=slot.named)
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


def _weigh(slot: _Slot) -> int:
    """Bytes to count for a slot: its body, room for the compressed forms, the objects around them."""
    return 4096 + (2 * len(slot.ready.body) if slot.ready is not None else 0)
