"""Suggested recipes: every selector finds on every page what was found without it, and nothing else is suggested."""

from __future__ import annotations

import gzip
import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import lxml.etree
import lxml.html
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.extract.listing import read_listing
from feeds.extract.page import read_page
from feeds.extract.page_recipe import unmet
from feeds.extract.select import compile_selector
from feeds.extract.selectors import is_lasting, selectors_of
from feeds.extract.tree import parse_html
from feeds.model import Document, Kind, Recipe, Section, Source
from feeds.newsroom import Newsroom, newsroom_sources
from feeds.pipeline.read import read_article
from feeds.pipeline.suggest import suggest_recipe
from feeds.sources import read_source

SOURCE = Source(id="a", name="a", kind=Kind.LISTING, url="https://news.example.org/")
WORDS = "The harbour of the small town was opened again on Tuesday after three years of work on its old walls. " * 3


def get(url: str) -> Document:
    with urlopen(url) as answer:
        return Document(url=url, requested_url=url, body=answer.read(), content_type=answer.headers.get("Content-Type"))


def page(number: int, body: str, head: str = "") -> Document:
    url = f"https://news.example.org/2026/a-long-story-{number}.html"
    html = f'<html lang="en"><head><meta charset="utf-8">{head}</head><body><main>{body}</main></body></html>'
    return Document(url=url, requested_url=url, body=html.encode(), content_type="text/html")


@pytest.mark.parametrize("manner", [None, "restyle"])
def test_the_newsroom_s_editions_before_and_after_a_redesign(manner: str | None) -> None:
    with Newsroom(articles=150, every_s=0).start() as newsroom:
        if manner:
            newsroom.misbehave("/", manner)
        for source in newsroom_sources(newsroom.url):
            articles = [one for one in newsroom.articles() if one.edition == source.language][:4]
            listings = [get(target.url) for target in source.targets[:2]]
            pages = [get(newsroom.url_of(article)) for article in articles]
            suggestion = suggest_recipe(source, listings, pages)
            assert {"entry", "title", "published", "keywords", "body"} <= suggestion.evidence.keys(), suggestion
            assert all("of 2 listing" in text or "4 of 4 article" in text for text in suggestion.evidence.values())
            suggested = replace(source, recipe=suggestion.recipe)
            for document in listings:
                items = read_listing(document, source=suggested, section=Section(url=document.url))
                plain = read_listing(
                    document, source=replace(source, recipe=Recipe()), section=Section(url=document.url)
                )
                assert [item.url for item in items] == [item.url for item in plain]
                assert [item.title for item in items] == [item.title for item in plain]
                assert {item.provenance["url"] for item in items} == {"recipe"}
            for article, document in zip(articles, pages, strict=True):
                read = read_article(
                    document.body, document.url, content_type=document.content_type, recipe=suggestion.recipe
                )
                assert read.title == newsroom_title(article.edition, article.title)
                assert read.published == article.day
                assert {read.provenance[name] for name in ("title", "published", "keywords", "content_html")} == {
                    "recipe"
                }


def newsroom_title(edition: str, title: str) -> str:
    from feeds.newsroom.editions import BY_LANGUAGE

    return " ".join(BY_LANGUAGE[edition].typeset(title).split())


def test_the_toml_is_a_recipe_that_is_read_as_the_suggested_one() -> None:
    pages = [page(n, f'<h1 class="t">Title number {n}</h1><div class="text"><p>{WORDS}{n}</p></div>') for n in range(3)]
    suggestion = suggest_recipe(SOURCE, [], pages)
    loaded = read_source(f'kind = "listing"\nurl = "https://news.example.org/"\n{suggestion.toml}', Path("a.toml"))
    assert loaded.mistakes == ()
    assert loaded.sources[0].recipe == suggestion.recipe
    assert "# the words of the article; on 3 of 3 article pages, the same words" in suggestion.toml
    assert suggestion.missing["authors"] == "not found on any of 3 article pages"


def test_a_selector_that_fails_on_one_page_is_not_suggested() -> None:
    def titled(number: int, name: str) -> Document:
        title = f"A headline for story number {number}"
        return page(number, f'<div class="{name}"><b>{title}</b></div><p>{WORDS}</p>', f"<title>{title}</title>")

    assert suggest_recipe(SOURCE, [], [titled(1, "top"), titled(2, "top")]).recipe.title == "div.top > b"
    mixed = suggest_recipe(SOURCE, [], [titled(1, "top"), titled(2, "heading")])
    # the head's title says it on both; no class of one page alone
    assert mixed.recipe.title in {None, "title"}


def test_what_stands_inside_the_body_and_is_none_of_it_is_cut_out() -> None:
    def boxed(number: int) -> Document:
        links = "".join(
            f'<li><a href="/2026/other-story-{n}.html">Another story, number {n}</a></li>' for n in range(6)
        )
        box = f'<div class="more-stories"><h4>Read more of these</h4><ul>{links}</ul></div>'
        return page(
            number,
            f'<h1>Story number {number}</h1><div class="text"><p>{WORDS}{number}</p>{box}'
            f"<p>{WORDS} Ends {number}.</p></div>",
        )

    pages = [boxed(n) for n in range(3)]
    suggestion = suggest_recipe(SOURCE, [], pages)
    assert suggestion.recipe.body is not None
    for document in pages:
        item = read_page(document.body, document.url, recipe=suggestion.recipe)
        assert item.provenance["content_html"] == "recipe"
        assert "Another story" not in (item.content_html or "")
        assert "Ends" in (item.content_html or "")


def test_hints_and_right_selectors_of_the_present_recipe_stay() -> None:
    pages = [page(n, f'<h1 class="t">Title number {n}</h1><div class="text"><p>{WORDS}{n}</p></div>') for n in range(2)]
    present = Recipe(title="main > h1.t", body="div.gone", date_formats=("%d.%m.%Y",), next_page="p{n}.html")
    recipe = suggest_recipe(replace(SOURCE, recipe=present), [], pages).recipe
    assert (recipe.title, recipe.date_formats, recipe.next_page) == ("main > h1.t", ("%d.%m.%Y",), "p{n}.html")
    assert recipe.body == "div.text"


def test_a_present_entry_stays_and_what_it_lacks_is_added() -> None:
    with Newsroom(articles=60, every_s=0).start() as newsroom:
        source = newsroom_sources(newsroom.url)[0]
        listings = [get(source.targets[0].url)]
        kept = suggest_recipe(replace(source, recipe=Recipe(entry="ul > li")), listings, []).recipe
        assert kept == Recipe(entry="ul > li", link="a", listed_title="a.lbbt", listed_date="span.rq")
        whole = suggest_recipe(source, listings, []).recipe
        assert whole == source.recipe
        other = suggest_recipe(replace(source, recipe=Recipe(entry="div.gone", link="b")), listings, []).recipe
        assert (other.entry, other.link) == ("td.lb li", "a")


def test_nothing_to_go_by_suggests_nothing_and_says_why() -> None:
    empty = Document(url="https://news.example.org/", requested_url="", body=b"<html><body></body></html>")
    suggestion = suggest_recipe(SOURCE, [empty], [empty])
    assert suggestion.recipe == Recipe()
    assert suggestion.toml == ""
    assert suggestion.missing["entry"] == "none of the listing pages could be read"
    assert suggestion.missing["body"] == "none of the article pages could be read"
    assert suggest_recipe(SOURCE, [], []).missing == {}


@pytest.mark.parametrize(
    "name", ["article-body", "TRS_Editor", "lbbt", "entry__title", "col-8", "zw", "storyText", "h1-big"]
)
def test_names_that_people_give_last(name: str) -> None:
    assert is_lasting(name)


@pytest.mark.parametrize(
    "name",
    [
        "post-81724",
        "css-1q2w3e",
        "sc-bdVaJa",
        "title__aB3xZ",
        "Card_title__x9Qz1",
        "md:flex",
        "x1y2z3",
        "jsx-3050",
        "bdVaJaQw",
    ],
)
def test_names_that_tools_make_up_do_not(name: str) -> None:
    assert not is_lasting(name)


def test_selectors_match_their_element_and_never_count_positions() -> None:
    tree = parse_html(
        b"<body><main><div class='list css-1abc2'><div id='post-123456' class='card'>"
        b"<h3><a rel='bookmark' href='/x'>x</a></h3>"
        b"<time class='d' datetime='2026-01-01'>1</time></div></div></main></body>"
    )
    for element in tree.iter("div", "a", "time", "h3"):
        forms = selectors_of(element)
        assert forms, element.tag
        for form in forms:
            assert element in compile_selector(form).elements(tree), form
            assert not re.search(r"nth|css-1abc2|123456", form)


ATTRIBUTES = st.dictionaries(
    st.sampled_from(["class", "id", "rel", "itemprop", "property", "name", "data-testid", "role"]),
    st.text(max_size=12) | st.sampled_from(["article-body", "a b c", 'quo"te', "]", "\\", "x:y", "post-123456"]),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@example([("div", {"class": "lead\x85 \xa0text"})])
@given(st.lists(st.tuples(st.sampled_from(["div", "p", "a", "h2", "o:p", "x-y", "span"]), ATTRIBUTES), max_size=6))
def test_whatever_a_page_calls_its_elements_a_selector_can_be_read_and_matches(
    chain: list[tuple[str, dict[str, str]]],
) -> None:
    element: Any = lxml.html.fragment_fromstring("<div></div>")
    root = element
    for tag, attributes in chain:
        element = lxml.etree.SubElement(element, "font")
        element.tag = "font" if ":" in tag else tag
        for name, value in attributes.items():
            element.set(name, re.sub("[\x00-\x1f\ufffe\uffff]", "", value))
    for one in root.iter():
        for form in selectors_of(one):
            assert one in compile_selector(form).elements(root), form


def test_an_element_that_no_selector_can_name_has_none() -> None:
    tree = parse_html(b"<body><div><o:p class='x'>words</o:p></div></body>")
    odd = next(one for one in tree.iter() if ":" in str(one.tag))
    assert selectors_of(odd) == []


def test_real_pages(shared: Path) -> None:
    """On real pages of one publisher: what is suggested gives the very fields, with the recipe's provenance."""
    folder = shared / "corpus" / "pages"
    if not folder.is_dir():
        pytest.skip("no corpus of real pages in ../shared")
    groups: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*.html.gz")):
        groups[re.sub(r"_\d{4}_.*", "", path.name)].append(path)
    several = [paths for paths in groups.values() if len(paths) > 1][::10]
    assert several
    suggested: Counter[str] = Counter()
    for paths in several:
        pages = [
            Document(
                url=f"https://news.example.org/a-story-{n}.html",
                requested_url="",
                body=gzip.decompress(path.read_bytes()),
            )
            for n, path in enumerate(paths)
        ]
        suggestion = suggest_recipe(SOURCE, [], pages)
        suggested.update(suggestion.evidence.keys())
        for document in pages:
            assert_same(document, suggestion.recipe)
    assert suggested["title"] >= len(several) // 2
    assert suggested["body"] >= len(several) // 3


def assert_same(document: Document, recipe: Recipe) -> None:
    given: Any = read_article(document.body, document.url, recipe=recipe)
    plain: Any = read_article(document.body, document.url)
    for name in ("title", "authors", "keywords", "published"):
        assert getattr(given, name) == getattr(plain, name), (document.url, name)
    missed = unmet(recipe, read_page(document.body, document.url, recipe=recipe))
    assert not {"title", "body"} & set(missed)
