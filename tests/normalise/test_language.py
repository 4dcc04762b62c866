"""Which language an article is in: tags, declarations, the source, the text itself."""

from __future__ import annotations

import pytest

from feeds.normalise.language import Spoken, language_tag, read_language

GERMAN = (
    "Der Hafen der kleinen Stadt ist am Dienstag nach drei Jahren Arbeit an seinen Mauern wieder geöffnet worden. "
    "Mehrere hundert Menschen kamen, um die ersten Schiffe zu sehen, und die Bürgermeisterin dankte den Arbeitern."
)
CHINESE = (
    "经过三年的修缮，小城的港口星期二重新开放。数百名居民前来观看第一批船只，市长感谢工人们的耐心，并承诺集市将在春天回来。"
    * 2
)
SERBIAN = (
    "Luka malog grada ponovo je otvorena u utorak posle tri godine radova na njenim zidinama. Nekoliko stotina ljudi "
    "došlo je da vidi prve brodove, a gradonačelnica je zahvalila radnicima na strpljenju."
)
BOKMAL = (
    "Havnen i den lille byen ble åpnet igjen på tirsdag etter tre års arbeid med murene. Flere hundre mennesker kom "
    "for å se de første skipene, og ordføreren takket arbeiderne for tålmodigheten."
)
NYNORSK = (
    "Hamna i den vesle byen vart opna att på tysdag etter tre års arbeid med murane. Fleire hundre menneske kom for å "
    "sjå dei fyrste skipa, og ordføraren takka arbeidarane for tolmodet."
)
INDONESIAN = (
    "Pelabuhan kota kecil itu dibuka kembali pada hari Selasa setelah tiga tahun perbaikan temboknya. Beberapa ratus "
    "orang datang untuk melihat kapal pertama, dan wali kota berterima kasih kepada para pekerja karena mereka sabar."
)
PORTUGUESE = (
    "O porto da pequena cidade foi reaberto na terça-feira depois de três anos de obras nas suas muralhas. Várias "
    "centenas de pessoas vieram ver os primeiros navios, e a prefeita agradeceu aos trabalhadores."
)
ENGLISH = (
    "The harbour of the small town was opened again on Tuesday after three years of work on its walls. "
    "Several hundred people came to see the first ships, and the mayor thanked the builders for their patience."
)


def choose_language(text: str, *, declared: str | None, source: str | None) -> str:
    return read_language(text, declared=declared, source=source).tag


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("de", "de"),
        ("de-DE", "de"),
        ("DE_at", "de"),
        ("en_US.UTF-8", "en"),
        ("zh", "zh"),
        ("zh-CN", "zh-Hans"),
        ("zh_TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-Hans", "zh-Hans"),
        ("zh-cmn-Hans", "zh-Hans"),
        ("zh-yue", "yue"),
        ("sr-Latn", "sr-Latn"),
        ("sr_RS@latin", "sr"),
        ("pt-BR", "pt-BR"),
        ("pt_PT", "pt-PT"),
        ("es-419", "es"),
        ("nb-NO", "nb"),
        ("nn", "nn"),
        ("no-NO", "no"),
        ("no-nyn", "nn"),
        ("sh", "sh"),
        ("uz-Latn", "uz"),
        ("uz-Cyrl-UZ", "uz-Cyrl"),
        ("iw", "he"),
        ("jp", "ja"),
        ("deu", "de"),
        ("cmn-Hant", "zh-Hant"),
        ("en, de", "en"),
        ("en-GB;q=0.8", "en"),
        ("mul", None),
        ("x-default", None),
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
    assert choose_language(CHINESE, declared="en", source=None) == "zh-Hans"


@pytest.mark.parametrize(
    ("text", "declared", "tag"),
    [
        (CHINESE, "zh-TW", "zh-Hans"),  # the characters tell, whatever is declared
        (CHINESE, "zh", "zh-Hans"),
        ("臺灣總統大選", "zh-CN", "zh-Hant"),
        ("臺灣總統大選", "zh", "zh-Hant"),
        ("皇后", "zh-TW", "zh-Hant"),  # written so in both
        ("皇后", "zh", "zh"),
        ("粵語新聞，港府公布經濟數據", "yue", "yue-Hant"),
        (SERBIAN, "sr", "sr-Latn"),
        (SERBIAN, "sr-Cyrl-RS", "sr-Latn"),
        ("Лука малог града поново отворена", "sr", "sr-Cyrl"),
        ("Лука малог града", "sr-Latn", "sr-Cyrl"),
        ("Лука малог града", "bs", "bs-Cyrl"),
        ("Shahar porti qayta ochildi", "uz", "uz"),
    ],
)
def test_the_script_is_that_of_the_letters(text: str, declared: str, tag: str) -> None:
    assert choose_language(text, declared=declared, source=None) == tag


@pytest.mark.parametrize(
    ("text", "declared", "tag"),
    [
        (BOKMAL, "no", "nb"),
        (NYNORSK, "no", "nn"),
        (NYNORSK, "nb", "nn"),
        (NYNORSK, "en", "nn"),
        ("Ny havn", "no", "no"),
        ("Ny havn", "nb-NO", "nb"),
        (SERBIAN, "hr", "hr"),  # too near for the text to be sure
        (SERBIAN, "bs", "bs"),
        (INDONESIAN, "ms", "ms"),
        (INDONESIAN, "id", "id"),
        ("東京五輪開幕", "ja", "ja"),  # without kana
        ("東京五輪開幕", "en", "zh-Hant"),
    ],
)
def test_languages_near_to_each_other(text: str, declared: str, tag: str) -> None:
    assert choose_language(text, declared=declared, source=None) == tag


def test_a_sure_text_is_not_taken_for_the_sources_language() -> None:
    """A source that mixes languages is parted by its articles."""
    assert choose_language(ENGLISH, declared=None, source="de") == "en"
    assert choose_language(ENGLISH, declared="de", source="de") == "en"
    assert choose_language(SERBIAN, declared="de", source="de") in {"sr-Latn", "hr", "bs"}  # not German, that is sure


def test_letters_that_a_language_is_not_written_in_contradict_its_declaration() -> None:
    assert choose_language("港口重新开放", declared="en", source=None) == "zh-Hans"
    assert choose_language("항구가 다시 열렸다", declared="en", source="en") == "ko"
    assert choose_language("Новости дня", declared="en", source=None) == "und"
    assert choose_language("Новости дня", declared="en", source="ru") == "ru"
    assert choose_language("BMW Group Report 2026", declared="ja", source=None) == "ja"  # names are Latin everywhere


def test_the_regions_that_count() -> None:
    assert choose_language(PORTUGUESE, declared="pt-BR", source=None) == "pt-BR"
    assert choose_language(PORTUGUESE, declared="pt", source="pt-PT") == "pt-PT"
    assert choose_language(PORTUGUESE, declared="en", source=None) == "pt"
    assert choose_language(GERMAN, declared="de-DE", source="de-AT") == "de-AT"  # the operator means it


def test_what_was_known_is_kept_apart() -> None:
    spoken = read_language(GERMAN, declared="en-US", source="de_AT")
    assert (spoken.tag, spoken.declared, spoken.configured, spoken.detected) == ("de-AT", "en-US", "de-AT", "de")
    assert 0.9 < spoken.sureness <= 1
    nothing = read_language("2026", declared=None, source="")
    assert nothing == Spoken(tag="und", declared=None, configured=None, detected=None, sureness=0.0)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("zh_TW", "zh-TW"),
        ("en_US.UTF-8", "en-US"),
        ("de-at, en", "de-AT"),
        ("de-<script>", "de"),
        ("sr-latn-rs", "sr-Latn-RS"),
        *((one, None) for one in ("", "english!", "und", "de\0\ud800x", "<html>", "x" * 5000)),
    ],
)
def test_what_was_declared_is_a_tag_or_nothing(written: str, kept: str | None) -> None:
    assert read_language("2026", declared=written, source=None).declared == kept


def test_what_was_detected_has_its_script_and_is_nothing_where_it_may_be_another() -> None:
    chinese = "天津港集團今日宣布新開通一條航線，將連接歐洲與亞洲的主要港口。港口的船舶與貨物來自許多國家。"
    assert read_language(chinese, declared="en", source=None).detected == "zh-Hant"
    unsure = read_language("Alpha Beta Gamma Delta Kilo", declared="de", source=None)
    assert unsure.detected is None or unsure.sureness >= 0.5
    assert read_language("Ja!", declared="de", source=None) == Spoken(
        tag="de", declared="de", configured=None, detected=None, sureness=0.0
    )


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
        ("港口重新开放。三年修缮之后，居民回来了。", "zh-Hans"),
        ("一二三四", "zh"),
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
