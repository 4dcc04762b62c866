"""A PostgreSQL of these tests' own: what it says when it cannot be had, and what becomes of it when it is restarted."""

from __future__ import annotations

import contextlib
import datetime as dt
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest
from sqlalchemy import text

from cluster.servers import PostgreSQL, missing_postgresql, running_postgresql
from feeds.errors import StoreError
from feeds.model import Article, ArticleUpdate, Change, FeedQuery, Field, Has, Kind, Source, Update
from feeds.store import migrating, open_store, sql
from feeds.store.sql import SqlStore
from tests.revisions import brought_to

MOST_CONNECTIONS = 20
FOR_EVER_S = 120.0


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    """It takes few connections, and lets the user ``guarded`` in by a password only."""
    if reason := missing_postgresql():
        pytest.skip(reason)
    settings = {"max_connections": str(MOST_CONNECTIONS), "superuser_reserved_connections": "0"}
    # it is to crash, and to lose nothing then; the machine does not
    with running_postgresql(settings=settings | {"synchronous_commit": "on"}) as own:
        own.run("CREATE ROLE guarded LOGIN PASSWORD 'secret'")
        rules = "host all guarded 127.0.0.1/32 scram-sha-256\nhost all postgres,nobody 127.0.0.1/32 trust\n"
        (own.folder / "data" / "pg_hba.conf").write_text(rules)
        own.run("SELECT pg_reload_conf()")
        open_store(own.create("template")).close()
        yield own


@pytest.fixture
def new_url(server: PostgreSQL) -> Iterator[Callable[[str], str]]:
    """Each call makes a database: like ``template`` with this version's tables, like ``template0`` with none."""
    with server.lending() as lend:
        yield lend


@pytest.fixture
def own_store(new_url: Callable[[], str]) -> Iterator[SqlStore]:
    """An empty store."""
    with closing(open_store(new_url())) as opened:
        yield opened


def driver_url(url: str) -> str:
    return url.replace("+psycopg", "")


def until(is_so: Callable[[], object]) -> None:
    """Waits until it is so."""
    deadline = time.monotonic() + FOR_EVER_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# --- connections --------------------------------------------------------------------------------------------------


def shown(store: SqlStore, name: str) -> object:
    with store._reading() as connection:
        return connection.exec_driver_sql(f"SHOW {name}").scalar()


def test_connections_are_set_up_and_what_the_address_says_is_left(own_store: SqlStore, server: PostgreSQL) -> None:
    names = ("application_name", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    keepalives = ("tcp_user_timeout", "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count")
    assert [shown(own_store, name) for name in names] == ["polyfeed", "1min", "30s", "1min"]
    assert [shown(own_store, name) for name in keepalives] == ["20000", "10", "5", "2"]
    server.run("ALTER DATABASE lent0 SET default_transaction_isolation = 'serializable'")
    address = own_store._engine.url.update_query_dict({"application_name": "mine", "options": "-c lock_timeout=7s"})
    with closing(open_store(address.render_as_string())) as other:
        assert [shown(other, name) for name in ("application_name", "lock_timeout")] == ["mine", "7s"]
        with other._writing() as connection:
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"


@pytest.mark.parametrize(
    ("user", "database", "said"),
    [
        ("postgres", "nowhere", "make it with createdb"),
        ("nobody", "template", "make the user with createuser"),
        ("guarded", "template", "write the password into the address"),
        ("guarded:wrong", "template", "check the user and the password"),
        ("other", "template", "let this user in from this machine"),
    ],
)
def test_what_cannot_be_had_is_one_line_that_says_what_to_do(
    server: PostgreSQL, user: str, database: str, said: str
) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        open_store(f"postgresql://{user}@127.0.0.1:{server.port}/{database}")
    assert "\n" not in str(caught.value)
    assert "wrong" not in str(caught.value)


def test_a_store_that_is_closed_while_it_is_asked_leaves_no_connection(server: PostgreSQL, own_store: SqlStore) -> None:
    url = own_store._engine.url.update_query_dict({"application_name": "closing"}).render_as_string()
    left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'closing'"
    store = open_store(url)
    with store._reading() as connection:
        store.close()
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1, "who is at it ends in peace"
    for ask in (store.change_seq, store.ping):
        with pytest.raises(StoreError, match="the store was closed"):
            ask()
    with psycopg.connect(driver_url(server.url("postgres")), autocommit=True) as other:
        deadline = time.monotonic() + FOR_EVER_S
        while other.execute(left.encode()).fetchone() != (0,):
            assert time.monotonic() < deadline, "its connections stand"
            time.sleep(0.01)


def test_a_server_whose_connections_are_all_in_use(server: PostgreSQL, own_store: SqlStore) -> None:
    own_store._engine.dispose()
    with ExitStack() as others:
        with contextlib.suppress(psycopg.OperationalError):
            for _ in range(MOST_CONNECTIONS + 1):
                others.enter_context(psycopg.connect(driver_url(server.url("postgres"))))
        with pytest.raises(StoreError, match="start fewer processes, or raise max_connections"):
            own_store.change_seq()
    assert own_store.change_seq() == 0


# --- waiting no longer than it makes sense ------------------------------------------------------------------------


def a_source(name: str) -> Source:
    return Source(id=name, name=name, kind=Kind.FEED, url=f"https://{name}.example/")


def test_who_claims_waits_for_no_row_that_another_has_locked(own_store: SqlStore, now: dt.datetime) -> None:
    own_store.register([a_source(name) for name in ("a", "b", "c")], now)
    with own_store._engine.connect() as other:
        other.execute(text("SELECT 1 FROM source WHERE id = 'a' FOR UPDATE"))
        other.execute(text("SELECT 1 FROM domain WHERE name = 'b.example' FOR UPDATE"))
        first = own_store.claim_due(now, limit=1, lease_s=60)
        assert [each.source_id for each in first] == ["c"]
        assert own_store.claim_due(now, limit=1, lease_s=60) == []
    assert sorted(each.source_id for each in own_store.claim_due(now, limit=9, lease_s=60)) == ["a", "b"]


def test_who_must_wait_too_long_is_told_so(own_store: SqlStore, now: dt.datetime) -> None:
    own_store.register([a_source("a")], now)
    address = own_store._engine.url.update_query_dict({"options": "-c lock_timeout=50ms"})
    with closing(open_store(address.render_as_string())) as hasty, own_store._engine.connect() as other:
        other.execute(text("SELECT 1 FROM source FOR UPDATE"))
        with pytest.raises(StoreError, match="another transaction held what this one needs"):
            hasty.claim("a", now, lease_s=60)


def test_a_search_is_stopped_and_only_a_search(own_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    searched = FeedQuery(question=Has(Field.WORDS, ("title",)))
    monkeypatch.setattr(sql, "_SEARCH_TIMEOUT_MS", 50)
    with own_store._asking(searched) as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "repeatable read"
    for query, is_stopped in ((searched, True), (FeedQuery(), False)):
        said = pytest.raises(StoreError, match="it took longer than is allowed")
        with said if is_stopped else contextlib.nullcontext(), own_store._asking(query) as connection:
            connection.exec_driver_sql("SELECT pg_sleep(0.2)")
    assert shown(own_store, "statement_timeout") == "1min"


# --- restarts -----------------------------------------------------------------------------------------------------


def test_a_restart_fails_nobody_who_comes_after_it(server: PostgreSQL, own_store: SqlStore, now: dt.datetime) -> None:
    own_store.register([a_source("daily")], now)
    claim = own_store.claim("daily", now, lease_s=60)
    assert claim
    with closing(open_store(own_store._engine.url.render_as_string())) as other:
        assert other.lead("schedule")
        while other.await_change(0.01):
            pass
        came: list[bool] = []
        waiting = threading.Thread(target=lambda: came.append(other.await_change(FOR_EVER_S)), daemon=True)
        waiting.start()
        server.restart(signal.SIGINT)
        assert [other.lead("schedule"), own_store.lead("schedule")] == [True, False]
        article = Article(
            id="one", source_id="daily", identity="one", url="https://daily.example/", title="t", language="de"
        )
        update = Update(articles=(ArticleUpdate(article=article, change=Change.NEW),))
        assert own_store.write(claim, update, now) == 1
        waiting.join(FOR_EVER_S / 2)
        assert came == [True], "who comes back looks, and whoever is there hears"
        assert other.change_seq() == 1
        server.restart(signal.SIGQUIT)
        assert [own_store.lead("schedule"), other.lead("schedule")] == [True, False], "a duty is taken over"


def test_while_the_server_is_away_everything_is_a_store_error_and_waiting_never_raises(
    server: PostgreSQL, own_store: SqlStore
) -> None:
    assert own_store.lead("schedule")
    assert own_store.await_change(5)
    server.stop()
    try:
        for ask in (own_store.change_seq, own_store.ping, lambda: own_store.lead("schedule")):
            with pytest.raises(StoreError, match="start PostgreSQL there"):
                ask()
        assert own_store.await_change(0.05) is False
    finally:
        server.start()
    until(lambda: own_store.await_change(5))
    assert own_store.lead("schedule")


# --- migrations ---------------------------------------------------------------------------------------------------


BEFORE = "0006"  # the step after it adds a column to source, then some to article


def opening(url: str, failed: list[StoreError]) -> threading.Thread:
    """A thread that opens the store, to be started; adds what it fails by."""

    def run() -> None:
        try:
            open_store(url).close()
        except StoreError as error:
            failed.append(error)

    return threading.Thread(target=run, daemon=True)


def halfway(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Whether a migration waits for the table article."""
    question = "SELECT 1 FROM pg_locks WHERE relation = 'article'::regclass AND NOT granted"
    return connection.execute(question).fetchone() is not None


def test_a_migration_that_waits_for_a_table_lets_others_by_and_says_who_has_it(
    new_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = brought_to(new_url("template0"), BEFORE)
    for name, value in {"_TABLE_WAIT_MS": 50, "_ATTEMPTS": 3, "_PAUSE_S": 0.01}.items():
        monkeypatch.setattr(migrating, name, value)
    with psycopg.connect(driver_url(url), application_name="a long report") as other:
        other.execute("LOCK TABLE article IN ACCESS SHARE MODE")
        with pytest.raises(StoreError, match=r"longest by a long report .*it stopped at: ALTER TABLE article"):
            open_store(url)
        other.execute("SELECT count(*) FROM source")
        assert other.execute("SELECT version_num FROM alembic_version").fetchone() == (BEFORE,)
    open_store(url).close()


def test_a_crash_in_the_middle_of_a_migration_leaves_nothing_half_done(
    server: PostgreSQL, new_url: Callable[[str], str]
) -> None:
    url = brought_to(new_url("template0"), BEFORE)
    failed: list[StoreError] = []
    reader = psycopg.connect(driver_url(url))
    reader.execute("LOCK TABLE article IN ACCESS SHARE MODE")
    migration = opening(url, failed)
    migration.start()
    with psycopg.connect(driver_url(url), autocommit=True) as watch:
        until(lambda: halfway(watch))
        server.restart(signal.SIGQUIT)
    reader.close()
    migration.join(FOR_EVER_S)
    assert len(failed) == 1
    with psycopg.connect(driver_url(url), autocommit=True) as after:
        assert after.execute("SELECT version_num FROM alembic_version").fetchone() == (BEFORE,)
        columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'source'"
        assert ("content",) not in after.execute(columns).fetchall()
    with closing(open_store(url)) as store:
        assert store.change_seq() == 0


def test_many_start_at_once_where_there_are_no_tables_yet(new_url: Callable[[str], str]) -> None:
    url, failed = new_url("template0"), list[StoreError]()
    starting = [opening(url, failed) for _ in range(6)]
    for each in starting:
        each.start()
    for each in starting:
        each.join(FOR_EVER_S)
    assert not failed
    with psycopg.connect(driver_url(url), autocommit=True) as after:
        assert (made(after, "words_by_place"), made(after, "words_by_term")) == (True, None)


# the revision after it makes an index beforehand, while others write
WITHOUT_PLACES = "0014"
A_ROW = (
    "INSERT INTO words (seq, terms, title, body, authors, keywords, facets) VALUES (%s, '{bone}', '', '', '', '', '')"
)


def made(connection: psycopg.Connection[tuple[object, ...]], index: str) -> object:
    """Whether an index is there and used; None when it is not there at all."""
    question = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"
    return next((row[0] for row in connection.execute(question, [index])), None)


@pytest.mark.parametrize("is_broken_off", [False, True], ids=["to its end", "broken off"])
def test_an_index_is_made_while_others_write_by_one_of_those_that_start(
    server: PostgreSQL, new_url: Callable[[str], str], *, is_broken_off: bool
) -> None:
    url = brought_to(new_url("template0"), WITHOUT_PLACES)
    failed: list[StoreError] = []
    starting = [opening(url, failed) for _ in range(3)]
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(driver_url(url)) as writer:
        writer.execute(A_ROW, [1])
        for each in starting:
            each.start()
        with psycopg.connect(driver_url(url), autocommit=True) as other:
            until(lambda: made(other, "words_by_place") is False)
            other.execute("SET lock_timeout = '5s'")
            other.execute(A_ROW, [2])  # the version before goes on
            if is_broken_off:
                server.restart(signal.SIGQUIT)
    for each in starting:
        each.join(FOR_EVER_S)
    assert bool(failed) == is_broken_off
    with closing(open_store(url)), psycopg.connect(driver_url(url), autocommit=True) as after:
        assert made(after, "words_by_place") is True
        assert made(after, "words_by_term") is None
