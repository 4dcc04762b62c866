"""A word that stands in a language switch in, the language it names out; CLDR's names, by Babel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from babel import Locale, UnknownLocaleError

_LANGUAGES = (
    "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu",
    "hy", "id", "is", "it", "ja", "ka", "kk", "km", "ko", "ky", "lo", "lt", "lv", "mn", "ms", "my", "nl", "no", "pl",
    "ps", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "ug", "uk", "ur", "uz", "vi",
    "zh", "zh-Hans", "zh-Hant",
)  # fmt: skip
_SPACE = re.compile(r"\s+")
# what switches say besides: short forms, and codes of countries or habit that are no codes of languages
_SHORT = {
    "简体中文": "zh-Hans",
    "繁體中文": "zh-Hant",
    "简体": "zh-Hans",
    "简": "zh-Hans",
    "繁體": "zh-Hant",
    "繁": "zh-Hant",
    "中文版": "zh",
    "norsk": "no",
}
_CODES = {
    **{tag: tag for tag in _LANGUAGES},
    "eng": "en",
    "ger": "de",
    "deu": "de",
    "fra": "fr",
    "fre": "fr",
    "esp": "es",
    "spa": "es",
    "ita": "it",
    "rus": "ru",
    "рус": "ru",
    "укр": "uk",
    "qaz": "kk",
    "қаз": "kk",
    "jp": "ja",
    "jpn": "ja",
    "kr": "ko",
    "cn": "zh",
    "chn": "zh",
    "chi": "zh",
    "tw": "zh-Hant",
    "ua": "uk",
    "ukr": "uk",
    "br": "pt",
    "por": "pt",
    "geo": "ka",
    "ქარ": "ka",
    "arm": "hy",
    "հայ": "hy",
    "ara": "ar",
    "ع": "ar",
    "gr": "el",
    "cz": "cs",
}


def language_called(text: str) -> str | None:
    """The language that is called so in itself ("Deutsch", "中 文"), None when none is."""
    return _autonyms().get(_bare(text))


def language_named(text: str, *, language: str | None) -> str | None:
    """The language that is called so in ``language`` or in English: "German", "Allemand"."""
    bare = _bare(text)
    return _names_in((language or "en").partition("-")[0]).get(bare) or _names_in("en").get(bare)


def language_coded(text: str) -> str | None:
    """The language for which a switch writes this code: "EN", "JP", "Рус"."""
    return _CODES.get(_bare(text))


def _bare(name: str) -> str:
    return _SPACE.sub("", name).casefold()


@cache
def _autonyms() -> Mapping[str, str]:
    """Each language's name in itself, without white space ("中 文" is usual) -> BCP 47 tag."""
    found: dict[str, str] = {}
    for tag in _LANGUAGES:
        try:
            name = Locale.parse(tag, sep="-").get_display_name()
        except UnknownLocaleError:
            continue
        if name:
            found[_bare(name)] = tag
    return MappingProxyType({**found, **_SHORT})


@cache
def _names_in(language: str) -> Mapping[str, str]:
    """What the languages are called in ``language``, without white space -> BCP 47 tag."""
    try:
        names = Locale.parse(language).languages
    except (UnknownLocaleError, ValueError):
        return MappingProxyType({})
    return MappingProxyType({_bare(names[tag]): tag for tag in _LANGUAGES if names.get(tag)})
