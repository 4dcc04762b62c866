"""Languages that stand in for stories without an edition in those that are wanted more."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from feeds.model import Article, FeedQuery, StoredArticle, StoryLink, Twin, Update
from feeds.store import Store, questions, standins

from .conftest import NOW

Make = Callable[..., Article]


def link(desk: Any, one: str, other: str) -> None:
    told = StoryLink(one_id=one, other_id=other, evidence="hreflang")
    desk.store.write(desk.claims["daily"], Update(links=(told,)), NOW)


def ids(store: Store, limit: int = 99, **query: Any) -> list[str]:
    found = [name for name, _ in store.window(FeedQuery(**query), limit=limit)]
    if limit == 99:
        assert store.count(FeedQuery(**query)) == len(found)
    return found


def test_what_has_an_edition_before_is_left_out_and_comes_and_goes(store: Store, desk: Any, article: Make) -> None:
    desk.put(
        article("de"), article("en", language="en-GB"), article("fr", language="fr"), article("en2", language="en")
    )
    assert set(ids(store, languages=("de",), fallback=("en",))) == {"de", "en", "en2"}
    link(desk, "de", "en")
    assert set(ids(store, languages=("de",), fallback=("en",))) == {"de", "en2"}
    assert set(ids(store, languages=("de",), fallback=("en", "fr"))) == {"de", "en2", "fr"}
    link(desk, "en2", "fr")
    assert set(ids(store, languages=("de",), fallback=("en", "fr"))) == {"de", "en2"}
    assert set(ids(store, languages=("de",), fallback=("fr", "en"))) == {"de", "fr"}
    assert set(ids(store, languages=("fr",), fallback=("de",))) == {"fr", "de"}
    assert ids(store, languages=("ja",), fallback=("sv",)) == []


def test_keywords_sections_and_copies_are_asked_of_each(store: Store, desk: Any, article: Make) -> None:
    said: dict[str, Any] = {"keywords": ("BMW",), "section": "cars"}
    desk.put(article("de", **said), article("en", language="en", **said), article("copy", language="en", **said))
    desk.put(article("other", language="en"))
    desk.mark("daily", "copy", Twin.COPY, "en")
    for query in ({"keywords": ("bmw",)}, {"section": "cars"}):
        assert set(ids(store, languages=("de",), fallback=("en",), **query)) == {"de", "en", "copy"}
        assert set(ids(store, languages=("de",), fallback=("en",), copies=False, **query)) == {"de", "en"}
    link(desk, "de", "en")
    assert set(ids(store, languages=("de",), fallback=("en",), keywords=("bmw",))) == {"de", "copy"}
    assert set(ids(store, languages=("de",), fallback=("en",), source="daily")) == {"de", "copy", "other"}


def is_answer(query: FeedQuery, stored: StoredArticle) -> bool:
    """What the store should say, article by article."""
    wanted = [*query.languages, *query.fallback]
    if stored.article.language not in wanted:
        return False
    before = wanted[: wanted.index(stored.article.language)]
    before = [] if stored.article.language in query.languages else before
    return not any(tag in stored.translations for tag in before)


@pytest.mark.parametrize("seed", range(3))
def test_windows_page_as_a_comparison_of_every_article_says(
    store: Store, desk: Any, article: Make, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standins, "_MOST_AT_ONCE", 4)
    chance = random.Random(seed)
    tags = ("de", "en", "fr")
    names = {f"{tag}{number}": tag for tag in tags for number in range(15)}
    for name in chance.sample(sorted(names), len(names)):
        desk.put(article(name, language=names[name]))
    for _ in range(30):
        link(desk, *chance.sample(sorted(names), 2))
    stored = store.load(names)
    for query in (
        FeedQuery(languages=("de",), fallback=("en",)),
        FeedQuery(languages=("de",), fallback=("fr", "en")),
        FeedQuery(languages=("de", "fr"), fallback=("en",)),
    ):
        true = sorted((each.seq for each in stored.values() if is_answer(query, each)), reverse=True)
        assert store.count(query) == len(true)
        found: list[int] = []
        while some := store.window(query, limit=3, before_seq=found[-1] if found else None):
            found += [seq for _, seq in some]
        assert found == true
        found = [0]
        while some := store.window(query, limit=3, after_seq=found[-1]):
            found += [seq for _, seq in some]
        assert found[1:] == true[::-1]


def test_nothing_standing_in_is_the_plain_question(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("de"), article("en", language="en"))
    assert ids(store, languages=("de",), fallback=("de-AT",)) == ["de"]
    assert questions.matching(["en", "en-GB"], ["en"]) == ["en", "en-GB"]
