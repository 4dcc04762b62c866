"""Answers that name no length and break off: only their own end tells."""

from __future__ import annotations

from itertools import count

import pytest

from feeds.errors import FetchError
from feeds.fetch.wholeness import has_end
from feeds.model import Document

from .conftest import Get, Handler, Site

PAGE = b'<!DOCTYPE html><html lang="de"><body><article><p>' + b"Wort um Wort. " * 500 + b"</p></article></body></html>"


@pytest.mark.parametrize(
    "body",
    [
        PAGE,
        PAGE.replace(b"</html>", b"</HTML >\n<!-- kept by a cache for 30 s -->\n"),
        b"\xef\xbb\xbf <?xml version='1.0'?><!-- <a> --><rdf:RDF xmlns:rdf='x'><item/></rdf:RDF>\n",
        b'{"items": []}\n',
        b"[1, 2]",
        b"words and nothing else",
        b"",
    ],
)
def test_what_came_whole(body: bytes) -> None:
    assert has_end(body)


@pytest.mark.parametrize("body", [PAGE[:-10], b"<rss><channel></channel>", b'{"items": [{"a": 1}', b"<p>never closed"])
def test_what_has_no_end(body: bytes) -> None:
    assert not has_end(body)


def without_length(site: Site, *bodies: bytes) -> None:
    """Answers with one after the other and closes the connection."""
    turns = count()

    def play(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        handler.wfile.write(bodies[next(turns)])
        handler.close_connection = True

    site.routes["/a"] = play


@pytest.mark.parametrize(
    ("bodies", "taken"),
    [
        ((PAGE,), PAGE),
        ((PAGE[:900], PAGE), PAGE),
        ((b"<p>short", b"<p>short"), b"<p>short"),
        ((PAGE[:-200], PAGE[:-190]), PAGE[:-190]),
    ],
    ids=["whole", "whole at the second time", "never closed", "never closed and never quite the same"],
)
def test_it_is_asked_for_once_more(site: Site, get: Get, bodies: tuple[bytes, ...], taken: bytes) -> None:
    without_length(site, *bodies)
    document = get(site.url("/a"))
    assert isinstance(document, Document)
    assert document.body == taken
    assert site.count("/a") == len(bodies)


def test_what_breaks_off_now_here_now_there_is_an_error(site: Site, get: Get) -> None:
    without_length(site, PAGE[:900], PAGE[:5000])
    with pytest.raises(FetchError, match=r"broke off: http.*/a has no end"):
        get(site.url("/a"))
