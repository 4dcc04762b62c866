from __future__ import annotations

import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.web.encodings import Encoding, choose_encoding, compress


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.9", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("gzip ; q=0.5 , br ; q=0.7", "br"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("*;q=0.5, br;q=0", "gzip"),
        ("gzip;q=0", "identity"),
        ("deflate", "identity"),
        ("identity;q=0.5, gzip;q=0.1", "identity"),
        ("identity, *;q=0", "identity"),
        ("gzip;q=0.5, identity;q=0", "gzip"),
        ("gzip;q=high", "identity"),
        ("gzip;q=2", "identity"),
        ("gzip;q=nan", "identity"),
        ("gzip;q=1e-1", "identity"),
        ("gzip;q=\u0661", "identity"),  # a one, but no digit of ASCII
        ("gzip;q=0_1", "identity"),
        ("gzip;q=", "identity"),
        ("gzip;q=.5", "gzip"),
        ("gzip;q=0.33333, br;q=0.3", "gzip"),
        ("br;q=0.000, gzip;q=1.000", "gzip"),
        ("gzip;level=9;q=0.5, br;q=0.4", "gzip"),
        (",,gzip,", "gzip"),
        ("identity;q=0", None),
        ("*;q=0", None),
        ("deflate, *;q=0", None),
        ("br;q=0, gzip;q=0, identity;q=0, *", None),
    ],
)
def test_the_best_acceptable_coding_is_chosen(accept: str | None, expected: str | None) -> None:
    assert choose_encoding(accept) == expected


@given(st.text())
def test_any_header_is_read(accept: str) -> None:
    assert choose_encoding(accept) in {*Encoding, None}


def test_compressed_forms_are_the_body_and_the_same_each_time() -> None:
    body = "中国 BMW ".encode() * 100
    assert gzip.decompress(compress(body, Encoding.GZIP)) == body
    assert brotli.decompress(compress(body, Encoding.BROTLI)) == body
    assert compress(body, Encoding.IDENTITY) == body
    for encoding in Encoding:
        assert compress(body, encoding) == compress(body, encoding)
