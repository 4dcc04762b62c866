"""Keyword lists as found, single keywords out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.folding import display_form, keyword_key
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
        (["BMW；Alibaba；中国"], ("BMW", "Alibaba", "中国")),
        (["BMW|Alibaba ｜ China"], ("BMW", "Alibaba", "China")),
        (["Handel / Gewerbe / Bahn"], ("Handel", "Gewerbe", "Bahn")),
        (["Wirtschaft/Politik/China"], ("Wirtschaft", "Politik", "China")),
        (["政治/経済/社会"], ("政治", "経済", "社会")),
        (["Paris, Texas", "Kino; Film"], ("Paris, Texas", "Kino", "Film")),  # no name holds a semicolon
        (["安格拉·默克尔、ジョン・レノン"], ("安格拉·默克尔", "ジョン・レノン")),
        (["አዲስ አበባ፣ ኢትዮጵያ"], ("አዲስ አበባ", "ኢትዮጵያ")),
        ([], ()),
    ],
)
def test_splits(values: list[str], expected: tuple[str, ...]) -> None:
    assert split_keywords(values) == expected


def test_a_sources_own_separators_replace_the_usual_ones() -> None:
    assert split_keywords(["Handel, Gewerbe / Bahn"], "/") == ("Handel, Gewerbe", "Bahn")
    assert split_keywords(["a|b", "c"], "|") == ("a", "b", "c")


@pytest.mark.parametrize(
    "name", ["AC/DC", "C++", "C#", "12/7", "24/7", "TCP/IP", "km/h", "Und/oder", "R&B", "AT&T", "X"]
)
def test_names_with_signs_in_them_stay_whole(name: str) -> None:
    assert split_keywords([name]) == (name,)
    assert split_keywords([f"{name}, China"]) == (name, "China")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("BMW (23)", "BMW"),
        ("宝马（5）", "宝马"),
        ("BMW [7]", "BMW"),
        ("Olympia (2024)", "Olympia (2024)"),  # a year
        ("Tags: BMW", "BMW"),
        ("Stichwörter: BMW", "BMW"),
        ("关键词：宝马", "宝马"),
        ('"BMW"', "BMW"),
        ("„BMW“", "BMW"),
        ("«Le Monde»", "Le Monde"),
        ("《人民日报》", "人民日报"),
        ("Arts &amp; Culture", "Arts & Culture"),
        ("<b>BMW</b>", "BMW"),
        ("#BMW", "BMW"),
        ("BMW,", "BMW"),
        ("2024", "2024"),
        ("9/11", "9/11"),
        ("Booking.com", "Booking.com"),
        ("Keyword-Recherche", "Keyword-Recherche"),
    ],
)
def test_what_is_taken_off(written: str, name: str) -> None:
    assert split_keywords([written]) == (name,)


@pytest.mark.parametrize(
    "junk",
    [
        "keyword", "Keywords", "tags", "Schlagwort", "关键词", "n/a", "None", "null", "undefined", "Uncategorized",
        "https://example.org/a", "www.example.org", "info@example.org", "2020-07-08", "08.07.2020", "2020年7月8日",
        "1234567", "-", "…", "###", " , ", "Ein ganzer Satz ist kein Schlagwort und gehört nicht hierher. " * 4,
    ],
)  # fmt: skip
def test_what_is_no_keyword(junk: str) -> None:
    assert split_keywords([junk, "BMW"]) == ("BMW",)


values = st.lists(
    st.text(st.characters(), max_size=30)
    | st.text(st.sampled_from('aB中 ,;/|#&()[]"“”<>:、，；・12\n\u200b'), max_size=30),
    max_size=4,
)


@given(values, st.none() | st.text(st.sampled_from(";,/|-]^"), min_size=1, max_size=3))
def test_what_comes_out_are_names(written: list[str], separators: str | None) -> None:
    names = split_keywords(written, separators)
    assert len({keyword_key(name) for name in names}) == len(names)
    for name in names:
        assert name == display_form(name)
        assert keyword_key(name)


@given(
    st.lists(st.sampled_from(["BMW", "AC/DC", "New York", "中国", "Ёлка", "12/7"]), max_size=6),
    st.sampled_from(";；、|"),
)
def test_a_list_of_names_is_read_back(names: list[str], separator: str) -> None:
    assert split_keywords([separator.join(names)]) == tuple(dict.fromkeys(names))
