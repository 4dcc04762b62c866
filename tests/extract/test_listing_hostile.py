"""Whatever bytes come as a section page: Items of this site, or a PolyfeedError. Nothing else, and in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feeds.errors import ExtractError, PolyfeedError
from feeds.extract.listing import read_listing
from feeds.extract.listing_dates import first_date, holds_date, is_date
from feeds.extract.listing_links import _PLAIN_PATH, MOST_LINKS, Addresses
from feeds.extract.listing_words import address_score, address_shape, headline_score
from feeds.extract.tree import parse_html
from feeds.model import Document, Item, Kind, Recipe, Section, Source
from feeds.urls import clean_url, identity_of, registered_domain

URL = "https://www.magazin.example.co.uk/news/index.html"
FRAGMENTS = (
    *("<ul>", "</ul>", "<li>", "</li>", "<table>", "<tr>", "<td>", "</table>", "<nav>", "</nav>", "<h2>", "</h2>"),
    *('<a href="/2020/07/07/a-long-story-of-the-day.html">', "</a>", "<a>", '<a href="">', '<a href="//[">', "<p>"),
    *('<a href="./a/t20200707_8.html" hreflang="x" rel="tag">', '<a href="?id=1&id=2">', '<a href="http://[::1/x">'),
    *("Something happened somewhere today, they say", "中国经济稳中向好态势", "07.07.2020", "<time datetime='x9'>"),
    *(
        '<img src="http://[" width="9999999999999999999">',
        '<base href="http://[x/">',
        '<base href="/y/">',
        "&#0;",
        "\x00",
    ),
    *('<header class="nav">', '<div class="menu" id="x">', "</div>", "<svg><a>", "<title>", "<script>", "<!--", "]]>"),
    *(
        '<a href="/%zz/%c3%28?utm_source=%00#x">',
        '<a href="javascript:1">',
        "<article>",
        "</article>",
        "<form><a href=x>",
    ),
)


def read(body: bytes, recipe: Recipe | None = None, url: str = URL) -> list[Item]:
    source = Source(id="hostile", name="Hostile", kind=Kind.LISTING, url=url, recipe=recipe or Recipe())
    document = Document(url=url, requested_url=url, body=body)
    try:
        items = read_listing(document, source=source, section=Section(url=url))
    except PolyfeedError:
        return []
    assert items
    assert all(registered_domain(item.url) == "example.co.uk" for item in items)
    assert len({identity_of(item.url) for item in items}) == len(items)
    return items


@given(st.binary(max_size=300))
@example(b"<a href='http://[x'>" * 3)
@settings(deadline=None, max_examples=60)
def test_any_bytes(body: bytes) -> None:
    read(body)


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=60))
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_any_pile_of_markup(pieces: list[str]) -> None:
    body = "".join(pieces).encode("utf-8", "surrogatepass")
    read(body)
    read(body, Recipe(entry="li", link="a", listed_title="h2", listed_date="//time/@datetime"))
    read(body, Recipe(link="//a/@href | //a"))


@given(st.text(max_size=20), st.sampled_from(["entry", "link", "listed_title", "listed_date"]))
@example("//a[", "link")
@example("count(//a)", "entry")
@example("(//a)[$x]", "link")
@example(":is(", "entry")
@settings(deadline=None, max_examples=80)
def test_any_selector(selector: str, field: str) -> None:
    body = b'<ul><li><a href="/2020/07/07/a-story.html">Something happened today</a> 07.07.2020</li></ul>'
    read(body, Recipe(**{"entry": "li", field: selector}))  # type: ignore[arg-type]  # mypy takes every field for its type


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_href(href: str) -> None:
    found = Addresses(URL, URL).read(href)
    if found is not None:
        assert clean_url(found[0]) == found[0]
        assert identity_of(found[0]) == found[1]
        assert isinstance(address_score(found[0]), float)
        assert address_shape(found[0])


@given(st.from_regex(_PLAIN_PATH, fullmatch=True), st.sampled_from(["", "/", "./"]))
@settings(deadline=None, max_examples=100)
def test_the_quick_way_to_join_is_no_other_way(path: str, start: str) -> None:
    quick = Addresses(URL, URL).read(start + path)
    slow = Addresses(URL.replace("www.", "WWW."), URL).read(start + path)  # an origin that is not plain
    assert quick == slow


@given(st.text())
@settings(deadline=None)
def test_any_words(text: str) -> None:
    assert -3 <= headline_score(text) <= 3
    holds_date(text)
    is_date(text)
    assert first_date([text]) is None or first_date([text]) in " ".join(text.split())  # type: ignore[operator]  # checked


def test_an_address_that_cannot_be_the_pages() -> None:
    document = Document(url="file:///x", requested_url="file:///x", body=b"<a href=/x>x</a>")
    source = Source(id="x", name="x", kind=Kind.LISTING, url="https://a.example/")
    with pytest.raises(ExtractError, match="own address"):
        read_listing(document, source=source, section=Section(url=source.url))


PAGES = {
    "links in one block": "".join(
        f'<a href="/n/{n}.html">A headline about number {n} today</a> ' for n in range(5_000)
    ),
    "one article": '<p><a href="/n/1234567.html">A headline that is long enough for one</a>' * 5_000,
    "deep": '<div class="a b">' * 200
    + "".join(f'<a href="/n/{n}.html">A headline of today {n}</a>' for n in range(3_000)),
    "digits": '<a href="/n/1234567.html">' + "1.1." * 100_000,
    "almost dates": '<li><a href="/n/1234567.html">A headline of today</a>' + "<i>12 months 20</i>" * 30_000,
    "spaces": '<li><a href="/n/1234567.html">A headline of today</a>' + "<i>1 " + " " * 300_000 + "a</i>",
    "long class": f'<div class="{"nav-" * 40_000}"><a href="/n/1234567.html">A headline of today</a>',
    "long href": f'<a href="/{"a-" * 100_000}">A headline of today</a>',
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_large_pages_take_no_more_than_their_share(page: str) -> None:
    parse_html(page.encode())
    began = time.process_time()
    read(page.encode())
    assert time.process_time() - began < 5


def test_of_a_million_links_the_first_are_read() -> None:
    link = '<li><a href="/2026/11/20/story-{n}.html">A long story of the day {n}</a>'
    links = "".join(link.format(n=n) for n in range(MOST_LINKS + 9))
    document = Document(url=URL, requested_url=URL, body=f"<ul>{links}</ul>".encode())
    source = Source(id="s", name="S", kind=Kind.LISTING, url=URL)
    found = read_listing(document, source=source, section=Section(url=URL))
    assert len(found) == MOST_LINKS
    assert found[0].url.endswith("/story-0.html")
