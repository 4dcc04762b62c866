from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import StoreError
from feeds.folding import keyword_key
from feeds.model import Article, Change, FeedQuery, KeywordCount, Marking, Match, Twin
from feeds.store import Store, open_store

Make = Callable[..., Article]


# --- windows ------------------------------------------------------------------------------------------------------


def test_an_empty_store_answers_everything(store: Store, desk: Any) -> None:
    assert store.change_seq() == 0
    assert desk.ids() == desk.ids(languages=("de",)) == desk.ids(keywords=("bmw",)) == desk.ids(section="x") == []
    assert store.count(FeedQuery()) == store.count(FeedQuery(keywords=("bmw", "x"))) == 0
    assert (store.languages(), store.sections(), store.keywords(), store.keywords("de")) == ({}, [], [], [])
    assert (store.load([]), store.labels([]), store.known("daily", []), store.status()) == ({}, {}, {}, [])


def test_a_language_also_stands_for_its_narrower_tags(desk: Any, article: Make) -> None:
    tags = ["zh", "zh-Hans", "zh-Hant-TW", "zhx", "de"]
    desk.put(*(article(tag, language=tag) for tag in tags))
    assert desk.ids(languages=("zh",)) == ["zh-Hant-TW", "zh-Hans", "zh"]
    assert desk.ids(languages=("ZH-hant",)) == ["zh-Hant-TW"]
    assert desk.ids(languages=("de", "zh-Hans")) == ["de", "zh-Hans"]
    assert desk.ids(languages=("zh", "zh-Hans")) == ["zh-Hant-TW", "zh-Hans", "zh"]
    assert desk.ids(languages=("fr",)) == []


def test_keywords_are_found_by_their_key_all_or_any(desk: Any, article: Make) -> None:
    desk.put(
        article("bmw", keywords=("ＢＭＷ", "bmw")),
        article("china", keywords=("China",)),
        article("both", keywords=("China", "BMW")),
        article("french", language="fr", keywords=("China", "BMW")),
        article("none"),
    )
    assert desk.ids(keywords=("bmw",)) == ["french", "both", "bmw"]
    assert desk.ids(keywords=("bmw",), languages=("de",)) == ["both", "bmw"]
    assert desk.ids(keywords=("bmw", "china"), languages=("de",)) == ["both"]
    assert desk.ids(keywords=("bmw", "china"), match=Match.ALL) == ["french", "both"]
    assert desk.ids(keywords=("bmw", "china"), match=Match.ANY) == ["french", "both", "china", "bmw"]
    assert desk.ids(keywords=("bmw", "china"), match=Match.ANY, languages=("de",)) == ["both", "china", "bmw"]
    assert desk.ids(keywords=("bmw", "unknown")) == []
    assert desk.ids(keywords=("bmw", "unknown"), match=Match.ANY, languages=("de",)) == ["both", "bmw"]


def test_section_and_source_narrow_any_question(desk: Any, article: Make) -> None:
    desk.put(article("a", section="china", keywords=("x",)), article("b", section="kultur", keywords=("x",)))
    desk.put(article("c", source_id="weekly", section="china", language="fr", keywords=("x", "y")))
    assert desk.ids(section="china") == ["c", "a"]
    assert desk.ids(section="china", languages=("de",)) == ["a"]
    assert desk.ids(source="daily") == ["b", "a"]
    assert desk.ids(source="daily", section="china") == ["a"]
    assert desk.ids(source="weekly", languages=("de",)) == []
    assert desk.ids(keywords=("x",), section="china") == ["c", "a"]
    assert desk.ids(keywords=("x",), section="china", source="daily") == ["a"]
    assert desk.ids(keywords=("x", "y"), section="china", languages=("fr",)) == ["c"]
    assert desk.ids(source="nobody") == desk.ids(section="nothing") == []


def test_a_window_is_paged_by_change_number(store: Store, desk: Any, article: Make) -> None:
    desk.put(*(article(f"a{number}", keywords=("x",)) for number in range(1, 8)))
    for query in (FeedQuery(), FeedQuery(languages=("de",)), FeedQuery(keywords=("x",))):
        pages = []
        before_seq = None
        while page := store.window(query, limit=3, before_seq=before_seq):
            pages.append([name for name, _ in page])
            before_seq = page[-1][1]
        assert pages == [["a7", "a6", "a5"], ["a4", "a3", "a2"], ["a1"]]
        assert store.window(query, limit=0) == []


def test_an_article_is_found_by_what_it_is_now(store: Store, desk: Any, article: Make) -> None:
    desk.put(
        article("one", language="de", section="china", keywords=("BMW", "Auto")), article("two", keywords=("BMW",))
    )
    edited = article("one", language="fr", section="chine", keywords=("Auto", "Chine"))
    desk.put(edited, change=Change.UPDATED)

    assert desk.ids(keywords=("bmw",)) == ["two"]
    assert desk.ids(keywords=("auto",)) == desk.ids(keywords=("auto",), languages=("fr",)) == ["one"]
    assert desk.ids(keywords=("auto",), languages=("de",)) == []
    assert desk.ids(section="china") == []
    assert desk.ids(section="chine", languages=("fr",)) == ["one"]
    assert (store.languages(), store.sections()) == ({"de": 1, "fr": 1}, [("fr", "chine", 1)])
    assert [(each.key, each.articles) for each in store.keywords()] == [("auto", 1), ("bmw", 1), ("chine", 1)]


def test_many_keywords_in_many_languages(desk: Any, article: Make) -> None:
    tags = [f"zh-x-l{number}" for number in range(12)]
    words = tuple(sorted(f"w{number:02}" for number in range(20)))
    desk.put(*(article(tag, language=tag, keywords=words) for tag in tags))
    assert desk.ids(languages=("zh",), keywords=words, match=Match.ANY, limit=5) == tags[:-6:-1]
    assert desk.ids(languages=("zh",), keywords=words) == tags[::-1]


# --- directories --------------------------------------------------------------------------------------------------


def test_keywords_come_most_used_first_with_the_form_used_most(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("a", keywords=("Straße", "bmw")), article("b", keywords=("STRASSE", "BMW", "Auto")))
    desk.put(article("c", language="fr", keywords=("BMW", "Auto")), article("d", language="fr", keywords=("BMW",)))
    assert store.keywords("de") == [
        KeywordCount(key="bmw", label="BMW", language="de", articles=2),
        KeywordCount(key="strasse", label="Straße", language="de", articles=2),
        KeywordCount(key="auto", label="Auto", language="de", articles=1),
    ]
    assert store.keywords() == [
        KeywordCount(key="bmw", label="BMW", language="de", articles=4),
        KeywordCount(key="auto", label="Auto", language="de", articles=2),
        KeywordCount(key="strasse", label="Straße", language="de", articles=2),
    ]
    assert [each.key for each in store.keywords(limit=1)] == ["bmw"]
    assert [each.key for each in store.keywords("de", limit=2)] == ["bmw", "strasse"]


def test_keywords_of_a_language_hold_those_of_its_narrower_tags(store: Store, desk: Any, article: Make) -> None:
    desk.put(
        article("a", language="zh-Hans", keywords=("中国",)),
        article("b", language="zh-Hant", keywords=("中国", "寶馬")),
        article("c", language="zh-Hant", keywords=("中国",)),
    )
    assert store.keywords("zh") == [
        KeywordCount(key="中国", label="中国", language="zh", articles=3),
        KeywordCount(key=keyword_key("寶馬"), label="寶馬", language="zh", articles=1),
    ]
    assert store.keywords("zh-Hans") == [KeywordCount(key="中国", label="中国", language="zh-Hans", articles=1)]
    assert store.keywords()[0].language == "zh-Hant"


# --- the same answers as a reader of every article would give -----------------------------------------------------

LANGUAGES = ["de", "fr", "zh", "zh-Hans", "zh-Hant"]
WORDS = ["BMW", "bmw", "China", "ＣＨＩＮＡ", "Straße", "strasse", " "]
KEYS = ["bmw", "china", "strasse", "unknown"]
SECTIONS = [None, "china", "sport"]
SOURCES = ["daily", "weekly"]

drafts = st.fixed_dictionaries(
    {
        "name": st.sampled_from("abcdefgh"),
        "source_id": st.sampled_from(SOURCES),
        "language": st.sampled_from(LANGUAGES),
        "keywords": st.lists(st.sampled_from(WORDS), max_size=4).map(tuple),
        "section": st.sampled_from(SECTIONS),
        "change": st.sampled_from([Change.NEW, Change.UPDATED]),
        "twin": st.sampled_from([None, None, *Twin]),
    }
)
queries = st.builds(
    FeedQuery,
    languages=st.sets(st.sampled_from([*LANGUAGES, "en"]), max_size=3).map(sorted).map(tuple),
    keywords=st.sets(st.sampled_from(KEYS), max_size=3).map(sorted).map(tuple),
    match=st.sampled_from(Match),
    section=st.sampled_from([None, "china", "sport", "nothing"]),
    source=st.sampled_from([None, *SOURCES, "nobody"]),
    copies=st.booleans(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a store should hold of one article."""

    seq: int
    article: Article
    twin: Twin | None


def answers(held: Held, query: FeedQuery) -> bool:
    article = held.article
    keys = {keyword_key(word) for word in article.keywords}
    carried = [key in keys for key in query.keywords]
    return (
        (not query.languages or any(f"{article.language}-".startswith(f"{tag}-") for tag in query.languages))
        and (not carried or (all(carried) if query.match is Match.ALL else any(carried)))
        and (query.section is None or article.section == query.section)
        and (query.source is None or article.source_id == query.source)
        and (query.source is not None or held.twin is not Twin.SAME)
        and (query.copies or held.twin is not Twin.COPY)
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(drafts, max_size=16),
    asked=st.lists(queries, min_size=5, max_size=12),
    limit=st.integers(1, 6),
    before_seq=st.integers(1, 12),
)
def test_windows_and_counts_equal_those_of_reading_every_article(
    *,
    clean_url: Callable[[], str],
    desk: Any,
    article: Make,
    steps: list[dict[str, Any]],
    asked: list[FeedQuery],
    limit: int,
    before_seq: int,
) -> None:
    store = open_store(clean_url())
    desk = type(desk)(store)
    current: dict[str, Held] = {}
    for draft in steps:
        written = article(
            f"{draft['source_id']} {draft['name']}",
            **{k: draft[k] for k in draft if k not in {"name", "change", "twin"}},
        )
        before = current.get(written.id)
        twin = draft["twin"] or (before.twin if before else None)
        marking = Marking(article_id=written.id, original_id="original", twin=draft["twin"] or Twin.COPY)
        seq = desk.put(written, change=draft["change"], markings=[marking] * bool(draft["twin"]))
        if before is None or (before.article, before.twin) != (written, twin):
            current[written.id] = Held(seq=seq, article=written, twin=twin)
        assert seq == store.change_seq() == max(each.seq for each in current.values())
    newest = sorted(current.values(), key=lambda each: -each.seq)

    for query in asked:
        expected = [(each.article.id, each.seq) for each in newest if answers(each, query)]
        assert store.window(query, limit=limit) == expected[:limit], query
        older = [pair for pair in expected if pair[1] < before_seq]
        assert store.window(query, limit=limit, before_seq=before_seq) == older[:limit], query
        assert store.count(query) == len(expected), query

    articles = [each.article for each in newest if each.twin is not Twin.SAME]
    assert store.languages() == Counter(each.language for each in articles)
    shelves = Counter((each.language, each.section) for each in articles if each.section)
    assert {(tag, section): number for tag, section, number in store.sections()} == shelves
    uses = Counter(key for each in articles for key in {keyword_key(word) for word in each.keywords} if key)
    assert {each.key: each.articles for each in store.keywords()} == uses
    for tag in ("de", "zh"):
        told = {each.key: each.articles for each in store.keywords(tag)}
        assert told == {
            key: number for key in uses if (number := store.count(FeedQuery(languages=(tag,), keywords=(key,))))
        }
    store.close()


# --- at once ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("writers", [4])
def test_whoever_has_read_up_to_a_number_has_missed_nothing_below_it(
    store: Store, desk: Any, article: Make, writers: int
) -> None:
    names = [f"s{number}" for number in range(writers)]
    desk.open(*names)
    each_writes = 25
    missed: list[str] = []
    done = threading.Event()

    def write(source_id: str) -> None:
        for number in range(each_writes):
            desk.put(article(f"{source_id}-{number}", source_id=source_id, keywords=("x",)))

    def read() -> None:
        """Follows the store as an aggregator does: what came after the last number seen."""
        seen = 0
        while True:
            last_round = done.is_set()
            newest = store.change_seq()
            for query in (FeedQuery(), FeedQuery(keywords=("x",)), FeedQuery(languages=("de",))):
                window = store.window(query, limit=1000, before_seq=newest + 1)
                fresh = [seq for _, seq in window if seq > seen]
                if fresh != list(range(newest, seen, -1)):
                    missed.append(f"{query}: after {seen}, up to {newest}: {fresh}")
            seen = newest
            if last_round:
                return

    reader = threading.Thread(target=read)
    threads = [threading.Thread(target=write, args=(name,)) for name in names]
    reader.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    assert missed == []
    assert store.change_seq() == store.count(FeedQuery()) == writers * each_writes


def test_two_claimers_never_get_the_same_source_or_domain(store: Store, now: Any, source: Callable[..., Any]) -> None:
    store.register(
        [source(f"s{number}", url=f"https://e{number}.d{number // 3}.example/") for number in range(30)], now
    )
    got: list[str] = []
    start = threading.Barrier(4)

    def claim() -> None:
        start.wait()
        for _ in range(10):
            got.extend(each.source_id for each in store.claim_due(now, limit=1, lease_s=60))

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 10
    assert len({int(name[1:]) // 3 for name in got}) == 10


def test_a_closed_store_gives_its_connections_back_and_makes_no_other(store: Store) -> None:
    store.ping()
    store.close()
    store.close()
    with pytest.raises(StoreError, match="the store was closed"):
        store.ping()
