"""A feed's title and description, in its own language."""

from __future__ import annotations

import pytest

from feeds.model import FeedQuery, Match
from feeds.render import feed_description, feed_title, language_name

LABELS = {"bmw": "BMW", "alibaba": "Alibaba"}
BMW = FeedQuery(languages=("de",), keywords=("bmw",))
ANY = FeedQuery(languages=("de",), keywords=("alibaba", "bmw"), match=Match.ANY)


@pytest.mark.parametrize(
    ("query", "language", "title"),
    [
        (FeedQuery(), None, "Polyfeed · All languages"),
        (FeedQuery(languages=("de",)), "de", "Polyfeed · Deutsch"),
        (FeedQuery(languages=("fr",)), "fr", "Polyfeed · Français"),
        (FeedQuery(languages=("ja",)), "ja", "Polyfeed · 日本語"),
        (FeedQuery(languages=("zh-Hant",)), "zh-Hant", "Polyfeed · 繁體中文"),
        (FeedQuery(languages=("it",)), "it", "Polyfeed · Italiano"),
        (FeedQuery(languages=("de", "fr")), None, "Polyfeed · Deutsch + Français"),
        (FeedQuery(languages=("de",)), "ja", "Polyfeed · ドイツ語"),
        (BMW, "de", "Polyfeed · Deutsch · BMW"),
        (FeedQuery(languages=("de",), keywords=("alibaba", "bmw")), "de", "Polyfeed · Deutsch · Alibaba + BMW"),
        (ANY, "de", "Polyfeed · Deutsch · Alibaba, BMW"),
        (FeedQuery(languages=("de",), keywords=("unbekannt",)), "de", "Polyfeed · Deutsch · unbekannt"),
    ],
)
def test_titles(query: FeedQuery, language: str | None, title: str) -> None:
    assert feed_title(query, LABELS, service="Polyfeed", language=language) == title


def test_names_stand_for_slugs() -> None:
    section = FeedQuery(languages=("de",), section="wirtschaft")
    assert feed_title(section, {}, service="P", language="de") == "P · Deutsch · wirtschaft"
    assert feed_title(section, {}, service="P", language="de", section_name="Wirtschaft") == "P · Deutsch · Wirtschaft"
    source = FeedQuery(languages=("de",), source="beispiel")
    assert feed_title(source, {}, service="P", language="de", source_name="Beispiel") == "P · Deutsch · Beispiel"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "P: Artikel auf Deutsch mit einem der Stichwörter Alibaba oder BMW."),
        ("fr", "P: Articles en allemand avec l’un des mots-clés Alibaba ou BMW."),
        ("ja", "P: ドイツ語の記事、キーワード（いずれか）：AlibabaまたはBMW。"),
        ("zh-Hans", "P: 德语文章，包含任一关键词：Alibaba或BMW。"),
        ("zh-TW", "P: 德文文章，包含任一關鍵詞：Alibaba或BMW。"),
        ("en", "P: Articles in German with any of the keywords Alibaba or BMW."),
        ("it", "P: Articles in German with any of the keywords Alibaba or BMW."),
        (None, "P: Articles in German with any of the keywords Alibaba or BMW."),
    ],
)
def test_descriptions(language: str | None, sentence: str) -> None:
    assert feed_description(ANY, LABELS, service="P", language=language) == sentence


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (FeedQuery(), "P: Artikel in allen Sprachen."),
        (FeedQuery(languages=("de", "fr")), "P: Artikel auf Deutsch und Französisch."),
        (BMW, "P: Artikel auf Deutsch mit dem Stichwort BMW."),
        (
            FeedQuery(languages=("de",), keywords=("alibaba", "bmw")),
            "P: Artikel auf Deutsch mit den Stichwörtern Alibaba und BMW.",
        ),
        (FeedQuery(languages=("de",), section="s"), "P: Artikel auf Deutsch in der Rubrik Wirtschaft."),
        (FeedQuery(languages=("de",), source="s"), "P: Artikel auf Deutsch von Zeitung."),
    ],
)
def test_what_a_feed_holds(query: FeedQuery, sentence: str) -> None:
    names = {"section_name": "Wirtschaft", "source_name": "Zeitung"}
    assert feed_description(query, LABELS, service="P", language="de", **names) == sentence


@pytest.mark.parametrize(
    ("tag", "own", "in_german"),
    [
        ("de", "Deutsch", "Deutsch"),
        ("fr", "français", "Französisch"),
        ("zh-Hans", "简体中文", "Chinesisch (vereinfacht)"),
        ("sr-Latn", "srpski (latinica)", "Serbisch (Lateinisch)"),
        ("nb", "norsk bokmål", "Norwegisch (Bokmål)"),
        ("tlh", "Klingon", "Klingonisch"),  # CLDR names it, and has no locale of it
        ("und", "Unknown language", "Unbekannte Sprache"),
        ("de-1996", "Deutsch", "Deutsch"),
        ("en-x-private", "English", "Englisch"),
        ("qzz", "qzz", "qzz"),
    ],
)
def test_language_names(tag: str, own: str, in_german: str) -> None:
    assert language_name(tag) == own
    assert language_name(tag, in_language="de") == in_german
