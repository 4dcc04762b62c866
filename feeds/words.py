"""Text in, tokens out: the words by which articles are found and questions are read.

Both sides use this one function, so they always agree. A token is a run of letters, digits and marks; in scripts
without spaces between words, and in Hangul, where particles hang on their nouns, each character is a token of its own,
and a word is a phrase of them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from feeds.folding import keyword_key

# raise it with every change that gives some text other tokens: what is stored is then read anew
WORDS_VERSION = 1

# Thai, Lao, Burmese, Hangul, Khmer, kana, bopomofo, Han with its radicals and iteration marks: whole blocks, marks
# included, so that a class of characters says it
CHARACTERS = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3031-\u3035\u303b\u303c"
    "\u3041-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f"
    "\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_TOKEN = re.compile(f"[{CHARACTERS}]|[^ {CHARACTERS}]+")
_PLAIN = re.compile("[a-z0-9]+")
# no word of any language is as long; a run like this is data, and databases have their limits
_LONGEST = 100
# Latin letters with a stroke or tied together, which Unicode does not take apart
_LATIN: Final = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
_ROUNDS = 4  # two are the rule


class _Folding(dict[int, str]):
    """What each character becomes, found when it is first met: a few thousand in the lifetime of a process."""

    def __missing__(self, sign: int) -> str:
        folded = self[sign] = _fold(chr(sign))
        return folded


def tokens_of(text: str) -> list[str]:
    """The tokens of a text in their order; ``Straße in 臺灣`` gives ``strasse``, ``in``, ``台``, ``湾``.

    Folded as keyword keys are (``folding.keyword_key``: width, case, Chinese in simplified characters, digits, what
    writers of Arabic, Hebrew and Cyrillic leave out), and Latin and Greek letters lose their accents. The tokens of
    tokens are they themselves. A run of more than 100 letters is cut off there.
    """
    if text.isascii():
        folded = text.lower()
        tokens = _PLAIN.findall(folded)
    else:
        folded = unicodedata.normalize("NFKC", text).translate(_FOLDING)
        for _ in range(_ROUNDS):  # marks that were let go may bring others beside a letter
            if unicodedata.is_normalized("NFKC", folded):
                break
            folded = unicodedata.normalize("NFKC", folded).translate(_FOLDING)
        tokens = _TOKEN.findall(folded)
    return tokens if len(folded) <= _LONGEST else [token[:_LONGEST] for token in tokens]


_IS_CHARACTER = re.compile(f"[{CHARACTERS}]")


def is_character(token: str) -> bool:
    """Whether a token is a character of a script without spaces between words."""
    return _IS_CHARACTER.match(token) is not None


def _fold(sign: str) -> str:
    """One character: its folded form, nothing for a mark that is left out, a space for what is no part of a word."""
    kind = unicodedata.category(sign)
    if kind == "Cf" or "\ufe00" <= sign <= "\ufe0f":
        return ""  # joiners, marks of direction, soft hyphens stand inside words
    if not (sign.isalnum() or kind in {"Mn", "Mc"}):
        return " "
    # behind a digit, which nothing combines with, so that a mark is seen to vanish
    folded = _bare(keyword_key(f"0{sign}")[1:])
    return "".join(each if each.isalnum() or unicodedata.category(each) in {"Mn", "Mc"} else " " for each in folded)


def _bare(folded: str) -> str:
    """Without the accents of Latin and Greek letters, and without accents that stand alone."""
    bare = ""
    for sign in folded:
        apart = unicodedata.normalize("NFD", sign)
        base, marks = apart[0], apart[1:]
        if "\u0300" <= base <= "\u036f":
            continue  # what composition has left over: stress in Russian, a rare letter's accent
        if marks and unicodedata.name(base, "").startswith(("LATIN", "GREEK")):
            bare += _LATIN.get(base, base)
        else:
            bare += _LATIN.get(sign, sign)
    return bare


_FOLDING = _Folding()
