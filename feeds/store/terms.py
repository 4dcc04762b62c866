"""An article's texts in, the terms it is found by out; the words of a question in, the same terms out.

A word is a term. Characters of scripts without spaces (``words.is_character``) are indexed in pairs, since single ones
stand everywhere: ``北京 BMW`` is ``北 北京 京 bmw``, a run of n characters n + 1 terms, so that a phrase may go on from
either end of it. Behind its text a column lists each character once, for questions of one character.

Facets are terms for everything else that is asked. Their first letter says what of.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise

from feeds.folding import keyword_key
from feeds.store.columns import key_text
from feeds.words import is_character, tokens_of

# between two texts of one column, where no phrase may go on; no token holds it, and FTS5 takes it for a letter
_BORDER = " ¶ "
EVERYTHING = "a"  # the facet of all articles
GIVEN, INFERRED, LANGUAGE, SOURCE, SECTION, TWIN = "g", "i", "l", "s", "c", "w"
# as the letter before, folded, where that is another text
SOURCE_FOLDED, SECTION_FOLDED = "u", "v"
_FIRST_DAY, _LAST_DAY = dt.date(1900, 1, 1), dt.date(2099, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one article, column by column, with single spaces between them."""

    title: str
    body: str
    authors: str
    keywords: str
    facets: str


def index_terms(texts: Iterable[str]) -> str:
    """The terms of texts that stand in one column."""
    parts: list[str] = []
    characters: set[str] = set()
    for text in texts:
        terms: list[str] = []
        for is_run, run in groupby(tokens_of(text), key=is_character):
            tokens = list(run)
            if is_run:
                terms += _paired(tokens)
                characters.update(tokens)
            else:
                terms += tokens
        if terms:
            parts.append(" ".join(terms))
    if characters:
        parts.append(" ".join(sorted(characters)))
    return _BORDER.join(parts)


def phrase_terms(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The terms that follow each other wherever these tokens do, and nowhere else."""
    runs = [(is_run, list(run)) for is_run, run in groupby(tokens, key=is_character)]
    if len(runs) == 1 and runs[0][0]:
        return tuple(map("".join, pairwise(tokens))) or tokens
    terms: list[str] = []
    for place, (is_run, run) in enumerate(runs):
        if is_run:  # the run may go on in the text where the phrase ends or begins
            terms += _paired(run)[place == 0 : -1 if place == len(runs) - 1 else None]
        else:
            terms += run
    return tuple(terms)


def _paired(run: list[str]) -> list[str]:
    return [run[0], *map("".join, pairwise(run)), run[-1]]


# --- facets -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16_384)
def facet(letter: str, value: str) -> str:
    """The term of a value of any characters."""
    return letter + hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def name_facets(letter: str, folded_letter: str, value: str) -> list[str]:
    """The facets of a name that feeds ask for as it is, and questions in its folded form."""
    folded = value.casefold()
    return [facet(letter, value)] + [facet(folded_letter, folded)] * (folded != value)


def keyword_facets(keywords: Iterable[str], inferred: Iterable[str]) -> list[str]:
    """The facets of keywords, by key."""
    return [
        facet(letter, key)
        for letter, words in ((GIVEN, keywords), (INFERRED, inferred))
        for key in dict.fromkeys(key_text(keyword_key(word)) for word in words)
        if key
    ]


def day_facets(dated_at: dt.datetime) -> list[str]:
    """The decade, year, month and day (UTC) of a date; one beyond the years 1900 to 2099 is taken for their ends."""
    day = min(max(dated_at.astimezone(dt.UTC).date(), _FIRST_DAY), _LAST_DAY)
    return [f"{letter}{day.isoformat().replace('-', '')[:digits]}" for letter, digits in _SPANS]


_SPANS = (("e", 3), ("y", 4), ("m", 6), ("d", 8))


def cover_days(since: dt.datetime | None, before: dt.datetime | None) -> list[str]:
    """The fewest facets of which every date from ``since`` (aware) up to ``before`` has one; a few others may too."""
    day = max(since.astimezone(dt.UTC).date(), _FIRST_DAY) if since else _FIRST_DAY
    last = min(before.astimezone(dt.UTC).date(), _LAST_DAY) if before else _LAST_DAY
    day, last = min(day, _LAST_DAY), max(last, _FIRST_DAY)
    terms = []
    while day <= last:
        letter, digits, end = next(span for span in _spans_from(day) if span[2] <= last)
        terms.append(letter + day.isoformat().replace("-", "")[:digits])
        if end == _LAST_DAY:
            break
        day = end + dt.timedelta(days=1)
    return terms


def _spans_from(day: dt.date) -> Iterator[tuple[str, int, dt.date]]:
    """The decade, year, month and day that begin on this day, each with its number of digits and its last day."""
    one = dt.timedelta(days=1)
    if (day.month, day.day) == (1, 1):
        if day.year % 10 == 0:
            yield "e", 3, dt.date(day.year + 9, 12, 31)
        yield "y", 4, dt.date(day.year, 12, 31)
    if day.day == 1:
        yield "m", 6, (day.replace(day=28) + 4 * one).replace(day=1) - one
    yield "d", 8, day
