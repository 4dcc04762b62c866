"""A whole page into an Item: every field with its provenance, recipes, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feeds.errors import ExtractError, NothingFound
from feeds.extract.page import read_page
from feeds.model import Recipe

Write = Callable[..., bytes]
URL = "https://news.example.org/2026/harbour.html?utm_source=x"
LD = {
    "@type": "NewsArticle",
    "headline": "Harbour opened again",
    "author": {"@type": "Person", "name": "Ada Lovelace"},
    "datePublished": "2020-07-07T14:03:00+02:00",
    "dateModified": "2020-07-08T09:00:00+02:00",
    "keywords": ["Harbour", "Trade"],
    "articleSection": "Town",
    "description": "After three years the harbour is open.",
    "image": "/p/harbour.jpg",
    "inLanguage": "en",
    "isAccessibleForFree": "False",
    "url": "https://news.example.org/2026/harbour.html",
}


def test_every_field_with_its_provenance(write: Write) -> None:
    head = (
        '<link rel="canonical" href="/2026/harbour.html">'
        '<link rel="alternate" hreflang="de" href="https://news.example.org/de/2026/hafen.html">'
        '<link rel="alternate" hreflang="x-default" href="https://news.example.org/">'
        '<link rel="alternate" type="application/rss+xml" href="/feed">'
    )
    item = read_page(write(head=head, ld=LD, body="<h1>Harbour opened again</h1><p>Source: The Other Paper</p>"), URL)
    assert item.url == URL
    assert item.canonical_url == "https://news.example.org/2026/harbour.html"
    assert item.title == "Harbour opened again"
    assert item.authors == ("Ada Lovelace",)
    assert item.published == "2020-07-07T14:03:00+02:00"
    assert item.updated == "2020-07-08T09:00:00+02:00"
    assert item.keywords == ("Harbour", "Trade")
    assert item.language == "en"
    assert item.section == "Town"
    assert item.summary == "After three years the harbour is open."
    assert item.image == "https://news.example.org/p/harbour.jpg"
    assert item.origin == "The Other Paper"
    assert item.is_free is False
    assert dict(item.alternates) == {"de": "https://news.example.org/de/2026/hafen.html"}
    assert item.content_html
    assert "three years of work" in item.content_html
    assert item.provenance["authors"] == "json-ld"
    assert item.provenance["canonical_url"] == "link:canonical"
    assert item.provenance["origin"] == "label:Source"
    assert item.provenance["content_html"]


def test_a_page_that_declares_nothing_is_read_as_its_reader_sees_it(write: Write) -> None:
    body = (
        "<h1>Hafen wieder offen</h1>"
        "<table><tr><td>&nbsp; · &nbsp; 2020-07-07 &nbsp;·&nbsp; Quelle:Nachbarblatt</td></tr>"
        '<tr><td>Stichwörter: Hafen;Handel</td><td><a href="javascript:print()">Druck</a></td></tr></table>'
    )
    item = read_page(write(body=body, lang="de"), URL)
    assert (item.title, item.published, item.origin) == ("Hafen wieder offen", "2020-07-07", "Nachbarblatt")
    assert item.keywords == ("Hafen", "Handel")
    assert item.authors == ()
    assert item.provenance["keywords"] == "label:Stichwörter"
    assert item.provenance["origin"] == "label:Quelle"


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("Quelle:Nachbarblatt", "Nachbarblatt"),
        ("Source\u00a0: La Gazette", "La Gazette"),
        ("来源：东风日报", "东风日报"),
        ("出典：東風日刊", "東風日刊"),
        ("출처: 동풍일보", "동풍일보"),
        ("المصدر: الجريدة", "الجريدة"),
        ("Источник: Газета", "Газета"),
        ("Fuente: El Diario", "El Diario"),
    ],
)
def test_the_named_source(write: Write, line: str, origin: str) -> None:
    assert read_page(write(body=f"<h1>Harbour</h1><p>{line}</p>"), URL).origin == origin


def test_a_recipe_overrides_any_field(write: Write) -> None:
    body = (
        '<h1>Section</h1><div class="t">The real headline</div><div class="d">vom 7. Juli 2020</div>'
        '<i class="a">Ada B.</i>'
        '<u class="k">Handel / Hafen</u><img class="p" src="/q.jpg"><s class="o">Nachbarblatt</s>'
    )
    recipe = Recipe(
        title=".t",
        published=".d",
        authors="i.a",
        keywords="//u[@class='k']",
        image="img.p",
        origin="s.o",
        keyword_separators="/",
    )
    item = read_page(write(body=body, ld=LD), URL, recipe=recipe)
    assert item.title == "The real headline"
    assert item.published == "vom 7. Juli 2020"
    assert item.authors == ("Ada B.",)
    assert item.keywords == ("Handel", "Hafen")
    assert item.image == "https://news.example.org/q.jpg"
    assert item.origin == "Nachbarblatt"
    assert {item.provenance[name] for name in ("title", "published", "authors", "keywords", "image", "origin")} == {
        "recipe"
    }


def test_a_selector_that_finds_nothing_leaves_the_field_to_the_rules(write: Write) -> None:
    item = read_page(write(ld=LD), URL, recipe=Recipe(title=".nowhere"))
    assert item.title == "Harbour opened again"
    assert item.provenance["title"] == "json-ld"


def test_a_wrong_selector_is_an_error_that_names_it(write: Write) -> None:
    with pytest.raises(ExtractError, match="div\\["):
        read_page(write(), URL, recipe=Recipe(title="div["))


def test_the_first_picture_of_the_text_leads_when_none_is_declared(write: Write) -> None:
    body = (
        '<h1>Harbour opened again</h1><p>The first ships came in the morning.</p><p><img src="./a.jpg" width="400"></p>'
    )
    item = read_page(write(body=body), URL)
    assert item.image == "https://news.example.org/2026/a.jpg"
    assert item.provenance["image"] == "body"


def test_a_front_page_as_canonical_is_kept_for_normalise_to_judge(write: Write) -> None:
    item = read_page(write(head='<link rel="canonical" href="https://news.example.org/">'), URL)
    assert item.canonical_url == "https://news.example.org/"


@pytest.mark.parametrize("html", [b"", b"   ", b"\x00"])
def test_an_empty_document_is_an_error(html: bytes) -> None:
    with pytest.raises(ExtractError):
        read_page(html, URL)


def test_a_page_without_an_article_is_refused() -> None:
    with pytest.raises(NothingFound):
        read_page(b"<html><body><h1>Sign in</h1><form><input name=user><input type=password></form></body></html>", URL)


@pytest.mark.parametrize(
    ("head", "ld", "is_free"),
    [
        ("", {**LD, "isAccessibleForFree": True}, True),
        ("", {**LD, "isAccessibleForFree": "https://schema.org/nothing"}, None),
        ('<meta property="article:content_tier" content="locked">', None, False),
        ('<meta property="article:content_tier" content="free">', None, True),
        ('<meta property="article:content_tier" content="metered">', None, None),
        ("", None, None),
    ],
)
def test_whether_it_is_free(write: Write, head: str, ld: object, *, is_free: bool | None) -> None:
    assert read_page(write(head=head, ld=ld), URL).is_free is is_free


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="og:image" content="http://[a">',
        '<meta property="og:url" content="http://[a">',
        '<link rel="canonical" href="http://[a">',
        '<base href="http://[a">',
    ],
)
def test_addresses_that_are_none_do_not_stop_the_reading(write: Write, head: str) -> None:
    item = read_page(write(head=head, body='<h1>Harbour opened again</h1><img src="http://[b" width="900">'), URL)
    assert item.title == "Harbour opened again"
    assert not item.image
