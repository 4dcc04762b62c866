"""A keyword as written in; the form people see and the key by which it is compared out.

The key does not hang on a language: an address such as ``/feeds/all/keywords/…`` has none, and a keyword's language
is now and then wrong. So a rule that is right in one language only is here when it joins no two words in others that
people keep apart. Each table names its script and its reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from feeds.folding.han import simplified

# raise it with every change that gives a stored keyword another key: the store then writes its keys anew
KEY_VERSION = 2

_SPACE = re.compile(r"\s+")
# invisible characters that editors paste along: soft hyphen, marks of direction, BOM; and control characters and
# noncharacters (those that are no white space), which neither HTML nor XML can hold
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]"
)
# the joiners are spelling in Persian, in Indic scripts and in emoji, and dirt in all others
_SPELT_WITH_JOINERS = "\u0620-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_JOINERS = re.compile(f"(?<![{_SPELT_WITH_JOINERS}\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)")

_HYPHENS = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u058a\u05be\u30a0\ufe58\ufe63\uff0d", "-")
_QUOTES = dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u05f3\u0060\u00b4\ua78c", "'") | (
    dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u05f4\u301d\u301e\u301f", '"')
)
# katakana middle dot and its like: one sign, as in names of people
_DOTS = dict.fromkeys("\u30fb\u2022\u2027\u2219\u22c5\u0387", "\u00b7")
# Turkish and Azeri: I is the capital of ı and İ that of i, elsewhere i of I. Which rule a shouted tag follows cannot
# be seen from it, so all four are one: İstanbul, Istanbul, ISTANBUL and istanbul
_DOTLESS = {"\u0131": "i"}
# Romanian: ș and ț were written with Turkish cedillas for want of keys; no language has both
_ROMANIAN = {"\u0219": "\u015f", "\u021b": "\u0163"}
# Russian: ё is printed е at will (Горбачёв, Горбачев)
_CYRILLIC = {"\u0451": "\u0435"}
# Arabic script, as Lucene's normalisers for Arabic and Persian do: hamza on alef, dots of a final yeh and of teh
# marbuta are left out at will; Persian and Urdu keyboards give other code points for yeh, kaf and heh
_ARABIC = (
    dict.fromkeys("\u0622\u0623\u0625\u0671", "\u0627")
    | dict.fromkeys("\u0649\u06cc", "\u064a")
    | dict.fromkeys("\u0629\u06c0\u06c1\u06c2\u06c3\u06d5", "\u0647")
    | {"\u06a9": "\u0643"}
)
_ONE_FOR_ANOTHER = str.maketrans(_HYPHENS | _QUOTES | _DOTS | _DOTLESS | _ROMANIAN | _CYRILLIC | _ARABIC)
# signs that help to read and are mostly left out: Arabic vowels and the stretched line, Hebrew points, joiners,
# variation selectors
_MARKS = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4"
    "\u05c5\u05c7\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_DOT_ABOVE = re.compile(r"i([^\w\s]*?)\u0307")  # what case folding leaves of İ, other marks may stand between
# Greek capitals carry no accent: ΑΘΗΝΑ is Αθήνα
_GREEK = re.compile("(?:[\u0370-\u03ff\u1f00-\u1fff][\u0300-\u0345]*)+")
_GREEK_MARKS = re.compile("[\u0300-\u0345]")
# scripts in which spaces and dots between names are a matter of taste; in Korean both ways of writing a compound are
# right (orthography, §50), and between Chinese characters and Latin letters a space is the typesetter's
_CJK = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_GAP = re.compile(f"(?<=[{_CJK}])[ \u00b7]+|[ \u00b7]+(?=[{_CJK}])")
_INNER_HYPHEN = re.compile(r"(?<=[^\s-])-(?=[^\s-])")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_DIGIT = re.compile(r"(?![0-9])\d")
_ROUNDS = 8  # foldings at most until nothing changes; two are the rule


def display_form(text: str) -> str:
    """The keyword as people should see it: NFKC, no invisible characters, single spaces, trimmed.

    Joiners stay where they are spelling: after letters of Arabic and Indic scripts, and inside emoji.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    shown = _show(text)
    while ("\u200c" in shown or "\u200d" in shown) and (again := _show(shown)) != shown:
        shown = again  # marks were put in order, and a joiner now stands behind another sign
    return shown


def _show(text: str) -> str:
    visible = _JOINERS.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
    # once more: a mark may now stand beside its letter
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", visible)).strip()


@lru_cache(maxsize=16_384)
def keyword_key(text: str) -> str:
    """The form in which keywords are compared: ``BMW``, ``ＢＭＷ`` and ``bmw`` give one key.

    NFKC and full case folding (Unicode 3.13, D145); one kind of hyphen, quote and dot, and a hyphen inside a word
    like a space (``Covid-19``, ``Covid 19``); digits of every script; Chinese in simplified characters; no space
    around Chinese, Japanese and Korean characters; and per script what its writers leave out or swap at will (see
    the tables above). Letters with accents stay themselves: they tell words apart (año, ano). The key of a key is
    the key itself.
    """
    key = display_form(text)
    for _ in range(_ROUNDS):
        folded = _fold(key) or key
        if folded == key:
            break
        key = folded
    return key


def changed_keys(keys: Iterable[str]) -> dict[str, str]:
    """Stored keys that are written otherwise now, each with its new form.

    Rules have only ever joined keys, so the new key of a keyword is the key of its old key. Several old keys may
    give one: what stands under them is one keyword from now on.
    """
    return {key: now for key in keys if (now := keyword_key(key)) != key}


def _fold(text: str) -> str:
    if text.isascii():
        return _INNER_HYPHEN.sub(" ", text.lower().replace("`", "'"))
    folded = unicodedata.normalize("NFKC", text).translate(_ONE_FOR_ANOTHER).casefold()
    folded = _DOT_ABOVE.sub(r"i\1", folded).translate(_ONE_FOR_ANOTHER)
    folded = _MARKS.sub("", _GREEK.sub(_bare, folded))
    folded = _DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), folded)
    if _HAN.search(folded):
        folded = simplified(folded)
    folded = _INNER_HYPHEN.sub(" ", _GAP.sub("", folded))
    return display_form(folded)


def _bare(found: re.Match[str]) -> str:
    """Greek letters without accents and breathings."""
    return unicodedata.normalize("NFC", _GREEK_MARKS.sub("", unicodedata.normalize("NFD", found[0])))
