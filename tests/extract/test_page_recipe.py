"""A recipe on article pages: every field by CSS and by XPath, and what happens when it finds nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from feeds.extract.page import read_page
from feeds.extract.page_recipe import unmet
from feeds.model import PAGE_FIELDS, Item, Recipe
from feeds.pipeline.read import read_article

URL = "https://news.example.org/2026/harbour.html"
HEAD = """<title>Harbour | News</title><meta name="description" content="A description.">
<meta property="og:locale" content="en_GB"><meta name="x-date" content="20260705">"""
BODY = """<h1>Generic title</h1><p class="kicker" lang="gd">The real title</p>
<span class="who">Ada Byron</span><span class="who">Alan Mathison</span>
<span class="day">printed 07.06.2026</span><time class="mod" datetime="2026-07-08T10:00:00+01:00">this week</time>
<ul class="words"><li>harbour</li><li>ships</li></ul><div class="crumb">Ports</div>
<p class="lead">The lead sentence.</p>
<img class="big" data-src="/pictures/quay.jpg" src="data:image/gif;base64,AAAA"><i class="cap">The quay</i>
<div class="agency">Coast Press</div>"""

EVERY_FIELD: dict[str, tuple[str, str, str | tuple[str, ...] | None]] = {
    "title": ("p.kicker", "//p[@class='kicker']/text()", "The real title"),
    "authors": ("span.who", "//span[@class='who']", ("Ada Byron", "Alan Mathison")),
    "published": ("span.day", "//span[@class='day']/text()", "printed 07.06.2026"),
    "updated": ("time.mod", "//time/@datetime", "2026-07-08T10:00:00+01:00"),
    "keywords": ("ul.words li", "//ul[@class='words']/li", ("harbour", "ships")),
    "language": ("html[lang] nothing, meta[property='og:locale']", "//p/@lang", None),
    "section": ("div.crumb", "(//div)[@class='crumb']", "Ports"),
    "summary": ("p.lead", "//p[@class='lead']", "The lead sentence."),
    "image": ("img.big", "//img/@data-src", "https://news.example.org/pictures/quay.jpg"),
    "image_caption": ("i.cap", "//i", "The quay"),
    "origin": ("div.agency", "//div[@class='agency']", "Coast Press"),
}


def one(key: str, selector: str) -> Recipe:
    given: dict[str, Any] = {key: selector}
    return Recipe(**given)


def read(write: Callable[..., bytes], recipe: Recipe, *, body: str = BODY) -> Item:
    return read_page(write(head=HEAD, body=body), URL, recipe=recipe)


def test_the_table_of_fields_is_the_item_s() -> None:
    assert set(EVERY_FIELD) | {"body"} == set(PAGE_FIELDS)


@pytest.mark.parametrize("key", EVERY_FIELD)
@pytest.mark.parametrize("way", [0, 1], ids=["css", "xpath"])
def test_each_field_by_css_and_xpath(write: Callable[..., bytes], key: str, way: int) -> None:
    css, xpath, value = EVERY_FIELD[key]
    expected = value or ("en_GB", "gd")[way]
    recipe = one(key, (css, xpath)[way])
    item = read(write, recipe)
    assert getattr(item, PAGE_FIELDS[key]) == expected
    assert item.provenance[PAGE_FIELDS[key]] == "recipe"
    assert unmet(recipe, item) == ()


@pytest.mark.parametrize("key", [*EVERY_FIELD, "body"])
def test_what_finds_nothing_falls_back_visibly(write: Callable[..., bytes], key: str) -> None:
    recipe = one(key, "div.not-there")
    item = read(write, recipe)
    plain = read(write, Recipe())
    assert item == plain
    assert unmet(recipe, item) == (key,)


@pytest.mark.parametrize(
    ("key", "selector"),
    [("published", "div.crumb"), ("language", "p.lead"), ("image", "//meta[@name='nothing']"), ("keywords", "i.none")],
)
def test_what_is_no_value_of_its_field_falls_back_too(write: Callable[..., bytes], key: str, selector: str) -> None:
    recipe = one(key, selector)
    assert unmet(recipe, read(write, recipe)) == (key,)


def test_a_date_form_of_the_recipe_counts_as_a_date(write: Callable[..., bytes]) -> None:
    recipe = Recipe(published="meta[name='x-date']", date_formats=("%Y%d%m",))
    article = read_article(write(head=HEAD, body=BODY), URL, recipe=recipe)
    assert article.published == dt.date(2026, 5, 7)
    assert article.provenance["published"] == "recipe"


@pytest.mark.parametrize("body", [None, "article"])
def test_remove_cuts_out_of_the_body_whoever_found_it(write: Callable[..., bytes], body: str | None) -> None:
    extra = '<h1>Harbour opened again</h1><p>Kept words here. <b class="ad">Buy now!</b> And kept after.</p>'
    recipe = Recipe(body=body, remove=".ad")
    html = read(write, recipe, body=extra).content_html or ""
    assert "Buy now" in (read(write, replace(recipe, remove=None), body=extra).content_html or "")
    assert "Buy now" not in html
    assert "Kept words here." in html
    assert "And kept after." in html


def test_remove_never_takes_the_page_itself(write: Callable[..., bytes]) -> None:
    item = read(write, Recipe(remove="html, body, .ad"))
    assert "Several hundred people" in (item.content_html or "")


def test_body_by_xpath_keeps_its_structure(write: Callable[..., bytes]) -> None:
    item = read(write, Recipe(body="//article//p[not(@class)]"))
    assert item.provenance["content_html"] == "recipe"
    assert (item.content_html or "").count("<p>") == 4
