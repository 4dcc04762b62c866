"""Bytes in no declared or no true encoding in, the encoding that makes text of them out.

Only encodings that browsers know are thought of (WHATWG Encoding Standard). The scripts of East Asia show in the
structure of the bytes and the share of common characters. Single-byte encodings all decode anything, so the language
that the page names decides among those used for it, by the letters that language writes; without a language
charset-normalizer is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from charset_normalizer import from_bytes

_SAMPLE_BYTES = 40_000
_SCAN_BYTES = 400_000
_FEW_BYTES = 200
_ROW = 3
_CLEARLY = 0.1
_TAG = re.compile(rb"<[^>]{0,2000}>")
_INVISIBLE = re.compile(rb"(?is)<(script|style)\b.{0,400000}?</\1\s{0,9}>|<[^>]{0,2000}>")
_ASCII = bytes(range(0x80))
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_LANGUAGE = re.compile(rb"<html\b[^>]{0,500}?\blang\s{0,9}=\s{0,9}[\"']?\s{0,9}([a-zA-Z]{2,3})\b", re.IGNORECASE)
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")

_KANA = re.compile("[\u3041-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
_WIDE = re.compile("[\u3041-\u318f\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\ue000-\uf8ff]")
# row by row, the more common half of each national set stands first
_COMMON_GB = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")
_COMMON_BIG5 = re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]")

_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
_CYRILLIC = _RUSSIAN + "іїєґўјљњћђџѓќѕ"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋ"
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئپچژگکی"
_HEBREW = "אבגדהוזחטיךכלםמןנסעףפץצקרשת"
_THAI = "".join(map(chr, range(0x0E01, 0x0E4D)))
# for each language: the letters beyond a to z, and the encodings used for it, the likelier first
_SLAVIC_LATIN = ("cp1250", "iso8859-2")
_SINGLE_BYTE: dict[str, tuple[str, tuple[str, ...]]] = {
    "cs": ("áčďéěíňóřšťúůýž", _SLAVIC_LATIN),
    "sk": ("áäčďéíĺľňóôŕšťúýž", _SLAVIC_LATIN),
    "pl": ("ąćęłńóśźż", _SLAVIC_LATIN),
    "hu": ("áéíóöőúüű", _SLAVIC_LATIN),
    "ro": ("ăâîşţ", _SLAVIC_LATIN),
    "hr": ("čćđšž", _SLAVIC_LATIN),
    "sl": ("čćđšž", _SLAVIC_LATIN),
    "bs": ("čćđšž", _SLAVIC_LATIN),
    "sr": (_CYRILLIC, ("cp1251", "koi8-r", "iso8859-5", "cp866")),
    "ru": (_RUSSIAN, ("cp1251", "koi8-r", "iso8859-5", "cp866")),
    "uk": (_CYRILLIC, ("cp1251", "koi8-u", "iso8859-5", "cp866")),
    "be": (_CYRILLIC, ("cp1251", "koi8-u", "iso8859-5", "cp866")),
    "bg": (_RUSSIAN, ("cp1251", "koi8-r", "iso8859-5", "cp866")),
    "mk": (_CYRILLIC, ("cp1251", "iso8859-5")),
    "el": (_GREEK, ("cp1253", "iso8859-7")),
    "tr": ("çğıiöşüâîû", ("cp1254",)),
    "az": ("çəğıöşü", ("cp1254",)),
    "he": (_HEBREW, ("cp1255", "iso8859-8")),
    "ar": (_ARABIC, ("cp1256", "iso8859-6")),
    "fa": (_ARABIC, ("cp1256",)),
    "ur": (_ARABIC, ("cp1256",)),
    "lt": ("ąčęėįšųūž", ("cp1257", "iso8859-13")),
    "lv": ("āčēģīķļņšūž", ("cp1257", "iso8859-13")),
    "et": ("äõöüšž", ("cp1257", "iso8859-13")),
    "vi": ("ăâđêôơưàáèéìíòóùúý", ("cp1258",)),
    "th": (_THAI, ("cp874",)),
}
# for each script that is written in single bytes, a language and the letters that make up most of its texts
_SCRIPTS = {
    "ru": "оеаинтсрвлк",
    "el": "αοιετσνηυρπκόίά",
    "he": "יוהלארתבמש",
    "ar": "الينمورتبعد",
    "th": "านรอกเงมยลวดท่้",
}
_FREQUENT_SHARE = 0.5
_WESTERN = ("àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþßœÿ", ("cp1252",))
_WEB_ENCODINGS = ["cp1252", "cp1251", "koi8_r", "cp1250", "iso8859_2", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"]
# what hardly any other Latin script's bytes read as
_WESTERN_ALONE = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüßœ")
_PUNCTUATION = frozenset("¢¥¦±µ×\u00a0«»„“”‚‘’–—…·•°§©®™€£¿¡№ªº´")
_SURE_SHARE = 0.8
_SURE_FIT = 0.7


def guess_encoding(data: bytes) -> str | None:
    """The encoding, as a codec name of Python, that makes the likeliest text; None when there is nothing to go by."""
    if any(escape in data for escape in _ESCAPES) and _decodes(data, "iso2022_jp"):
        return "iso2022_jp"
    sample = _sample(data)
    language = _language(data)
    if language in _SINGLE_BYTE:
        return _fitting(sample, language) or _guess_wide(sample) or _guess_freely(sample)
    return _guess_wide(sample) or _fitting(sample, language) or _guess_freely(sample)


def contradicts(data: bytes, encoding: str) -> bool:
    """Whether a single-byte encoding that was declared makes nonsense of the page's text: no letters of its language.

    Bytes beyond ASCII that stand in rows are no western text; and a language whose letters the encoding lacks is
    written in another one.
    """
    sample = _sample(data)
    if _stands_in_rows(sample):
        return True
    letters, encodings = _SINGLE_BYTE.get(_language(data), _WESTERN)
    if encoding in encodings:
        return False
    known = frozenset(letters)
    return max(_fit(sample, other, known) for other in encodings) > _fit(sample, encoding, known) + _CLEARLY


def _sample(data: bytes) -> bytes:
    """The page's text without markup and scripts; with the scripts where hardly anything else is beyond ASCII."""
    start = data[:_SCAN_BYTES]
    text = _INVISIBLE.sub(b" ", start)
    if len(text.translate(None, _ASCII)) < _FEW_BYTES:
        text = _TAG.sub(b" ", start)
    # the first bytes beyond ASCII may stand far down
    first = _HIGH_RUN.search(text)
    begin = max(0, first.start() - 1) if first else 0
    return text[begin : begin + _SAMPLE_BYTES]


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _language(data: bytes) -> str:
    match = _LANGUAGE.search(data, 0, 5000)
    return match.group(1).decode("ascii").lower() if match else ""


def _guess_wide(sample: bytes) -> str | None:
    """One of the multi-byte encodings of East Asia, when the sample reads like its language."""
    # a Chinese text read as Korean is half Hangul, a Korean one read as Chinese all common characters: ask Korean first
    readings: tuple[tuple[str, Callable[[str], float]], ...] = (
        ("cp949", lambda text: _share(len(_HANGUL.findall(text)), text)),
        ("cp932", _japanese),
        ("euc_jp", _japanese),
        ("gb18030", lambda text: _share(_common(text, "gb18030", _COMMON_GB), text)),
        ("big5hkscs", lambda text: _share(_common(text, "big5", _COMMON_BIG5), text)),
    )
    if not _stands_in_rows(sample, row=2):
        return None
    for encoding, likelihood in readings:
        text = sample.decode(encoding, "replace")
        wide = len(_WIDE.findall(text))
        # a sample that was cut may end inside a character
        torn = 1 if len(sample) == _SAMPLE_BYTES else 0
        if wide and text.count("\ufffd") <= torn + wide // 50 and likelihood(text) > _SURE_SHARE:
            return encoding
    return None


def _share(count: int, text: str) -> float:
    return count / len(_WIDE.findall(text))


def _common(text: str, encoding: str, common: re.Pattern[bytes]) -> int:
    ideographs = "".join(_IDEOGRAPH.findall(text))
    pairs = [char.encode(encoding, "ignore") for char in ideographs]
    return sum(1 for pair in pairs if common.fullmatch(pair))


def _japanese(text: str) -> float:
    """Japanese is kana and ideographs in like measure; one without the other is a chance reading."""
    kana, ideographs = len(_KANA.findall(text)), len(_IDEOGRAPH.findall(text))
    return _share(kana + ideographs, text) if 5 * kana > ideographs else 0.0


def _stands_in_rows(sample: bytes, row: int = _ROW) -> bool:
    """Whether most bytes beyond ASCII stand side by side, as in scripts that are not Latin."""
    runs = [len(run) for run in _HIGH_RUN.findall(sample)]
    return 2 * sum(length for length in runs if length >= row) > sum(runs)


def _fitting(sample: bytes, language: str) -> str | None:
    """The encoding in which the sample has the letters of the page's language; None when it has them in none."""
    if not language:
        return None
    letters, encodings = _SINGLE_BYTE.get(language, _WESTERN)
    known = frozenset(letters)
    fits = {encoding: _fit(sample, encoding, known) for encoding in encodings}
    best = max(encodings, key=lambda encoding: fits[encoding])
    return best if fits[best] > _SURE_FIT else None


def _guess_freely(sample: bytes) -> str | None:
    """What is likely for a page that does not name its language."""
    if not _stands_in_rows(sample) and _fit(sample, "cp1252", _WESTERN_ALONE) > _SURE_FIT:
        return "cp1252"
    if _stands_in_rows(sample):
        readings = {
            (encoding, language): _fit(sample, encoding, frozenset(letters))
            for language, letters in _SCRIPTS.items()
            for encoding in _SINGLE_BYTE[language][1]
        }
        likeliest = max(readings, key=lambda reading: readings[reading])
        if readings[likeliest] > _FREQUENT_SHARE:
            return likeliest[0]
    best = from_bytes(sample, cp_isolation=_WEB_ENCODINGS).best()
    return best.encoding if best else None


def _fit(sample: bytes, encoding: str, letters: frozenset[str]) -> float:
    """The share of a language's letters among the characters beyond ASCII; capitals, being rarer, count half."""
    beyond = [char for char in sample.decode(encoding, "replace") if char > "\x7f"]
    words = [char for char in beyond if char not in _PUNCTUATION]
    if not words:
        return 1.0 if beyond else 0.0
    return sum(1.0 if char in letters else 0.5 if char.lower() in letters else 0.0 for char in words) / len(words)
