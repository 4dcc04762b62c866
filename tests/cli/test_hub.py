"""polyfeed hub: an operator finds out whether the hub hears of changes, and if not why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feeds.cli import cli
from feeds.model import HubRecord, window_mark
from feeds.settings import Settings
from feeds.store import open_store
from tests.push.loopback import Hub, listening

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
Run = Callable[..., Result]


@pytest.fixture
def hub() -> Iterator[Hub]:
    kept = Hub()
    with listening(kept.post) as url:
        kept.url = url
        yield kept


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: str, **settings: str) -> Result:
        environ = {"POLYFEED_CONFIG": str(tmp_path), "POLYFEED_DATA": str(tmp_path), **settings}
        return CliRunner().invoke(cli, ["hub", *arguments], env=environ, standalone_mode=False, catch_exceptions=False)

    return run


def test_without_a_hub_it_says_how_to_get_one(run: Run) -> None:
    done = run("--test")
    assert done.return_value == 0
    assert "No hub is told" in done.output
    behind_keys = run(POLYFEED_HUB="https://hub.test/", POLYFEED_KEYS="a-long-random-word")
    assert "with `keys` set" in behind_keys.output


def test_a_test_ping_says_what_the_hub_answers(run: Run, hub: Hub) -> None:
    settings = {"POLYFEED_HUB": hub.url, "POLYFEED_PUBLIC_URL": "https://feeds.test"}
    taken = run("--test", **settings)
    assert taken.return_value == 0
    assert hub.asked == [("https://feeds.test/feeds/all.atom", 204)]
    assert "Test ping for https://feeds.test/feeds/all.atom: taken" in taken.output
    assert "public_url" not in taken.output
    hub.status = 403
    refused = run("--test", **settings)
    assert refused.return_value == 1
    assert "not taken" in refused.output
    assert "403 Forbidden" in refused.output
    away = run("--test", **{**settings, "POLYFEED_HUB": "http://127.0.0.1:1/"})
    assert away.return_value == 1
    assert "no connection to 127.0.0.1:1" in away.output


def test_it_says_how_telling_went(run: Run, tmp_path: Path) -> None:
    settings = {"POLYFEED_HUB": "https://hub.test/"}
    assert run(**settings).return_value == 0
    store = open_store(Settings(data=tmp_path).store_url)
    store.ask_topics({"/feeds/de.atom": window_mark([]), "/feeds/de": window_mark([])}, NOW.date())
    store.note_hub(HubRecord(taken=5, failed=1, waiting=2, taken_at=NOW, failed_at=NOW, failure="500\x1b x"), NOW)
    well = run(**settings)
    assert well.return_value == 0
    later = NOW + dt.timedelta(minutes=5)
    store.note_hub(HubRecord(taken=5, failed=2, waiting=2, taken_at=NOW, failed_at=later, failure="gone away"), NOW)
    store.close()
    failing = run(**settings)
    assert failing.return_value == 1
    assert "asked for: 2; changed and not told yet: 2" in failing.output
    assert "Pings taken: 5 (last 2026-11-23 12:00 UTC); failed: 2 (last 2026-11-23 12:05 UTC)" in failing.output
    assert "gone away" in failing.output
    assert "set `public_url`" in failing.output
