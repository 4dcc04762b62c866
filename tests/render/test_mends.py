"""What feedgen 1.0 gets wrong, shown on feedgen itself, beside the same with the mend: each test fails without it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import locale
from collections.abc import Callable
from typing import Any

import feedgen.entry
import feedgen.feed
import pytest
from lxml import etree

from feeds.model import Enclosure, Format, StoredArticle
from feeds.render import EPOCH, FeedHead, Original, mends, xml
from feeds.render.entry import Entry, describe
from feeds.render.mends import ATOM, DC, MEDIA, XML

Make = Callable[..., StoredArticle]
MakeHead = Callable[..., FeedHead]


@pytest.fixture
def entry(make_stored: Make) -> Entry:
    stored = make_stored(
        authors=("Anna Muster",),
        image="https://news.example/a.jpg",
        image_caption="Ein Bild",
        alternates={"en": "https://news.example/en", "fr": "https://news.example/fr"},
    )
    return describe(stored, labels={}, source_name="", public_url="https://feeds.example")


@pytest.fixture
def bare(entry: Entry) -> Any:
    """The same entry by feedgen alone."""
    made = feedgen.entry.FeedEntry()
    made.id(entry.id)
    made.title(entry.title)
    made.updated(entry.updated)
    made.author({"name": "Anna Muster"})
    made.link(href=entry.url, rel="alternate", type="text/html", hreflang="de")
    made.enclosure(entry.picture.url if entry.picture else "", 0, "image/jpeg")
    return made


def test_entry_links_keep_rel_and_type(entry: Entry, bare: Any) -> None:
    assert [dict(link.attrib) for link in bare.atom_entry().findall("link")] == [
        {"href": "https://news.example/t20200707_800213452.html"},
        {"href": "https://news.example/a.jpg"},  # the picture has become the page
    ]
    mended = xml.atom_entry_generator(entry).atom_entry()
    page = {"rel": "alternate", "type": "text/html", "href": "https://news.example/t20200707_800213452.html"}
    assert [dict(link.attrib) for link in mended.findall("link")] == [
        page | {"hreflang": "de"},
        page | {"hreflang": "en", "href": "https://news.example/en"},
        page | {"hreflang": "fr", "href": "https://news.example/fr"},
        {"rel": "alternate", "href": page["href"]},  # readers that take the last alternate find the article too
        {"rel": "enclosure", "type": "image/jpeg", "href": "https://news.example/a.jpg"},
    ]


def test_authors_without_an_email(entry: Entry, bare: Any) -> None:
    assert bare.rss_entry().find("author") is None
    mended = xml.rss_entry_generator(entry).rss_entry()
    assert mended.findtext(f"{{{DC}}}creator") == "Anna Muster"


def test_an_item_has_a_language(entry: Entry, bare: Any) -> None:
    assert b"lang" not in etree.tostring(bare.rss_entry())
    assert xml.rss_entry_generator(entry).rss_entry().findtext(f"{{{DC}}}language") == "de"
    assert xml.atom_entry_generator(entry).atom_entry().get(f"{{{XML}}}lang") == "de"


def test_an_item_has_its_origin(entry: Entry) -> None:
    for made in (xml.rss_entry_generator(entry).rss_entry(), xml.atom_entry_generator(entry).atom_entry()):
        assert made.findtext(f"{{{DC}}}source") == "German.people.cn"


def test_a_picture_has_a_caption(entry: Entry) -> None:
    for made in (xml.rss_entry_generator(entry).rss_entry(), xml.atom_entry_generator(entry).atom_entry()):
        content = made.find(f"{{{MEDIA}}}content")
        assert content is not None
        assert dict(content.attrib) == {"url": "https://news.example/a.jpg", "type": "image/jpeg", "medium": "image"}
        assert content.findtext(f"{{{MEDIA}}}description") == "Ein Bild"
        thumbnail = made.find(f"{{{MEDIA}}}thumbnail")
        assert thumbnail is not None
        assert thumbnail.get("url") == "https://news.example/a.jpg"


def test_a_picture_has_a_credit(make_stored: Make) -> None:
    stored = make_stored(image="https://news.example/a.jpg", image_credit="Foto: Anna")
    entry = describe(stored, labels={}, source_name="", public_url="")
    for made in (xml.rss_entry_generator(entry).rss_entry(), xml.atom_entry_generator(entry).atom_entry()):
        assert made.findtext(f"{{{MEDIA}}}content/{{{MEDIA}}}credit") == "Foto: Anna"


SOUND = Enclosure(
    url="https://news.example/a.mp3", media_type="audio/mpeg", length_bytes=9, duration_s=61.4, title="Anhören"
)
OTHER = Enclosure(url="https://news.example/b", title="")


@pytest.fixture
def with_files(make_stored: Make) -> Entry:
    stored = make_stored(enclosures=(OTHER, SOUND, SOUND), image="https://news.example/a.jpg", rights="© Zeitung")
    return describe(stored, labels={}, source_name="", public_url="")


def test_an_item_has_one_enclosure_and_every_file_as_media(with_files: Entry) -> None:
    """feedgen keeps the last enclosure and has no word for the others."""
    item = xml.rss_entry_generator(with_files).rss_entry()
    assert [dict(each.attrib) for each in item.findall("enclosure")] == [
        {"url": SOUND.url, "length": "9", "type": "audio/mpeg"}
    ]
    sound = {"url": SOUND.url, "fileSize": "9", "type": "audio/mpeg", "medium": "audio", "duration": "61"}
    picture = {"url": "https://news.example/a.jpg", "type": "image/jpeg", "medium": "image"}
    found = item.findall(f"{{{MEDIA}}}content")
    assert [dict(each.attrib) for each in found] == [{"url": OTHER.url}, sound, picture]
    assert [each.findtext(f"{{{MEDIA}}}title") for each in found] == [None, "Anhören", None]


def test_an_entry_links_to_every_file(with_files: Entry) -> None:
    links = xml.atom_entry_generator(with_files).atom_entry().findall("link")
    assert [dict(each.attrib) for each in links if each.get("rel") == "enclosure"] == [
        {"rel": "enclosure", "href": OTHER.url},
        {"rel": "enclosure", "type": "audio/mpeg", "length": "9", "title": "Anhören", "href": SOUND.url},
        {"rel": "enclosure", "type": "image/jpeg", "href": "https://news.example/a.jpg"},
    ]


def test_an_item_has_rights(with_files: Entry) -> None:
    """feedgen writes those of an Atom entry only."""
    assert xml.rss_entry_generator(with_files).rss_entry().findtext(f"{{{DC}}}rights") == "© Zeitung"
    assert xml.atom_entry_generator(with_files).atom_entry().findtext("rights") == "© Zeitung"


def test_the_origin_of_an_item_is_said_once(entry: Entry) -> None:
    """Beside RSS's own source, validators take dc:source for the same said twice."""
    original = Original(id="x", url="https://agency.example/a", source_id="agency", source_name="Agency")
    copy = dataclasses.replace(entry, copy_of=original, copied_feed="https://feeds.example/agency.rss")
    item = xml.rss_entry_generator(copy).rss_entry()
    assert (item.findtext("source"), item.find(f"{{{DC}}}source")) == ("Agency", None)


def test_plain_text_is_written_with_hexadecimal_references(make_stored: Make) -> None:
    """lxml cannot; by them readers see that no HTML is meant (Best Practices Profile). HTML stays as lxml writes it."""
    stored = make_stored(title="A & B < C", summary="x & y", keywords=("R&D",), content_html="<p>&amp;</p>")
    entry = describe(stored, labels={}, source_name="", public_url="")
    item = xml.write_entry(entry, Format.RSS)
    assert b"<title>A &#x26; B &#x3C; C</title>" in item
    assert b">R&#x26;D</category>" in item
    assert b"<description>x &amp;amp; y</description>" in item
    assert b"<content:encoded>&lt;p&gt;&amp;amp;&lt;/p&gt;</content:encoded>" in item
    assert b"<summary>x &#x26; y</summary>" in xml.write_entry(entry, Format.ATOM)


@pytest.mark.parametrize("format_", [Format.ATOM, Format.RSS])
def test_archives_and_their_neighbours(format_: Format, make_feed_head: MakeHead) -> None:
    """RFC 5005, 4; feedgen has no word for it."""
    history = {"prev-archive": "https://feeds.example/1", "current": "https://feeds.example/de"}
    head = dataclasses.replace(make_feed_head(format_), history=history, is_archive=True)
    root = etree.fromstring(xml.open_feed(head, format_) + xml.close_feed(format_))
    feed = root if format_ is Format.ATOM else root[0]
    media_type = "application/atom+xml" if format_ is Format.ATOM else "application/rss+xml"
    links = [dict(each.attrib) for each in feed.findall(f"{{{ATOM}}}link") if each.get("rel") in history]
    assert links == [{"rel": rel, "type": media_type, "href": history[rel]} for rel in sorted(history)]
    assert len(feed.findall(f"{{{mends.FH}}}archive")) == 1
    current = xml.open_feed(make_feed_head(format_), format_)
    assert b"archive" not in current


@pytest.mark.parametrize("format_", [Format.ATOM, Format.RSS])
def test_rights_in_the_language_of_the_feed(format_: Format, make_feed_head: MakeHead) -> None:
    opened = xml.open_feed(make_feed_head(format_), format_).decode()
    name = "rights" if format_ is Format.ATOM else "copyright"
    assert f"<{name}>Die Rechte an jedem Artikel bleiben bei seinem Verlag.</{name}>" in opened


def test_a_channel_has_every_link(make_feed_head: MakeHead) -> None:
    head = make_feed_head(Format.RSS, hub="https://hub.example/")
    channel = xml.feed_generator(head, Format.RSS, EPOCH)._create_rss()[0][0]
    assert channel.findtext("link") == "https://feeds.example/feeds/de/keywords/BMW"
    base = "https://feeds.example/feeds/de/keywords/BMW"
    assert [tuple(link.attrib.values()) for link in channel.findall(f"{{{ATOM}}}link")] == [
        ("self", "application/rss+xml", f"{base}.rss"),
        ("alternate", "text/html", base),
        ("alternate", "application/atom+xml", f"{base}.atom"),
        ("alternate", "application/feed+json", f"{base}.json"),
        ("hub", "https://hub.example/"),
    ]


def test_the_last_alternate_of_a_feed_is_its_page(make_feed_head: MakeHead) -> None:
    """What newsboat takes for the feed's page."""
    feed, _ = xml.feed_generator(make_feed_head(Format.ATOM), Format.ATOM, EPOCH)._create_atom()
    alternates = [link for link in feed.findall("link") if link.get("rel") == "alternate"]
    assert dict(alternates[-1].attrib) == {"rel": "alternate", "href": "https://feeds.example/feeds/de/keywords/BMW"}
    assert dict(alternates[0].attrib) == dict(alternates[-1].attrib) | {"type": "text/html"}


def test_a_channel_links_to_its_page_not_to_what_was_linked_last() -> None:
    bare = feedgen.feed.FeedGenerator()
    bare.title("t")
    bare.description("d")
    bare.link(href="https://feeds.example/page", rel="alternate")
    bare.link(href="https://feeds.example/de.atom", rel="alternate", type="application/atom+xml")
    assert bare._create_rss()[0][0].findtext("link") == "https://feeds.example/de.atom"


def test_a_date_never_switches_the_locale(
    entry: Entry, make_feed_head: MakeHead, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The locale belongs to the process: another thread would see it switched."""

    def refuse(*_: object) -> str:
        raise AssertionError("setlocale")

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert b"<pubDate>Tue, 07 Jul 2020 00:00:00 +0800</pubDate>" in xml.write_entry(entry, Format.RSS)
    assert b"<lastBuildDate>" in xml.open_feed(make_feed_head(Format.RSS), Format.RSS)


def test_nothing_is_ever_now(make_stored: Make, render: Callable[..., bytes]) -> None:
    """feedgen dates a feed and an entry "now" where no date is given."""
    this_year = str(dt.datetime.now(tz=dt.UTC).year).encode()
    for format_ in Format:
        assert this_year not in render(format_, make_stored()) + render(format_)


def test_a_summary_reaches_rss_as_html_and_leaves_the_content_alone(make_stored: Make) -> None:
    stored = make_stored(summary="1 < 2 & so", content_html="<p>x</p>")
    entry = describe(stored, labels={}, source_name="", public_url="")
    item = xml.rss_entry_generator(entry).rss_entry()
    assert item.findtext("description") == "1 &lt; 2 &amp; so"
    assert item.findtext(f"{{{mends.CONTENT}}}encoded") == "<p>x</p>"
    made = xml.atom_entry_generator(entry).atom_entry()
    assert (made.findtext("summary"), made.findtext("content")) == ("1 < 2 & so", "<p>x</p>")


def test_every_namespace_is_on_the_root(entry: Entry, make_feed_head: MakeHead) -> None:
    """feedgen leaves it to lxml, which would declare them in every entry that is written alone."""
    for format_ in (Format.ATOM, Format.RSS):
        assert b"xmlns" not in xml.write_entry(entry, format_)
        opened = xml.open_feed(make_feed_head(format_), format_)
        assert opened.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<')
        assert opened.count(b"xmlns") == (3 if format_ is Format.ATOM else 4)
