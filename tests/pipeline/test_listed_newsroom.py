"""The sample newsroom polled by every kind: sitemaps of fifty thousand addresses, its API, its endless pager."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest

from feeds.model import Kind, Recipe, Section, SourceState
from feeds.newsroom import Newsroom

from .conftest import House

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(articles=250_000, every_s=0, clock=lambda: NOON) as newsroom:
        yield newsroom


def test_fifty_thousand_addresses_are_taken_from_the_newest_on_and_polled_cheaply(
    house: House, newsroom: Newsroom
) -> None:
    house.source = dataclasses.replace(
        house.source, kind=Kind.SITEMAP, url=f"{newsroom.url}/sitemap.xml", backfill=10, language=None
    )
    assert house.poll().new == 10
    assert sum(path.endswith(".xml.gz") for path in newsroom.counts) == 1
    newsroom.forget()
    assert house.poll(hours=1).new == 0
    assert newsroom.counts == {"/robots.txt": 1, "/sitemap.xml": 1}
    article = newsroom.publish("zh")
    newsroom.forget()
    assert house.poll(hours=1).new == 1
    assert [path for path in newsroom.counts if path.endswith(".gz")] == ["/zh/sitemap-5.xml.gz"]
    assert newsroom.counts[article.path] == 1


def test_the_api_and_the_news_sitemap_name_the_same_articles(house: House, newsroom: Newsroom) -> None:
    house.source = dataclasses.replace(
        house.source,
        url=newsroom.url,
        language=None,
        sections=(
            Section(url=f"{newsroom.url}/api/en/articles", slug="api", kind=Kind.JSON),
            Section(url=f"{newsroom.url}/news-sitemap.xml", slug="news", kind=Kind.SITEMAP),
        ),
    )
    house.settings = dataclasses.replace(house.settings, new_per_poll=5)
    report = house.poll()
    assert (report.state, report.new) == (SourceState.OK, 5)
    assert report.found == 100  # 20 of the API are among the 100 of the sitemap


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_newsrooms_pagers_are_followed_without_a_recipe(house: House, newsroom: Newsroom, language: str) -> None:
    section = newsroom.publish(language).section
    url = f"{newsroom.url}/{language}/{section}/index.html"
    house.source = dataclasses.replace(house.source, url=url, language=language, pages=3, recipe=Recipe(), backfill=5)
    report = house.poll()
    assert (report.state, report.found, report.new) == (SourceState.OK, 30, 5)
    newsroom.misbehave(f"/{language}/{section}/index", "endless")
    house.source = dataclasses.replace(house.source, id="other", pages=50)
    newsroom.forget()
    assert house.poll().state is SourceState.OK
    assert sum(count for path, count in newsroom.counts.items() if "/index" in path) == 2
