"""Requests and answers, as the design's "HTTP, exactly" has them; each asked twice: of Flask and of the fast layer."""

from __future__ import annotations

import gzip
import string
from urllib.parse import quote

import brotli
import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.app import create_app
from feeds.web.ready import PAGE_CACHING

from .conftest import Both, ask

CACHING = "public, max-age=60, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"


FORMATS = [
    ("atom", "application/atom+xml; charset=utf-8"),
    ("rss", "application/rss+xml; charset=utf-8"),
    ("json", "application/feed+json"),
]


@pytest.mark.parametrize(("ending", "content_type"), FORMATS)
def test_a_feed(both: Both, ending: str, content_type: str) -> None:
    answer = both(f"/feeds/de.{ending}")
    assert answer.status == 200
    assert "Ein Abend im Museum" in answer.body.decode()
    assert answer["Content-Type"] == content_type
    assert answer["Content-Length"] == str(len(answer.body))
    assert answer["Content-Encoding"] is None
    assert answer["Last-Modified"] == "Sun, 22 Nov 2026 12:00:00 GMT"
    assert answer["Cache-Control"] == CACHING
    assert {"Accept-Encoding", "A-IM"} <= set((answer["Vary"] or "").split(", "))
    links = answer["Link"] or ""
    assert f'<http://feeds.test/feeds/de.{ending}>; rel="self"' in links
    assert '<http://feeds.test/feeds/de>; rel="alternate"; type="text/html"' in links
    assert links.count('type="text/html"') == 1
    assert {ending for ending in ("atom", "rss", "json") if f"/feeds/de.{ending}>" in links} == {"atom", "rss", "json"}


def test_the_fast_layer_answers_what_was_asked_before(settings: Settings, store: Store) -> None:
    both = Both(create_app(settings, store))  # one that nobody has asked anything
    both("/feeds/de.atom")
    assert both.handed_on == 0, "Flask was asked first, so the fast layer knew the answer"
    ask(both.fast, "/feeds/ja.atom")
    assert both.handed_on == 1
    ask(both.fast, "/feeds/ja.atom")
    assert both.handed_on == 1
    ask(both.fast, "/feeds/ja.atom", method="POST")
    assert both.handed_on == 2


def test_each_coding_has_its_own_strong_etag(both: Both) -> None:
    plain = both("/feeds/de.atom")
    zipped = both("/feeds/de.atom", accept_encoding="gzip")
    brotlied = both("/feeds/de.atom", accept_encoding="gzip, br")
    assert gzip.decompress(zipped.body) == brotli.decompress(brotlied.body) == plain.body
    assert (zipped["Content-Encoding"], brotlied["Content-Encoding"]) == ("gzip", "br")
    tags = [answer["ETag"] or "" for answer in (plain, zipped, brotlied)]
    assert len(set(tags)) == 3
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


@pytest.mark.parametrize("accept", [None, "gzip", "br"])
@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', '"other",W/{tag}', "*"])
def test_whoever_holds_it_is_told_so(both: Both, accept: str | None, form: str) -> None:
    coding = {"accept_encoding": accept} if accept else {}
    whole = both("/feeds/de.atom", **coding)
    answer = both("/feeds/de.atom", if_none_match=form.format(tag=whole["ETag"]), **coding)
    assert (answer.status, answer.body) == (304, b"")
    for repeated in ("ETag", "Cache-Control", "Vary"):
        assert answer[repeated] == whole[repeated]
    assert answer["Content-Length"] is None
    assert answer["Content-Type"] is None


def test_the_etag_of_another_coding_is_not_held(both: Both) -> None:
    zipped = both("/feeds/de.atom", accept_encoding="gzip")
    assert both("/feeds/de.atom", if_none_match=zipped["ETag"] or "").status == 200


@pytest.mark.parametrize(
    ("date", "status"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", 304),
        ("Mon, 23 Nov 2026 00:00:00 GMT", 304),
        ("Sun, 22 Nov 2026 11:59:59 GMT", 200),
        ("not a date", 200),
    ],
)
def test_a_date_alone(both: Both, date: str, status: int) -> None:
    assert both("/feeds/de.atom", if_modified_since=date).status == status


def test_the_etag_wins_over_the_date(both: Both) -> None:
    tag = both("/feeds/de.atom")["ETag"] or ""
    late, early = "Mon, 23 Nov 2026 00:00:00 GMT", "Sat, 21 Nov 2026 00:00:00 GMT"
    assert both("/feeds/de.atom", if_none_match='"other"', if_modified_since=late).status == 200
    assert both("/feeds/de.atom", if_none_match=tag, if_modified_since=early).status == 304


@pytest.mark.parametrize("headers", [{}, {"accept_encoding": "br"}, {"if_none_match": "*"}])
def test_head_is_get_without_a_body(both: Both, headers: dict[str, str]) -> None:
    get, head = both("/feeds/de.atom", **headers), both("/feeds/de.atom", method="HEAD", **headers)
    assert head.body == b""
    assert (head.status, head.headers) == (get.status, get.headers)


def test_no_acceptable_coding(both: Both) -> None:
    answer = both("/feeds/de.atom", accept_encoding="identity;q=0, deflate")
    assert answer.status == 406
    assert b"gzip" in answer.body
    assert {"Accept-Encoding", "A-IM"} <= set((answer["Vary"] or "").split(", "))


@pytest.mark.parametrize("query", ["", "x=1", "utm_source=a&v=2", "format=rss", "%ff"])
def test_unknown_parameters_change_nothing(both: Both, query: str) -> None:
    assert both("/feeds/de.atom", query=query) == both("/feeds/de.atom")


def test_a_browser_that_opens_a_feed_is_led_to_its_page(both: Both) -> None:
    answer = both("/feeds/zh/keywords/中国.atom", sec_fetch_dest="document")
    assert answer.status == 303
    assert answer["Location"] == f"/feeds/zh/keywords/{quote('中国')}#subscribe"
    assert answer["Cache-Control"] == "private, no-store"
    assert both("/feeds/zh/keywords/中国.atom", sec_fetch_dest="empty").status == 200


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/feeds/DE.atom", "/feeds/de.atom"),
        ("/FEEDS/de.Atom", "/feeds/de.atom"),
        ("/feeds/de.atom/", "/feeds/de.atom"),
        ("/feeds//de.atom", "/feeds/de.atom"),
        ("//feeds/de.atom", "/feeds/de.atom"),
        ("/feeds/de/", "/feeds/de"),
        ("/feeds/fr+de.rss", "/feeds/de+fr.rss"),
        ("/feeds/zh_hans.json", "/feeds/zh-Hans.json"),
        ("/feeds/de/keywords/bmw.atom", "/feeds/de/keywords/BMW.atom"),
        ("/feeds/de/keywords/ＢＭＷ.atom", "/feeds/de/keywords/BMW.atom"),
        ("/feeds/de/keywords/BMW+Alibaba.atom", "/feeds/de/keywords/Alibaba+BMW.atom"),
        ("/feeds/de/keywords/BMW, Alibaba.atom", "/feeds/de/keywords/Alibaba,BMW.atom"),
        ("/feeds/en/keywords/c%2B%2b.atom", "/feeds/en/keywords/C%252B%252B.atom"),
        ("/feeds/de/sections/Wirtschaft.atom", "/feeds/de/sections/wirtschaft.atom"),
        ("/feeds", "/"),
        ("/feeds/", "/"),
        ("/feeds/DE.opml", "/feeds/de.opml"),
        ("/feeds/all.opml", "/feeds.opml"),
        ("/feeds.opml/", "/feeds.opml"),
        ("/.well-known/feeds/", "/.well-known/feeds"),
        ("/sources/", "/sources"),
        ("//sources//", "/sources"),
        ("/robots.txt/", "/robots.txt"),
    ],
)
def test_every_other_spelling_moves_for_good(both: Both, asked: str, canonical: str) -> None:
    answer = both(asked)
    assert (answer.status, answer["Location"]) == (301, canonical)


def test_where_it_moves_to_it_is(both: Both) -> None:
    for path in ("/feeds/de/keywords/Alibaba+BMW.atom", "/feeds/en/keywords/C%2B%2B.atom", "/feeds/zh-Hans.json"):
        assert both(path).status == 200


def test_a_page_takes_its_parameters_along_and_a_feed_does_not(both: Both) -> None:
    assert both("/feeds/DE", query="lang=ja")["Location"] == "/feeds/de?lang=ja"
    assert both("/feeds/DE.atom", query="lang=ja")["Location"] == "/feeds/de.atom"
    moved = both("/sources/", query="lang=ja")
    assert (moved["Location"], moved["Cache-Control"]) == ("/sources?lang=ja", PAGE_CACHING)


@pytest.mark.parametrize("path", ["//feeds.example/", "//feeds.example//", "/nowhere/"])
def test_a_slash_behind_nothing_leads_nowhere(both: Both, path: str) -> None:
    assert (both(path).status, both(path)["Location"]) == (404, None)


@pytest.mark.parametrize("spelling", ["Nix", "nix", "ＮＩＸ"])
def test_an_unknown_keyword_is_an_empty_feed_in_any_spelling(both: Both, spelling: str) -> None:
    answer = both(f"/feeds/de/keywords/{spelling}.atom")
    assert answer.status == 200
    assert b"<entry" not in answer.body
    assert answer["Last-Modified"] is None


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/feeds/xx.atom", ["“xx”", "http://feeds.test/feeds/de.atom", "(zh-Hans)"]),
        ("/feeds/de+xx.atom", ["“xx”"]),
        ("/feeds/zh-Hant.atom", ["“zh-Hant”"]),
        ("/feeds/xx.opml", ["“xx”"]),
        ("/feeds/de.xml", ["unknown format", ".atom", ".rss", ".json"]),
        ("/feeds/de/sources/nobody.rss", ["“nobody”", "http://feeds.test/feeds/de/sources/rundschau.rss"]),
        ("/feeds/de/nonsense/x.atom", ["nonsense", "keywords"]),
        ("/nowhere", ["/feeds/en.atom"]),
    ],
)
def test_what_there_is_not_is_refused_in_words(both: Both, path: str, words: list[str]) -> None:
    answer = both(path)
    assert answer.status == 404
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    for word in words:
        assert word in answer.body.decode()
    page = both(path, accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", accept_language="de")
    assert page.status == 404
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="de">' in page.body.decode()
    assert "Vary" in dict(page.headers)


def test_a_path_that_is_not_utf_8(app: Flask) -> None:
    environ = EnvironBuilder(path="/").get_environ()
    environ["PATH_INFO"] = "/feeds/de/keywords/\xff.atom"
    body, status, _ = run_wsgi_app(app, environ, buffered=True)
    assert status.startswith("404")
    assert b"UTF-8" in b"".join(body)


def test_prefixes_of_known_languages_are_known(both: Both) -> None:
    assert both("/feeds/zh.atom").status == 200
    assert "高铁新线通车" in both("/feeds/zh.atom").body.decode()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/feeds/de.atom", "/feeds/de", "/", "/feeds.opml", "/health"])
def test_addresses_can_only_be_read(both: Both, method: str, path: str) -> None:
    answer = both(path, method=method)
    assert answer.status == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


TAGS = st.text(string.ascii_letters + string.digits, max_size=4).map(lambda text: f'"{text}"')
TOKENS = st.sampled_from(["gzip", "br", "identity", "*", "deflate", "x-gzip", ""])
WEIGHTS = st.sampled_from(["", ";q=0", ";q=1", ";q=0.5", "; q=0.001", ";q=x"])
PATHS = st.sampled_from(
    [
        "/feeds/de.atom",
        "/feeds/de.rss",
        "/feeds/all.json",
        "/feeds/DE.atom",
        "/feeds/de/keywords/BMW.atom",
        "/feeds/all/keywords/中国.rss",
        "/feeds/de/keywords/nix.atom",
        "/feeds/xx.atom",
        "/feeds/de/keywords/BMW.atom/",
        "/robots.txt",
    ]
)


@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nobody_can_tell_who_answered(both: Both, data: st.DataObject) -> None:
    path = data.draw(PATHS)
    method = data.draw(st.sampled_from(["GET", "HEAD"]))
    codings = data.draw(st.lists(st.tuples(TOKENS, WEIGHTS).map("".join), max_size=3))
    held = both(path, accept_encoding=", ".join(codings))["ETag"] or '"none"'
    known = st.sampled_from([held, f"W/{held}", "*", held.strip('"')])
    tags = st.lists(st.one_of(known, TAGS), max_size=3).map(", ".join)
    dates = st.sampled_from(["Sun, 22 Nov 2026 12:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "x", ""])
    headers = {"accept_encoding": ", ".join(codings)} if codings else {}
    for name, values in (("if_none_match", tags), ("if_modified_since", dates)):
        if data.draw(st.booleans()):
            headers[name] = data.draw(values)
    if data.draw(st.integers(0, 9)) == 0:
        headers["sec_fetch_dest"] = data.draw(st.sampled_from(["document", "empty"]))
    both(path, method=method, query=data.draw(st.sampled_from(["", "a=1"])), **headers)
