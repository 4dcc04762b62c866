"""A page in, the feeds that it announces or links to out."""

from __future__ import annotations

import pytest

from feeds.extract.announced import Announced, find_announced, usual_places
from feeds.extract.listing_links import base_url
from feeds.extract.tree import parse_html

URL = "https://news.example.org/de/politik/index.html"


def announced(page: str, link_header: str | None = None) -> tuple[Announced, ...]:
    tree = parse_html(page.encode())
    return find_announced(tree, base_url(tree, URL), link_header=link_header)


def urls(page: str, link_header: str | None = None) -> list[str]:
    return [one.url for one in announced(page, link_header)]


def test_a_relative_href_starts_from_the_base_element() -> None:
    page = '<base href="/de/"><link rel="alternate" type="application/rss+xml" title="Alles" href="feed.xml"><p>x'
    assert announced(page) == (
        Announced(url="https://news.example.org/de/feed.xml", title="Alles", where="link element"),
    )


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml" href="/f">',
        '<link rel="ALTERNATE home" type="Application/Atom+XML; charset=utf-8" href="/f">',
        '<link rel="alternate" type="application/feed+json" href="/f">',
        '<link rel="feed" href="/f">',
        '<link rel="alternate" type="text/xml" href="/rss.xml">',
        '<a href="/rss.xml">was auch immer</a>',
        '<a href="/?feed=rss2">x</a>',
        '<a href="/news.rdf">x</a>',
        '<a href="https://feeds.example.net/alles">x</a>',
        '<a href="/xml/rss/alle">RSS</a>',
        '<a type="application/rss+xml" href="/kanal">x</a>',
        '<a href="feed://news.example.org/rss.xml">x</a>',
        '<a href="/rss"><img src="i.png" alt="RSS"></a>',
    ],
)
def test_what_says_feed(link: str) -> None:
    assert len(urls(f"<p>x</p>{link}")) == 1


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" hreflang="fr" href="/fr/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">',
        '<link rel="alternate stylesheet" type="text/css" href="/feed.css">',
        '<link rel="icon" type="application/rss+xml" href="/feed">',
        '<a href="/2026/11/23/how-to-feed-a-cat.html">How to feed a cat</a>',
        '<a href="/2026/11/23/cows-need-feed">Feed for cows</a>',
        '<a href="/feedback.php">Feedback</a>',
        '<a href="/atomkraft/">Atomkraft</a>',
        '<a href="/job/4711.html?feed=premium">A job</a>',
        '<a href="https://reader.example.com/add?url=https://news.example.org/rss.xml">Add to reader</a>',
        '<a href="javascript:rss()">RSS</a>',
        '<a href="http://[">RSS</a>',
    ],
)
def test_what_does_not(link: str) -> None:
    assert urls(f"<p>x</p>{link}") == []


def test_the_link_header_counts_and_comes_first() -> None:
    header = (
        '<https://news.example.org/>; rel=preconnect, </feed/>; rel="alternate"; type="application/rss+xml"; '
        'title="A, B; C", </wp-json/>; rel="https://api.w.org/"'
    )
    found = announced('<p>x<link rel="alternate" type="application/rss+xml" href="/other.xml">', header)
    assert [(one.url, one.title, one.where) for one in found] == [
        ("https://news.example.org/feed/", "A, B; C", "Link header"),
        ("https://news.example.org/other.xml", "", "link element"),
    ]


def test_comments_and_podcasts_come_last() -> None:
    page = (
        '<link rel="alternate" type="application/rss+xml" title="Site » Kommentar-Feed" href="/comments/feed/">'
        '<link rel="alternate" type="application/rss+xml" title="Unser Podcast" href="/p.xml">'
        '<link rel="alternate" type="application/rss+xml" title="Site » Feed" href="/feed/"><p>x'
    )
    assert [(one.url.rsplit("org")[1], one.is_aside) for one in announced(page)] == [
        ("/feed/", False),
        ("/comments/feed/", True),
        ("/p.xml", True),
    ]


def test_the_same_feed_in_several_formats_has_one_form() -> None:
    page = "".join(f'<a href="/de/{name}">x</a>' for name in ("rss.xml", "atom.xml", "feed.json", "sport/rss.xml"))
    forms = [one.form for one in announced(page)]
    assert len(set(forms[:3])) == 1
    assert forms[3] != forms[0]


def test_the_usual_places_start_beside_the_page_and_are_few() -> None:
    assert usual_places("https://a.example/de/")[:3] == (
        "https://a.example/de/feed",
        "https://a.example/de/rss.xml",
        "https://a.example/feed",
    )
    assert len(usual_places("https://a.example/")) == len(set(usual_places("https://a.example/"))) <= 8
