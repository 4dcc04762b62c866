"""Shared by every test: the network ends at loopback, and the corpus is found or its absence is said."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pytest_socket import enable_socket, socket_allow_hosts
from xdist.scheduler import LoadScopeScheduling

from cluster.servers import PostgreSQL, Redis, missing_postgresql, missing_redis, running_postgresql, running_redis
from feeds.store import open_store

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = CHECKOUT.parent / "shared"


# tests of many processes: one worker runs them all, from the beginning, while the others do the rest
_PROCESSES = ("tests/e2e/", "tests/deploy/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first."""
    items.sort(key=lambda item: not item.nodeid.startswith(_PROCESSES))


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Each file is one worker's, so that what it starts is started once."""

    def _split_scope(self, nodeid: str) -> str:
        return "processes" if nodeid.startswith(_PROCESSES) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFile:
    """How tests are handed to the workers of ``pytest -n``."""
    return _ByFile(config, log)


@pytest.fixture(autouse=True)
def loopback_only() -> Iterator[None]:
    """A test that dials anything but this machine fails."""
    socket_allow_hosts(["127.0.0.1", "127.0.0.2", "127.0.0.3", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """What a test sets up for its log lines, such as a stream of its own, ends with it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages and feeds beside the checkout; tests that use it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared beside the checkout: the real pages and feeds live there")
    return SHARED


@pytest.fixture
def now() -> dt.datetime:
    """An instant to pass as ``now``."""
    return dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file whose tables are made: copying it is quicker than making them for each test."""
    file = tmp_path_factory.mktemp("store") / "new.sqlite3"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def new_sqlite(new_file: Path) -> Callable[[Path], str]:
    """Lays a SQLite store with this version's tables into a folder, where ``Settings.data`` finds it."""
    return lambda folder: f"sqlite:///{shutil.copy(new_file, folder / 'polyfeed.sqlite3')}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of these tests' own; a test that stops or breaks it starts another one for itself."""
    if reason := missing_postgresql():
        pytest.skip(reason)
    with running_postgresql() as server:
        open_store(server.create("template")).close()
        yield server


@pytest.fixture
def new_database(postgresql: PostgreSQL) -> Iterator[Callable[..., str]]:
    """Each call makes a database with this version's tables, or with none, and gives its address."""
    with postgresql.lending() as lend:
        yield lend


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    """A Redis of these tests' own; what a test leaves there the next one finds."""
    if reason := missing_redis():
        pytest.skip(reason)
    with running_redis() as server:
        yield server
