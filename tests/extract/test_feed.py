"""Feeds of every kind as bytes in, Items out."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import feedparser
import pytest

from feeds.errors import ExtractError, NothingFound
from feeds.extract.feed import read_feed
from feeds.extract.feed_mend import mend
from feeds.extract.feed_readers import read_xml_feed
from feeds.model import Document, Item, Kind, Recipe, Section, Source
from feeds.urls import identity_of, is_http_url

SOURCE = Source(id="example", name="Example", kind=Kind.FEED, url="https://news.example/feed")
SECTION = Section(url="https://news.example/feed", slug="world")
CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "feeds"


def document(body: bytes | str, content_type: str | None = None) -> Document:
    data = body.encode() if isinstance(body, str) else body
    return Document(url=SOURCE.url, requested_url=SOURCE.url, body=data, content_type=content_type)


def read(body: bytes | str, content_type: str | None = None) -> list[Item]:
    return read_feed(document(body, content_type), source=SOURCE, section=SECTION)


def rss(items: str, channel: str = "<link>https://news.example/</link>", head: str = "") -> str:
    spaces = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
    )
    return f'{head}<rss version="2.0" {spaces}><channel><title>T</title>{channel}{items}</channel></rss>'


def atom(entries: str, attributes: str = "", head: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>T</title>{head}{entries}</feed>'


def one(body: bytes | str, content_type: str | None = None) -> Item:
    items = read(body, content_type)
    assert len(items) == 1
    return items[0]


FULL_RSS = """<item>
  <title>Bayern &amp;amp; BMW: &lt;b&gt;neu&lt;/b&gt;</title>
  <link>https://news.example/2020/07/a.html?utm_source=rss</link>
  <guid isPermaLink="false">article-17</guid>
  <pubDate>Tue, 07 Jul 2020 09:30:00 +0800</pubDate>
  <dc:creator>Ann Lee</dc:creator><dc:creator>Bo Li</dc:creator>
  <category>China</category><category><![CDATA[R&amp;D]]></category><category>China</category>
  <category>https://news.example/tag/4</category><category>1234567</category>
  <description>Kurz &amp;amp; gut.</description>
  <content:encoded><![CDATA[<p>Der <em>ganze</em> Text.</p>]]></content:encoded>
  <media:content url="https://news.example/s.jpg" medium="image" width="120"/>
  <media:content url="/l.jpg" medium="image" width="1200"/>
</item>"""


def test_rss_2_gives_every_field_as_it_was_written() -> None:
    item = one(rss(FULL_RSS, "<link>https://news.example/</link><language>de-DE</language>"))
    assert item.url == "https://news.example/2020/07/a.html"
    assert item.guid == "article-17"
    assert item.title == "Bayern & BMW: neu"
    assert item.published == "Tue, 07 Jul 2020 09:30:00 +0800"
    assert item.updated is None
    assert item.authors == ("Ann Lee", "Bo Li")
    assert item.keywords == ("China", "R&D")
    assert item.language == "de-DE"
    assert item.summary == "Kurz & gut."
    assert item.content_html == "<p>Der <em>ganze</em> Text.</p>"
    assert item.image == "https://news.example/l.jpg"
    assert item.section == "world"
    assert set(item.provenance) == {
        *("guid", "url", "title", "authors", "published", "keywords", "language", "summary", "content_html", "image")
    }
    assert set(item.provenance.values()) == {"feed"}


FULL_ATOM = """<entry xml:lang="fr">
  <title type="html">L&amp;rsquo;été &amp;amp; l&amp;lt;b&amp;gt;</title>
  <link rel="self" href="/atom/7"/><link rel="enclosure" type="image/png" href="/p.png"/>
  <link rel="alternate" type="text/html" href="7.html"/>
  <id>tag:news.example,2020:7</id>
  <published>2020-07-07</published><updated>2020-07-08T10:00:00+08:00</updated>
  <author><name>Chloé</name></author><author><name>Dan</name></author>
  <category term="http://schemas.example/kind#post" scheme="http://schemas.example/kind"/>
  <category term="cn" label="Chine"/>
  <summary type="html">&lt;p&gt;Court.&lt;/p&gt;</summary>
  <content type="xhtml" xml:base="/2020/"><div xmlns="http://www.w3.org/1999/xhtml"
    ><p>Long <a href="b.html">b</a> &amp; c</p></div></content>
</entry>"""


def test_atom_1_gives_every_field_as_it_was_written() -> None:
    item = one(atom(FULL_ATOM, 'xml:base="https://news.example/fr/" xml:lang="de"'))
    assert item.url == "https://news.example/fr/7.html"
    assert item.guid == "tag:news.example,2020:7"
    assert item.title == "L’été & l<b>"
    assert item.published == "2020-07-07"
    assert item.updated == "2020-07-08T10:00:00+08:00"
    assert item.authors == ("Chloé", "Dan")
    assert item.keywords == ("Chine",)
    assert item.language == "fr"
    assert item.summary == "Court."
    assert item.content_html == '<p>Long <a href="https://news.example/2020/b.html">b</a> &amp; c</p>'


def test_an_update_is_never_taken_for_a_publication_nor_a_number_for_a_date() -> None:
    entry = '<entry><title>t</title><link href="/a"/><id>20200707</id><updated>2020-07-08</updated></entry>'
    assert (one(atom(entry)).published, one(atom(entry)).updated) == (None, "2020-07-08")
    item = one(rss("<item><title>t</title><link>/a</link><guid>20200707</guid></item>"))
    assert (item.published, item.updated) == (None, None)


def test_atom_plain_titles_are_not_read_as_html_but_rss_titles_are() -> None:
    title = "<title>x &amp;lt; y &lt;video&gt;</title><link>/a</link><link href='/a'/>"
    assert one(atom(f"<entry><id>1</id>{title}</entry>")).title == "x &lt; y <video>"
    assert one(rss(f"<item>{title}</item>")).title == "x < y <video>"


def test_atom_authors_come_from_the_entry_then_its_source_then_the_feed() -> None:
    feed_author = "<author><name>Redaktion</name></author>"
    base = '<id>1</id><title>t</title><link href="/a"/>'
    source = "<source><title>s</title><author><name>Quelle</name></author></source>"
    assert one(atom(f"<entry>{base}</entry>", head=feed_author)).authors == ("Redaktion",)
    assert one(atom(f"<entry>{base}{source}</entry>", head=feed_author)).authors == ("Quelle",)


def test_atom_0_3_is_read() -> None:
    item = one(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="en"><title>T</title><entry><title>Old</title>'
        '<link rel="alternate" type="text/html" href="https://news.example/old"/><id>urn:1</id>'
        "<issued>2004-01-02T03:04:05Z</issued><modified>2004-01-03T03:04:05Z</modified>"
        '<content type="text/html" mode="escaped">&lt;p&gt;x&lt;/p&gt;</content></entry></feed>'
    )
    assert (item.title, item.published, item.updated) == ("Old", "2004-01-02T03:04:05Z", "2004-01-03T03:04:05Z")
    assert (item.content_html, item.language) == ("<p>x</p>", "en")


def test_rdf_is_read() -> None:
    item = one(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"><title>T</title>'
        "<link>https://news.example/</link><dc:language>ja</dc:language></channel>"
        '<item rdf:about="https://news.example/1"><title>見出し</title><link>https://news.example/1</link>'
        "<dc:date>2020-07-07T12:00:00+09:00</dc:date><dc:creator>山田</dc:creator><dc:subject>中国</dc:subject></item>"
        "</rdf:RDF>"
    )
    assert (item.title, item.language, item.authors, item.keywords) == ("見出し", "ja", ("山田",), ("中国",))
    assert (item.published, item.guid) == ("2020-07-07T12:00:00+09:00", "https://news.example/1")


def test_rss_0_91_with_a_document_type_and_latin_entities_is_read() -> None:
    item = one(
        '<?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" '
        '"http://news.example/rss-0.91.dtd" [<!ENTITY house "Le &#233;diteur">]>'
        "<rss version='0.91'><channel><title>T</title><link>https://news.example/</link>"
        "<item><title>Caf&eacute; &house; \xe9</title><link>https://news.example/1</link></item></channel></rss>".encode(
            "latin-1"
        )
    )
    assert item.title == "Café Le éditeur é"


def test_json_feed_is_read_with_all_authors_and_dates_as_written() -> None:
    items = [
        {
            "id": 5,
            "url": "https://news.example/5",
            "title": "Five < six",
            "content_html": "<p>x</p>",
            "summary": "short",
            "date_published": "2020-07-07",
            "authors": [{"name": "Ann"}, {"name": "Bo"}],
            "tags": ["BMW", "中国", 3, "urn:x:1"],
            "attachments": [{"url": "/5.jpg", "mime_type": "image/jpeg"}],
        },
        {"id": "https://news.example/6", "content_text": "a < b\n\nc", "author": {"name": "Cy"}, "language": "fr"},
        {"id": "7", "external_url": "https://other.example/7"},
        "broken",
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "language": "en",
        "authors": [{"name": "All"}],
        "items": items,
    }
    first, second, third = read(json.dumps(feed), "application/feed+json")
    assert (first.guid, first.title, first.authors, first.published) == ("5", "Five < six", ("Ann", "Bo"), "2020-07-07")
    assert (first.keywords, first.image, first.language) == (("BMW", "中国"), "https://news.example/5.jpg", "en")
    assert (first.summary, first.content_html) == ("short", "<p>x</p>")
    assert (second.url, second.content_html) == ("https://news.example/6", "<p>a &lt; b</p><p>c</p>")
    assert (second.authors, second.language) == (("Cy",), "fr")
    assert (third.url, third.authors) == ("https://other.example/7", ("All",))


@pytest.mark.parametrize(
    ("guid", "expected"),
    [
        ("<guid>https://news.example/p/1</guid>", "https://news.example/p/1"),
        ("<guid isPermaLink='true'> https://news.example/p/2 </guid>", "https://news.example/p/2"),
    ],
)
def test_a_permalink_guid_stands_in_for_a_missing_link(guid: str, expected: str) -> None:
    assert one(rss(f"<item><title>t</title>{guid}</item>")).url == expected


def test_entries_without_link_or_permalink_are_skipped_and_the_rest_stay() -> None:
    items = (
        "<item><title>a</title><guid isPermaLink='false'>https://news.example/x</guid></item>"
        "<item><title>b</title><guid>17</guid></item><item><title>c</title><link>/c</link></item>"
        "<item><title>d</title><link>javascript:alert(1)</link></item>"
    )
    assert [item.url for item in read(rss(items))] == ["https://news.example/c"]
    with pytest.raises(NothingFound, match="none of its 1 entries has a link"):
        read(rss("<item><title>b</title><guid>17</guid></item>"))


@pytest.mark.parametrize(
    ("channel", "item", "expected"),
    [
        ("<link>https://site.example/de/</link>", "<link>a.html</link>", "https://site.example/de/a.html"),
        ("<link>https://site.example/de/</link>", "<link>//cdn.example/a</link>", "https://cdn.example/a"),
        ("", "<link>/a.html</link>", "https://news.example/a.html"),
        ("", "<link>\n  https://news.example/b&#x20;c  \n</link>", "https://news.example/b%20c"),
        ("", "<link><![CDATA[https://news.example/?a=1&b=2]]></link>", "https://news.example/?a=1&b=2"),
        ("", "<link>https://news.example/?a=1&b=2</link>", "https://news.example/?a=1&b=2"),  # not well-formed
        ("", "<atom:link rel='alternate' href='/z'/>", "https://news.example/z"),
    ],
)
def test_links_become_absolute(channel: str, item: str, expected: str) -> None:
    assert one(rss(f"<item><title>t</title>{item}</item>", channel)).url == expected


def test_xml_base_of_an_rss_item_counts() -> None:
    item = "<item xml:base='https://base.example/x/'><title>t</title><link>y</link></item>"
    assert one(rss(item)).url == "https://base.example/x/y"


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("<author>ann@news.example (Ann Lee)</author>", ("Ann Lee",)),
        ("<author>Ann Lee &lt;ann@news.example&gt;</author>", ("Ann Lee",)),
        ("<author>noreply@news.example</author>", ()),
        ("<author>Ann Lee</author><dc:creator>Ann Lee</dc:creator>", ("Ann Lee",)),
        ("<dc:creator>Zoë &amp;amp; Ann</dc:creator>", ("Zoë & Ann",)),
    ],
)
def test_authors_are_names(author: str, expected: tuple[str, ...]) -> None:
    assert one(rss(f"<item><title>t</title><link>/a</link>{author}</item>")).authors == expected


def test_a_description_alone_is_summary_and_content_but_a_torn_off_one_is_a_teaser() -> None:
    def described(text: str) -> Item:
        return one(rss(f"<item><title>t</title><link>/a</link><description><![CDATA[{text}]]></description></item>"))

    short = described("<p>Kurz &amp; knapp</p>")
    assert (short.summary, short.content_html) == ("Kurz & knapp", "<p>Kurz &amp; knapp</p>")
    whole = described("<p>" + "Ein Satz. " * 100 + "</p>")
    assert whole.summary is None
    assert whole.content_html is not None
    torn = described("<p>" + "Ein Satz. " * 100 + "[&#8230;]</p><p>The post t appeared first on T.</p>")
    assert torn.content_html is None
    assert (torn.summary or "").startswith("Ein Satz.")


def test_images_of_every_place_but_no_portrait_of_the_author() -> None:
    def pictured(markup: str) -> str | None:
        return one(rss(f"<item><title>t</title><link>/a</link><dc:creator>ann</dc:creator>{markup}</item>")).image

    assert pictured('<enclosure url="/e.jpg" type="image/jpeg" length="1"/>') == "https://news.example/e.jpg"
    assert pictured('<enclosure url="/e.mp3" type="audio/mpeg" length="1"/>') is None
    assert pictured('<media:thumbnail url="/t.jpg"/>') == "https://news.example/t.jpg"
    assert pictured(
        '<media:group><media:content url="/v.mp4" type="video/mp4"/><media:thumbnail url="/t"/></media:group>'
    )
    portrait = '<media:content url="/me.png" medium="image"><media:title>ann</media:title></media:content>'
    assert pictured(portrait) is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (rss("<item><title>中国经济</title><link>/a</link></item>", head='<?xml version="1.0" encoding="gb2312"?>')
         .encode("gb18030"), None),
        (rss("<item><title>中国经济</title><link>/a</link></item>", head='<?xml version="1.0" encoding="utf-16"?>')
         .encode("utf-16"), None),
        (rss("<item><title>中国经济</title><link>/a</link></item>").encode("gb18030"), "text/xml; charset=GBK"),
        (rss("<item><title>中国经济</title><link>/a</link></item>", head='<?xml version="1.0" encoding="iso-8859-1"?>')
         .encode(), "text/xml"),
        (b"\xef\xbb\xbf\r\n" + rss("<item><title>中国经济</title><link>/a</link></item>").encode(), None),
    ],
    ids=["gb2312 declared", "utf-16", "charset by http", "utf-8 declared latin-1", "bom and blank lines"],
)  # fmt: skip
def test_encodings(body: bytes, content_type: str | None) -> None:
    assert one(body, content_type).title == "中国经济"


def test_the_recipe_overrides_the_encoding() -> None:
    source = Source(id="x", name="x", kind=Kind.FEED, url=SOURCE.url, recipe=Recipe(encoding="koi8-r"))
    body = rss("<item><title>Привет</title><link>/a</link></item>").encode("koi8-r")
    assert read_feed(document(body), source=source, section=SECTION)[0].title == "Привет"


def test_damaged_xml_loses_no_entry_and_no_words() -> None:
    items = "".join(
        f"<item><title>A & B {n} &nbsp; &unknown; &#3;</title><link>/{n}?x=1&y=2</link></item>" for n in range(5)
    )
    read_items = read(rss(items).replace("</channel></rss>", ""))
    assert [item.title for item in read_items] == [f"A & B {n} &unknown;" for n in range(5)]
    assert read_items[4].url == "https://news.example/4?x=1&y=2"


def test_what_the_fast_reader_cannot_read_the_thorough_one_does() -> None:
    # no namespace: fastfeedparser refuses it
    body = '<feed><title>T</title><entry><title>t</title><link href="https://news.example/1"/><id>1</id></entry></feed>'
    assert read_xml_feed(mend(body), SOURCE.url).reader == "feedparser"
    assert one(body).url == "https://news.example/1"
    # a link in an attribute, of which only feedparser and we ourselves know
    body = rss('<item><title>t</title><link href="https://news.example/2"/><guid>7</guid></item>')
    assert read_xml_feed(mend(body), SOURCE.url).entries[0].link == "https://news.example/2"
    # and one with an update only: feedparser's habit of calling it published must not show
    body = '<feed><title>T</title><entry><title>t</title><link href="/1"/><updated>2020</updated></entry></feed>'
    assert (one(body).published, one(body).updated) == (None, "2020")


def test_the_thorough_reader_takes_no_bare_guid_for_an_address() -> None:
    body = "<rss><channel><title>T</title><item><title>a</title><guid>abc</guid></item></channel></rss>"
    with pytest.raises(NothingFound):
        read(body)


def test_entries_quoted_in_an_article_are_not_entries() -> None:
    quoted = "<![CDATA[<item><title>x</title></item>]]>"
    feed = read_xml_feed(
        mend(rss(f"<item><title>t & u</title><link>/a</link><description>{quoted}</description></item>")), ""
    )
    assert (len(feed.entries), feed.reader) == (1, "fastfeedparser")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("<!DOCTYPE html><html><head><title>x</title></head><body><rss></rss></body></html>", "HTML page"),
        ("<html><body>hi</body></html>", "HTML page"),
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>', "sitemap"),
        ("<opml><body/></opml>", "OPML"),
        ("<status>down</status>", "<status>"),
        ("plain words", "no markup"),
        ('{"error": "down"}', "JSON"),
        ("{broken", "JSON"),
        (b"\x00\xff\xfe\x00", "not a feed"),
    ],
)
def test_what_is_no_feed_is_said_in_words(body: bytes | str, said: str) -> None:
    with pytest.raises(ExtractError, match=said) as caught:
        read(body)
    assert not isinstance(caught.value, NothingFound)
    assert (caught.value.source_id, caught.value.url) == ("example", SOURCE.url)


@pytest.mark.parametrize(
    "body",
    [
        rss(""),
        atom(""),
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"/>',
        '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}',
    ],
)
def test_a_feed_without_entries_is_nothing_found(body: str) -> None:
    with pytest.raises(NothingFound, match="no entries"):
        read(body)


def test_a_feed_behind_printed_warnings_is_read() -> None:
    body = "\n<br />\n<b>Warning</b>: something in <b>x.php</b><br />\n" + rss(FULL_RSS)
    assert one(body).guid == "article-17"


BOMBS = {
    "billion laughs": '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "'
    + "&a;" * 50
    + '"><!ENTITY c "'
    + "&b;" * 50
    + '"><!ENTITY d "'
    + "&c;" * 50
    + '"><!ENTITY e "'
    + "&d;" * 50
    + '">]>',
    "external": '<!DOCTYPE rss [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "parameter": '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;<!ENTITY e "]>">]>',
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_entities_never_expand(bomb: str) -> None:
    item = one(
        rss(
            '<item><title>a &e; b</title><link>/a?x=&e;</link><enclosure url="&e;" type="image/png"/></item>', head=bomb
        )
    )
    assert len(item.title or "") < 40
    assert "root:" not in repr(item)


def test_deep_nesting_and_endless_text_are_harmless() -> None:
    deep = "<item><title>t</title><link>/a</link>" + "<a>" * 5000 + "</a>" * 5000 + "</item>"
    assert read(rss(deep))[0].title == "t"
    nested = one(
        rss("<item><title>t</title><link>/a</link><description>" + "&lt;div&gt;" * 20_000 + "x</description></item>")
    )
    assert nested.content_html


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus of real feeds is not beside the checkout")
def test_no_real_feed_loses_an_entry_to_feedparser() -> None:
    files = sorted(CORPUS.glob("*.gz"))
    assert files
    for file in files:
        body = gzip.decompress(file.read_bytes())
        theirs = feedparser.parse(io.BytesIO(body)).entries
        items = read(body)
        assert len(items) >= len(theirs), file.name
        for item, their in zip(items, theirs, strict=False):
            assert item.title or not their.title, file.name
            # feedparser files dc:date under updated
            dates = {dict.get(their, "published") or None, dict.get(their, "updated") or None}
            assert {item.published, item.updated} == dates, file.name
            theirs_url = dict.get(their, "link") or ""
            assert not is_http_url(theirs_url) or identity_of(item.url) == identity_of(theirs_url), file.name
