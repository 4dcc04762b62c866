"""A front or section page in, the other language editions out."""

from __future__ import annotations

from feeds.extract.editions import find_editions
from feeds.extract.jsonld import read_json_ld
from feeds.extract.meta import read_head
from feeds.extract.tree import parse_html

URL = "https://news.example.org/de/"


def editions(page: str, *, url: str = URL, language: str | None = "de") -> list[tuple[str, str]]:
    tree = parse_html(page.encode())
    found = find_editions(tree, read_head(tree, url), read_json_ld(tree, url), base=url, url=url, language=language)
    return [(one.language, one.url.removeprefix("https://news.example.org")) for one in found]


def test_hreflang_names_editions_and_the_page_itself_is_none() -> None:
    page = (
        '<link rel="alternate" hreflang="de" href="https://news.example.org/de/">'
        '<link rel="alternate" hreflang="fr-FR" href="/fr/"><link rel="alternate" hreflang="x-default" href="/">'
        '<link rel="alternate" hreflang="zh_Hans" href="/zh/"><p>x'
    )
    assert editions(page) == [("fr-FR", "/fr/"), ("zh-Hans", "/zh/")]


def test_a_switch_in_the_languages_own_names_is_enough() -> None:
    page = '<div><a href="/en/">English</a> <a href="/zh/">中 文</a> <a href="/ar/">العربية</a></div>'
    assert editions(page) == [("en", "/en/"), ("zh", "/zh/"), ("ar", "/ar/")]


def test_codes_and_translated_names_count_in_company() -> None:
    assert editions("<ul><li><a href=/a>EN</a><li><a href=/b>FR</a><li><a href=/c>JP</a></ul>") == [
        ("en", "/a"),
        ("fr", "/b"),
        ("ja", "/c"),
    ]
    assert editions("<p><a href=/1>Französisch</a> | <a href=/2>Chinese</a></p>") == [("fr", "/1"), ("zh", "/2")]


def test_a_code_alone_counts_where_its_address_says_the_same() -> None:
    assert editions('<a href="https://en.news.example.org/">EN</a>') == [("en", "https://en.news.example.org/")]
    assert editions('<a href="/international/">EN</a>') == []


def test_a_select_switches_too() -> None:
    page = '<select><option value="/de/">Deutsch</option><option value="/ru/">Русский</option></select>'
    assert editions(page) == [("ru", "/ru/")]


def test_subjects_called_like_languages_are_no_editions() -> None:
    page = '<nav><a href="/sport/">Sport</a><a href="/kurse/anfang/">Englisch</a><a href=/x>IT</a></nav>'
    assert editions(page) == []


def test_other_services_are_no_editions() -> None:
    page = '<p><a href="https://translate.google.com/x">English</a> <a href="https://t.me/fr">Français</a></p>'
    assert editions(page) == []


def test_json_ld_names_sites_of_other_languages() -> None:
    page = (
        '<script type="application/ld+json">{"@type": "WebSite", "inLanguage": "de", "url": "https://news.example.org/de/",'
        '"workTranslation": [{"@type": "WebSite", "inLanguage": "es", "url": "https://news.example.org/es/"}]}</script><p>x'
    )
    assert editions(page) == [("es", "/es/")]


def test_a_section_page_does_not_name_its_own_front() -> None:
    page = '<p><a href="/de/">Deutsch</a> <a href="/fr/">Français</a></p>'
    assert editions(page, url="https://news.example.org/de/politik/index.html") == [("fr", "/fr/")]
