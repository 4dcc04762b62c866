"""The history of a feed in the store: cut where it must be, filled when asked, kept for good."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import create_engine, text

from feeds.errors import StoreError
from feeds.model import Archive, ArchiveDocument, Article, Change, FeedQuery, Format
from feeds.store import Store, open_store

from .conftest import NOW, Desk

EVERYTHING = FeedQuery()
MakeArticle = Callable[..., Article]


def announced(store: Store, *, limit: int = 3, chain: str = "a", feed: str = "feed") -> int | None:
    """What a feed of ``limit`` articles says when it is asked for."""
    shown = store.window(EVERYTHING, limit=limit)
    if not shown:
        return None
    return store.newest_archive(feed, chain, EVERYTHING, reached_seq=shown[-1][1], limit=limit)


def archive(store: Store, number: int, *, limit: int = 3, feed: str = "feed") -> Archive:
    found = store.archive(feed, number, EVERYTHING, limit=limit)
    assert found is not None
    return found


def chain_from(store: Store, number: int | None, *, limit: int = 3) -> list[tuple[int, tuple[str, ...]]]:
    """Every archive from one back to the first, each with its articles."""
    found = []
    while number is not None:
        one = archive(store, number, limit=limit)
        found.append((number, one.articles))
        number = one.previous
    return found


def test_what_is_shown_whole_has_no_archive(store: Store, desk: Desk, article: MakeArticle) -> None:
    assert announced(store) is None
    desk.put(*(article(f"a{number}") for number in range(3)))
    assert announced(store) is None
    assert store.archive("feed", 1, EVERYTHING, limit=3) is None


def test_a_history_leads_back_to_the_first_article(store: Store, desk: Desk, article: MakeArticle) -> None:
    desk.put(*(article(f"a{number}") for number in range(1, 9)))
    assert announced(store) == 1
    assert chain_from(store, 1) == [(1, ("a7", "a6", "a5")), (2, ("a4", "a3", "a2")), (3, ("a1",))]
    assert archive(store, 3).previous is None


def test_a_new_archive_is_full_and_comes_when_it_must(store: Store, desk: Desk, article: MakeArticle) -> None:
    desk.put(*(article(f"a{number}") for number in range(1, 6)))
    said = [announced(store)]
    for number in range(6, 13):
        desk.put(article(f"a{number}"))
        said.append(announced(store))
    assert said == [1, 1, 1, 2, 2, 2, 3, 3]
    assert chain_from(store, 3) == [
        (3, ("a10", "a9", "a8")),
        (2, ("a7", "a6", "a5")),
        (1, ("a4", "a3", "a2")),
        (4, ("a1",)),
    ]


def test_much_at_once_joins_the_history_that_was_there(store: Store, desk: Desk, article: MakeArticle) -> None:
    desk.put(*(article(f"a{number}") for number in range(1, 6)))
    old = announced(store)
    assert old
    before = chain_from(store, old)
    desk.put(*(article(f"b{number}") for number in range(1, 9)))
    new = announced(store)
    found = chain_from(store, new)
    assert found[-len(before) :] == before
    assert [name for _, held in found for name in held][:8] == ["b7", "b6", "b5", "b4", "b3", "b2", "b1", "a5"]


def test_asking_again_changes_nothing(store: Store, desk: Desk, article: MakeArticle) -> None:
    desk.put(*(article(f"a{number}") for number in range(1, 9)))
    first = chain_from(store, announced(store))
    desk.put(article("a2", title="Changed"), article("a6", title="Changed"), change=Change.UPDATED)
    assert chain_from(store, first[0][0]) == first
    assert chain_from(store, first[0][0], limit=7) == first, "nor another number of entries"
    shown = [name for name, _ in store.window(EVERYTHING, limit=3)]
    assert {"a2", "a6"} <= set(shown), "what changed comes again above"


def test_numbers_that_were_not_announced_are_not_there(store: Store, desk: Desk, article: MakeArticle) -> None:
    desk.put(*(article(f"a{number}") for number in range(1, 9)))
    assert announced(store) == 1
    for number in (0, 2, 3, 2**31 - 1):
        assert store.archive("feed", number, EVERYTHING, limit=3) is None
    assert store.archive("other", 1, EVERYTHING, limit=3) is None
    archive(store, 1)
    assert store.archive("feed", 2, EVERYTHING, limit=3) is not None, "the first one announced it"


def test_another_meaning_begins_anew_and_keeps_what_was_announced(
    store: Store, desk: Desk, article: MakeArticle
) -> None:
    desk.put(*(article(f"a{number}") for number in range(1, 9)))
    before = chain_from(store, announced(store))
    after = announced(store, chain="b")
    assert after == len(before) + 1
    assert [held for _, held in chain_from(store, after)] == [held for _, held in before]
    assert chain_from(store, before[0][0]) == before
    assert announced(store, feed="other") == 1, "numbers are each feed's own"


def test_articles_that_left_their_place_leave_a_shorter_archive(store: Store, desk: Desk, article: MakeArticle) -> None:
    desk.put(*(article(f"a{number}") for number in range(1, 6)))
    assert announced(store) == 1
    desk.put(*(article(f"a{number}", title="Changed") for number in range(1, 6)), change=Change.UPDATED)
    assert chain_from(store, 1) == [(1, ())]
    assert chain_from(store, announced(store)) == [(2, ("a3", "a2", "a1")), (1, ())]


@pytest.mark.parametrize("format_", list(Format))
def test_a_document_is_written_once(store: Store, desk: Desk, article: MakeArticle, format_: Format) -> None:
    desk.put(*(article(f"a{number}") for number in range(1, 9)))
    announced(store)
    previous = archive(store, 1).previous
    assert store.archive_document("feed", 1, format_) is None
    body = "中国 \U0001f600 ".encode() * 999 + b"\x00\xff"
    written = ArchiveDocument(body=body, last_modified=NOW, previous=previous)
    assert store.keep_archive_document("feed", 1, format_, written) == written
    other = ArchiveDocument(body=b"other", last_modified=None, previous=None)
    assert store.keep_archive_document("feed", 1, format_, other) == written
    assert store.archive_document("feed", 1, format_) == written
    assert {each for each in Format if store.archive_document("feed", 1, each)} == {format_}


def test_what_is_not_in_the_full_text_yet_is_waited_for(
    clean_url: Callable[[], str], desk_at: Callable[[Store], Desk], article: MakeArticle
) -> None:
    url = clean_url()
    store = open_store(url)
    desk_at(store).put(*(article(f"a{number}", content_text="same words") for number in range(1, 9)))
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE entry SET in_words = FALSE WHERE seq = 2"))
    engine.dispose()
    asked = FeedQuery(keywords=("bmw",), inferred=False)
    assert announced(store) == 1
    with pytest.raises(StoreError, match="full text"):
        store.archive("feed", 1, asked, limit=3)
    assert archive(store, 1).articles == ("a7", "a6", "a5"), "a feed that needs no words does not wait"
    store.close()


def test_all_who_make_the_same_at_once_get_the_same(
    clean_url: Callable[[], str], desk_at: Callable[[Store], Desk], article: MakeArticle
) -> None:
    url = clean_url()
    stores = [open_store(url) for _ in range(4)]
    desk_at(stores[0]).put(*(article(f"a{number}") for number in range(1, 30)))
    together = Barrier(len(stores))

    def make(place: int) -> list[tuple[int, tuple[str, ...], bytes]]:
        store, found = stores[place], []
        together.wait()
        number = announced(store)
        while number is not None:
            held = archive(store, number)
            written = ArchiveDocument(body=f"{place}".encode(), previous=held.previous)
            kept = store.keep_archive_document("feed", number, Format.ATOM, written)
            found.append((number, held.articles, kept.body))
            number = kept.previous
        return found

    with ThreadPoolExecutor(len(stores)) as threads:
        made = list(threads.map(make, range(len(stores))))
    assert made == [made[0]] * len(stores)
    assert sorted(number for number, _, _ in made[0]) == list(range(1, len(made[0]) + 1))
    for store in stores:
        store.close()


@pytest.mark.parametrize("seed", range(2))
def test_whoever_follows_a_feed_and_its_history_holds_every_article(
    store: Store, desk: Desk, article: MakeArticle, seed: int
) -> None:
    """Articles come and change, feeds are asked for now and then; clients come late, and stay away for a while.

    Each client reads as RFC 5005 has it: the feed, then back through archives until one that it knows.
    """
    chance = random.Random(seed)
    limit = chance.choice([1, 2, 5])
    versions: dict[str, str] = {}
    clients: list[tuple[dict[str, str], set[int]]] = []
    fixed: dict[int, tuple[str, ...]] = {}
    for step in range(60):
        for _ in range(chance.choice([0, 1, 1, 2, 4 * limit + 3])):
            name = chance.choice([*versions, None, None]) or f"a{len(versions)}"
            change = Change.UPDATED if name in versions else Change.NEW
            versions[name] = f"version of step {step}, {chance.random()}"
            desk.put(article(name, title=versions[name]), change=change, now=NOW + dt.timedelta(minutes=step))
        if chance.random() < 0.3:
            announced(store, limit=limit)  # somebody asks, and does not read on
        if chance.random() < 0.1:
            clients.append(({}, set()))
        for held, known in clients:
            if chance.random() < 0.4:
                read(store, limit, held, known, fixed)
                assert held == versions, (seed, step)
    assert clients
    assert any(fixed.values())


def read(store: Store, limit: int, held: dict[str, str], known: set[int], fixed: dict[int, tuple[str, ...]]) -> None:
    """One client brings itself up to date; of an article that it finds twice in one visit the first counts."""
    shown = store.window(EVERYTHING, limit=limit)
    titles = {name: stored.article.title for name, stored in store.load([name for name, _ in shown]).items()}
    number = announced(store, limit=limit)
    while number is not None and number not in known:
        known.add(number)
        one = archive(store, number, limit=limit)
        assert fixed.setdefault(number, one.articles) == one.articles
        for name, stored in store.load(one.articles).items():
            titles.setdefault(name, stored.article.title)
        number = one.previous
    held |= titles
