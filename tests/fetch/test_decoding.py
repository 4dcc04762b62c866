"""feeds.fetch.decoding: every coding undone, every lie named, every bomb in small pieces."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FetchError
from feeds.fetch.decoding import _PIECE_BYTES, decoded


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    " Deflate ": raw_deflate,
    "br": lambda data: bytes(brotli.compress(data, quality=5)),
    "identity": bytes,
    "": bytes,
    "gzip, br": lambda data: brotli.compress(gzip.compress(data)),
    "identity, gzip": gzip.compress,
}


def in_chunks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("coding", CODINGS)
@given(data=st.binary(max_size=3000), size=st.integers(min_value=1, max_value=500))
def test_what_was_compressed_comes_back(coding: str, data: bytes, size: int) -> None:
    assert b"".join(decoded(in_chunks(CODINGS[coding](data), size), coding)) == data


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_bomb_comes_in_small_pieces(coding: str) -> None:
    bomb = CODINGS[coding](bytes(30_000_000))
    pieces = decoded(iter([bomb]), coding)
    assert max(len(next(pieces)) for _ in range(20)) < 1_000_000


@pytest.mark.parametrize("coding", ["gzip", " Deflate ", "br"])
def test_nothing_is_lost_where_a_piece_is_full(coding: str) -> None:
    for size in range(_PIECE_BYTES - 10, _PIECE_BYTES + 600):
        data = bytes(size)  # one long repetition: its last bytes are still inside when all input is taken
        assert b"".join(decoded(iter([CODINGS[coding](data)]), coding)) == data


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_compressed_body_that_ends_early_is_named(coding: str) -> None:
    whole = CODINGS[coding](b"news " * 1000 + bytes(range(256)))
    for end in (1, len(whole) // 2, len(whole) - 1):
        with pytest.raises(FetchError, match="cut off"):
            list(decoded(iter([whole[:end]]), coding))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_coding_that_is_a_lie_is_named(coding: str) -> None:
    with pytest.raises(FetchError, match=f"compressed with {coding}, but is not"):
        list(decoded(iter([b"<html>plain text, whatever the header says</html>"]), coding))


@pytest.mark.parametrize("coding", ["zstd", "compress", "gzip;q=1", "x"])
def test_an_unknown_coding_is_named(coding: str) -> None:
    with pytest.raises(FetchError, match=r"which was not asked for \(we take gzip, deflate, br\)"):
        list(decoded(iter([b"data"]), coding))


def test_too_many_codings_are_refused() -> None:
    with pytest.raises(FetchError, match="3 times over"):
        list(decoded(iter([b"data"]), "gzip, gzip, gzip"))


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_gzip_members_follow_each_other_and_padding_is_dropped(size: int) -> None:
    body = gzip.compress(b"one ") + gzip.compress(b"two") + bytes(100)
    assert b"".join(decoded(in_chunks(body, size), "gzip")) == b"one two"


def test_an_empty_body_stays_empty() -> None:
    assert list(decoded(iter([]), "gzip")) == []
