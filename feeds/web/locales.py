"""A request in, the visitor's language out; and the texts, dates and names of languages in it.

The catalogs are the ``.po`` files of ``translations/``, read when first needed: no compiled file to make, ship or
forget, in a checkout as in an installed package. Reading one takes about 5 ms, once a process.
"""

from __future__ import annotations

import datetime as dt
import io
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale
from flask_babel import gettext as _gettext
from flask_babel import ngettext as _ngettext

from feeds.render.titles import language_name

LANGUAGES = ("de", "en", "fr", "ja", "zh")  # what the pages speak
DEFAULT = "en"
CATALOGS = Path(__file__).parent / "translations"
_RIGHT_TO_LEFT = {"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"}


class Catalogs(Domain):  # type: ignore[misc]  # an untyped base
    """Flask-Babel's source of translations, fed from ``.po`` files."""

    def get_translations(self) -> NullTranslations:
        """The translations for this request's language."""
        return words_of(page_language())


def words_of(tag: str) -> NullTranslations:
    """The catalog of a language, whatever its script or region; English for those that have none."""
    language = tag.replace("_", "-").partition("-")[0]
    return _read_catalog(language if language in LANGUAGES else DEFAULT)


@cache
def _read_catalog(language: str) -> NullTranslations:
    path = CATALOGS / language / "LC_MESSAGES" / "messages.po"
    if language == DEFAULT:  # the texts in the code are English
        return NullTranslations()
    with path.open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def use_locales(app: Flask) -> None:
    """Makes the app speak the visitor's language."""
    babel = Babel(app, default_locale=DEFAULT, locale_selector=visitor_language)
    babel.domain_instance = Catalogs()


def page_language() -> str:
    """The language of the page that is being made; English where there is none."""
    return str(get_locale() or DEFAULT)


def gettext(text: str, **values: object) -> str:
    """An English text in the language of the page, with ``%(name)s`` filled in."""
    return str(_gettext(text, **values))


def ngettext(one: str, many: str, number: int) -> str:
    """An English text for one or many in the language of the page; ``%(num)s`` is the number."""
    return str(_ngettext(one, many, number))


def show_number(number: float) -> str:
    """A number as the language of the page writes it."""
    return str(format_decimal(number, locale=page_language()))


def visitor_language() -> str:
    """``?lang=`` if it is one of ours, else the best of Accept-Language, else English."""
    return asked_language() or request.accept_languages.best_match(LANGUAGES, DEFAULT)


def asked_language() -> str | None:
    """The language the visitor chose by ``?lang=``; links carry it on."""
    asked = request.args.get("lang", "").lower().partition("-")[0]
    return asked if asked in LANGUAGES else None


def show_language(tag: str) -> str:
    """A language's name in the language of the page."""
    return _capital(language_name(tag, in_language=page_language()))


def own_name(tag: str) -> str:
    """What a language calls itself."""
    return _capital(language_name(tag))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=1024)
def text_direction(tag: str) -> str:
    """``rtl`` for languages written from right to left, else ``ltr``."""
    locale = _parse(tag)
    if locale is None:
        return "ltr"
    if locale.script:
        return "rtl" if locale.script in _RIGHT_TO_LEFT else "ltr"
    return locale.text_direction


def _parse(tag: str) -> Locale | None:
    if tag.startswith(("und", "mul")):  # would resolve to English
        return None
    try:
        return Locale.parse(tag, sep="-", resolve_likely_subtags=True)
    except (ValueError, UnknownLocaleError):
        return None


def show_date(when: dt.datetime | dt.date) -> str:
    """A date in the visitor's manner; with its time of day, as the page gave it, when it has one."""
    locale = Locale.parse(page_language())
    day = format_date(when, "long", locale=locale)
    if not isinstance(when, dt.datetime):
        return day
    clock = format_time(when, "short", tzinfo=when.tzinfo, locale=locale)
    return str(locale.datetime_formats["medium"]).format(clock, day)


def show_ago(when: dt.datetime, now: dt.datetime) -> str:
    """How long ago, or in how long, in the visitor's words: ``3 minutes ago``."""
    return format_timedelta(when - now, add_direction=True, locale=page_language(), threshold=0.95)
