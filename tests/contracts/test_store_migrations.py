"""A database of version 0.1 with rows in it, brought to today's tables."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, create_engine, inspect, text

from feeds.model import Article, Content, Enclosure, FeedQuery, Field, Has, TargetRecord, Validators
from feeds.store import open_store
from tests.revisions import brought_to

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
# of the article of ``test_articles_from_before_…``, computed by the last version without enclosures
HASH_BEFORE = "127a837339a6591fa68769d774330983"
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def url_of(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Gives the address of a database with the tables of a revision and nothing in them."""
    url = f"sqlite:///{tmp_path / 'first.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("new_database")(like="template0")

    return partial(brought_to, url)


@pytest.fixture
def first_url(url_of: Callable[[str], str]) -> str:
    """A database with the tables of revision 0001 and nothing in them."""
    return url_of("0001")


def a_source(name: str, **more: Any) -> dict[str, Any]:
    """A row as version 0.1 wrote it."""
    plain = {
        "id": name,
        "name": name.title(),
        "kind": "listing",
        "url": f"https://{name}.example/",
        "domain": "example.org" if name in {"daily", "weekly"} else f"{name}.example",
        "sections": '[{"url":"https://x.example/s","slug":"s","name":"S"}]',
        "interval_s": 600.0,
        "enabled": True,
        "retired": False,
        "state": "ok",
        "state_since": NOW,
        "reason": "",
        "failures": 0,
        "next_poll_at": NOW + HOUR,
        "due_at": NOW + HOUR,
        "last_poll_at": NOW,
    }
    return plain | more


def an_article(name: str, **more: Any) -> dict[str, Any]:
    """A row as version 0.1 wrote it."""
    empty = dict.fromkeys(("summary", "content_html", "content_text"), "")
    lists = {"authors": "[]", "keywords": '["BMW"]', "alternates": "{}", "provenance": "{}"}
    plain = {
        "id": name,
        "source_id": "daily",
        "identity": f"//daily.example/{name}",
        "content_hash": "c",
        "whole_hash": "w",
        "first_seen_at": NOW,
        "changed_at": NOW,
        "zone": "UTC",
        "language": "de",
        "url": f"https://daily.example/{name}",
        "title": name,
    }
    return plain | empty | lists | more


def fill(engine: Engine, suffix: str = "") -> None:
    """Writes what version 0.1 would have written, naming no column that it does not know."""
    found = MetaData()
    found.reflect(engine)
    one, two, old = f"one{suffix}", f"two{suffix}", f"old{suffix}"
    first = 1 if not suffix else 4
    articles = [
        an_article(one, published_at=NOW - 24 * HOUR, published="2026-11-21T12:00:00+00:00"),
        an_article(two, published_at=NOW + 48 * HOUR, published="2026-11-24T12:00:00+00:00"),
        an_article(old, first_seen_at=NOW - 2400 * HOUR),
    ]
    with engine.begin() as connection:

        def insert(table: str, *rows: dict[str, Any]) -> None:
            connection.execute(found.tables[table].insert(), list(rows))

        if not suffix:
            leased = {"lease_token": "t", "lease_until": NOW + HOUR / 2, "due_at": NOW + HOUR / 2}
            insert("source", a_source("daily"))
            insert("source", a_source("monthly", due_at=NOW))
            insert("source", a_source("weekly", **leased))
            insert("source", a_source("yearly", retired=True, state="retired", due_at=None, next_poll_at=None))
        url = f"https://daily.example/{suffix}"
        insert("document", {"source_id": "daily", "url": url, "etag": ""})
        insert("document", {"source_id": "daily", "url": f"{url}feed", "etag": '"1"', "last_modified": "m"})
        for row in articles:
            insert("article", row)
        for number, row in enumerate(articles, start=first):
            insert("alias", {"source_id": "daily", "identity": row["identity"], "article_id": row["id"]})
            insert("change", {"seq": number, "article_id": row["id"], "kind": "new", "at": NOW})
            place = {"seq": number, "article_id": row["id"], "source_id": "daily", "language": "de", "section": ""}
            insert("entry", place)
            insert("article_keyword", {"key": "bmw", "language": "de", "seq": number, "display": "BMW"})
        if not suffix:
            insert("shelf", {"language": "de", "section": "", "articles": 3})
            insert("keyword", {"key": "bmw", "label": "BMW", "articles": 3})
            insert("keyword_language", {"key": "bmw", "language": "de", "articles": 3})


def test_a_database_of_version_0_1_keeps_what_it_holds(first_url: str) -> None:
    engine = create_engine(first_url)
    fill(engine)
    store = open_store(first_url)

    assert {each.id: (each.articles, each.state.value) for each in store.status()} == {
        "daily": (3, "ok"),
        "monthly": (0, "ok"),
        "weekly": (0, "ok"),
        "yearly": (0, "retired"),
    }
    section = store.status(["daily"])[0].sections[0]
    assert (section.slug, section.kind) == ("s", None)
    assert store.targets("daily", ["https://daily.example/", "https://daily.example/feed"]) == {
        "https://daily.example/": TargetRecord(read_at=LONG_AGO),
        "https://daily.example/feed": TargetRecord(
            validators=Validators(etag='"1"', last_modified="m"), read_at=LONG_AGO
        ),
    }
    today = NOW.date()
    assert store.activity(["daily"], today - dt.timedelta(days=90)) == {
        "daily": {today - dt.timedelta(days=1): 1, today: 1}
    }
    for query in (FeedQuery(), FeedQuery(keywords=("bmw",)), FeedQuery(languages=("de",), copies=False)):
        assert store.window(query, limit=9) == [("old", 3), ("two", 2), ("one", 1)]
        assert store.count(query) == 3
    assert (store.languages(), [each.articles for each in store.keywords("de")]) == ({"de": 3}, [3])
    with engine.connect() as connection:
        found = MetaData()
        found.reflect(connection, only=["keyword_form"])
        assert connection.execute(found.tables["keyword_form"].select()).all() == [("bmw", "BMW", 3)]
    assert store.count(FeedQuery(question=Has(Field.WORDS, ("two",)))) == 1
    one = store.load(["one"])["one"]
    assert (one.twin, one.original_id, one.article.keywords) == (None, None, ("BMW",))
    assert store.elsewhere("weekly", ["//daily.example/two"]) == {"//daily.example/two": "two"}

    def claimed(at: dt.datetime) -> list[str]:
        return [each.source_id for each in store.claim_due(at, limit=9, lease_s=7200)]

    assert claimed(NOW) == ["monthly"]
    assert claimed(NOW + HOUR / 3) == []
    assert claimed(NOW + HOUR / 2) == ["weekly"], "its lease ran out; the other of its domain is not due yet"
    store.close()
    engine.dispose()


def test_version_0_1_can_go_on_while_the_tables_are_new(first_url: str) -> None:
    engine = create_engine(first_url)
    fill(engine)
    open_store(first_url).close()
    fill(engine, " later")
    store = open_store(first_url)
    assert [seq for _, seq in store.window(FeedQuery(), limit=9)] == [6, 5, 4, 3, 2, 1]
    assert len(store.targets("daily", ["https://daily.example/ later"])) == 1
    store.close()
    engine.dispose()


def test_articles_from_before_their_files_were_kept_are_as_they_were(
    url_of: Callable[[str], str], desk_at: Callable[..., Any]
) -> None:
    """Revision 0007: what is stored shows no file, is no news when read again, and is once it has a file."""
    url = url_of("0006")
    engine = create_engine(url)
    fill(engine)
    known = Article(
        id="one",
        source_id="daily",
        identity="//daily.example/one",
        url="https://daily.example/one",
        title="one",
        language="de",
        published=NOW - 24 * HOUR,
        keywords=("BMW",),
    )
    with engine.begin() as connection:
        found = MetaData()
        found.reflect(connection, only=["article"])
        table = found.tables["article"]
        # as the version before computed it, for this very article
        connection.execute(table.update().where(table.c.id == "one").values(content_hash=HASH_BEFORE))
    store = open_store(url)

    assert {each.content for each in store.status()} == {Content.FULL}
    old = store.load(["one"])["one"]
    assert old.article == known
    desk = desk_at(store)
    read_again = dataclasses.replace(
        known, rights="© Daily", image_credit="Li", declared_language="de", detected_language="de"
    )
    assert desk.put(read_again, now=NOW) == 3
    heard = dataclasses.replace(read_again, enclosures=(Enclosure(url="https://daily.example/1.mp3"),))
    assert desk.put(heard, now=NOW) == 4
    assert store.load(["one"])["one"].article == heard
    store.close()
    engine.dispose()


def test_articles_from_before_there_were_identities_have_one(url_of: Callable[[str], str]) -> None:
    """Revisions 0010 to 0013, with an article that a wrong clock saw, and the version before going on."""
    url = url_of("0009")
    engine = create_engine(url)
    fill(engine)
    with engine.begin() as connection:
        table = MetaData()
        table.reflect(connection, only=["article"])
        ahead = an_article("ahead", first_seen_at=NOW.replace(year=2999))
        connection.execute(table.tables["article"].insert(), [ahead])
    open_store(url).close()
    fill(engine, " later")
    found = inspect(engine)
    pointing = {
        (name, key["constrained_columns"][0], key["referred_table"])
        for name in ("alias", "change", "entry", "likeness", "translation")
        for key in found.get_foreign_keys(name)
        if key["referred_table"] != "source"
    }
    assert {table for _, _, table in pointing} == {"identity"}
    assert len(pointing) == 6
    with engine.connect() as connection:
        stored = {
            (row.id, row.first_seen_at) for row in connection.execute(text("SELECT id, first_seen_at FROM article"))
        }
        kept = connection.execute(text("SELECT id, first_seen_at FROM identity WHERE content_hash IS NULL"))
        assert {(row.id, row.first_seen_at) for row in kept} == stored
        assert len(stored) == 7
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        else:
            assert not connection.scalar(text("SELECT count(*) FROM pg_constraint WHERE NOT convalidated"))
            assert not connection.scalar(text("SELECT count(*) FROM article_other"))
    store = open_store(url)
    assert sorted(store.known("daily", ["//daily.example/one", "//daily.example/one later"])) == [
        "//daily.example/one",
        "//daily.example/one later",
    ]
    assert store.drop_before(NOW.date().replace(day=1), limit=99) == 2
    # a version that knows of no dropped articles brings one back, and nothing else happens
    fill_again = an_article("old", first_seen_at=NOW)
    with engine.begin() as connection:
        connection.execute(table.tables["article"].insert(), [fill_again])
        assert connection.scalar(text("SELECT content_hash FROM identity WHERE id = 'old'")) is None
    store.close()
    engine.dispose()


@pytest.mark.parametrize("url_of", ["postgresql"], indirect=True)
def test_a_migration_waits_for_who_reads_and_lets_others_read_and_write(
    url_of: Callable[[str], str],
) -> None:
    """PostgreSQL: it asks for its locks again and again, and holds none while it may not have all."""
    url = url_of("0009")
    engine = create_engine(url)
    fill(engine)
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM article"))
        migrating = threading.Thread(target=lambda: open_store(url).close())
        migrating.start()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
            while watching.scalar(text("SELECT version_num FROM alembic_version")) != "0011":
                time.sleep(0.02)
        fill(engine, " later")
        assert migrating.is_alive()
    migrating.join()
    store = open_store(url)
    assert len(store.window(FeedQuery(), limit=9)) == 6
    store.close()
    engine.dispose()
