"""What questions mean, one article at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from feeds.decide.answers import answers
from feeds.model import Article, StoredArticle
from feeds.query import read_question

NOW = dt.datetime(2026, 11, 23, 10, 42, tzinfo=dt.UTC)
ARTICLE = Article(
    id="urn:uuid:00000000-0000-5000-8000-000000000001",
    source_id="rundschau",
    identity="https://rundschau.test/1",
    url="https://rundschau.test/1",
    title="BMW baut in 瀋陽 ein Werk",
    language="zh-Hant-HK",
    authors=("Ada Weiß", "Li Ming"),
    published=NOW - dt.timedelta(days=7),
    keywords=("Elektro-Autos", "中國"),
    inferred=("BMW",),
    section="Wirtschaft",
    summary="Ein Satz zuvor.",
    content_text="Das Werk in Shenyang stellt elektrische Autos her. 新能源汽车",
)
STORED = StoredArticle(article=ARTICLE, seq=1, first_seen_at=NOW, changed_at=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "bmw shenyang",
        '"elektrische autos"',
        "能源",
        "沈阳",
        "title:BMW",
        "text:werk text:satz",
        "author:weiss author:ming",
        'author:"li ming"',
        "keyword:中国",
        "keyword:elektro-autos",
        "keyword:BMW",
        "weiß",
        "autos 中国",
        "lang:zh lang:zh-Hant lang:ZH-hk",
        "source:Rundschau section:wirtschaft",
        "bmw OR alibaba",
        "-alibaba",
        "-(bmw alibaba)",
        "since:8d before:2027-01-01",
        "since:169h",
        "before:6d",
        "since:2026-11-16",
        "before:2026-11-17",
    ],
)
def test_yes(text: str) -> None:
    assert answers(read_question(text), STORED, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "alibaba",
        '"werk bmw"',
        '"autos bmw"',  # one keyword ends, the next begins
        '"ming ada"',
        "elektrisch",
        "源新",
        "title:shenyang",
        "text:ada",
        "author:bmw",
        "keyword:autos",
        "lang:zh-Hans",
        "source:rund",
        "section:kultur",
        "bmw alibaba",
        "-bmw",
        "since:6d",
        "before:8d",
        "since:2026-11-17",
        "before:2026-11-16",
    ],
)
def test_no(text: str) -> None:
    assert not answers(read_question(text), STORED, NOW)


def test_ages_are_counted_from_the_full_hour() -> None:
    question = read_question("since:7d")
    at_ten = replace(STORED, article=replace(ARTICLE, published=dt.datetime(2026, 11, 16, 10, 0, tzinfo=dt.UTC)))
    assert answers(question, at_ten, NOW)
    assert answers(question, at_ten, NOW.replace(minute=59))
    assert not answers(question, at_ten, NOW + dt.timedelta(hours=1))


def test_keywords_found_in_the_text_can_be_left_out() -> None:
    assert not answers(read_question("keyword:bmw"), STORED, NOW, inferred=False)
    assert answers(read_question("bmw"), STORED, NOW, inferred=False)


def test_an_article_without_a_date_counts_from_when_it_was_seen() -> None:
    undated = replace(STORED, article=replace(ARTICLE, published=None))
    assert answers(read_question("since:24h"), undated, NOW)
