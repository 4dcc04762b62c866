"""Equal content is equal bytes; an entry is made once; a spliced feed is the feed feedgen would have built."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.errors import RenderError
from feeds.model import Article, FeedQuery, Format, StoredArticle
from feeds.render import EPOCH, FeedHead, Renderer, make_head, newest_change, renderer, xml
from feeds.render.entry import describe
from feeds.render.rhythm import measure_rhythm

PUBLIC_URL = "https://feeds.example"
Make = Callable[..., StoredArticle]
Render = Callable[..., bytes]
HOUR = dt.timedelta(hours=1)


def titles(document: bytes, format_: Format) -> list[str]:
    if format_ is Format.JSON:
        return [item["title"] for item in json.loads(document)["items"]]
    name = "entry" if format_ is Format.ATOM else "item"
    return [entry.findtext("{*}title", "") for entry in etree.fromstring(document).iter(f"{{*}}{name}")]


@pytest.mark.parametrize("format_", Format)
def test_newest_first_by_date_then_by_change(format_: Format, make_stored: Make, render: Render) -> None:
    day = dt.date(2020, 7, 7)  # midnight in Shanghai: 16:00 of the day before
    articles = [
        make_stored(title="first change", published=day, seq=1),
        make_stored(title="before", published=dt.datetime(2020, 7, 6, 15, tzinfo=dt.UTC), seq=9),
        make_stored(title="second change", published=day, seq=2),
        make_stored(title="after", published=dt.datetime(2020, 7, 6, 17, tzinfo=dt.UTC), seq=3),
        make_stored(title="undated", published=None, seq=4),  # first seen on 8 July
    ]
    expected = ["undated", "after", "second change", "first change", "before"]
    assert titles(render(format_, *articles), format_) == expected
    assert render(format_, *articles) == render(format_, *articles[::-1])


@pytest.mark.parametrize("format_", Format)
def test_bytes_do_not_hang_on_what_was_kept(format_: Format, make_stored: Make, make_feed_head: Any) -> None:
    articles = [make_stored() for _ in range(5)]
    warm = Renderer(PUBLIC_URL)
    head = make_feed_head(format_)
    assert warm.render(head, articles, format_) == warm.render(head, articles, format_)
    assert warm.render(head, articles[1:], format_) == Renderer(PUBLIC_URL).render(head, articles[1:], format_)
    assert Renderer(PUBLIC_URL, cache_bytes=0).render(head, articles, format_) == warm.render(head, articles, format_)


@pytest.mark.parametrize("format_", Format)
def test_an_entry_is_made_once(
    format_: Format, make_stored: Make, make_feed_head: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def count(stored: StoredArticle, **given: Any) -> Any:
        made.append(stored.article.id)
        return describe(stored, **given)

    monkeypatch.setattr(renderer, "describe", count)
    kept, head = Renderer(PUBLIC_URL), make_feed_head(format_)
    one, other = make_stored(), make_stored()
    kept.render(head, [one], format_)
    kept.render(head, [one, other], format_)
    kept.render(make_feed_head(format_, query=FeedQuery()), [other], format_)
    assert made == [one.article.id, other.article.id]


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("change", ["article", "label", "source name", "title of the feed"])
def test_what_changes_the_bytes_is_rendered_again(
    change: str, format_: Format, make_stored: Make, make_feed_head: Any
) -> None:
    kept, head, stored = Renderer(PUBLIC_URL), make_feed_head(format_), make_stored(seq=1)
    labels, names = {"bmw": "BMW"}, {"example": "Zeitung"}
    kept.render(head, [stored], format_, labels=labels, source_names=names)
    if change == "article":
        stored = dataclasses.replace(stored, seq=2, article=dataclasses.replace(stored.article, title="anders"))
    elif change == "label":
        labels = {"bmw": "Bmw"}
    elif change == "source name":
        names = {"example": "anders"}
    else:
        head = dataclasses.replace(head, title="anders")
    again = kept.render(head, [stored], format_, labels=labels, source_names=names)
    assert again == Renderer(PUBLIC_URL).render(head, [stored], format_, labels=labels, source_names=names)
    assert (b"Bmw" if change == "label" else b"anders") in again


@pytest.mark.parametrize("format_", Format)
def test_updated_is_the_newest_change_in_it(format_: Format, make_stored: Make, render: Render) -> None:
    newest = dt.datetime(2021, 2, 3, 4, 5, 6, 7, tzinfo=dt.timezone(HOUR))
    document = render(format_, make_stored(changed_at=newest), make_stored())
    assert updated_of(document, format_) == "2021-02-03T03:05:06+00:00"
    assert updated_of(render(format_), format_) == EPOCH.isoformat()
    given_date = render(format_, make_stored(), updated=dt.datetime(2022, 1, 1, tzinfo=dt.UTC))
    assert updated_of(given_date, format_) == "2022-01-01T00:00:00+00:00"


def updated_of(document: bytes, format_: Format) -> str:
    if format_ is Format.JSON:
        text = json.loads(document)["_polyfeed"]["updated"]
        return dt.datetime.fromisoformat(text).isoformat()
    if format_ is Format.ATOM:
        return etree.fromstring(document).findtext("{http://www.w3.org/2005/Atom}updated", "")
    text = etree.fromstring(document)[0].findtext("lastBuildDate", "")
    return dt.datetime.strptime(text, "%a, %d %b %Y %H:%M:%S %z").isoformat()


def test_a_title_that_looks_like_a_date_of_change_is_not_stamped(make_stored: Make, render: Render) -> None:
    """The date of change is put in by its tag; no text can hold a tag."""
    title, shown = f"<updated>{EPOCH.isoformat()}</updated>", f"‹updated›{EPOCH.isoformat()}‹/updated›"
    document = render(Format.ATOM, make_stored(), service=title)
    assert etree.fromstring(document).findtext("{http://www.w3.org/2005/Atom}title", "").startswith(shown)
    assert updated_of(document, Format.ATOM) == "2020-07-08T03:04:05+00:00"


def build_whole(head: FeedHead, articles: list[StoredArticle], format_: Format) -> bytes:
    """The same feed by feedgen alone."""
    newest_first = sorted(articles, key=lambda each: (each.dated_at, each.seq), reverse=True)
    rhythm = measure_rhythm([each.dated_at for each in newest_first]) if format_ is Format.RSS else None
    feed = xml.feed_generator(head, format_, newest_change(articles).replace(microsecond=0), rhythm)
    for stored in newest_first:
        entry = describe(stored, labels={}, source_name="", public_url=PUBLIC_URL)
        made = xml.atom_entry_generator(entry) if format_ is Format.ATOM else xml.rss_entry_generator(entry)
        feed.add_entry(made, order="append")
    whole: bytes = feed.atom_str() if format_ is Format.ATOM else feed.rss_str()
    return whole


texts = st.text(st.characters(), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(texts, texts, st.booleans()), max_size=4), st.sampled_from([Format.ATOM, Format.RSS]))
def test_spliced_is_what_feedgen_builds_whole(parts: list[tuple[str, str, bool]], format_: Format) -> None:
    articles = [
        StoredArticle(
            article=Article(
                id=f"urn:x:{number}",
                source_id="s",
                identity="x",
                url=f"https://news.example/{number}",
                title=title,
                language="de",
                content_html=body,
                keywords=(title, "BMW"),
                image="https://news.example/a.jpg" if has_picture else None,
                image_caption=body,
                origin=title,
                alternates={"en": "https://news.example/en"} if has_picture else {},
            ),
            seq=number,
            first_seen_at=EPOCH + number * HOUR,
            changed_at=EPOCH + number * HOUR,
        )
        for number, (title, body, has_picture) in enumerate(parts)
    ]
    head = make_head(FeedQuery(languages=("de",)), format_, public_url=PUBLIC_URL, hub="https://hub.example/")
    spliced, whole = Renderer(PUBLIC_URL).render(head, articles, format_), build_whole(head, articles, format_)
    assert etree.canonicalize(spliced.decode()) == etree.canonicalize(whole.decode())


def test_an_article_that_cannot_be_written_is_named(
    make_stored: Make, make_feed_head: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No known text does this: legal_text sees to it. If one gets through, the error says where."""
    monkeypatch.setattr("feeds.render.entry.legal_text", str)
    stored = make_stored(content_html="a\x00b")
    with pytest.raises(RenderError, match=f"article {stored.article.id} cannot be written as atom"):
        Renderer(PUBLIC_URL).render(make_feed_head(Format.ATOM), [stored], Format.ATOM)
