"""The sample newsroom over real HTTP: publish, edit, redesign, errors, encodings; what subscribers then see."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from feeds.model import SourceState
from feeds.newsroom import Newsroom, newsroom_sources

ARTICLES = 25


@pytest.fixture
def newsroom(house: Any) -> Iterator[Newsroom]:
    """By the clock of the house: what it dates today must not lie in the future of who polls it."""
    with Newsroom(articles=ARTICLES, every_s=0, clock=lambda: house.now).start() as site:
        yield site


@pytest.fixture
def polled(house: Any, newsroom: Newsroom) -> Any:
    """A house that has polled all five editions once."""
    house.add(*newsroom_sources(newsroom.url))
    reports = house.poll()
    assert {report.state for report in reports} == {SourceState.OK}
    assert sum(report.new for report in reports) == ARTICLES
    return house


def status(house: Any, source_id: str) -> Any:
    return next(row for row in house.store.status() if row.id == source_id)


def test_every_edition_has_its_feed_with_true_titles_dates_keywords(polled: Any, newsroom: Newsroom) -> None:
    for edition in ("de", "ja", "fr", "en", "zh"):
        entries = {entry.link: entry for entry in polled.feed(f"/feeds/{edition}.atom").entries}
        articles = [article for article in newsroom.articles() if article.edition == edition]
        assert len(entries) == len(articles)
        for article in articles:
            entry = entries[newsroom.url_of(article)]
            assert entry.title == " ".join(article.title.split())
            assert entry.published == f"{article.day.isoformat()}T00:00:00+08:00"
            assert [tag.label or tag.term for tag in entry.tags] == list(article.keywords)
            for paragraph in article.paragraphs:
                assert " ".join(paragraph.split()) in " ".join(html.unescape(entry.content[0].value).split())


def test_a_published_article_reaches_its_feeds_once(polled: Any, newsroom: Newsroom) -> None:
    article = newsroom.publish("de", "Wirtschaft")
    polled.later(seconds=5)
    assert polled.poll_one("newsroom-de").new == 1
    for path in ("/feeds/de.atom", "/feeds/de.rss", "/feeds/all.atom", "/feeds/de/sections/wirtschaft.atom"):
        assert polled.titles(path).count(article.title) == 1, path
    assert article.title not in polled.titles("/feeds/fr.atom")
    for keyword in article.keywords:
        assert article.title in polled.titles(f"/feeds/de/keywords/{keyword}.atom")
    polled.later(seconds=5)
    again = polled.poll_one("newsroom-de")
    assert (again.new, again.updated) == (0, 0)
    assert newsroom.counts[article.path] == 1


def test_unchanged_listings_are_asked_conditionally(polled: Any, newsroom: Newsroom) -> None:
    newsroom.forget()
    polled.poll_one("newsroom-de")
    sections = [request for request in newsroom.requests if request.path.endswith("index.html")]
    assert sections
    assert {request.status for request in sections} == {304}


def test_an_edited_article_keeps_its_id_and_moves_updated(polled: Any, newsroom: Newsroom) -> None:
    article = next(one for one in newsroom.articles() if one.edition == "de")
    before = next(entry for entry in polled.feed("/feeds/de.atom").entries if entry.title == article.title)
    polled.later(minutes=10)
    edited = newsroom.edit(article, title="Berichtigt: " + article.title)
    report = polled.poll_one("newsroom-de")
    assert (report.new, report.updated) == (0, 1)
    feed = polled.feed("/feeds/de.atom")
    after = next(entry for entry in feed.entries if entry.title == edited.title)
    assert after.id == before.id
    assert after.published == before.published
    assert after.updated_parsed > before.updated_parsed
    assert article.title not in [entry.title for entry in feed.entries]


def test_an_edit_the_listing_does_not_show_is_caught_in_the_recheck_window(house: Any, newsroom: Newsroom) -> None:
    house.add(*(replace(source, recheck_s=3600.0) for source in newsroom_sources(newsroom.url)))
    house.poll()
    article = next(one for one in newsroom.articles() if one.edition == "fr")
    newsroom.edit(article, title="Corrigé : " + article.title, listed=False)
    house.later(minutes=30)
    assert house.poll_one("newsroom-fr").updated == 1
    newsroom.edit(article, title="Encore corrigé : " + article.title, listed=False)
    house.later(hours=2)
    assert house.poll_one("newsroom-fr").updated == 0


@pytest.mark.parametrize(
    ("misbehaviour", "state"),
    [
        ("redesign", SourceState.EMPTY),
        ("vanish", SourceState.BROKEN),  # 404 may pass: gone is what stays away for long
        (410, SourceState.GONE),
        ("challenge", SourceState.BLOCKED),
        (500, SourceState.BROKEN),
        (429, SourceState.BLOCKED),
    ],
)
def test_a_site_that_breaks_keeps_its_last_good_articles_and_says_so(
    polled: Any, newsroom: Newsroom, misbehaviour: int | str, state: SourceState
) -> None:
    good = polled.client().get("/feeds/de.atom").data
    newsroom.misbehave("/de/", misbehaviour, retry_after_s=7200 if misbehaviour == 429 else None)
    waits = []
    for failures in (1, 2, 3):
        polled.later(hours=24)
        report = polled.poll_one("newsroom-de")
        assert report.state is state, report
        row = status(polled, "newsroom-de")
        assert (row.state, row.failures) == (state, failures)
        assert row.reason
        waits.append((row.next_poll_at - polled.now).total_seconds())
    assert waits == sorted(waits)
    if misbehaviour == 429:
        assert min(waits) >= 7200
    elif misbehaviour == 410:
        assert min(waits) >= 0.9 * 86_400
    else:
        assert waits[2] > waits[0]
    assert polled.client().get("/feeds/de.atom").data == good
    page = polled.client().get("/sources").get_data(as_text=True)
    assert row.reason[:40] in page.replace("&#39;", "'").replace("&#34;", '"')

    newsroom.behave()
    polled.later(hours=24)
    assert polled.poll_one("newsroom-de").state is SourceState.OK
    assert status(polled, "newsroom-de").failures == 0


def test_a_redesign_that_breaks_the_selectors_loses_nothing(polled: Any, newsroom: Newsroom) -> None:
    newsroom.misbehave("/en/", "restyle")
    article = newsroom.publish("en", None)
    polled.later(minutes=1)
    assert polled.poll_one("newsroom-en").new == 1
    assert article.title in polled.titles("/feeds/en.atom")


def test_one_article_page_that_fails_costs_nothing_else_and_is_tried_again(polled: Any, newsroom: Newsroom) -> None:
    good, bad = newsroom.publish("ja"), newsroom.publish("ja")
    newsroom.misbehave(bad.path, 500)
    polled.later(minutes=1)
    report = polled.poll_one("newsroom-ja")
    assert (report.new, report.failed_pages, report.state) == (1, 1, SourceState.OK)
    assert good.title in polled.titles("/feeds/ja.atom")
    newsroom.behave()
    polled.later(minutes=30)
    assert polled.poll_one("newsroom-ja").new == 1
    assert bad.title in polled.titles("/feeds/ja.atom")


def test_a_page_that_never_answers_is_given_up_after_a_bounded_number_of_tries(polled: Any, newsroom: Newsroom) -> None:
    bad = newsroom.publish("ja")
    newsroom.misbehave(bad.path, 500)
    for _ in range(8):
        polled.later(days=2)
        polled.poll_one("newsroom-ja")
    assert newsroom.counts[bad.path] == polled.settings.page_attempts


def test_the_chinese_edition_reads_right_though_it_lies_about_its_encoding(polled: Any, newsroom: Newsroom) -> None:
    articles = [article for article in newsroom.articles() if article.edition == "zh"]
    entries = {entry.title: entry for entry in polled.feed("/feeds/zh.atom").entries}
    assert set(entries) == {article.title for article in articles}
    assert "\ufffd" not in "".join(entry.content[0].value for entry in entries.values())
    assert polled.titles("/feeds/zh/keywords/中国.atom")


def test_translations_of_a_story_are_linked(polled: Any, newsroom: Newsroom) -> None:
    linked = [article for article in newsroom.articles() if article.translations]
    assert linked
    entries = {entry.link: entry for entry in polled.feed("/feeds/all.atom").entries}
    for article in linked:
        links = {link.href for link in entries[newsroom.url_of(article)].links if link.get("hreflang")}
        assert {newsroom.url + path for path in article.translations.values()} <= links


def test_dates_in_feeds_are_the_articles_own_and_bytes_stand_still(polled: Any) -> None:
    first = polled.client().get("/feeds/all.rss")
    polled.later(days=3)
    polled.poll()
    second = polled.client().get("/feeds/all.rss")
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert dt.datetime(2026, 11, 22, tzinfo=dt.UTC).strftime("%a, %d %b %Y") in first.get_data(as_text=True)
