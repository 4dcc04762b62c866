"""One request and its answer: no redirects, no judgement. An address and headers in, an Answer or FetchError out.

Two connection pools, one that dials public addresses only and one that may dial private ones, never share a
connection. The size is capped on the wire and again after decompression; what the HTTP library raises leaves here
as a FetchError in plain words.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import httpcore2
import httpx2

from feeds.errors import FetchError
from feeds.fetch.decoding import ACCEPT_ENCODING, decoded, unpacked
from feeds.fetch.guard import GuardedBackend, Resolver, deadline, resolve_host, time_left_s

WITH_DOCUMENT = frozenset({200, 203})  # 203: changed by a proxy on the way

_REDIRECTIONS = frozenset(range(300, 400)) - {304}
_ERROR_BODY_BYTES = 64 * 1024  # enough to see what kind of error page it is
# Shorter than the shortest common server time-out (5 s), so that we never write into a connection just closed
_KEEPALIVE_S = 4.0
_KEEPALIVE_CONNECTIONS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one address answered. ``body`` is decompressed; of an error page only the beginning."""

    url: str
    status: int
    headers: httpx2.Headers
    body: bytes

    @property
    def is_of_no_length(self) -> bool:
        """Whether nothing but the end of the connection ended the body."""
        return "content-length" not in self.headers and "transfer-encoding" not in self.headers


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that browsers trust; to read them takes 30 ms, so that is done once in a process."""
    return httpx2.create_ssl_context()


class Exchanger:
    """Sends requests over guarded, pooled connections; safe to use from several threads."""

    def __init__(self, *, resolve: Resolver = resolve_host, ssl_context: ssl.SSLContext | None = None) -> None:
        trusted = ssl_context or _trusted()
        self._pools = {
            allow_private: httpcore2.ConnectionPool(
                ssl_context=trusted,
                max_connections=None,  # a thread holds one at most
                max_keepalive_connections=_KEEPALIVE_CONNECTIONS,
                keepalive_expiry=_KEEPALIVE_S,
                network_backend=GuardedBackend(allow_private=allow_private, resolve=resolve),
            )
            for allow_private in (False, True)
        }

    def close(self) -> None:
        """Closes every connection."""
        for pool in self._pools.values():
            pool.close()

    def get(
        self,
        url: str,
        *,
        headers: Sequence[tuple[str, str]],
        timeout_s: float,
        max_bytes: int,
        allow_private: bool,
        cut: bool = False,
    ) -> Answer:
        """Asks for ``url``, which is in normal form, and reads the answer to its end.

        With ``cut``, a body longer than ``max_bytes`` is cut there instead of refused. ``timeout_s`` seconds cover
        everything from the look-up of the name to the last byte.

        Raises:
            FetchError: no address that may be dialled, no connection, no answer in time, a body over the cap, cut
                off, or not in the coding it claims.
        """
        netloc = urlsplit(url).netloc
        sent = [("Host", netloc), *headers, ("Accept-Encoding", ACCEPT_ENCODING)]
        with (
            _told(netloc, timeout_s),
            deadline(timeout_s),
            self._open(url, sent, allow_private=allow_private) as response,
        ):
            received = httpx2.Headers(response.headers)
            if response.status in WITH_DOCUMENT:
                body = _read(response, received, max_bytes=max_bytes, cut=cut)
            else:
                body = _read_leniently(response, received)
            return Answer(url=url, status=response.status, headers=received, body=body)

    def post(
        self, url: str, body: bytes, *, headers: Sequence[tuple[str, str]], timeout_s: float, allow_private: bool
    ) -> Answer:
        """Sends ``body`` to ``url``, which is in normal form; of the answer's body only the beginning is read.

        Raises:
            FetchError: no address that may be dialled, no connection, no answer in time.
        """
        netloc = urlsplit(url).netloc
        sent = [("Host", netloc), *headers, ("Content-Length", str(len(body))), ("Accept-Encoding", "identity")]
        with (
            _told(netloc, timeout_s),
            deadline(timeout_s),
            self._open(url, sent, allow_private=allow_private, body=body) as response,
        ):
            received = httpx2.Headers(response.headers)
            return Answer(url=url, status=response.status, headers=received, body=_read_leniently(response, received))

    def _open(
        self, url: str, headers: Sequence[tuple[str, str]], *, allow_private: bool, body: bytes | None = None
    ) -> contextlib.AbstractContextManager[httpcore2.Response]:
        return self._pools[allow_private].stream(
            b"GET" if body is None else b"POST",
            in_parts(url),
            headers=[(name.encode("ascii"), value.encode()) for name, value in headers],
            content=body,
            extensions={"timeout": {"pool": time_left_s()}},
        )


def in_parts(url: str) -> httpcore2.URL:
    """An address in normal form as it is dialled and asked for.

    The library's own reading of it loses what follows a semicolon in a path (parameters, RFC 2396, 3.3).
    """
    parts = urlsplit(url)
    target = url.removeprefix(f"{parts.scheme}://{parts.netloc}")
    return httpcore2.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=target or "/")


def _read(response: httpcore2.Response, headers: httpx2.Headers, *, max_bytes: int, cut: bool) -> bytes:
    """The decompressed body, at most ``max_bytes`` of it."""
    declared = headers.get("content-length", "")
    if not cut and declared.isdecimal() and int(declared[:20]) > max_bytes:
        raise _too_big(max_bytes, declared)
    body = bytearray()
    wire = _capped(response.iter_stream(), max_bytes, cut=cut)
    for piece in unpacked(decoded(wire, headers.get("content-encoding", ""))):
        body += piece
        if len(body) > max_bytes:
            if not cut:
                raise _too_big(max_bytes)
            break
    return bytes(body[:max_bytes])


def _read_leniently(response: httpcore2.Response, headers: httpx2.Headers) -> bytes:
    """The beginning of an error page, as far as it can be had; nothing of a redirect, whose body says nothing."""
    if response.status in _REDIRECTIONS:
        return b""
    with contextlib.suppress(FetchError, httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError):
        return _read(response, headers, max_bytes=_ERROR_BODY_BYTES, cut=True)
    return b""


def _capped(chunks: Iterable[bytes], max_bytes: int, *, cut: bool) -> Iterator[bytes]:
    """The chunks as they came over the wire, while they are no more than ``max_bytes``."""
    count = 0
    for chunk in chunks:
        yield chunk
        count += len(chunk)
        if count > max_bytes:
            if cut:
                return
            raise _too_big(max_bytes)


def _too_big(max_bytes: int, declared: str = "") -> FetchError:
    size = f" ({declared} bytes)" if declared else ""
    return FetchError(f"the answer is too big{size}: {max_bytes} bytes are the limit (setting max_bytes)")


@contextlib.contextmanager
def _told(host: str, timeout_s: float) -> Iterator[None]:
    """Turns what the HTTP library raises into a FetchError that says what happened and where."""
    try:
        yield
    except httpcore2.ConnectTimeout as error:
        raise FetchError(f"{host} could not be reached within {timeout_s:.3g} s") from error
    except httpcore2.TimeoutException as error:
        raise FetchError(f"{host} did not answer in full within {timeout_s:.3g} s") from error
    except httpcore2.ConnectError as error:
        raise FetchError(_connect_words(host, error)) from error
    except httpcore2.NetworkError as error:
        raise FetchError(f"the connection to {host} broke: {error}") from error
    except httpcore2.ProtocolError as error:
        raise FetchError(f"{host} broke the rules of HTTP or broke off: {error}") from error


def _connect_words(host: str, error: Exception) -> str:
    cause = error.args[0] if error.args else None  # the library hands the socket's own error on like this
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not valid: {cause.verify_message}; only its owner can mend that"
    if isinstance(cause, ssl.SSLError):
        return f"no encrypted connection to {host}: {cause.reason or cause}"
    return f"no connection to {host}: {error}"
