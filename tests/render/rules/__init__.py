"""What validators of feeds ask for, written out as tables: for each format a function from a document to its mistakes.

No validator of feeds is in a package registry. These are the rules of the specifications, of the RSS Advisory Board's
Best Practices Profile, and of what the W3C's Feed Validation Service calls an error or a warning. One of its warnings
is left out: it doubts every date before 1990 or ahead of now, and an article is dated as its publisher dates it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from feeds.model import Format

from .atom import atom_mistakes
from .jsonfeed import json_mistakes
from .rss import rss_mistakes

MISTAKES: Mapping[Format, Callable[[bytes], Iterator[str]]] = {
    Format.ATOM: atom_mistakes,
    Format.RSS: rss_mistakes,
    Format.JSON: json_mistakes,
}
