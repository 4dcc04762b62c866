"""Feeds as they are found in the wild: each case lost a title, a link, a date or its words to one parser or another."""

from __future__ import annotations

import json
import re

import pytest

from feeds.extract.feed import has_page, read_feed
from feeds.model import Document, Item, Kind, Section, Source
from feeds.normalise.html import sanitise

URL = "https://news.example/feed"
SOURCE = Source(id="odd", name="Odd", kind=Kind.FEED, url=URL)
LINK = "<link>https://news.example/1</link>"
DATE = "<pubDate>Tue, 07 Jul 2020 09:30:00 GMT</pubDate>"
ITEM = f"<item><title>One</title>{LINK}<guid>g1</guid>{DATE}<description>Words.</description></item>"
ATOM = "<title>One</title><id>1</id><updated>2020-07-07T09:30:00Z</updated>"


def read(body: str | bytes) -> list[Item]:
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return read_feed(Document(url=URL, requested_url=URL, body=data), source=SOURCE, section=Section(url=URL))


def rss(items: str, attributes: str = "") -> str:
    channel = "<title>T</title><link>https://news.example/</link>"
    return f'<rss version="2.0" {attributes}><channel>{channel}{items}</channel></rss>'


def atom(entry: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>f</id><entry>{entry}</entry></feed>'


def one(body: str | bytes) -> Item:
    items = read(body)
    assert len(items) == 1
    return items[0]


FORMS = {
    "rss 0.90": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    f'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title></channel>{ITEM}</rdf:RDF>',
    "items beside the channel": f'<rss version="0.91"><channel><title>T</title></channel>{ITEM}</rss>',
    "no channel": f'<rss version="2.0">{ITEM}</rss>',
    "channel as root": f"<channel><title>T</title>{ITEM}</channel>",
    "prefixed": re.sub("<(/?)", r"<\1r:", f"<rss><channel>{ITEM}</channel></rss>").replace(
        "<r:rss>", '<r:rss xmlns:r="http://backend.userland.com/rss2">'
    ),
    "unknown default namespace": rss(ITEM, 'xmlns="http://somewhere.example/"'),
    "upper case": rss(ITEM).replace("item>", "ITEM>").replace("title>", "TITLE>").replace("link>", "LINK>"),
    "trailing garbage": rss(ITEM) + "\n<script>alert(1)</script><!-- 0.2 s --> x & y",
    "leading garbage": "\n\ufeffNotice: something\n" + rss(ITEM),
    "broken off": rss(ITEM + "<item><title>Tw").partition("</channel>")[0].replace("<item><title>Tw", ""),
    "stray closing tag": rss(ITEM.replace("</title>", "</title></b>")),
    "attribute without quotes": rss(ITEM.replace("<guid>", "<guid isPermaLink=false>")),
    "comments within": rss(ITEM.replace("One", "O<!-- x -->n<!-- y -->e").replace("/1", "/<!-- z -->1")),
    "control characters": rss(ITEM.replace("One", "O\x0bn\x00e&#1;")),
    "utf-16 without a mark": rss(ITEM).encode("utf-16-le"),
    "utf-32": rss(ITEM).encode("utf-32"),
    "cdata with spaces": rss(ITEM.replace(">One<", "> <![CDATA[ One ]]> <").replace("Tue,", "<![CDATA[ Tue,")).replace(
        "GMT</", "GMT ]]></"
    ),
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS.keys())
def test_every_form_of_rss_gives_title_link_and_date(body: str | bytes) -> None:
    item = read(body)[0]
    assert (item.title, item.url) == ("One", "https://news.example/1")
    assert item.published == "Tue, 07 Jul 2020 09:30:00 GMT"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("One <b>bold</b> tail", "One bold tail"),
        ("5 < 6 & more", "5 < 6 & more"),
        ("Caf&eacute; &ndash; AT&T", "Café – AT&T"),
        ("One<!-- cut --> more", "One more"),
        ("<![CDATA[One <i>two</i>]]>", "One two"),
        ("&lt;script&gt;alert(1)&lt;/script&gt; it", "<script>alert(1)</script> it"),  # words: escaped when shown
        ("One&#1114112;", "One\ufffd"),
    ],
)
def test_no_words_of_a_title_are_lost(title: str, words: str) -> None:
    assert one(rss(f"<item><title>{title}</title>{LINK}</item>")).title == words


@pytest.mark.parametrize(
    "text",
    [
        "<description>Some <b>bold</b> and <i>more</i> words.</description>",
        "<description>&lt;p&gt;Some &lt;b&gt;bold&lt;/b&gt; and more words.&lt;/p&gt;</description>",
        "<content:encoded><![CDATA[<p>Some <b>bold</b> and more words.</p>]]></content:encoded>",
        "<description>Short.</description><content:encoded>Some <b>bold</b> and more words.</content:encoded>",
        "<content>Some &lt;b&gt;bold&lt;/b&gt; and more words.</content>",
        "<fullitem>Some &lt;b&gt;bold&lt;/b&gt; and more words.</fullitem>",
        "<body xmlns='http://www.w3.org/1999/xhtml'><p>Some <b>bold</b> and more words.</p></body>",
        "<turbo:content><![CDATA[<p>Some <b>bold</b> and more words.</p>]]></turbo:content>",
        "<description>Short.</description><yandex:full-text>Some bold and more words.</yandex:full-text>",
    ],
)
def test_text_is_found_in_every_element_that_holds_it_and_prefixes_need_no_declaration(text: str) -> None:
    content = sanitise(one(rss(f"<item><title>One</title>{LINK}{text}</item>")).content_html or "", base_url=URL)
    words = content.replace("<b>", "").replace("</b>", "").replace("<strong>", "").replace("</strong>", "")
    assert "Some bold and" in words
    assert "more" in words


@pytest.mark.parametrize(
    "content",
    [
        '<content type="text/html" mode="xml"><p xmlns="http://www.w3.org/1999/xhtml">hello <b>you</b></p></content>',
        '<content type="application/xhtml+xml" mode="xml"><p xmlns="urn:x">hello <b>you</b></p></content>',
        '<content type="html"><p>hello <b>you</b></p></content>',
        "<content><p>hello <b>you</b></p></content>",
        '<content type="text/html" mode="escaped">&lt;p&gt;hello &lt;b&gt;you&lt;/b&gt;&lt;/p&gt;</content>',
    ],
)
@pytest.mark.parametrize("space", ["http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"])
def test_markup_stands_in_atom_content_as_it_may_and_may_not(content: str, space: str) -> None:
    body = atom(ATOM + '<link rel="alternate" href="/1"/>' + content).replace("http://www.w3.org/2005/Atom", space)
    assert "hello <b>you</b>" in (one(body).content_html or "")


def test_base64_of_atom_0_3_is_read() -> None:
    entry = ATOM + '<link href="/1"/><content type="text/html" mode="base64">PHA+aGVsbG88L3A+</content>'
    body = atom(entry).replace("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
    assert one(body).content_html == "<p>hello</p>"
    assert one(body.replace("PHA+", "%%%")).title == "One"


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ('<link rel="self" href="/self"/><link href="/1"/>', "https://news.example/1"),
        ('<link rel="Alternate" href="/1"/>', "https://news.example/1"),
        (
            '<link rel="http://www.iana.org/assignments/relation/alternate" href="/1"/><link rel="via" href="/2"/>',
            "https://news.example/1",
        ),
        ('<content type="text/html" src="https://news.example/1"/><link rel="self" href="/2"/>', "https://news.example/1"),
        ('<link rel="related" href="https://b.example/2"/><link rel="via" href="https://a.example/1"/>', "https://a.example/1"),
        ('<link rel="enclosure" href="/1.mp3" type="audio/mpeg"/>', "https://news.example/1.mp3"),
        ('<link rel="self" href="/self"/>', "https://news.example/self"),
        ("<link>https://news.example/1</link>", "https://news.example/1"),
    ],
)  # fmt: skip
def test_an_atom_entry_without_an_alternate_link_is_not_lost(links: str, url: str) -> None:
    assert one(atom(ATOM + links)).url == url


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ("<link>feed://news.example/1</link>", "http://news.example/1"),
        ("<link>feed:https://news.example/1</link>", "https://news.example/1"),
        ("<link>www.paper.example/1</link>", "http://www.paper.example/1"),
        ("<link>ftp://news.example/1</link><guid>https://news.example/2</guid>", "https://news.example/2"),
        ("<link/><guid>https://news.example/2</guid>", "https://news.example/2"),
        ('<link/><atom:link href="https://news.example/3"/>', "https://news.example/3"),
        ('<link href="https://news.example/4"/>', "https://news.example/4"),
        ('<guid isPermaLink="false">7</guid><enclosure url="/5.mp3" type="audio/mpeg"/>', "https://news.example/5.mp3"),
        (
            "<link>https://proxy.example/~r/1</link><feedburner:origLink>https://news.example/6</feedburner:origLink>",
            "https://news.example/6",
        ),
        ("<image><title>I</title><link>https://i.example/</link></image><link>/7</link>", "https://news.example/7"),
        ('<source url="https://s.example/feed">S</source><link>/8</link>', "https://news.example/8"),
        ("<link>https://agg.example/rss/articles/CBMi?oc=5</link>", "https://agg.example/rss/articles/CBMi?oc=5"),
    ],
)  # fmt: skip
def test_an_rss_item_has_the_address_of_its_page(links: str, url: str) -> None:
    assert one(rss(f"<item><title>One</title>{links}</item>")).url == url


def test_an_entry_that_is_a_file_says_that_it_has_no_page() -> None:
    sound = '<enclosure url="/5.mp3" type="audio/mpeg"/>'
    assert not has_page(one(rss(f'<item><title>One</title><guid isPermaLink="false">7</guid>{sound}</item>')))
    assert has_page(one(rss(f"<item><title>One</title>{LINK}{sound}</item>")))
    assert not has_page(one(atom(ATOM + '<link rel="enclosure" href="/1.mp3" type="audio/mpeg"/>')))
    assert has_page(one(atom(ATOM + '<link href="/1"/><link rel="enclosure" href="/1.mp3"/>')))


def test_one_guid_for_two_entries_loses_none_and_neither_do_items_left_open() -> None:
    assert len(read(rss(ITEM + ITEM.replace("/1", "/2")))) == 2
    left_open = rss(f"<item><title>One</title>{LINK}<item><title>Two</title>{LINK.replace('/1', '/2')}</item>")
    assert [item.title for item in read(left_open)] == ["One", "Two"]


def test_utf_8_with_a_damaged_letter_stays_utf_8() -> None:
    body = rss(ITEM.replace("One", "Größe, Übermut und Café – “so” war es …")).encode()
    damaged = body.replace(b"war", b"\xffwar", 1)
    assert one(damaged).title == "Größe, Übermut und Café – “so” \ufffdwar es …"
    assert one(rss(ITEM.replace("One", "Größe und Café")).encode("latin-1")).title == "Größe und Café"


def test_a_json_feed_with_something_appended_is_read() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "/1", "url": "/1"}]}
    assert one(" \n" + json.dumps(feed) + "\n<!-- served in 3 ms -->").url == "https://news.example/1"


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>a</a><iframe src='//e.example'>"
    "</iframe><svg onload=alert(1)><style>*{}</style><p style='position:fixed' onclick='x()'>Words.</p>"
)


@pytest.mark.parametrize("element", ["description", "content:encoded", "summary", "fullitem", "turbo:content"])
def test_nothing_hostile_survives_in_a_feeds_markup(element: str) -> None:
    item = one(rss(f"<item><title>One</title>{LINK}<{element}><![CDATA[{HOSTILE}]]></{element}></item>"))
    content = sanitise(item.content_html or "", base_url=URL)
    assert "Words." in content
    for danger in ("script", "onerror", "javascript:", "iframe", "onload", "style", "onclick"):
        assert danger not in content
    assert "<" not in (item.summary or "")
