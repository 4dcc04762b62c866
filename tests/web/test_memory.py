from __future__ import annotations

from feeds.web.memory import BoundedMemory


def test_what_was_used_longest_ago_goes_first() -> None:
    memory: BoundedMemory[str, int] = BoundedMemory(30)
    for number, key in enumerate("abc"):
        memory.put(key, number, 10)
    assert memory.get("a") == 0  # now b is the oldest
    memory.put("d", 3, 10)
    assert memory.get("b") is None
    assert [memory.get(key) for key in "acd"] == [0, 2, 3]
    assert memory.size_bytes == 30
    assert len(memory) == 3


def test_a_value_weighed_anew_counts_once() -> None:
    memory: BoundedMemory[str, int] = BoundedMemory(30)
    memory.put("a", 1, 10)
    memory.put("a", 2, 25)
    assert memory.get("a") == 2
    assert memory.size_bytes == 25


def test_what_is_too_large_is_not_kept() -> None:
    memory: BoundedMemory[str, int] = BoundedMemory(30)
    memory.put("a", 1, 31)
    assert memory.get("a") is None
    assert memory.size_bytes == 0


def test_the_first_to_add_wins() -> None:
    memory: BoundedMemory[str, int] = BoundedMemory(30)
    assert memory.add("a", 1, 10) == 1
    assert memory.add("a", 2, 10) == 1
    memory.drop("a")
    memory.drop("a")
    assert memory.get("a") is None
    assert memory.size_bytes == 0
