from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from feeds.errors import StoreError
from feeds.model import Change, FeedQuery, Format, StoredArticle
from feeds.query import Address
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.answers import Answers
from feeds.web.catalogue import Catalogue
from feeds.web.making import Maker
from feeds.web.ready import STALE, Ready

from .conftest import ARTICLES, NOW, Clock, Watched, make_article, write

GERMAN = Address(query=FeedQuery(languages=("de",)), format=Format.ATOM)
JAPANESE = Address(query=FeedQuery(languages=("ja",)), format=Format.ATOM)


@pytest.fixture
def answers(settings: Settings, watched: Watched, clock: Clock) -> Answers:
    store = cast("Store", watched)
    return Answers(settings, store, Catalogue(store, clock), clock=clock)


def test_a_feed_is_rendered_once(answers: Answers, watched: Watched) -> None:
    first = answers.ready(GERMAN)
    for _ in range(5):
        assert answers.ready(GERMAN) is first
        assert answers.at("/feeds/de.atom") is first
    assert watched.calls["window"] == watched.calls["load"] == watched.calls["change_seq"] == 1


def test_feeds_nobody_asked_for_are_not_there(answers: Answers, watched: Watched) -> None:
    assert answers.at("/feeds/de.atom") is None
    assert not watched.calls


def test_a_page_is_no_feed(answers: Answers) -> None:
    with pytest.raises(ValueError, match="page"):
        answers.ready(dataclasses.replace(GERMAN, format=None))


def test_news_are_in_within_half_a_second(answers: Answers, store: Store, clock: Clock) -> None:
    before = answers.ready(GERMAN)
    write(store, [make_article(20, "rundschau", "de", "Neuigkeit")])
    clock.now_s += 0.4
    assert answers.at("/feeds/de.atom") is before
    clock.now_s += 0.1
    after = answers.at("/feeds/de.atom")
    assert after is not None
    assert b"Neuigkeit" in after.plain
    assert after.etag() != before.etag()


def test_only_feeds_whose_answer_changed_are_rendered_again(
    answers: Answers, store: Store, watched: Watched, clock: Clock
) -> None:
    german, japanese = answers.ready(GERMAN), answers.ready(JAPANESE)
    write(store, [make_article(20, "rundschau", "de", "Neuigkeit")])
    clock.now_s += 1
    assert answers.at("/feeds/ja.atom") is japanese
    assert answers.at("/feeds/de.atom") is not german
    windows = watched.calls["window"]
    assert answers.at("/feeds/ja.atom") is japanese
    assert watched.calls["window"] == windows, "the window was compared for this change already"


def test_only_the_new_article_is_loaded(
    answers: Answers, store: Store, watched: Watched, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers.ready(GERMAN)
    asked: list[list[str]] = []

    def load(ids: list[str]) -> dict[str, StoredArticle]:
        asked.append(ids)
        return store.load(ids)

    monkeypatch.setattr(watched, "load", load, raising=False)
    new = make_article(20, "rundschau", "de", "Neuigkeit")
    write(store, [new])
    clock.now_s += 1
    answers.ready(GERMAN)
    answers.ready(dataclasses.replace(GERMAN, format=Format.RSS))
    assert asked == [[new.id]]


def test_an_edit_is_shown_under_the_same_id(answers: Answers, store: Store, clock: Clock) -> None:
    answers.ready(GERMAN)
    write(
        store, [dataclasses.replace(ARTICLES[1], title="Berichtigt", content_html="<p>Neu.</p>")], change=Change.UPDATED
    )
    clock.now_s += 1
    text = answers.ready(GERMAN).plain.decode()
    assert "Berichtigt" in text
    assert "Ein Abend im Museum" not in text
    assert text.count(ARTICLES[1].id) == 1


def test_the_counter_is_read_twice_a_second(answers: Answers, watched: Watched, clock: Clock) -> None:
    for _ in range(24):
        answers.ready(GERMAN)
        clock.now_s += 0.125
    assert watched.calls["change_seq"] == 6


def test_what_was_ready_stays_while_the_store_is_away(
    answers: Answers, store: Store, watched: Watched, clock: Clock
) -> None:
    before = answers.ready(GERMAN)
    write(store, [make_article(20, "rundschau", "de", "Neuigkeit")])
    watched.is_down = True
    clock.now_s += 5
    for kept in (answers.at("/feeds/de.atom"), answers.ready(GERMAN)):
        assert kept is not None
        assert (kept.gzip, kept.etag()) == (before.gzip, before.etag())
        assert kept.always == (*before.always, *STALE)
    with pytest.raises(StoreError):
        answers.ready(JAPANESE)
    assert answers.at("/feeds/ja.atom") is None
    watched.is_down = False
    clock.now_s += 1
    assert b"Neuigkeit" in answers.ready(GERMAN).plain
    assert answers.ready(JAPANESE).plain


def test_a_failure_between_counter_and_window_keeps_what_was_ready(
    answers: Answers, store: Store, watched: Watched, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers.ready(GERMAN)
    write(store, [make_article(20, "rundschau", "de", "Neuigkeit")])
    clock.now_s += 1

    def fail(*_: object, **__: object) -> None:
        raise StoreError("just now")

    with monkeypatch.context() as patch:
        patch.setattr(watched, "window", fail, raising=False)
        kept = answers.at("/feeds/de.atom")
        assert kept is not None
        assert (kept.etag(), kept.always) == (before.etag(), (*before.always, *STALE))
    after = answers.at("/feeds/de.atom")
    assert after is not None
    assert after.etag() != before.etag(), "tried again at the next request"
    assert after.always == before.always


def test_one_thread_renders_a_feed_and_the_others_get_it(answers: Answers, watched: Watched) -> None:
    together = threading.Barrier(8)

    def ask(_: int) -> int:
        together.wait()
        return id(answers.ready(GERMAN))

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(ask, range(8)))
    assert len(found) == 1
    assert watched.calls["window"] == 1


def test_memory_is_bounded(settings: Settings, store: Store) -> None:
    answers = Answers(settings, store, Catalogue(store), max_bytes=60_000)
    queries = [FeedQuery(languages=("de",), keywords=(f"thema {number}",)) for number in range(50)]
    for query in queries:
        answers.ready(Address(query=query, format=Format.ATOM))
    assert 0 < answers.size_bytes <= 60_000
    assert answers.at("/feeds/de/keywords/thema 0.atom") is None
    assert answers.at("/feeds/de/keywords/thema 49.atom") is not None


def test_a_keyword_gets_its_spelling_from_its_first_article(answers: Answers, store: Store, clock: Clock) -> None:
    address = Address(query=FeedQuery(languages=("de",), keywords=("tee",)), format=Format.ATOM)
    assert b"<entry" not in answers.ready(address).plain
    assert answers.at("/feeds/de/keywords/tee.atom") is not None
    write(store, [make_article(20, "rundschau", "de", "Ein Tee", keywords=("TEE",))])
    clock.now_s += 1
    assert answers.at("/feeds/de/keywords/tee.atom") is None, "Flask moves it to its new spelling"
    assert b"Ein Tee" in answers.ready(address).plain
    assert answers.at("/feeds/de/keywords/TEE.atom") is not None


def test_equal_content_is_equal_bytes_in_every_process(settings: Settings, store: Store) -> None:
    one, other = (Answers(settings, store, Catalogue(store)).ready(GERMAN) for _ in range(2))
    assert one.plain == other.plain
    assert one.etag() == other.etag()
    assert one.gzip == other.gzip
    assert one.brotli == other.brotli


def test_last_modified_is_the_newest_change(answers: Answers) -> None:
    assert answers.ready(GERMAN).last_modified == NOW
    empty = Address(query=FeedQuery(languages=("de",), keywords=("nix",)), format=Format.ATOM)
    assert answers.ready(empty).last_modified is None


def test_each_answer_is_rendered_once_and_only_when_asked_for(
    answers: Answers, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[tuple[FeedQuery, Format]] = []
    make = Maker.make

    def count(self: Maker, query: FeedQuery, format_: Format, *given: Any, **named: Any) -> Ready:
        rendered.append((query, format_))
        return make(self, query, format_, *given, **named)

    monkeypatch.setattr(Maker, "make", count)
    places = [
        Address(query=FeedQuery(languages=(language,)), format=format_)
        for language in ("de", "ja")
        for format_ in (Format.ATOM, Format.RSS)
    ]
    for _ in range(3):
        for place in places:
            answers.ready(place)
    assert rendered == [(place.query, place.format) for place in places]
    rendered.clear()
    for number in range(20, 23):  # German news; of German only Atom is asked for
        write(store, [make_article(number, "rundschau", "de", f"Neuigkeit {number}")])
        clock.now_s += 1
        for _ in range(3):
            assert f"Neuigkeit {number}".encode() in answers.ready(GERMAN).plain
            assert answers.at("/feeds/ja.atom") is not None
    assert rendered == [(GERMAN.query, Format.ATOM)] * 3


def test_feeds_that_no_change_concerns_ask_the_store_nothing(
    answers: Answers, store: Store, watched: Watched, clock: Clock
) -> None:
    japanese = answers.ready(JAPANESE)
    answers.ready(GERMAN)
    write(store, [make_article(20, "rundschau", "de", "Neuigkeit")])
    clock.now_s += 1
    answers.change_seq()
    windows = watched.calls["window"]
    assert answers.at("/feeds/ja.atom") is japanese
    assert watched.calls["window"] == windows
    assert b"Neuigkeit" in answers.ready(GERMAN).plain
