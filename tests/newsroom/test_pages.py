"""What the pages of the five editions show, read as a stranger would: bytes over HTTP, parsed by lxml."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urljoin

import pytest
from lxml import html

from feeds.newsroom import Newsroom, NewsroomArticle, newsroom_sources
from feeds.newsroom.editions import BY_LANGUAGE, EDITIONS, Edition

from .conftest import Clock, OpenReader, Reader

LANGUAGES = [edition.language for edition in EDITIONS]

# language: (listed date, date on the page, origin, keywords) of the newest article of the third section
EXPECTED = {
    "de": ("21.11.2026", "2026-11-21", "Quelle:", "Stichwörter: "),
    "ja": ("2026年11月21日", "2026年11月21日", "出所：", "キーワード："),
    "fr": ("21/11/2026", "21 novembre 2026", "Source\u00a0: ", "Mots clés\u00a0: "),
    "en": ("Nov. 21, 2026", "November 21, 2026", "Source: ", "Keywords: "),
    "zh": ("2026-11-21", "2026-11-21", "来源：", "关键词："),
}


def newest(newsroom: Newsroom, language: str, position: int = 2) -> NewsroomArticle:
    section = BY_LANGUAGE[language].sections[position][0]
    return next(a for a in newsroom.articles() if a.edition == language and a.section == section)


def listing(edition: Edition, position: int) -> str:
    return f"/{edition.language}/{edition.sections[position][0]}/index.html"


def entries(page: str) -> list[Any]:
    return list(html.fromstring(page).xpath("//li[.//table]"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_listing_entry_is_a_table_with_picture_relative_link_and_the_editions_date(
    newsroom: Newsroom, reader: Reader, language: str
) -> None:
    edition = BY_LANGUAGE[language]
    first = entries(reader.text(listing(edition, 2), edition.encoding))[0]
    article = newest(newsroom, language)
    links = first.xpath(".//a/@href")
    assert links == [f"./202611/t20261121_{article.number}.html"] * 2
    assert urljoin(listing(edition, 2), links[0]) == article.path
    assert first.xpath("string(.//a[normalize-space()])") == edition.typeset(article.title)
    assert first.xpath("string(.//span[@class='rq'])") == EXPECTED[language][0]
    picture = reader.get(urljoin(listing(edition, 2), first.xpath("string(.//img/@src)")))
    assert picture.headers["content-type"] == "image/png"
    assert picture.body.startswith(b"\x89PNG")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_page_shows_title_date_origin_keywords_and_text(
    newsroom: Newsroom, reader: Reader, language: str
) -> None:
    edition, article = BY_LANGUAGE[language], newest(newsroom, language)
    page = html.fromstring(reader.text(article.path, edition.encoding))
    _, date, origin, label = EXPECTED[language]
    assert page.xpath("string(//*[contains(@class, 'bt')])") == edition.typeset(article.title)
    assert date in page.xpath("string(//td[@class='ly'])")
    assert origin + article.origin in page.xpath("string(//td[@class='ly'])")
    keywords = page.xpath("string(//td[@class='gjc']//td[1])")
    assert keywords.startswith(label)
    separator = edition.keyword_separators[article.number % len(edition.keyword_separators)]
    assert tuple(keywords.removeprefix(label).split(separator)) == article.keywords
    body = [text.strip("　") for text in page.xpath("//div[@class='TRS_Editor']/p[not(@align='center')]/text()")]
    assert body == [edition.typeset(text) for text in article.paragraphs]


def test_pages_print_the_spaces_of_their_language(newsroom: Newsroom, reader: Reader) -> None:
    french, japanese = newsroom.publish("fr"), newsroom.publish("ja")
    newsroom.edit(french, title="Un titre : « 10 000 » mots ?")
    newsroom.edit(japanese, title="前半 後半 BMW and more")
    assert "Un titre\u00a0: «\u00a010\u00a0000\u00a0» mots\u00a0?" in reader.text(french.path)
    assert "前半\u3000後半\u3000BMW and more" in reader.text(japanese.path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_links_to_the_other_editions_and_states_its_encoding(
    newsroom: Newsroom, reader: Reader, language: str
) -> None:
    edition = BY_LANGUAGE[language]
    for path in (f"/{language}/", listing(edition, 0), newest(newsroom, language).path):
        text = reader.text(path, edition.encoding)
        homes = html.fromstring(text).xpath("//td[@class='sprachen']/a/@href")
        assert homes == [f"/{other}/" for other in LANGUAGES if other != language]
        assert f'content="text/html; charset={edition.declared}"' in text


def test_the_chinese_edition_says_gb2312_and_is_more_than_that(newsroom: Newsroom, reader: Reader) -> None:
    reply = reader.get(newest(newsroom, "zh").path)
    assert reply.headers["content-type"] == "text/html"
    assert b"charset=gb2312" in reply.body
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode("gb2312")
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode("utf-8")
    written = "".join(reader.text(a.path, "gb18030") for a in newsroom.articles() if a.edition == "zh")
    assert "\U0002cc56" in written  # beyond the basic plane: four bytes
    assert "珺" in written


def test_keywords_name_the_same_things_in_the_words_of_each_edition(newsroom: Newsroom) -> None:
    used = {language: Counter[str]() for language in LANGUAGES}
    for article in newsroom.articles():
        used[article.edition].update(article.keywords)
    assert all(used[language]["BMW"] for language in LANGUAGES)
    assert used["zh"]["宝马"]
    names = {"de": "China", "ja": "中国", "fr": "Chine", "en": "China", "zh": "中国"}
    assert all(used[language][name] for language, name in names.items())
    assert not used["fr"]["China"]


def test_some_articles_link_to_their_translations_and_those_link_back(newsroom: Newsroom, reader: Reader) -> None:
    articles = {article.path: article for article in newsroom.articles()}
    linked = [article for article in articles.values() if article.translations]
    assert len(linked) == len(articles) / 5
    for article in linked:
        assert set(article.translations) == set(LANGUAGES) - {article.edition}
        page = html.fromstring(reader.text(article.path, BY_LANGUAGE[article.edition].encoding))
        for language, path in article.translations.items():
            other = articles[path]
            assert other.edition == language
            assert other.translations[article.edition] == article.path
            assert path in page.xpath("//a/@href")
            assert len(other.paragraphs) == len(article.paragraphs)


def test_the_front_page_and_the_root_lead_to_everything(newsroom: Newsroom, reader: Reader) -> None:
    page = html.fromstring(reader.text("/de/"))
    assert f"/de/{EDITIONS[0].sections[4][0]}/index.html" in page.xpath("//a/@href")
    assert newest(newsroom, "de", 4).path in page.xpath("//a/@href")
    assert html.fromstring(reader.text("/")).xpath("//a/@href") == [f"/{language}/" for language in LANGUAGES]
    assert reader.get("/de").headers["location"] == "/de/"


def test_related_links_are_older_articles_and_do_not_change_when_something_is_published(
    newsroom: Newsroom, reader: Reader
) -> None:
    article = newest(newsroom, "de")
    before = reader.get(article.path)
    related = html.fromstring(before.body).xpath("//td[@class='xg']//a/@href")
    section = [a.path for a in newsroom.articles() if a.edition == "de" and a.section == article.section]
    assert related == section[1:4]
    published = newsroom.publish("de", article.section)
    assert reader.get(article.path).headers["etag"] == before.headers["etag"]
    page = html.fromstring(reader.text(published.path))
    assert page.xpath("//td[@class='xg']//a/@href") == section[:3]


@pytest.mark.parametrize("articles", [0, 1, 7, 150, 777])
def test_the_pages_of_all_sections_hold_every_article_exactly_once(
    open_reader: OpenReader, clock: Clock, articles: int
) -> None:
    with Newsroom(articles=articles, every_s=0, clock=clock) as newsroom:
        reader = open_reader(newsroom)
        seen: Counter[str] = Counter()
        for source in newsroom_sources(newsroom.url):
            for section in source.sections:
                seen.update(walk(reader, section.url.removeprefix(newsroom.url), BY_LANGUAGE[source.language or ""]))
        assert seen == Counter(article.path for article in newsroom.articles())
        assert seen.total() == articles


def walk(reader: Any, path: str, edition: Edition) -> list[str]:
    """Article paths of a section, page by page until there is none."""
    found: list[str] = []
    number = 0
    while (reply := reader.get(path if number == 0 else urljoin(path, f"index_{number}.html"))).status == 200:
        links = [entry.xpath("string(.//a/@href)") for entry in entries(reply.body.decode(edition.encoding))]
        found += [urljoin(path, link) for link in links]
        number += 1
    return found


def test_listings_are_in_order_and_link_to_their_pages(newsroom: Newsroom, reader: Reader) -> None:
    days = [a.listed_day for a in newsroom.articles() if a.edition == "en" and a.section == "World"]
    assert days == sorted(days, reverse=True)
    with_pages = html.fromstring(reader.text("/en/World/index.html"))
    assert "index_1.html" not in with_pages.xpath("//div[@class='fy']/a/@href")  # six articles: one page


def test_only_one_edition_hides_its_pager_in_a_script(open_reader: OpenReader, clock: Clock) -> None:
    with Newsroom(articles=600, every_s=0, clock=clock) as newsroom:
        reader = open_reader(newsroom)
        pager = html.fromstring(reader.text("/en/World/index_1.html")).xpath("//div[@class='fy']/a/@href")
        assert pager == ["index.html", "index.html", "index_2.html", "index_2.html"]
        chinese = reader.text("/zh/guoji/index_1.html", "gb18030")
        assert not html.fromstring(chinese).xpath("//div[@class='fy']/a")
        assert 'createPageHTML(3, 1, "index", "html");' in chinese


@pytest.mark.parametrize(
    "path",
    ["/de/Sport/index.html", "/de/China/index_99.html", "/de/China/index_0.html", "/it/", "/de/x", "/images/x.css"],
)
def test_what_does_not_exist_is_404(reader: Reader, path: str) -> None:
    assert reader.get(path).status == 404


def test_an_article_answers_under_its_own_path_only(newsroom: Newsroom, reader: Reader) -> None:
    article = newest(newsroom, "de")
    for path in (
        article.path.replace("Wirtschaft", "Kultur"),
        article.path.replace("/de/", "/fr/"),
        article.path.replace("20261121", "20261120"),
        article.path.replace(str(article.number), "899999999"),
    ):
        assert reader.get(path).status == 404, path
