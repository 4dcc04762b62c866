"""A newsroom with a clock that stands still, and a reader that asks it over real HTTP."""

from __future__ import annotations

import datetime as dt
import http.client
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from feeds.newsroom import Newsroom

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)  # twelve o'clock in Shanghai


@dataclass(slots=True)
class Clock:
    """Stands still until a test sets it."""

    now: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Reader:
    """Asks one newsroom over one kept-alive connection."""

    connection: http.client.HTTPConnection
    methods: list[str] = field(default_factory=list)

    def get(self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body=body, headers=sent)
        response = self.connection.getresponse()
        received = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, received, response.read())

    def text(self, path: str, encoding: str = "utf-8") -> str:
        reply = self.get(path)
        assert reply.status == 200, (path, reply.status)
        return reply.body.decode(encoding)


OpenReader = Callable[[Newsroom], Reader]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def newsroom(clock: Clock) -> Iterator[Newsroom]:
    """150 old articles, none published by itself."""
    with Newsroom(articles=150, every_s=0, clock=clock) as newsroom:
        yield newsroom


@pytest.fixture
def open_reader() -> Iterator[OpenReader]:
    connections: list[http.client.HTTPConnection] = []

    def open_reader(newsroom: Newsroom) -> Reader:
        connections.append(http.client.HTTPConnection(urlsplit(newsroom.url).netloc, timeout=10))
        return Reader(connections[-1])

    yield open_reader
    for connection in connections:
        connection.close()


@pytest.fixture
def reader(newsroom: Newsroom, open_reader: OpenReader) -> Reader:
    return open_reader(newsroom)
