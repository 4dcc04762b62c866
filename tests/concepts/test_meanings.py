"""Questions by concept: one name for all spellings, every word when the store is asked, nothing lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.concepts import Meanings, load_concepts
from feeds.folding import keyword_key, language_covers
from feeds.model import AllOf, AnyOf, FeedQuery, Field, Has, Match, Not, Question

SHIPPED = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture(scope="module")
def meanings() -> Meanings:
    return Meanings(load_concepts(SHIPPED).concepts)


def asked(*words: str, languages: tuple[str, ...] = (), match: Match = Match.ALL) -> FeedQuery:
    return FeedQuery(languages=languages, keywords=tuple(sorted(map(keyword_key, words))), match=match)


def holds(query: FeedQuery, word: str, language: str) -> bool:
    """Whether the store would take an article with this one keyword for a question of one keyword."""
    key = keyword_key(word)
    pairs = [(query.keywords[0], ()), *((each.key, each.languages) for each in query.synonyms)]
    is_language = not query.languages or any(language_covers(tag, language) for tag in query.languages)
    return is_language and any(
        key == one and (not tags or any(language_covers(tag, language) for tag in tags)) for one, tags in pairs
    )


@pytest.mark.parametrize(
    ("word", "languages", "name", "label"),
    [
        *((word, (), "china", "China") for word in ("China", "中国", "中國", "Chine", "Китай", "الصين", "Kina")),
        ("中國", ("zh-Hant",), "中国", "中國"),
        ("China", ("de",), "china", "China"),
        ("China", ("de", "fr"), "china", "China"),
        ("USA", ("de",), "vereinigte staaten", "Vereinigte Staaten"),
        ("US", ("en",), "united states", "United States"),
        ("USA", (), "united states", "United States"),
        ("Hongkong", ("de",), "hongkong", None),
        ("香港", (), "hong kong", None),
        ("香港", ("zh-Hant",), "香港", None),
        ("EU", ("de",), "europäische union", "Europäische Union"),
        ("Island", ("de",), "island", "Island"),
        ("Island", (), "island", None),  # English has a word like it
        ("Georgia", (), "georgia", None),
        ("BMW", (), "bmw", None),
    ],
)
def test_one_name_for_all_spellings(
    meanings: Meanings, word: str, languages: tuple[str, ...], name: str, label: str | None
) -> None:
    query = meanings.canonical(asked(word, languages=languages))
    assert query == FeedQuery(languages=languages, keywords=(name,))
    assert meanings.labels(query).get(name) == label


def test_names_are_names_of_themselves(meanings: Meanings) -> None:
    """Else an address would lead to another, and that one on."""
    for tag in ((), ("de",), ("zh-Hant",)):
        for key in list(meanings.concepts.names)[::9]:
            once = meanings.canonical(FeedQuery(languages=tag, keywords=(key,)))
            assert meanings.canonical(once) == once
            for name, label in meanings.labels(once).items():
                assert keyword_key(label) == name


def test_two_words_for_one_thing_are_one_keyword(meanings: Meanings) -> None:
    query = meanings.canonical(asked("China", "中国", match=Match.ANY))
    assert query == FeedQuery(keywords=("china",))
    both = meanings.canonical(asked("中国", "Indien", match=Match.ANY))
    assert both == FeedQuery(keywords=("china", "india"), match=Match.ANY)


def test_the_store_is_asked_for_every_word(meanings: Meanings) -> None:
    wide = meanings.widened(asked("China"))
    for word, language in [("中国", "zh-Hans"), ("中國", "zh-Hant"), ("Chine", "fr"), ("Китай", "ru"), ("الصين", "ar")]:
        assert holds(wide, word, language)
    german = meanings.widened(meanings.canonical(asked("USA", languages=("de",))))
    assert {each.key for each in german.synonyms} >= {"usa", "us"}
    assert all(not each.languages or "de" in each.languages for each in german.synonyms)


def test_a_word_counts_in_its_languages_only(meanings: Meanings) -> None:
    wide = meanings.widened(meanings.canonical(asked("Iceland")))
    assert wide.keywords == ("iceland",)
    assert holds(wide, "Island", "de-AT")
    assert holds(wide, "Island", "nb")  # a member of what CLDR calls Norwegian
    assert not holds(wide, "Island", "en")


def test_who_asks_for_a_keyword_gets_all_that_carry_it(meanings: Meanings) -> None:
    """Whatever the language of the article: its keyword's address leads to the concept's."""
    for languages in [(), ("de",), ("en", "fr")]:
        for word in ("China", "USA", "Kina", "Island", "Man", "Georgia", "Deutsch", "中国", "KI", "Turkey"):
            wide = meanings.widened(meanings.canonical(asked(word, languages=languages)))
            for language in ("en", "de", "fr", "ja", "zh-Hant", "und"):
                covered = not languages or any(language_covers(tag, language) for tag in languages)
                assert holds(wide, word, language) == covered, (word, languages, language)


def test_keywords_inside_a_question_are_widened_too(meanings: Meanings) -> None:
    harbour = Has(Field.WORDS, ("harbour",))
    question: Question = AllOf((harbour, Not(Has(Field.KEYWORD, ("iceland",)))))
    wide = meanings.widened(FeedQuery(question=question)).question
    assert isinstance(wide, AllOf)
    kept, left_out = wide.parts
    assert kept == harbour
    assert isinstance(left_out, Not)
    assert isinstance(left_out.part, AnyOf)
    assert left_out.part.parts[0] == Has(Field.KEYWORD, ("iceland",))
    islands = [part.parts for part in left_out.part.parts if isinstance(part, AllOf)]
    assert any(first == Has(Field.KEYWORD, ("island",)) for first, _ in islands)
    assert meanings.widened(FeedQuery(question=harbour)) == FeedQuery(question=harbour)


def test_an_operators_own_names(tmp_path: Path) -> None:
    text = '"artificial intelligence" = { en = ["AI"], de = ["KI", "künstliche Intelligenz"] }\nBMW = ["宝马"]\n'
    (tmp_path / "keywords.toml").write_text(text, encoding="utf-8")
    own = Meanings(load_concepts(tmp_path).concepts)
    assert own.canonical(asked("宝马")) == asked("BMW")
    assert own.labels(asked("BMW")) == {"bmw": "BMW"}
    assert own.canonical(asked("AI")) == asked("artificial intelligence")
    assert own.canonical(asked("künstliche Intelligenz", languages=("de",))) == asked("KI", languages=("de",))
