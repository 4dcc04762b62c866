"""A number of things, as people say it."""

from __future__ import annotations


def counted(number: int, one: str, more: str = "") -> str:
    """``1 entry``, ``2 entries``, ``0 entries``; without ``more`` several of them end in s."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"
