"""A page to an article without store or network; and a page's item joined with its listing's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import feeds
from feeds.errors import ArticleError, NothingFound
from feeds.model import Item, Recipe
from feeds.pipeline.read import merge_listed, read_article

URL = "https://news.example.org/Wirtschaft/202007/t20200707_800213452.html"


def seed_page(text: str) -> bytes:
    """The seed's text set as a page of such a site: tables, font tags, nothing declared."""
    lines = [line.strip() for line in text.splitlines()]
    title = next(line for line in lines if line.startswith("BMW und Alibaba"))
    rest = lines[lines.index(title) + 1 :]
    head = [line for line in rest[: rest.index("Druck")] if line]
    body = [line for line in rest[rest.index("Email") + 1 : rest.index("LINKS:")] if line]
    paragraphs = "".join(f'<p align="justify">{line}</p>' for line in body)
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{title} -- Beispiel-Rundschau</title></head><body>
<table><tr><td><a href="/ja/">日本語</a> <a href="/fr/">Français</a> <a href="/en/">English</a></td></tr></table>
<table><tr><td><a href="/">Startseite</a> <a href="../">China</a> <a href="../index.html">Wirtschaft</a></td></tr>
</table>
<table><tr><td>Startseite &gt;&gt; Wirtschaft</td></tr><tr><td><font size="4"><b>{title}</b></font></td></tr>
<tr><td>&nbsp; {head[0]}</td></tr><tr><td>{head[1]}</td><td>Druck</td><td>Email</td></tr>
<tr><td><div class="TRS_Editor">{paragraphs}</div></td></tr><tr><td><b>LINKS:</b></td></tr></table>
</body></html>""".encode()


def test_the_seed_article_is_read_as_its_reader_sees_it(shared: Path) -> None:
    seeds = sorted((shared / "seed").glob("*.txt"))
    if not seeds:
        pytest.skip("no seed in ../shared")
    article = read_article(seed_page(seeds[0].read_text(encoding="utf-8")), URL)
    assert article.title == "BMW und Alibaba errichten gemeinsame Innovationsbasis in Shanghai"
    assert article.published == dt.date(2020, 7, 7)
    assert type(article.published) is dt.date
    assert article.origin == "German.people.cn"
    assert article.keywords == ("BMW", "Alibaba")
    assert article.language == "de"
    assert article.authors == ()
    assert dict(article.alternates) == {}
    assert "Tmall Genie" in article.content_text
    assert "Druck" not in article.content_text
    assert article.provenance["origin"] == "label:Quelle"


def test_read_article_is_the_librarys_front_door() -> None:
    assert feeds.read_article is read_article


def test_a_recipes_date_forms_and_selectors_count() -> None:
    text = "<p>The harbour of the small town was opened again after three years of work on its walls.</p>" * 4
    html = f"<html lang=en><body><h1>Harbour opened again</h1><i>08/07/2020</i><article>{text}</article></body></html>"
    recipe = Recipe(published="i", date_formats=("%d/%m/%Y",))
    article = read_article(html.encode(), URL, recipe=recipe)
    assert article.published == dt.date(2020, 7, 8)
    assert article.provenance["published"] == "recipe"


def test_the_header_names_the_encoding() -> None:
    text = "<p>Первые корабли вошли в порт маленького города утром, и сотни людей пришли их увидеть.</p>" * 4
    html = f"<html><body><h1>Порт открыт снова</h1><article>{text}</article></body></html>".encode("koi8-r")
    article = read_article(html, URL, content_type="text/html; charset=koi8-r")
    assert article.title == "Порт открыт снова"
    assert article.language == "ru"


def test_a_page_that_is_no_article_is_refused() -> None:
    with pytest.raises(NothingFound):
        read_article(b"<html><body><h1>404</h1><p>Not found</p></body></html>", URL)


# --- a page and its entry ---------------------------------------------------------------------------------------


def test_the_page_wins_and_the_listing_fills_in() -> None:
    page = Item(url=URL, title="From the page", provenance={"title": "json-ld"})
    listed = Item(
        url=URL,
        title="From the list",
        published="07.07.2020",
        section="wirtschaft",
        keywords=("BMW",),
        provenance={"title": "listing", "published": "listing", "section": "listing"},
    )
    merged = merge_listed(page, listed)
    assert (merged.title, merged.published, merged.section) == ("From the page", "07.07.2020", "wirtschaft")
    assert merged.keywords == ("BMW",)
    assert dict(merged.provenance) == {"title": "json-ld", "published": "listing", "section": "listing"}


def test_the_entrys_guid_stays_the_identity() -> None:
    assert merge_listed(Item(url=URL, guid="from-page"), Item(url=URL, guid="from-feed")).guid == "from-feed"
    assert merge_listed(Item(url=URL, guid="from-page"), Item(url=URL)).guid == "from-page"


def test_what_an_entry_says_of_its_picture_is_not_said_of_another() -> None:
    listed = Item(url=URL, image="https://news.example.org/p/harbour-300x200.jpg", image_credit="Li", image_caption="A")
    same = Item(url=URL, image="https://news.example.org/p/harbour-1024x682.jpg")
    assert (merge_listed(same, listed).image_credit, merge_listed(same, listed).image_caption) == ("Li", "A")
    assert merge_listed(Item(url=URL), listed).image_credit == "Li"
    other = Item(url=URL, image="https://news.example.org/p/mayor-in-office.jpg")
    assert (merge_listed(other, listed).image_credit, merge_listed(other, listed).image_caption) == (None, None)


def test_false_is_something_the_page_said() -> None:
    assert merge_listed(Item(url=URL, is_free=False), Item(url=URL, is_free=True)).is_free is False


def test_the_pages_address_stays() -> None:
    assert merge_listed(Item(url=URL), Item(url="https://other.example.org/")).url == URL


@pytest.mark.parametrize("url", ["http://[a", "nonsense", ""])
def test_a_page_needs_an_address(url: str) -> None:
    with pytest.raises(ArticleError, match="no web address"):
        read_article(b"<h1>Harbour opened again</h1>", url)
