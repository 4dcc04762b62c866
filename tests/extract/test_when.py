"""When it was published: declared and shown dates, and one sharpening the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feeds.extract.evidence import Evidence
from feeds.extract.when import find_published, find_updated

Gather = Callable[..., Evidence]
HEADING = "<h1>Harbour opened again</h1>"


def story(**parts: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "headline": "Harbour opened again", **parts}


def published(page: Evidence, language: str = "en") -> str | None:
    found = find_published(page, language)
    return found.value if found else None


def test_json_ld(seen: Gather) -> None:
    page = seen(ld=story(datePublished="2020-07-07T14:03:00+02:00", dateModified="2020-07-08T09:00:00+02:00"))
    assert published(page) == "2020-07-07T14:03:00+02:00"
    updated = find_updated(page, "en")
    assert updated
    assert (updated.value, updated.where) == ("2020-07-08T09:00:00+02:00", "json-ld")


@pytest.mark.parametrize(
    "meta",
    [
        'property="article:published_time"',
        'property="article:published:time"',
        'itemprop="datePublished"',
        'name="datePublished"',
        'name="DC.date.issued"',
        'name="sailthru.date"',
        'name="publish-date"',
        'name="date"',
    ],
)
def test_metas(seen: Gather, meta: str) -> None:
    assert published(seen(head=f'<meta {meta} content="2020-07-07T14:03:00Z">')) == "2020-07-07T14:03:00+00:00"


@pytest.mark.parametrize(
    ("shown", "language", "expected"),
    [
        ('<time datetime="2020-07-07T14:03:00+02:00">7 July</time>', "en", "2020-07-07T14:03:00+02:00"),
        ("<time>7 July 2020, 14:03</time>", "en", "2020-07-07T14:03:00"),
        ("<p>Veröffentlicht am: 7. Juli 2020, 14:03 Uhr</p>", "de", "2020-07-07T14:03:00"),
        ("<ul><li><strong>Datum</strong> 07.07.2020</li></ul>", "de", "2020-07-07"),
        ("<p>发布时间：2020年07月07日 14:03</p>", "zh", "2020-07-07T14:03:00"),
        ("<td>· 2020-07-07 · Quelle:Beispielblatt</td>", "de", "2020-07-07"),
        ("<div>Di 07.07.20 | 14:03 Uhr | Von Anna Muster</div>", "de", "2020-07-07T14:03:00"),
        ('<script>window.s={"publishedAt":"2020-07-07T14:03:00Z"}</script>', "en", "2020-07-07T14:03:00+00:00"),
    ],
)
def test_shown(seen: Gather, shown: str, language: str, expected: str) -> None:
    assert published(seen(body=HEADING + shown, lang=language), language) == expected


def test_a_zone_is_borrowed_from_a_source_that_shows_the_same_clock(seen: Gather) -> None:
    meta = '<meta property="article:published_time" content="{}">'
    ld = story(datePublished="2020-07-07T14:03:00")
    page = seen(ld=ld, head=meta.format("2020-07-07T14:03:00+08:00"))
    found = find_published(page, "en")
    assert found
    assert (found.value, found.where) == ("2020-07-07T14:03:00+08:00", "json-ld, meta:article:published_time")
    # the same moment, written in UTC by the first
    assert published(seen(ld=ld, head=meta.format("2020-07-07T22:03:00+08:00"))) == "2020-07-07T22:03:00+08:00"
    # another moment sharpens nothing
    assert published(seen(ld=ld, head=meta.format("2020-07-07T18:00:00+08:00"))) == "2020-07-07T14:03:00"


def test_a_clock_is_taken_only_from_the_same_day(seen: Gather) -> None:
    ld = story(datePublished="2020-07-07")
    assert published(seen(ld=ld, body=HEADING + "<time>7 July 2020, 14:03</time>")) == "2020-07-07T14:03:00"
    assert published(seen(ld=ld, body=HEADING + "<time>9 July 2020, 14:03</time>")) == "2020-07-07"


def test_the_time_of_a_teaser_is_not_the_articles(seen: Gather) -> None:
    teaser = '<aside><time datetime="2021-01-01T00:00:00Z">then</time></aside>'
    own = '<time datetime="2020-07-07T14:03:00Z">7 July</time>'
    assert published(seen(body=teaser + HEADING + own)) == "2020-07-07T14:03:00+00:00"


def test_what_is_marked_as_changed_is_not_the_publication(seen: Gather) -> None:
    times = (
        '<time class="updated" datetime="2020-07-09T10:00:00Z">9 July</time>'
        '<time class="published" datetime="2020-07-07T14:03:00Z">7 July</time>'
    )
    assert published(seen(body=HEADING + times)) == "2020-07-07T14:03:00+00:00"


def test_dates_of_the_page_far_from_the_headline_and_copyright_are_left_out(seen: Gather) -> None:
    before = "<p>Thursday, 9 July 2020</p>" + "<p>menu</p>" * 20
    assert published(seen(body=before + HEADING + "<p>© 2020-01-01 The Example</p>")) is None


def test_no_date_is_no_date(seen: Gather) -> None:
    page = seen()
    assert published(page) is None
    assert find_updated(page, "en") is None


def test_the_date_at_the_article_is_found_behind_a_heading_that_names_the_site(seen: Gather) -> None:
    navigation = "".join(f"<li>Topic {number}</li>" for number in range(80))
    page = seen(
        head="<title>Harbour opened again - Example</title>",
        body=f"<h1>Example</h1><ul>{navigation}</ul>{HEADING}<span>Feb 1, 2015 11:57 AM UTC</span>",
    )
    assert published(page) == "2015-02-01T11:57:00+00:00"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://news.example.org/2013/02/08/harbour/", "2013-02-08"),
        ("https://news.example.org/2010/POLITICS/08/13/harbour/index.html", "2010-08-13"),
        ("https://news.example.org/film/2011/nov/18/harbour", "2011-11-18"),
        ("https://news.example.org/2013/99/98/harbour/", None),
        ("https://news.example.org/item/2013/8/", None),
    ],
)
def test_the_day_in_the_address_dates_a_page_that_shows_no_date(seen: Gather, url: str, day: str | None) -> None:
    assert published(seen(url=url)) == day


def test_a_date_older_than_the_web_is_a_storys_not_the_pages(seen: Gather) -> None:
    assert published(seen(body=f"{HEADING}<ul><li>The act was signed on August 14, 1935</li></ul>")) is None
