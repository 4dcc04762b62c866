"""JSON-LD as publishers write it, broken ways included."""

from __future__ import annotations

import pytest

from feeds.extract.jsonld import JsonLd, read_json_ld
from feeds.extract.tree import parse_html

URL = "https://news.example.org/a/1.html"


def read(*blocks: str) -> JsonLd:
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return read_json_ld(parse_html(f"<html><head>{scripts}</head><body></body></html>".encode()), URL)


@pytest.mark.parametrize(
    "block",
    [
        '{"@type": "NewsArticle", "headline": "Harbour"}',
        '[{"@type": "NewsArticle", "headline": "Harbour"}]',
        '{"@graph": [{"@type": "WebPage"}, {"@type": ["NewsArticle"], "headline": "Harbour"}]}',
        '{"@type": "http://schema.org/NewsArticle", "headline": "Harbour"}',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Harbour"}\n//]]>',
        '<!-- {"@type": "NewsArticle", "headline": "Harbour"} -->',
        '{"@type": "NewsArticle", "headline": "Harbour",}',
        '{"@type": "NewsArticle", "description": "a\nb", "headline": "Harbour"};',
        '{"@type": "WebSite"} {"@type": "NewsArticle", "headline": "Harbour"}',
        '{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "headline": "Harbour"}}',
    ],
)
def test_finds_the_article(block: str) -> None:
    assert read(block).text("headline") == "Harbour"


@pytest.mark.parametrize("block", ["", "not json", "{", "[1, 2]", "null", "[" * 5000])
def test_what_cannot_be_read_is_skipped(block: str) -> None:
    ld = read(block, '{"@type": "Article", "headline": "Harbour"}')
    assert ld.text("headline") == "Harbour"


def test_the_story_that_names_this_page_wins_over_its_neighbours() -> None:
    other = (
        '{"@type": "NewsArticle", "headline": "Other", "url": "https://news.example.org/b", "author": "X", "text": "…"}'
    )
    own = '{"@type": "NewsArticle", "headline": "Own", "mainEntityOfPage": {"@id": "http://www.news.example.org/a/1.html"}}'
    assert read(other, own).text("headline") == "Own"


def test_an_article_wins_over_its_page_and_its_video() -> None:
    page, video = '{"@type": "WebPage", "name": "P"}', '{"@type": "VideoObject", "name": "V"}'
    assert read(page, video, '{"@type": "BlogPosting", "headline": "B"}').text("headline") == "B"


def test_references_are_followed() -> None:
    ld = read(
        '{"@graph": [{"@type": "Article", "author": {"@id": "#a"}}, {"@type": "Person", "@id": "#a", "name": "Ada"}]}'
    )
    assert ld.texts("author") == ["Ada"]


def test_who_publishes() -> None:
    ld = read('{"@type": "Article", "publisher": {"@type": "Organization", "name": "The Example"}}')
    assert ld.publishers() == ["The Example"]


def test_entities_escaped_twice_are_resolved() -> None:
    assert read('{"@type": "Article", "headline": "Fish &amp;amp; Chips"}').text("headline") == "Fish &amp; Chips"
