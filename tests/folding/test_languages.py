"""Which language a question covers, and in which script Chinese is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.folding import han_of, language_covers, root_language, simplified, without_covered


@pytest.mark.parametrize(
    ("asked", "tag"),
    [
        ("de", "de"),
        ("de", "de-AT"),
        ("DE", "de-at"),
        ("zh", "zh-Hans"),
        ("zh", "zh-Hant-HK"),
        ("zh", "yue"),
        ("zh", "yue-Hant"),
        ("zh-Hant", "zh-Hant-TW"),
        ("zh-Hant", "yue-Hant"),
        ("zh-CN", "zh-Hans-CN"),
        ("no", "nb"),
        ("no", "nn-NO"),
        ("no-NO", "nb-NO"),
        ("sr", "sr-Latn"),
        ("sh", "sr-Latn"),
        ("sh", "hr"),
        ("fa", "prs"),
        ("pt", "pt-BR"),
        ("en", "en-x-plain"),
    ],
)
def test_covers(asked: str, tag: str) -> None:
    assert language_covers(asked, tag)


@pytest.mark.parametrize(
    ("asked", "tag"),
    [
        ("d", "de"),
        ("de", "den"),
        ("de-AT", "de"),
        ("zh-Hant", "zh"),
        ("zh-Hant", "zh-Hans"),
        ("nb", "no"),
        ("nb", "nn"),
        ("ms", "id"),
        ("sr", "hr"),
        ("pt-BR", "pt-PT"),
        ("en-plain", "en-x-plain"),
        ("zh-HK", "zh-Hant"),
    ],
)
def test_does_not_cover(asked: str, tag: str) -> None:
    assert not language_covers(asked, tag)


@pytest.mark.parametrize(
    ("tag", "root"),
    [("zh-Hant", "zh"), ("nb", "no"), ("nn-NO", "no"), ("yue", "zh"), ("sr-Latn", "sr"), ("de", "de"), ("sh", "sh")],
)
def test_where_a_directory_lists_a_tag(tag: str, root: str) -> None:
    assert root_language(tag) == root


def test_tags_that_say_nothing_more() -> None:
    assert without_covered(["no", "nb", "de-AT", "de", "zh-Hant"]) == ("de", "no", "zh-Hant")
    assert without_covered(["zh-Hans", "zh-Hant"]) == ("zh-Hans", "zh-Hant")
    assert without_covered([]) == ()


tags = st.builds(
    "-".join,
    st.tuples(
        st.sampled_from(["zh", "yue", "no", "nb", "nn", "sr", "sh", "de", "pt"]),
        st.sampled_from(["", "Hans", "Hant", "Latn"]),
        st.sampled_from(["", "HK", "NO", "BR"]),
    ).map(lambda parts: [part for part in parts if part]),
)


@given(tags, tags, tags)
def test_covering_is_an_order(one: str, other: str, third: str) -> None:
    assert language_covers(one, one)
    if language_covers(one, other) and language_covers(other, third):
        assert language_covers(one, third)
    if language_covers(one, other) and language_covers(other, one):
        assert one == other


@given(st.lists(tags, max_size=6))
def test_fewer_tags_cover_the_same(asked: list[str]) -> None:
    fewer = without_covered(asked)
    assert without_covered(fewer) == fewer
    assert all(any(language_covers(kept, tag) for kept in fewer) for tag in asked)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("中国经济", "Hans"),
        ("中國經濟", "Hant"),
        ("台湾的经济发展", "Hans"),
        ("皇后", None),  # written so in both
        ("一二三", None),
        ("城市的港口经过三年建设终于重新开放，书名是《臺北》", "Hans"),
        ("书与書", None),
        ("Hafen", None),
        ("", None),
    ],
)
def test_the_script_of_chinese(text: str, script: str | None) -> None:
    assert han_of(text).script == script


@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), max_size=20))
def test_simplifying_twice_changes_nothing_more(text: str) -> None:
    once = simplified(text)
    assert simplified(once) == once
    assert len(once) == len(text)
    assert han_of(once).traditional == 0
