"""A hub on loopback that takes subscriptions and pings, fetches what changed and hands it on."""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from feeds.model import Article


@contextmanager
def listening(post: Callable[[BaseHTTPRequestHandler, bytes], None]) -> Iterator[str]:
    """A server on loopback; ``GET`` echoes a hub's challenge, as subscribers do (WebSub 5.3)."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = parse_qs(urlsplit(self.path).query)
            answer(self, 200, said["hub.challenge"][0].encode())

        def do_POST(self) -> None:
            post(self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@dataclass
class Hub:
    """Answers ``status`` to pings; ``refused`` topics 422. With ``fetches`` it hands on as a real one does."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    fetches: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)  # topic, status
    callbacks: dict[str, str] = field(default_factory=dict)
    agents: set[str] = field(default_factory=set)
    delay_s: float = 0.0
    called: threading.Event = field(default_factory=threading.Event)

    def post(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        said = {name: values[-1] for name, values in parse_qs(body.decode("ascii")).items()}
        assert handler.headers["Content-Type"] == "application/x-www-form-urlencoded"
        if said["hub.mode"] == "subscribe":
            self.subscribe(said)
            answer(handler, 202)
            return
        assert set(said) == {"hub.mode", "hub.url", "hub.topic"}
        assert said["hub.mode"] == "publish"
        topic = said["hub.url"]
        assert said["hub.topic"] == topic
        self.called.set()
        time.sleep(self.delay_s)
        self.agents.add(handler.headers["User-Agent"])
        status = 422 if topic in self.refused else self.status
        self.asked.append((topic, status))
        answer(handler, status, b"" if status == 204 else b"as you say", **self.headers)
        if self.fetches and status < 300 and topic in self.callbacks:
            self.hand_on(topic)

    def subscribe(self, said: Mapping[str, str]) -> None:
        challenge = {"hub.mode": "subscribe", "hub.topic": said["hub.topic"], "hub.challenge": "e7b1"}
        with urllib.request.urlopen(f"{said['hub.callback']}?{urlencode(challenge)}", timeout=10) as echoed:
            assert echoed.read() == b"e7b1"
        self.callbacks[said["hub.topic"]] = said["hub.callback"]

    def hand_on(self, topic: str) -> None:
        with urllib.request.urlopen(topic, timeout=10) as fetched:
            body, kind, links = fetched.read(), fetched.headers["Content-Type"], fetched.headers["Link"]
        assert f'<{self.url}/>; rel="hub"' in links
        headers = {"Content-Type": kind, "Link": links}
        urllib.request.urlopen(urllib.request.Request(self.callbacks[topic], body, headers), timeout=10).close()

    @property
    def taken(self) -> list[str]:
        """Paths of the topics that it was told of, in order, and took."""
        return sorted(path_of(topic) for topic, status in self.asked if status < 300)

    def forget(self) -> None:
        self.asked.clear()


def path_of(topic: str) -> str:
    parts = urlsplit(topic)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def an_article(name: str, **more: object) -> Article:
    plain: dict[str, object] = {
        "id": name,
        "source_id": "daily",
        "identity": f"//daily.test/{name}",
        "url": f"https://daily.test/{name}",
        "title": f"Title of {name}",
        "language": "de",
    }
    return Article(**(plain | more))  # type: ignore[arg-type]  # values of several types by name
