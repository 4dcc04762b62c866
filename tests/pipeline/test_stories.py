"""The newsroom's five editions polled over HTTP: translations are linked as its pages declare them, and only these."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from feeds.model import FeedQuery, StoredArticle
from feeds.newsroom import Newsroom
from feeds.newsroom.sources import newsroom_sources

from .conftest import House, Page, Site, listing, varied

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=125, every_s=0, clock=lambda: NOON) as newsroom:
        yield newsroom


def by_path(house: House) -> dict[str, StoredArticle]:
    """Stored articles by the path of their pages."""
    return {"/" + each.article.url.split("/", 3)[3]: each for each in house.articles()}


def links(house: House) -> set[frozenset[str]]:
    """Pairs of paths that the store says tell one story; each link stands on both sides."""
    stored = by_path(house)
    paths = {each.article.id: path for path, each in stored.items()}
    found = {
        (path, paths[other], each.article.language, tag)
        for path, each in stored.items()
        for tag, other in each.translations.items()
    }
    assert {(two, one) for one, two, _, _ in found} == {(one, two) for one, two, _, _ in found}
    for _, two, _, tag in found:
        assert stored[two].article.language == tag
    return {frozenset((one, two)) for one, two, _, _ in found}


def declared(newsroom: Newsroom, stored: dict[str, StoredArticle]) -> set[frozenset[str]]:
    """What is true: pairs of paths that the newsroom publishes as one story."""
    stories = ([each.path, *each.translations.values()] for each in newsroom.articles())
    return {
        frozenset(pair) for story in stories for pair in itertools.combinations(story, 2) if stored.keys() >= {*pair}
    }


def test_five_editions_are_linked_as_their_pages_say(house: House, newsroom: Newsroom) -> None:
    house.now = NOON
    for source in newsroom_sources(newsroom.url):
        house.source = replace(source, sections=source.sections[:1], pages=1, infer_keywords=False)
        house.poll(minutes=1)
    stored = by_path(house)
    assert len({each.article.language for each in stored.values()}) == 5
    truth = declared(newsroom, stored)
    assert len(truth) >= 10
    assert links(house) >= truth
    wrong = links(house) - truth
    assert not wrong, "no page of the newsroom leaves a translation undeclared"


def test_a_translation_that_comes_later_is_linked_and_the_first_one_changes(house: House, newsroom: Newsroom) -> None:
    house.now = NOON
    some: dict[str, Any] = {"pages": 1, "infer_keywords": False}
    sources = [replace(each, sections=each.sections[:1], **some) for each in newsroom_sources(newsroom.url)]
    german, _, french, english, _ = sources
    for source in (german, english):
        house.source = source
        house.poll(minutes=1)
    stored = by_path(house)
    story = next(each for each in newsroom.articles() if each.path in stored and each.translations)
    first = stored[story.path]
    assert set(first.translations) == {"de", "en"} - {first.article.language}
    house.source = french
    house.poll(minutes=1)
    now = by_path(house)[story.path]
    assert set(now.translations) == {*first.translations, "fr"}
    assert now.seq > first.seq
    assert now.changed_at == first.changed_at, "no reader is told that the article itself is another"


def page(language: str, title: str, text: str, head: str = "") -> Page:
    return Page(
        body=f'<!doctype html><html lang="{language}"><head><title>{title}</title>{head}'
        '<meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2026-11-20T08:00:00Z">'
        f"</head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )


def poll(house: House, site: Site, language: str, *paths: str) -> None:
    title = "The tale of a harbour and its ships"
    site.pages[f"/{language}"] = listing(*((path, title) for path in paths))
    house.source = replace(
        house.source, id=f"paper-{language}", url=f"{site.url}/{language}", language=language, infer_keywords=False
    )
    assert house.poll(minutes=1).new == len(paths)


def test_who_was_named_before_it_was_stored_is_linked_when_it_comes(house: House, site: Site) -> None:
    later = f'<link rel="alternate" hreflang="fr" href="{site.url}/fr/2026/11/20/tale-1.html">'
    site.pages["/de/2026/11/20/tale-1.html"] = page("de", "Die Geschichte eines Hafens", varied(1), later)
    poll(house, site, "de", "/de/2026/11/20/tale-1.html")
    site.pages["/fr/2026/11/20/tale-1.html"] = page("fr", "Histoire d’un port et de ses navires", varied(2))
    poll(house, site, "fr", "/fr/2026/11/20/tale-1.html")
    french, german = house.articles()
    if french.article.language != "fr":
        french, german = german, french
    assert dict(german.translations) == {"fr": french.article.id}
    assert dict(french.translations) == {"de": german.article.id}


def test_what_nobody_declares_is_inferred_from_figures_and_names(house: House, site: Site) -> None:
    more = varied(3, words=80)
    german = f"Heute sagte BMW, dass 4.350 Menschen 2,4 Millionen Euro bekommen, so Liu Wenjing. {more}"
    english = f"Today BMW said that 4,350 people get 2.4 million euros, says Liu Wenjing. {varied(4, words=80)}"
    other = f"Today BMW said that 1,270 people get 3.1 million euros, says Chen Zhe. {varied(5, words=80)}"
    key = '<meta name="keywords" content="BMW">'
    site.pages["/de/2026/11/20/tale-1.html"] = page("de", "Geld für die Leute im Werk", german, key)
    poll(house, site, "de", "/de/2026/11/20/tale-1.html")
    site.pages["/en/2026/11/20/tale-1.html"] = page("en", "Money for the people of the plant", english, key)
    site.pages["/en/2026/11/20/tale-2.html"] = page("en", "Some other people get money too", other, key)
    poll(house, site, "en", "/en/2026/11/20/tale-1.html", "/en/2026/11/20/tale-2.html")
    assert links(house) == {frozenset(("/de/2026/11/20/tale-1.html", "/en/2026/11/20/tale-1.html"))}
    assert len(house.store.window(FeedQuery(), limit=9)) == 3
