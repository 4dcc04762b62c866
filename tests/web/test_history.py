"""Further documents of feeds (RFC 5005): archives that lead back to the first article and never change, and pages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import feedparser
import pytest
from flask import Flask
from lxml import etree

from feeds.errors import StoreError
from feeds.model import Article, Change, FeedQuery, Field, Format, Has, Not
from feeds.query import Address, Part, read_question
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store
from feeds.web import named as named_feeds
from feeds.web.answers import Answers
from feeds.web.app import create_app
from feeds.web.archives import keeps_archives
from feeds.web.catalogue import Catalogue

from .conftest import BASE, NOW, SOURCES, Answer, Both, Clock, Watched, ask, make_article, write

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
SHOWN = 4
GERMAN = Address(query=FeedQuery(languages=("de",)), format=Format.ATOM)
FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, config=tmp_path, public_url=BASE, feed_entries=SHOWN)


@pytest.fixture
def store(settings: Settings, new_sqlite: Callable[[Path], str]) -> Iterator[Store]:
    """Eighteen German articles: a feed and its history."""
    opened = open_store(new_sqlite(settings.data))
    opened.register(SOURCES, NOW)
    write(opened, [story(number) for number in range(1, 19)])
    yield opened
    opened.close()


@pytest.fixture
def app(settings: Settings, store: Store) -> Flask:
    return create_app(settings, store, clock=lambda: NOW)


@pytest.fixture
def both(app: Flask) -> Both:
    return Both(app)


def story(number: int, title: str = "") -> Article:
    """The higher the number, the newer."""
    dated = NOW - dt.timedelta(hours=100 - number)
    return make_article(number, "rundschau", "de", title or f"Geschichte {number}", keywords=("BMW",), published=dated)


class Document:
    """A document of a feed as a reader sees it: ids and titles of its articles, addresses by relation."""

    def __init__(self, answer: Answer, format_: str) -> None:
        assert answer.status == 200, (answer.status, answer.body)
        if format_ == "json":
            feed = json.loads(answer.body)
            self.articles = {item["id"]: item["title"] for item in feed["items"]}
            self.links = dict(feed["_polyfeed"].get("history", {}))
            self.links["self"] = feed["feed_url"]
            return
        parsed = feedparser.parse(answer.body)
        assert not parsed.bozo, parsed.get("bozo_exception")
        self.articles = {entry.id: entry.title for entry in parsed.entries}
        self.links = {link["rel"]: link["href"] for link in parsed.feed.links if link["rel"] != "alternate"}


def get(both: Callable[..., Answer], url: str, **headers: str) -> Answer:
    """The answer at an address, or where it has moved."""
    path, _, query = url.removeprefix(BASE).partition("?")
    answer = both(path, query=query, **headers)
    return get(both, answer["Location"] or "", **headers) if answer.status == 301 else answer


def walk(both: Callable[..., Answer], url: str, relation: str = "prev-archive") -> list[Document]:
    """The documents from one on, each led to by the one before."""
    format_ = url.partition("?")[0].rpartition(".")[2]
    found = [Document(get(both, url), format_)]
    while (further := found[-1].links.get(relation)) is not None:
        found.append(Document(get(both, further), format_))
        assert len(found) < 100
    return found


@pytest.mark.parametrize("format_", ["atom", "rss", "json"])
@pytest.mark.parametrize(
    "feed",
    ["de", "all", "de/keywords/BMW", "de/sources/rundschau", "de/keywords/BMW.{}?copies=hide", "de.{}?content=title"],
)
def test_a_feed_leads_back_to_its_first_article(both: Both, format_: str, feed: str) -> None:
    url = f"{BASE}/feeds/" + (feed.format(format_) if "{}" in feed else f"{feed}.{format_}")
    documents = walk(both, url)
    assert len(documents) == 1 + 5
    assert [document.links["self"] for document in documents] == [
        url,
        *(f"{url}{'&' if '?' in url else '?'}archive={number}" for number in range(1, 6)),
    ]
    assert all(document.links.get("current") == url for document in documents[1:])
    held = [name for document in documents[1:] for name in document.articles]
    assert held == [story(number).id for number in range(17, 0, -1)]
    assert set(held) | set(documents[0].articles) == {story(number).id for number in range(1, 19)}


def test_an_archive_says_that_it_is_one(both: Both) -> None:
    feed, archive = (etree.fromstring(both("/feeds/de.atom", query=query).body) for query in ("", "archive=1"))
    assert feed.find(f"{HISTORY}archive") is None
    assert archive.find(f"{HISTORY}archive") is not None
    assert archive.findtext(f"{ATOM}id") == feed.findtext(f"{ATOM}id"), "one feed in several documents"
    assert archive.find(f"{ATOM}link[@rel='next-archive']") is None, "that would have to change"


def test_an_archive_is_kept_by_everyone_for_ever(both: Both) -> None:
    both("/feeds/de.atom")
    answer = both("/feeds/de.atom", query="archive=1")
    assert answer["Cache-Control"] == FOR_EVER
    assert (answer["ETag"] or "").startswith('"')
    assert answer["Last-Modified"]
    assert f'<{BASE}/feeds/de.atom>; rel="current"' in (answer["Link"] or "")
    assert f'<{BASE}/feeds/de.atom?archive=2>; rel="prev-archive"' in (answer["Link"] or "")
    for headers in ({"if_none_match": answer["ETag"]}, {"if_modified_since": answer["Last-Modified"]}):
        again = both("/feeds/de.atom", query="archive=1", **headers)
        assert (again.status, again["Cache-Control"]) == (304, FOR_EVER)
    head = both("/feeds/de.atom", "HEAD", query="archive=1")
    assert (head.status, head.body, head["ETag"]) == (200, b"", answer["ETag"])
    assert both("/feeds/de.atom", query="archive=1", accept_encoding="br")["ETag"] != answer["ETag"]
    handed_on = both.handed_on
    both("/feeds/de.atom", query="archive=1&utm_source=x")
    assert both.handed_on == handed_on, "the fast layer answers it"


def test_nothing_changes_what_was_once_an_archive(settings: Settings, store: Store, app: Flask) -> None:
    def everything(flask: Flask) -> dict[str, bytes]:
        return {
            f"{format_} {number}": ask(flask, f"/feeds/de/keywords/BMW.{format_}", query=f"archive={number}").body
            for format_ in ("atom", "rss", "json")
            for number in range(1, 6)
        }

    walk(lambda *given, **named: ask(app, *given, **named), f"{BASE}/feeds/de/keywords/BMW.atom")
    before = everything(app)
    write(store, [story(number, "Ganz anders") for number in range(1, 19)], change=Change.UPDATED)
    write(store, [dataclasses.replace(story(number), keywords=("Bmw",)) for number in range(20, 60)])
    later = create_app(dataclasses.replace(settings, title="Another", feed_entries=2), store, clock=lambda: NOW)
    moved = ask(later, "/feeds/de/keywords/BMW.atom", query="archive=1")
    assert (moved.status, moved["Location"]) == (301, "/feeds/de/keywords/Bmw.atom?archive=1"), "the label changed"
    after = {
        name: ask(later, f"/feeds/de/keywords/Bmw.{name.split()[0]}", query=f"archive={name.split()[1]}").body
        for name in before
    }
    assert after == before
    assert b"Geschichte 17" in before["atom 1"]
    documents = walk(lambda *given, **named: ask(later, *given, **named), f"{BASE}/feeds/de/keywords/Bmw.atom")
    latest: dict[str, str] = {}
    for document in documents:
        latest = document.articles | latest
    assert latest[story(3).id] == "Ganz anders"
    assert len(latest) == 18 + 40


@pytest.mark.parametrize(
    ("path", "query", "status", "to"),
    [
        ("/feeds/de.atom", "archive=2", 404, None),  # nobody has read the first one yet
        ("/feeds/de.atom", "archive=0", 404, None),
        ("/feeds/de.atom", "archive=", 404, None),
        ("/feeds/de.atom", "archive=x", 404, None),
        ("/feeds/de.atom", "archive=-1", 404, None),
        ("/feeds/de.atom", "archive=1.0", 404, None),
        ("/feeds/de.atom", "archive=%EF%BC%91", 404, None),
        ("/feeds/de.atom", "archive=2147483648", 404, None),
        ("/feeds/de.atom", f"archive={'9' * 400}", 404, None),
        ("/feeds/de.atom", "archive=1%00", 404, None),
        ("/feeds/ja.rss", "archive=1", 404, None),
        ("/feeds/de/search.atom", "q=geschichte&archive=1", 404, None),
        ("/feeds/de+fr.json", "archive=1", 404, None),
        ("/feeds/xx.atom", "archive=1", 404, None),
        ("/feeds/de.atom", "archive=01", 301, "/feeds/de.atom?archive=1"),
        ("/feeds/de.atom", "ARCHIVE=+1+", 301, "/feeds/de.atom?archive=1"),
        ("/feeds/DE.atom", "archive=1", 301, "/feeds/de.atom?archive=1"),
        ("/feeds/de.atom", "archive=1&copies=hide", 301, "/feeds/de.atom?copies=hide&archive=1"),
        ("/feeds/de.atom", "archive=1&archive=2", 301, "/feeds/de.atom?archive=1"),
        ("/feeds/de.atom", "before=3", 200, None),  # it has archives: pages of it are unknown parameters
        ("/feeds/de.atom", "archive=1&before=3&x=y", 200, None),
        ("/feeds/de", "archive=1", 200, None),  # a page has pages only
        ("/feeds/DE", "before=9&lang=fr", 301, "/feeds/de?before=9&lang=fr"),
    ],
)
def test_what_may_be_asked_for(  # noqa: PLR0917 - the columns of the table
    both: Both, settings: Settings, path: str, query: str, status: int, to: str | None
) -> None:
    for format_ in ("atom", "rss", "json"):
        both(f"/feeds/de.{format_}")

    def stored() -> list[Any]:
        with closing(sqlite3.connect(settings.data / "polyfeed.sqlite3")) as connection:
            return connection.execute("SELECT feed, number FROM archive ORDER BY 1, 2").fetchall()

    before = stored()
    assert len(before) == 1
    answer = both(path, query=query)
    assert (answer.status, answer["Location"]) == (status, to)
    if status == 404:
        assert b"There is no such" in answer.body
        assert stored() == before, "nobody fills the disk by asking"


def test_a_page_does_not_stand_for_an_archive(both: Both) -> None:
    plain, paged = both("/feeds/de.atom"), both("/feeds/de.atom", query="before=3")
    assert paged == plain
    assert both("/feeds/de.atom", query="archive=1").body != plain.body


@pytest.mark.parametrize(
    "feed",
    [
        "de/search.atom?q=geschichte",
        "de+fr.rss",
        "de~en.json",
        "de/keywords/BMW,kunst.atom",
        "de/search.rss?q=since:9d",
    ],
)
def test_what_visitors_put_together_leads_on_page_by_page(both: Both, feed: str) -> None:
    url = f"{BASE}/feeds/{feed}"
    pages = walk(both, url, "next")
    assert [len(page.articles) for page in pages] == [4, 4, 4, 4, 2]
    assert [name for page in pages for name in page.articles] == [story(number).id for number in range(18, 0, -1)]
    assert all(page.links["first"] == url for page in pages)
    assert pages[0].links["self"] == url
    assert "previous" not in pages[0].links
    back = walk(both, pages[-1].links["self"], "previous")
    shown = [list(page.articles) for page in back]
    assert shown[1:-1] == [list(page.articles) for page in pages[-2:0:-1]]
    assert shown[-1] == list(pages[0].articles), "the first one stands at the feed's own address"


def test_pages_keep_up(settings: Settings, store: Store, clock: Clock) -> None:
    answers = Answers(settings, store, Catalogue(store, clock), clock=clock, now=lambda: NOW)
    query = FeedQuery(languages=("de",), question=read_question("geschichte"))
    address = Address(query=query, format=Format.JSON, part=Part(before=15))

    def history() -> dict[str, str]:
        return dict(json.loads(answers.ready(address).plain)["_polyfeed"]["history"])

    first = f"{BASE}/feeds/de/search.json?q=geschichte"
    assert history()["previous"] == first
    write(store, [story(number) for number in range(20, 24)])
    clock.now_s += 5
    assert history() == {"first": first, "previous": f"{first}&before=19", "next": f"{first}&before=11"}
    write(store, [story(14, "Geschichte, neu")], change=Change.UPDATED)
    clock.now_s += 5
    assert "Geschichte, neu" not in answers.ready(address).plain.decode()


def test_which_feeds_keep_archives() -> None:
    bmw, kunst = ("bmw",), ("bmw", "kunst")
    kept = [
        FeedQuery(),
        FeedQuery(languages=("de",), copies=False, inferred=False),
        FeedQuery(keywords=bmw),
        FeedQuery(languages=("de",), section="kultur"),
        FeedQuery(source="rundschau"),
    ]
    assert all(map(keeps_archives, kept))
    word = Has(Field.WORDS, ("tee",))
    composed = [
        FeedQuery(languages=("de", "fr")),
        FeedQuery(languages=("de",), fallback=("en",)),
        FeedQuery(keywords=kunst),
        FeedQuery(keywords=bmw, section="kultur"),
        FeedQuery(question=Not(word)),
    ]
    assert not any(map(keeps_archives, composed))
    assert all(keeps_archives(query, is_named=True) for query in composed)
    assert not keeps_archives(FeedQuery(question=read_question("tee since:7d")), is_named=True)


def name_feed(config: Path, question: str) -> None:
    (config / "feeds.toml").write_text(f'[autos]\ntitle = "Autos"\nq = "{question}"\nlanguages = ["de"]\n')


def test_a_named_feed_that_asks_something_else_keeps_its_old_archives(
    both: Both, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(named_feeds, "LOOK_EVERY_S", 0.0)
    name_feed(settings.config, "geschichte")
    url = f"{BASE}/feeds/named/autos.atom"
    before = walk(both, url)
    assert len(before) == 6
    old = get(both, f"{url}?archive=1")
    name_feed(settings.config, "geschichte -17 -16")
    after = walk(both, url)
    numbers = [document.links["self"].rpartition("=")[2] for document in after[1:]]
    assert numbers == ["6", "7", "8", "9"]
    held = [name for document in after[1:] for name in document.articles]
    assert held == [story(number).id for number in range(15, 0, -1)]
    assert get(both, f"{url}?archive=1").body == old.body


def test_a_service_that_moves_leads_back_at_its_new_address(settings: Settings, store: Store, app: Flask) -> None:
    before = walk(lambda *given, **named: ask(app, *given, **named), f"{BASE}/feeds/de.atom")
    there = "https://feeds.example"
    moved = create_app(dataclasses.replace(settings, public_url=there), store, clock=lambda: NOW)

    def fetch(path: str, **given: str) -> Answer:
        return ask(moved, path.removeprefix(there), **given)

    after = walk(fetch, f"{there}/feeds/de.atom")
    assert [list(document.articles) for document in after] == [list(document.articles) for document in before]
    assert all(link.startswith(there) for document in after for link in document.links.values())


def test_what_is_ready_is_answered_while_the_store_is_away(settings: Settings, watched: Watched, clock: Clock) -> None:
    store = cast("Store", watched)
    answers = Answers(settings, store, Catalogue(store, clock), clock=clock)
    answers.ready(GERMAN)
    first = dataclasses.replace(GERMAN, part=Part(archive=1))
    ready = answers.archive(first)
    assert ready is not None
    watched.is_down = True
    clock.now_s += 60
    assert answers.at("/feeds/de.atom", "archive=1") is ready
    assert answers.archive(first) is ready
    with pytest.raises(StoreError):
        answers.archive(dataclasses.replace(GERMAN, part=Part(archive=2)))


def test_a_store_that_cannot_be_written_answers_feeds(
    settings: Settings, watched: Watched, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = cast("Store", watched)

    def refuse(*_: object, **__: object) -> None:
        raise StoreError("attempt to write a readonly database")

    monkeypatch.setattr(watched, "newest_archive", refuse, raising=False)
    feed = etree.fromstring(Answers(settings, store, Catalogue(store, clock), clock=clock).ready(GERMAN).plain)
    assert len(feed.findall(f"{ATOM}entry")) == SHOWN
    assert feed.find(f"{ATOM}link[@rel='prev-archive']") is None


def test_feeds_without_anybody_to_answer_for_their_history_have_none(settings: Settings, store: Store) -> None:
    """As ``polyfeed export`` writes them."""
    answers = Answers(settings, store, Catalogue(store), with_history=False)
    for query in (GERMAN.query, FeedQuery(languages=("de", "fr"))):
        text = answers.ready(Address(query=query, format=Format.ATOM)).plain.decode()
        assert "archive=" not in text
        assert "before=" not in text


def test_all_processes_answer_the_same_archives(settings: Settings, store: Store) -> None:
    several = [Answers(settings, store, Catalogue(store)) for _ in range(3)]

    def read(number: int) -> list[bytes]:
        answers, found = several[number % 3], []
        ready: Any = answers.ready(GERMAN)
        archive = 0
        while f"archive={archive + 1}".encode() in ready.plain:
            archive += 1
            ready = answers.archive(dataclasses.replace(GERMAN, part=Part(archive=archive)))
            assert ready is not None
            found.append(ready.plain)
        return found

    with ThreadPoolExecutor(9) as threads:
        found = list(threads.map(read, range(9)))
    assert len(found[0]) == 5
    assert found == [found[0]] * 9


@pytest.mark.parametrize("seed", range(4))
def test_a_reader_that_comes_now_and_then_misses_nothing(
    settings: Settings, store: Store, clock: Clock, seed: int
) -> None:
    """Two processes answer by turns; readers stop at the first archive that they know, as RFC 5005 has it."""
    chance = random.Random(seed)
    processes = [Answers(settings, store, Catalogue(store, clock), clock=clock) for _ in range(2)]
    titles = {story(number).id: story(number).title for number in range(1, 19)}
    numbers = list(range(1, 19))
    readers: list[tuple[dict[str, str], set[str]]] = [({}, set()) for _ in range(3)]
    bytes_of: dict[str, bytes] = {}

    def come(held: dict[str, str], known: set[str]) -> None:
        latest: dict[str, str] = {}
        address = GERMAN
        while True:
            answers = chance.choice(processes)
            ready = answers.ready(address) if address is GERMAN else answers.archive(address)
            assert ready is not None
            feed = etree.fromstring(ready.plain)
            said = {
                entry.findtext(f"{ATOM}id") or "": entry.findtext(f"{ATOM}title") or ""
                for entry in feed.iter(f"{ATOM}entry")
            }
            latest = said | latest
            if address is not GERMAN:
                assert bytes_of.setdefault(str(address.part), ready.plain) == ready.plain
            link = feed.find(f"{ATOM}link[@rel='prev-archive']")
            if link is None or link.get("href", "") in known:
                break
            known.add(link.get("href", ""))
            number = int(link.get("href", "").rpartition("=")[2])
            address = dataclasses.replace(GERMAN, part=Part(archive=number))
        held |= latest

    for step in range(30):
        for _ in range(chance.choice([0, 1, 2, 11])):
            is_new = chance.random() < 0.6
            number = max(numbers) + 1 if is_new else chance.choice(numbers)
            numbers = sorted({*numbers, number})
            one = story(number, f"Schritt {step}, {chance.random()}")
            write(store, [one], change=Change.NEW if is_new else Change.UPDATED)
            titles[one.id] = one.title
        clock.now_s += 5
        if chance.random() < 0.3:
            chance.choice(processes).ready(GERMAN)
        for held, known in readers:
            if chance.random() < 0.5:
                come(held, known)
                assert held == titles, (seed, step)
    assert len(bytes_of) > 5
