"""Sound, films and documents of feeds and pages: what is a file, what is said of it, and what is not believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from feeds.extract.evidence import Evidence
from feeds.extract.feed import read_feed
from feeds.extract.files import file_of, read_duration, read_length
from feeds.extract.page_files import find_files, find_rights
from feeds.model import Document, Enclosure, Item, Kind, Section, Source

Gather = Callable[..., Evidence]
FEED_URL = "https://news.example/feed"
SOURCE = Source(id="example", name="Example", kind=Kind.FEED, url=FEED_URL)
SPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)


def read(body: str) -> list[Item]:
    document = Document(url=FEED_URL, requested_url=FEED_URL, body=body.encode(), content_type=None)
    return read_feed(document, source=SOURCE, section=Section(url=FEED_URL))


def entry(inside: str, channel: str = "") -> Item:
    (item,) = read(
        f'<rss version="2.0" {SPACES}><channel><title>T</title><link>https://news.example/</link>{channel}'
        f"<item><title>A</title><link>https://news.example/a</link>{inside}</item></channel></rss>"
    )
    return item


# --- what is said of a file ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("PT1H2M3S", 3723.0),
        ("pt64.5s", 64.5),
        ("P0DT0H3M", 180.0),
        ("P1D", 86400.0),
        ("1:02:03", 3723.0),
        ("62:15", 3735.0),
        ("00:35", 35.0),
        ("1834", 1834.0),
        (" 1834.5 ", 1834.5),
        (90, 90.0),
        (90.25, 90.25),
        *(
            (one, None)
            for one in ("", "0", "00:00:00", "PT0S", "P", "PT", "P1Y", "-5", "1:2:3:4", "５", "soon", "9" * 50)
        ),
        *((one, None) for one in (None, True, [1], {"a": 1}, float("nan"), float("inf"), -3, 10**9, 10**400)),
    ],
)
def test_durations(written: object, seconds: float | None) -> None:
    assert read_duration(written) == seconds


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("12345", 12345),
        (12345, 12345),
        (12345.0, 12345),
        ("12345 bytes", 12345),
        ("10000000000", 10**10),
        *((one, None) for one in ("", "0", "-1", "1e9", "8.5 MB", "12,345", "１２", "99999999999999999999", "x")),
        *((one, None) for one in (None, False, 0, -4, 1.5, 10**400, (), float("inf"))),
    ],
)
def test_lengths(written: object, length: int | None) -> None:
    assert read_length(written) == length


@pytest.mark.parametrize(
    ("address", "kind", "found"),
    [
        ("https://a.example/x.mp3", "", ("https://a.example/x.mp3", "audio/mpeg")),
        ("/x.mp3?sig=%2Fa&b", "audio/x-own", ("https://news.example/x.mp3?sig=%2Fa&b", "audio/x-own")),
        ("a b.pdf", "application/octet-stream", ("https://news.example/a%20b.pdf", "application/pdf")),
        ("//cdn.example/é.ogg#t=3", "", ("https://cdn.example/%C3%A9.ogg", "audio/ogg")),
        ("https://a.example/get?id=7", "", ("https://a.example/get?id=7", "")),
        ("https://a.example/p.jpg", "", None),
        ("https://a.example/p.HEIC", "", None),
        *(
            (f"https://a.example/{number}", one, (f"https://a.example/{number}", ""))
            for number, one in enumerate((None, 3, ["audio/mpeg"]))
        ),
        ("https://a.example/p", "image/webp", None),
        ("https://a.example/player.html", "", None),
        ("https://a.example/v/7", "application/x-shockwave-flash", None),
        *((one, "audio/mpeg", None) for one in ("javascript:alert(1)//.mp3", "data:audio/mpeg;base64,AA", "", "   ")),
        *(
            (one, "audio/mpeg", None)
            for one in ("ftp://a.example/x.mp3", "file:///etc/passwd", "http://[::1", "http://")
        ),
        *(
            (one, "audio/mpeg", None)
            for one in (None, 7, ["https://a.example/x.mp3"], "https://a.example/" + 5000 * "x")
        ),
    ],
)
def test_what_is_a_file(address: object, kind: object, found: tuple[str, str] | None) -> None:
    file = file_of(address, base=FEED_URL, media_type=kind)
    assert (file and (file.url, file.media_type)) == found


def test_a_title_is_one_line_and_bounded() -> None:
    file = file_of("/x.mp3", base=FEED_URL, title="a\x00b\ud800 \n <b>" + "c" * 9000)
    assert file
    assert file.title.startswith("a b <b>c")
    assert len(file.title) == 300


# --- feeds --------------------------------------------------------------------------------------------------------


def test_an_rss_enclosure_with_the_length_itunes_gives() -> None:
    item = entry(
        '<enclosure url="/a.mp3?key=1&amp;t=2" length="8727310" type="audio/mpeg"/>'
        "<itunes:duration>1:00:30</itunes:duration>"
    )
    assert item.enclosures == (
        Enclosure(
            url="https://news.example/a.mp3?key=1&t=2",
            media_type="audio/mpeg",
            length_bytes=8727310,
            duration_s=3630.0,
        ),
    )
    assert item.provenance["enclosures"] == "feed"
    assert item.url == "https://news.example/a"


def test_two_things_that_play_do_not_both_last_as_long_as_the_entry_says() -> None:
    item = entry(
        '<enclosure url="/a.mp3" type="audio/mpeg"/><enclosure url="/b.mp3" type="audio/mpeg"/>'
        "<itunes:duration>60</itunes:duration>"
    )
    assert [one.duration_s for one in item.enclosures] == [None, None]


def test_atom_links_and_json_feed_attachments_say_the_same() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://cdn.example/"><title>T</title><entry><title>A</title>'
        '<link href="https://news.example/a"/><id>urn:a</id><updated>2026-01-01T00:00:00Z</updated>'
        '<link rel="enclosure" href="f/1.mp3" type="audio/mpeg" length="77" title="Zum Hören"/>'
        '<link rel="enclosure" href="f/1.jpg" type="image/jpeg"/></entry></feed>'
    )
    attachment = {
        "url": "https://cdn.example/f/1.mp3",
        "mime_type": "audio/mpeg",
        "size_in_bytes": 77,
        "title": "Zum Hören",
    }
    picture = {"url": "https://cdn.example/f/1.jpg", "mime_type": "image/jpeg"}
    whole = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}
    item = {"id": "urn:a", "url": "https://news.example/a", "title": "A", "attachments": [attachment, picture, 7]}
    expected = (
        Enclosure(url="https://cdn.example/f/1.mp3", media_type="audio/mpeg", length_bytes=77, title="Zum Hören"),
    )
    assert [one.enclosures for one in read(atom)] == [expected]
    assert [one.enclosures for one in read(json.dumps(whole | {"items": [item]}))] == [expected]


def test_of_a_group_of_one_film_in_several_forms_the_default_is_taken() -> None:
    item = entry(
        '<media:group><media:content url="/s.mp4" type="video/mp4" fileSize="10" duration="61"/>'
        '<media:content url="/m.mp4" type="video/mp4" fileSize="20" duration="61" isDefault="true">'
        "<media:title>Der Film</media:title></media:content>"
        '<media:content url="/p.jpg" medium="image"/></media:group>'
    )
    film = Enclosure(
        url="https://news.example/m.mp4", media_type="video/mp4", length_bytes=20, duration_s=61.0, title="Der Film"
    )
    assert item.enclosures == (film,)
    assert item.image == "https://news.example/p.jpg"


def test_media_that_do_not_say_what_they_are_are_no_files() -> None:
    item = entry(
        '<media:content url="https://a.example/embed/7"/><media:content url="https://a.example/p"/>'
        '<media:content url="https://a.example/s.pdf"/>'
    )
    assert [(one.url, one.media_type) for one in item.enclosures] == [("https://a.example/s.pdf", "application/pdf")]


def test_hostile_files_of_a_feed() -> None:
    item = entry(
        '<enclosure url="javascript:alert(1)" type="audio/mpeg"/><enclosure type="audio/mpeg"/>'
        '<enclosure url="/x.mp3" length="-1" type="&lt;script&gt;"/><itunes:duration>1:99:99:99</itunes:duration>'
        + '<enclosure url="/many.mp3" type="audio/mpeg"/>'
        * 5000
    )
    assert item.enclosures[0] == Enclosure(url="https://news.example/x.mp3", media_type="audio/mpeg")
    assert len(item.enclosures) <= 100


def test_a_broken_feed_keeps_its_files() -> None:
    (item,) = read(
        f'<rss version="2.0" {SPACES}><channel><title>T</title><item><title>A & B</title><link>https://news.example/a'
        '</link><enclosure url="/a.mp3" type="audio/mpeg"/><dc:rights>© B</dc:rights></item></channel></rss'
    )
    assert [one.url for one in item.enclosures] == ["https://news.example/a.mp3"]
    assert item.rights == "© B"


def test_rights_of_an_entry_and_of_its_feed() -> None:
    channel = "<copyright>&#169; 2026 M&amp;amp;N</copyright>"
    assert entry("<dc:rights>CC BY 4.0</dc:rights>", channel).rights == "CC BY 4.0"
    assert entry("", channel).rights == "© 2026 M&N"
    assert entry("<media:copyright>© Li</media:copyright>", channel).rights == "© Li"
    assert entry("").rights is None
    (item,) = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><rights type="xhtml"><div '
        'xmlns="http://www.w3.org/1999/xhtml">© <b>Daily</b></div></rights><entry><title>A</title><id>urn:a</id>'
        '<link href="https://news.example/a"/></entry></feed>'
    )
    assert (item.rights, item.provenance["rights"]) == ("© Daily", "feed")


# --- pages --------------------------------------------------------------------------------------------------------


def files(page: Evidence) -> list[tuple[str, str]]:
    found = find_files(page)
    return [(one.url, one.media_type) for one in found.value] if found else []


@pytest.mark.parametrize("key", ["audio", "video", "associatedMedia"])
def test_json_ld_of_the_article(seen: Gather, key: str) -> None:
    medium = {
        "@type": "AudioObject",
        "name": "Listen",
        "contentUrl": "/a/1",
        "encodingFormat": "audio/mpeg",
        "contentSize": "4096",
        "duration": "PT1M30.5S",
    }
    found = find_files(seen(ld={"@type": "NewsArticle", key: [medium]}))
    assert found
    assert found.where == "json-ld"
    assert found.value == (
        Enclosure(
            url="https://news.example.org/a/1",
            media_type="audio/mpeg",
            length_bytes=4096,
            duration_s=90.5,
            title="Listen",
        ),
    )


def test_the_only_film_beside_the_article_is_its_own_and_one_of_several_is_not(seen: Gather) -> None:
    article = {"@type": "NewsArticle", "headline": "H"}
    films = [{"@type": "VideoObject", "contentUrl": f"https://v.example/{name}.mp4"} for name in "ab"]
    assert files(seen(ld=[article, films[0]])) == [("https://v.example/a.mp4", "video/mp4")]
    assert files(seen(ld=[article, *films])) == []


@pytest.mark.parametrize(
    "node",
    [
        {"contentUrl": "https://v.example/watch?v=7"},
        {"contentUrl": "https://v.example/embed.html", "encodingFormat": "text/html"},
        {"embedUrl": "https://v.example/7.mp4"},
        {"contentUrl": "javascript:void(0)", "encodingFormat": "video/mp4"},
        {"contentUrl": {"@id": "x"}, "encodingFormat": "video/mp4"},
        {"contentUrl": ["", None, 4]},
    ],
)
def test_players_and_nonsense_are_no_files(seen: Gather, node: dict[str, Any]) -> None:
    assert files(seen(ld={"@type": "NewsArticle", "video": {"@type": "VideoObject", **node}})) == []


OG = '<meta property="og:{}" content="{}">'


@pytest.mark.parametrize(
    ("metas", "expected"),
    [
        (
            {"audio": "https://a.example/1", "audio:type": "audio/mpeg"},
            [("https://a.example/1", "audio/mpeg")],
        ),
        ({"video": "https://a.example/1.mp4"}, [("https://a.example/1.mp4", "video/mp4")]),
        ({"video": "https://a.example/1"}, []),
        ({"video": "https://a.example/p", "video:type": "text/html"}, []),
        ({"video": "javascript:x", "video:type": "video/mp4"}, []),
        (
            {"video": "http://a.example/1.mp4", "video:secure_url": "https://a.example/1.mp4"},
            [("https://a.example/1.mp4", "video/mp4")],
        ),
    ],
)
def test_open_graph(seen: Gather, metas: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert files(seen(head="".join(OG.format(*meta) for meta in metas.items()))) == expected


@pytest.mark.parametrize(
    ("parts", "rights", "where"),
    [
        ({"ld": {"@type": "NewsArticle", "copyrightNotice": "© 2026 報社"}}, "© 2026 報社", "json-ld"),
        ({"head": '<meta name="copyright" content="人民网版权所有">'}, "人民网版权所有", "meta:copyright"),
        ({"head": '<meta name="DC.Rights" content="CC BY">'}, "CC BY", "meta:dc.rights"),
        (
            {"ld": {"@type": "Article", "license": {"@type": "CreativeWork", "url": "https://cc.example/by/4.0/"}}},
            "https://cc.example/by/4.0/",
            "json-ld",
        ),
        (
            {
                "head": '<meta name="copyright" content="2026">',
                "ld": {"@type": "Article", "license": "https://cc.example/by/4.0/"},
            },
            "https://cc.example/by/4.0/",
            "json-ld",
        ),
    ],
)
def test_rights_of_a_page(seen: Gather, parts: dict[str, Any], rights: str, where: str) -> None:
    found = find_rights(seen(**parts))
    assert found
    assert (found.value, found.where) == (rights, where)


def test_no_rights(seen: Gather) -> None:
    assert find_rights(seen(ld={"@type": "Article", "license": {"a": 1}, "copyrightNotice": [None, 7]})) is None
