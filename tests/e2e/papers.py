"""Small sites whose truth is known: each lists its articles on one page, and holds back or cuts off what it is told."""

from __future__ import annotations

import http.server
import random
import threading
import zlib
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Any, Self

NOUNS = (
    "Hafen",
    "Brücke",
    "Regen",
    "Markt",
    "Zug",
    "Werk",
    "Schule",
    "Garten",
    "Fluss",
    "Turm",
    "Motor",
    "Brief",
    "Karte",
)
PLACES = ("Insel", "Halle", "Küche", "Bahnhof", "Labor", "Museum", "Straße", "Wald", "Kanal", "Bühne", "Mauer", "Platz")
VERBS = ("öffnet", "baut", "findet", "plant", "prüft", "zeigt", "ordnet", "rettet", "kauft", "malt")
PARAGRAPHS = 12
HOLD_S = 60.0

TOML = """
name = "{name}"
kind = "listing"
url = "{url}/"
language = "de"
zone = "Europe/Berlin"
interval_s = 1
max_interval_s = 1
delay_s = 0
allow_private = true

[recipe]
entry = "//li"
link = ".//a"
"""


class Cut(Enum):
    """How an answer breaks off in its middle."""

    LENGTH = "less came than Content-Length says"
    CHUNKS = "no last chunk came"
    GZIP = "the compressed stream has no end, and nothing says how long it is"
    CLOSE = "the connection was closed, which ends an answer without a length"


@dataclass(frozen=True, slots=True)
class Piece:
    """An article; what of it is stored must be all of it."""

    path: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def page(self) -> bytes:
        body = "".join(f"<p>{each}</p>\n" for each in self.paragraphs)
        head = (
            f'<meta charset="utf-8"><title>{self.title}</title><meta name="date" content="2026-11-20T09:00:00+01:00">'
        )
        article = f"<article><h1>{self.title}</h1>\n{body}</article>"
        return f'<!DOCTYPE html><html lang="de"><head>{head}</head><body>{article}</body></html>'.encode()


@dataclass(slots=True)
class Hold:
    """An answer that is held back: ``reached`` once someone at ``port`` has asked for it, until ``let_go``."""

    reached: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    _go_on: threading.Event = field(default_factory=threading.Event)

    def wait(self, port: int) -> None:
        self.port = port
        self.reached.set()
        self._go_on.wait(HOLD_S)

    def let_go(self) -> None:
        self._go_on.set()


class Paper:
    """One site, at ``host``, an address of this machine that is a domain of its own; a context manager."""

    def __init__(self, name: str, host: str) -> None:
        self.name = name
        self.pieces: dict[str, Piece] = {}
        self.counts: Counter[str] = Counter()
        self._holds: dict[str, Hold] = {}
        self._cuts: dict[str, Cut] = {}
        self._lock = threading.Lock()
        paper = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                paper._answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = _Server((host, 0), Handler)
        self.url = f"http://{host}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for hold in self._holds.values():
            hold.let_go()
        self._server.shutdown()
        self._server.server_close()

    @property
    def toml(self) -> str:
        """Its source."""
        return TOML.format(name=self.name, url=self.url)

    @property
    def truth(self) -> dict[str, Piece]:
        """Address -> what must be stored of it."""
        with self._lock:
            return {self.url + path: piece for path, piece in self.pieces.items()}

    def publish(
        self, number: int = 1, *, hold: Hold | None = None, cut: Cut | None = None, scale: int = 1
    ) -> list[str]:
        """Lists so many more articles and returns their paths; the first is held back once, or each cut once."""
        with self._lock:
            made = [self._write(scale) for _ in range(number)]
            for piece in made:
                if cut is not None:
                    self._cuts[piece.path] = cut
            if hold is not None:
                self._holds[made[0].path] = hold
        return [piece.path for piece in made]

    def _write(self, scale: int) -> Piece:
        number = len(self.pieces) + 1
        chance = random.Random(f"{self.name} {number}")

        def sentence() -> str:
            said = [f"{chance.choice(NOUNS)} {chance.choice(VERBS)} {chance.choice(PLACES)}" for _ in range(4)]
            return f"{', '.join(said)} im Jahr {chance.randrange(1000, 9999)}."

        paragraphs = tuple(" ".join(sentence() for _ in range(4)) for _ in range(PARAGRAPHS * scale))
        piece = Piece(f"/artikel/{number}.html", f"{number}: {sentence()}", paragraphs)
        self.pieces[piece.path] = piece
        return piece

    def _answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        path = handler.path
        with self._lock:
            self.counts[path] += 1
            hold, cut = self._holds.pop(path, None), self._cuts.pop(path, None)
            piece = self.pieces.get(path)
            listing = "".join(f'<li><a href="{each.path}">{each.title}</a></li>' for each in self.pieces.values())
        if hold is not None:
            hold.wait(handler.client_address[1])
        if path == "/":
            body = f'<!DOCTYPE html><html lang="de"><body><ul>{listing}</ul></body></html>'.encode()
        else:
            body = piece.page if piece else b"nothing here"
        handler.send_response(200 if piece or path == "/" else 404)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        _send(handler, body, cut)


def _send(handler: http.server.BaseHTTPRequestHandler, body: bytes, cut: Cut | None) -> None:
    """The answer's last headers and its body, or the half of it."""
    half = body[: len(body) // 2]
    match cut:
        case None:
            fields, sent = {"Content-Length": str(len(body))}, body
        case Cut.LENGTH:
            fields, sent = {"Content-Length": str(len(body))}, half
        case Cut.CHUNKS:
            fields, sent = {"Transfer-Encoding": "chunked"}, b"%x\r\n%s\r\n" % (len(half), half)
        case Cut.GZIP:
            packed = zlib.compress(body, wbits=zlib.MAX_WBITS | 16)
            fields, sent = {"Content-Encoding": "gzip", "Connection": "close"}, packed[: len(packed) // 2]
        case Cut.CLOSE:
            fields, sent = {"Connection": "close"}, half
    handler.close_connection = handler.close_connection or cut is not None
    for name, value in fields.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(sent)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """Whoever asked was killed."""
