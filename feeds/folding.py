"""Text in, comparison key out: the one place that says when two keywords are the same.

Used where keywords are stored and where they are asked for, so both always agree.
"""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d", "-"))
# invisible characters that editors paste along: soft hyphen, joiners, marks of direction, BOM
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def display_form(text: str) -> str:
    """The keyword as people should see it: NFKC, no invisible characters, single spaces, trimmed."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return _SPACE.sub(" ", visible).strip()


def keyword_key(text: str) -> str:
    """The form in which keywords are compared: ``BMW``, ``ＢＭＷ`` and ``bmw`` give one key.

    NFKC, full case folding (Unicode 3.13, D145), one kind of hyphen, single spaces. Normalised again after
    folding, since folding can undo NFKC.
    """
    folded = display_form(text).translate(_HYPHENS).casefold()
    return unicodedata.normalize("NFKC", folded)
