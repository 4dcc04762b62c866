"""Section pages in, the articles they list out."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

import pytest

from feeds.errors import ExtractError, NothingFound
from feeds.extract.listing import page_urls, read_listing
from feeds.extract.listing_links import base_url
from feeds.extract.tree import parse_html
from feeds.model import Document, Item, Kind, Recipe, Section, Source
from feeds.urls import clean_url, identity_of

FRONTS = sorted((Path(__file__).resolve().parents[1] / "data" / "listings").glob("*.html"))
URL = "http://deutsch.magazin.example.cn/Wirtschaft/index.html"


def read(
    body: str | bytes, url: str = URL, recipe: Recipe | None = None, content_type: str | None = None
) -> list[Item]:
    source = Source(id="magazin", name="Magazin", kind=Kind.LISTING, url=url, recipe=recipe or Recipe())
    data = body.encode() if isinstance(body, str) else body
    document = Document(url=url, requested_url=url, body=data, content_type=content_type)
    return read_listing(document, source=source, section=Section(url=url, slug="wirtschaft"))


# --- the kind of page that is known -----------------------------------------------------------------------------


def magazine(file: str = "magazine_table_de") -> str:
    return next(front for front in FRONTS if front.stem == file).read_text()


def test_a_table_in_a_list_item_with_a_picture_link_and_a_text_link_is_one_article() -> None:
    items = read(magazine())
    assert len(items) == 8
    first = items[0]
    assert first.url == "http://deutsch.magazin.example.cn/Wirtschaft/202007/t20200720_800213452.html"
    assert first.title == "Seidenstraße der Gesundheit: Wie Ärzte voneinander lernen"
    assert first.published == "20.07.2020"
    assert first.image == "http://deutsch.magazin.example.cn/Wirtschaft/img/0.jpg"
    assert first.section == "wirtschaft"
    assert first.provenance == dict.fromkeys(("url", "title", "published", "image"), "listing")
    assert [item.published for item in items][-1] == "13.06.2020"


def test_the_page_of_another_encoding_reads_right() -> None:
    page = magazine("portal_zh").replace('charset="utf-8"', 'charset="gb2312"').encode("gb18030")
    assert read(page, "http://www.portal.example.cn/")[1].title == "多地高温持续 防汛抗旱两手抓"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("./202007/t20200707_800213452.html", "http://deutsch.magazin.example.cn/Wirtschaft/202007/t20200707_800213452.html"),
        ("../Kultur/202007/t20200707_8.html", "http://deutsch.magazin.example.cn/Kultur/202007/t20200707_8.html"),
        ("//www.magazin.example.cn/a/2020-07/07/c_139.htm", "http://www.magazin.example.cn/a/2020-07/07/c_139.htm"),
        ("/a/2020/0707/1.html?utm_source=x&id=3", "http://deutsch.magazin.example.cn/a/2020/0707/1.html?id=3"),
        (" /a/2020/0707/ü ber-1.html\n", "http://deutsch.magazin.example.cn/a/2020/0707/%C3%BC%20ber-1.html"),
        ("http://user@www.magazin.example.cn:80/a/2020/0707/x.html#top", "http://www.magazin.example.cn/a/2020/0707/x.html"),
        ("\\a\\2020\\0707\\x.html", "http://deutsch.magazin.example.cn/a/2020/0707/x.html"),
    ],
)  # fmt: skip
def test_every_kind_of_address(href: str, expected: str) -> None:
    page = f'<ul><li><a href="{href}">Elektrobusse erobern die Innenstädte im Süden</a></li></ul>'
    assert [item.url for item in read(page)] == [expected]


def test_the_base_element_counts() -> None:
    page = '<base href="/de/"><a href="2020/07/07/ein-langer-weg.html">Ein langer Weg von Hamburg nach Xi\'an</a>'
    assert read(page)[0].url == "http://deutsch.magazin.example.cn/de/2020/07/07/ein-langer-weg.html"


@pytest.mark.parametrize(
    "href",
    [
        "javascript:void(0)",
        "mailto:a@magazin.example.cn",
        "tel:+4930123456",
        "#oben",
        "",
        "data:text/html,x",
        "http://anderswo.example.com/2020/07/07/ein-langer-artikel-bei-anderen-leuten.html",
        "http://[::1/2020/07/07/kaputt.html",
        "/Wirtschaft/index.html",
        "/",
        "/Wirtschaft/202007/W020200707341.jpg",
        "/tag/ein-langes-schlagwort-mit-vielen-worten/",
    ],
)
def test_what_is_no_article_of_this_site_is_no_article(href: str) -> None:
    page = f'<p><a href="{href}">Ein Satz, der so lang ist wie eine gute Schlagzeile</a></p>'
    with pytest.raises(NothingFound):
        read(page)


def test_two_addresses_of_one_article_are_one_item_in_the_order_of_the_page() -> None:
    page = (
        '<ul><li><a href="/2020/07/07/b-zwei.html?utm_source=a">Zweite Nachricht des Tages aus Berlin</a></li>'
        '<li><a href="/2020/07/07/a-eins.html">Erste Nachricht des Tages aus Berlin</a></li>'
        '<li><a href="https://deutsch.magazin.example.cn/2020/07/07/b-zwei.html#kommentare">12 Kommentare</a></li></ul>'
    )
    items = read(page)
    assert [item.title for item in items] == [
        "Zweite Nachricht des Tages aus Berlin",
        "Erste Nachricht des Tages aus Berlin",
    ]


def test_a_title_cut_off_by_the_site_is_taken_whole_from_its_label() -> None:
    items = read(magazine("cut_titles_zh"), "http://bao.example.cn/xw/")
    assert [item.title for item in items][:1] == ["市民中心图书馆周末延长开放时间至晚上十点"]
    assert [item.published for item in items][:1] == ["2026年11月20日"]


def test_dates_before_the_articles_are_not_those_of_the_articles_before() -> None:
    items = read(magazine("japanese_dl"), "https://shinbun.example.jp/keizai/index.html")
    assert [item.published for item in items][:2] == ["2026年11月20日", "2026年11月19日"]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("07.07.2020", "07.07.2020"),
        ("(2020-07-07 09:30)", "2020-07-07 09:30"),
        ("2020/7/7", "2020/7/7"),
        ("2020年7月7日", "2020年7月7日"),
        ("2020년 7월 7일", "2020년 7월 7일"),
        ("7. Juli 2020", "7. Juli 2020"),
        ("Juillet 7, 2020", "Juillet 7, 2020"),
        ("٧ يوليو ٢٠٢٠", "٧ يوليو ٢٠٢٠"),
        ('<time datetime="2020-07-07T09:30+08:00">vor zwei Stunden</time>', "2020-07-07T09:30+08:00"),
        ("vor 3 Stunden", None),
        ("gestern, 14:30", None),
        ("07.07.", None),
        ("Tel. 030/12.12.20", None),
    ],
)
def test_whole_dates_are_taken_as_written_and_nothing_else(shown: str, expected: str | None) -> None:
    entries = "".join(
        f'<li><a href="/2020/07/07/artikel-{n}.html">Schlagzeile {n} von diesem Tag</a> <span>{shown}</span></li>'
        for n in range(3)
    )
    assert [item.published for item in read(f"<ul>{entries}</ul>")] == [expected] * 3


def test_a_page_without_any_article_says_what_was_looked_at() -> None:
    page = (
        '<nav><a href="/a/"></a><a href="/b/">B</a></nav><a href="/Wirtschaft/">Mehr</a>'
        '<a href="http://other.example.org/">Andere</a>'
    )
    with pytest.raises(NothingFound, match="1 in the content, 2 in navigation, 1 on another site") as caught:
        read(page)
    assert (caught.value.source_id, caught.value.url) == ("magazin", URL)
    with pytest.raises(NothingFound, match="no links"):
        read("<p>Nichts hier</p>")
    with pytest.raises(ExtractError, match="empty"):
        read("")


def test_a_list_that_is_called_a_menu_is_read_when_there_is_no_other() -> None:
    entries = "".join(
        f'<li><a href="/2020/07/0{n}/a.html">Schlagzeile Nummer {n} von diesem Tag</a></li>' for n in range(1, 5)
    )
    assert len(read(f'<nav class="menu"><ul>{entries}</ul></nav>')) == 4


# --- recipes ----------------------------------------------------------------------------------------------------

SHOP = """<div class=row><b><a href="/x/eins">Eins</a></b><i>am 1.2.2020</i>
  <a href="/k/a">Rubrik mit langem Namen hier</a></div>
<div class=row><b><a href="/x/zwei">Zwei</a></b><i>am 2.2.2020</i>
  <a href="/k/b">Rubrik mit langem Namen dort</a></div>
<p><a href="/x/drei">Kein Eintrag, obwohl er so lang ist wie einer</a></p>"""


@pytest.mark.parametrize(
    ("recipe", "by_recipe"),
    [
        (Recipe(entry="div.row", link="b a", listed_title="b", listed_date="i"), {"url", "title", "published"}),
        (Recipe(entry="//div[@class='row']", link=".//b/a/@href"), {"url"}),
        (Recipe(entry="div.row", link="b"), {"url"}),
        (Recipe(link="div.row b a", listed_date="i"), {"url", "published"}),
    ],
)
def test_a_recipe_names_entries(recipe: Recipe, by_recipe: set[str]) -> None:
    items = read(SHOP, recipe=recipe)
    assert [item.url.rpartition("/")[2] for item in items] == ["eins", "zwei"]
    assert [item.title for item in items] == ["Eins", "Zwei"]
    assert [item.published for item in items] in (["1.2.2020", "2.2.2020"], ["am 1.2.2020", "am 2.2.2020"])
    assert {name for name, where in items[0].provenance.items() if where == "recipe"} == by_recipe


def test_an_entry_without_a_link_selector_is_the_article_of_its_wordiest_link() -> None:
    items = read(SHOP, recipe=Recipe(entry="div.row"))
    assert [item.url.rpartition("/")[2] for item in items] == ["a", "b"]


def test_a_recipe_that_finds_nothing_gives_way_and_that_shows() -> None:
    items = read(magazine(), recipe=Recipe(entry="div.was-there-before-the-redesign", link="a"))
    assert len(items) == 8
    assert items[0].provenance["url"] == "listing"


@pytest.mark.parametrize(
    "recipe", [Recipe(entry="div["), Recipe(entry="div", link="//a["), Recipe(link="a", listed_date="!")]
)
def test_a_selector_that_cannot_be_read_is_named(recipe: Recipe) -> None:
    with pytest.raises(ExtractError, match="selector") as caught:
        read(SHOP, recipe=recipe)
    assert not isinstance(caught.value, NothingFound)
    assert caught.value.source_id == "magazin"


def test_pages_of_a_section() -> None:
    recipe = Recipe(next_page="index_{n}.html")
    assert page_urls(URL, recipe, 3) == [URL, urljoin(URL, "index_1.html"), urljoin(URL, "index_2.html")]
    assert (
        page_urls("https://a.example/x/", Recipe(next_page="?page={n}&{x}"), 2)[1] == "https://a.example/x/?page=1&{x}"
    )
    assert page_urls(URL, recipe, 1) == page_urls(URL, Recipe(), 5) == [URL]


# --- any page ---------------------------------------------------------------------------------------------------


def compare(front: Path) -> tuple[set[str], set[str]]:
    """(found, labelled) identities of a saved page; its article links carry ``data-article``."""
    body = front.read_bytes()
    tree = parse_html(body)
    url = str(tree.xpath('string(//link[@rel="canonical"]/@href)'))
    labelled = {
        identity_of(clean_url(urljoin(base_url(tree, url), str(href))))
        for href in tree.xpath("//a[@data-article]/@href")
    }
    return {identity_of(item.url) for item in read(body, url)}, labelled


@pytest.mark.parametrize("front", FRONTS, ids=lambda front: front.stem)
def test_articles_are_told_from_navigation_in_any_script(front: Path) -> None:
    found, labelled = compare(front)
    assert labelled
    assert labelled <= found, f"missed: {labelled - found}"
    assert len(found - labelled) <= 1, f"no articles: {found - labelled}"


def test_precision_over_all_labelled_pages() -> None:
    assert len(FRONTS) > 20
    pairs = [compare(front) for front in FRONTS]
    right = sum(len(found & labelled) for found, labelled in pairs)
    assert right / sum(len(found) for found, _ in pairs) > 0.97
