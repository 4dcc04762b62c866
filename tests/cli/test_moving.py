"""A store moved by its operator: into another database, into a file and back, and through a kill in the middle."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from feeds.model import Article, ArticleUpdate, Change, FeedQuery, Field, Has, Kind, Source, Update
from feeds.store import open_store
from tests.cli.running import Ran, run_command
from tests.revisions import brought_to

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command with the store of the address that comes first."""
    monkeypatch.setenv("POLYFEED_CONFIG", str(tmp_path))
    monkeypatch.setenv("POLYFEED_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "120")

    def run(url: str, *arguments: str) -> Ran:
        monkeypatch.setenv("POLYFEED_DATABASE_URL", url)
        return run_command(capsys, *arguments)

    return run


def write(url: str, *names: str) -> None:
    with closing(open_store(url)) as store:
        store.register([Source(id="daily", name="Daily", kind=Kind.FEED, url="https://daily.example/")], NOW)
        later = NOW + dt.timedelta(seconds=100 * (1 + store.change_seq()))
        claim = store.claim("daily", later, lease_s=60)
        assert claim
        found = [
            Article(
                id=name,
                source_id="daily",
                identity=name,
                url="https://daily.example/",
                title="Ein Titel " * 20,
                language="de",
            )
            for name in names
        ]
        updates = tuple(ArticleUpdate(article=each, change=Change.NEW) for each in found)
        store.write(claim, Update(articles=updates), later)


def held(url: str) -> list[tuple[str, int]]:
    """What the store answers, by its full text too."""
    with closing(open_store(url)) as store:
        found = store.window(FeedQuery(question=Has(Field.WORDS, ("titel",))), limit=99)
        assert found == store.window(FeedQuery(), limit=99)
        return found


def due(url: str) -> list[str]:
    """Who may be polled at once: nobody is being polled."""
    with closing(open_store(url)) as store:
        return [each.source_id for each in store.claim_due(NOW, limit=9, lease_s=60)]


@pytest.fixture
def url_of(tmp_path: Path, new_database: Callable[..., str]) -> Callable[[str, str], str]:
    """The address of a new database of a kind."""
    return lambda kind, name: new_database() if kind == "postgresql" else f"sqlite:///{tmp_path / name}.sqlite3"


def test_copy_shows_what_it_compared_and_no_password(run: Run, url_of: Callable[[str, str], str]) -> None:
    first, second = url_of("sqlite", "first"), url_of("postgresql", "second")
    write(first, "one", "two")
    target = make_url(second).set(password="s3cret").render_as_string(hide_password=False)
    ran = run(first, "copy", "--to", target)
    assert (ran.code, ran.err) == (0, "")
    rows = [line.strip("│ ").split() for line in ran.out.splitlines() if "│" in line]
    (row,) = [row for row in rows if row[0] == "article"]
    assert row[2] == row[6] == "2"
    assert len(row[4]) == 16
    assert held(second) == [("two", 2), ("one", 1)]
    other = url_of("sqlite", "other")
    write(other, "three")
    ran = run(other, "copy", "--to", target)
    assert ran.code == 3
    assert "name an empty database" in ran.err
    assert "s3cret" not in ran.out + ran.err
    assert held(second) == [("two", 2), ("one", 1)]


@pytest.mark.parametrize(("kind", "other"), [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite")])
def test_a_backup_comes_back_on_either_database(
    run: Run, url_of: Callable[[str, str], str], tmp_path: Path, kind: str, other: str
) -> None:
    first, second, file = url_of(kind, "first"), url_of(other, "second"), tmp_path / "kept.sqlite3"
    write(first, "one", "two")
    for _ in range(2):  # an earlier backup is replaced
        ran = run(first, "backup", str(file))
        assert (ran.code, ran.out.split(": ")[1], ran.err) == (0, "2 articles, verified\n", "")
    assert [each.name for each in tmp_path.glob("kept*")] == [file.name], "one file, and nothing beside it"
    before = file.read_bytes()
    assert run(second, "restore", str(file)).code == 0
    assert held(second) == held(first) == [("two", 2), ("one", 1)]
    assert (due(first), due(second)) == ([], ["daily"]), "the lease of then is over"
    # a store that has articles of its own is only replaced by who says so
    write(second, "three")
    ran = run(second, "restore", str(file))
    assert (ran.code, "is not empty: --replace deletes all that it holds" in ran.err) == (3, True)
    assert len(held(second)) == 3
    ran = run(second, "restore", "--replace", str(file))
    assert (ran.code, ran.err) == (0, "All that the store holds is replaced by the backup.\n")
    assert held(second) == [("two", 2), ("one", 1)]
    assert file.read_bytes() == before
    assert list(tmp_path.glob("kept*")) == [file]


def test_what_is_no_whole_backup_changes_nothing(run: Run, url_of: Callable[[str, str], str], tmp_path: Path) -> None:
    first, file = url_of("sqlite", "first"), tmp_path / "kept.sqlite3"
    write(first, "one")
    assert run(first, "backup", str(file)).code == 0
    whole = file.read_bytes()
    foreign = tmp_path / "foreign.sqlite3"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE t (x)")
    newer = tmp_path / "newer.sqlite3"
    newer.write_bytes(whole)
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for name, content, said in (
        ("cut", whole[: len(whole) // 2], "is no backup, or not all of one"),
        ("text", b"no database at all" * 99, "is no backup, or not all of one"),
        (foreign.name, None, "is a database of another program"),
        (newer.name, None, "is from a newer version of Polyfeed"),
        ("nowhere", None, "there is no file"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        ran = run(first, "restore", "--replace", str(tmp_path / name))
        assert (ran.code, said in ran.err) == (3, True), ran.err
        assert held(first) == [("one", 1)]
    ran = run(first, "backup", str(tmp_path / "first.sqlite3"))
    assert (ran.code, "is there already and is no backup" in ran.err) == (3, True)
    assert held(first) == [("one", 1)]
    ran = run(first, "backup", str(tmp_path / "nowhere" / "kept"))
    assert (ran.code, "create it first" in ran.err) == (3, True)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_of_an_earlier_version_comes_back(
    run: Run, url_of: Callable[[str, str], str], tmp_path: Path, kind: str
) -> None:
    file, target = tmp_path / "earlier.sqlite3", url_of(kind, "target")
    engine = create_engine(brought_to(f"sqlite:///{file}", "0009"))
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO source (id, name, kind, url, domain, sections, interval_s, enabled, retired, state, "
            "state_since, reason, failures) VALUES ('daily', 'Daily', 'feed', 'https://daily.example/', "
            "'daily.example', '[]', 60, 1, 0, 'ok', '2026-11-22 12:00:00.000000', '', 0)"
        )
    engine.dispose()
    before = file.read_bytes()
    ran = run(target, "restore", str(file))
    assert ran.code == 0, ran.err
    with closing(open_store(target)) as store:
        assert [each.id for each in store.status()] == ["daily"]
    assert file.read_bytes() == before


def test_a_copy_that_was_killed_goes_on(run: Run, url_of: Callable[[str, str], str], tmp_path: Path) -> None:
    first, second = url_of("sqlite", "first"), url_of("postgresql", "second")
    write(first, *map(str, range(1500)))
    environment = os.environ | {"POLYFEED_DATABASE_URL": first, "POLYFEED_CONFIG": str(tmp_path)}
    started = subprocess.Popen([sys.executable, "-m", "feeds", "copy", "--to", second], env=environment)
    engine = create_engine(second)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if connection.exec_driver_sql("SELECT count(*) FROM article").scalar_one():
                break
        time.sleep(0.01)
    started.send_signal(signal.SIGKILL)
    assert started.wait(30) == -signal.SIGKILL, "it had not come to its end"
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM words").scalar_one() < 1500
    engine.dispose()
    ran = run(first, "copy", "--to", second)
    assert ran.code == 0, ran.err
    with closing(open_store(second)) as store:
        assert store.count(FeedQuery(question=Has(Field.WORDS, ("titel",)))) == 1500
        assert store.change_seq() == 1500
