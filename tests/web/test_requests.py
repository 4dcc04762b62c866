"""HTTP as a table: what is asked, and what is answered, by Flask and by the fast layer alike."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from .conftest import Answer, Both

FEED = "/feeds/de.atom"
CHINESE = "/feeds/zh/keywords/中国.atom"
SAME = "Sun, 22 Nov 2026 12:00:00 GMT"
BEFORE = "Sun, 22 Nov 2026 11:59:59 GMT"
AFTER = "Mon, 23 Nov 2026 00:00:00 GMT"


def ask(both: Both, target: str, method: str = "GET", **headers: str) -> Answer:
    """``target`` as it stands in a request line."""
    path, _, query = target.partition("?")
    return both(unquote(path, errors="surrogateescape"), method=method, query=query, **headers)


CONDITIONS: list[tuple[dict[str, str], int]] = [
    ({}, 200),
    # If-None-Match: RFC 9110, 13.1.2
    ({"if_none_match": "{tag}"}, 304),
    ({"if_none_match": "W/{tag}"}, 304),
    ({"if_none_match": '"other"'}, 200),
    ({"if_none_match": '"other", {tag}'}, 304),
    ({"if_none_match": '"other",W/"another" , W/{tag}'}, 304),
    ({"if_none_match": "{tag}, {tag}"}, 304),
    ({"if_none_match": "*"}, 304),
    ({"if_none_match": " * "}, 304),
    ({"if_none_match": "{bare}"}, 200),
    ({"if_none_match": "broken, {tag}"}, 304),
    ({"if_none_match": "{tag} broken"}, 200),
    ({"if_none_match": "w/{tag}"}, 200),
    ({"if_none_match": ""}, 200),
    ({"if_none_match": ","}, 200),
    ({"if_none_match": '"'}, 200),
    ({"if_none_match": '"\xe4\xff"'}, 200),
    ({"if_none_match": '"x", ' * 2000 + "{tag}"}, 304),
    # If-Modified-Since, in the three forms of 5.6.7: 13.1.3
    ({"if_modified_since": SAME}, 304),
    ({"if_modified_since": "Sunday, 22-Nov-26 12:00:00 GMT"}, 304),
    ({"if_modified_since": "Sun Nov 22 12:00:00 2026"}, 304),
    ({"if_modified_since": AFTER}, 304),
    ({"if_modified_since": "Fri, 31 Dec 9999 23:59:59 GMT"}, 304),
    ({"if_modified_since": BEFORE}, 200),
    ({"if_modified_since": "Sunday, 22-Nov-26 11:59:59 GMT"}, 200),
    ({"if_modified_since": "Sun Nov 22 11:59:59 2026"}, 200),
    ({"if_modified_since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
    ({"if_modified_since": "yesterday"}, 200),
    ({"if_modified_since": ""}, 200),
    ({"if_modified_since": "0"}, 200),
    ({"if_modified_since": "Sun, 99 Nov 2026 12:00:00 GMT"}, 200),
    ({"if_modified_since": "Sun, 06 Nov 1994 08:49:37 +9999999999999"}, 200),
    # both: the tag alone decides (13.2.2)
    ({"if_none_match": "{tag}", "if_modified_since": BEFORE}, 304),
    ({"if_none_match": "{tag}", "if_modified_since": "garbage"}, 304),
    ({"if_none_match": '"other"', "if_modified_since": AFTER}, 200),
    ({"if_none_match": "", "if_modified_since": AFTER}, 200),
    # If-Match and If-Unmodified-Since: 13.1.1, 13.1.4
    ({"if_match": "{tag}"}, 200),
    ({"if_match": "*"}, 200),
    ({"if_match": '"other", {tag}'}, 200),
    ({"if_match": "W/{tag}"}, 412),
    ({"if_match": '"other"'}, 412),
    ({"if_match": ""}, 412),
    ({"if_match": "{tag}", "if_none_match": "{tag}"}, 304),
    ({"if_match": '"other"', "if_none_match": "{tag}"}, 412),
    ({"if_unmodified_since": SAME}, 200),
    ({"if_unmodified_since": BEFORE}, 412),
    ({"if_unmodified_since": "garbage"}, 200),
    ({"if_match": "{tag}", "if_unmodified_since": BEFORE}, 200),
    # ranges: as if they had not been asked for (14.2)
    ({"range": "bytes=0-99"}, 200),
    ({"range": "bytes=0-99", "if_range": "{tag}"}, 200),
    ({"range": "lines=1-2"}, 200),
    # of no consequence
    ({"cache_control": "no-cache", "pragma": "no-cache"}, 200),
    ({"accept": "application/rss+xml, application/xml;q=0.9, */*;q=0.8"}, 200),
    ({"accept": "application/json;q=0"}, 200),
    ({"accept_language": "fr"}, 200),
    ({"cookie": "a=b"}, 200),
    ({"expect": "nothing"}, 200),
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [FEED, "/feeds/de.rss", "/feeds/de.json"])
@pytest.mark.parametrize(("headers", "status"), CONDITIONS)
def test_conditions(both: Both, path: str, headers: dict[str, str], status: int, method: str) -> None:
    whole = both(path)
    tag = whole["ETag"] or ""
    given = {name: value.replace("{tag}", tag).replace("{bare}", tag.strip('"')) for name, value in headers.items()}
    answer = both(path, method=method, **given)
    assert answer.status == status
    if status == 200:
        assert answer.headers == whole.headers
        assert answer.body == (b"" if method == "HEAD" else whole.body)
    if status == 304:
        repeated = ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers")
        assert answer.headers == tuple((name, whole[name]) for name in repeated)
        assert answer.body == b""
    if status == 412:
        assert answer["Cache-Control"] == "no-store"
        assert bool(answer.body) is (method == "GET")


CODINGS: list[tuple[str | None, str | None, int]] = [
    (None, None, 200),
    ("", None, 200),  # no coding is wanted (12.5.3)
    (" ", None, 200),
    ("gzip", "gzip", 200),
    ("GZip", "gzip", 200),
    ("x-gzip", "gzip", 200),
    ("br", "br", 200),
    ("gzip, deflate, br, zstd", "br", 200),
    ("gzip;q=1.0, br;q=0.9", "gzip", 200),
    ("gzip;q=0.001", "gzip", 200),
    ("*", "br", 200),
    ("*;q=0.1, br;q=0", "gzip", 200),
    ("gzip;q=0", None, 200),
    ("gzip;q=0, br;q=0", None, 200),
    ("deflate", None, 200),  # none of ours, and the plain form is not refused
    ("identity", None, 200),
    ("identity;q=0.5, gzip;q=0.1", None, 200),
    ("identity;q=0, gzip;q=0.1", "gzip", 200),
    ("gzip;q=nonsense", None, 200),
    ("identity;q=0", None, 406),
    ("*;q=0", None, 406),
    ("deflate, *;q=0", None, 406),
    ("gzip;q=0, br;q=0, identity;q=0", None, 406),
    ("identity;q=0, deflate", None, 406),
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("accept", "coding", "status"), CODINGS)
def test_codings(both: Both, accept: str | None, coding: str | None, status: int, method: str) -> None:
    headers = {} if accept is None else {"accept_encoding": accept}
    answer = both(FEED, method=method, **headers)
    assert (answer.status, answer["Content-Encoding"]) == (status, coding)
    assert {"Accept-Encoding", "A-IM"} <= set((answer["Vary"] or "").split(", "))
    get = both(FEED, **headers)
    assert answer.headers == get.headers
    assert get["Content-Length"] == str(len(get.body))
    if status == 200:
        again = both(FEED, method=method, if_none_match=answer["ETag"] or "", **headers)
        assert again.status == 304


ADDRESSES: list[tuple[str, int, str | None]] = [
    # cache-busters and other parameters that say nothing of a feed change nothing
    ("/feeds/de.atom?", 200, None),
    ("/feeds/de.atom?1763812345", 200, None),
    ("/feeds/de.atom?_=1763812345&utm_source=reader", 200, None),
    ("/feeds/de.atom?format=rss&lang=fr&page=2", 200, None),
    ("/feeds/de.atom?&&&=&%00&%ff", 200, None),
    ("/feeds/de.atom?q=1", 200, None),  # asks nothing of a feed that is no search
    ("/feeds/de.atom?copies=show", 301, FEED),  # says what is so anyway
    # one spelling: of slashes
    ("/feeds/de.atom/", 301, FEED),
    ("/feeds/de.atom//", 301, FEED),
    ("//feeds/de.atom", 301, FEED),
    ("/feeds//de.atom", 301, FEED),
    ("///feeds///de.atom///", 301, FEED),
    # of letters
    ("/feeds/DE.atom", 301, FEED),
    ("/FEEDS/de.ATOM", 301, FEED),
    ("/feeds/zh-hans.atom", 301, "/feeds/zh-Hans.atom"),
    ("/feeds/de/Keywords/bmw.atom", 301, "/feeds/de/keywords/BMW.atom"),
    ("/feeds/de/keywords/%EF%BC%A2%EF%BC%AD%EF%BC%B7.atom", 301, "/feeds/de/keywords/BMW.atom"),
    # of what a URL must encode, or need not: the same address (RFC 3986, 6.2.2)
    ("/feeds/zh/keywords/%E4%B8%AD%E5%9B%BD.atom", 200, None),
    ("/feeds/zh/keywords/%e4%b8%ad%e5%9b%bd.atom", 200, None),
    ("/feeds/d%65%2Eatom", 200, None),
    ("/%66eeds/de.atom", 200, None),
    ("/feeds%2Fde.atom", 200, None),
    # of several keywords or languages
    ("/feeds/de/keywords/BMW+Alibaba.atom", 301, "/feeds/de/keywords/Alibaba+BMW.atom"),
    ("/feeds/de/keywords/Alibaba%2BBMW.atom", 200, None),  # a plus is a plus in a path
    ("/feeds/fr+de.atom", 301, "/feeds/de+fr.atom"),
    ("/feeds/de+de.atom", 301, FEED),
    # of spaces
    ("/feeds/de/keywords/%20BMW%20.atom", 301, "/feeds/de/keywords/BMW.atom"),
    ("/feeds/%20de%20.atom", 301, FEED),
    # what there is not
    ("/feeds/xx.atom", 404, None),
    ("/feeds/de.atom%00", 404, None),
    ("/feeds/de.atom%0d%0aSet-Cookie:%20a=b", 404, None),
    ("/feeds/de/keywords/%ff.atom", 404, None),
    ("/feeds/de/keywords/%c3%28.atom", 404, None),
    ("/feeds/de/keywords/%ed%a0%80.atom", 404, None),  # half a surrogate pair is no UTF-8
    ("/feeds/../de.atom", 404, None),
    ("/feeds/de.atom/../../../etc/passwd", 404, None),
    ("/feeds/" + "a" * 5000 + ".atom", 404, None),
    ("/feeds/de/keywords/" + "%E4%B8%AD" * 3000 + ".atom", 404, None),
    ("/feeds/" + "de+" * 3000 + "de.atom", 404, None),
    ("/feeds/.atom", 404, None),
    ("/feeds/de.atom.atom", 404, None),
    ("/feeds/de.xml", 404, None),
    ("/feed", 404, None),
]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("target", "status", "location"), ADDRESSES)
def test_addresses(both: Both, target: str, status: int, location: str | None, method: str) -> None:
    answer = ask(both, target, method)
    assert (answer.status, answer["Location"]) == (status, location)
    assert answer["Cache-Control"]
    assert all("\r" not in value and "\n" not in value for _, value in answer.headers)
    if status == 301:
        assert ask(both, location or "").status == 200, "one step, and one is there"
    if status == 404 and method == "GET":
        assert answer["Content-Length"] == str(len(answer.body))
        assert len(answer.body) < 50_000
    assert (answer.body == b"") is (method == "HEAD")


@pytest.mark.parametrize(
    ("target", "same"),
    [
        ("/feeds/de.atom?1763812345", FEED),
        ("/feeds/d%65.atom?x", FEED),
        ("/feeds/zh/keywords/%e4%b8%ad%e5%9b%bd.atom", CHINESE),
    ],
)
def test_another_spelling_of_the_same_request_is_the_same_answer(both: Both, target: str, same: str) -> None:
    shared = both.answers
    ask(both, same)
    before = shared.size_bytes
    assert ask(both, target) == ask(both, same)
    assert shared.size_bytes == before, "and no other entry of the table"


METHODS = [
    ("GET", 200),
    ("HEAD", 200),
    ("OPTIONS", 200),
    ("POST", 405),
    ("PUT", 405),
    ("DELETE", 405),
    ("PATCH", 405),
    ("TRACE", 405),
    ("BREW", 405),
]


@pytest.mark.parametrize(("method", "status"), METHODS)
@pytest.mark.parametrize("path", [FEED, "/feeds/de", "/feeds.opml", "/"])
def test_methods(both: Both, path: str, method: str, status: int) -> None:
    answer = both(path, method=method)
    assert answer.status == status
    if method not in {"GET", "HEAD"}:
        allowed = set((answer["Allow"] or "").split(", "))
        assert allowed == {"GET", "HEAD", "OPTIONS"}


PREFLIGHT = {
    "origin": "https://reader.example",
    "access_control_request_method": "GET",
    "access_control_request_headers": "a-im,if-none-match",
}


@pytest.mark.parametrize("path", [FEED, CHINESE, "/feeds.opml", "/feeds/de.opml", "/api/articles"])
def test_a_reader_in_a_browser_may_ask_conditionally(both: Both, path: str) -> None:
    allowed = both(path, method="OPTIONS", **PREFLIGHT)
    assert allowed.status == 200
    assert allowed["Access-Control-Allow-Origin"] == "*"
    names = {name.strip().lower() for name in (allowed["Access-Control-Allow-Headers"] or "").split(",")}
    assert {"a-im", "if-none-match", "if-modified-since"} <= names
    assert "GET" in (allowed["Access-Control-Allow-Methods"] or "").split(", ")
    whole = both(path, origin="https://reader.example")
    again = both(path, origin="https://reader.example", if_none_match=whole["ETag"] or "")
    assert (whole.status, again.status) == (200, 304)
    for answer in (whole, again):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in (answer["Access-Control-Expose-Headers"] or "").split(", ")


def test_a_reader_in_a_browser_sees_why_not(both: Both) -> None:
    for answer in (both("/feeds/xx.atom"), both(FEED, accept_encoding="identity;q=0"), both(FEED, if_match='"x"')):
        assert answer.status in {404, 406, 412}
        assert answer["Access-Control-Allow-Origin"] == "*"


def test_what_a_cache_may_do_with_a_feed(both: Both) -> None:
    said = (both(FEED)["Cache-Control"] or "").split(", ")
    assert said == ["public", "max-age=60", "s-maxage=10", "stale-while-revalidate=60", "stale-if-error=86400"]
    assert both(FEED)["Age"] is None  # only a cache has one to tell
    assert both("/feeds/DE.atom")["Cache-Control"] == ", ".join(said)
    assert both("/feeds/xx.atom")["Cache-Control"] == "public, max-age=10"
