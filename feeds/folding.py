"""Text in, comparison form out: the one place that says when two keywords, or two language tags, are the same.

Used where keywords are stored and where they are asked for, so both always agree.
"""

from __future__ import annotations

import re
import unicodedata

# RFC 5646, 2.1: langtag and privateuse, without the grandfathered list
_LANGUAGE_TAG = re.compile(
    r"""(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})  # language, extended language
        (?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?             # script, region
        (?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*              # variants
        (?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*                   # extensions
        (?:-x(?:-[a-z0-9]{1,8})+)?                            # private use
        |x(?:-[a-z0-9]{1,8})+""",
    re.VERBOSE | re.ASCII,
)
_REGION = re.compile("[a-z]{2}")
_SCRIPT = re.compile("[a-z]{4}")
_SPACE = re.compile(r"\s+")
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d", "-"))
# invisible characters that editors paste along: soft hyphen, joiners, marks of direction, BOM; and control characters
# and noncharacters (those that are no white space), which neither HTML nor XML can hold
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]"
)


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


def is_language_tag(tag: str) -> bool:
    """Whether a text has the form of a BCP 47 tag, in any case."""
    return _LANGUAGE_TAG.fullmatch(tag.lower()) is not None


def language_case(tag: str) -> str:
    """A language tag in the case of RFC 5646, 2.1.1: ``ZH-hANS-cn`` is ``zh-Hans-CN``."""
    subtags = tag.replace("_", "-").lower().split("-")
    for at, subtag in enumerate(subtags[1:], start=1):
        if len(subtags[at - 1]) == 1:
            break  # extensions and private use stay in lower case
        if _REGION.fullmatch(subtag):
            subtags[at] = subtag.upper()
        elif _SCRIPT.fullmatch(subtag):
            subtags[at] = subtag.title()
    return "-".join(subtags)


def canonical_language(tag: str) -> str | None:
    """A BCP 47 tag in its customary case (``zh-Hans``, ``pt-BR``), None when it is not well formed."""
    return language_case(tag) if is_language_tag(tag) else None
