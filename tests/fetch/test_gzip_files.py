"""Files that are gzip inside, whatever the server calls them, and caps that one call may raise."""

from __future__ import annotations

import gzip
import zlib

import pytest

from feeds.errors import FetchError
from feeds.fetch.client import ACCEPT_SITEMAP, SITEMAP_BYTES

from .conftest import Get, MakeFetcher, Site, answer

XML = b"<urlset>" + b"<url/>" * 1000 + b"</urlset>"


@pytest.mark.parametrize("kind", ["application/x-gzip", "application/xml", "text/html; charset=utf-8", "image/png"])
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_gzip_file_is_unpacked_by_what_it_is(site: Site, get: Get, kind: str, coding: str) -> None:
    packed = gzip.compress(XML)
    body = gzip.compress(packed) if coding else packed
    site.routes["/s.xml.gz"] = answer(200, body, {"Content-Type": kind, "Content-Encoding": coding})
    assert get(site.url("/s.xml.gz"), accept=ACCEPT_SITEMAP).body == XML
    site.routes["/s.xml.gz"] = answer(200, XML, {"Content-Type": "application/gzip"})
    assert get(site.url("/s.xml.gz")).body == XML


def test_what_is_compressed_and_called_so_is_unpacked_once(site: Site, get: Get) -> None:
    site.routes["/s.xml"] = answer(200, gzip.compress(XML), {"Content-Encoding": "gzip"})
    assert get(site.url("/s.xml")).body == XML


def test_a_bomb_ends_at_the_cap(site: Site, get: Get) -> None:
    engine = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    bomb = b"".join(engine.compress(bytes(1 << 20)) for _ in range(1024)) + engine.flush()  # a gigabyte of zeros
    site.routes["/bomb.xml.gz"] = answer(200, bomb)
    with pytest.raises(FetchError, match="too big"):
        get(site.url("/bomb.xml.gz"), max_bytes=2_000_000)


@pytest.mark.parametrize(
    ("body", "reason"),
    [(gzip.compress(XML)[:-20], "cut off"), (b"\x1f\x8bnonsense", "but is not")],
    ids=["cut", "no gzip"],  # a packed file holds the time: its bytes are no name for a test
)
def test_a_broken_file_is_said_to_be(site: Site, get: Get, body: bytes, reason: str) -> None:
    site.routes["/s.xml.gz"] = answer(200, body)
    with pytest.raises(FetchError, match=reason):
        get(site.url("/s.xml.gz"))


def test_one_call_may_raise_the_cap_and_never_lower_it(site: Site, make_fetcher: MakeFetcher) -> None:
    fetcher = make_fetcher(max_bytes=1000)
    site.routes["/s.xml"] = answer(200, XML)

    def get(max_bytes: int) -> object:
        return fetcher.fetch(site.url("/s.xml"), source_id="s", allow_private=True, delay_s=0.0, max_bytes=max_bytes)

    with pytest.raises(FetchError, match="too big"):
        get(0)
    assert getattr(get(SITEMAP_BYTES), "body", b"") == XML
    site.routes["/s.xml"] = answer(200, XML[:900])
    assert getattr(get(10), "body", b"") == XML[:900]
