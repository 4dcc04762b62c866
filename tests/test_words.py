from __future__ import annotations

import unicodedata
from typing import Final, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.folding import keyword_key
from feeds.words import CHARACTERS, is_character, tokens_of

# what people write, and what nobody should
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="aÄßé ıİŁøﬁ’-_.０٣ـأيیёй\u0301\u0308\u200d中國国台臺灣がｶﾞー한ไทยहि\u0345ΣςᾳΆ", max_size=40),
    st.lists(
        st.sampled_from(["BMW", "Straße", "中国", "東京", "Горбачёв", "हिन्दी", "x" * 120, "﷽" * 9]), max_size=9
    ).map(" ".join),
)
FORMS: Final[tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...]] = ("NFC", "NFD", "NFKC", "NFKD")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Die Straße, die STRASSE", "die strasse die strasse"),
        ("Łódź, Ærø, crème brûlée; Đồng", "lodz aero creme brulee dong"),
        ("İstanbul ISTANBUL ıstanbul", "istanbul istanbul istanbul"),
        ("ＢＭＷ BMW b\u0301mw", "bmw bmw bmw"),
        ("ΑΘΗΝΑ Αθήνα ὠδή λόγος", "αθηνα αθηνα ωδη λογοσ"),
        ("Горбачёв; кни\u0301га; мой", "горбачев книга мой"),
        ("臺灣的BMW汽車", "台 湾 的 bmw 汽 车"),
        ("東京タワー、ﾀﾜｰ", "东 京 タ ワ ー タ ワ ー"),
        ("한국어를", "한 국 어 를"),
        ("ไทย", "ไ ท ย"),
        ("हिन्दी में", "हिन्दी में"),
        ("مُحَمَّد ٢٠٢٦", "محمد 2026"),
        ("don't e-mail snake_case C++", "don t e mail snake case c"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        (" …—。 ", ""),
        ("", ""),
    ],
)
def test_tokens(text: str, tokens: str) -> None:
    assert tokens_of(text) == tokens.split()


@given(TEXTS)
def test_tokens_of_tokens_are_they_themselves(text: str) -> None:
    tokens = tokens_of(text)
    assert tokens_of(" ".join(tokens)) == tokens
    assert all(tokens_of(token) == [token] for token in tokens)


@given(TEXTS)
def test_every_way_to_write_it_gives_the_same(text: str) -> None:
    for form in FORMS:
        assert tokens_of(unicodedata.normalize(form, text)) == tokens_of(text)


@given(TEXTS)
def test_a_keyword_is_found_by_its_key(text: str) -> None:
    """Who writes a keyword as its address shows it asks for the same words, joined where its script joins them."""
    assert "".join(tokens_of(keyword_key(text))) == "".join(tokens_of(text))


@given(TEXTS, TEXTS)
def test_texts_beside_each_other_do_not_mix(one: str, other: str) -> None:
    assert tokens_of(f"{one} . {other}") == tokens_of(one) + tokens_of(other)


def test_a_run_without_end_is_cut() -> None:
    assert tokens_of("x" * 5000) == ["x" * 100]
    assert tokens_of("中" * 500) == ["中"] * 500


def test_characters_are_told() -> None:
    assert [is_character(token) for token in tokens_of("中 が 한 ท bmw हि 7")] == [True] * 4 + [False] * 3
    assert " " not in CHARACTERS
