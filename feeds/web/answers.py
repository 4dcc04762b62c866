"""The table of ready answers: a feed's address in, its bytes with every form and validator out.

The store's change counter, read a few times a second (``pulse``), says whether anything can be stale. When it has
moved, a feed that is asked for is good as long as none of the changes can concern it (``changes``). Else it compares
its window (article ids and change numbers) with the one it was made from, and is rendered again only when that differs;
articles are loaded once for all feeds and formats. Feeds nobody asks for cost nothing. While the store does not answer,
whatever was ready stays in use, and says that it may be stale.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

from feeds.clock import utc_now
from feeds.errors import StoreError
from feeds.model import FeedQuery, Format, window_mark
from feeds.query import (
    NEWEST,
    Address,
    NamedFeed,
    Part,
    full_hour,
    is_relative,
    spell_address,
    spell_named,
    write_parameters,
)
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.archives import Histories
from feeds.web.asked import AskedFor
from feeds.web.catalogue import Catalogue
from feeds.web.changes import Changes, Window, marks_of
from feeds.web.loading import Loader
from feeds.web.making import Maker
from feeds.web.memory import BoundedMemory
from feeds.web.named import NamedFeeds
from feeds.web.pulse import Pulse
from feeds.web.ready import OVERHEAD_BYTES, Ready

REFRESH_WAIT_S = 0.25  # for another thread that makes a feed anew, before what is there is used
# What a feed shows beside its articles has no change number: labels of keywords by use, names of sources and how much
# of them is handed on, addresses of originals and translations. So often it is compared, and all nodes show the same.
COMPARE_EVERY_MIN = 10
_HOUR = dt.timedelta(hours=1)


@dataclass(slots=True, eq=False)
class _Slot:
    """One document of a feed in one format. ``path`` is spelled as WSGI hands it on.

    ``named`` is the named feed that it is. ``good_until`` is when time alone may change its answer; None for most,
    which only a change in the store changes. ``meant`` stands for what its keywords meant when it was made, ``asked``
    is the question with all of that. Of the window only what tells another from it is kept: 50 ids take 9 KB. ``shown``
    tells from any other all that it shows, also what has no change number; it is compared in the minute ``compare_in``.
    """

    query: FeedQuery
    format: Format
    path: str
    named: NamedFeed | None = None
    part: Part = NEWEST
    lock: threading.Lock = field(default_factory=threading.Lock)
    seq: int = -1
    asked: FeedQuery = field(default_factory=FeedQuery)
    window: bytes = b""
    shown: bytes = b""
    compare_in: int = 0
    hangs_on_more: bool = False  # what words mean, and the hour
    marks: array[int] = field(default_factory=lambda: array("q"))
    ready: Ready | None = None
    good_until: dt.datetime | None = None
    meant: str = ""
    mark: str = ""  # of what it shows; only while a hub is announced
    noted_on: dt.date | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What stands for its address: path and parameters. Not one text: any sign may stand in a path."""
        asked = "" if self.named else write_parameters(self.query).removeprefix("?")
        return self.path, "&".join(filter(None, (asked, str(self.part))))


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
        max_bytes: int | None = None,
        with_history: bool = True,
        asked_for: AskedFor | None = None,
        pulse: Pulse | None = None,
    ) -> None:
        """An empty table of ``max_bytes`` (``answers_mb``), kept right by ``pulse``, of the same store.

        ``with_history`` unless nobody could answer for further documents of a feed.
        """
        self._settings = settings
        self._store = store
        self._catalogue = catalogue
        self._clock = clock
        self._now = now
        self._named = named or NamedFeeds(settings.config)
        self.loader = Loader(store, catalogue, now=now)
        self._maker = Maker(settings, catalogue, self.loader)
        self._histories = Histories(settings, store, self.loader, self._maker, is_kept=with_history)
        self._slots: BoundedMemory[tuple[str, str], _Slot] = BoundedMemory(
            settings.answers_mb * 1_000_000 if max_bytes is None else max_bytes
        )
        self._pulse = pulse or Pulse(store, clock=clock)
        self._pulse.on_look = self._learn
        self.change_seq = self._pulse.seq  # the method itself: it is on the way of every answer
        self._asked_for = asked_for
        self._today: dt.date | None = None
        self._minute = 0
        self._changes = Changes(store, self.loader.load)

    def at(self, wsgi_path: str, parameters: str = "") -> Ready | None:
        """The answer at a path that was asked for before; None sends the request on to whoever reads addresses.

        ``parameters`` are those that say something of a feed (``query.known_parameters``).
        """
        slot = self._known(wsgi_path, parameters)
        if slot is None:
            return None
        seq = self.change_seq()
        if self._is_current(slot, seq):
            return slot.ready if not self._pulse.is_down else self._as_it_was(slot)
        try:
            return self._refresh(slot, seq)
        except StoreError:
            return None

    def _known(self, wsgi_path: str, parameters: str) -> _Slot | None:
        slot = self._slots.get((wsgi_path, parameters))
        if slot is not None and slot.named is not None and self._named.get(slot.named.name) != slot.named:
            self._slots.drop(slot.key)  # it asks something else now, or is gone
            return None
        return slot

    def ready(self, address: Address, *, named: NamedFeed | None = None) -> Ready:
        """The answer for a feed, ``named`` if it is one; its language, section and source are taken to exist.

        Raises:
            ValueError: the address is a page's, not a feed's.
            StoreError: the store does not answer and this feed was never made.
            RenderError: the feed cannot be made.
        """
        asked = self._slot(address, named)
        slot = self._slots.add(asked.key, asked, _weigh(asked))
        if slot.named != named:  # it asks something else now
            slot = asked
            self._slots.put(slot.key, slot, _weigh(slot))
        ready = self._refresh(slot, self.change_seq())
        # between the two lines above a first article may have fixed a keyword's spelling: then look there
        return ready if ready is not None else self.ready(address, named=named)

    def digest(self, address: Address, *, named: NamedFeed | None = None) -> str:
        """Stands for the body of a feed without further documents, in any format; nothing is made.

        Raises StoreError.
        """
        query = address.query if named else self._catalogue.canonical(address.query)
        window = self._store.window(self.loader.asked(query), limit=self._settings.feed_entries)
        shown = self._maker.gather(query, window, named=named)
        return hashlib.blake2b(repr((shown.digest, named)).encode(), digest_size=12).hexdigest()

    def archive(self, address: Address, *, named: NamedFeed | None = None) -> Ready | None:
        """The archive that ``address.part`` numbers, the same for ever; None when none of it was ever announced.

        Raises:
            StoreError: the store does not answer and this one is not kept here.
            RenderError: it cannot be made.
        """
        slot = self._slot(address, named)
        kept = self._slots.get(slot.key)
        if kept is not None and kept.named == named:
            return kept.ready
        slot.seq, slot.meant = self.change_seq(), self._catalogue.meant_by(slot.query)
        slot.asked = self.loader.asked(slot.query)
        slot.ready = self._histories.read(slot.query, slot.format, slot.part.archive or 0, named=named)
        if slot.ready is not None:
            self._slots.put(slot.key, slot, _weigh(slot))
        return slot.ready

    def _slot(self, address: Address, named: NamedFeed | None) -> _Slot:
        if address.format is None:
            raise ValueError("a page is no feed")
        query = address.query if named else self._catalogue.canonical(address.query)
        path = spell_named(named.name, address.format) if named else self._path(query, address.format)
        hangs_on_more = bool(query.keywords) or query.question is not None
        part = address.part
        return _Slot(query=query, format=address.format, path=path, named=named, part=part, hangs_on_more=hangs_on_more)

    @property
    def size_bytes(self) -> int:
        """What the answers kept now weigh together."""
        return self._slots.size_bytes

    def _learn(self, before: int, after: int) -> None:
        self._today = self._asked_for.today() if self._asked_for is not None else None
        self._minute = int(self._clock() // 60)
        if before != after:
            with suppress(StoreError):  # then every feed asks by itself
                self._changes.learn(before, after)

    def _as_it_was(self, slot: _Slot) -> Ready | None:
        """The answer while the store does not say whether it is right; an archive never is anything else."""
        return slot.ready if slot.ready is None or slot.part.archive is not None else slot.ready.marked_stale()

    def _refresh(self, slot: _Slot, seq: int) -> Ready | None:
        """Brings a slot up to date; None when its feed is now spelled otherwise."""
        if not slot.lock.acquire(timeout=-1 if slot.ready is None else REFRESH_WAIT_S):
            return self._as_it_was(slot)
        try:
            if slot.ready is not None and self._pulse.is_down:
                return self._as_it_was(slot)
            if self._is_current(slot, seq):
                return slot.ready
            try:
                return self._bring_up(slot, seq)
            except StoreError:
                if slot.ready is None:
                    raise
                return self._as_it_was(slot)
        finally:
            slot.lock.release()

    def _bring_up(self, slot: _Slot, seq: int) -> Ready | None:
        if slot.named is None and self._is_elsewhere(slot):
            self._slots.drop(slot.key)
            return None
        now, meant = self._now(), self._catalogue.meant_by(slot.query)
        if slot.part.archive is not None:
            slot.seq, slot.meant, slot.compare_in = seq, meant, self._minute + COMPARE_EVERY_MIN
            return slot.ready
        asked = self.loader.asked(slot.query, now)
        window = self._look_at(slot, asked)
        slot.window, slot.marks = _digest(window), marks_of(window)
        slot.asked = slot.query if asked == slot.query else asked  # one and the same for most: it is kept
        if self._asked_for is not None and slot.part == NEWEST:
            slot.mark = window_mark(window[: self._settings.feed_entries])
            self._note(slot, self._asked_for)
        slot.seq, slot.meant = seq, meant
        slot.good_until = full_hour(now) + _HOUR if is_relative(slot.query.question) else None
        return slot.ready

    def _look_at(self, slot: _Slot, asked: FeedQuery) -> Window:
        """The articles of a slot's feed as they are now; made anew where they, or the way on from there, differ."""
        limit = self._histories.reach(slot.query, is_named=slot.named is not None)
        window, minute = self._store.window(asked, limit=limit, before_seq=slot.part.before), self._minute
        is_same = slot.ready is not None and _digest(window) == slot.window
        if is_same and slot.part.before is None and minute < slot.compare_in:
            return window
        history = self._histories.relations(slot.query, asked, window, slot.part, slot.named)
        articles = window[: self._settings.feed_entries]
        shown = self._maker.gather(slot.query, articles, named=slot.named, part=slot.part, history=history)
        mark = shown.mark
        if slot.ready is None or mark != slot.shown:
            slot.ready = self._maker.make(slot.query, slot.format, shown, named=slot.named, part=slot.part)
            slot.shown = mark
            self._slots.put(slot.key, slot, _weigh(slot))
        slot.compare_in = minute + COMPARE_EVERY_MIN
        return window

    def _is_current(self, slot: _Slot, seq: int) -> bool:
        """Whether the answer is right at that change number, as far as can be told without the store."""
        if slot.ready is None or slot.compare_in <= self._minute:
            return False
        if slot.hangs_on_more and not self._is_good(slot):
            return False
        if slot.noted_on != self._today and slot.mark and self._asked_for is not None:
            self._note(slot, self._asked_for)
        since = slot.seq
        if since == seq:
            return True
        if slot.part.before is not None:  # where the page before it begins hangs on articles that it does not show
            return False
        if since > seq or self._changes.concern(slot.asked, slot.marks, since):
            return False
        slot.seq = seq
        return True

    def _note(self, slot: _Slot, asked_for: AskedFor) -> None:
        """Has the hub told when this feed changes."""
        slot.noted_on = self._today
        path, parameters = slot.key
        address = quote(path.encode("latin-1"), safe="/+,") + (f"?{parameters}" if parameters else "")
        asked_for.note(address, slot.mark)

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
    """Bytes to count for a slot and what the table keeps with it."""
    return slot.ready.size_bytes if slot.ready is not None else OVERHEAD_BYTES


def _digest(window: Window) -> bytes:
    """Tells a window from any other."""
    return hashlib.blake2b("".join(f"{seq} {name}\n" for name, seq in window).encode(), digest_size=16).digest()
