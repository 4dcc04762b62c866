"""The table of entries never weighs more than it may."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from feeds.render.cache import OVERHEAD_BYTES, ByteCache


def test_the_least_recently_used_goes_first() -> None:
    cache = ByteCache(3 * (OVERHEAD_BYTES + 10))
    for key in "abc":
        cache.put(key, b"0123456789")
    cache.get(["a"])
    cache.put("d", b"0123456789")
    assert cache.get(["a", "b", "c", "d"]) == [b"0123456789", None, b"0123456789", b"0123456789"]


def test_what_does_not_fit_is_not_kept_and_throws_nothing_out() -> None:
    cache = ByteCache(OVERHEAD_BYTES + 10)
    cache.put("a", b"x")
    cache.put("b", b"x" * 11)
    assert cache.get(["a", "b"]) == [b"x", None]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=50))),
    st.integers(0, 5 * OVERHEAD_BYTES),
    st.integers(0, 9),
)
def test_it_is_bounded_and_true(puts: list[tuple[int, bytes]], limit: int, asked: int) -> None:
    cache, last = ByteCache(limit), dict[int, bytes]()
    for key, data in puts:
        cache.put(key, data)
        cache.get([asked])
        last[key] = data
        assert cache.size_bytes <= limit
    found = dict(zip(last, cache.get(list(last)), strict=True))
    kept = {key: data for key, data in found.items() if data is not None}
    assert kept.items() <= last.items()
    assert cache.size_bytes == sum(len(data) + OVERHEAD_BYTES for data in kept.values())


def test_threads_share_it() -> None:
    cache = ByteCache(50 * OVERHEAD_BYTES)

    def work(start: int) -> None:
        for number in range(start, start + 2000):
            cache.put(number % 70, b"x" * (number % 30))
            cache.get(range(70))

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    present = [data for data in cache.get(range(70)) if data is not None]
    assert cache.size_bytes == sum(len(data) + OVERHEAD_BYTES for data in present) <= 50 * OVERHEAD_BYTES
