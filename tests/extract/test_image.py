"""The lead picture and its caption."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feeds.extract.evidence import Evidence
from feeds.extract.image import find_caption, find_image

Gather = Callable[..., Evidence]
OG = '<meta property="og:image" content="{}">'
HEADING = "<h1>Harbour opened again</h1>"


def image(page: Evidence) -> str | None:
    found = find_image(page)
    return found.value if found else None


@pytest.mark.parametrize(
    "head",
    [
        OG.format("/p/harbour.jpg"),
        '<meta name="twitter:image" content="https://news.example.org/p/harbour.jpg">',
        '<meta property="og:image:url" content="//news.example.org/p/harbour.jpg">',
    ],
)
def test_declared_addresses_are_made_absolute(seen: Gather, head: str) -> None:
    assert image(seen(head=head)) == "https://news.example.org/p/harbour.jpg"


@pytest.mark.parametrize(
    "value",
    [
        "/p/harbour.jpg",
        ["/p/harbour.jpg", "/p/other.jpg"],
        {"@type": "ImageObject", "url": "/p/harbour.jpg"},
        [{"@type": "ImageObject", "contentUrl": "/p/harbour.jpg"}],
        {"@type": "ImageObject", "url": ["/p/harbour.jpg"]},
    ],
)
def test_json_ld(seen: Gather, value: Any) -> None:
    assert image(seen(ld={"@type": "NewsArticle", "image": value})) == "https://news.example.org/p/harbour.jpg"


def test_the_picture_that_is_shown_wins_over_the_social_card(seen: Gather) -> None:
    page = seen(
        head=OG.format("/cards/12345.png"),
        ld={"@type": "NewsArticle", "image": "/p/harbour.jpg"},
        body=HEADING + '<img src="/p/harbour.jpg?w=300">',
    )
    assert image(page) == "https://news.example.org/p/harbour.jpg"


def test_another_size_of_the_declared_picture_is_taken_as_shown_the_widest_first(seen: Gather) -> None:
    shown = '<img src="/p/harbour-300x200.jpg" srcset="/p/harbour-600x400.jpg 600w, /p/harbour-1024x682.jpg 1024w">'
    page = seen(head=OG.format("/p/harbour-1200x630.jpg"), body=HEADING + shown)
    assert image(page) == "https://news.example.org/p/harbour-1024x682.jpg"


def test_nothing_declared_is_nothing(seen: Gather) -> None:
    assert image(seen(body=HEADING + '<img src="data:image/gif;base64,R0lGOD">')) is None


def test_the_caption_of_the_figure_that_shows_it(seen: Gather) -> None:
    figures = (
        '<figure><img src="/p/other.jpg"><figcaption>Another</figcaption></figure>'
        '<figure><img src="/p/harbour.jpg"><figcaption>The new <b>quay</b></figcaption></figure>'
    )
    page = seen(body=HEADING + figures)
    found = find_caption(page, "https://news.example.org/p/harbour.jpg")
    assert found
    assert found.value == "The new quay"
    assert find_caption(page, "https://news.example.org/p/third.jpg") is None


def test_the_caption_json_ld_gives(seen: Gather) -> None:
    page = seen(ld={"@type": "NewsArticle", "image": {"url": "/p/harbour.jpg", "caption": "The quay"}})
    found = find_caption(page, "https://news.example.org/p/harbour.jpg")
    assert found
    assert (found.value, found.where) == ("The quay", "json-ld")
