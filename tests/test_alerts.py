"""Alerts: what is told and what is not, and that it arrives once, over real HTTP and real SMTP on this machine."""

from __future__ import annotations

import datetime as dt
import email
import email.message
import email.policy
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from structlog.testing import capture_logs

from feeds import alerts
from feeds.alerts import Alerts, Service, Teller, choose_changes, open_services, trial_message, write_message
from feeds.model import Kind, Outcome, Source, SourceEvent, SourceState
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store

# Apprise looks for imghdr, which Python 3.11 calls deprecated
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

CHECKOUT = Path(__file__).resolve().parents[1]
NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
OK, BROKEN, EMPTY, WAITING = SourceState.OK, SourceState.BROKEN, SourceState.EMPTY, SourceState.WAITING
RETIRED = SourceState.RETIRED


def happen(*changes: tuple[str, int, SourceState, SourceState]) -> list[SourceEvent]:
    """Events numbered from 1; each is (source, minutes before now, before, after)."""
    return [
        SourceEvent(
            seq=seq,
            source_id=name,
            name=name.title(),
            at=NOW - dt.timedelta(minutes=minutes),
            before=before,
            after=after,
            reason="HTTP 500" if after is BROKEN else "",
        )
        for seq, (name, minutes, before, after) in enumerate(changes, 1)
    ]


def choose(events: list[SourceEvent], told_seq: int = 0) -> tuple[list[tuple[str, SourceState, SourceState]], int]:
    changes, done = choose_changes(events, told_seq=told_seq, now=NOW, alert_after_s=300)
    return [(change.source_id, change.before, change.after) for change in changes], done


def test_a_change_is_told_once_it_has_lasted() -> None:
    assert choose(happen(("a", 4, OK, BROKEN))) == ([], 0)
    assert choose(happen(("a", 5, OK, BROKEN))) == ([("a", OK, BROKEN)], 1)
    assert choose(happen(("a", 5, OK, BROKEN)), told_seq=1) == ([], 1)


def test_what_healed_at_once_is_not_told_nor_is_its_healing() -> None:
    healed = happen(("a", 20, OK, BROKEN), ("a", 17, BROKEN, OK))
    assert choose(healed) == ([], 2)
    just_now = happen(("a", 6, OK, BROKEN), ("a", 2, BROKEN, OK))
    assert choose(just_now) == ([], 1)
    assert choose(happen(("a", 11, OK, BROKEN), ("a", 7, BROKEN, OK)), told_seq=1) == ([], 2)


def test_a_recovery_is_told_and_so_is_another_trouble() -> None:
    assert choose(happen(("a", 60, OK, BROKEN), ("a", 10, BROKEN, OK)), told_seq=1) == ([("a", BROKEN, OK)], 2)
    assert choose(happen(("a", 60, OK, BROKEN), ("a", 10, BROKEN, EMPTY)), told_seq=1) == ([("a", BROKEN, EMPTY)], 2)


def test_a_trouble_that_turned_into_another_at_once_is_one_change() -> None:
    assert choose(happen(("a", 12, OK, BROKEN), ("a", 11, BROKEN, EMPTY))) == ([("a", OK, EMPTY)], 2)


def test_what_needs_nobody_is_not_told() -> None:
    events = happen(
        ("a", 60, WAITING, OK), ("b", 60, OK, RETIRED), ("c", 60, RETIRED, WAITING), ("d", 60, BROKEN, RETIRED)
    )
    assert choose(events) == ([], 4)
    assert choose(happen(("a", 60, WAITING, BROKEN))) == ([("a", WAITING, BROKEN)], 1)


def test_a_fresh_event_does_not_hold_back_those_before_it() -> None:
    assert choose(happen(("a", 9, OK, BROKEN), ("b", 8, OK, EMPTY), ("c", 1, OK, BROKEN))) == (
        [("a", OK, BROKEN), ("b", OK, EMPTY)],
        2,
    )


def test_a_message_says_all_that_is_needed() -> None:
    (change,) = choose_changes(happen(("a", 9, OK, BROKEN)), told_seq=0, now=NOW, alert_after_s=300)[0]
    message = write_message([change], Settings(public_url="https://feeds.test"))
    assert message.title == "Polyfeed: A is broken"
    assert message.body.splitlines()[:4] == [
        "A (a): ok → broken since 2026-11-23 11:51 UTC",
        "Why: HTTP 500",
        "What to do: If it lasts, check the address in a browser; polling goes on by itself.",
        "https://feeds.test/sources?source=a",
    ]
    assert message.is_bad


def test_a_region_that_fails_is_one_bounded_message() -> None:
    events = happen(*((f"s{number:03}", 9, OK, BROKEN) for number in range(200)), ("well", 9, BROKEN, OK))
    changes, done = choose_changes(events, told_seq=0, now=NOW, alert_after_s=300)
    message = write_message(changes, Settings())
    assert done == 201
    assert message.title == "Polyfeed: 200 sources in trouble, 1 well again"
    assert message.body.count("→ broken") == alerts.LISTED
    assert "and 161 more" in message.body


# --- services on this machine ----------------------------------------------------------------------------------------


@dataclass
class Hook:
    """A web hook that keeps what it is sent, and answers 500 while ``fails``."""

    port: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    fails: bool = False
    called: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def hook() -> Iterator[Hook]:
    kept = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            kept.asked += 1
            if not kept.fails:
                kept.got.append(body)
            self.send_response(500 if kept.fails else 200)
            self.end_headers()
            kept.called.set()

        def log_message(self, *_arguments: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Clock:
    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        self.now += dt.timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


SOURCES = [Source(id=name, name=name.title(), kind=Kind.FEED, url=f"https://{name}.test/") for name in ("one", "two")]


@pytest.fixture
def settings(tmp_path: Path, hook: Hook) -> Settings:
    return Settings(data=tmp_path, public_url="https://feeds.test", alerts=(f"json://127.0.0.1:{hook.port}/t0ken",))


@pytest.fixture
def store(settings: Settings, new_sqlite: Callable[[Path], str]) -> Iterator[Store]:
    store = open_store(new_sqlite(settings.data))
    store.register(SOURCES, NOW)
    yield store
    store.close()


def become(store: Store, clock: Clock, state: SourceState, *names: str) -> None:
    for name in names:
        claim = store.claim(name, clock(), lease_s=60)
        assert claim is not None
        later = clock() + dt.timedelta(minutes=10)
        reason = "HTTP 500" if state is BROKEN else ""
        store.finish(claim, Outcome(state=state, polled_at=clock(), next_poll_at=later, reason=reason))


@pytest.fixture
def make_teller(settings: Settings, store: Store, clock: Clock) -> Callable[[], Teller]:
    def make() -> Teller:
        return Teller(Service(settings.alerts[0], 1), settings=settings, store=store, clock=clock)

    return make


def test_each_change_arrives_once_over_restarts(
    make_teller: Callable[[], Teller], store: Store, clock: Clock, hook: Hook
) -> None:
    become(store, clock, OK, "one", "two")
    become(store, clock, BROKEN, "one", "two")
    assert not make_teller().look()
    clock.pass_minutes(6)
    assert make_teller().look()
    assert not make_teller().look()
    assert [body["title"] for body in hook.got] == ["Polyfeed: 2 sources in trouble"]
    assert "One (one): waiting → broken" in hook.got[0]["message"], "it never lasted in ok"
    assert hook.got[0]["type"] == "warning"
    become(store, clock, OK, "one")
    clock.pass_minutes(6)
    assert make_teller().look()
    assert hook.got[1]["title"] == "Polyfeed: One is ok"
    assert hook.got[1]["type"] == "success"
    assert hook.asked == 2


def test_those_that_follow_a_message_closely_are_gathered_in_the_next(
    make_teller: Callable[[], Teller], store: Store, clock: Clock, hook: Hook
) -> None:
    become(store, clock, BROKEN, "one")
    clock.pass_minutes(5.2)
    teller = make_teller()
    assert not teller.look(), "the first of a region waits for the others"
    clock.pass_minutes(0.8)
    assert teller.look()
    become(store, clock, BROKEN, "two")
    clock.pass_minutes(6)
    assert not teller.look()
    assert make_teller().look(), "a pause is no reason to lose it over a restart"
    assert len(hook.got) == 2


def test_two_schedulers_by_mistake_tell_it_once(
    make_teller: Callable[[], Teller], store: Store, clock: Clock, hook: Hook
) -> None:
    become(store, clock, BROKEN, "one")
    clock.pass_minutes(6)
    threads = [threading.Thread(target=make_teller().look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hook.got) == 1


def test_a_service_that_fails_is_tried_again(
    make_teller: Callable[[], Teller], store: Store, clock: Clock, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "FIRST_RETRY_S", 0.05)
    become(store, clock, BROKEN, "one")
    clock.pass_minutes(6)
    hook.fails = True
    with capture_logs() as logs:
        teller = threading.Thread(target=make_teller().look)
        teller.start()
        assert hook.called.wait(20)
        hook.fails = False
        teller.join(20)
    assert [body["title"] for body in hook.got] == ["Polyfeed: One is broken"]
    failure = next(line for line in logs if line["log_level"] == "warning")
    assert failure["service"] == "JSON (the 1st address)"
    assert "500" in failure["reason"]
    assert "t0ken" not in str(logs)


def test_what_could_not_be_sent_is_left_to_the_next_start(
    make_teller: Callable[[], Teller], store: Store, clock: Clock, hook: Hook
) -> None:
    become(store, clock, BROKEN, "one")
    clock.pass_minutes(6)
    hook.fails = True
    stopped = make_teller()
    running = threading.Thread(target=stopped.look)
    running.start()
    assert hook.called.wait(20)
    assert not make_teller().look(), "somebody else is at it"
    stopped._ended.set()
    running.join(20)
    hook.fails = False
    assert make_teller().look()
    assert len(hook.got) == 1


def test_what_a_killed_process_was_sending_is_taken_over(
    make_teller: Callable[[], Teller], store: Store, clock: Clock, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(store, clock, BROKEN, "one")
    clock.pass_minutes(6)
    killed = make_teller()
    (event,) = store.events(limit=10)
    assert store.move_cursor(killed._claimed, 0, event.seq)
    other = make_teller()
    assert not other.look()
    assert not other.look()
    assert not hook.got, "it may only be slow"
    monkeypatch.setattr(alerts, "ABANDONED_S", 0.0)
    assert not other.look()
    assert other.look()
    assert len(hook.got) == 1


def test_history_is_no_news_to_a_new_address(
    make_teller: Callable[[], Teller], store: Store, clock: Clock, hook: Hook
) -> None:
    become(store, clock, BROKEN, "one")
    clock.pass_minutes(24 * 60)
    become(store, clock, BROKEN, "two")
    clock.pass_minutes(6)
    teller = make_teller()
    teller.skip_history()
    assert teller.look()
    assert "Two (two)" in hook.got[0]["message"]
    assert "One (one)" not in hook.got[0]["message"]


def test_all_of_it_in_its_own_thread(
    settings: Settings, store: Store, clock: Clock, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "LOOK_EVERY_S", 0.05)
    become(store, clock, BROKEN, "one")
    clock.pass_minutes(6)
    telling = Alerts(settings, store, clock=clock)
    assert telling.mistakes == []
    telling.start()
    assert hook.called.wait(20)
    telling.stop()
    assert [body["title"] for body in hook.got] == ["Polyfeed: One is broken"]


def test_the_scheduler_tells_what_it_meets(tmp_path: Path, hook: Hook) -> None:
    """The process that `serve` starts: it polls a site that is not there, and says so."""
    (tmp_path / "sources").mkdir()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/feed.xml"
        source = f'kind = "feed"\nname = "Nobody"\nurl = "{url}"\nallow_private = true\n'
        (tmp_path / "sources" / "nobody.toml").write_text(source)
        own = {name: value for name, value in os.environ.items() if not name.startswith("POLYFEED_")}
        environ = own | {
            "POLYFEED_DATA": str(tmp_path / "data"),
            "POLYFEED_CONFIG": str(tmp_path),
            "POLYFEED_ALERTS": f"json://127.0.0.1:{hook.port} nonsense",
            "POLYFEED_ALERT_AFTER_S": "0",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "feeds", "schedule"], cwd=CHECKOUT, env=environ, stderr=subprocess.PIPE
        )
        assert hook.called.wait(60), "nobody was told"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert hook.got[0]["title"] == "Polyfeed: Nobody is broken"
    assert b"an address for alerts is left out" in errors
    store = open_store(Settings(data=tmp_path / "data").store_url)
    assert store.mistakes() == ["alerts: the 2nd address is none that Apprise knows or can read"]
    store.close()


def test_mail() -> None:
    arrived: list[email.message.EmailMessage] = []

    class Keep:
        async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
            assert isinstance(envelope.content, bytes)
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            arrived.append(message)
            return "250 taken"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(Keep(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        address = f"mailto://127.0.0.1:{port}?from=polyfeed@feeds.test&to=operator@feeds.test&mode=insecure&format=text"
        assert Service(address, 1).send(trial_message(Settings(title="新聞"))) == ""
    finally:
        server.stop()
    (message,) = arrived
    assert message["Subject"] == "新聞: a test"
    assert "operator@feeds.test" in message["To"]
    assert "Alerts about sources arrive here." in message.get_content()


def test_addresses_that_are_none_are_told_without_what_is_secret() -> None:
    services, mistakes = open_services(["nonsense", "foo://user:secret@host", "json://127.0.0.1/x"])
    assert [service.name for service in services] == ["JSON (the 3rd address)"]
    assert len(mistakes) == 2
    assert "the 1st address is none that Apprise knows" in mistakes[0]
    assert "the 2nd address (foo://…)" in mistakes[1]
    assert "secret" not in str(mistakes)


def test_apprise_is_only_imported_when_somebody_is_to_be_told() -> None:
    code = (
        "import sys, feeds.alerts, feeds.cli.roles;"
        "from feeds.settings import Settings;"
        "feeds.alerts.Alerts(Settings(), None, clock=None);"
        "sys.exit('apprise' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
