"""What people ask, in; FeedQuery out, and back: addresses of feeds and the language of questions."""

from __future__ import annotations

from feeds.query.address import (
    MAX_KEYWORDS,
    MAX_LANGUAGES,
    MAX_PATH_CHARS,
    Address,
    canonical,
    feed_id,
    read_address,
    read_copies,
    spell_address,
    without_copies,
    write_address,
    write_parameters,
)

__all__ = [
    "MAX_KEYWORDS",
    "MAX_LANGUAGES",
    "MAX_PATH_CHARS",
    "Address",
    "canonical",
    "feed_id",
    "read_address",
    "read_copies",
    "spell_address",
    "without_copies",
    "write_address",
    "write_parameters",
]
