"""Month names, halves of the day and the order of day and month, by language: CLDR data (Babel) in, tables out."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from babel import Locale, UnknownLocaleError

# what CLDR leaves out: shortenings newsrooms use, by primary language
_MORE_MONTHS = {
    "en": {"sept": 9},
    "de": {"jänner": 1, "jän": 1, "feber": 2, "mrz": 3, "sept": 9},
    "nl": {"mrt": 3},
    "ar": {
        "كانون الثاني": 1, "شباط": 2, "آذار": 3, "نيسان": 4, "أيار": 5, "ايار": 5, "حزيران": 6,
        "تموز": 7, "آب": 8, "أيلول": 9, "ايلول": 9, "تشرين الأول": 10, "تشرين الاول": 10,
        "تشرين الثاني": 11, "كانون الأول": 12, "كانون الاول": 12,
        "يناير": 1, "فبراير": 2, "مارس": 3, "أبريل": 4, "ابريل": 4, "مايو": 5, "يونيو": 6, "يوليو": 7,
        "أغسطس": 8, "اغسطس": 8, "سبتمبر": 9, "أكتوبر": 10, "اكتوبر": 10, "نوفمبر": 11, "ديسمبر": 12,
        "جانفي": 1, "فيفري": 2, "أفريل": 4, "ماي": 5, "جوان": 6, "جويلية": 7, "أوت": 8,
    },
    "fa": {
        "ژانویه": 1, "فوریه": 2, "مارس": 3, "آوریل": 4, "مه": 5, "ژوئن": 6, "ژوئیه": 7,
        "اوت": 8, "سپتامبر": 9, "اکتبر": 10, "نوامبر": 11, "دسامبر": 12,
    },
}  # fmt: skip
PERSIAN_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
UNKNOWN = "und"  # BCP 47's tag for a language that is not known
_WIDELY_WRITTEN = (
    "en", "de", "fr", "es", "pt", "it", "nl", "sv", "no", "da", "fi", "pl", "cs", "sk", "sl", "hr", "hu", "ro", "tr",
    "el", "ru", "uk", "bg", "sr", "ar", "fa", "he", "hi", "bn", "ur", "th", "vi", "id", "ms", "sw",
)  # fmt: skip
# legacy and script-less tags whose CLDR name differs
_RENAMED = {"no": "nb", "iw": "he", "in": "id", "tl": "fil"}


@cache
def locale_of(language: str) -> Locale | None:
    """The CLDR locale of a BCP 47 tag: the whole tag, else its primary language, else None."""
    primary = language.replace("_", "-").split("-")[0].lower()
    for tag in (language.replace("_", "-"), _RENAMED.get(primary, primary)):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def fold_name(text: str) -> str:
    """A month name as it is compared: case folded, without dots, accents kept."""
    return unicodedata.normalize("NFC", text).casefold().replace(".", "").strip()


@cache
def months(language: str) -> dict[str, int]:
    """Folded month names of one language with the month's number; narrow forms (single letters) are left out."""
    primary = language.replace("_", "-").split("-")[0].lower()
    table: dict[str, int] = {}
    locale = locale_of(language)
    if locale is not None:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    folded = fold_name(name)
                    if len(folded) > 1 and not folded.isdecimal():
                        table.setdefault(folded, number)
    table.update(_MORE_MONTHS.get(primary, {}))
    return table


def months_of(language: str) -> dict[str, int]:
    """Month names of a language; of all widely written ones for ``und``."""
    return common_months() if language == UNKNOWN else months(language)


@cache
def common_months() -> dict[str, int]:
    """Month names of the languages that news is most written in, for a text of unknown language.

    A name that means two months (listopad: October in Croatian, November in Czech) is left out.
    """
    found: dict[str, set[int]] = {}
    for language in _WIDELY_WRITTEN:
        for name, number in months(language).items():
            found.setdefault(name, set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


@cache
def month_pattern(language: str) -> re.Pattern[str] | None:
    """Any of the language's month names, longest first, as one group; None when it writes months as numbers."""
    names = sorted(months_of(language), key=len, reverse=True)
    if not names:
        return None
    alternatives = "|".join(re.escape(name) for name in names)
    return re.compile(rf"(?<!\w)({alternatives})(?!\w)")


@cache
def halves(language: str) -> tuple[tuple[str, bool], ...]:
    """The language's names for the halves of the day, each with whether it is the second half."""
    found = {"am": False, "pm": True}
    locale = locale_of(language)
    if locale is not None:
        for context in locale.day_periods.values():
            for width in ("wide", "abbreviated"):
                for key in ("am", "pm"):
                    name = fold_name(context.get(width, {}).get(key, ""))
                    if len(name) > 1:
                        found.setdefault(name, key == "pm")
    for name, late in (
        ("上午", False),
        ("下午", True),
        ("午前", False),
        ("午後", True),
        ("오전", False),
        ("오후", True),
    ):
        found.setdefault(name, late)
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))


@cache
def month_first(language: str) -> bool:
    """Whether 07/08/2020 means the eighth of July in this language or region (CLDR's short date)."""
    locale = locale_of(language)
    if locale is None:
        return False
    pattern: str = locale.date_formats["short"].pattern
    return 0 <= pattern.find("M") < pattern.find("d")
