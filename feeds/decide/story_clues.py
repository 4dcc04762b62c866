"""An article in, what its story is recognised by in other languages out: numbers, names, keywords, its picture.

What a translation keeps: figures (whatever the digits, separators and words for millions are), names in letters that
the other script leaves alone, what its keywords mean, and often the very picture. Pure: no input or output, no clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from feeds.folding import keyword_key
from feeds.model import Article
from feeds.urls import is_http_url, registered_domain

# key and language of a keyword in, the concept that it means out
Meaning = Callable[[str, str], str | None]

_LONGEST = 20_000  # characters; a story tells its figures and names long before
_MOST_NUMBERS, _MOST_NAMES, _MOST_KEYWORDS = 60, 60, 12
_NUMBER_KEYS, _WORD_KEYS = 8, 4
_YEARS = range(1900, 2101)
_SMALL = 100
_CAPITALS = r"A-ZÀ-ÖØ-ÞĀ-ɏͰ-ϿЀ-Я"
_LETTERS = r"A-Za-zÀ-ɏͰ-ϿЀ-ӿ"
# 1.234.567,8 with the same sign between all groups, or 12,5, or 12; a day of the calendar is taken out before
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9.,])(\d{1,3}(?:([.,'’ ])\d{3})(?:\2\d{3})*(?!\d)|\d+)(?:[.,](\d+))?(\s?[^\W\d_]+)?"
)
_DAY = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}|\d{1,2}:\d\d(?::\d\d)?")
_NAME = re.compile(rf"[{_CAPITALS}][{_LETTERS}'’&-]*[{_LETTERS}]")
# 6万5000, as Japanese and Korean papers write 65,000
_MIXED = re.compile(r"(?<![\d.,])(\d{1,4})[万萬만]\s?(\d{1,4})(?![\d.,万萬億亿만억])")
_ARABIC_SIGNS = {ord("٫"): ".", ord("٬"): ","}
_ENDS = ".!?:;…。！？：\n\"“”„«»‚‘’'()[]•–—-"
_ZEROS = re.compile("0+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What an article's story is recognised by.

    ``numbers`` are values in plain digits, ``names`` words in capitals within a sentence, folded in case, ``concepts``
    what its keywords mean, ``picture`` the name of its picture's file, ``site`` its registered domain. ``declared`` are
    the languages in which the page itself names the same story.
    """

    article_id: str
    language: str
    site: str
    day: dt.date | None
    picture: str
    numbers: frozenset[str]
    names: frozenset[str]
    concepts: frozenset[str]
    declared: frozenset[str]


def clues_of(article: Article, meaning: Meaning | None = None) -> Clues:
    """What the article's story is recognised by; ``meaning`` tells which keywords of two languages are one thing."""
    text = unicodedata.normalize("NFKC", f"{article.title}\n{article.summary}\n{article.content_text}"[:_LONGEST])
    return Clues(
        article_id=article.id,
        language=article.language,
        site=registered_domain(article.url) if is_http_url(article.url) else "",
        day=_day(article.published),
        picture=_picture(article.image),
        numbers=frozenset(_first(_numbers(text, article.language), _MOST_NUMBERS)),
        names=frozenset(_first(_names(text), _MOST_NAMES)),
        concepts=frozenset(_first(_concepts(article, meaning), _MOST_KEYWORDS)),
        declared=frozenset(article.alternates),
    )


def keys_of(clues: Clues) -> tuple[int, ...]:
    """Signed 64-bit numbers by which an article is found again: of its picture two, of telling numbers and words one.

    Those who share two are worth a look. None without a date: nobody knows what to compare it with.
    """
    return _keys(clues, clues.day) if clues.day else ()


def keys_near(clues: Clues) -> tuple[int, ...]:
    """The numbers that the same story has when it was published on the same day, the day before or after."""
    if clues.day is None:
        return ()
    near = range(clues.day.toordinal() - 1, clues.day.toordinal() + 2)
    days = [dt.date.fromordinal(each) for each in near if 0 < each <= dt.date.max.toordinal()]
    return tuple(key for day in days for key in _keys(clues, day))


def _keys(clues: Clues, day: dt.date) -> tuple[int, ...]:
    told = [f"picture {place} {clues.picture}" for place in range(2) if clues.picture]
    telling = sorted((one for one in clues.numbers if weight_of(one) > 1), key=lambda one: (-weight_of(one), one))
    told += [f"number {one}" for one in telling[:_NUMBER_KEYS]]
    # no key of names: a text has sixty; its keywords tell which of them it is about
    told += [f"word {one}" for one in sorted(clues.concepts)[:_WORD_KEYS]]
    return tuple(key_of(f"{day.isoformat()} {one}") for one in told)


def key_of(told: str) -> int:
    """A number that stands for a clue; no band of a text meets it but by chance."""
    digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8, person=b"story clue").digest()
    return int.from_bytes(digest, signed=True)


def weight_of(number: str) -> float:
    """How much it tells that two texts hold the same number: its digits, without the noughts of round ones."""
    whole, _, part = number.partition(".")
    digits = len((whole + part).strip("0"))
    if not part and len(whole) <= 4 and int(whole) in _YEARS:  # noqa: PLR2004 - digits of a year
        return 0.3
    if not part and int(whole) < _SMALL:
        return 0.4
    return (0.4, 0.8, 1.5, 3.0)[digits] if digits < 4 else 4.0  # noqa: PLR2004 - digits


def _day(published: dt.datetime | dt.date | None) -> dt.date | None:
    return published.date() if isinstance(published, dt.datetime) else published


def _first(values: Iterator[str], most: int) -> Collection[str]:
    found: dict[str, None] = {}
    for value in values:
        found[value] = None
        if len(found) >= most:
            break
    return found


def _picture(url: str | None) -> str:
    """The name of a picture's file, without what only says its size; empty when that is no name of its own."""
    if not url or not is_http_url(url):
        return ""
    name = urlsplit(url).path.rsplit("/", 1)[-1].casefold()
    stem = re.sub(r"(?:[-_]\d{2,4}x\d{2,4}|@\dx|[-_](?:scaled|large|medium|small))*(?:\.\w{2,5})?$", "", name)
    return stem if len(stem) >= 6 and re.search(r"\d", stem) else f"{urlsplit(url).netloc}{urlsplit(url).path}"  # noqa: PLR2004


def _concepts(article: Article, meaning: Meaning | None) -> Iterator[str]:
    for keyword in (*article.keywords, *article.inferred):
        if key := keyword_key(keyword):
            yield (meaning(key, article.language) if meaning else None) or f"keyword:{key}"


def _names(text: str) -> Iterator[str]:
    """Words in capitals that do not stand where every word would."""
    for found in _NAME.finditer(text):
        before = text[: found.start()][-3:].rstrip(" \t\u00a0")
        is_inside = bool(before) and before[-1] not in _ENDS and "\n" not in text[found.start() - 1 : found.start()]
        if is_inside and len(found.group()) > 1:
            yield found.group().casefold()


def _numbers(text: str, language: str) -> Iterator[str]:
    """Every number's value in plain digits: ``2,4 Millionen``, ``2.4 million`` and ``240万`` are ``2400000``."""
    scales = _scales(language)
    text = _MIXED.sub(_joined, _DAY.sub(" ", text.translate(_ARABIC_SIGNS)))
    for found in _NUMBER.finditer(text):
        grouped, sign, part, word = found.groups()
        whole = grouped.replace(sign, "") if sign else grouped
        if len(whole) + len(part or "") > 15:  # noqa: PLR2004 - no figure of the news, and no work for nothing
            continue
        value = Decimal(f"{int(whole)}.{int(part):0{len(part)}d}") if part else Decimal(int(whole))
        said = (word or "").strip().casefold()
        scale = scales.get(said) or next((size for sign, size in _MYRIADS.items() if said.startswith(sign)), 1)
        yield format((value * scale).normalize(), "f")


def _joined(found: re.Match[str]) -> str:
    return str(int(found.group(1)) * 10**4 + int(found.group(2)))


# written without a space behind them, so what follows is part of the word that was found
_MYRIADS: Mapping[str, int] = MappingProxyType(
    {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8, "만": 10**4, "억": 10**8}
)


@lru_cache(maxsize=256)
def _scales(language: str) -> Mapping[str, int]:
    """Words for thousands, millions and more in a language, as CLDR writes long numbers short."""
    try:
        formats = Locale.parse(language, sep="-").compact_decimal_formats
    except (ValueError, UnknownLocaleError):
        return MappingProxyType({})
    found: dict[str, int] = {}
    for style in formats.values():
        for plural in style.values():
            for size, pattern in plural.items():
                zeros = _ZEROS.search(pattern.pattern)
                word = _ZEROS.sub("", pattern.pattern).strip(" \u00a0'").casefold().rstrip(".")
                if zeros and word and word.isalpha():
                    found[word] = int(size) // 10 ** (len(zeros.group()) - 1)
    return MappingProxyType(found)
