"""Keys: what is one keyword in each script, what is not, and that a key never changes again."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.folding import changed_keys, display_form, keyword_key


@pytest.mark.parametrize(
    "spellings",
    [
        # every script
        ("BMW", "ＢＭＷ", "bmw", " B\u200bMW\ufeff ", "BM\u00adW"),
        ("Künstliche Intelligenz", "künstliche \u00a0 intelligenz", "KÜNSTLICHE\tINTELLIGENZ"),
        ("Covid-19", "COVID 19", "covid\u201119", "Covid\u201319", "Covid－19"),
        ("O'Neill", "O\u2019Neill", "O\u02bcNeill", "O`Neill"),
        ("\u201eDie Partei\u201c", '"Die Partei"', "\u00abDie Partei\u00bb"),
        ("2024", "２０２４", "٢٠٢٤", "۲۰۲۴", "२०२४"),
        ("CO2", "CO₂"),
        ("❤", "❤\ufe0f"),
        # Latin
        ("Straße", "STRASSE", "strasse", "STRAẞE"),
        ("İstanbul", "Istanbul", "ISTANBUL", "istanbul", "ıstanbul", "I\u0307stanbul"),
        ("Timișoara", "Timişoara", "TIMIȘOARA"),
        ("ﬁnance", "Finance"),
        # Greek
        ("Αθήνα", "ΑΘΗΝΑ", "αθήνα", "Αθη\u0301να"),
        ("Αριστοτέλης", "ΑΡΙΣΤΟΤΕΛΗΣ", "Ἀριστοτέλης"),
        ("Ταΐλανδη", "ΤΑΪΛΑΝΔΗ", "ΤΑΙΛΑΝΔΗ"),
        # Cyrillic
        ("Горбачёв", "ГОРБАЧЕВ", "горбачев"),
        ("Комп'ютер", "Комп\u2019ютер", "Комп\u02bcютер"),
        # Arabic and Persian
        ("الإمارات", "الامارات", "الأمارات", "الإِمَارَات"),
        ("القاهرة", "القاهره", "القـــاهرة"),
        ("إيران", "ایران", "ايران"),
        ("ایران\u200cخودرو", "ایرانخودرو"),
        ("\ufe8d\ufedf\ufebc\ufef4\ufee6", "الصين"),  # forms of presentation
        # Hebrew
        ("שָׁלוֹם", "שלום"),
        ("צה״ל", 'צה"ל'),
        ("תל־אביב", "תל אביב", "תל-אביב"),
        # Chinese
        ("中国", "中國"),
        ("台湾", "臺灣", "台灣"),
        ("安格拉·默克尔", "安格拉・默克爾", "安格拉•默克尔", "安格拉默克尔"),
        ("iPhone 手机", "iPhone手機", "IPHONE手机"),
        # Japanese
        ("アニメ", "ｱﾆﾒ"),
        ("スター・ウォーズ", "スターウォーズ", "スター ウォーズ"),
        ("山田 太郎", "山田太郎", "山田\u3000太郎"),
        ("ガンダム", "カ\u3099ンダム"),
        # Korean
        ("인공지능", "인공 지능", "\u110b\u1175\u11ab\u1100\u1169\u11bc\u110c\u1175\u1102\u1173\u11bc"),
        # Indic
        ("क़लम", "क\u093cलम"),
        ("श्रीलंका", "श्\u200dरीलंका"),
        # Georgian, Armenian
        ("საქართველო", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ"),
        ("Երևան", "ԵՐԵՒԱՆ"),
    ],
)
def test_spellings_of_one_keyword(spellings: tuple[str, ...]) -> None:
    assert len({keyword_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("año", "ano"),
        ("Müller", "Muller"),
        ("Mueller", "Müller"),
        ("мой", "мои"),
        ("Київ", "Киів"),
        ("C++", "C"),
        ("C#", "C"),
        ("AC/DC", "ACDC"),
        ("12/7", "127"),
        ("New York", "Newyork"),
        ("resign", "re-sign"),
        ("は", "ハ"),  # hiragana and katakana
        ("ビル", "ビール"),
        ("病院", "美容院"),
        ("中国", "中华"),
        ("-5", "5"),
        (".NET", "NET"),
        ("कमल", "कमाल"),
    ],
)
def test_keywords_that_stay_apart(one: str, other: str) -> None:
    assert keyword_key(one) != keyword_key(other)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ＢＭＷ", "BMW"),
        ("  New \n York ", "New York"),
        ("中國", "中國"),
        ("İstanbul", "İstanbul"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # the joiner is spelling in Persian
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("B\u200dM\u200cW", "BMW"),
        ("\u200c می\u200c", "می"),
        ("a\u200b\u0301", "á"),
    ],
)
def test_the_form_that_people_see(written: str, shown: str) -> None:
    assert display_form(written) == shown


@pytest.mark.parametrize("nothing", ["", " \n", "\u200b", "\ufeff\u00ad", "\x00"])
def test_what_holds_no_keyword(nothing: str) -> None:
    assert keyword_key(nothing) == display_form(nothing) == ""


# every block that a rule touches, and what rules meet in
tricky = st.text(
    st.sampled_from(
        "aAiIİıßẞΐΰςΣάἈё'’ʼ-‐–־·・•  \u3000中國国臺ｱガ゛\u3099ー인ᄀ\u1161\u11a8آأىیکةـًשּ״क्\u200c\u200d"
        "क़ก่١۲²½ﬁﷺ\u0301\u0307\u0308\u0345\ufe0f\u200b"
    ),
    max_size=12,
)
anything = st.text(st.characters(), max_size=20) | tricky


@given(anything)
@example("ΐ")
@example("中 ́国")
@example("ᄀ \u1161")
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    key = keyword_key(text)
    assert keyword_key(key) == key
    assert display_form(key) == key


@given(anything)
def test_what_is_shown_has_the_key_of_what_was_written(text: str) -> None:
    shown = display_form(text)
    assert display_form(shown) == shown
    assert keyword_key(shown) == keyword_key(text)


@given(anything)
def test_a_keyword_that_is_shown_has_a_key(text: str) -> None:
    assert bool(keyword_key(text)) is bool(display_form(text))


signs = st.text(st.sampled_from("中国经濟台臺 ·・"), max_size=8)


@given(signs.filter(lambda text: text.strip(" ·・")))
def test_a_key_does_not_hang_on_the_neighbours(text: str) -> None:
    """Sign by sign: the key of a Chinese text is the keys of its signs, so no phrase changes what was stored."""
    assert keyword_key(text) == "".join(keyword_key(sign) for sign in text if sign not in " ·・")


def first_key(text: str) -> str:
    """Keys as version 1 made them."""
    visible = re.sub(
        "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufdd0-\ufdef"
        "\ufffe\uffff]",
        "",
        unicodedata.normalize("NFKC", text),
    )
    hyphens = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d", "-"))
    folded = re.sub(r"\s+", " ", visible).strip().translate(hyphens).casefold()
    return unicodedata.normalize("NFKC", folded)


usual = st.text(st.characters(exclude_categories=("Mn", "Mc", "Me", "Cs")), max_size=20)


@given(usual | tricky)
def test_a_stored_key_is_enough_to_make_the_new_one(text: str) -> None:
    shown = display_form(text)  # keywords are stored as they are shown
    assert keyword_key(first_key(shown)) == keyword_key(shown)


def test_stored_keys_that_change() -> None:
    assert changed_keys(["bmw", "covid-19", "covid 19", "中國", "中国"]) == {"covid-19": "covid 19", "中國": "中国"}
