"""HTTP as the newsroom speaks it: validators, 304, gzip, HEAD, robots.txt, the request log, its own feeds."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import feedparser
import pytest

from feeds.newsroom import Newsroom

from .conftest import Clock, OpenReader, Reader

LISTING = "/de/China/index.html"


def test_a_listing_is_conditional_until_something_is_published(
    newsroom: Newsroom, reader: Reader, clock: Clock
) -> None:
    first = reader.get(LISTING)
    again = reader.get(LISTING, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["last-modified"] == first.headers["last-modified"]
    since = reader.get(LISTING, If_Modified_Since=first.headers["last-modified"])
    assert since.status == 304
    clock.now += dt.timedelta(seconds=1)
    newsroom.publish("de", "China")
    assert reader.get(LISTING, If_None_Match=first.headers["etag"]).status == 200
    assert reader.get(LISTING, If_Modified_Since=first.headers["last-modified"]).status == 200


def test_an_article_is_conditional(newsroom: Newsroom, reader: Reader) -> None:
    article = newsroom.articles()[0]
    first = reader.get(article.path)
    assert first.headers["last-modified"] == "Sat, 21 Nov 2026 00:00:00 GMT"
    assert reader.get(article.path, If_None_Match=f'"x", W/{first.headers["etag"]}').status == 304
    assert (
        reader.get(article.path, If_None_Match='"x"', If_Modified_Since="Sun, 22 Nov 2026 00:00:00 GMT").status == 200
    )
    assert reader.get(article.path, If_Modified_Since="yesterday").status == 200


def test_gzip_when_accepted_with_an_etag_of_its_own(reader: Reader) -> None:
    plain = reader.get("/zh/caijing/")
    packed = reader.get("/zh/caijing/", Accept_Encoding="gzip, deflate")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "content-encoding" not in reader.get("/zh/caijing/", Accept_Encoding="gzip;q=0").headers
    assert reader.get("/zh/caijing/", Accept_Encoding="gzip", If_None_Match=packed.headers["etag"]).status == 304


def test_head_equals_get_without_the_body(reader: Reader) -> None:
    got, head = reader.get(LISTING), reader.get(LISTING, method="HEAD")
    assert head.body == b""
    assert {k: v for k, v in head.headers.items() if k != "date"} == {
        k: v for k, v in got.headers.items() if k != "date"
    }


def test_robots_are_welcome(reader: Reader) -> None:
    reply = reader.get("/robots.txt")
    assert reply.headers["content-type"] == "text/plain"
    assert reply.body.startswith(b"User-agent: *\nAllow: /\n")


def test_pages_take_no_post_and_no_huge_body(reader: Reader) -> None:
    assert reader.get(LISTING, method="POST", body=b"x").status == 405
    assert reader.get(LISTING, method="POST", body=b"x", Content_Length="1000001").status == 413


def test_the_log_knows_what_was_asked_and_how_it_was_answered(newsroom: Newsroom, reader: Reader) -> None:
    etag = reader.get(LISTING).headers["etag"]
    reader.get(LISTING, If_None_Match=etag, User_Agent="tester")
    reader.get("/de/none?x=1")
    assert newsroom.counts == {LISTING: 2, "/de/none": 1}
    last = newsroom.requests
    assert [request.status for request in last] == [200, 304, 404]
    assert last[1].headers["if-none-match"] == etag
    assert last[1].headers["user-agent"] == "tester"
    newsroom.forget()
    assert newsroom.counts == {}
    assert newsroom.requests == []


def test_one_connection_serves_many_requests_and_is_cut_when_the_newsroom_closes(
    clock: Clock, open_reader: OpenReader
) -> None:
    with Newsroom(articles=10, every_s=0, clock=clock) as newsroom:
        reader = open_reader(newsroom)
        reader.get("/de/")
        used = reader.connection.sock
        reader.get("/fr/")
        assert reader.connection.sock is used
    reader.connection.close()
    with pytest.raises(OSError, match="refused"):
        reader.get("/de/")


@pytest.mark.parametrize("language", ["de", "zh"])
def test_the_newsrooms_own_feeds_agree(newsroom: Newsroom, reader: Reader, language: str) -> None:
    newsroom.publish(language)
    rss = feedparser.parse(reader.get(f"/{language}/rss.xml").body)
    atom = feedparser.parse(reader.get(f"/{language}/atom.xml").body)
    items = json.loads(reader.text(f"/{language}/feed.json"))["items"]
    assert not rss.bozo
    assert not atom.bozo
    links = [item["url"] for item in items]
    assert len(links) == 20
    assert [entry.link for entry in rss.entries] == [entry.link for entry in atom.entries] == links
    article = newsroom.article_at(links[0].removeprefix(newsroom.url))
    assert article is not None
    for entry in (rss.entries[0], atom.entries[0]):
        assert entry.title == article.title
        assert tuple(tag.term for tag in entry.tags) == article.keywords
        assert entry.summary == article.paragraphs[0]  # a teaser only
    assert items[0]["tags"] == list(article.keywords)
    assert rss.entries[0].published == "Sun, 22 Nov 2026 00:00:00 +0800"
