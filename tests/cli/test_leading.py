"""One scheduler of several leads; another takes over as soon as it is gone, and nothing is done twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from feeds.alerts import Alerts
from feeds.cli import leading
from feeds.cli.leading import Leading
from feeds.cli.roster import Roster
from feeds.clock import utc_now
from feeds.model import Claim
from feeds.settings import Settings
from feeds.store import Store, open_store

FILE = 'kind = "feed"\nurl = "https://{}.example/"\n'


class Workers:
    """Stands in for them: takes everything."""

    def __init__(self) -> None:
        self.got: list[str] = []

    def room(self) -> int:
        return 10

    def hand_on(self, claims: Sequence[Claim]) -> int:
        self.got += [claim.source_id for claim in claims]
        return len(claims)


class One:
    """A scheduler in a thread, with a store of its own as each process has."""

    def __init__(self, settings: Settings) -> None:
        self.store: Store = open_store(settings.store_url)
        self.workers = Workers()
        self._ended = threading.Event()
        alerts = Alerts(settings, self.store, clock=utc_now)
        roster = Roster(settings, mistakes=alerts.mistakes)
        self._leading = Leading(settings, self.store, dispatch=self.workers, roster=roster, alerts=alerts)
        self._thread = threading.Thread(target=self._leading.until, args=(self._ended,))
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join(60)
        self.store.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_second_scheduler_stands_by_and_takes_over(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leading, "ASK_EVERY_S", 0.05)
    monkeypatch.setattr(leading, "LOOK_EVERY_S", 0.05)
    url = request.getfixturevalue("new_database")() if kind == "postgresql" else ""
    settings = Settings(data=tmp_path, config=tmp_path, database_url=url, tick_s=0.05)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "one.toml").write_text(FILE.format("one"))
    with capture_logs() as logs:
        first = One(settings)
        until(lambda: first.workers.got == ["one"])
        second = One(settings)
        until(lambda: "scheduler stands by: another one leads" in [entry["event"] for entry in logs])
        (tmp_path / "sources" / "two.toml").write_text(FILE.format("two"))
        until(lambda: first.workers.got == ["one", "two"])
        assert second.workers.got == []
        first.end()
        (tmp_path / "sources" / "three.toml").write_text(FILE.format("three"))
        until(lambda: second.workers.got == ["three"])
        second.end()
    said = [entry["event"] for entry in logs if entry["event"].startswith("scheduler")]
    assert said == ["scheduler leads", "scheduler stands by: another one leads", "scheduler leads"]
    assert not [entry for entry in logs if entry["log_level"] == "error"]
