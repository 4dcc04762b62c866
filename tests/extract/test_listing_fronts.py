"""Fronts of thirty kinds of content system in many scripts: how many of their articles are found, and what else is.

In ``tests/data/fronts`` the links that lead to articles are marked by ``data-article``, which no reader looks at.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.errors import NothingFound
from feeds.extract.listing import read_listing
from feeds.extract.tree import parse_html
from feeds.model import Document, Item, Kind, Section, Source
from feeds.urls import clean_url, identity_of

FRONTS = sorted((Path(__file__).resolve().parents[1] / "data" / "fronts").glob("*.html"))
ORIGIN = "https://front.example.org"


def read(body: bytes, url: str) -> list[Item]:
    source = Source(id="front", name="Front", kind=Kind.LISTING, url=url)
    try:
        return read_listing(Document(url=url, requested_url=url, body=body), source=source, section=Section(url=url))
    except NothingFound:
        return []


def score(path: Path) -> tuple[int, int, int]:
    """How many articles were found, how many other links, how many articles there are."""
    body = path.read_bytes()
    tree = parse_html(body)
    url = next(tree.iter("base")).get("href") or ""
    tree.make_links_absolute(url)
    marked = [anchor.get("href") or "" for anchor in tree.iter("a") if anchor.get("data-article") is not None]
    # what tells where a link stood is no part of an article's address
    wanted = {identity_of(clean_url(href.partition("?source=")[0])) for href in marked}
    found = [identity_of(item.url) for item in read(body, url)]
    assert len(found) == len(set(found))
    return len(wanted.intersection(found)), len(set(found) - wanted), len(wanted)


@pytest.mark.parametrize("path", FRONTS, ids=lambda path: path.stem)
def test_articles_are_found_and_hardly_anything_else(path: Path) -> None:
    right, wrong, wanted = score(path)
    assert wanted >= 4
    assert right >= 0.9 * wanted
    assert wrong <= 3


def test_precision_and_recall_over_all_fronts() -> None:
    scores = [score(path) for path in FRONTS]
    assert len(scores) >= 30
    right, wrong, wanted = (sum(column) for column in zip(*scores, strict=True))
    assert right / wanted >= 0.99
    assert right / (right + wrong) >= 0.98


def test_a_title_that_is_neither_link_nor_heading_is_the_title() -> None:
    path = next(front for front in FRONTS if front.stem == "title_is_no_link_de")
    titles = [item.title for item in read(path.read_bytes(), "https://www.kreis.example.de/aktuelles")]
    assert titles[:3] == [
        "Stadtrat beschließt neues Freibad am Kanal",
        "Bahnstreik abgewendet",
        "Warum der Hering verschwand",
    ]


# --- what is learned from the list --------------------------------------------------------------------------------

LONG = (
    "Second quay opens after nine years of building",
    "Council says no to the bridge over the old canal",
    "Ferry workers strike for a third week in a row",
    "Library moves into the old paper mill by the river",
    "Night train to Lisbon returns after eleven years",
)


def listed(*addresses: str) -> str:
    return "<main>" + "".join(
        f'<div class="card"><h3><a href="{address}">{text}</a></h3></div>'
        for address, text in zip(addresses, LONG, strict=True)
    )


def paths(body: str, path: str = "/") -> list[str]:
    return [item.url.removeprefix(ORIGIN) for item in read(f"<html><body>{body}".encode(), ORIGIN + path)]


NUMBERED = [f"/news/{number}" for number in range(81_200, 81_250, 10)]
SLUGS = [f"/city/{text.lower().replace(' ', '-')}" for text in LONG]


def test_recent_articles_in_a_sidebar_come_behind_the_list_and_old_ones_do_not() -> None:
    aside = (
        '</main><aside><a href="/news/81255">Mayor of the harbour town resigns</a>'
        '<a href="/news/1703">What everyone has read for the last ten years</a>'
        '<a href="/news/81260">Sport</a><a href="/shop/81270">A mug with the harbour on it</a></aside>'
    )
    assert paths(listed(*NUMBERED) + aside) == [*NUMBERED, "/news/81255"]


def test_headlines_in_a_sidebar_whose_addresses_are_words_are_articles_of_the_same_section_only() -> None:
    aside = (
        '</main><aside><a href="/city/mayor-of-the-harbour-town-resigns">Mayor of the harbour town resigns</a>'
        '<a href="/city/">All of the city</a>'
        '<a href="/sport/the-cup-stays-in-the-north">The cup stays in the north for another year</a></aside>'
    )
    assert paths(listed(*SLUGS) + aside, "/city/") == [*SLUGS, "/city/mayor-of-the-harbour-town-resigns"]


def test_what_a_link_says_does_not_matter_where_its_address_is_an_articles() -> None:
    rest = '<p><a href="/news/81251">Snow</a> <a href="/news/81252"><img src="a.jpg"></a> <a href="/help">Help</a></p>'
    assert paths(listed(*NUMBERED) + rest) == [*NUMBERED, "/news/81251", "/news/81252"]


def test_the_same_article_with_a_parameter_is_listed_once() -> None:
    again = "".join(f'<a href="{path}?from=ticker">{text}</a>' for path, text in zip(NUMBERED, LONG, strict=True))
    assert paths(listed(*NUMBERED) + again) == NUMBERED


def test_what_can_be_done_with_an_article_below_its_linked_heading_is_no_article() -> None:
    cards = "".join(
        f'<div><h2><a href="{path}">{text}</a></h2><a href="/tell/{number:032x}">E-mail</a></div>'
        for number, (path, text) in enumerate(zip(NUMBERED, LONG, strict=True), 10**20)
    )
    assert paths(cards) == NUMBERED


def test_an_article_filed_under_its_day_with_a_number_at_the_end_is_no_archive() -> None:
    wanted = [f"/the-{slug.removeprefix('/city/')}-/Region/20261123/news/7120{n}/1051" for n, slug in enumerate(SLUGS)]
    assert paths(listed(*wanted)) == wanted
    assert paths('<a href="/2026/11/">All the stories of November in one place</a>') == []
