"""A front page's links in, its section pages out."""

from __future__ import annotations

from feeds.extract.front import read_front, site_name
from feeds.extract.jsonld import JsonLd
from feeds.extract.meta import read_head
from feeds.extract.navigation import Menu
from feeds.extract.tree import parse_html
from feeds.model import Document

STORY = "Ein langer Satz, der wie eine Schlagzeile klingt, Nummer {n}"


def menu(page: str, url: str = "https://zeitung.example.org/") -> Menu:
    return read_front(Document(url=url, requested_url=url, body=page.encode())).menu


def names(page: str, url: str = "https://zeitung.example.org/") -> list[str]:
    return [one.name for one in menu(page, url).sections]


def stories(*paths: str) -> str:
    return (
        "<main>"
        + "".join(f'<h2><a href="{path}">{STORY.format(n=n)}</a></h2>' for n, path in enumerate(paths))
        + "</main>"
    )


def nav(*links: tuple[str, str]) -> str:
    return "<nav><ul>" + "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in links) + "</ul></nav>"


def test_sections_are_proven_by_the_articles_below_them() -> None:
    page = nav(("/politik/", "Politik"), ("/sport/", "Sport"), ("/kultur/", "Kultur"), ("/abo/", "Abo")) + stories(
        "/politik/2026/11/22/lange-nacht-im-rathaus-101.html",
        "/politik/2026/11/22/streit-um-die-bruecke-102.html",
        "/sport/2026/11/22/sieg-im-regen-am-abend-103.html",
    )
    found = menu(page)
    assert found.is_proven
    assert [(one.name, one.articles) for one in found.sections] == [("Politik", 2), ("Sport", 1), ("Kultur", 0)]


def test_without_sections_in_the_addresses_the_menu_is_offered_unproven() -> None:
    page = nav(("/t/politik", "Politik"), ("/t/sport", "Sport"), ("/t/kultur", "Kultur")) + stories(
        "/a/4711001", "/a/4711002", "/a/4711003"
    )
    found = menu(page)
    assert not found.is_proven
    assert [one.name for one in found.sections] == ["Politik", "Sport", "Kultur"]


def test_services_tags_languages_and_archives_are_no_sections() -> None:
    page = nav(
        ("/politik/", "Politik"),
        ("/sport/", "Sport"),
        ("/login", "Anmelden"),
        ("/impressum", "Impressum"),
        ("/suche", "Suche"),
        ("/tag/berlin/", "Berlin"),
        ("/autor/anna-berg/", "Anna Berg"),
        ("/2026/10/", "Oktober 2026"),
        ("/en/", "English"),
        ("/rss.xml", "RSS"),
        ("https://shop.example.com/", "Laden"),
    ) + stories("/politik/lange-nacht-im-rathaus-101.html", "/sport/sieg-im-regen-am-abend-103.html")
    assert names(page) == ["Politik", "Sport"]


def test_the_sections_of_another_edition_are_not_this_ones() -> None:
    page = nav(("/fr/politique/", "Politique"), ("/de/politik/", "Politik"), ("/de/sport/", "Sport")) + stories(
        "/de/politik/lange-nacht-im-rathaus-101.html", "/de/sport/sieg-im-regen-am-abend-103.html"
    )
    assert names(page, "https://zeitung.example.org/de/") == ["Politik", "Sport"]


def test_a_section_page_has_no_sections_but_its_own_below_it() -> None:
    page = nav(("/politik/", "Politik"), ("/sport/", "Sport"), ("/kultur/", "Kultur")) + stories(
        "/politik/lange-nacht-im-rathaus-101.html", "/politik/streit-um-die-bruecke-102.html"
    )
    assert names(page, "https://zeitung.example.org/politik/") == []


def test_a_directory_of_a_hundred_places_is_no_menu() -> None:
    page = nav(*((f"/orte/ort-{n}/", f"Ort {n}") for n in range(100))) + stories("/a/4711001", "/a/4711002")
    assert names(page) == []


def test_a_site_is_called_as_it_declares_or_by_its_windows_title() -> None:
    def name(markup: str) -> str:
        return site_name(
            read_head(parse_html(markup.encode()), "https://www.tagblatt.example.org/"),
            JsonLd(),
            "https://www.tagblatt.example.org/",
        )

    assert name('<meta property="og:site_name" content="Das Blatt"><title>x</title>') == "Das Blatt"
    assert name("<title>Aktuelle Nachrichten aus aller Welt - Tagblatt</title>") == "Tagblatt"
    assert name("<title>Startseite | Die Rundschau</title>") == "Die Rundschau"
    assert name("<p>nichts</p>") == "tagblatt.example.org"
