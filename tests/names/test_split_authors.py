"""Bylines as found, single names out."""

from __future__ import annotations

import pytest

from feeds.names import split_authors


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("By Ada Lovelace and Grace Hopper", ("Ada Lovelace", "Grace Hopper")),
        ("Von Anna Muster, Berlin", ("Anna Muster", "Berlin")),
        ("Par Jeanne Martin et Luc Petit", ("Jeanne Martin", "Luc Petit")),
        ("Ana Gómez y Luis Ruiz", ("Ana Gómez", "Luis Ruiz")),
        ("Anna Muster (amu)", ("Anna Muster",)),
        ("Anna Muster; Ben Beispiel", ("Anna Muster", "Ben Beispiel")),
        ("山田太郎、佐藤花子", ("山田太郎", "佐藤花子")),
        ("记者 张三", ("张三",)),
        ("김철수 기자", ("김철수",)),
        ("Muster, Anna", ("Muster, Anna",)),
        ("Kim Example, Jr.", ("Kim Example, Jr",)),
        ("Ada Lovelace, Senior Staff Writer", ("Ada Lovelace",)),
        ("Le Journal et AFP", ("Le Journal et AFP",)),  # one signature: AFP alone is no person's name
        ("Anna Muster, Foto: Ben Beispiel", ("Anna Muster",)),
        ("Ada Lovelace, MA", ("Ada Lovelace, MA",)),
        ("Ada Lovelace, 3:53 p.m. EST", ("Ada Lovelace",)),
        ("By", ()),
        ("redaktion@example.org", ()),
        ("https://example.org/authors/7", ()),
        ("admin", ()),
        ("105092", ()),
    ],
)
def test_splits(byline: str, expected: tuple[str, ...]) -> None:
    assert split_authors([byline]) == expected


def test_each_author_once_in_order() -> None:
    assert split_authors(["Ada Lovelace", "ADA LOVELACE", "Grace Hopper"]) == ("Ada Lovelace", "Grace Hopper")
