"""A whole store moves between databases: nothing lost, nothing changed, and a copy broken off goes on."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Float, Integer, LargeBinary, Table, select, text, update
from sqlalchemy.types import BigInteger

from feeds.errors import StoreError
from feeds.model import Article, ArticleUpdate, Change, FeedQuery, Field, Has, Kind, Source, Update
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.backups import copy_store
from feeds.store.columns import Instant, JsonText
from feeds.store.copying import Compared, copy
from feeds.store.opening import open_tables
from feeds.store.sql import SqlStore
from feeds.store.tables import archive, article, cursor, domain, entry, metadata, source
from feeds.web.app import create_app
from tests.e2e.odd_articles import ODD, fill_with_odd_articles, odd_article

NOW = dt.datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=dt.UTC)
FEEDS = (
    "/feeds/all.atom",
    "/feeds/de.rss",
    "/feeds/de.json",
    "/feeds/de/keywords/BMW.atom",
    "/feeds/all/search.atom?q=BMW AND Alibaba",
    "/feeds/de.atom?archive=1",
    "/feeds.opml",
)


def quiet(_step: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@contextmanager
def opened(url: str) -> Iterator[SqlStore]:
    with closing(open_store(url)) as store:
        yield store


def has(*words: str) -> FeedQuery:
    return FeedQuery(question=Has(Field.WORDS, words))


def an_update(name: str, change: Change = Change.NEW, **fields: Any) -> Update:
    given = {"id": name, "source_id": "daily", "identity": name, "url": f"https://daily.example/{name}"}
    found = Article(**(given | {"title": "Ein Titel", "language": "de"} | fields))
    return Update(articles=(ArticleUpdate(article=found, change=change),))


class House:
    """Addresses of databases of either kind, and a store with a few articles."""

    def __init__(self, folder: Path, new_database: Callable[..., str]) -> None:
        self.folder = folder
        self.new_database = new_database
        self.numbers = iter(range(99))

    def new(self, kind: str) -> str:
        if kind == "postgresql":
            return self.new_database()
        return f"sqlite:///{self.folder / f'{next(self.numbers)}.sqlite3'}"

    def filled(self, kind: str, articles: int = 3) -> str:
        url = self.new(kind)
        with opened(url) as store:
            store.register([Source(id="daily", name="Daily", kind=Kind.FEED, url="https://daily.example/")], NOW)
            claim = store.claim("daily", NOW, lease_s=86400)
            assert claim
            for number in range(articles):
                store.write(claim, an_update(str(number), title=f"Titel {number}", keywords=("BMW",)), NOW)
        return url

    def write(self, url: str, *updates: Update) -> None:
        with opened(url) as store:
            later = NOW + dt.timedelta(days=2)
            claim = store.claim("daily", later, lease_s=60)
            assert claim
            for each in updates:
                store.write(claim, each, later)


@pytest.fixture
def house(tmp_path: Path, new_database: Callable[..., str]) -> House:
    return House(tmp_path, new_database)


BOTH_WAYS = pytest.mark.parametrize(("kind", "other"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])


def written(found: list[Compared]) -> dict[str, int]:
    """What had to be written; all of it is the same now."""
    assert [each.name for each in found if not each.is_same] == []
    return {each.name: each.written for each in found if each.written}


def answers(url: str, folder: Path) -> list[tuple[int, bytes, str | None]]:
    with opened(url) as store:
        settings = Settings(data=folder, public_url="http://feeds.test", client_rate="")
        client = create_app(settings, store, clock=lambda: NOW).test_client()
        found = [client.get(path, follow_redirects=True) for path in FEEDS]
        return [(each.status_code, each.data, each.headers.get("ETag")) for each in found]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the oddest articles, and enough of them that their feed has an archive."""
    folder = tmp_path_factory.mktemp("odd")
    fill_with_odd_articles(folder)
    with opened(Settings(data=folder).store_url) as store:
        claim = store.claim("odd", NOW + dt.timedelta(days=99), lease_s=60)
        assert claim
        plain = odd_article("plain")
        more = [
            replace(plain, id=f"urn:x:{number}", identity=str(number), aliases=(f"https://ä.example/{number}",))
            for number in range(60)
        ]
        updates = [ArticleUpdate(article=each, change=Change.NEW, bands=(len(each.id), -7)) for each in more]
        store.write(claim, Update(articles=tuple(updates)), NOW)
    return folder


def test_feeds_are_the_same_from_every_database(odd: Path, house: House, tmp_path: Path) -> None:
    first = f"sqlite:///{shutil.copy(odd / 'polyfeed.sqlite3', tmp_path / 'first.sqlite3')}"
    before = answers(first, odd)  # makes the archive
    assert [status for status, _, _ in before] == [200] * len(FEEDS)
    assert len({etag for _, _, etag in before}) == len(FEEDS)
    second, third = house.new("postgresql"), house.new("sqlite")
    found = copy_store(first, second, quiet)
    assert written(found)["article"] == len(ODD) + 60
    assert written(found)["archive_document"] == 1
    checksums = {each.name: each.checksum for each in found}
    assert {each.name: each.checksum for each in copy_store(second, third, quiet)} == checksums
    assert answers(second, odd) == before
    assert answers(third, odd) == before


def a_value(column: Any, number: int) -> Any:
    kind = column.type
    if isinstance(kind, Instant):
        return NOW + dt.timedelta(seconds=number)
    if isinstance(kind, JsonText):
        return {"ключ": [number, None, "\x01\u2028é"]}
    if isinstance(kind, Date):
        return NOW.date() + dt.timedelta(days=number)
    for kinds, value in (
        ((Boolean,), number % 2 == 0),
        ((Float,), number + 0.1),
        ((LargeBinary,), b"\0\xff%d" % number),
    ):
        if isinstance(kind, kinds):
            return value
    return number if isinstance(kind, (Integer, BigInteger)) else f"{'Zaäb'[number]}-{number}"


def fill_every_table(store: SqlStore, rows: int) -> None:
    """Rows of every table there is; what refers to another's row refers to the one of the same number."""
    with store._writing() as connection:
        for table in metadata.sorted_tables:
            if table.name != "identity":  # a trigger writes these
                made = [{each.name: a_value(each, number) for each in table.columns} for number in range(rows)]
                connection.execute(
                    table.insert(), [{**row, **own_values(table, number)} for number, row in enumerate(made)]
                )


def own_values(table: Table, number: int) -> dict[str, Any]:
    """What has a meaning beyond its own table."""
    values: dict[str, Any] = {key.parent.name: a_value(key.column, number) for key in table.foreign_keys}
    if table is source:
        values |= {"enabled": True, "retired": False, "domain": a_value(domain.c.name, number)}
    if table is entry:
        values |= {"in_words": False, "dated_at": None}
    if table is article:
        values |= {"authors": [], "keywords": [], "inferred": [], "published_at": None, "section": None}
    return values


@BOTH_WAYS
def test_rows_of_every_table_come_over(house: House, kind: str, other: str) -> None:
    first, second = house.new(kind), house.new(other)
    with opened(first) as store:
        fill_every_table(store, 4)
    found = copy_store(first, second, quiet)
    rows = {each.name: each.rows for each in found}
    assert rows.keys() == metadata.tables.keys() | {"full text"}, "each table is copied, also one that is new"
    assert {name for name, number in rows.items() if number < 4} == set()
    assert {name for name in rows if name not in written(found)} <= {"identity"}, "which a trigger wrote"
    with opened(first) as store, opened(second) as copied, store._reading() as ours, copied._reading() as theirs:
        for table in metadata.sorted_tables:
            ordered = select(table).order_by(*(each for each in table.columns if not isinstance(each.type, JsonText)))
            local = {"in_words", "dated_at", "lease_token", "lease_until", "due_at"}
            mine = [[v for k, v in row._mapping.items() if k not in local] for row in ours.execute(ordered)]
            assert sorted(map(repr, mine)) == sorted(
                repr([v for k, v in row._mapping.items() if k not in local]) for row in theirs.execute(ordered)
            ), table.name
    assert written(copy_store(first, second, quiet)) == {}, "nothing differs"


@BOTH_WAYS
def test_a_copy_broken_off_anywhere_goes_on(house: House, kind: str, other: str) -> None:
    first, second = house.filled(kind), house.new(other)
    steps: list[str] = []
    whole = copy_store(first, second, lambda step, _done, _total: steps.append(step))
    third = house.new(other)
    for at in (1, steps.index("comparing") // 2, steps.index("full text")):
        left = iter(range(at))

        def stop(_step: str, _done: int, _total: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            copy_store(first, third, stop)
    found = copy_store(first, third, quiet)
    assert sum(written(found).values()) < sum(written(whole).values()), "what was there is not written again"
    assert [each.checksum for each in found] == [each.checksum for each in whole]
    with opened(third) as store:
        assert store.count(has("titel")) == 3


@BOTH_WAYS
def test_a_later_copy_brings_what_came_since_and_takes_what_went(house: House, kind: str, other: str) -> None:
    first, second = house.filled(kind), house.new(other)
    copy_store(first, second, quiet)
    house.write(first, an_update("1", Change.UPDATED, title="Neues"), an_update("new", title="Mehr davon"))
    with opened(first) as store, store._writing() as connection:
        connection.execute(update(article).where(article.c.id == "2").values(content_text="still verwandelt"))
    with opened(second) as store, store._writing() as connection:
        connection.execute(cursor.insert(), {"name": "stranger", "seq": 7})
        connection.execute(update(article).where(article.c.id == "0").values(title="tampered with"))
    found = written(copy_store(first, second, quiet))
    assert found["article"] == 4
    assert found["full text"] == 4
    with opened(first) as store, opened(second) as copied:
        for each in ("titel", "neues", "mehr", "verwandelt", "tampered"):
            assert copied.count(has(each)) == (store.count(has(each)) if each != "verwandelt" else 1), each
        assert copied.window(FeedQuery(), limit=9) == store.window(FeedQuery(), limit=9)
        assert copied.cursor("stranger") == 0
    assert written(copy_store(first, second, quiet)) == {}


@BOTH_WAYS
def test_leases_end_and_what_the_source_is_doing_meanwhile_is_not_seen(house: House, kind: str, other: str) -> None:
    first, second = house.filled(kind), house.new(other)
    with ExitStack() as stack:
        store, target = stack.enter_context(opened(first)), stack.enter_context(closing(open_tables(second)))
        later = NOW + dt.timedelta(days=3)
        claim = store.claim("daily", later, lease_s=86400)
        assert claim

        def poll(step: str, _done: int, _total: int) -> None:
            if step == "copying":
                store.write(claim, an_update(f"later {store.change_seq()}"), later)

        found = copy(store.side, target.side, poll)
        assert written(found)["article"] == 3
        assert store.change_seq() > 3
    with opened(second) as copied:
        assert copied.change_seq() == 3
        assert len(copied.claim_due(NOW, limit=9, lease_s=60)) == 1, "due since it was to be polled, leased to nobody"


def test_who_writes_into_the_copy_meanwhile_is_seen(house: House) -> None:
    first, second = house.filled("sqlite"), house.new("postgresql")
    with opened(first) as store, closing(open_tables(second)) as target, opened(second) as stranger:

        def meddle(step: str, _done: int, _total: int) -> None:
            if step == "comparing":
                stranger.move_cursor("stranger", 0, stranger.cursor("stranger") + 1)

        with target._writing() as connection:
            connection.execute(text("INSERT INTO note VALUES ('mistakes', '[]', now())"))
        found = copy(store.side, target.side, meddle)
    assert [each.name for each in found if not each.is_same] == ["cursor"]
    assert written(copy_store(first, second, quiet)) == {}, "the next copy sets it right"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_another_stores_articles_are_not_overwritten(house: House, kind: str) -> None:
    first, other = house.filled("sqlite"), house.filled(kind, articles=2)
    house.write(other, an_update("own"))
    with pytest.raises(StoreError, match="name an empty database"):
        copy_store(first, other, quiet)
    # a copy that was polled itself has articles of its own
    second = house.new(kind)
    copy_store(first, second, quiet)
    house.write(second, an_update("own"))
    house.write(first, an_update("other"), an_update("another"))
    with pytest.raises(StoreError, match="its change 4 is its own"):
        copy_store(first, second, quiet)
    with opened(second) as store:
        assert store.load(["own"])
    with pytest.raises(StoreError, match="cannot be copied to itself"):
        copy_store(first, first, quiet)


def test_an_archive_that_was_answered_is_not_deleted(house: House) -> None:
    first, second = house.filled("sqlite"), house.new("sqlite")
    copy_store(first, second, quiet)
    with opened(second) as store, store._writing() as connection:
        connection.execute(archive.insert(), {"feed": "f", "number": 1, "chain": "c", "before_seq": 2})
    with pytest.raises(StoreError, match="archives are for ever"):
        copy_store(first, second, quiet)


def test_an_empty_store_is_copied_too(house: House) -> None:
    first, second = house.new("sqlite"), house.new("postgresql")
    assert written(copy_store(first, second, quiet)).keys() <= {"cursor"}
    with opened(second) as store:
        assert store.change_seq() == 0
