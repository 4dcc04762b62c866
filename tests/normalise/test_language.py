"""Which language an article is in: tags, declarations, the source, the text itself."""

from __future__ import annotations

import pytest

from feeds.normalise.language import choose_language, language_tag

GERMAN = (
    "Der Hafen der kleinen Stadt ist am Dienstag nach drei Jahren Arbeit an seinen Mauern wieder geöffnet worden. "
    "Mehrere hundert Menschen kamen, um die ersten Schiffe zu sehen, und die Bürgermeisterin dankte den Arbeitern."
)
CHINESE = (
    "经过三年的修缮，小城的港口星期二重新开放。数百名居民前来观看第一批船只，市长感谢工人们的耐心，并承诺集市将在春天回来。"
    * 2
)
ENGLISH = (
    "The harbour of the small town was opened again on Tuesday after three years of work on its walls. "
    "Several hundred people came to see the first ships, and the mayor thanked the builders for their patience."
)


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("de", "de"),
        ("de-DE", "de"),
        ("DE_at", "de"),
        ("en_US.UTF-8", "en"),
        ("zh-CN", "zh"),
        ("zh_TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-Hans", "zh"),
        ("sr-Latn", "sr-Latn"),
        ("nb-NO", "no"),
        ("iw", "he"),
        ("en, de", "en"),
        ("und", None),
        ("Deutsch", None),
        ("", None),
        (None, None),
    ],
)
def test_tags(declared: str | None, tag: str | None) -> None:
    assert language_tag(declared) == tag


def test_declaration_and_text_agree() -> None:
    assert choose_language(GERMAN, declared="de-AT", source=None) == "de"


def test_the_text_has_the_last_word() -> None:
    assert choose_language(GERMAN, declared="en-US", source=None) == "de"
    assert choose_language(CHINESE, declared="en", source=None) == "zh"


def test_the_script_of_the_declaration_is_kept() -> None:
    assert choose_language(CHINESE, declared="zh-TW", source=None) == "zh-Hant"


def test_the_source_helps_where_the_page_is_wrong() -> None:
    assert choose_language(GERMAN, declared="en", source="de") == "de"


def test_a_short_text_is_taken_at_the_sources_word() -> None:
    assert choose_language("Hafen offen", declared="en", source="de") == "de"
    assert choose_language("Hafen offen", declared="de", source=None) == "de"
    assert choose_language("Hafen offen", declared=None, source=None) == "und"


def test_undeclared_text_is_recognised() -> None:
    assert choose_language(ENGLISH, declared=None, source=None) == "en"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("港口重新开放。三年修缮之后，居民回来了。", "zh"),
        ("港が再び開かれた", "ja"),
        ("항구가 다시 열렸다", "ko"),
        ("ท่าเรือเปิดอีกครั้ง", "th"),
        ("Το λιμάνι άνοιξε ξανά", "el"),
        ("הנמל נפתח מחדש", "he"),
        ("Hafen", "und"),
        ("2026", "und"),
        ("", "und"),
    ],
)
def test_a_short_text_that_nothing_declares_is_told_by_its_script(text: str, tag: str) -> None:
    assert choose_language(text, declared=None, source=None) == tag
