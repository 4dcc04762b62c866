"""Text in, comparison form out: the one place that says when two keywords, or two language tags, are the same.

Used where keywords are stored and where they are asked for, so both always agree.
"""

from __future__ import annotations

from feeds.folding.han import Han, han_of, simplified
from feeds.folding.keywords import KEY_VERSION, changed_keys, display_form, keyword_key
from feeds.folding.languages import (
    canonical_language,
    is_language_tag,
    language_case,
    language_covers,
    root_language,
    without_covered,
)

__all__ = [
    "KEY_VERSION",
    "Han",
    "canonical_language",
    "changed_keys",
    "display_form",
    "han_of",
    "is_language_tag",
    "keyword_key",
    "language_case",
    "language_covers",
    "root_language",
    "simplified",
    "without_covered",
]
