"""Keyword lists as found, single keywords out."""

from __future__ import annotations

import pytest

from feeds.names import split_keywords


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["BMW;Alibaba"], ("BMW", "Alibaba")),
        (["中国，宝马、上海"], ("中国", "宝马", "上海")),
        (["بكين، الصين"], ("بكين", "الصين")),
        (["深空探测 探月工程 航天技术"], ("深空探测", "探月工程", "航天技术")),
        (["BMW 中国 回收利用 广州"], ("BMW", "中国", "回收利用", "广州")),
        (["山田 太郎"], ("山田 太郎",)),  # two parts may be a name
        (["#Berlin #Bahn #Neue Strecke"], ("Berlin", "Bahn", "Neue Strecke")),
        (["Top", "Hafen, Mauer, Schiffe, Markt"], ("Top", "Hafen", "Mauer", "Schiffe", "Markt")),
        (["New York Times"], ("New York Times",)),
        (["Paris, Texas", "Kino"], ("Paris, Texas", "Kino")),  # several values are names already
        (["Business, Finance, & Economics"], ("Business, Finance, & Economics",)),
        (["BMW, bmw, ＢＭＷ"], ("BMW",)),
        (["#Berlin, #Bahn"], ("Berlin", "Bahn")),
        (["", " ", "China"], ("China",)),
        ([], ()),
    ],
)
def test_splits(values: list[str], expected: tuple[str, ...]) -> None:
    assert split_keywords(values) == expected


def test_a_sources_own_separators_replace_the_usual_ones() -> None:
    assert split_keywords(["Handel, Gewerbe / Bahn"], "/") == ("Handel, Gewerbe", "Bahn")
    assert split_keywords(["a|b", "c"], "|") == ("a", "b", "c")
