"""Keywords as found in, single keywords in their display form out."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from feeds.folding import display_form, keyword_key

_LONGEST_LIST, _MOST_VALUES = 20_000, 1000  # characters and values looked at: a bound for hostile input
# no name holds these; a comma may stand in one. The middle dots (・ ·) part no list: they stand inside names of people
_HARD = re.compile(r"\s*[;；،、؛፤፣၊|｜•]\s*")
_SEPARATORS = re.compile(r"\s*[;；,，،、؛፤፣၊|｜•]\s*|\s+[/／]\s+")
_SLASH = re.compile(r"[/／]")
_HASHED = re.compile(r"(?:^|\s)[#＃](?=\w)")
# scripts that write no spaces inside a name; Japanese names of people have one, so two parts prove nothing
_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_ENOUGH_PARTS, _LONGEST_PART = 3, 16
# a value among several that holds so many separators is a list, not a name with a comma
_ENOUGH_COMMAS = 3
_LEAST_BESIDE_SLASH = 3  # letters; AC/DC, TCP/IP, 12/7 and km/h are one name each
_LONGEST_NAME = 100  # characters; longer is a sentence

_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
# words by which pages of many languages introduce the list, and what stands where an editor chose nothing
_LABELS = (
    "keywords?|key words|(?:news[ _])?keywords|tags?|topics?|themen|stichw(?:ort|orte|örter)|schlagw(?:ort|orte|örter)|"
    "schlüsselw(?:ort|orte|örter)|mots[ -]cl[ée]s?|étiquettes?|palabras? claves?|etiquetas?|parol[ae] chiave|"
    "palavras?[ -]chaves?|tre?fwoord(?:en)?|słow[ao] kluczowe|tagi|klíčov[áé] slov[ao]|kulcsszavak|avainsanat|"
    "nyckelord|nøkkelord|stikkord|emneord|anahtar kelime(?:ler)?|etiketler|cuvinte cheie|etichete|kata kunci|từ khóa|"
    "ключевые слова|теги|метки|ключові слова|关键[词字]|關鍵[詞字]|标签|標籤|キーワード|タグ|키워드|태그|"
    "كلمات (?:مفتاحية|دلالية)|الكلمات المفتاحية|وسوم|מילות מפתח|תגיות|คำสำคัญ|แท็ก|टैग"
)
_LABEL = re.compile(rf"^(?:{_LABELS})\s*[:：]\s*", re.IGNORECASE)
_NOTHING = re.compile(
    rf"(?:{_LABELS}|n/?a|none|null|nil|nan|undefined|untagged|no tags?|uncategori[sz]ed|(?:ohne|keine) kategorie|"
    r"non class[ée]e?|sans catégorie|sin categor[íi]a|senza categoria|sem categoria|без рубрики|未分类|未分類)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|www\.|\S+@\S+\.\w", re.IGNORECASE)
_DATE = re.compile(r"\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2\d{4}|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{5,}")
_COUNT = re.compile(r"(?<=\S)\s*(?:\((?!(?:1[5-9]|20)\d\d\))\d+\)|（(?!(?:1[5-9]|20)\d\d）)\d+）|\[\d+\])$")
_EDGES = re.compile(r"^[\s#＃*,，:：]+|[\s*,，:：]+$")  # a hash behind belongs to the name: C#
_AROUND = {'"': '"', "“": "”", "„": "“", "«": "»", "»": "«", "「": "」", "『": "』", "【": "】", "[": "]", "《": "》"}


def split_keywords(values: Iterable[str], separators: str | None = None) -> tuple[str, ...]:
    """Each keyword once (by its key), in order, in its display form; without what is none.

    Several values are names already, which may hold a comma; a single value may hold a whole list. ``separators``
    (each character is one) replace the usual ones, and then cut every value. Taken off: markup, a label in front
    (``Tags:``), a count behind (``BMW (23)``), quotes around. Left out: labels and placeholders, addresses, dates,
    numbers of five digits and more, sentences, and what has neither letter nor digit.
    """
    # single spaces: a run of them would cost the separators' search the square of its length
    values = [" ".join(_plain(value[:_LONGEST_LIST]).split()) for value in islice(values, _MOST_VALUES) if value]
    names: dict[str, str] = {}
    for value in _parts([_LABEL.sub("", value) for value in values], separators):
        name = _clean(display_form(value))
        if name:
            names.setdefault(keyword_key(name), name)
    return tuple(names.values())


def _plain(value: str) -> str:
    """Without markup and with entities read, once more than the page's parser did: some escape twice."""
    if "&" in value and _ENTITY.search(value):
        value = html.unescape(value)
    return _MARKUP.sub(" ", value) if "<" in value else value


def _parts(values: list[str], separators: str | None) -> Iterator[str]:
    if separators:
        for value in values:
            yield from re.split(f"[{re.escape(separators)}]", value)
    elif len(values) == 1:
        yield from _split_one(values[0])
    else:
        for value in values:
            is_list = len(_SEPARATORS.findall(value)) >= _ENOUGH_COMMAS
            yield from _split_one(value) if is_list else _HARD.split(value)


def _split_one(text: str) -> list[str]:
    """One string's keywords; without any separator, hashes part them, or spaces in scripts that write none in words."""
    parts = _SEPARATORS.split(text)
    if len(parts) == 1:
        if len(_HASHED.findall(text)) > 1:
            return re.split(r"\s*[#＃]", text)
        if is_spaced_list(text):
            return text.split()
        beside = [part.strip() for part in _SLASH.split(text)]
        is_list = len(beside) >= _ENOUGH_PARTS and all(_is_word(part) for part in beside)
        return beside if is_list else parts
    if len(parts) > 1 and re.match(r"(?:&|and|und|et|y)\s", parts[-1]):
        return [text]  # "Business, Finance, & Economics" is one name
    return parts


def _is_word(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters >= _LEAST_BESIDE_SLASH or bool(_SPACELESS.search(text))


def _clean(name: str) -> str:
    """One name without what stands around it; empty when it is none."""
    name = _COUNT.sub("", _EDGES.sub("", name)).strip()
    while len(name) > 2 and _AROUND.get(name[0]) == name[-1] and name[-1] not in name[1:-1]:  # noqa: PLR2004 - the pair
        name = name[1:-1].strip()
    is_none = (
        len(name) > _LONGEST_NAME
        or not any(map(str.isalnum, name))
        or _NOTHING.fullmatch(name)
        or _ADDRESS.match(name)
        or _DATE.fullmatch(name)
    )
    return "" if is_none else name


def is_spaced_list(text: str, *, least: int = _ENOUGH_PARTS) -> bool:
    """Whether spaces part a list: short parts, at least ``least``, most of them in a script that needs no spaces."""
    parts = text.split()
    spaceless = sum(1 for part in parts if _SPACELESS.search(part))
    return len(parts) >= least and 2 * spaceless > len(parts) and max(map(len, parts)) <= _LONGEST_PART
