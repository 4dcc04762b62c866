"""Texts in, the shingles and bands by which their near-duplicates are found out."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalise.likeness import bands_of, shingles_of, words_of

SENTENCES = [
    f"In the year {1900 + n} the {adjective} {noun} near the old {place} was {done} by the people of town {n}"
    for n, (adjective, noun, place, done) in enumerate(
        (a, n, p, d)
        for a in ("small", "green", "famous", "broken")
        for n, p, d in (("bridge", "mill", "built"), ("church", "river", "painted"), ("market", "gate", "closed"))
    )
]
TEXT = ". ".join(SENTENCES)
CHINESE = "".join(f"第{n}届国际汽车展览会在第{n * 7}号展馆开幕，来自{n + 3}个国家的企业参加了活动。" for n in range(12))


def shared(one: str, other: str) -> int:
    return len(set(bands_of(one)) & set(bands_of(other)))


def test_words_are_told_in_every_script_and_punctuation_is_not() -> None:
    assert words_of("“Hello”—world, it’s 3,5 % state-of-the-art!") == (
        ["hello", "world", "its", "35", "state", "of", "the", "art"]
    )
    assert words_of("ＢＭＷ和中国") == ["bmw", "和", "中", "国"]
    assert words_of("Straße STRASSE") == ["strasse", "strasse"]
    assert len(words_of("한국어 문장입니다 여기")) == 3
    assert len(words_of("हिन्दी में एक वाक्य")) == 4
    assert words_of("… — !?") == []


def test_a_text_without_spaces_has_shingles_of_characters() -> None:
    assert "上 海 是 一 座 城" in shingles_of("上海是一座城市。" + CHINESE)
    assert "the old mill" in shingles_of(TEXT)


@pytest.mark.parametrize("text", ["", "   ", "Too short for this.", "只有几个字而已", "word " * 500, "!" * 9000])
def test_what_says_too_little_has_neither_shingles_nor_bands(text: str) -> None:
    assert shingles_of(text) == frozenset()
    assert bands_of(text) == ()


def test_a_text_in_another_dress_has_the_same_bands() -> None:
    dressed = TEXT.upper().replace(". ", " –\n\n ").replace("the", "ｔｈｅ")
    assert bands_of(dressed) == bands_of(TEXT)
    assert len(bands_of(TEXT)) == 20
    assert all(-(2**63) <= band < 2**63 for band in bands_of(TEXT))


@pytest.mark.parametrize("text", [TEXT, CHINESE], ids=["english", "chinese"])
def test_like_texts_share_bands_and_others_do_not(text: str) -> None:
    assert shared(text, "Agency, town. " + text + " All rights reserved by the agency.") >= 5
    assert shared(text, text[: len(text) // 2]) >= 1
    assert shared(TEXT, CHINESE) == 0
    assert shared(text, " ".join(f"{n}th thing of another kind, told at length" for n in range(40))) == 0


def test_bands_are_the_same_on_every_machine_and_in_every_process() -> None:
    # written down once: other numbers here would meet none of those that are stored
    assert bands_of(TEXT)[:2] == (8050593297383517939, 7337140934924328242)
    code = f"from feeds.normalise.likeness import bands_of; print(bands_of({TEXT!r}))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {str(bands_of(TEXT))}


@given(st.text(max_size=300))
def test_any_text_has_all_bands_or_none(text: str) -> None:
    assert len(bands_of(text)) in {0, 20}
    assert len(bands_of(text + TEXT)) == 20


def test_an_endless_text_costs_no_more_than_a_long_one() -> None:
    assert len(shingles_of("".join(f"{n} " for n in range(400_000)))) < 100_000
