"""Selectors: CSS and XPath, compiled once, wrong ones named."""

from __future__ import annotations

import pytest

from feeds.errors import ExtractError
from feeds.extract.select import compile_selector
from feeds.extract.tree import parse_html

PAGE = b"""<html><head><meta name="author" content="Ada"></head><body>
<div class="date">7 July <b>2020</b></div><a href="/x">X</a><img src="/p.jpg"></body></html>"""


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("div.date", ["7 July 2020"]),
        ("//div[@class='date']", ["7 July 2020"]),
        ("//a/@href", ["/x"]),
        ("string(//b)", ["2020"]),
        ("(//b)[1]", ["2020"]),
        ("meta[name=author]", ["Ada"]),
        ("img", ["/p.jpg"]),
        ("section", []),
    ],
)
def test_texts(selector: str, expected: list[str]) -> None:
    if selector.startswith("string"):
        selector = f"({selector})"
    assert compile_selector(selector).texts(parse_html(PAGE)) == expected


def test_elements_are_elements_only() -> None:
    tree = parse_html(PAGE)
    assert [element.tag for element in compile_selector("a, img").elements(tree)] == ["a", "img"]
    assert compile_selector("//a/@href").elements(tree) == []


@pytest.mark.parametrize("selector", ["div[", "//div[", "p::nonsense(", ""])
def test_a_wrong_selector_is_named(selector: str) -> None:
    with pytest.raises(ExtractError, match="cannot be read") as caught:
        compile_selector(selector)
    assert repr(selector) in str(caught.value)


def test_a_selector_that_fails_while_it_runs_is_named() -> None:
    with pytest.raises(ExtractError, match="nosuchfunction"):
        compile_selector("//a[nosuchfunction(.)]").texts(parse_html(PAGE))


def test_compiled_once() -> None:
    assert compile_selector("h1.title") is compile_selector("h1.title")
