"""Polyfeed: news sites in any language in, RSS, Atom and JSON feeds out.

As a library: ``from feeds import read_article``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from feeds.pipeline.read import read_article

__all__ = ["read_article"]


def __getattr__(name: str) -> Any:
    """Loads the reader when it is asked for: a web node never needs it, and it is the largest import here."""
    if name == "read_article":
        from feeds.pipeline.read import read_article

        return read_article
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
