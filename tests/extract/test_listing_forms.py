"""Front pages of forms that nobody tuned for one by one: what they list is found, what stands beside it is not."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest

from feeds.errors import NothingFound
from feeds.extract.listing import read_listing
from feeds.model import Document, Item, Kind, Section, Source

SHORT = ("Harbour opens", "Bridge closed", "Ferry strikes", "Mill saved", "Mayor resigns", "Snow coming")
LONG = (
    "Second quay opens after nine years of building",
    "Council says no to the bridge over the old canal",
    "Ferry workers strike for a third week in a row",
    "Library moves into the old paper mill by the river",
    "Storm takes the roof of the market hall",
    "Mayor leaves office",
    "Night train to Lisbon returns",
    "School meals get dearer",
    "Old cinema to close in spring",
)


def read(body: str, url: str = "https://front.example.org/") -> list[Item]:
    source = Source(id="front", name="Front", kind=Kind.LISTING, url=url)
    document = Document(url=url, requested_url=url, body=f"<html><body>{body}</body></html>".encode())
    try:
        return read_listing(document, source=source, section=Section(url=url))
    except NothingFound:
        return []


def paths(body: str, url: str = "https://front.example.org/") -> list[str]:
    origin = urljoin(url, "/").rstrip("/")
    return [item.url.removeprefix(origin) for item in read(body, url)]


def slug(text: str) -> str:
    return text.lower().replace(" ", "-")


def test_headlines_of_two_words_filed_under_their_day() -> None:
    wanted = [f"/2026/11/{10 + n}/{slug(text)}/" for n, text in enumerate(SHORT)]
    rows = "".join(f'<li><a href="{path}">{text}</a></li>' for path, text in zip(wanted, SHORT, strict=True))
    assert (
        paths(f'<ul><li><a href="/local/">Local</a></li><li><a href="/sport/">Sport</a></li></ul><ul>{rows}</ul>')
        == wanted
    )


def test_headlines_of_two_words_in_dated_headings() -> None:
    wanted = [f"/{slug(text)}" for text in SHORT]
    rows = "".join(
        f'<article><h2><a href="{path}">{text}</a></h2><time datetime="2026-11-1{n}">1{n} Nov</time></article>'
        for n, (path, text) in enumerate(zip(wanted, SHORT, strict=True))
    )
    assert paths(f'<nav><a href="/about">About</a></nav>{rows}') == wanted


def test_a_day_without_its_year_beside_short_korean_headlines() -> None:
    texts = ("새 다리 개통", "유가 3주 연속 상승", "대표팀 3대0 완승", "주말 전국에 많은 비", "도서관 새 단장")
    wanted = [f"/view/AKR2026112{n}0001" for n in range(len(texts))]
    rows = "".join(
        f'<li><a href="{path}"><strong>{text}</strong></a><span>11-2{n} 10:00</span></li>'
        for n, (path, text) in enumerate(zip(wanted, texts, strict=True))
    )
    menu = "".join(
        f'<li><a href="/{name}/index">{text}</a></li>' for name, text in (("a", "정치"), ("b", "경제"), ("c", "사회"))
    )
    assert paths(f"<ul>{menu}</ul><ul>{rows}</ul>") == wanted


def test_numbered_addresses_in_one_place_are_a_list_when_a_part_reads_like_headlines() -> None:
    rows = "".join(f'<tr><td><a href="Article.aspx?ID={5550 + n}">{text}</a></td></tr>' for n, text in enumerate(LONG))
    menu = "".join(
        f'<td><a href="Category.aspx?C={n}">{text}</a></td>' for n, text in enumerate(("News", "Sport", "Arts"))
    )
    wanted = [f"/Article.aspx?ID={5550 + n}" for n in range(len(LONG))]
    assert paths(f"<table><tr>{menu}</tr></table><table>{rows}</table>") == wanted


@pytest.mark.parametrize("label", ["Read more", "続きを読む", ""])
def test_where_title_and_link_stand_apart_the_title_is_read(label: str) -> None:
    cards = "".join(
        f'<div><h3>{text}</h3><p>A teaser.</p><a href="/blog/{slug(text)}"><img src="/{n}.png" alt="">{label}</a>'
        f'<a href="/by/anna">Anna</a></div>'
        for n, text in enumerate(LONG)
    )
    items = read(cards)
    assert [item.title for item in items] == list(LONG)


def test_weblogs_that_number_their_entries_under_archives() -> None:
    texts = ("ጠቅላይ ሚኒስትሩ አዲስ ድልድይ መረቁ", "የነዳጅ ዋጋ ለሦስተኛ ሳምንት ጨመረ", "ብሔራዊ ቡድኑ ሦስት ለዜሮ አሸነፈ", "ከባድ ዝናብ ይጠበቃል")
    rows = "".join(
        f'<li><a href="/archives/{5100 + n}">{text}</a> <em>2026-11-2{n}</em></li>' for n, text in enumerate(texts)
    )
    menu = '<ul><li><a href="/archives/category/news">ዜና</a></li><li><a href="/archives/category/art">ጥበብ</a></li></ul>'
    assert paths(f"{menu}<ul>{rows}</ul>") == [f"/archives/{5100 + n}" for n in range(4)]


NUMBERED = [f"/local/{slug(text)}-{900100 + n}" for n, text in enumerate(LONG)]
LISTED = "".join(f'<div><a href="{path}">{text}</a></div>' for path, text in zip(NUMBERED, LONG, strict=True))


@pytest.mark.parametrize(
    "beside",
    [
        # long tags, services, products, a board, "all the latest", actions on an article
        "".join(f'<a href="/t/{slug(t)}">{t}</a> ' for t in ("New York City Council", "Climate change conference")),
        '<ul><li><a href="/how-to-advertise-with-us">How you can advertise with us</a></li></ul>',
        '<ul><li><a href="/our-editorial-standards">Our editorial standards and ethics code</a></li></ul>',
        "".join(
            f'<div><h3><a href="/goods/steel-bottle-for-long-tours-{n}">Steel bottle for long tours {n}</a></h3>'
            f"<span>{n}9,90 €</span></div>"
            for n in range(5)
        ),
        "".join(
            f'<td><a href="/forum/viewtopic.php?t={300 + n}">How do I repair the pump of my old boat {n}</a></td>'
            for n in range(4)
        ),
        '<a href="/world/all-the-latest-world-stories">See all the latest world stories and analysis</a>',
        "".join(
            f'<a href="/comment.php?articleId={n}77">Write a letter about this article to us</a>' for n in range(3)
        ),
    ],
)
def test_what_stands_beside_the_list_is_not_taken_for_it(beside: str) -> None:
    assert paths(f"<div>{LISTED}</div><div>{beside}</div>") == NUMBERED


def test_a_menu_with_more_entries_than_the_page_has_articles() -> None:
    menu = "".join(
        f'<a href="/s{n}/sub-topic-{k}">Sub topic {k} of section {n}</a>' for n in range(8) for k in range(8)
    )
    rows = "".join(f'<article><a href="/s/{slug(text)}"><h3>{text}</h3></a></article>' for text in LONG)
    assert paths(f"<div>{menu}</div><div>{rows}</div>") == [f"/s/{slug(text)}" for text in LONG]


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/signup">Create your free account today</a><a href="/pricing">See our pricing plans and packages</a>',
        "".join(
            f'<div><h3>{t}</h3><a href="/services/{slug(t)}">Learn more</a></div>'
            for t in ("Consulting", "Hosting", "Support")
        ),
        "".join(
            f'<div><h3><a href="/p/jacket-for-long-tours-{n}">Jacket for long tours {n}</a></h3><b>€ {n}9.90</b></div>'
            for n in range(9)
        ),
    ],
)
def test_pages_that_list_no_articles(body: str) -> None:
    assert paths(body) == []
