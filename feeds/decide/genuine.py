"""What a page says and what was announced of it in, whether it is the article that was asked for out.

A site under repair answers every address with one notice, under 200; a removed article leads to the front page. Such
a page names no date of publication, so one that does is never doubted here. Pure: no input or output, no clock.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

# an announcement or a text of fewer telling words says too little to be missed
_ENOUGH_TERMS = 3
_ENOUGH_TEXT = 10
# a notice is short; what says more is doubted only where several addresses say it
LONGEST_NOTICE = 1500
# of the telling words of the shorter of two readings; a rewritten report keeps its names
_SHARE_OF_EDIT = 0.2
# so many addresses with the same words, where nobody announced what they would say
_ENOUGH_ECHOES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one page says itself: the telling words of its title and of title and text, and how long the text is."""

    title: frozenset[str]
    terms: frozenset[str]
    length: int


def says_nothing_of(said: Said, announced: frozenset[str]) -> bool:
    """Whether a short page has not one telling word of the title under which it is listed."""
    return len(announced) >= _ENOUGH_TERMS and said.length < LONGEST_NOTICE and announced.isdisjoint(said.terms)


def is_another(said: Said, stored: Said) -> bool:
    """Whether a later reading has nothing of what was read of the article before: no edit goes so far."""
    if len(stored.terms) < _ENOUGH_TEXT or not said.title.isdisjoint(stored.terms):
        return False
    fewer = min(len(said.terms), len(stored.terms))
    return len(said.terms & stored.terms) < _SHARE_OF_EDIT * fewer


@dataclass(slots=True, kw_only=True)
class Echoes:
    """Addresses that answered with the same words, none of them those that were announced."""

    _by_words: dict[Said, dict[str, bool]] = field(default_factory=dict)

    def hear(self, url: str, said: Said, announced: frozenset[str]) -> Collection[str]:
        """All addresses that say the same, when these are enough to be nobody's own words; else none.

        A page whose title shares a word with what was announced is the article. Two pages that were announced and do
        not are enough; it takes three where nobody announced anything, since one article may have two addresses.
        """
        if not said.title.isdisjoint(announced):
            return ()
        known = self._by_words.setdefault(said, {})
        known[url] = bool(announced)
        is_enough = sum(known.values()) > 1 or len(known) >= _ENOUGH_ECHOES
        return tuple(known) if is_enough else ()
