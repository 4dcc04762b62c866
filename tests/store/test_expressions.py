from __future__ import annotations

import pytest

from feeds.model import AllOf, AnyOf, FeedQuery, Field, Has, Not
from feeds.store.expressions import stretches

BMW, AUTO = Has(Field.KEYWORD, ("bmw",)), Has(Field.WORDS, ("auto",))


@pytest.mark.parametrize(
    "query",
    [
        FeedQuery(keywords=("bmw",), question=Not(BMW)),
        FeedQuery(question=AllOf((AUTO, BMW, Not(AUTO)))),
        FeedQuery(question=AllOf((BMW, Not(AnyOf((AUTO, Not(AUTO))))))),
        FeedQuery(languages=("de",), question=BMW),
    ],
    ids=["keyword", "word", "always inside", "language not in store"],
)
def test_what_can_never_be_is_not_looked_for(query: FeedQuery) -> None:
    assert stretches(query, ["en"]) == []


def test_what_is_always_so_asks_nothing_more() -> None:
    always = FeedQuery(question=AnyOf((AUTO, Not(AUTO))))
    assert stretches(always, ["de"]) == stretches(FeedQuery(), ["de"])
