"""Every hot question is a range of one index: what SQLite itself says of each statement."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from feeds.model import Change, Claim, FeedQuery, Field, Has, Kind, Match, Outcome, Source, SourceState, Update
from feeds.store import open_store
from feeds.store.sql import SqlStore

Make = Callable[..., Update]


def statements(store: SqlStore, ask: Callable[[], object], *starts: str) -> list[tuple[str, Any]]:
    """Each statement of ``ask`` that starts so (a SELECT, if nothing is said), with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: Any) -> None:
        if statement.startswith(starts or ("SELECT", "WITH")) and not many:
            seen.append((statement, parameters))

    event.listen(store._engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(store._engine, "before_cursor_execute", note)
    return seen


def plans(store: SqlStore, ask: Callable[[], object], *starts: str) -> list[str]:
    """What SQLite says it does for each of these statements of ``ask``."""
    seen = statements(store, ask, *starts)
    with closing(sqlite3.connect(store._engine.url.database or "")) as connection:
        rows = [connection.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall() for text, values in seen]
    return [" / ".join(row[3] for row in plan) for plan in rows]


SEARCHES = {
    "all": (FeedQuery(), "SCAN entry"),
    "language": (FeedQuery(languages=("de",)), "SEARCH entry USING INDEX entry_by_language (language=?)"),
    "source": (FeedQuery(source="daily"), "SEARCH entry USING INDEX entry_by_source (source_id=?)"),
    "section": (FeedQuery(section="china"), "SEARCH entry USING INDEX entry_by_section (section=?)"),
    "section and language": (
        FeedQuery(section="china", languages=("de",)),
        "SEARCH entry USING INDEX entry_by_section_language (section=? AND language=?)",
    ),
    "keyword": (
        FeedQuery(keywords=("bmw",)),
        "SEARCH article_keyword USING COVERING INDEX article_keyword_by_key (key=?)",
    ),
    "keyword and language": (
        FeedQuery(keywords=("bmw",), languages=("de",)),
        "SEARCH article_keyword USING PRIMARY KEY (key=? AND language=?)",
    ),
}
LEAPS = [
    FeedQuery(source="daily", languages=("de",)),
    FeedQuery(source="daily", section="china"),
    FeedQuery(keywords=("auto", "bmw"), languages=("de",)),
    FeedQuery(keywords=("bmw",), languages=("de",), section="china"),
    FeedQuery(keywords=("bmw",), source="daily"),
]


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("before_seq", [None, 2])
def test_a_window_scans_one_index_and_never_sorts(
    *, store: SqlStore, claim: Claim, update: Make, now: dt.datetime, name: str, before_seq: int | None
) -> None:
    store.write(claim, update("one", "two", keywords=("BMW", "Auto"), section="china"), now)
    query, search = SEARCHES[name]
    plan = plans(store, lambda: store.window(query, limit=50, before_seq=before_seq))[-1]
    expected = search if before_seq is None else _bounded(search)
    assert plan.split(" / ")[0] == expected
    assert "TEMP B-TREE" not in plan
    assert "SCAN" not in plan.removeprefix("SCAN entry")


@pytest.mark.parametrize("name", SEARCHES)
def test_changes_after_one_scan_one_index_and_never_sort(
    store: SqlStore, claim: Claim, update: Make, now: dt.datetime, name: str
) -> None:
    store.write(claim, update("one", "two", keywords=("BMW", "Auto"), section="china"), now)
    query, search = SEARCHES[name]
    plan = plans(store, lambda: store.window(query, limit=50, after_seq=1))[-1]
    assert plan.split(" / ")[0] == _bounded(search, ">")
    assert "TEMP B-TREE" not in plan
    assert "SCAN" not in plan


def test_what_is_not_in_the_full_text_yet_is_found_by_an_index(
    store: SqlStore, claim: Claim, update: Make, now: dt.datetime
) -> None:
    store.write(claim, update("one"), now)
    asked = FeedQuery(question=Has(Field.WORDS, ("title",)))
    found = [plan for plan in plans(store, lambda: store.window(asked, limit=9, after_seq=0)) if "_by_words" in plan]
    assert found == ["SEARCH entry USING INDEX entry_by_words"]


def _bounded(search: str, sign: str = "<") -> str:
    """The same scan, from a change number on."""
    if search == "SCAN entry":
        return f"SEARCH entry USING INTEGER PRIMARY KEY (rowid{sign}?)"
    return search.removesuffix(")") + f" AND seq{sign}?)"


@pytest.mark.parametrize("query", LEAPS, ids=str)
def test_what_must_be_two_things_at_once_is_found_by_the_full_text(
    store: SqlStore, claim: Claim, update: Make, now: dt.datetime, query: FeedQuery
) -> None:
    store.write(claim, update("one", "two", keywords=("BMW", "Auto"), section="china"), now)
    store.write(claim, update("three", keywords=("BMW",)), now)
    steps = plans(store, lambda: store.window(query, limit=9))[-1].split(" / ")
    assert steps[0].startswith("SCAN words VIRTUAL TABLE INDEX")
    assert steps[1:] == ["SEARCH entry USING INTEGER PRIMARY KEY (rowid=?)"]
    assert store.window(query, limit=9)


def test_counting_by_any_keyword_counts_an_article_once(
    store: SqlStore, claim: Claim, update: Make, now: dt.datetime
) -> None:
    store.write(claim, update("one", keywords=("China", "BMW")), now)
    assert store.count(FeedQuery(keywords=("bmw", "china"), match=Match.ANY)) == 1


@pytest.mark.parametrize(
    "query",
    [
        FeedQuery(),
        FeedQuery(languages=("de",), copies=False),
        FeedQuery(section="china", copies=False),
        FeedQuery(section="china", languages=("de",)),
        FeedQuery(keywords=("bmw",)),
        FeedQuery(keywords=("bmw",), languages=("de",)),
        FeedQuery(source="daily"),
    ],
    ids=str,
)
def test_counting_reads_no_article(
    store: SqlStore, claim: Claim, update: Make, now: dt.datetime, query: FeedQuery
) -> None:
    store.write(claim, update("one", "two", keywords=("BMW", "Auto"), section="china"), now)
    assert store.count(query) == 2
    for plan in plans(store, lambda: store.count(query)):
        for step in plan.split(" / "):
            assert "entry" not in step or "COVERING INDEX entry_by_" in step, plan
            assert "article_keyword" not in step, plan


def test_what_is_due_is_found_by_index(store: SqlStore, claim: Claim, now: dt.datetime) -> None:
    del claim
    store.register([Source(id="weekly", name="Weekly", kind=Kind.FEED, url="https://weekly.example/")], now)
    found = plans(store, lambda: store.claim_due(now, limit=9, lease_s=60))
    turns, first, sources = [{step for step in plan.split(" / ") if "CORRELATED" not in step} for plan in found[:3]]
    polled = "SEARCH source USING INDEX source_by_poll (domain=? AND lease_until>?)"
    assert turns == {"SEARCH domain USING COVERING INDEX domain_by_due (due_at<?)", polled}
    assert "SEARCH source USING COVERING INDEX source_by_domain (domain=? AND due_at<?)" in first
    assert polled in first
    assert {step.split(" (")[0] for step in sources} == {"SEARCH source USING INDEX sqlite_autoindex_source_1"}


def test_the_turn_of_a_domain_is_found_by_index(store: SqlStore, claim: Claim, now: dt.datetime) -> None:
    plan = plans(store, lambda: store.renew(claim, now, lease_s=60), "UPDATE domain")[0]
    assert "source_by_domain (domain=? AND due_at>?)" in plan
    assert "source_by_poll (domain=?)" in plan
    assert "SCAN" not in plan


def test_the_operators_questions_are_answered_by_index(store: SqlStore, claim: Claim) -> None:
    del claim
    assert plans(store, store.states) == ["SCAN source USING COVERING INDEX source_by_state"]
    some = plans(store, lambda: store.status(states=[SourceState.OK], after="a", limit=9))
    assert some == ["SEARCH source USING INDEX source_by_state (state=? AND id>?)"]
    every = plans(store, lambda: store.status(after="a", limit=9))
    assert every == ["SEARCH source USING INDEX sqlite_autoindex_source_1 (id>?)"]


def test_copies_are_found_by_index(store: SqlStore, now: dt.datetime) -> None:
    shared = plans(store, lambda: store.alike([1, 2], since=now, limit=9))[0]
    assert shared.count("SEARCH band USING PRIMARY KEY (band=? AND first_seen_at>?)") == 2
    assert "TEMP B-TREE" not in shared
    there = plans(store, lambda: store.elsewhere("daily", ["x"]))[0]
    assert "SEARCH alias USING COVERING INDEX alias_by_identity (identity=?)" in there
    assert "SCAN" not in there


def test_a_domain_that_another_version_left_out_of_date_stops_nobody(
    file: Path, store: SqlStore, claim: Claim, now: dt.datetime
) -> None:
    """Version 0.1 may claim and finish while this one runs, and knows nothing of domains."""
    store.finish(claim, Outcome(state=SourceState.OK, polled_at=now, next_poll_at=now + dt.timedelta(hours=1)))
    urls = {name: f"https://{name}.example/" for name in ("weekly", "yearly")}
    store.register([Source(id=name, name=name, kind=Kind.FEED, url=url) for name, url in urls.items()], now)
    store.register([Source(id="daily", name="Daily", kind=Kind.FEED, url="https://daily.example/")], now)
    store.register([Source(id=name, name=name, kind=Kind.FEED, url=url) for name, url in urls.items()], now)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE domain SET due_at = '2000-01-01 00:00:00.000000' WHERE name = 'daily.example'")
    assert [each.source_id for each in store.claim_due(now, limit=2, lease_s=60)] == ["weekly", "yearly"]
    assert statements(store, lambda: store.claim_due(now, limit=2, lease_s=60), "UPDATE domain") == []


def test_pages_due_are_found_by_index(store: SqlStore, now: dt.datetime) -> None:
    plan = plans(store, lambda: store.pages_due("daily", now, recheck_since=now, limit=9))[0]
    assert "page_by_retry (source_id=? AND state=? AND retry_at<?)" in plan
    assert "page_by_first_seen (source_id=? AND state=? AND first_seen_at>?)" in plan


def test_a_directory_reads_the_most_used_keywords_only(
    store: SqlStore, claim: Claim, update: Make, now: dt.datetime
) -> None:
    store.write(claim, update("one", keywords=("China", "BMW")), now)
    one = plans(store, lambda: store.keywords("de", limit=9))[-1]
    assert "keyword_language USING COVERING INDEX keyword_language_by_use (language=? AND articles>?)" in one
    every = plans(store, lambda: store.keywords(limit=9))[-1]
    assert every.startswith("SEARCH keyword USING INDEX keyword_by_use (articles>?)")
    assert "TEMP B-TREE" not in one


def test_articles_by_id_are_looked_for_in_their_months_only(
    new_database: Callable[..., str], update: Make, now: dt.datetime
) -> None:
    store = open_store(new_database())
    store.register([Source(id="daily", name="Daily", kind=Kind.FEED, url="https://daily.example/")], now)
    claim = store.claim("daily", now, lease_s=86400)
    assert claim
    first = dt.datetime(2090, 1, 15, tzinfo=dt.UTC)
    months = [first.replace(year=2090 + number // 12, month=1 + number % 12) for number in range(60)]
    for month in months[::4]:
        store.make_room(month)
    for number in (3, 40):
        store.write(claim, update(f"of {number}"), months[number])
    changed = Update(articles=(replace(update("of 3", title="changed").articles[0], change=Change.UPDATED),))
    asked: dict[str, Callable[[], object]] = {
        "load": lambda: store.load(["of 3", "of 40", "of no month"]),
        "addresses": lambda: store.addresses(["of 3"]),
        "known": lambda: store.known("daily", ["of 40"]),
        "write": lambda: store.write(claim, changed, months[50]),
        "drop": lambda: store.drop_before(dt.date(2090, 5, 1), limit=1),
    }
    touched = {}
    for name, ask in asked.items():
        seen = [each for each in statements(store, ask, "SELECT", "UPDATE", "DELETE") if "article." in each[0]]
        with store._engine.connect() as connection:
            plans = [connection.exec_driver_sql(f"EXPLAIN {text}", values).scalars().all() for text, values in seen]
        touched[name] = set(re.findall(r" on (article_(?:\d|until|other)\w+)", str(plans)))
    store.close()
    of_3, of_40 = {"article_2090_04"}, {"article_2093_05"}
    assert touched == {"load": of_3 | of_40, "addresses": of_3, "known": of_40, "write": of_3, "drop": of_3}
