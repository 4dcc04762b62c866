"""Which link continues a list: as sites in many languages mark it, and what only looks like it."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from feeds.extract.page_number import take_number
from feeds.extract.pagination import find_next_page
from feeds.model import Document

NEWS = "https://www.example.org/news/"


def find(body: str, url: str = NEWS, *, head: str = "", seen: Collection[str] = ()) -> str | None:
    page = f'<html><head><meta charset="utf-8"><title>News</title>{head}</head><body>{body}</body></html>'
    return find_next_page(Document(url=url, requested_url=url, body=page.encode()), seen=seen)


def a(href: str, text: str, attributes: str = "") -> str:
    return f'<a href="{href}" {attributes}>{text}</a>'


def pager(*links: str, name: str = "pagination") -> str:
    return f'<div class="{name}">{" ".join(links)}</div>'


@pytest.mark.parametrize(
    ("body", "head", "path"),
    [
        ("", '<link rel="next" href="?page=2">', "/news/?page=2"),
        ("", '<link rel="NEXT nofollow" href="/archive/older">', "/archive/older"),
        (a("page/2/", "2", 'rel="next"'), "", "/news/page/2/"),
        (pager("1", a("?page=2", "2"), a("?page=3", "3"), a("?page=9", "»")), "", "/news/?page=2"),
        (pager(a("?page=0", "1"), a("?page=1", "2"), a("?page=2", "3")), "", "/news/?page=1"),
        (pager(a("index.html", "1"), a("index_1.html", "2"), a("index_2.html", "3")), "", "/news/index_1.html"),
        (pager(a("/news/2", "2"), a("/news/3", "3")), "", "/news/2"),
        (pager(a("/news?start=10", "2"), a("/news?start=20", "3")), "", "/news?start=10"),
        (pager(a("?page=2", "٢"), a("?page=3", "٣")), "", "/news/?page=2"),
        ('<li class="next"><a href="?page=2"><span class="icon"></span></a></li>', "", "/news/?page=2"),
        (a("?page=2", "Load more articles", 'class="btn"'), "", "/news/?page=2"),
        (a("?cursor=abc", "Show more"), "", "/news/?cursor=abc"),
        (a("?page=2", "", 'aria-label="Next page"'), "", "/news/?page=2"),
        (pager(a("/archive/page/2/", "Older posts →"), name="nav-links"), "", "/archive/page/2/"),
        ("<p>" + a("?page=2", "›") + a("?page=40", "»") + "</p>", "", "/news/?page=2"),
    ],
)
def test_the_next_page_is_found(body: str, head: str, path: str) -> None:
    assert find(body, head=head) == f"https://www.example.org{path}"


@pytest.mark.parametrize(
    "words",
    [
        *("Next", "NEXT »", "Older posts", "weiter", "Nächste Seite ›", "Suivant", "Siguiente >", "Próxima", "Avanti"),
        *("Volgende", "Nästa", "Seuraava", "Następna", "Další", "Következő", "Следующая", "Вперёд →", "Επόμενη"),
        *("下一页", "下一頁", "次へ", "次のページ ＞", "다음", "التالي", "הבא", "بعدی", "अगला", "পরবর্তী", "ถัดไป"),
        *("Trang sau", "Sonraki"),
        *("Load more", "Mehr anzeigen", "Показать ещё", "加载更多", "もっと見る", "더보기", "المزيد"),
    ],
)  # fmt: skip
def test_words_for_next_in_many_languages(words: str) -> None:
    assert find(a("?page=2", words)) == f"{NEWS}?page=2"


@pytest.mark.parametrize(
    "body",
    [
        "",
        a("?page=2", "Harbour opens after three years of work"),
        a("#more", "Next"),
        a("javascript:next()", "Next"),
        a("/news/", "Next"),
        a("?utm_source=x", "Next"),
        a("https://elsewhere.example.com/news/?page=2", "Next", 'rel="next"'),
        a("https://m.example.org/news/?page=2", "Next", 'rel="next"'),
        a("/sport/", "Next"),
        a("/politics/more-about-the-harbour-of-the-town", "more"),
        a("/2026/11/20/the-next-story-of-the-harbour.html", "next", 'rel="next"'),
        pager(a("/news/story-of-the-harbour/2/", "2"), a("/news/story-of-the-harbour/3/", "3")),
        f'<table class="calendar"><td>{a("/2026/11/20/", "20")}</td><td>{a("/2026/11/21/", "21")}</td></table>',
        pager(a("/events/2026-12/", "Next", 'rel="next"')),
        pager(a("/events/?month=12", "Next", 'rel="next"')),
        pager(a("?page=2", "2", 'rel="prev"')),
        f'<li class="prev">{a("?page=2", "›")}</li>',
    ],
)
def test_what_is_no_next_page(body: str) -> None:
    assert find(body) is None


def test_a_years_archive_is_no_pager() -> None:
    months = pager(a("/2026/11/", "11"), a("/2026/12/", "12"))
    assert find(months, "https://www.example.org/2026/") is None
    days = pager(a("/2026/11/20/", "20"), a("/2026/11/21/", "21"))
    assert find(days, "https://www.example.org/2026/11/") is None


def test_never_back() -> None:
    links = pager(a("/news/", "1"), a("?page=2", "2"), "3", a("?page=4", "4"), a("?page=12", "Last"))
    assert find(links, f"{NEWS}?page=3") == f"{NEWS}?page=4"
    assert find(pager(a("/news/", "1"), a("?page=2", "2"), "3"), f"{NEWS}?page=3") is None
    assert find(a("?page=2", "Next", 'rel="next"'), f"{NEWS}?page=3") is None
    assert find(pager(a("/archive?page=2", "Next", 'rel="next"')), f"{NEWS}?page=3") is None


def test_never_where_one_has_been_in_whatever_spelling() -> None:
    link = a("?page=2", "Next")
    assert find(link, seen=[f"{NEWS}?page=2"]) is None
    assert find(link, seen=["http://WWW.example.org:80/news/?page=2&utm_source=x"]) is None


def test_the_base_element_counts() -> None:
    assert find(a("news/?page=2", "Next"), head='<base href="/">') == f"{NEWS}?page=2"


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<a" * 50_000, b"<a href='http://[' rel=next>Next</a>"])
def test_what_is_no_page_has_no_next_one(body: bytes) -> None:
    assert find_next_page(Document(url=NEWS, requested_url=NEWS, body=body), seen=()) is None


@pytest.mark.parametrize(
    ("path", "base", "number"),
    [
        ("/news/", "/news", None),
        ("/news/index.html", "/news", None),
        ("/news/index_2.html", "/news", 2),
        ("/news/index-2.shtml", "/news", 2),
        ("/news/list_12_3.html", "/news/list_12", 3),
        ("/news/list_12.html", "/news", 12),
        ("/news_2.html", "/news", 2),
        ("/news,2.html", "/news", 2),
        ("/news/page/2/", "/news", 2),
        ("/news/page-2", "/news", 2),
        ("/news/p2.html", "/news", 2),
        ("/news/seite/2", "/news", 2),
        ("/news/2", "/news", 2),
        ("/news?page=2&sort=new", "/news?sort=new", 2),
        ("/news?PAGEN_1=2", "/news", 2),
        ("/news?offset=40&limit=20", "/news", 40),
        ("/2026/", "/2026", None),
        ("/2026/11/", "/2026/11", None),
        ("/report_2026.html", "/report_2026", None),
        ("/7", "/7", None),
    ],
)
def test_addresses_taken_apart(path: str, base: str, number: int | None) -> None:
    found = take_number(f"https://www.example.org{path}")
    assert (found.base.removeprefix("www.example.org"), found.number) == (base, number)


@pytest.mark.parametrize(
    "body",
    [
        "<div>" + '<a href="/x?page=2" rel="next">Next</a>' * 2_000 + "</div>",
        '<div class="a">' * 150 + '<a href="/x/page/2" rel="next">Next</a>' * 2_000,
        "".join(f'<a href="/x?page={number}">{number}</a>' for number in range(2_000)),
    ],
    ids=["one block", "deep", "numbers"],
)
def test_thousands_of_pagers_cost_no_more_than_their_links(body: str) -> None:
    assert find(body) is None
