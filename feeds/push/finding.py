"""Which topics hold something else than the hub knows: the store's changes watched, windows compared.

For one thread. Whatever it remembers can be lost: what the hub was told stands in the store, and a new one begins by
looking at every topic.
"""

from __future__ import annotations

import datetime as dt
import time
from array import array
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from itertools import islice

from feeds.concepts import ConceptsFile
from feeds.model import FeedQuery, window_mark
from feeds.push.hooks import Hooks, read_topic
from feeds.query import full_hour, is_relative, load_named, resolved
from feeds.settings import Settings
from feeds.store.base import Store

MOST_PLACED = 500  # of more changes at once every topic is looked at
PATIENCE = 20  # topics are read from the store during at most a twentieth of the time
SWEPT_AT_ONCE = 50  # of every topic, looked at in one step: a twentieth of a second


class Finder:
    """``told`` are the marks that the hub knows, by address; whoever tells it more puts them there."""

    def __init__(
        self, settings: Settings, store: Store, concepts: ConceptsFile, clock: Callable[[], dt.datetime]
    ) -> None:
        self.told: dict[str, str] = {}
        self._settings = settings
        self._store = store
        self._concepts = concepts
        self._clock = clock
        self._hooks = Hooks()
        self._queries: dict[str, FeedQuery | None] = {}  # what each address asks, by its own words
        self._relative: set[str] = set()  # those whose answer changes by time alone
        self._owed: set[str] = set()  # to be looked at now
        self._swept: dict[str, None] = {}  # to be looked at some at a time, in this order
        self._held: dict[str, array[int]] = {}  # hashes of the articles that each held when it was looked at last
        self._seq: int | None = None  # up to here changes were looked at
        self._hour: dt.datetime | None = None
        self._meant: object = None
        self._read_again_at_s = 0.0  # of time.monotonic()

    def sees_change(self) -> bool:
        """Whether something happened since ``find`` that may change a feed; cheap. Raises StoreError."""
        is_other = self._seq != self._store.change_seq() or self._hour != full_hour(self._clock())
        return is_other or self.is_unfinished

    @property
    def is_unfinished(self) -> bool:
        """Whether topics are still to be looked at."""
        return bool(self._owed or self._swept)

    def find(self) -> dict[str, str]:
        """The marks of the topics that were looked at, by address; compare them with ``told``.

        Raises StoreError: then the next call looks at the same ones again.
        """
        seq, now = self._store.change_seq(), self._clock()
        self._read_topics()
        if self._hour != full_hour(now):
            self._owed |= self._relative
        self._touch(seq)
        self._seq, self._hour = seq, full_hour(now)
        self._owed.update(islice(self._swept, SWEPT_AT_ONCE))
        marks = self._marks(now)
        for address in marks:
            self._swept.pop(address, None)
        self._owed.clear()
        return marks

    def _touch(self, seq: int) -> None:
        """Notes which topics the changes up to ``seq`` may have changed."""
        if self._seq is None or seq < self._seq:  # the store is another one, such as a backup
            self._sweep()
        elif seq > self._seq:
            changes = self._store.placed_after(self._seq, limit=MOST_PLACED)
            self._owed |= self._hooks.touched(changes) | self._lost(
                {hash(each.article_id) for each in changes if not each.is_new}
            )
            if len(changes) == MOST_PLACED:
                self._sweep()

    def _lost(self, articles: AbstractSet[int]) -> set[str]:
        """Topics that held one of these articles and may not hold it any more."""
        if not articles:
            return set()
        return {address for address, held in self._held.items() if not articles.isdisjoint(held)}

    def _sweep(self) -> None:
        """Has every topic looked at; those that wait already keep their turn."""
        for address in self._hooks:
            self._swept.setdefault(address)

    def _read_topics(self) -> None:
        """Hangs up topics that were asked for since, and all anew when names or keywords mean something else now."""
        meant = (load_named(self._settings.config).feeds, self._concepts.loaded.concepts.fingerprint)
        began_s = time.monotonic()
        if meant != self._meant:
            self._queries.clear()
        elif began_s < self._read_again_at_s:
            return
        named, self._meant = meant[0], meant
        there = {each.address: each.told for each in self._store.topics()}
        for address in (self._queries.keys() | self.told.keys()) - there.keys():
            self._forget(address)
        for address, told in there.items():
            if address in self._queries:
                continue
            query = self._queries[address] = read_topic(address, named)
            if query is None:
                self._forget(address, keep=True)
                continue
            self.told.setdefault(address, told)
            self._hooks.put(address, self._concepts.meanings.widened(query))
            self._relative.discard(address)
            if is_relative(query.question):
                self._relative.add(address)
            self._swept.setdefault(address)
        self._read_again_at_s = began_s + (1 + PATIENCE) * (time.monotonic() - began_s)

    def _forget(self, address: str, *, keep: bool = False) -> None:
        if not keep:
            self._queries.pop(address, None)
        self._hooks.drop(address)
        self._relative.discard(address)
        self._owed.discard(address)
        self._swept.pop(address, None)
        self._held.pop(address, None)
        self.told.pop(address, None)

    def _marks(self, now: dt.datetime) -> dict[str, str]:
        """What stands for what each topic owed holds now; formats of one feed are asked for once."""
        found: dict[str, str] = {}
        known: dict[FeedQuery, tuple[str, array[int]]] = {}
        for address in self._owed:
            query = self._queries.get(address)
            if query is None:
                continue
            if query not in known:
                window = self._window(query, now)
                known[query] = window_mark(window), array("q", [hash(name) for name, _ in window])
            found[address], self._held[address] = known[query]
        return found

    def _window(self, query: FeedQuery, now: dt.datetime) -> list[tuple[str, int]]:
        """As the web asks for it (``feeds.web.loading``)."""
        asked = self._concepts.meanings.widened(resolved(query, now))
        return self._store.window(asked, limit=self._settings.feed_entries)
