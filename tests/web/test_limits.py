"""A client has its share and no more; whoever polls politely never comes near it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import structlog
from flask import Flask, Response

from cluster.servers import Redis, missing_redis, running_redis
from feeds.settings import Settings
from feeds.store.base import Store
from feeds.web import limits
from feeds.web.app import create_app
from feeds.web.limits import client_of, was_made
from feeds.web.wsgi import build_app

from .conftest import Answer, ask

RATE = 5
OUTSIDE, NEIGHBOUR = "9.9.9.9", "9.9.9.10"  # of no private network, as those for documentation are


def ask_from(app: Any, path: str, client: str = OUTSIDE, query: str = "", **headers: str) -> Answer:
    def called(environ: Any, start_response: Any) -> Any:
        return app(environ | {"REMOTE_ADDR": client}, start_response)

    return ask(called, path, query=query, **headers)


@pytest.fixture
def limited(settings: Settings, store: Store) -> Any:
    return build_app(replace(settings, client_rate=f"{RATE} per minute"), store)


def spend(app: Any, client: str = OUTSIDE) -> None:
    for number in range(RATE):
        assert ask_from(app, "/feeds/all/search", client, query=f"q=word{number}").status == 200


def test_a_share_and_no_more(limited: Any) -> None:
    spend(limited)
    refused = ask_from(limited, "/feeds/all/search", query="q=more")
    assert refused.status == 429
    assert 1 <= int(refused["Retry-After"] or 0) <= 61
    assert refused["Cache-Control"] == "no-store"
    assert b"come back in" in refused.body
    assert ask_from(limited, "/feeds/all/search", NEIGHBOUR, query="q=more").status == 200
    for path in ("/health", "/metrics", "/robots.txt", "/static/style.css", "/favicon.svg"):
        assert ask_from(limited, path).status == 200, path


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        ("/", "text/html", "text/html; charset=utf-8"),
        ("/feeds/ja.atom", "*/*", "text/plain; charset=utf-8"),
        ("/feeds/ja.json", "*/*", "application/problem+json"),
        ("/api/articles", "text/html", "application/problem+json"),
    ],
)
def test_words_by_what_was_asked(limited: Any, path: str, accept: str, media_type: str) -> None:
    spend(limited)
    refused = ask_from(limited, path, ACCEPT=accept, ACCEPT_LANGUAGE="de")
    assert (refused.status, refused["Content-Type"]) == (429, media_type)
    assert "bitte kommen sie" in refused.body.decode().lower()


def test_a_polite_reader_of_many_feeds_is_never_refused(limited: Any) -> None:
    feeds = ["/feeds/de.atom", "/feeds/fr.atom", "/feeds/ja.rss"]
    tags = {path: ask_from(limited, path)["ETag"] or "" for path in feeds}
    pages = {"/feeds.opml": ask_from(limited, "/feeds.opml")["ETag"] or ""}
    for _ in range(3 * RATE):
        for path, tag in (tags | pages).items():
            assert ask_from(limited, path, IF_NONE_MATCH=tag).status == 304
    for _ in range(3 * RATE):
        assert ask_from(limited, "/feeds/de.atom").status == 200, "it is ready"
        assert ask_from(limited, "/feeds/DE.atom").status == 301


def test_feeds_that_are_ready_are_answered_to_whoever_had_his_share(limited: Any) -> None:
    ask_from(limited, "/feeds/de.atom", NEIGHBOUR)
    spend(limited)
    assert ask_from(limited, "/feeds/de.atom").status == 200
    assert ask_from(limited, "/feeds/de").status == 429


def test_a_reader_that_is_asked_for_its_password_first_is_not_limited(settings: Settings, store: Store) -> None:
    app = build_app(replace(settings, client_rate="3 per minute", keys=("a-key-that-is-long",)), store)
    for _ in range(10):
        assert ask_from(app, "/feeds/de").status == 401


def test_no_limit_where_none_is_set(settings: Settings, store: Store) -> None:
    app = build_app(replace(settings, client_rate=""), store)
    for number in range(30):
        assert ask_from(app, "/feeds/all/search", query=f"q=w{number}").status == 200


@pytest.fixture
def behind_two(settings: Settings, store: Store) -> Any:
    return build_app(replace(settings, client_rate="2 per minute", trusted_proxies=2), store)


def test_behind_proxies_a_client_is_whom_the_first_of_them_names(behind_two: Any) -> None:
    def status(forwarded: str) -> int:
        return ask_from(behind_two, "/feeds/de", "10.0.0.1", X_FORWARDED_FOR=forwarded).status

    assert [status(f"203.0.113.{number}, {OUTSIDE}, 10.0.0.2") for number in range(3)] == [200, 200, 429]
    assert status(f"{OUTSIDE}, {NEIGHBOUR}, 10.0.0.2") == 200, "what a client says of itself counts for nothing"


def test_without_trusted_proxies_nobody_outside_names_himself(limited: Any) -> None:
    answers = [
        ask_from(limited, "/feeds/de", X_FORWARDED_FOR=f"203.0.113.{number}").status for number in range(RATE + 1)
    ]
    assert answers == [200] * RATE + [429]


def test_the_clients_of_a_proxy_that_is_not_counted_are_not_one_client(limited: Any) -> None:
    with structlog.testing.capture_logs() as lines:
        answers = [
            ask_from(limited, "/feeds/de", "127.0.0.1", X_FORWARDED_FOR=f"203.0.113.{number}").status
            for number in range(3 * RATE)
        ]
    assert set(answers) == {200}
    assert [line["proxy"] for line in lines if "trusted_proxies" in line["event"]] == ["127.0.0.1"], "told once"


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    if reason := missing_redis():
        pytest.skip(reason)
    with running_redis() as server:
        yield server


def test_with_redis_all_processes_count_together(
    settings: Settings, store: Store, own_redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REDIS_WAIT_S", 60.0)  # a busy machine may hold it up; one that is away refuses at once
    counted = replace(settings, client_rate=f"{RATE} per hour", redis_url=own_redis.url)
    one, other = build_app(counted, store), build_app(counted, store)
    spend(one)
    assert ask_from(other, "/feeds/all/search", query="q=more").status == 429
    assert ask_from(other, "/feeds/all/search", NEIGHBOUR, query="q=more").status == 200
    own_redis.stop()
    answers = [ask_from(other, "/feeds/all/search", query=f"q=w{number}").status for number in range(RATE + 1)]
    assert answers == [200] * RATE + [429], "each counts for itself then"
    own_redis.start()
    deadline = time.monotonic() + 60
    while ask_from(other, "/feeds/all/search", query="q=more").status == 429:  # Redis has forgotten, and counts again
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_redis_that_goes_away_while_an_answer_is_made(
    settings: Settings,
    store: Store,
    own_redis: Redis,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(limits._STORAGE, "_complaint", limits._Storage()._complaint)  # as at the start
    app = build_app(replace(settings, client_rate=f"{RATE} per hour", redis_url=own_redis.url), store)
    asked = store.window

    def window(*given: Any, **named: Any) -> Any:
        own_redis.stop()
        return asked(*given, **named)

    monkeypatch.setattr(store, "window", window)
    with structlog.testing.capture_logs() as lines:
        assert ask_from(app, "/feeds/all/search", query="q=bmw").status == 200
        assert ask_from(app, "/feeds/all/search", query="q=audi").status == 200
    (told,) = (line for line in lines if line["event"].startswith("each web counts clients by itself"))
    assert told["reason"]
    assert not caplog.records, "no traceback of the library's"


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:5000", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unix:"),
    ],
)
def test_what_is_one_client(address: str, client: str) -> None:
    assert client_of(address) == client


@pytest.mark.parametrize(
    ("statuses", "counts"), [((200, 206, 226, 400, 404, 503), True), ((301, 303, 304, 401, 429), False)]
)
def test_what_counts(statuses: tuple[int, ...], *, counts: bool) -> None:
    assert [was_made(Response(status=status)) for status in statuses] == [counts] * len(statuses)


@pytest.fixture
def plain(settings: Settings, store: Store) -> Flask:
    return create_app(replace(settings, client_rate="2 per minute"), store)


def test_flask_alone_limits_too(plain: Flask) -> None:
    client = plain.test_client()
    assert [client.get("/feeds/de").status_code for _ in range(3)] == [200, 200, 429]
