"""Authors as found in, single names of people and agencies out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from feeds.folding import display_form

# words in front of a name, as whole words; those that are also family-name particles only stand first in a byline
_BY = re.compile(
    r"^(?:(?:(?:written|reported|posted|story|words|text|fotos?|photos?)\s+by|by|verfasst von|text von|ein artikel von|"
    r"von|par|propos recueillis par|por|di|a cura di|door|av|af|tekst|text|autor(?:in|en|es|a|i|ul)?|auteurs?|author|"
    r"writer|oleh|yazan|автор|текст|作者|文|記者|记者|本报记者|저자|بقلم|كتب|כתב|מאת|โดย)(?:\s*[:：/]\s*|\s+))+",
    re.IGNORECASE,
)
_PHOTO = re.compile(
    r"(?:^|[\s(|,;])(?:fotos?|photos?|bilder?|grafik|video|foto \[m\])\s*(?:by|von|:|：).*$", re.IGNORECASE
)
_PARENTHESES = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]")
_HARD = re.compile(r"\s*[;；、|｜•·]\s*|\s+/\s+|(?<=[^\W\d_])\s*/\s*(?=[A-Z][a-z]+\s)|\n")
_COMMA = re.compile(r"\s*[,，،]\s*")
_AND = re.compile(r"\s+(?:and|und|et|y|e|en|og|och|i|a|ja|és|és|și|ve|и|та|і|και|dan|и)\s+|\s*[&＆]\s*", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:editor|reporter|correspondent|columnist|writer|journalist|producer|staff|contributor|redakteur(?:in)?|"
    r"korrespondent(?:in)?|reporter(?:in)?|journalist(?:in)?|autorin|volontär(?:in)?|leiter(?:in)?|rédact(?:eur|rice)|"
    r"journaliste|correspondant[e]?|redactora?|periodista|corresponsal|giornalista|inviat[oa]|redacteur|verslaggever|"
    r"dziennikarz|muhabir[i]?|editör(?:ü)?|корреспондент|редактор)\b",
    re.IGNORECASE,
)
_ROLE_SUFFIX = re.compile(r"(?<=\S)\s*(?:기자|특파원|記者|编辑|編集委員|論説委員|특파원|선임기자)$")
_NOBODY = frozenset(
    {
        "admin", "administrator", "redaktion", "redaction", "redacción", "redazione", "redakcja", "redakce", "redactie",
        "redaksjonen", "redaktionen", "editor", "editorial", "staff", "newsroom", "webmaster", "guest", "unknown",
        "anonymous", "null", "none", "undefined", "author", "autor", "online", "web", "user", "root"
    }
)  # fmt: skip
_UNNAMEABLE = re.compile(r"https?://|www\.|@|^[\W\d_]+$|\b\d{1,2}[:.]\d{2}\b")
_LONGEST = 80
_LONGEST_BYLINE, _MOST_VALUES = 2000, 200  # characters and values looked at: a bound for hostile input
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv", "md", "ma", "mba", "mph", "rn", "phd", "dphil", "esq"])


def split_authors(values: Iterable[str]) -> tuple[str, ...]:
    """Each author once, in order: bylines cut into names; by-words, roles, initials and addresses taken off."""
    names: dict[str, str] = {}
    for value in islice(values, _MOST_VALUES):
        for name in _names(display_form(_PARENTHESES.sub("", value[:_LONGEST_BYLINE].replace("\n", ";")))):
            names.setdefault(name.casefold(), name)
    return tuple(names.values())


def _names(byline: str) -> Iterator[str]:
    byline = _PHOTO.sub("", byline)
    for chunk in _HARD.split(_BY.sub("", byline)):
        for part in _split_list(chunk):
            name = _ROLE_SUFFIX.sub("", _BY.sub("", part)).strip(" .,:;-–—|/'\"()（）[]")
            if _is_name(name):
                yield name


def _split_list(chunk: str) -> Iterator[str]:
    """Commas and words for "and" between names; "Meier, Anna" and "Smith & Co" stay whole."""
    parts = [part for part in _COMMA.split(chunk) if part]
    if len(parts) == 2 and all(" " not in part for part in parts) and chunk.isascii():  # noqa: PLR2004
        parts = [chunk]
    whole: list[str] = []
    for part in parts:
        if whole and part.casefold().rstrip(".").replace(".", "") in _SUFFIXES:
            whole[-1] += f", {part}"
        else:
            whole.append(part)
    for part in whole:
        pieces = [piece for piece in _AND.split(part) if piece]
        yield from pieces if len(whole) > 1 or all(" " in piece.strip() for piece in pieces) else [part]


def _is_name(text: str) -> bool:
    if not 1 < len(text) <= _LONGEST or _UNNAMEABLE.search(text) or text.casefold() in _NOBODY:
        return False
    if _BY.fullmatch(f"{text} "):
        return False
    return not _ROLE.search(text) or len(text.split()) <= 2  # noqa: PLR2004 - "MND Staff" signs, "Senior Staff Writer" does not
