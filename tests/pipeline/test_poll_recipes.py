"""A source with a recipe whose site is redesigned: told, bypassed, a new recipe suggested; and mended later."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from feeds.model import Recipe, SourceState, SourceStatus
from feeds.newsroom import Newsroom, newsroom_sources
from feeds.pipeline.poll import PollReport

from .conftest import House, Page, Site, listing, story

BY_SELECTORS = {"body": "div.TRS_Editor", "keywords": "td.gjc td"}


@pytest.fixture
def newsroom(house: House) -> Iterator[Newsroom]:
    with Newsroom(articles=40, every_s=0, clock=lambda: house.now) as newsroom:
        yield newsroom


@pytest.fixture
def magazine(house: House, newsroom: Newsroom) -> House:
    """The newsroom's German edition, one section of it, with a recipe for listing and article."""
    (edition,) = [source for source in newsroom_sources(newsroom.url) if source.id == "newsroom-de"]
    recipe = replace(edition.recipe, **BY_SELECTORS)  # type: ignore[arg-type]  # selectors
    house.source = replace(edition, id="s", sections=edition.sections[:1], pages=1, recipe=recipe)
    return house


def publish(newsroom: Newsroom, house: House, count: int) -> list[str]:
    section = house.source.sections[0].url.split("/")[-2]
    return [newsroom.publish("de", section).title for _ in range(count)]


def status(house: House) -> SourceStatus:
    (row,) = house.store.status(["s"])
    return row


def suggested(house: House) -> Recipe:
    read: dict[str, Any] = tomllib.loads(status(house).suggestion)["recipe"]
    return Recipe(**read)


def test_a_redesign_is_told_with_a_recipe_that_works_and_articles_keep_coming(
    magazine: House, newsroom: Newsroom
) -> None:
    publish(newsroom, magazine, 4)
    first = magazine.poll()
    assert (first.state, first.reason) == (SourceState.OK, "")
    assert status(magazine).suggestion == ""

    newsroom.misbehave("/de/", "restyle")
    titles = publish(newsroom, magazine, 4)
    report = magazine.poll(minutes=20)
    assert report.new == 4
    assert set(titles) <= set(magazine.titles())
    assert report.state is SourceState.STALE
    assert report.reason.startswith("recipe.entry, recipe.link, recipe.keywords, recipe.body find nothing any more")
    event = magazine.store.events(limit=10)[-1]
    assert (event.before, event.after) == (SourceState.OK, SourceState.STALE)
    told = suggested(magazine)
    assert told.entry or told.link
    assert told.body

    magazine.source = replace(magazine.source, recipe=told)
    publish(newsroom, magazine, 3)
    mended = magazine.poll(minutes=20)
    assert (mended.state, mended.reason, mended.new) == (SourceState.OK, "", 3)
    assert status(magazine).suggestion == ""
    assert len(magazine.store.events(limit=10)) == 3
    assert {one.article.provenance["content_html"] for one in magazine.articles()[:3]} == {"recipe"}


def test_it_stays_stale_while_nothing_new_is_read_and_after_a_failure(magazine: House, newsroom: Newsroom) -> None:
    publish(newsroom, magazine, 4)
    newsroom.misbehave("/de/", "restyle")
    told = magazine.poll()
    before = status(magazine).suggestion
    assert told.state is SourceState.STALE
    nothing = magazine.poll(minutes=20)
    assert (nothing.state, nothing.reason, nothing.new) == (SourceState.STALE, told.reason, 0)
    newsroom.misbehave("/de/", 500)
    broken = magazine.poll(minutes=20)
    assert broken.state is SourceState.BROKEN
    assert "recipe.body" in broken.reason
    newsroom.behave()
    newsroom.misbehave("/de/", "restyle")
    again = magazine.poll(minutes=20)
    assert (again.state, again.reason) == (SourceState.STALE, told.reason)
    assert status(magazine).suggestion == before
    newsroom.behave()
    publish(newsroom, magazine, 1)
    well = magazine.poll(minutes=20)
    assert (well.state, well.reason) == (SourceState.OK, "")


def test_a_recipe_past_its_day_is_not_used_and_that_is_said(magazine: House, newsroom: Newsroom) -> None:
    publish(newsroom, magazine, 3)
    over = dt.date(2026, 11, 1)
    magazine.source = replace(magazine.source, recipe=replace(magazine.source.recipe, valid_until=over))
    report = magazine.poll()
    assert report.state is SourceState.OK
    assert report.reason == "the recipe's last day was 2026-11-01: it is not used; renew or remove it"
    assert all(one.article.provenance["content_html"] != "recipe" for one in magazine.articles())


# --- a site that publishes one article at a time ----------------------------------------------------------------


@pytest.fixture
def paper(house: House, site: Site) -> House:
    house.source = replace(house.source, url=f"{site.url}/", recipe=Recipe(body="div.old"))
    return house


def put(site: Site, paper: House, number: int, *, old: bool) -> PollReport:
    """Publishes one article in the old or the new layout, and polls."""
    name = f"The tale of harbour number {number}"
    page = story(name)
    if old:
        page = Page(body=str(page.body).replace("<article>", '<div class="old">').replace("</article>", "</div>"))
    site.pages[f"/2026/11/20/story-{number}.html"] = page
    site.pages["/"] = listing(
        *((f"/2026/11/20/story-{n}.html", f"The tale of harbour number {n}") for n in range(number, 0, -1))
    )
    return paper.poll(minutes=20)


def test_a_redesign_is_found_also_where_articles_come_one_at_a_time(paper: House, site: Site) -> None:
    states = [put(site, paper, number, old=number <= 3).state for number in range(1, 9)]
    assert states == [*[SourceState.OK] * 7, SourceState.STALE]  # five in a row say so
    assert put(site, paper, 9, old=True).state is SourceState.OK


def test_a_selector_that_finds_nothing_now_and_then_is_no_redesign(paper: House, site: Site) -> None:
    for number in range(1, 9):
        report = put(site, paper, number, old=number % 3 != 0)
        assert (report.state, report.reason) == (SourceState.OK, "")


def test_a_changed_recipe_reads_again_what_is_listed_once(paper: House, site: Site) -> None:
    paper.source = replace(paper.source, recipe=Recipe())
    site.stories(3, 2, 1)
    site.pages["/"] = replace(site.pages["/"], tagged=True)
    for number in (1, 2, 3):
        path = f"/2026/11/20/story-{number}.html"
        body = str(site.pages[path].body).replace("</h1>", "</h1><p class='key'>harbours</p>")
        site.pages[path] = Page(body=body, tagged=True)
    paper.poll()
    ids = {one.article.id for one in paper.articles()}
    assert not any(one.article.keywords for one in paper.articles())
    paper.source = replace(paper.source, recipe=Recipe(keywords="p.key"))
    report = paper.poll(minutes=20)
    assert (report.new, report.updated) == (0, 3)
    assert {one.article.id for one in paper.articles()} == ids
    assert {one.article.keywords for one in paper.articles()} == {("harbours",)}
    asked = site.articles_asked()
    again = paper.poll(minutes=20)
    assert (again.updated, site.articles_asked()) == (0, asked)
