"""Questions: what the store answers from its indexes is what a look at each article says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.decide.answers import answers
from feeds.folding import keyword_key, language_covers
from feeds.model import (
    AllOf,
    AnyOf,
    Article,
    Change,
    Dated,
    FeedQuery,
    Field,
    Has,
    Match,
    Not,
    Question,
    Side,
    StoredArticle,
    Synonym,
    Twin,
)
from feeds.store import Store, open_store
from feeds.words import tokens_of

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
Make = Callable[..., Article]
# few words, so that they meet; scripts with and without spaces, in forms that fold together
PIECES = ["BMW", "bmw", "Straße", "STRASSE", "中国", "中國", "国", "北京", "中", "한국", "ไทย", "мир", "the", "of", "۲"]
GAPS = ["", "", " ", " ", ", ", "。", "\n"]
KEYWORDS = ["BMW", "中国", "中國", "Straße", "über alles", "мир"]
LANGUAGES = ["de", "zh-Hans", "zh-Hant", "yue", "nb", "nn", "sr-Latn"]
DAYS = [dt.date(1850, 3, 1), dt.date(2019, 12, 31), dt.date(2020, 1, 1), dt.date(2026, 11, 21), dt.date(2150, 1, 1)]
CLOCKS = [dt.datetime(2020, 1, 1, tzinfo=dt.UTC), NOW, NOW - dt.timedelta(seconds=1), NOW - 7 * DAY]

texts = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(GAPS)), max_size=6).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
articles: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    source_id=st.sampled_from(["daily", "weekly"]),
    title=texts,
    summary=texts,
    content_text=texts,
    authors=st.lists(texts, max_size=2).map(tuple),
    keywords=st.lists(st.sampled_from(KEYWORDS), max_size=2).map(tuple),
    inferred=st.lists(st.sampled_from(KEYWORDS), max_size=1).map(tuple),
    language=st.sampled_from(LANGUAGES),
    section=st.sampled_from([None, "auto", "Welt"]),
    published=st.one_of(st.none(), st.sampled_from(DAYS), st.sampled_from(CLOCKS)),
)
phrases = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(lambda words: tuple(tokens_of(" ".join(words))))
said = st.builds(Has, st.sampled_from([Field.WORDS, Field.TITLE, Field.TEXT, Field.AUTHOR]), phrases)
named = st.one_of(
    st.builds(Has, st.just(Field.KEYWORD), st.sampled_from(KEYWORDS).map(lambda word: (keyword_key(word),))),
    st.builds(
        Has, st.just(Field.LANGUAGE), st.sampled_from(["de", "zh", "zh-Hant", "no", "fr", "sh"]).map(lambda t: (t,))
    ),
    st.builds(Has, st.just(Field.SOURCE), st.sampled_from(["daily", "nobody"]).map(lambda name: (name,))),
    st.builds(Has, st.just(Field.SECTION), st.sampled_from(["auto", "welt"]).map(lambda name: (name,))),
)
dated = st.builds(Dated, st.sampled_from(Side), at=st.sampled_from([*DAYS, *CLOCKS]))
questions: st.SearchStrategy[Question] = st.recursive(
    st.one_of(said, said, named, dated),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
keys = st.sampled_from(KEYWORDS).map(keyword_key)
queries = st.builds(
    FeedQuery,
    question=st.one_of(st.none(), questions, questions, questions),
    languages=st.sampled_from([(), (), ("no",), ("de", "zh"), ("fr",)]),
    keywords=st.one_of(st.just(()), st.lists(keys, min_size=1, max_size=2, unique=True).map(tuple)),
    match=st.sampled_from(Match),
    section=st.sampled_from([None, None, "auto", "Welt"]),
    source=st.sampled_from([None, None, "daily"]),
    copies=st.booleans(),
    inferred=st.booleans(),
    synonyms=st.lists(
        st.builds(Synonym, keyword=keys, key=keys, languages=st.sampled_from([(), ("zh",)])), max_size=2
    ).map(tuple),
)


def holds(query: FeedQuery, stored: StoredArticle) -> bool:
    """Whether a feed holds an article, by looking at nothing else."""
    article = stored.article
    found = {keyword_key(word) for word in (*article.keywords, *(article.inferred if query.inferred else ()))}
    also = {
        each.keyword
        for each in query.synonyms
        if each.key in found
        and (not each.languages or any(language_covers(tag, article.language) for tag in each.languages))
    }
    carried = [key in found | also for key in query.keywords]
    return (
        (not query.languages or any(language_covers(tag, article.language) for tag in query.languages))
        and (not carried or (all(carried) if query.match is Match.ALL else any(carried)))
        and query.section in {None, article.section}
        and query.source in {None, article.source_id}
        and not (stored.twin is Twin.SAME and query.source is None)
        and not (stored.twin is Twin.COPY and not query.copies)
        and (query.question is None or answers(query.question, stored, NOW, inferred=query.inferred))
    )


def expected(store: Store, query: FeedQuery, ids: Sequence[str]) -> list[tuple[str, int]]:
    """The whole answer, newest first."""
    found = [(name, each.seq) for name, each in store.load(ids).items() if holds(query, each)]
    return sorted(found, key=lambda pair: -pair[1])


@dataclass(frozen=True)
class Case:
    """Articles as they come, change and are marked (by number), and what is asked of them then."""

    rows: list[dict[str, Any]]
    later: list[tuple[int, dict[str, Any]]]
    marks: list[tuple[int, Twin]]
    asked: list[FeedQuery]


cases = st.builds(
    Case,
    rows=st.lists(articles, min_size=1, max_size=8),
    later=st.lists(st.tuples(st.integers(0, 7), articles), max_size=4),
    marks=st.lists(st.tuples(st.integers(0, 7), st.sampled_from(Twin)), max_size=2),
    asked=st.lists(queries, min_size=4, max_size=12),
)


def put(desk: Any, article: Make, case: Case) -> list[str]:
    """Stores what a case says; returns the ids."""
    desk.open("daily", "weekly")
    ids = [str(number) for number in range(len(case.rows))]
    for name, row in zip(ids, case.rows, strict=True):
        desk.put(article(name, **row))
    for number, row in case.later:
        if number < len(ids):
            same = {"source_id": case.rows[number]["source_id"]}
            desk.put(article(ids[number], **row | same), change=Change.UPDATED)
    for number, twin in case.marks:
        if number < len(ids):
            desk.mark("daily", ids[number], twin)
    return ids


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases)
def test_the_store_answers_as_a_look_at_each_article_does(
    clean_url: Callable[[], str], desk: Any, article: Make, case: Case
) -> None:
    store = open_store(clean_url())
    ids = put(type(desk)(store), article, case)
    for query in case.asked:
        whole = expected(store, query, ids)
        assert store.window(query, limit=100) == whole, query
        assert store.count(query) == len(whole), query
        assert store.count(query, at_most=len(whole) + 1) == len(whole), query
        assert store.window(query, limit=1) == whole[:1]
        if whole:
            assert store.window(query, limit=100, before_seq=whole[0][1]) == whole[1:]
    store.close()


@pytest.mark.parametrize(
    ("text", "question", "is_found"),
    [
        ("北京市人民政府", "北京", True),
        ("北京市人民政府", "京", True),
        ("北京市人民政府", "人民政府", True),
        ("北京市人民政府", "北市", False),
        ("北京BMW汽車", "BMW汽", True),
        ("北京BMW汽車", "京bmw", True),
        ("北京 BMW 汽車", "北京 bmw 汽车", True),
        ("北京BMW汽車", "北 bmw", False),
        ("中 bmw 中", "bmw 中", True),
        ("中国", "中中", False),
        ("中国。国中", "国国", True),
        ("über die Straße", "uber die strasse", True),
        ("die Straße über", "uber die", False),
        ("¶ a ¶ b", "a b", True),
    ],
)
def test_phrases(desk: Any, article: Make, text: str, question: str, is_found: bool) -> None:  # noqa: FBT001
    desk.put(article("one", content_text=text))
    asked = Has(Field.TEXT, tuple(tokens_of(question)))
    assert desk.ids(question=asked) == ["one"] * is_found


def test_no_phrase_begins_in_one_text_and_ends_in_the_next(desk: Any, article: Make) -> None:
    desk.put(article("one", summary="red", content_text="car 中", keywords=("国", "green"), authors=("A B", "C D")))
    for field, words in (
        (Field.TEXT, "red car"),
        (Field.WORDS, "国 green"),
        (Field.AUTHOR, "b c"),
        (Field.WORDS, "中国"),
    ):
        assert desk.ids(question=Has(field, tuple(tokens_of(words)))) == []
    assert desk.ids(question=Has(Field.AUTHOR, ("c", "d"))) == ["one"]


def test_an_age_is_not_the_store_s_to_count(store: Store) -> None:
    with pytest.raises(ValueError, match="what time it is"):
        store.window(FeedQuery(question=Dated(Side.SINCE, age_s=3600)), limit=1)


def test_a_text_of_any_size_is_found_by_its_last_word(desk: Any, article: Make) -> None:
    words = " ".join(f"w{number}" for number in range(60_000))
    desk.put(article("one", content_text=f"{'so ' * 20_000}{words} very last"))
    assert desk.ids(question=Has(Field.WORDS, ("very", "last"))) == ["one"]
    assert desk.ids(question=Has(Field.WORDS, ("so", "w0"))) == ["one"]
    assert desk.ids(question=Has(Field.WORDS, ("w0", "so"))) == []


def test_an_article_that_changes_is_found_by_its_new_words_alone(desk: Any, article: Make) -> None:
    first = article("one", content_text="red 中国", keywords=("BMW",))
    desk.put(first)
    desk.put(replace(first, content_text="blue 日本"), change=Change.UPDATED)
    assert desk.ids(question=Has(Field.WORDS, ("red",))) == []
    assert desk.ids(question=Has(Field.WORDS, ("blue",))) == ["one"]
    assert desk.store.count(FeedQuery(question=Has(Field.WORDS, ("中", "国")))) == 0
    assert desk.store.window(FeedQuery(question=Has(Field.KEYWORD, ("bmw",))), limit=9) == [("one", 2)]


def test_a_search_is_counted_no_further_than_asked(desk: Any, article: Make) -> None:
    for number in range(5):
        desk.put(article(str(number), content_text="red", published=NOW + number * DAY))
    red = Has(Field.WORDS, ("red",))
    for asked in (red, Dated(Side.SINCE, at=NOW + DAY), AnyOf((Dated(Side.BEFORE, at=NOW + 2 * DAY), red))):
        query = FeedQuery(question=asked)
        whole = desk.store.count(query)
        assert whole >= 4
        assert [desk.store.count(query, at_most=most) for most in (0, 1, 3, 9)] == [0, 1, 3, whole]


def test_a_source_is_asked_by_its_folded_name(desk: Any, article: Make) -> None:
    desk.put(article("one", source_id="Daily"))
    assert desk.ids(question=Has(Field.SOURCE, ("daily",))) == ["one"]
