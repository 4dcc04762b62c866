"""Any request to any feed of odd articles, in any state of the service: Flask and the fast layer say the same."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from functools import partial
from typing import cast
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from feeds.model import Change
from feeds.settings import Settings
from feeds.store import open_store
from feeds.store.base import Store
from feeds.web.app import create_app
from feeds.web.catalogue import Catalogue
from tests.e2e.odd_articles import HOSTILE, ODD, odd_article

from .conftest import NOW, Both, Watched, make_source, write

SLOW = {"five megabytes"}  # its compressing takes the time of a thousand requests; tests/e2e has it
NAMES = sorted(ODD.keys() - SLOW)
PATHS = [
    "/feeds/all.atom",
    "/feeds/all.rss",
    "/feeds/all.json",
    "/feeds/de.atom",
    "/feeds/ar.rss",
    "/feeds/zh.json",
    "/feeds/de+he.rss",
    "/feeds/de~ar.atom",
    "/feeds/all/sources/odd.json",
    "/feeds/all/sections/none.atom",
    "/feeds/all/keywords/BMW.atom",
    "/feeds/de/keywords/Alibaba+BMW.rss",
    "/feeds/all/keywords/宝马.json",
    "/feeds/ar/keywords/C%2B%2B.rss",
    f"/feeds/de/keywords/{quote(HOSTILE.casefold())}.atom",
    "/feeds/de/keywords/nobody.atom",
    "/feeds/de/search.atom",
    "/feeds/de",
    "/feeds/DE.rss",
    "/feeds/de.atom/",
    "/feeds/xx.json",
    "/feeds/de.xml",
    "/feeds/\udcff.atom",
    "/feeds/de.atom\0",
    "/feeds.opml",
]
QUERIES = [*[""] * 6, "a=1", "q=BMW", "q=since:7d", "q=(", "copies=hide", "content=title", "content=summary&x", "%ff&="]
CODINGS = st.lists(
    st.tuples(
        st.sampled_from(["gzip", "br", "identity", "*", "x-gzip", "deflate", ""]),
        st.sampled_from(["", ";q=0", ";q=1", "; q=0.5", ";q=x"]),
    ).map("".join),
    max_size=3,
).map(", ".join)
DATES = st.sampled_from(
    ["Sun, 22 Nov 2026 12:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Sun Nov 22 13:00:00 2037", "garbage", ""]
)
A_IM = st.sampled_from(["feed", "feed;q=0", "identity, feed;q=0.5", "gzip, FEED", "vcdiff", ""])
WORDS = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=12)
STATES = st.sampled_from(["change", "change", "down", "up", "up"])


@st.composite
def requests(draw: st.DrawFn, held: list[str]) -> tuple[str, str, dict[str, str]]:
    """A method, a query string, headers; conditions name tags of earlier answers, or none of ours."""
    tags = st.lists(
        st.one_of(
            st.sampled_from([*held, "*"]).flatmap(lambda tag: st.sampled_from([tag, f"W/{tag}", tag.strip('"')])),
            WORDS.map(lambda text: f'"{text}"'),
        ),
        max_size=3,
    ).map(", ".join)
    kinds = {
        "accept_encoding": CODINGS,
        "if_none_match": tags,
        "if_match": tags,
        "if_modified_since": DATES,
        "if_unmodified_since": DATES,
        "a_im": A_IM,
        "range": st.just("bytes=0-9"),
        "accept": st.sampled_from(["*/*", "text/html", "application/rss+xml", ""]),
        "accept_language": st.sampled_from(["de", "ja", "xx", ""]),
        "sec_fetch_dest": st.sampled_from(["document", "empty"]),
        "origin": st.just("https://reader.example"),
        "user_agent": WORDS,
    }
    headers = {name: draw(kinds[name]) for name in draw(st.lists(st.sampled_from([*kinds]), max_size=2))}
    is_reader = draw(st.booleans())
    if held and is_reader:
        headers |= {"if_none_match": draw(st.sampled_from(held[-2:])), "a_im": draw(A_IM)}
    method = draw(st.sampled_from(["GET", "GET", "GET", "GET", "HEAD", "HEAD", "OPTIONS", "POST"]))
    return method, draw(st.sampled_from(QUERIES)), headers


@pytest.fixture
def odd_store(settings: Settings) -> Store:
    store = open_store(settings.store_url)
    store.register([make_source("odd", "Seltsames & <Co>", None)], NOW)
    for number, name in enumerate(NAMES):
        write(store, [odd_article(name)], NOW + dt.timedelta(minutes=number))
    return store


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nobody_can_tell_who_answered(
    settings: Settings, odd_store: Store, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    seconds = [0.0]  # of the clock by which what is known of sources is read anew: both are asked at one moment
    monkeypatch.setattr("feeds.web.app.Catalogue", partial(Catalogue, clock=lambda: seconds[0]))
    monkeypatch.setattr("feeds.web.pulse.LOOK_S", 0.0)  # the store is looked at for each answer
    watched = Watched(odd_store)
    both = Both(create_app(settings, cast("Store", watched), clock=lambda: NOW))
    paths = [unquote(path) for path in data.draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=2))]
    held: dict[str, list[str]] = {path: [] for path in paths}
    for number in range(25):
        seconds[0] += data.draw(st.sampled_from([0.0, 0.6, 3.0]))
        state = data.draw(st.one_of(st.none(), STATES))
        if state == "change":
            name = data.draw(st.sampled_from(NAMES))
            changed = dataclasses.replace(odd_article(name), title=f"{name} {data.draw(WORDS)}")
            write(odd_store, [changed], NOW + dt.timedelta(days=1, minutes=number), change=Change.UPDATED)
        elif state is not None:
            watched.is_down = state == "down"
        path = data.draw(st.sampled_from(paths))
        method, query, headers = data.draw(requests(held[path]))
        first, then = data.draw(st.permutations([both.ask_fast, both.ask_flask]))
        answer = first(path, method, query, **headers)
        assert then(path, method, query, **headers) == answer
        if (tag := answer["ETag"]) is not None:
            held[path].append(tag)
        if method == "HEAD":
            get = both(path, "GET", query, **headers)
            assert (answer.line, answer.headers, answer.body) == (get.line, get.headers, b"")


HEADERS: list[dict[str, str]] = [
    {},
    {"accept_encoding": "gzip"},
    {"accept_encoding": "identity;q=0"},
    {"if_none_match": "{first}"},
    {"if_none_match": "{last}"},
    {"if_none_match": "{first}", "a_im": "feed"},
    {"if_none_match": "{last}", "a_im": "feed"},
    {"if_none_match": "{last}", "a_im": "feed", "accept_encoding": "br"},
    {"if_match": "{last}"},
    {"if_match": '"other"'},
    {"if_modified_since": "Sun, 22 Nov 2037 12:00:00 GMT"},
    {"if_unmodified_since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"sec_fetch_dest": "document"},
    {"accept": "text/html"},
]


def test_each_state_of_the_service(settings: Settings, odd_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.web.pulse.LOOK_S", 0.0)
    watched = Watched(odd_store)
    both = Both(create_app(settings, cast("Store", watched), clock=lambda: NOW))
    tags: dict[str, list[str]] = {path: [] for path in ("/feeds/de.atom", "/feeds/de.rss", "/feeds/all.json")}
    seen: Counter[tuple[str, int]] = Counter()

    def ask_all(state: str) -> None:
        for path, held in tags.items():
            for headers in HEADERS:
                marks = {"{first}": held[0] if held else '"none"', "{last}": held[-1] if held else '"none"'}
                answer = both(path, **{name: marks.get(value, value) for name, value in headers.items()})
                seen[state, answer.status] += 1
                if (tag := answer["ETag"]) and headers.get("a_im") and "accept_encoding" not in headers:
                    held.append(tag)

    watched.is_down = True
    ask_all("down from the first")
    watched.is_down = False
    ask_all("warm")
    for number in (1, 2):
        changed = dataclasses.replace(odd_article("plain"), title=f"Neu {number}")
        write(odd_store, [changed], NOW + dt.timedelta(days=number), change=Change.UPDATED)
        ask_all("changed")
    watched.is_down = True
    ask_all("down")
    assert seen["down from the first", 503] == len(tags) * len(HEADERS)
    for status in (200, 226, 303, 304, 406, 412):
        assert seen["changed", status], f"{status} never came"
    assert {status for state, status in seen if state == "down"} == {200, 226, 303, 304, 406, 412}
