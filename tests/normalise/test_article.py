"""An Item made an Article: identity, dates, summary, what is refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from feeds.errors import ArticleError
from feeds.model import Article, Enclosure, Item
from feeds.normalise.article import normalise
from feeds.urls import clean_url

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
URL = "https://news.example.org/2026/harbour.html"
TEXT = "<p>The harbour of the small town was opened again on Tuesday.</p><p>Several hundred people came.</p>"


def article(**parts: Any) -> Article:
    options = {name: parts.pop(name) for name in ("source_id", "zone", "language", "date_formats") if name in parts}
    fields = {"url": URL, "title": "Harbour opened again", "content_html": TEXT, **parts}
    return normalise(Item(**fields), now=NOW, **options)


# --- identity ---------------------------------------------------------------------------------------------------


def test_the_id_is_the_same_on_every_machine() -> None:
    assert article(source_id="example").id == "urn:uuid:20b34942-706b-5066-b9ae-a7bd64bb65a3"


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example.org/2026/harbour.html",
        "https://NEWS.example.org:443/2026/harbour.html#top",
        "https://news.example.org/2026/harbour.html?utm_source=feed&fbclid=1",
    ],
)
def test_spellings_of_one_address_are_one_article(url: str) -> None:
    assert article(url=url).id == article().id
    assert article(url=url).aliases == ()


def test_another_source_is_another_article() -> None:
    assert article(source_id="a").id != article(source_id="b").id


def test_the_feeds_guid_is_the_identity_and_the_addresses_are_aliases() -> None:
    found = article(guid="tag:example.org,2026:7", canonical_url="https://news.example.org/harbour", url=URL + "?amp=1")
    assert found.identity == "tag:example.org,2026:7"
    assert found.aliases == ("https://news.example.org/harbour", URL + "?amp=1", URL)


def test_the_canonical_address_comes_before_the_address() -> None:
    found = article(canonical_url="https://news.example.org/harbour")
    assert (found.identity, found.aliases) == ("https://news.example.org/harbour", (URL,))
    assert found.url == "https://news.example.org/harbour"


@pytest.mark.parametrize(
    ("url", "canonical", "is_taken"),
    [
        ("https://example.org/news/2026/story.html", "https://example.org/news/", False),
        ("https://example.org/news/2026/story.html", "https://example.org/news/index.html", False),
        ("https://example.org/news/local/the-harbour-opens", "https://example.org/news/local", False),
        ("https://example.org/news/the-harbour-opens/amp/", "https://example.org/news/the-harbour-opens/", True),
        ("https://example.org/story-7.html/print", "https://example.org/story-7.html", True),
        ("https://m.example.org/a/1234/comments", "https://www.example.org/a/1234", True),
        ("https://example.org/story", "https://example.org/other", True),
        ("https://example.org/", "https://example.org/", True),
    ],
)
def test_a_section_front_that_a_template_left_is_no_identity(url: str, canonical: str, *, is_taken: bool) -> None:
    assert (article(url=url, canonical_url=canonical).url == clean_url(canonical)) is is_taken


def test_a_front_page_as_canonical_is_no_identity() -> None:
    assert article(canonical_url="https://news.example.org/").identity == URL


def test_readers_are_not_sent_to_another_site() -> None:
    assert article(canonical_url="https://agency.example.com/1").url == URL


# --- dates ------------------------------------------------------------------------------------------------------


def test_a_clock_without_a_zone_takes_the_sources() -> None:
    found = article(published="7. Juli 2020, 14:03 Uhr", zone="Asia/Shanghai", language="de", title="Hafen offen")
    assert found.published_at == dt.datetime(2020, 7, 7, 6, 3, tzinfo=dt.UTC)


def test_a_written_zone_stays() -> None:
    found = article(published="2020-07-07T14:03:00-05:00", zone="Asia/Shanghai")
    assert isinstance(found.published, dt.datetime)
    assert found.published.isoformat() == "2020-07-07T14:03:00-05:00"


def test_a_day_stays_a_day() -> None:
    found = article(published="2020-07-07", zone="Asia/Shanghai")
    assert type(found.published) is dt.date
    assert found.published_at == dt.datetime(2020, 7, 6, 16, 0, tzinfo=dt.UTC)


def test_the_future_is_dropped_and_said() -> None:
    found = article(published="2031-01-01T00:00:00Z", provenance={"published": "json-ld"})
    assert found.published is None
    assert found.provenance["published"] == "dropped: 2031-01-01T00:00:00Z is in the future"


def test_a_clock_a_few_hours_ahead_is_not_the_future() -> None:
    assert article(published="2026-11-23T09:00:00Z").published is not None


def test_an_unreadable_date_is_no_date() -> None:
    found = article(published="vor drei Stunden", provenance={"published": "text"})
    assert found.published is None
    assert "published" not in found.provenance


def test_the_sources_date_forms() -> None:
    assert article(published="08/07/2020", date_formats=("%d/%m/%Y",)).published == dt.date(2020, 7, 8)


# --- text -------------------------------------------------------------------------------------------------------


def test_content_is_clean_and_has_its_text() -> None:
    found = article(content_html=TEXT + '<script>alert(1)</script><p onclick="x()">Ships</p>')
    assert "script" not in found.content_html
    assert "onclick" not in found.content_html
    assert found.content_text.startswith("The harbour of the small town")


def test_the_declared_summary_loses_its_markup() -> None:
    assert article(summary="<b>Open</b> &amp; free").summary == "Open & free"


def test_the_first_paragraph_sums_up_when_nothing_is_declared() -> None:
    assert article().summary == "The harbour of the small town was opened again on Tuesday."


def test_a_long_first_paragraph_ends_at_a_sentence_or_a_word() -> None:
    sentences = "A ship came in. " * 40
    assert article(content_html=f"<p>{sentences}</p>").summary.endswith("came in.")
    words = "harbour " * 100
    short = article(content_html=f"<p>{words}</p>").summary
    assert short.endswith("harbour…")
    assert len(short) <= 300


def test_names_and_keywords_are_cut_and_folded() -> None:
    found = article(authors=("By Ada Lovelace and Grace Hopper",), keywords=("BMW;ＢＭＷ;Alibaba",))
    assert found.authors == ("Ada Lovelace", "Grace Hopper")
    assert found.keywords == ("BMW", "Alibaba")


def test_a_title_loses_markup_and_line_breaks() -> None:
    assert article(title="Harbour <em>opened</em>\n again").title == "Harbour opened again"


def test_without_a_title_the_text_begins_it() -> None:
    assert article(title=None).title == "The harbour of the small town was opened again on Tuesday."


def test_without_a_title_and_a_text_the_teaser_begins_it() -> None:
    found = article(title=None, content_html=None, summary="<p>Heute in Peking gelandet. Mehr morgen.</p>")
    assert found.title == found.summary == "Heute in Peking gelandet. Mehr morgen."


# --- refused ----------------------------------------------------------------------------------------------------


def test_no_title_and_no_text_is_no_article() -> None:
    with pytest.raises(ArticleError, match="neither a title nor any text") as caught:
        article(title=None, content_html=None, source_id="example")
    assert (caught.value.source_id, caught.value.url) == ("example", URL)


@pytest.mark.parametrize("url", ["", "javascript:void(0)", "/relative", "ftp://example.org/x"])
def test_no_web_address_is_no_article(url: str) -> None:
    with pytest.raises(ArticleError, match="no web address"):
        article(url=url)


def test_pictures_and_alternates_that_are_no_web_address_are_dropped() -> None:
    found = article(image="data:image/png;base64,AA", alternates={"de": "mailto:x@y", "fr": "https://example.org/fr/1"})
    assert found.image is None
    assert dict(found.alternates) == {"fr": "https://example.org/fr/1"}


def test_every_field_of_the_item_that_an_article_has_arrives() -> None:
    found = article(
        section="Town",
        origin="The Other Paper",
        is_free=False,
        image="https://news.example.org/p.jpg",
        image_caption="The <b>quay</b>",
        updated="2020-07-08",
    )
    assert (found.section, found.origin, found.is_free) == ("Town", "The Other Paper", False)
    assert (found.image, found.image_caption) == ("https://news.example.org/p.jpg", "The quay")
    assert found.updated == dt.date(2020, 7, 8)
    assert {field.name for field in dataclasses.fields(Item)} - {
        field.name for field in dataclasses.fields(Article)
    } == {
        "guid",
        "canonical_url",
    }


# --- what stands around an article ---------------------------------------------------------------------------------


def test_each_file_is_kept_once_with_what_any_mention_says_of_it() -> None:
    found = article(
        enclosures=(
            Enclosure(url="http://cdn.example/a.mp3?utm_source=x", media_type="audio/mpeg"),
            Enclosure(url="https://cdn.example/a.mp3", media_type="audio/x", length_bytes=7, duration_s=2.5, title="A"),
            Enclosure(url="javascript:alert(1)"),
            Enclosure(url="https://cdn.example/b.pdf"),
        )
    )
    assert found.enclosures == (
        Enclosure(
            url="http://cdn.example/a.mp3?utm_source=x",
            media_type="audio/mpeg",
            length_bytes=7,
            duration_s=2.5,
            title="A",
        ),
        Enclosure(url="https://cdn.example/b.pdf"),
    )
    many = tuple(Enclosure(url=f"https://cdn.example/{number}.mp3") for number in range(500))
    assert article(enclosures=many).enclosures == many[:20]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Foto: Li\n  Wei", "Foto: Li Wei"),
        ("© <b>AP</b>\x00\ud800", "© AP"),
        ("摄影：李伟", "摄影：李伟"),
        (" \t\x1b", None),
        ("", None),
        (None, None),
    ],
)
def test_credit_and_rights_are_one_clean_line(written: str | None, kept: str | None) -> None:
    found = article(image_credit=written, rights=written)
    assert (found.image_credit, found.rights) == (kept, kept)


def test_credit_and_rights_are_bounded() -> None:
    found = article(image_credit="Agency " * 10_000, rights="All rights reserved. " * 250_000)
    assert len(found.image_credit or "") <= 201
    assert len(found.rights or "") <= 301


def test_the_language_and_what_was_known_of_it() -> None:
    said = article(language="fr-CA")
    assert (said.language, said.declared_language, said.detected_language) == ("en", "fr-CA", "en")
    assert said.language_certainty is not None
    assert said.language_certainty > 0.9
    short = article(title="2026", content_html=None)
    assert (short.language, short.declared_language) == ("und", None)
    assert (short.detected_language, short.language_certainty) == (None, None)
