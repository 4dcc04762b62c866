"""Changes after a number: oldest first, none missed while others write, each once more when it changes again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from feeds.model import Article, Change, FeedQuery, Field, Has, Match, Not, Twin
from feeds.store import Store, open_store

Make = Callable[..., Article]

QUESTIONS = [
    FeedQuery(),
    FeedQuery(copies=False),
    FeedQuery(languages=("de",)),
    FeedQuery(languages=("de", "fr")),
    FeedQuery(source="daily"),
    FeedQuery(section="auto"),
    FeedQuery(keywords=("bmw",)),
    FeedQuery(keywords=("bmw",), languages=("de", "fr")),
    FeedQuery(keywords=("bmw", "china")),
    FeedQuery(keywords=("bmw", "china"), match=Match.ANY),
    FeedQuery(keywords=("bmw",), inferred=False),
    FeedQuery(question=Has(Field.WORDS, ("title",))),
    FeedQuery(languages=("fr",), question=Not(Has(Field.TITLE, ("a3",)))),
]


@pytest.mark.parametrize("query", QUESTIONS, ids=repr)
def test_step_by_step_from_the_start_they_are_the_window_turned_round(
    desk: Any, store: Store, article: Make, query: FeedQuery
) -> None:
    for number in range(12):
        keywords = (("BMW", "China"), ("BMW",), ("China",), ())[number % 4]
        language, section = ("de", "fr", "it")[number % 3], "auto" if number % 2 else None
        desk.put(article(f"a{number}", language=language, keywords=keywords, section=section))
    desk.put(article("b", source_id="weekly", keywords=("BMW",)))
    desk.mark("weekly", "b", Twin.COPY, "a0")
    desk.put(article("a5", title="Title of another a5", language="de", keywords=("BMW",)), change=Change.UPDATED)
    newest_first = store.window(query, limit=100)
    assert len(newest_first) > 1
    found: list[tuple[str, int]] = []
    while step := store.window(query, limit=2, after_seq=found[-1][1] if found else 0):
        found += step
    assert found == newest_first[::-1]


def test_a_mirror_misses_nothing_while_several_write(clean_url: Callable[[], str], desk_at: Any, article: Make) -> None:
    url = clean_url()
    names, each = ("daily", "weekly", "monthly"), 25
    with_writers = [open_store(url) for _ in names]

    def fill(name: str, store: Store) -> None:
        desk = desk_at(store)
        desk.open(name)
        for number in range(each):
            desk.put(article(f"{name}-{number}", source_id=name))
            if number % 5 == 4:  # an earlier one changes
                changed = article(f"{name}-{number - 3}", source_id=name, title=f"Now {number}")
                desk.put(changed, change=Change.UPDATED)

    threads = [threading.Thread(target=fill, args=pair) for pair in zip(names, with_writers, strict=True)]
    reader = open_store(url)
    mirror: dict[str, tuple[int, str]] = {}
    after = 0
    for thread in threads:
        thread.start()
    while True:
        are_done = not any(thread.is_alive() for thread in threads)
        step = reader.window(FeedQuery(), limit=3, after_seq=after)
        loaded = reader.load([article_id for article_id, _ in step])
        for article_id, seq in step:
            assert seq > after
            after = seq
            mirror[article_id] = (loaded[article_id].seq, loaded[article_id].article.title)
        if are_done and not step:
            break
    stored = reader.load([article_id for article_id, _ in reader.window(FeedQuery(), limit=1000)])
    assert len(stored) == len(names) * each
    assert mirror == {key: (each.seq, each.article.title) for key, each in stored.items()}
    for store in (*with_writers, reader):
        store.close()
