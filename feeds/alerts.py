"""Changes of sources' states in, messages by mail or webhook out; Apprise lives here and nowhere else.

Each address has a thread of its own, which reads the store's log of events and remembers in the store how far it has
come. A change is told once it has lasted ``alert_after_s``, and all that are ripe at once are one message. Two cursors
for each address make it *once*: ``claimed`` is moved before a message is sent, ``sent`` when it was taken. While they
differ, whoever moved the first one is sending; when nothing comes of it for ``ABANDONED_S``, its process was killed,
and another takes the message over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import structlog

from feeds.errors import StoreError
from feeds.model import SourceEvent, SourceState
from feeds.render.events import ADVICE, TROUBLE, source_page
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.telling import Watch, longer

if TYPE_CHECKING:
    from apprise import Apprise

log = structlog.get_logger()

LOOK_EVERY_S = 5.0
ABANDONED_S = 120.0
FIRST_RETRY_S = 10.0
LONGEST_RETRY_S = 900.0
SEND_TIMEOUT_S = 30.0
# what happened so long before an address was first told anything is history, not news
HISTORY_S = 3600.0
BATCH = 10_000  # events looked at in one step, and as many before them to know what was told last
# Sources of a region fail within seconds, and are polled within minutes, of each other: the first waits for the others
# by this part of alert_after_s, and a next message comes no sooner than alert_after_s, or a quarter of an hour, later.
GATHER = 0.1
LONGEST_PAUSE_S = 900.0
LISTED = 40  # sources named in one message


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent: a title of one line, plain text, and whether it is bad news."""

    title: str
    body: str
    is_bad: bool


# --- what is told: pure ------------------------------------------------------------------------------------------


def choose_changes(
    events: Sequence[SourceEvent], *, told_seq: int, now: dt.datetime, alert_after_s: float
) -> tuple[list[SourceEvent], int]:
    """The changes to tell now, and the number up to which events are then done with.

    A state counts when it lasted ``alert_after_s``; a change leads from one that counts to the next, so what healed
    sooner is not told, nor is its healing. Told are troubles and recoveries from them, and not a first poll that went
    well, or that a source was retired.

    Args:
        events: in order of their numbers, from some way before ``told_seq``.
        told_seq: up to here all is told.
        now: UTC.
        alert_after_s: seconds.
    """
    patience = dt.timedelta(seconds=alert_after_s)
    done_seq = told_seq
    for event in events:
        if event.seq > told_seq:
            if now - event.at < patience:
                break
            done_seq = event.seq
    changes: dict[str, SourceEvent] = {}
    for own in _by_source(events):
        change = _last_change(own, told_seq, done_seq, patience)
        if change is not None and (change.after in TROUBLE or _is_recovery(change)):
            changes[change.source_id] = change
    return sorted(changes.values(), key=lambda event: event.seq), done_seq


def _is_recovery(change: SourceEvent) -> bool:
    """Not so when the operator retired it: whoever did that knows."""
    return change.before in TROUBLE and change.after is SourceState.OK


def _by_source(events: Sequence[SourceEvent]) -> Iterable[list[SourceEvent]]:
    found: dict[str, list[SourceEvent]] = {}
    for event in events:
        found.setdefault(event.source_id, []).append(event)
    return found.values()


def _last_change(
    events: Sequence[SourceEvent], told_seq: int, done_seq: int, patience: dt.timedelta
) -> SourceEvent | None:
    """What one source's events up to ``done_seq`` add up to since ``told_seq``; None when to nothing."""
    before, last = events[0].before, None
    for event, following in zip(events, [*events[1:], None], strict=True):
        if event.seq > done_seq:
            break
        if following is not None and following.at - event.at < patience:
            continue
        if event.seq > told_seq:
            last = event
        else:
            before = event.after
    if last is None or last.after is before:
        return None
    return replace(last, before=before)


def write_message(changes: Sequence[SourceEvent], settings: Settings) -> Message:
    """One message for all of these; a long list is cut, and says where the rest is."""
    bad = [event for event in changes if event.after in TROUBLE]
    if len(changes) == 1:
        title = f"{settings.title}: {_name(changes[0])} is {changes[0].after}"
    else:
        title = f"{settings.title}: {len(bad)} sources in trouble" if bad else f"{settings.title}: all well again"
        if bad and len(bad) < len(changes):
            title += f", {len(changes) - len(bad)} well again"
    # the bad ones first: they are what a cut list must still name
    ordered = [*bad, *(event for event in changes if event.after not in TROUBLE)]
    parts = [_describe(event, settings.base_url) for event in ordered[:LISTED]]
    if len(ordered) > LISTED:
        parts.append(f"and {len(ordered) - LISTED} more")
    parts.append(f"All sources: {settings.base_url}/sources")
    return Message(title=title, body="\n\n".join(parts), is_bad=bool(bad))


def _name(event: SourceEvent) -> str:
    return " ".join(event.name.split()) or event.source_id


def _describe(event: SourceEvent, base: str) -> str:
    since = event.at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")
    lines = [f"{_name(event)} ({event.source_id}): {event.before} → {event.after} since {since} UTC"]
    if event.reason:
        lines.append(f"Why: {' '.join(event.reason.split())}")
    if event.after in TROUBLE:
        lines.append(f"What to do: {ADVICE[event.after]}")
    return "\n".join([*lines, source_page(base, event.source_id)])


# --- sending -----------------------------------------------------------------------------------------------------


class Service:
    """One Apprise address. ``name`` says which, without what is secret in it.

    Raises:
        ValueError: Apprise cannot read the address; the text does not show it.
    """

    def __init__(self, address: str, place: int) -> None:
        # 0.4 s and 20 MB that nobody pays who has configured no alerts
        from apprise import Apprise, AppriseAsset

        logging.getLogger(
            "apprise"
        ).propagate = False  # it writes addresses; what it says of a failure is in the result
        logging.getLogger("apprise").addHandler(logging.NullHandler())
        asset = AppriseAsset(app_id="Polyfeed", app_desc="Polyfeed", app_url="", service_timeout=SEND_TIMEOUT_S)
        plugin = Apprise.instantiate(address, asset=asset)
        scheme = address.partition(":")[0]
        if plugin is None:
            shown = f" ({scheme}://…)" if re.fullmatch("[A-Za-z0-9]{1,20}", scheme) and "://" in address else ""
            raise ValueError(f"alerts: the {_ordinal(place)} address{shown} is none that Apprise knows or can read")
        self.name = f"{plugin.service_name} (the {_ordinal(place)} address)"
        self.key = hashlib.blake2b(address.encode(), digest_size=8).hexdigest()
        self._secrets = sorted({part for part in re.split(r"[/:@?&=,]+", address)[1:] if part}, key=len, reverse=True)
        self._apprise: Apprise = Apprise(asset=asset)
        self._apprise.add(plugin)

    def send(self, message: Message) -> str:
        """Sends it; returns what went wrong in words, empty when it was taken."""
        from apprise import NotifyFormat, NotifyType

        kind = NotifyType.WARNING if message.is_bad else NotifyType.SUCCESS
        result = self._apprise.notify(
            body=message.body, title=message.title, notify_type=kind, body_format=NotifyFormat.TEXT
        )
        if result:
            return ""
        said = "; ".join(dict.fromkeys(entry.message for entry in result.logs()))
        return self._conceal(said) or "it was not taken"

    def _conceal(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text


def open_services(addresses: Sequence[str]) -> tuple[list[Service], list[str]]:
    """The services behind these addresses, and what is wrong with the others, in words without secrets."""
    services, mistakes = [], []
    for place, address in enumerate(dict.fromkeys(addresses), start=1):
        try:
            services.append(Service(address, place))
        except ValueError as error:
            mistakes.append(str(error))
    return services, mistakes


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


# --- keeping at it -----------------------------------------------------------------------------------------------


class Teller:
    """Tells one service what changes, in a thread of its own; polling never waits for it."""

    def __init__(self, service: Service, *, settings: Settings, store: Store, clock: Callable[[], dt.datetime]) -> None:
        self._service = service
        self._settings = settings
        self._store = store
        self._clock = clock
        self._claimed, self._sent = f"alerts {service.key} claimed", f"alerts {service.key} sent"
        self._stuck: tuple[int, int, float] | None = None
        self._pause_until_s = float("-inf")
        self._watch = Watch(f"alerts to {service.name}", self.look, begin=self.skip_history)
        self._ended = self._watch.ended

    def start(self) -> None:
        """Begins to look every 5 s."""
        self._watch.start(every_s=LOOK_EVERY_S)

    def stop(self) -> None:
        """Ends soon; what could not be sent yet is left to the next process."""
        self._watch.stop()

    def skip_history(self) -> None:
        """A service that was never told anything is not told what happened long before. Raises StoreError."""
        if self._store.cursor(self._claimed):
            return
        oldest = self._clock() - dt.timedelta(seconds=HISTORY_S + self._settings.alert_after_s)
        recent = self._store.events(limit=BATCH, newest=True)  # newest first
        start = next((event.seq for event in recent if event.at < oldest), 0)
        if start == 0 and len(recent) == BATCH:
            start = recent[-1].seq - 1
        if start and self._store.move_cursor(self._claimed, 0, start):
            self._store.move_cursor(self._sent, 0, start)

    def look(self) -> bool:
        """Sends what there is to tell now; whether it was taken. Raises StoreError."""
        claimed, sent = self._store.cursor(self._claimed), self._store.cursor(self._sent)
        if claimed != sent:
            self._take_over(claimed, sent)
            return False
        self._stuck = None
        after_s, now = self._settings.alert_after_s, self._clock()
        first = self._store.events(after_seq=claimed, limit=1)
        is_ripe = first and (now - first[0].at).total_seconds() >= after_s * (1 + GATHER)
        if not is_ripe or time.monotonic() < self._pause_until_s:
            return False
        events = self._store.events(after_seq=max(0, claimed - BATCH), limit=2 * BATCH)
        changes, done = choose_changes(events, told_seq=claimed, now=now, alert_after_s=after_s)
        if not self._store.move_cursor(self._claimed, claimed, done):
            return False
        is_sent = not changes or self._deliver(write_message(changes, self._settings), done)
        if is_sent:
            self._store.move_cursor(self._sent, claimed, done)
            if changes:
                self._pause_until_s = time.monotonic() + min(after_s, LONGEST_PAUSE_S)
        elif self._store.move_cursor(self._claimed, done, claimed):  # stopped before it could be sent
            log.info("alerts that could not be sent wait for the next start", service=self._service.name)
        return is_sent and bool(changes)

    def _take_over(self, claimed: int, sent: int) -> None:
        """Another process is sending; when it never ends, it is dead, and its message is taken back."""
        now_s = time.monotonic()
        if self._stuck is None or self._stuck[:2] != (claimed, sent):
            self._stuck = (claimed, sent, now_s)
        elif now_s - self._stuck[2] >= ABANDONED_S:
            self._stuck = None
            self._store.move_cursor(self._claimed, claimed, sent)

    def _deliver(self, message: Message, done: int) -> bool:
        """Tries until it is taken, more and more seldom; False when the process ends or another has taken it over."""
        wait_s = 0.0
        while True:
            failure = self._service.send(message)
            if not failure:
                log.info("alert sent", service=self._service.name, title=message.title)
                return True
            wait_s = longer(wait_s, first_s=FIRST_RETRY_S, longest_s=LONGEST_RETRY_S)
            log.warning("alert not sent; tried again", service=self._service.name, reason=failure, in_s=wait_s)
            if self._ended.wait(wait_s):
                return False
            with suppress(StoreError):  # while it is away nobody can have taken the message over
                if self._store.cursor(self._claimed) != done:
                    return False


class Alerts:
    """All the services of the settings; none configured: nothing runs, and Apprise is not even imported."""

    def __init__(self, settings: Settings, store: Store, *, clock: Callable[[], dt.datetime]) -> None:
        self._services, self.mistakes = open_services(settings.alerts)
        for mistake in self.mistakes:
            log.error("an address for alerts is left out", reason=mistake)
        self._teller = partial(Teller, settings=settings, store=store, clock=clock)
        self._tellers: list[Teller] = []

    def start(self) -> None:
        """Begins to tell; also anew after it was stopped."""
        self._tellers = [self._teller(each) for each in self._services]
        for teller in self._tellers:
            teller.start()

    def stop(self) -> None:
        """Ends soon."""
        for teller in self._tellers:
            teller.stop()


def trial_message(settings: Settings) -> Message:
    """What ``polyfeed alert --test`` sends."""
    body = f"This is a test. Alerts about sources arrive here.\n\nAll sources: {settings.base_url}/sources"
    return Message(title=f"{settings.title}: a test", body=body, is_bad=False)
