"""What keywords are called, which are inferred, and what becomes of them under a new folding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine

from feeds.folding import keyword_key
from feeds.model import Article, Change, FeedQuery, KeywordCount, Twin
from feeds.store import Store, open_store
from feeds.store.keywords import Word, keywords_of

Make = Callable[..., Article]
NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


def test_the_most_used_form_is_the_label(store: Store, desk: Any, article: Make) -> None:
    desk.put(article("one", keywords=("iPhone",)))
    assert store.labels(["iphone", "unknown"]) == {"iphone": "iPhone"}
    desk.put(article("two", keywords=("IPHONE",)))
    assert store.labels(["iphone"]) == {"iphone": "iPhone"}, "as much used, but seen later"
    desk.put(article("three", language="fr", keywords=("IPHONE",)))
    assert store.labels(["iphone"]) == {"iphone": "IPHONE"}
    assert [each.label for each in (*store.keywords("de"), *store.keywords())] == ["IPHONE", "IPHONE"]
    desk.put(article("two", keywords=("iPhone",)), change=Change.UPDATED)
    assert store.labels(["iphone"]) == {"iphone": "iPhone"}
    desk.put(article("one"), article("two"), article("three", language="fr"), change=Change.UPDATED)
    assert store.keywords() == []
    assert store.labels(["iphone"]) == {"iphone": "iPhone"}, "nobody says otherwise"
    desk.put(article("new", keywords=("Iphone",)))
    assert store.labels(["iphone"]) == {"iphone": "Iphone"}


def test_marking_an_article_changes_no_label(store: Store, desk: Any, article: Make) -> None:
    desk.open("daily", "weekly")
    desk.put(article("original", keywords=("BMW",)))
    desk.put(article("copy", source_id="weekly", keywords=("Bmw",)))
    for _ in range(2):
        desk.mark("weekly", "copy", Twin.COPY)
        assert store.labels(["bmw"]) == {"bmw": "BMW"}


# --- inferred keywords --------------------------------------------------------------------------------------------


def test_inferred_keywords_are_kept_as_such(store: Store, desk: Any, article: Make) -> None:
    said = article("a", keywords=("BMW",), inferred=("China", "bmw"))
    desk.put(said)
    assert store.load(["a"])["a"].article == said
    assert keywords_of(said) == {"bmw": Word("BMW", False), "china": Word("China", True)}
    assert desk.ids(keywords=("china",)) == ["a"]
    assert store.keywords("de") == [
        KeywordCount(key="bmw", label="BMW", language="de", articles=1),
        KeywordCount(key="china", label="China", language="de", articles=1),
    ]
    assert store.count(FeedQuery(languages=("de",), keywords=("china",))) == 1


def test_who_wants_only_what_publishers_say(store: Store, desk: Any, article: Make) -> None:
    desk.put(
        article("given", keywords=("China", "BMW")),
        article("found", keywords=("BMW",), inferred=("China",)),
        article("french", language="fr", keywords=("China",)),
    )
    questions: list[tuple[dict[str, Any], list[str]]] = [
        ({"keywords": ("china",)}, ["french", "given"]),
        ({"keywords": ("china",), "languages": ("de",)}, ["given"]),
        ({"keywords": ("bmw", "china"), "languages": ("de",)}, ["given"]),
        ({"keywords": ("bmw", "china")}, ["given"]),
        ({"keywords": ("bmw",)}, ["found", "given"]),
    ]
    for query, held in questions:
        assert desk.ids(**query, inferred=False) == held, query
        assert store.count(FeedQuery(**query, inferred=False)) == len(held), query
    assert desk.ids(keywords=("china",)) == ["french", "found", "given"]


def test_what_is_inferred_has_no_say_in_labels(store: Store, desk: Any, article: Make) -> None:
    desk.put(*(article(name, inferred=("CHINA",)) for name in "abc"))
    assert store.labels(["china"]) == {"china": "CHINA"}
    desk.put(article("d", keywords=("China",)))
    assert store.labels(["china"]) == {"china": "China"}


def test_another_inference_alone_is_no_change(store: Store, desk: Any, article: Make) -> None:
    first = desk.put(article("a", inferred=("China",)))
    assert desk.put(article("a", inferred=("BMW",)), change=Change.UPDATED) == first
    assert desk.put(article("a", title="Other", inferred=("BMW",)), change=Change.UPDATED) == first + 1
    assert store.load(["a"])["a"].article.inferred == ("BMW",)
    assert (desk.ids(keywords=("china",)), desk.ids(keywords=("bmw",))) == ([], ["a"])


def test_marking_keeps_what_is_inferred(desk: Any, article: Make) -> None:
    desk.open("daily", "weekly")
    desk.put(article("original"))
    desk.put(article("copy", source_id="weekly", keywords=("BMW",), inferred=("China",)))
    desk.mark("weekly", "copy", Twin.COPY)
    assert desk.ids(keywords=("china",)) == ["copy"]
    assert desk.ids(keywords=("china",), inferred=False) == []
    assert desk.ids(keywords=("bmw",), inferred=False) == ["copy"]


# --- another folding ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("marked", [False, True])
def test_keys_of_an_older_folding_are_made_anew(
    clean_url: Callable[[], str], article: Make, desk_at: Callable[[Store], Any], *, marked: bool
) -> None:
    """What an older version kept apart as ``covid-19`` and ``covid 19`` is one keyword now."""
    url = clean_url()
    store = open_store(url)
    desk = desk_at(store)
    desk.open("daily", "weekly")
    desk.put(article("a", keywords=("Covid 19",)), article("b", keywords=("Covid 19", "BMW")))
    desk.put(article("both", keywords=("Covid 19",)), article("c", language="fr", keywords=("Covid 19",)))
    if marked:
        desk.put(article("w", source_id="weekly", keywords=("Covid 19",)))
        desk.mark("weekly", "w", Twin.SAME)
    expected = _told(store)
    store.close()
    _as_before(url, {"a": ("covid-19", "Covid-19"), "both": ("covid-19", "Covid-19")}, also={"both"})

    store = open_store(url)
    assert keyword_key("Covid-19") == "covid 19"
    assert _told(store) == expected
    assert store.labels(["covid-19"]) == {}
    assert store.labels(["covid 19"]) == {"covid 19": "Covid 19"}
    desk_at(store)  # and it goes on
    store.close()


def _told(store: Store) -> Any:
    queries = [
        FeedQuery(keywords=("covid 19",)),
        FeedQuery(keywords=("covid 19",), languages=("de",)),
        FeedQuery(keywords=("covid 19",), source="weekly"),
    ]
    windows = [store.window(query, limit=99) for query in queries]
    return windows, [store.count(query) for query in queries], store.keywords(), store.keywords("de")


def _as_before(url: str, keys: dict[str, tuple[str, str]], *, also: set[str]) -> None:
    """Writes keys as an older folding made them; those of ``also`` keep the new one beside it."""
    engine = create_engine(url)
    found = MetaData()
    found.reflect(engine, resolve_fks=False)
    words, entry, keyword = (found.tables[name] for name in ("article_keyword", "entry", "keyword"))
    uses, forms, cursor = (found.tables[name] for name in ("keyword_language", "keyword_form", "cursor"))
    with engine.begin() as connection:
        for name, (key, display) in keys.items():
            place = connection.execute(entry.select().where(entry.c.article_id == name)).one()
            here = (words.c.seq == place.seq) & (words.c.key == "covid 19")
            if name in also:
                row = {"key": key, "language": place.language, "seq": place.seq, "display": display}
                connection.execute(words.insert(), row)
            else:
                connection.execute(words.update().where(here).values(key=key, display=display))
        connection.execute(keyword.insert(), {"key": "covid-19", "label": "Covid-19", "articles": len(keys)})
        connection.execute(uses.insert(), {"key": "covid-19", "language": "de", "articles": len(keys), "same": 0})
        connection.execute(forms.insert(), {"key": "covid-19", "display": "Covid-19", "articles": len(keys)})
        connection.execute(cursor.update().where(cursor.c.name == "keys").values(seq=1))
    engine.dispose()
