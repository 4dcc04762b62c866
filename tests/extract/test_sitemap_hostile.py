"""Sitemaps made to cost time or memory, and one of the size that the protocol allows."""

from __future__ import annotations

import resource

import pytest

from feeds.errors import ExtractError
from feeds.extract.sitemap import Sitemap, read_sitemap
from feeds.extract.sitemap_xml import MOST_ENTRIES, read_raw
from feeds.model import Document, Kind, Section, Source

URL = "https://www.example.org/sitemap.xml"


def read(body: bytes) -> Sitemap:
    source = Source(id="s", name="S", kind=Kind.SITEMAP, url="https://www.example.org/")
    return read_sitemap(Document(url=URL, requested_url=URL, body=body), source=source, section=Section(url=URL))


def test_fifty_thousand_addresses_are_read_in_bounded_memory() -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    body = "".join(
        f"<url><loc>https://www.example.org/2026/11/story-number-{n}-of-them</loc><lastmod>2026-11-{n % 28 + 1:02}"
        "</lastmod></url>\n"
        for n in range(50_000)
    )
    found = read(f"<urlset>{body}</urlset>".encode())
    assert len(found.items) == 50_000
    assert found.items[7].updated == "2026-11-08"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 200_000


def test_no_entity_is_expanded_and_none_is_asked_for() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">{laughs}]>'
    entries = "".join(f"<url><loc>https://www.example.org/a-story-of-words-{e}</loc></url>" for e in ("&l9;", "&f;"))
    found = read(f"{head}<urlset>{entries}</urlset>".encode())
    assert [item.url for item in found.items] == [
        "https://www.example.org/a-story-of-words-&l9;",
        "https://www.example.org/a-story-of-words-&f;",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset>" + b"<a>" * 300_000 + b"</urlset>",
        b"<urlset><url><loc>" + b"x" * 20_000_000 + b"</loc></url></urlset>",
        b"<urlset><url><loc>" + b"&" * 3_000_000 + b"</loc></url></urlset>",
        b"<urlset>" + b"<![CDATA[" * 200_000,
        b"<urlset>" + b"<!--" * 200_000,
        b"<!x>" * 500_000 + b"<urlset/>",
    ],
    ids=["deep", "one word", "ampersands", "open CDATA", "open comments", "declarations"],
)
def test_nothing_is_found_in_what_is_only_big(body: bytes) -> None:
    with pytest.raises(ExtractError, match=r"no article|no markup"):
        read(body)


def test_deep_nesting_inside_an_entry_costs_only_what_it_hides() -> None:
    deep = "<a>" * 5_000  # libxml2 stops at 2,048
    body = f"<urlset><url><loc>https://www.example.org/a-story-of-words</loc></url><url>{deep}"
    assert [item.url for item in read(body.encode()).items] == ["https://www.example.org/a-story-of-words"]


def test_more_entries_than_any_sitemap_has_are_not_read() -> None:
    lines = b"http://a.example/x\n" * (MOST_ENTRIES + 5_000)
    assert len(read_raw(lines, "").entries) == MOST_ENTRIES
