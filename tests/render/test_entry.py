"""What a feed shows of an article, decided once for every format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from feeds.folding import keyword_key
from feeds.model import StoredArticle
from feeds.render.entry import SUMMARY_CHARS, TITLE_CHARS, Category, Entry, describe
from feeds.render.media import Picture

SEEN_AT = dt.datetime(2020, 7, 8, 3, 4, 5, tzinfo=dt.UTC)
Make = Callable[..., StoredArticle]


@pytest.fixture
def shown(make_stored: Make) -> Callable[..., Entry]:
    def make(*, source_name: str = "", **given: Any) -> Entry:
        labels = {"bmw": "BMW"}
        return describe(
            make_stored(**given), labels=labels, source_name=source_name, public_url="https://feeds.example"
        )

    return make


Shown = Callable[..., Entry]


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"title": " A\n B "}, "A B"),
        ({"title": ""}, "Eine Basis für Startups."),
        ({"title": "\x00 \ufffe", "summary": ""}, "BMW errichtet eine Basis & mehr."),
        ({"title": "", "summary": "", "content_text": ""}, "https://news.example/t20200707_800213452.html"),
        ({"title": "", "summary": "", "content_text": "", "url": "", "id": "urn:x"}, "urn:x"),
        ({"title": "", "summary": "Wort " * 40}, ("Wort " * 40)[: TITLE_CHARS - 1].strip() + "…"),
    ],
)
def test_there_is_always_a_title(shown: Shown, given: dict[str, str], title: str) -> None:
    assert shown(**given).title == title
    assert len(title) <= TITLE_CHARS


def test_a_long_title_is_nobodys_to_cut(shown: Shown) -> None:
    assert shown(title="x" * 500).title == "x" * 500


def test_summary_is_as_stored_or_the_first_words(shown: Shown) -> None:
    assert shown().summary == "Eine Basis für Startups."
    assert shown(summary="").summary == "BMW errichtet eine Basis & mehr."
    assert shown(summary="", content_text="").summary == ""
    assert len(shown(summary="", content_text="Wort " * 10**6).summary) <= SUMMARY_CHARS


def test_a_day_is_midnight_in_its_zone_and_says_so(shown: Shown) -> None:
    entry = shown(published=dt.date(2020, 7, 7), zone="Asia/Shanghai")
    assert entry.published.isoformat() == "2020-07-07T00:00:00+08:00"
    assert (entry.is_dated, entry.is_date_only) == (True, True)


def test_a_time_keeps_its_own_offset(shown: Shown) -> None:
    entry = shown(published=dt.datetime(2020, 7, 7, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))), zone="UTC")
    assert entry.published.isoformat() == "2020-07-07T09:30:00+02:00"
    assert (entry.is_dated, entry.is_date_only) == (True, False)


def test_without_a_date_it_is_the_time_first_seen_and_says_so(shown: Shown) -> None:
    entry = shown(published=None, first_seen_at=SEEN_AT)
    assert (entry.published, entry.is_dated, entry.is_date_only) == (SEEN_AT, False, False)


def test_a_zone_unknown_to_this_machine_costs_nothing(shown: Shown) -> None:
    assert (
        shown(published=dt.date(2020, 7, 7), zone="Mars/Olympus").published.isoformat() == "2020-07-07T00:00:00+00:00"
    )
    assert shown(published=dt.date(2020, 7, 7), zone="../etc").published.isoformat() == "2020-07-07T00:00:00+00:00"


def test_updated_stands_still_until_the_content_changes(shown: Shown) -> None:
    published = dt.datetime(2020, 7, 7, tzinfo=dt.UTC)
    first = shown(published=published, first_seen_at=SEEN_AT, changed_at=SEEN_AT)
    assert first.updated.replace(microsecond=0) == published
    later = SEEN_AT + dt.timedelta(hours=1)
    assert shown(published=published, first_seen_at=SEEN_AT, changed_at=later).updated.replace(microsecond=0) == later


def test_updated_is_never_before_published(shown: Shown) -> None:
    ahead = SEEN_AT + dt.timedelta(days=9)
    entry = shown(published=ahead, first_seen_at=SEEN_AT, changed_at=SEEN_AT + dt.timedelta(hours=1))
    assert entry.updated.replace(microsecond=0) == entry.published == ahead


def test_articles_of_one_day_are_told_apart_by_when_they_were_updated(shown: Shown) -> None:
    """The W3C's validator warns of two entries with the same date of change."""
    entries = [shown(published=dt.date(2020, 7, 7)) for _ in range(50)]
    assert len({entry.updated for entry in entries}) == 50
    assert {entry.updated.replace(microsecond=0) for entry in entries} == {entries[0].published}
    assert {shown(id="urn:x:1").updated for _ in range(2)} == {shown(id="urn:x:1", title="anders").updated}


def test_authors_else_the_source(shown: Shown) -> None:
    assert shown(authors=(" Anna ", "", "Bo\x00b", "Anna"), source_name="Zeitung").authors == ("Anna", "Bob")
    assert shown(authors=(), source_name="Zeitung").authors == ("Zeitung",)
    assert shown(authors=(), source_name="").authors == ()


def test_categories_are_one_a_key_and_lead_to_their_feeds(shown: Shown) -> None:
    assert shown(keywords=("bmw", "ＢＭＷ", "C++", "\u200b", "New  York")).categories == (
        Category(label="BMW", scheme="https://feeds.example/feeds/de/keywords/BMW"),
        Category(label="C++", scheme="https://feeds.example/feeds/de/keywords/c%252B%252B"),
        Category(label="New York", scheme="https://feeds.example/feeds/de/keywords/new%20york"),
    )


@pytest.mark.parametrize("language", ["und", "", "no language", "\x00"])
def test_an_unknown_language_is_not_stated(shown: Shown, language: str) -> None:
    entry = shown(language=language, keywords=("BMW",))
    assert entry.language is None
    assert entry.categories[0].scheme == "https://feeds.example/feeds/all/keywords/BMW"


@pytest.mark.parametrize(
    ("image", "media_type"),
    [
        ("https://news.example/a.JPG?w=9", "image/jpeg"),
        ("https://news.example/a.webp", "image/webp"),
        ("https://news.example/picture", None),
        ("https://news.example/a.html", None),
    ],
)
def test_the_picture_type_is_known_or_unsaid(shown: Shown, image: str, media_type: str | None) -> None:
    assert shown(image=image, image_caption=" Ein\nBild", image_credit=" Foto:\nX").picture == Picture(
        url=image, media_type=media_type, caption="Ein Bild", credit="Foto: X"
    )


def test_what_no_browser_should_open_is_left_out(shown: Shown) -> None:
    entry = shown(
        url="javascript:alert(1)",
        image="data:image/png;base64,AAAA",
        alternates={
            "en": "javascript:alert(1)",
            "de": "https://news.example/self",
            "x-default": "https://news.example/",
            "not a tag": "https://news.example/",
            "fr": "https://news.example/fr",
        },
    )
    assert entry.url is None
    assert entry.picture is None
    assert entry.alternates == (("fr", "https://news.example/fr"),)


def test_a_keyword_is_shown_as_its_page_writes_it_but_for_case(make_stored: Make) -> None:
    stored = make_stored(keywords=("环境", "bmw", "ＢＭＷ"), language="zh")
    labels = {keyword_key("环境"): "環境", "bmw": "BMW"}
    entry = describe(stored, labels=labels, source_name="", public_url="https://feeds.example")
    assert [category.label for category in entry.categories] == ["环境", "BMW"]
    assert entry.categories[1].scheme == "https://feeds.example/feeds/zh/keywords/BMW"
