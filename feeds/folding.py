"""Text in, comparison form out: the one place that says when two keywords, or two language tags, are the same.

Used where keywords are stored and where they are asked for, so both always agree.
"""

from __future__ import annotations

import re
import unicodedata

# RFC 5646, 2.1: the parts a language tag is made of, here language, script, region and variants
_LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?(?:-[a-z\d]{5,8})*",
    re.IGNORECASE,
)
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


def canonical_language(tag: str) -> str | None:
    """A BCP 47 tag in its customary case (``zh-Hans``, ``pt-BR``; RFC 5646, 2.1.1), None when not well formed."""
    match = _LANGUAGE.fullmatch(tag)
    if match is None:
        return None
    script, region = match["script"], match["region"]
    return "-".join(
        part.lower()
        if place == 0
        else part.title()
        if part == script
        else part.upper()
        if part == region
        else part.lower()
        for place, part in enumerate(tag.split("-"))
    )
