"""Keywords: declared, in tag lists, behind labels; and what is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feeds.extract.evidence import Evidence
from feeds.extract.keywords import find_keywords

Gather = Callable[..., Evidence]
HEADING = "<h1>Harbour opened again</h1>"


def story(**parts: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "headline": "Harbour opened again", **parts}


def keywords(page: Evidence, **options: Any) -> tuple[str, ...]:
    found = find_keywords(page, **options)
    return found.value if found else ()


def where(page: Evidence) -> str:
    found = find_keywords(page)
    return found.where if found else ""


@pytest.mark.parametrize(
    "value", [["BMW", "Alibaba"], "BMW, Alibaba", "BMW;Alibaba", [{"name": "BMW"}, {"name": "Alibaba"}]]
)
def test_json_ld(seen: Gather, value: Any) -> None:
    page = seen(ld=story(keywords=value))
    assert keywords(page) == ("BMW", "Alibaba")
    assert where(page) == "json-ld"


@pytest.mark.parametrize(
    "name", ["news_keywords", "keywords", "sailthru.tags", "parsely-tags", "DC.subject", "custom-keywords", "dmp:tags"]
)
def test_metas(seen: Gather, name: str) -> None:
    page = seen(head=f'<meta name="{name}" content="BMW, Alibaba">')
    assert keywords(page) == ("BMW", "Alibaba")
    assert where(page) == f"meta:{name.lower()}"


def test_one_meta_for_each_tag(seen: Gather) -> None:
    head = '<meta property="article:tag" content="BMW"><meta property="article:tag" content="Paris, Texas">'
    assert keywords(seen(head=head)) == ("BMW", "Paris, Texas")


@pytest.mark.parametrize(
    ("block", "lang"),
    [
        ("<p>Stichwörter: BMW;Alibaba</p>", "de"),
        ("<td>Stichwörter: BMW; Alibaba</td><td>Druck</td>", "de"),
        ("<p>Key Words: BMW, Alibaba</p>", "en"),
        ("<p>Mots clés\u00a0: BMW, Alibaba</p>", "fr"),
        ("<p>关键词：BMW Alibaba</p>".replace(" ", "；"), "zh"),
        ("<p>キーワード：BMW、Alibaba</p>", "ja"),
        ("<p>Ключевые слова: BMW, Alibaba</p>", "ru"),
        ("<p>الكلمات المفتاحية: BMW، Alibaba</p>", "ar"),
        ('<p><b>Tags:</b> <a href="/x/1">BMW</a>, <a href="/x/2">Alibaba</a></p>', "en"),
        (
            '<div><h4>Mehr zum Thema</h4></div><p><a href="/bmw/">BMW</a> <a href="/a/">Alibaba</a></p>',
            "de",
        ),
        ('<dl><dt>Schlagwörter</dt><dd><a href="/s?q=BMW">BMW</a> <a href="/s?q=A">Alibaba</a></dd></dl>', "de"),
    ],
)
def test_behind_a_label(seen: Gather, block: str, lang: str) -> None:
    page = seen(body=HEADING + block, lang=lang)
    assert keywords(page) == ("BMW", "Alibaba")
    assert where(page).startswith("label:")


@pytest.mark.parametrize(
    "block",
    [
        '<div><a rel="tag" href="/1">BMW</a> <a rel="tag" href="/2">Alibaba</a></div>',
        '<ul class="article-tags"><li><a href="/x/bmw">BMW</a></li><li><a href="/x/alibaba">Alibaba</a></li></ul>',
        '<div><a href="/thema/bmw">BMW</a><a href="/thema/alibaba">Alibaba</a></div>',
        '<p data-testid="article-tags"><a href="/tag/bmw/">BMW</a> <a href="/tag/alibaba/">Alibaba</a></p>',
    ],
)
def test_tag_links(seen: Gather, block: str) -> None:
    page = seen(body=HEADING + block)
    assert keywords(page) == ("BMW", "Alibaba")
    assert where(page) == "tag links"


def test_tag_links_of_navigation_and_of_running_text_are_left_out(seen: Gather) -> None:
    nav = '<nav><a href="/tag/a">Sport</a><a href="/tag/b">Film</a></nav>'
    text = (
        '<p>The town of <a href="/tag/xanadu">Xanadu</a> had waited for three long years until this happy day came.</p>'
    )
    assert keywords(seen(body=nav + HEADING + text)) == ()


@pytest.mark.parametrize(
    "junk",
    [
        "8f507083-bac4-423a-9015-2eb31e1bce50",
        "100312362",
        "news.example.org",
        "page_type_story",
        "isRepublished:false",
        "The Example",
        "Ada Lovelace",
    ],
)
def test_machine_tags_the_site_and_the_author_are_no_keywords(seen: Gather, junk: str) -> None:
    page = seen(
        head='<meta property="og:site_name" content="The Example">', ld=story(keywords=["BMW", "Alibaba", junk])
    )
    assert keywords(page, authors=("Ada Lovelace",)) == ("BMW", "Alibaba")


def test_typed_tags_lose_their_type(seen: Gather) -> None:
    typed = ["Day: Friday", "Page Type: Article", "Subject: Justice", "Subject: Harbours", "Language: English"]
    assert keywords(seen(ld=story(keywords=typed))) == ("Justice", "Harbours")
    assert keywords(seen(ld=story(keywords=["topic/harbours", "organization/bmw", "sections/world"]))) == (
        "harbours",
        "bmw",
        "world",
    )


def test_the_words_of_the_address_are_no_choice(seen: Gather) -> None:
    page = seen(
        url="https://news.example.org/2026/old-harbour-opened-again.html",
        ld=story(keywords="old, harbour, opened, again"),
        body=HEADING + "<p>Tags: BMW, Alibaba</p>",
    )
    assert keywords(page) == ("BMW", "Alibaba")


def test_sections_count_only_when_nothing_better_is_found(seen: Gather) -> None:
    ld = story(keywords="World", articleSection="World")
    assert keywords(seen(ld=ld)) == ("World",)
    assert keywords(seen(ld=ld, body=HEADING + "<p>Tags: BMW, Alibaba</p>")) == ("BMW", "Alibaba")


def test_a_list_of_the_site_itself_is_passed_over(seen: Gather) -> None:
    head = (
        '<meta property="og:site_name" content="The Example"><meta name="application-name" content="Example Digital">'
        '<meta name="keywords" content="The Example,Example Digital,politics,sport,film">'
    )
    assert keywords(seen(head=head)) == ()


def test_a_list_without_separators_gives_way_to_one_with(seen: Gather) -> None:
    head = '<meta name="news_keywords" content="Cannes,Städtebau,Messen">'
    assert keywords(seen(head=head, ld=story(keywords="Städtebau Messen Cannes"))) == ("Cannes", "Städtebau", "Messen")


def test_links_that_lead_on_are_no_keywords(seen: Gather) -> None:
    block = '<ul class="tags"><li><a href="/t/1">BMW</a></li><li><a href="/t/2">Alle Themen</a></li></ul>'
    assert keywords(seen(body=HEADING + block + "<p>Tags: BMW, Alle Themen</p>")) == ("BMW",)


def test_a_recipes_separators(seen: Gather) -> None:
    page = seen(body=HEADING + "<p>Stichwörter: Handel, Gewerbe / Bahn</p>")
    assert keywords(page, separators="/") == ("Handel, Gewerbe", "Bahn")


META = '<meta name="keywords" content="{}">'


@pytest.mark.parametrize(
    "declared",
    [
        "news, breaking news, sport, weather, business",
        "뉴스, 기사, 속보, 정치, 경제",
        "noticias",
        "Harbour opened again after three years of work on its walls",
        "harbour, opened, again, after, three, years",
        "NewsArticle",
    ],
)
def test_what_describes_the_site_or_repeats_the_title_is_no_choice_of_keywords(seen: Gather, declared: str) -> None:
    head = "<title>Harbour opened again after three years</title>" + META.format(declared)
    assert keywords(seen(head=head, body=HEADING)) == ()


def test_one_word_of_the_trade_among_many_names_costs_nothing(seen: Gather) -> None:
    assert keywords(seen(head=META.format("News, Harbour, Walls"), url="https://shore.example/a/1")) == (
        "News",
        "Harbour",
        "Walls",
    )


def test_a_menu_of_topics_the_text_does_not_speak_of_is_no_tag_list(seen: Gather) -> None:
    topics = ("Politics", "Weather", "Football", "Obituaries", "Cinema", "Recipes")
    menu = "".join(f'<a href="/tag/{topic.lower()}/">{topic}</a> ' for topic in topics)
    assert keywords(seen(body=f'{HEADING}<div class="tags">{menu}</div>')) == ()


def test_a_second_label_in_the_line_begins_another_list(seen: Gather) -> None:
    assert keywords(seen(body=f"{HEADING}<p>Filed under: Nation Tagged: harbours, walls</p>")) == ("harbours", "walls")
    assert keywords(seen(body=f"{HEADING}<p>Tags: harbours, walls Source: Example</p>")) == ("harbours", "walls")
