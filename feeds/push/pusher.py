"""The store's changes in, pings out: what ``polyfeed schedule`` runs in a thread of its own while a hub is set."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version

import structlog

from feeds.concepts import ConceptsFile
from feeds.fetch.posting import Poster
from feeds.model import HubRecord
from feeds.push.finding import Finder
from feeds.push.hub import Hub, Said, Verdict
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.telling import Watch, longer

log = structlog.get_logger()

LOOK_EVERY_S = 0.5
# A hub fetches a feed as soon as it is told. Web workers may be half a second behind the store
# (``web.answers.LOOK_S``): told sooner, the hub would read what it knows already and miss the change.
SETTLE_S = 0.8
IDLE_S = 10.0  # how often topics that are new are looked at while no article changes
AT_ONCE = 4  # pings under way
FIRST_RETRY_S = 5.0
LONGEST_RETRY_S = 900.0
KEPT = dt.timedelta(days=30)  # topics that nobody asked for so long are forgotten: hubs' leases are shorter


def open_hub(settings: Settings) -> tuple[Hub, Poster]:
    """The hub of the settings, and what is to be closed when it is done with."""
    contact = settings.contact or settings.base_url
    poster = Poster(user_agent=f"Polyfeed/{version('polyfeed')} (+{contact})", timeout_s=settings.timeout_s)
    return Hub(settings.public_hub, poster), poster


class Pusher:
    """Tells one hub what changes while this process ``leads``; ``look`` is to be called again and again, by one thread.

    ``leads`` may raise StoreError.
    """

    def __init__(
        self,
        hub: Hub,
        *,
        settings: Settings,
        store: Store,
        concepts: ConceptsFile,
        clock: Callable[[], dt.datetime],
        leads: Callable[[], bool],
        stopping: Callable[[], bool] = lambda: False,
        settle_s: float = SETTLE_S,
    ) -> None:
        self._hub = hub
        self._settings = settings
        self._store = store
        self._concepts = concepts
        self._clock = clock
        self._stopping = stopping
        self._settle_s = settle_s
        self._leads = leads
        self._pings = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="ping")
        self._record: HubRecord | None = None  # None: not read yet
        self._begin_anew()

    def _begin_anew(self) -> None:
        """As a new process; another one may have told the hub what this one knows nothing of."""
        self._finder = Finder(self._settings, self._store, self._concepts, self._clock)
        self._due: dict[str, str] = {}  # topics that changed, with the marks of what they hold
        self._untold: dict[str, str] = {}  # taken by the hub, and not noted in the store yet
        self._aside: dict[str, tuple[float, float]] = {}  # refused ones: until when, the pause before
        self._find_at_s = 0.0  # of time.monotonic(), as all that end in at_s
        self._is_ripening = False
        self._send_at_s = 0.0
        self._pause_s = 0.0
        self._day: dt.date | None = None

    def look(self) -> int:
        """Finds what changed and tells the hub when it is time; how many pings it took. Raises StoreError."""
        if not self._leads():
            if self._record is not None:
                self._record = None
                self._begin_anew()
            return 0
        if self._record is None:
            self._record = self._store.hub_record()
        self._forget_daily()
        self._note_told()
        self._find()
        return self._send() if self._due and time.monotonic() >= self._send_at_s else 0

    def close(self) -> None:
        """Waits for pings under way."""
        self._pings.shutdown(cancel_futures=True)

    # --- what changed ---------------------------------------------------------------------------------------------

    def _find(self) -> None:
        """Looks at topics once the changes of ``hub_after_s`` are together, or some time has gone by."""
        now_s = time.monotonic()
        if not self._is_ripening and self._finder.sees_change():
            self._is_ripening = True
            self._find_at_s = min(self._find_at_s, now_s + self._settings.hub_after_s)
        if now_s < self._find_at_s or (self._due and now_s < self._send_at_s and not self._pause_s):
            return
        before = dict(self._due)
        for address, mark in self._finder.find().items():
            if self._finder.told.get(address) == mark:
                self._due.pop(address, None)
            else:
                self._due[address] = mark
        for address in self._due.keys() - self._finder.told.keys():  # forgotten
            del self._due[address]
        self._is_ripening = False
        self._find_at_s = time.monotonic() + (0.0 if self._finder.is_unfinished else IDLE_S)
        if self._due != before:
            self._send_at_s = max(self._send_at_s, time.monotonic() + self._settle_s)

    def _forget_daily(self) -> None:
        today = self._clock().date()
        if today != self._day:
            gone = self._store.forget_topics(today - KEPT)
            self._day = today
            if gone:
                log.info("feeds that nobody asks for any more are not told to the hub", topics=gone)

    # --- telling --------------------------------------------------------------------------------------------------

    def _send(self) -> int:
        """Pings for what is due, some at a time, until the hub is away or another process leads."""
        now_s = time.monotonic()
        ready = [address for address in self._due if self._aside.get(address, (0.0, 0.0))[0] <= now_s]
        taken = 0
        for start in range(0, len(ready), AT_ONCE):
            if self._stopping() or not self._leads():
                break
            some = ready[start : start + AT_ONCE]
            said = dict(zip(some, self._ping(some), strict=True))
            taken += self._take_in(said)
            if any(each.verdict is Verdict.AWAY for each in said.values()):
                break
        if ready:
            self._tell_record()
        return taken

    def _ping(self, addresses: Sequence[str]) -> list[Said]:
        return list(self._pings.map(lambda address: self._hub.ping(self._settings.base_url + address), addresses))

    def _take_in(self, said: dict[str, Said]) -> int:
        """Notes how each ping went; how many were taken."""
        assert self._record is not None
        now, now_s = self._clock(), time.monotonic()
        taken = [address for address, each in said.items() if each.verdict is Verdict.TAKEN]
        for address in taken:
            mark = self._due.pop(address)
            self._finder.told[address] = self._untold[address] = mark
            self._aside.pop(address, None)
        self._note_told()
        if taken:
            self._pause_s = 0.0
            self._record = replace(self._record, taken=self._record.taken + len(taken), taken_at=now)
        failures = {address: each for address, each in said.items() if each.verdict is not Verdict.TAKEN}
        for address, each in failures.items():
            self._record = replace(self._record, failed=self._record.failed + 1, failed_at=now, failure=each.reason)
            if each.verdict is Verdict.REFUSED:
                self._put_aside(address, each, now_s)
        self._pause(next((each for each in failures.values() if each.verdict is Verdict.AWAY), None), now_s)
        return len(taken)

    def _put_aside(self, address: str, said: Said, now_s: float) -> None:
        """What the hub does not take is offered again more and more seldom; meanwhile the others go on."""
        pause_s = longer(self._aside.get(address, (0.0, 0.0))[1], first_s=FIRST_RETRY_S, longest_s=LONGEST_RETRY_S)
        self._aside[address] = (now_s + pause_s, pause_s)
        log.warning("the hub refuses a feed; tried again", topic=address, reason=said.reason, in_s=pause_s)

    def _pause(self, said: Said | None, now_s: float) -> None:
        """Waits when the hub is away: as long as it says, else longer each time."""
        if said is None:
            return
        self._pause_s = longer(self._pause_s, first_s=FIRST_RETRY_S, longest_s=LONGEST_RETRY_S)
        wait_s = self._pause_s if said.wait_s is None else said.wait_s
        self._send_at_s = now_s + wait_s
        log.warning(
            "the hub takes no pings; tried again",
            hub=self._hub.url,
            reason=said.reason,
            in_s=wait_s,
            feeds=len(self._due),
        )

    def _note_told(self) -> None:
        if self._untold:
            self._store.tell_topics(self._untold)
            self._untold = {}

    def _tell_record(self) -> None:
        assert self._record is not None
        self._record = replace(self._record, waiting=len(self._due))
        self._store.note_hub(self._record, self._clock())


class Push:
    """A ``Pusher`` in a thread of its own; polling never waits for it. Made where ``settings.public_hub`` is set."""

    def __init__(
        self, settings: Settings, store: Store, *, clock: Callable[[], dt.datetime], leads: Callable[[], bool]
    ) -> None:
        hub, self._poster = open_hub(settings)
        concepts = ConceptsFile(settings.config, cache_folder=settings.data)
        pusher = Pusher(
            hub,
            settings=settings,
            store=store,
            concepts=concepts,
            clock=clock,
            leads=leads,
            stopping=self._is_ending,
        )
        self._watch = Watch("push to the hub", pusher.look, end=pusher.close)

    def start(self) -> None:
        """Begins to look twice a second."""
        self._watch.start(every_s=LOOK_EVERY_S)

    def stop(self) -> None:
        """Ends soon; what the hub does not know yet is told by the next process."""
        self._watch.stop()
        self._poster.close()

    def _is_ending(self) -> bool:
        return self._watch.ended.is_set()
