"""The configuration is read again while the service runs: files added, mended, broken and removed."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feeds.cli.roster import Roster
from feeds.model import Outcome, SourceState
from feeds.settings import Settings
from feeds.store import Store, open_store

GOOD = 'kind = "feed"\nurl = "https://{name}.example/"\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "sources").mkdir()
    return Settings(data=tmp_path, config=tmp_path)


@pytest.fixture
def store(settings: Settings, new_sqlite: Callable[[Path], str]) -> Iterator[Store]:
    opened = open_store(new_sqlite(settings.data))
    yield opened
    opened.close()


def write(settings: Settings, name: str, text: str = GOOD) -> Path:
    path = settings.config / "sources" / f"{name}.toml"
    path.write_text(text.format(name=name))
    return path


def states(store: Store) -> dict[str, SourceState]:
    return {row.id: row.state for row in store.status()}


def test_a_file_that_is_added_is_polled_and_one_removed_is_retired(
    settings: Settings, store: Store, now: dt.datetime
) -> None:
    first = write(settings, "one")
    roster = Roster(settings)
    sources = roster.sources
    assert roster.refresh(store, now)
    assert not roster.refresh(store, now), "nothing changed"
    write(settings, "two")
    assert roster.refresh(store, now)
    assert sources.keys() == {"one", "two"}
    first.unlink()
    assert roster.refresh(store, now)
    assert sources.keys() == {"two"}
    assert states(store) == {"one": SourceState.RETIRED, "two": SourceState.WAITING}


def test_a_mistake_made_while_it_runs_costs_nothing(
    settings: Settings, store: Store, now: dt.datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(settings, "one")
    roster = Roster(settings)
    roster.refresh(store, now)
    write(settings, "one", 'kind = "fed"\n')
    os.utime(path, ns=(1, 1))
    assert roster.refresh(store, now)
    assert "kind: expected one of" in capsys.readouterr().err
    assert roster.sources["one"].url == "https://one.example/"
    assert states(store) == {"one": SourceState.WAITING}


def test_a_mistake_found_at_the_start_retires_nobody(settings: Settings, store: Store, now: dt.datetime) -> None:
    write(settings, "one")
    Roster(settings).refresh(store, now)
    write(settings, "one", "kind = ")
    again = Roster(settings)
    again.refresh(store, now)
    assert again.sources == {}
    assert states(store) == {"one": SourceState.WAITING}


def test_mistakes_are_noted_for_the_pages_until_they_are_mended(
    settings: Settings, store: Store, now: dt.datetime
) -> None:
    write(settings, "one", 'kind = "fed"\n')
    roster = Roster(settings, mistakes=["alerts: the 1st address is wrong"])
    roster.refresh(store, now)
    noted = store.mistakes()
    assert noted[0] == "alerts: the 1st address is wrong"
    assert "kind: expected one of" in "\n".join(noted[1:])
    write(settings, "one")
    roster.refresh(store, now)
    assert store.mistakes() == ["alerts: the 1st address is wrong"]
    Roster(settings).refresh(store, now)
    assert store.mistakes() == []


def test_a_clock_that_goes_back_makes_sources_due_that_it_had_put_off(
    settings: Settings, store: Store, now: dt.datetime
) -> None:
    write(settings, "one")
    roster = Roster(settings)
    ahead = now + dt.timedelta(days=365)
    roster.refresh(store, ahead)
    (claim,) = store.claim_due(ahead, limit=1, lease_s=60)
    store.finish(claim, Outcome(state=SourceState.OK, polled_at=ahead, next_poll_at=ahead + dt.timedelta(minutes=10)))
    assert not roster.refresh(store, ahead + dt.timedelta(seconds=2))
    assert roster.refresh(store, now)
    assert [one.source_id for one in store.claim_due(now, limit=1, lease_s=60)] == ["one"]


def test_mistakes_in_named_feeds_are_kept_for_the_pages(settings: Settings, store: Store, now: dt.datetime) -> None:
    write(settings, "one")
    roster = Roster(settings)
    roster.refresh(store, now)
    named = settings.config / "feeds.toml"
    named.write_text('[cars]\ntitle = "Cars"\nq = "bmw OR"\n')
    assert roster.refresh(store, now)
    assert [mistake.splitlines()[0] for mistake in store.mistakes()] == [
        f"{named}: cars.q: at character 7: expected a word, a “phrase”, a field such as keyword:BMW or a bracket"
    ]
    assert roster.sources.keys() == {"one"}
    named.unlink()
    assert roster.refresh(store, now)
    assert store.mistakes() == []
