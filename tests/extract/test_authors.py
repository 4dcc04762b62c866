"""Who wrote it: declared, marked up, labelled, or in a line that begins with "By"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feeds.extract.authors import find_authors
from feeds.extract.evidence import Evidence

Gather = Callable[..., Evidence]

PUBLISHER = {"@type": "Organization", "name": "The Example"}


def story(**parts: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "headline": "Harbour opened again", "publisher": PUBLISHER, **parts}


def names(page: Evidence) -> tuple[str, ...]:
    found = find_authors(page)
    return found.value if found else ()


@pytest.mark.parametrize(
    "author",
    [
        {"@type": "Person", "name": "Ada Lovelace"},
        [{"@type": "Person", "name": "Ada Lovelace"}],
        "Ada Lovelace",
        {"@type": "Person", "givenName": "Ada", "familyName": "Lovelace"},
        {"@type": "Person", "name": ["Ada Lovelace"]},
        {"@type": "Person", "name": "By Ada Lovelace"},
    ],
)
def test_json_ld(seen: Gather, author: Any) -> None:
    assert names(seen(ld=story(author=author))) == ("Ada Lovelace",)


@pytest.mark.parametrize(
    "name", ["author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "articleAuthor", "x.author"]
)
def test_metas(seen: Gather, name: str) -> None:
    assert names(seen(head=f'<meta name="{name}" content="Ada Lovelace">')) == ("Ada Lovelace",)


@pytest.mark.parametrize(
    "byline",
    [
        '<a rel="author" href="/ada">Ada Lovelace</a>',
        '<span itemprop="author">Ada Lovelace</span>',
        '<div class="c-byline">By <a href="/ada">Ada Lovelace</a> in London</div>',
        '<p class="articleAuthor">Von Ada Lovelace</p>',
        '<div id="authors"><span>Ada Lovelace</span></div>',
        "<p>By Ada Lovelace</p>",
        "<p>Von Ada Lovelace | 7. Juli 2020</p>",
        "<p>Autorin: Ada Lovelace</p>",
        "<ul><li><strong>Autorin/Autor</strong> Ada Lovelace</li></ul>",
    ],
)
def test_shown(seen: Gather, byline: str) -> None:
    assert names(seen(body=f"<h1>Harbour opened again</h1>{byline}")) == ("Ada Lovelace",)


@pytest.mark.parametrize(
    ("label", "lang"),
    [("作者：山田太郎", "ja"), ("记者：张三", "zh"), ("Автор: Анна Иванова", "ru"), ("بقلم: سلمى علي", "ar")],
)
def test_labels_of_other_languages(seen: Gather, label: str, lang: str) -> None:
    name = label.replace("：", ": ").partition(": ")[2]
    assert names(seen(body=f"<h1>Harbour</h1><p>{label}</p>", lang=lang)) == (name,)


def test_the_publisher_is_an_author_only_when_nobody_else_is_named(seen: Gather) -> None:
    house = story(author=PUBLISHER)
    assert names(seen(ld=house)) == ("The Example",)
    byline = '<h1>Harbour opened again</h1><p class="byline">By Ada Lovelace</p>'
    assert names(seen(ld=house, body=byline)) == ("Ada Lovelace",)


@pytest.mark.parametrize("value", ["https://news.example.org/ada", "ada@example.org", "105092", "admin"])
def test_what_is_no_name_gives_way(seen: Gather, value: str) -> None:
    page = seen(head=f'<meta name="author" content="{value}">', body="<h1>Harbour</h1><p>By Ada Lovelace</p>")
    assert names(page) == ("Ada Lovelace",)


def test_other_peoples_bylines_are_left_out(seen: Gather) -> None:
    aside = '<nav><a rel="author" href="/b">Bob Other</a></nav><div class="comment-author">Carl Comment</div>'
    assert names(seen(body=f"<h1>Harbour</h1>{aside}")) == ()


def test_the_links_of_the_next_field_are_not_the_authors(seen: Gather) -> None:
    fields = (
        "<ul><li><strong>Autorin/Autor</strong> Ada Lovelace</li>"
        '<li><strong>Themenseiten</strong> <a href="/1">Ukraine</a>, <a href="/2">Krim-Krise</a></li></ul>'
    )
    assert names(seen(body=f"<h1>Hafen</h1>{fields}", lang="de")) == ("Ada Lovelace",)


def test_running_text_is_no_byline(seen: Gather) -> None:
    assert names(seen(body="<h1>Harbour</h1><p>By the end of the day, 300 people had come.</p>")) == ()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("김철수 기자", "김철수"),
        ("김철수 기자 kim@example.org", "김철수"),
        ("本报记者 张三", "张三"),
        ("โดย สมชาย ใจดี", "สมชาย ใจดี"),
        ("בקרוב", None),
    ],
)
def test_lines_that_are_signed_in_other_scripts(seen: Gather, line: str, name: str | None) -> None:
    assert names(seen(body=f"<h1>Harbour opened again</h1><span>{line}</span>")) == ((name,) if name else ())


def test_the_pair_for_preview_cards_that_names_the_writer(seen: Gather) -> None:
    pair = '<meta name="twitter:label1" content="{}"><meta name="twitter:data1" content="Ada Lovelace">'
    assert names(seen(head=pair.format("Written by"))) == ("Ada Lovelace",)
    assert names(seen(head=pair.format("Est. reading time"))) == ()


def test_the_name_in_an_element_behind_a_label_without_a_colon(seen: Gather) -> None:
    line = "<div>Submitted by <span>Ada Lovelace</span> on <span>Tue, 07/07/2020 - 14:03</span></div>"
    assert names(seen(body=f"<h1>Harbour opened again</h1>{line}")) == ("Ada Lovelace",)


def test_who_made_the_template_did_not_write_the_article(seen: Gather) -> None:
    line = '<li><a href="https://cms.example/">Content Management</a> by <b>Example</b></li>'
    assert names(seen(body=f"<h1>Harbour opened again</h1>{line}")) == ()
