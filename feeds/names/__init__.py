"""Names in one string in, single clean names out: keywords and authors, for pages and for feeds' entries alike."""

from __future__ import annotations

from feeds.names.authors import split_authors
from feeds.names.keywords import split_keywords

__all__ = ["split_authors", "split_keywords"]
