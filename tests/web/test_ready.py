"""What a ready answer takes of memory, and what it is counted for."""

from __future__ import annotations

import gzip
import random
import tracemalloc

import brotli
import pytest

from feeds.render.renderer import Rendered
from feeds.web import ready as web_ready
from feeds.web.deltas import find_parts
from feeds.web.encodings import Encoding
from feeds.web.memory import BoundedMemory
from feeds.web.ready import Ready, keep_ready

CHANCE = random.Random(1)


def make_ready(number: int, entries: int) -> Ready:
    """A feed of so many entries of 400 bytes, which gzip makes a sixth of."""
    feed = Rendered(
        opened=f"<feed><id>{number}</id>".encode(),
        entries=[f"<entry>{CHANCE.randbytes(30).hex()}{'<p>Text</p>' * 30}</entry>".encode() for _ in range(entries)],
        seqs=[10**6 + number * 100 + place for place in range(entries)],
        separator=b"",
        closed=b"</feed>",
    )
    return keep_ready(
        feed.body,
        "application/atom+xml; charset=utf-8",
        extra=(("Link", f'<https://feeds.test/feeds/{number}.atom>; rel="self"'),),
        twin=f"/feeds/{number}#subscribe",
        parts=find_parts(feed, head=f"{number:016x}"),
    )


@pytest.mark.parametrize("entries", [1, 50])
def test_it_takes_no_more_than_it_is_counted_for(entries: int) -> None:
    make_ready(0, entries)
    tracemalloc.start()
    try:
        kept = [make_ready(number, entries) for number in range(1, 101)]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    counted = sum(each.size_bytes for each in kept)
    assert taken < counted
    assert counted < sum(len(each.plain) for each in kept) + 100 * web_ready.OVERHEAD_BYTES


def test_what_is_derived_is_kept_only_within_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: BoundedMemory[tuple[str, Encoding, int | None], bytes] = BoundedMemory(3000)
    monkeypatch.setattr(web_ready, "_derived", kept)
    feeds = [make_ready(number, 3) for number in range(10)]
    for _ in range(2):
        for each in feeds:
            assert brotli.decompress(each.brotli) == gzip.decompress(each.gzip) == each.plain
            assert each.whole(Encoding.BROTLI).body == each.brotli
            assert kept.size_bytes <= 3000
    assert len(kept) >= 1
    assert feeds[-1].brotli is feeds[-1].brotli, "asked for just now"
