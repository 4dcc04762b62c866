"""Compressed bytes in, plain bytes out in small pieces, so that the reader can stop a decompression bomb in time.

Content codings of RFC 9110, 8.4.1, and brotli (RFC 7932). What cannot be decoded is a FetchError, never passed on.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import brotli

from feeds.errors import FetchError

ACCEPT_ENCODING = "gzip, deflate, br"

_PIECE_BYTES = 256 * 1024
_MOST_CODINGS = 2  # gzip around gzip happens by mistake; more is an attack
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_NAMES = frozenset({"gzip", "x-gzip"})


def decoded(chunks: Iterable[bytes], content_encoding: str) -> Iterator[bytes]:
    """Undoes the codings of a Content-Encoding header, last applied first, piece by piece.

    Raises:
        FetchError: a coding that is unknown, or not what the bytes are, or bytes that end too early.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in {"", "identity"}]
    if len(codings) > _MOST_CODINGS:
        raise FetchError(f"the answer says it is compressed {len(codings)} times over: not read")
    stream = iter(chunks)
    for name in reversed(codings):
        if name not in _DECODERS:
            raise FetchError(
                f"the answer is in Content-Encoding {name!r}, which was not asked for (we take {ACCEPT_ENCODING})"
            )
        stream = _DECODERS[name](stream, name)
    return stream


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a gzip file unpacked, of anything else as they are.

    ``sitemap.xml.gz`` is sent as a file by some servers and as compressed XML by others, under all kinds of names:
    its first bytes tell. No page, feed or JSON text starts like this.

    Raises:
        FetchError: it starts like a gzip file and is none, or ends too early.
    """
    stream = iter(chunks)
    head = b""
    for chunk in stream:
        head += chunk
        if len(head) >= len(_GZIP_MAGIC):
            break
    rest = itertools.chain([head] if head else [], stream)
    return _undo(rest, "gzip", lambda _: _Zlib(zlib.MAX_WBITS | 16)) if head.startswith(_GZIP_MAGIC) else rest


class _Engine(Protocol):
    """One compressed stream being undone."""

    @property
    def is_over(self) -> bool: ...

    @property
    def rest(self) -> bytes: ...

    def pieces(self, data: bytes) -> Iterator[bytes]: ...


class _Zlib:
    """gzip, zlib or raw deflate, by ``wbits``."""

    def __init__(self, wbits: int) -> None:
        self._engine = zlib.decompressobj(wbits)

    @property
    def is_over(self) -> bool:
        return self._engine.eof

    @property
    def rest(self) -> bytes:
        """What follows the end of the stream."""
        return self._engine.unused_data

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while True:
            piece = self._engine.decompress(data, _PIECE_BYTES)
            if piece:
                yield piece
            data = self._engine.unconsumed_tail
            if self._engine.eof or (not data and len(piece) < _PIECE_BYTES):
                return


class _Brotli:
    def __init__(self) -> None:
        self._engine = brotli.Decompressor()

    @property
    def is_over(self) -> bool:
        return bool(self._engine.is_finished())

    @property
    def rest(self) -> bytes:
        return b""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while True:
            piece = self._engine.process(data, output_buffer_limit=_PIECE_BYTES)
            data = b""
            if piece:
                yield piece
            if self._engine.is_finished() or self._engine.can_accept_more_data():
                return


def _undo(chunks: Iterator[bytes], name: str, start: Callable[[bytes], _Engine]) -> Iterator[bytes]:
    """Runs ``chunks`` through an engine that ``start`` makes for the first bytes; raises FetchError as ``decoded``.

    After the end of one stream another gzip member may follow (RFC 1952, 2.2); anything else is padding and dropped.
    """
    engine: _Engine | None = None
    head = b""  # kept back while too short to tell what it is
    try:
        for chunk in chunks:
            data, head = head + chunk, b""
            while data:
                if engine is None or engine.is_over:
                    if len(data) < len(_GZIP_MAGIC):
                        head = data
                        break
                    if engine is not None and not (name in _GZIP_NAMES and data.startswith(_GZIP_MAGIC)):
                        break
                    engine = start(data)
                yield from engine.pieces(data)
                data = engine.rest
        if engine is None and head:  # a whole brotli stream can be one byte long
            engine = start(head)
            yield from engine.pieces(head)
    except (zlib.error, brotli.error) as error:
        raise FetchError(f"the answer says that it is compressed with {name}, but is not: {error}") from error
    if engine is not None and not engine.is_over:
        raise FetchError(f"the answer, compressed with {name}, is cut off before its end")


def _gzip(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    return _undo(chunks, name, lambda _: _Zlib(zlib.MAX_WBITS | 16))


def _deflate(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    return _undo(chunks, name, lambda head: _Zlib(zlib.MAX_WBITS if _is_zlib(head) else -zlib.MAX_WBITS))


def _br(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    return _undo(chunks, name, lambda _: _Brotli())


def _is_zlib(head: bytes) -> bool:
    """Whether a zlib header stands there (RFC 1950, 2.2), or deflate is sent raw, as some servers do."""
    return head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:2]) % 31 == 0


_DECODERS: dict[str, Callable[[Iterator[bytes], str], Iterator[bytes]]] = {
    **dict.fromkeys(_GZIP_NAMES, _gzip),
    "deflate": _deflate,
    "br": _br,
}
