"""The server of ``polyfeed serve``: uvicorn's HTTP, and what is ready answered where the request was read.

A request for a feed that is ready needs no thread and no task: the protocol asks the fast layer and writes the answer.
Everything else goes the usual way, through ASGI and a2wsgi into a few threads that run the WSGI application. What an
answer costs, and that granian's threads cost no more so far, stands in the README.

What uvicorn leaves to a proxy in front is bounded here: the size of a request's head, the time it may take, and how
long a client may read nothing of what it asked for. Requests with a body are answered and their connection is closed:
nothing here reads one.
"""

from __future__ import annotations

import asyncio
import socket
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

import uvloop
from a2wsgi import WSGIMiddleware
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from feeds.web.ready import Answer, Headers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from feeds.web.fast import FastLayer

THREADS = 4  # a page takes one for 10 to 30 ms, and one of Python's threads works at a time
HEAD_BYTES = 64 * 1024
QUIET_S = 60.0  # from one answer to the head of the next request, and for a reader that takes nothing
STOP_WITHIN_S = 10
_JOINED_BYTES = 64 * 1024  # a longer body is written as it is, for many clients at once, and not copied for each
_NAME_BYTES = 64  # of a header that is looked at here
_NOT_AT_ONCE = frozenset({"HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_UPGRADE", "HTTP_A_IM"})
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"  # RFC 6585, 5
)


class FrontServer(Server):
    """uvicorn's server, which also ends connections that nothing moves on."""

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; every second the connections are looked over."""
        if counter % 10 == 0:
            now_s = asyncio.get_running_loop().time()
            for connection in tuple(self.server_state.connections):
                if isinstance(connection, FrontProtocol):
                    connection.end_if_stuck(now_s)
        return await super().on_tick(counter)


class FrontProtocol(HttpToolsProtocol):
    """One connection. Of its methods, those that httptools calls while it reads are named ``on_…``."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        front = config.loaded_app
        assert isinstance(front, Front)
        self._layer = front.layer
        self._head_bytes = 0
        self._moved_at = self.loop.time()
        self._unsent_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Reads on; a head that is too long is refused.

        Curl, and readers that are built on it, send an address as it was typed: 中国 in UTF-8. The parser takes ASCII.
        """
        if not data.isascii() and self._head_bytes == 0 and self._is_idle:
            line, end, rest = data.partition(b"\r\n")
            data = quote_from_bytes(line, safe=_PRINTABLE + " ").encode("ascii") + end + rest
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins; what only the usual way needs waits for it."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Answers at once, or takes the usual way."""
        self._head_bytes = 0
        method = self.parser.get_method()
        # else its answer must wait for its turn
        if self._is_idle and not self.flow.write_paused and method in {b"GET", b"HEAD"}:
            answer = self._answer_at_once()
            if answer is not None:
                self._write(answer, with_body=method == b"GET")
                return
        self._go_on()

    @property
    def _is_idle(self) -> bool:
        """Whether everything that was asked for has been answered."""
        at_work: Any = self.cycle  # None at first, which uvicorn's annotation does not say
        return at_work is None or bool(at_work.response_complete)

    def _answer_at_once(self) -> Answer | None:
        path, _, query = self.url.partition(b"?")
        if not path.startswith(b"/") or b"#" in self.url or self.parser.get_http_version() != "1.1":
            return None
        environ: dict[str, str] = {}
        for name, value in self.headers:
            if len(name) > _NAME_BYTES:
                return None
            key = _environ_key(name)
            if key in environ:
                environ[key] += "," + value.decode("latin-1")
            else:
                environ[key] = value.decode("latin-1")
        if not _NOT_AT_ONCE.isdisjoint(environ):
            return None
        return self._layer.at_once(_path_info(path), query.decode("latin-1"), environ)

    def _write(self, answer: Answer, *, with_body: bool) -> None:
        head = [_written(answer.status, answer.headers)]
        for name, value in self.server_state.default_headers:  # the date
            head += (name, b": ", value, b"\r\n")
        is_last = not self.parser.should_keep_alive()
        head.append(b"connection: close\r\n\r\n" if is_last else b"\r\n")
        if not with_body:
            self.transport.write(b"".join(head))
        elif len(answer.body) <= _JOINED_BYTES:
            head.append(answer.body)
            self.transport.write(b"".join(head))
        else:
            self.transport.writelines((b"".join(head), answer.body))
        self.server_state.total_requests += 1
        self._moved_at = self.loop.time()
        self.cycle = _ANSWERED
        if is_last:
            self.transport.close()

    def _go_on(self) -> None:
        """The usual way, with the address exactly as it was sent."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()
        if any(name in {b"content-length", b"transfer-encoding"} and value != b"0" for name, value in headers):
            self.cycle.keep_alive = False
        path, _, query = url.partition(b"?")
        if path.startswith(b"/"):  # uvicorn's reading of it takes "//a/b" for a host
            self.scope["raw_path"], self.scope["query_string"] = path, query

    def on_body(self, body: bytes) -> None:
        """A part of a body that nobody wants."""
        self._head_bytes = 0
        super().on_body(body)

    def on_response_complete(self) -> None:
        """An answer of the usual way has been written."""
        self._moved_at = self.loop.time()
        super().on_response_complete()

    def end_if_stuck(self, now_s: float) -> None:
        """Closes a connection whose client has sent no request, or taken nothing of its answer, for a minute."""
        unsent_bytes = self.transport.get_write_buffer_size()
        if unsent_bytes != self._unsent_bytes:
            self._unsent_bytes, self._moved_at = unsent_bytes, now_s
        if now_s - self._moved_at < QUIET_S:
            return
        if unsent_bytes:
            self.transport.abort()
        elif self._is_idle:
            self.transport.close()


class _Answered:
    """Stands where uvicorn keeps the request at work, when there is none."""

    response_complete = True
    disconnected = False
    message_event = asyncio.Event()


_ANSWERED: Any = _Answered()


class Front:
    """The ASGI application that uvicorn calls for what is not answered at once."""

    def __init__(self, layer: FastLayer) -> None:
        self.layer = layer
        call: Any = self._call  # a2wsgi has types of its own for what is the standard's
        self._threads = WSGIMiddleware(call, workers=THREADS)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Runs the WSGI application in a thread."""
        await self._threads(scope, receive, send)

    def _call(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # as PEP 3333 has it: the bytes of the path, each as one character. ASGI's path has lost what is not UTF-8
        environ["PATH_INFO"] = _path_info(environ["asgi.scope"]["raw_path"])
        return self.layer(environ, start_response)


def serve_front(layer: FastLayer, listening: socket.socket) -> None:
    """Answers HTTP on a bound socket until SIGTERM or SIGINT comes, then ends what it has begun."""
    config = Config(
        Front(layer),
        http=FrontProtocol,
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        log_level="error",  # else every malformed request is a line
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=int(QUIET_S),
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
    server = FrontServer(config)
    uvloop.run(server.serve(sockets=[listening]))


@lru_cache(maxsize=512)
def _environ_key(name: bytes) -> str:
    return f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"


def _path_info(path: bytes) -> str:
    return (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1")


@lru_cache(maxsize=4096)
def _written(status: str, headers: Headers) -> bytes:
    """The status line and headers as bytes; some 1 KB each."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.lower()}: {value}" for name, value in headers), ""]
    return "\r\n".join(lines).encode("latin-1")
