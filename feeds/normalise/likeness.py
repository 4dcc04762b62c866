"""A text in, what its near-duplicates are found by out: its shingles, and a few numbers that stand for them.

A shingle is a run of neighbouring words, or of characters where a script writes no spaces. Two texts are as like as
the shingles they share. Who keeps a million texts cannot compare each with all: their MinHash signatures, cut into
bands, meet in one band at least when the texts are alike (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets,
3.3 and 3.4). With 20 bands of 2 a pair that shares half of its shingles meets in 99.7 of 100 cases, a pair that shares
a quarter in 72, and one of two unrelated articles of a language in one of 80,000 (measured on real news pages).

The numbers are the same on every machine and in every process; a new version of the library's algorithm gives other
ones altogether, which then meet no old ones.
"""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
from functools import lru_cache
from itertools import pairwise

from rensa import RMinHash

# a shorter text says too little: a teaser, a caption, a notice under a video
FEWEST_SHINGLES = 50
_WORDS, _CHARACTERS = 3, 6
_TELLING_LETTERS = 4
_BANDS, _ROWS = 20, 2
_SEED = 0x504F4C59  # any number; another one would meet no band that is stored
_SALT = struct.pack(">BBB", RMinHash.ALGORITHM_VERSION & 0xFF, _BANDS, _ROWS)
# a longer text is known by its beginning, and a hostile one costs no more than that
_LONGEST = 100_000

# Thai to Burmese, Khmer, kana, Han
_UNSPACED = re.compile(
    "[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_DASH = re.compile(r"[/…\u2010-\u2015-]+")
# punctuation, which publishers set each in their own way; also the vowel signs of Indic scripts: a word without them
# is still told from most others
_UNSPOKEN = re.compile(r"[^\w\s]+|_+")


def words_of(text: str) -> list[str]:
    """Its words, or characters where a script writes no spaces, in order: folded case, no punctuation."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    spoken = _UNSPOKEN.sub("", _DASH.sub(" ", folded))
    if _UNSPACED.search(spoken):
        spoken = _UNSPACED.sub(r" \g<0> ", spoken)
    return spoken.split()


def shingles_of(text: str) -> frozenset[str]:
    """Runs of three words, or of six characters where most words are single characters; none for a short text."""
    words = words_of(text)
    is_unspaced = sum(map(len, words)) < 2 * len(words)
    length = _CHARACTERS if is_unspaced else _WORDS
    found = frozenset(map(" ".join, zip(*(words[start:] for start in range(length)), strict=False)))
    return found if len(found) >= FEWEST_SHINGLES else frozenset()


def terms_of(words: list[str]) -> frozenset[str]:
    """What tells of a text's matter: words of four letters or more, and pairs of characters without a space."""
    pairs = pairwise(words)
    return frozenset(
        (
            *(word for word in words if len(word) >= _TELLING_LETTERS),
            *(one + other for one, other in pairs if _UNSPACED.fullmatch(one) and _UNSPACED.fullmatch(other)),
        )
    )


@lru_cache(maxsize=64)  # one poll asks for a text's bands twice: was it moved, is it a copy
def bands_of(text: str) -> tuple[int, ...]:
    """Twenty signed 64-bit numbers, of which like texts share some; none for a short text."""
    shingles = shingles_of(text)
    if not shingles:
        return ()
    signature = RMinHash.digests_from_token_sets([shingles], num_perm=_BANDS * _ROWS, seed=_SEED)[0]
    return tuple(_key(band, signature[band * _ROWS : (band + 1) * _ROWS]) for band in range(_BANDS))


def _key(band: int, rows: list[int]) -> int:
    told = struct.pack(f">B{_ROWS}I", band, *rows)
    return int.from_bytes(hashlib.blake2b(_SALT + told, digest_size=8).digest(), signed=True)
