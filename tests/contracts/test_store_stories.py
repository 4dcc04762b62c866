"""Links between articles that tell one story: both ways, one for each language, learned of by whoever follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from feeds.model import Article, Change, FeedQuery, StoryLink, Twin, Update
from feeds.store import Store

Make = Callable[..., Article]


@pytest.fixture
def editions(desk: Any, article: Make) -> None:
    for tag in ("de", "en", "fr"):
        desk.put(article(tag, source_id=f"paper-{tag}", language=tag, keywords=("BMW",)))


def link(desk: Any, one: str, other: str, certainty: float = 1.0, *, source: str = "paper-de") -> int:
    link = StoryLink(one_id=one, other_id=other, evidence="hreflang", certainty=certainty)
    seq: int = desk.store.write(
        desk.claims[source], Update(links=(link,)), dt.datetime(2026, 11, 22, 13, tzinfo=dt.UTC)
    )
    return seq


def translations(store: Store, *names: str) -> dict[str, dict[str, str]]:
    return {name: dict(stored.translations) for name, stored in store.load(names).items()}


@pytest.mark.usefixtures("editions")
def test_both_articles_know_and_both_take_a_number(store: Store, desk: Any) -> None:
    before = store.load(["de", "en"])
    assert link(desk, "de", "en") == 5
    after = store.load(["de", "en"])
    assert translations(store, "de", "en", "fr") == {"de": {"en": "en"}, "en": {"de": "de"}, "fr": {}}
    assert {name: each.seq for name, each in after.items()} == {"de": 4, "en": 5}
    assert [after[name].changed_at for name in after] == [before[name].changed_at for name in after]
    assert desk.ids() == ["en", "de", "fr"]
    assert desk.ids(languages=("de",), keywords=("bmw",)) == ["de"]
    assert store.count(FeedQuery(keywords=("bmw",))) == 3
    assert link(desk, "de", "en") == 5, "said again is no change"
    assert link(desk, "en", "de", source="paper-en") == 5


@pytest.mark.usefixtures("editions")
def test_one_for_each_language_the_surer_and_of_equals_the_first(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("rival", source_id="weekly", language="en"))
    link(desk, "de", "en", 0.9)
    link(desk, "de", "rival", 0.9)
    assert translations(store, "de", "en", "rival") == {"de": {"en": "en"}, "en": {"de": "de"}, "rival": {}}
    last = link(desk, "rival", "de", 0.95)
    assert translations(store, "de", "en", "rival") == {"de": {"en": "rival"}, "en": {}, "rival": {"de": "de"}}
    assert sorted(each.seq for each in store.load(["de", "en", "rival"]).values()) == [last - 2, last - 1, last]
    link(desk, "de", "fr", 0.5)
    assert translations(store, "de")["de"] == {"en": "rival", "fr": "fr"}


@pytest.mark.usefixtures("editions")
def test_more_certainty_is_kept_and_tells_nobody(desk: Any, article: Make) -> None:
    desk.put(article("rival", source_id="weekly", language="en"))
    seq = link(desk, "de", "en", 0.8)
    assert link(desk, "de", "en", 1.0) == seq
    assert link(desk, "de", "rival", 0.9) == seq
    assert link(desk, "de", "en", 0.5) == seq
    assert link(desk, "de", "rival", 1.0) == seq


@pytest.mark.usefixtures("editions")
def test_what_is_not_stored_or_of_one_language_is_no_link(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("again", source_id="weekly"))
    before = store.change_seq()
    for other in ("again", "de", "nowhere"):
        assert link(desk, "de", other) == before
    assert translations(store, "de") == {"de": {}}


@pytest.mark.usefixtures("editions")
def test_articles_of_one_write_are_linked_with_it(store: Store, desk: Any, article: Make) -> None:
    new = article("new", source_id="paper-de", identity="//x/new")
    link = StoryLink(one_id="new", other_id="en", evidence="inferred", certainty=0.9)
    desk.put(new, links=(link,))
    assert translations(store, "new", "en") == {"new": {"en": "en"}, "en": {"de": "new"}}
    assert desk.ids(limit=2) == ["en", "new"]
    assert [store.load([name])[name].seq for name in ("new", "en")] == [4, 5]


@pytest.mark.usefixtures("editions")
def test_an_article_found_to_be_in_another_language_is_linked_as_that(store: Store, desk: Any, article: Make) -> None:
    link(desk, "de", "en")
    link(desk, "de", "fr")
    english = article("en", source_id="paper-en", language="en-GB", keywords=("BMW",))
    desk.put(english, change=Change.UPDATED)
    assert translations(store, "de", "en") == {"de": {"en-GB": "en", "fr": "fr"}, "en": {"de": "de"}}
    desk.put(replace(english, language="de"), change=Change.UPDATED)
    assert translations(store, "de", "en") == {"de": {"fr": "fr"}, "en": {}}


@pytest.mark.usefixtures("editions")
def test_a_marking_stays_when_a_link_comes(store: Store, desk: Any) -> None:
    desk.mark("paper-de", "de", Twin.COPY, "fr")
    link(desk, "de", "en")
    stored = store.load(["de"])["de"]
    assert (stored.twin, stored.original_id, dict(stored.translations)) == (Twin.COPY, "fr", {"en": "en"})
