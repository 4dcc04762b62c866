"""A listed entry's texts in, the date as written out: whole dates only, in any script's digits.

"3 hours ago" and "yesterday" are no dates here: they read differently at each poll, and would make every article look
changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_CLOCK = r"(?:[T,]?\s{0,3}\d{1,2}:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:\s?(?:Z|[+-]\d\d:?\d\d|[ap]\.?m\.?))?)?"
_YEAR = r"(?:19|20|١٩|٢٠|۱۹|۲۰|13|۱۳|14|۱۴|१९|२०|25|๒๕)\d\d"
_MONTH_NAME = r"[^\s\d,:;/()\[\]<>|-]{2,14}"  # not \w: it leaves out the vowel signs of Indic scripts
_DATE = re.compile(
    r"(?<![\d./-])(?:"
    rf"{_YEAR}\s?(?P<separator>[-/.])\s?\d{{1,2}}\s?(?P=separator)\s?\d{{1,2}}(?![\d/-])"
    rf"|\d{{1,2}}\s?(?P<other>[-/.])\s?\d{{1,2}}\s?(?P=other)\s?{_YEAR}(?![\d/-])"
    rf"|{_YEAR}\s?[年년]\s?\d{{1,2}}\s?[月월]\s?\d{{1,2}}\s?[日일]?"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th|º|er)?(?:\s+de)?\s+{_MONTH_NAME}(?:\s+de)?,?\s+{_YEAR}(?!\d)"
    rf"|{_MONTH_NAME}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)"
    rf"){_CLOCK}"
)
# what stands beside a listed article and nowhere else by itself: a day without its year, a time of day
_STAMP = re.compile(
    r"(?:\d{1,2}[-/.月월]\s?\d{1,2}[.日일]?(?:[\s,|]{1,3}\d{1,2}:\d\d)?|\d{1,2}:\d\d|\d{1,2}\.?\s[^\W\d_]{3,9}\.?)\s*"
)
_LONGEST_STAMP = 20
_YEAR_OR_MORE = re.compile(r"\d{4}")
# a date inside a longer text belongs to what it tells, not to when it was published
_LONGEST_PIECE = 80
_WORDS_BESIDE = 16
_SCANNED_CHARACTERS = 2_000


def holds_date(text: str) -> bool:
    """Whether a whole date is written anywhere in the text."""
    return _search(text[:_SCANNED_CHARACTERS]) is not None


def _search(text: str) -> re.Match[str] | None:
    # hardly any text holds four digits in a row, and looking for them takes a tenth of the time
    return _DATE.search(text) if _YEAR_OR_MORE.search(text) else None


def is_stamp(text: str) -> bool:
    """Whether the text is no more than a day, with or without its year, or a time of day."""
    stripped = text.strip()
    return len(stripped) <= _LONGEST_STAMP and (_STAMP.fullmatch(stripped) is not None or is_date(stripped))


def is_date(text: str) -> bool:
    """Whether the text is a date, perhaps with a weekday or a few words more."""
    found = _search(text) if len(text) <= _LONGEST_PIECE else None
    return found is not None and len(text) - len(found[0]) < _WORDS_BESIDE


def first_date(pieces: Iterable[str]) -> str | None:
    """The first whole date among short texts, as written."""
    for piece in pieces:
        if not _YEAR_OR_MORE.search(piece):
            continue
        text = " ".join(piece[: _LONGEST_PIECE * 4].split())
        found = _DATE.search(text) if len(text) <= _LONGEST_PIECE else None
        if found:
            return found[0].strip()
    return None
