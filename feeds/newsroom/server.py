"""Sockets in, sockets out: HTTP/1.1 with kept-alive connections around one callable ``Request -> Answer``."""

from __future__ import annotations

import datetime as dt
import http.server
import socket
import sys
import threading
from collections.abc import Callable
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from feeds.newsroom.messages import Answer, Request

_IDLE_S = 60.0
_STOP_S = 5.0
_MAX_BODY_BYTES = 1_000_000


class Server(http.server.ThreadingHTTPServer):
    """Listens as soon as it is made; ``serve_forever`` is run by the owner, ``stop`` ends it and closes everything."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], respond: Callable[[Request], Answer]) -> None:
        self.respond = respond
        self._open: set[socket.socket] = set()
        self._idle = threading.Condition()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Notes the connection, then serves it in a thread of its own."""
        with self._idle:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Closes a connection that has been served."""
        super().shutdown_request(request)
        with self._idle:
            self._open.discard(request)
            self._idle.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a bug and is printed."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Ends the server; connections still open are cut, so that no thread and no socket is left behind."""
        self.shutdown()
        with self._idle:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:  # already closed by the other side
                    continue
            self._idle.wait_for(lambda: not self._open, timeout=_STOP_S)
        self.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "JadeBridge/1.0"
    sys_version = ""
    timeout = _IDLE_S
    wbufsize = 1 << 16  # headers and body leave in one packet
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """Answers GET."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answers HEAD: as GET, without the body."""
        self._answer()

    def do_POST(self) -> None:
        """Answers POST."""
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """The newsroom keeps its own log."""

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _MAX_BODY_BYTES:
            self.close_connection = True
            self._send(Answer(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            return
        request = Request(
            method=self.command,
            path=unquote(urlsplit(self.path).path),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
            client=str(self.client_address[0]),
            query=urlsplit(self.path).query,
        )
        self._send(self.server.respond(request))

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        self.send_header("Server", self.server_version)
        self.send_header("Date", format_datetime(dt.datetime.now(dt.UTC), usegmt=True))
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
