"""Whatever bytes come as a feed: Items with addresses, or a PolyfeedError. Nothing else, and in bounded time."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feeds.errors import PolyfeedError
from feeds.extract.feed import read_feed
from feeds.extract.feed_entry import _CLEAN_URL, absolute, absolute_markup, plain_text, plain_title
from feeds.model import Document, Item, Kind, Section, Source
from feeds.urls import clean_url, is_http_url

SOURCE = Source(id="hostile", name="Hostile", kind=Kind.FEED, url="https://news.example/feed")
SECTION = Section(url=SOURCE.url)
SEEDS = (
    (
        b'<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title>'
        b"<link>https://news.example/</link><item><title>a &amp;amp; b</title><link>/a?x=1&y</link><guid>7</guid>"
        b"<pubDate>Tue, 07 Jul 2020</pubDate><dc:creator>A</dc:creator><description><![CDATA[<p>x</p>]]></description>"
        b'<enclosure url="/e.png" type="image/png"/></item></channel></rss>'
    ),
    (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://x.example/"><title>T</title><entry><id>1</id>'
        b'<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">b<i>c</i></div></title><link href="a"/>'
        b'<updated>2020</updated><content type="html">&lt;a href="b"&gt;</content></entry></feed>'
    ),
)
FRAGMENTS = (
    *("<rss>", "</rss>", "<channel>", "</channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "</link>"),
    *('<feed xmlns="http://www.w3.org/2005/Atom">', "</feed>", "<entry>", "</entry>", "<entry/>", '<link href="//["/>'),
    *("<link>http://[::1</link>", "<guid>", "</guid>", "<![CDATA[", "]]>", "<!--", "-->", "&amp;", "&", "&#0;", "&x;"),
    *("<?xml version='1.0'", "?>", "<!DOCTYPE a [", "]>", '<!ENTITY a "b">', "<a:b>", "</a:b>", "\x00", "\ud7ff", "é"),
    *("<pubDate>99</pubDate>", '<media:content url="http://[" width="x"/>', "<content type='xhtml'>", "</content>"),
    *("<author><name/></author>", "<dc:date>", "<category/>", "<enclosure url='%'/>", "<xml:x xml:base='http://['>"),
    *("<rdf:RDF>", "<language>", "<description>&lt;a href='http://['&gt;</description>", "https://news.example/1", " "),
)


def read(body: bytes) -> list[Item]:
    document = Document(url=SOURCE.url, requested_url=SOURCE.url, body=body)
    try:
        items = read_feed(document, source=SOURCE, section=SECTION)
    except PolyfeedError:
        return []
    assert items
    assert all(is_http_url(item.url) for item in items)
    return items


@given(st.binary(max_size=400))
@example(b"<a:b>" * 10)
@example(b"<rss><channel><item><link>http://[x</link></item></channel></rss>")
@settings(deadline=None, max_examples=60)
def test_any_bytes(body: bytes) -> None:
    read(body)


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=40))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_pile_of_markup(pieces: list[str]) -> None:
    read("".join(pieces).encode("utf-8", "surrogatepass"))


@given(st.sampled_from(SEEDS), st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_to_a_feed(seed: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, min(len(seed), start + 60)))
    read(seed[:start] + data.draw(st.binary(max_size=8)) + seed[end:])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = ("id", "url", "external_url", "title", "authors", "author", "tags", "attachments", "image", "content_html")
MORE = ("content_text", "summary", "date_published", "language")
ITEM = st.dictionaries(st.sampled_from(KEYS + MORE), VALUES, max_size=8)


@given(st.fixed_dictionaries({"title": VALUES, "items": st.lists(ITEM | VALUES, max_size=5)}), VALUES)
@settings(deadline=None, max_examples=60)
def test_any_json(feed: dict[str, object], version: object) -> None:
    read(json.dumps({**feed, "version": version}).encode())
    read(json.dumps({**feed, "version": "https://jsonfeed.org/version/1", "home_page_url": version}).encode())


def test_json_nested_without_end() -> None:
    read(b'{"items":' + b"[" * 200_000)


@given(st.text(), st.text())
@settings(deadline=None)
def test_texts_and_addresses_never_raise(text: str, base: str) -> None:
    plain_title(text)
    plain_text(text)
    absolute_markup(f"<a href='{text}'>{base}", base)
    address = absolute(text, base)
    assert address is None or is_http_url(address)


@given(st.from_regex(_CLEAN_URL, fullmatch=True))
@settings(deadline=None, max_examples=50)
def test_the_quick_way_for_clean_addresses_is_no_other_way(address: str) -> None:
    assert clean_url(address) == address


@pytest.mark.parametrize("piece", ["<![CDATA[", "<!--", "&", "[...", "a@", "<!ENTITY a 'b'>", "<!DOCTYPE a [", "href="])
@pytest.mark.parametrize("frame", ["{}", "<rss><channel><item><link>/a</link><title>t</title><description>{}"])
def test_the_same_piece_over_and_over_takes_its_share_of_time(piece: str, frame: str) -> None:
    began = time.process_time()
    read(frame.format(piece * (150_000 // len(piece))).encode())
    assert time.process_time() - began < 10
