"""A service that its operator has closed: who gets in, what may keep an answer, and where the key never shows."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, replace
from typing import Any

import pytest
from lxml import etree, html

from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web.keys import COOKIE, Keys, keys_in, private, with_key, without_key
from feeds.web.wsgi import build_app

from .conftest import Answer, ask

KEY, OTHER, ODD = "correct-horse-battery", "staple-staple-staple", "schlüssel+&=/und mehr"
CLOSED = ["/", "/feeds/de.atom", "/feeds/de", "/feeds.opml", "/feeds/de.opml", "/api", "/api/articles", "/sources"]
CLOSED += ["/sources.atom", "/feeds/DE.atom", "/feeds/xx.atom", "/nowhere", "/.well-known/feeds"]
OPEN = ["/health", "/robots.txt", "/favicon.svg", "/static/style.css"]


@dataclass
class House:
    """A closed service, asked through the fast layer as a server asks it."""

    app: Any

    def __call__(self, path: str, query: str = "", **headers: str) -> Answer:
        return ask(self.app, path, query=query, **headers)


@pytest.fixture
def closed(settings: Settings, store: Store) -> House:
    app = build_app(replace(settings, keys=(OTHER, KEY, ODD)), store)
    return House(app)


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("query", ["", "key=", "key=wrong", f"key={KEY}x", f"lock={KEY}", "key"])
def test_without_a_key_there_is_nothing(closed: House, path: str, query: str) -> None:
    closed("/feeds/de.atom", f"key={KEY}")  # ready now, for the fast layer too
    answer = closed(path, query)
    assert answer.status == 401
    assert answer["WWW-Authenticate"] == 'Basic realm="Feeds", charset="UTF-8"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert b"key" in answer.body.lower()
    assert b"Museum" not in answer.body


@pytest.mark.parametrize("path", OPEN)
def test_what_tells_of_no_article_stays_open(closed: House, path: str) -> None:
    answer = closed(path)
    assert answer.status == 200
    assert "private" not in (answer["Cache-Control"] or "")


WAYS = [
    {"query": f"key={KEY}"},
    {"query": f"copies=hide&KEY={KEY}"},
    {"query": "key=schl%C3%BCssel%2B%26%3D%2Fund+mehr"},
    {"query": f"key=wrong&key={KEY}"},
    {"AUTHORIZATION": f"Bearer {KEY}"},
    {"AUTHORIZATION": f"bearer  {KEY} "},
    {"AUTHORIZATION": basic("anyone", KEY)},
    {"AUTHORIZATION": basic(KEY, "")},
    {"AUTHORIZATION": basic("", ODD)},
    {"COOKIE": f"theme=dark; {COOKIE}={KEY}"},
    {"AUTHORIZATION": "Bearer of bad news", "COOKIE": f"{COOKIE}={OTHER}"},
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", ["/feeds/de.atom", "/feeds/de", "/feeds.opml", "/api/languages", "/", "/sources"])
def test_ways_in(closed: House, path: str, way: dict[str, str]) -> None:
    for _ in range(2):  # the second time a feed comes from the fast layer
        answer = closed(path, **way)
        if answer.status == 301:  # the one spelling of copies=hide
            answer = closed(path, f"copies=hide&key={KEY}")
        assert answer.status in ({200, 400} if "api" in path else {200})
        caching = [each.strip() for each in str(answer["Cache-Control"]).split(",")]
        assert "private" in caching
        assert not [each for each in caching if each == "public" or each.startswith("s-maxage")]
        assert answer["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Basic",
        "Basic !",
        "Basic ////",
        "Basic \xe9\xe9\xe9\xe9",
        basic("a", "b"),
        "Basic /w==",
        "Digest x",
        "",
        f"Token {KEY}",
        KEY,
    ],
)
def test_authorizations_that_open_nothing(closed: House, value: str) -> None:
    assert closed("/feeds/de.atom", AUTHORIZATION=value).status == 401


def test_a_conditional_request_needs_the_key_too(closed: House) -> None:
    tag = closed("/feeds/de.atom", f"key={KEY}")["ETag"] or ""
    assert closed("/feeds/de.atom", IF_NONE_MATCH=tag).status == 401
    unchanged = closed("/feeds/de.atom", f"key={OTHER}", IF_NONE_MATCH=tag)
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert "private" in str(unchanged["Cache-Control"])


@pytest.mark.parametrize("path", ["/feeds/de.atom", "/feeds/de.rss", "/feeds/de.json"])
def test_a_feed_never_shows_a_key(closed: House, path: str) -> None:
    answers = [closed(path, f"key={key}") for key in (KEY, OTHER)]
    assert answers[0].body == answers[1].body
    for answer in answers:
        said = answer.body + repr(answer.headers).encode()
        assert KEY.encode() not in said
        assert OTHER.encode() not in said


def test_a_page_gives_the_visitors_key_to_feed_readers_and_to_nobody_else(closed: House) -> None:
    first = closed("/feeds/de", f"key={KEY}")
    cookie = str(first["Set-Cookie"])
    assert cookie.startswith(f"{COOKIE}={KEY};")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie, "this service is reached over http"
    page = html.document_fromstring(closed("/feeds/de", COOKIE=f"{COOKIE}={KEY}").body)
    (atom,) = page.xpath("//a[@class='format' and .='Atom']/@href")
    assert atom == f"/feeds/de.atom?key={KEY}"
    assert f"http://feeds.test/feeds/de.rss?key={KEY}" in page.xpath("//button/@data-copy")
    assert page.xpath("//link[@rel='alternate']/@href")[0] == f"http://feeds.test/feeds/de.atom?key={KEY}"
    assert page.xpath("//link[@rel='canonical']/@href") == ["http://feeds.test/feeds/de"]
    others = closed("/feeds/de", COOKIE=f"{COOKIE}={OTHER}")
    assert KEY.encode() not in others.body
    assert OTHER.encode() in others.body
    assert closed("/feeds/de", COOKIE=f"{COOKIE}={KEY}")["Set-Cookie"] is None


def test_a_cookie_of_a_service_reached_over_https_is_secure(settings: Settings, store: Store) -> None:
    app = build_app(replace(settings, keys=(KEY,), public_url="https://feeds.test/news"), store)
    cookie = str(ask(app, "/feeds/de", query=f"key={KEY}")["Set-Cookie"])
    assert "; Secure" in cookie
    assert "; Path=/news" in cookie


def test_a_subscription_list_names_the_key_of_whoever_asks(closed: House) -> None:
    for key in (KEY, OTHER):
        for path in ("/feeds.opml", "/feeds/de.opml"):
            root = etree.fromstring(closed(path, AUTHORIZATION=f"Bearer {key}").body)
            urls = root.xpath("//@xmlUrl")
            assert urls
            assert all(url.endswith(f".atom?key={key}") for url in urls)
            assert all(url.endswith(f"?key={key}") for url in root.xpath("//@htmlUrl"))


def test_an_address_that_moves_takes_the_key_along(closed: House) -> None:
    moved = closed("/feeds/DE.atom", f"key={KEY}&utm_source=x")
    assert (moved.status, moved["Location"]) == (301, f"/feeds/de.atom?key={KEY}")
    assert "private" in str(moved["Cache-Control"])
    odd = closed("/feeds/DE", "lang=fr&key=schl%C3%BCssel%2B%26%3D%2Fund%20mehr")
    assert odd["Location"] == "/feeds/de?lang=fr&key=schl%C3%BCssel%2B%26%3D%2Fund%20mehr"
    assert closed("/feeds/DE.atom", AUTHORIZATION=f"Bearer {KEY}")["Location"] == "/feeds/de.atom"


def test_a_browser_is_led_from_a_feed_to_its_page_with_the_key(closed: House) -> None:
    closed("/feeds/de.atom", f"key={KEY}")
    led = closed("/feeds/de.atom", f"key={KEY}", SEC_FETCH_DEST="document")
    assert (led.status, led["Location"]) == (303, f"/feeds/de?key={KEY}#subscribe")


def test_words_for_whoever_asks_for_json(closed: House) -> None:
    for path in ("/feeds/de.json", "/api/articles"):
        assert closed(path)["Content-Type"] == "application/problem+json"
        assert b'"status":401' in closed(path).body
    assert (closed("/feeds/de", ACCEPT="text/html")["Content-Type"] or "").startswith("text/html")


def test_the_api_says_that_it_wants_a_key(closed: House, settings: Settings, store: Store) -> None:
    told = json.loads(closed("/api/openapi.json", AUTHORIZATION=f"Bearer {KEY}").body)
    assert "for those who have a key" in told["info"]["description"]
    ways = told["components"]["securitySchemes"]
    assert [list(way) for way in told["security"]] == [[name] for name in ways]
    assert {(way["type"], way.get("scheme") or way.get("name")) for way in ways.values()} == {
        ("http", "bearer"),
        ("http", "basic"),
        ("apiKey", "key"),
    }
    assert b"for those who have a key" in closed("/api", f"key={KEY}").body
    told = json.loads(ask(build_app(settings, store), "/api/openapi.json").body)
    assert "without a key" in told["info"]["description"]
    assert "security" not in told


def test_a_browser_may_ask_whether_it_may_ask(closed: House) -> None:
    answer = ask(closed.app, "/api/articles", method="OPTIONS")
    assert answer.status == 200
    assert "Authorization" in str(answer["Access-Control-Allow-Headers"])


def test_an_open_service_takes_no_notice(settings: Settings, store: Store) -> None:
    app = build_app(settings, store)
    answer = ask(app, "/feeds/de.atom", query="key=anything")
    assert answer.status == 200
    assert "public" in str(answer["Cache-Control"])


def test_robots_are_told_to_stay_out(closed: House) -> None:
    assert closed("/robots.txt").body == b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("public, max-age=60, s-maxage=10", "private, max-age=60"),
        ("no-cache", "private, no-cache"),
        ("", "private, no-cache"),
        ("public", "private, no-cache"),
        ("private, no-store", "private, no-store"),
        ("no-store", "no-store"),
    ],
)
def test_caching_for_one(given: str, expected: str) -> None:
    assert private(given) == expected


def test_addresses_with_keys() -> None:
    assert with_key("/feeds/de?copies=hide#subscribe", "a b") == "/feeds/de?copies=hide&key=a%20b#subscribe"
    assert with_key("/feeds/de", "") == "/feeds/de"
    assert without_key("a=1&key=x&KEY=y&%6Bey=z&keys=2") == "a=1&keys=2"
    assert keys_in("a=1&key=x+y&%4Bey=z") == ["x y", "z"]
    assert not Keys(())
    assert Keys(("a",)).named({}) == ""
    assert Keys(("\udcff",)).named({"QUERY_STRING": "key=%ff"}) == ""
