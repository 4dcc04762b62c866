"""Keywords that are known in a language, and an article's title and lead, in; those that it speaks of out, as inferred.

An editor forgets keywords, many sites have none. A known one is inferred where the text names it: as whole words
where the script has spaces, never inside another word, in the case that tells a name from a word (``US``, us), and
not where a longer known one stands (``York`` in ``New York``). Better one too few than one too many: what is only
mentioned in passing, a single common word in the lead, is left out.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

import ahocorasick

from feeds.folding import keyword_key

MOST = 8  # inferred keywords of one article at most
_LONGEST = 60  # characters of a keyword; longer ones are sentences
_LEAST_LETTERS = 3  # of a keyword that is written small; "it" and "us" are words
_LOOKED_AT = 2000  # characters of title and lead each
_TOO_COMMON, _OF_AT_LEAST = 0.05, 200  # share of a language's articles: a section, no subject
_MOST_CAPITALS = 0.6  # share of capitalised words from which capitals say nothing in a headline
_NOUNS_WITH_CAPITALS = frozenset({"de", "lb"})  # every noun is capitalised, names are not told apart
# words for what an article is, not what it is about; the more common ones fall by their share
_FORMS = frozenset(
    """
    news nachrichten noticias nouvelles notizie nieuws nyheter nyheder новости новини haber haberler ニュース
    新闻 뉴스 أخبار video videos vidéo vídeo видео 视频 動画 photo photos foto fotos bilder galerie gallery podcast
    audio live ticker liveticker newsletter update updates interview interviews interviu entrevista
    intervista интервью 采访 opinion opinions opinión opinione opinião meinung kommentar comment comments
    commentary editorial leitartikel analysis analyse análisis analisi review reviews kritik explainer
    feature features quiz story stories exclusive exklusiv exclusif breaking top
    """.split()  # noqa: SIM905 - eighty short words
)
# scripts that part no words by spaces
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_IS_SPACELESS = re.compile(f"[{_SPACELESS}]")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
# what Korean writes onto a noun
_PARTICLES = re.compile(
    "(?:은|는|이|가|을|를|의|에|에서|에게|에도|에는|에만|서|도|만|로|으로|로서|으로서|로부터|와|과|이나|나|까지|부터|보다|처럼|"
    "이라|라|이라고|라고|이란|란|이며|며|측|발|산|식|형|간|내|외|별)"
)
_SENTENCE = re.compile(r"[.!?:;,…。！？、，：；()\[\]\"“”„«»|\n]|\s[-–—]\s")
_COUNTED = re.compile(r"\d[ \u00a0-]$")
_NAME_BEFORE = re.compile(r"([^\W\d_][\w'’]*)[ -]$")
_NAME_AFTER = re.compile(r"[ -]([^\W\d_])\w")
_INSIDE = frozenset({".", '"'})  # without a space beside them: U.S., צה"ל
_SMALL_WORD = 4  # letters of the words that begin sentences: The, With


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKeyword:
    """A keyword that articles of a language carry.

    ``label`` is its most used display form, ``articles`` how many carry it. ``is_name`` is set where it is known to
    name something (a country, the operator's concepts): then one mention in the lead is enough.
    """

    key: str
    label: str
    articles: int = 1
    is_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """A keyword that the text names though no editor gave it."""

    key: str
    label: str
    in_title: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The keywords of one language, made ready to be found; built once for many articles."""

    language: str
    known: tuple[KnownKeyword, ...]
    automaton: ahocorasick.Automaton


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """A word of the text: where it stands in what is searched, and as it is written."""

    at: int
    start: int
    end: int
    opens: bool  # it begins a sentence, where every word has a capital


@dataclass(frozen=True, slots=True, kw_only=True)
class _Searched:
    """A text as it is searched: folded words, a space between two of them, a line's end between sentences."""

    text: str
    folded: str
    words: tuple[_Word, ...]
    starts: tuple[int, ...]  # of the words, in ``folded``
    case_tells: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    known: KnownKeyword
    start: int
    end: int
    tells: bool  # the case, or the number of words, shows that it is meant


def build_vocabulary(known: Iterable[KnownKeyword], *, language: str, articles: int = 0) -> Vocabulary:
    """Makes the keywords of a language ready.

    Args:
        known: The keywords in use; those that cannot be told from common words are left out.
        language: BCP 47 tag.
        articles: How many articles the language has: a keyword that one in twenty carries is a section's name, not a
            subject. 0 when that is not known.
    """
    automaton = ahocorasick.Automaton()
    kept: list[KnownKeyword] = []
    for one in known:
        if articles >= _OF_AT_LEAST and one.articles > _TOO_COMMON * articles:
            continue
        pattern = _search_form(one.label).folded
        if _is_findable(one, pattern) and pattern not in automaton:
            automaton.add_word(pattern, (len(pattern), len(kept)))
            kept.append(one)
    if kept:
        automaton.make_automaton()
    return Vocabulary(language=language.partition("-")[0], known=tuple(kept), automaton=automaton)


def infer_keywords(
    title: str, lead: str, vocabulary: Vocabulary, *, carried: Collection[str] = ()
) -> tuple[Inferred, ...]:
    """Known keywords that title or lead name, those of the title first; at most ``MOST``.

    Args:
        title: The headline, plain text.
        lead: The summary or first paragraph, plain text.
        vocabulary: Of the article's language.
        carried: Keys that the article has already.
    """
    if not vocabulary.known:
        return ()
    in_title, in_lead = (_find(_search_form(text[:_LOOKED_AT]), vocabulary) for text in (title, lead))
    mentions = Counter(hit.known.key for hit in (*in_title, *in_lead))
    telling = {hit.known.key for hit in (*in_title, *in_lead) if hit.tells}
    found: dict[str, Inferred] = {}
    for hits, is_title in ((in_title, True), (in_lead, False)):
        for hit in hits:
            key = hit.known.key
            is_name = hit.known.is_name and (hit.tells or len(key) > _LEAST_LETTERS)  # Man, at the head of a sentence
            is_meant = is_name or (key in telling and (is_title or mentions[key] > 1 or _is_phrase(hit.known)))
            if is_meant and key not in carried:
                found.setdefault(key, Inferred(key=key, label=hit.known.label, in_title=is_title))
    return tuple(found.values())[:MOST]


# --- what can be found ----------------------------------------------------------------------------------------------


def _is_findable(one: KnownKeyword, pattern: str) -> bool:
    """Whether the keyword's signs tell it: not a number, not a letter or two, no word that is written small."""
    letters = [sign for sign in pattern if sign.isalpha()]
    if not letters or len(pattern) > _LONGEST or keyword_key(one.label) != one.key or one.key in _FORMS:
        return False
    if _IS_SPACELESS.search(pattern):
        return len(letters) > 1
    if _HANGUL.search(pattern):
        return len(letters) > 1
    return len(letters) >= _LEAST_LETTERS or (len(letters) > 1 and one.label.upper() == one.label)


def _is_phrase(known: KnownKeyword) -> bool:
    """Whether a keyword is more than one common word: several words, an acronym, or signs of another script."""
    label = known.label
    return (
        len(label.split()) > 1
        or _is_acronym(label)
        or any(sign.isupper() for sign in label[1:])
        or label.lower() == label.upper()
    )


def _is_acronym(label: str) -> bool:
    return label.upper() == label and sum(map(str.isupper, label)) > 1


# --- the search -----------------------------------------------------------------------------------------------------


def _search_form(text: str) -> _Searched:
    text = unicodedata.normalize("NFKC", text)
    parts: list[str] = []
    words: list[_Word] = []
    length, before, opens = 0, 0, True
    for found in _word_pattern().finditer(text):
        between = text[before : found.start()]
        breaks = between not in _INSIDE and bool(_SENTENCE.search(between))
        opens = opens or breaks
        folded = keyword_key.__wrapped__(found[0])
        if words:
            touches = _IS_SPACELESS.match(folded) or _IS_SPACELESS.match(parts[-1][-1:])
            separator = "\n" if breaks else "" if touches or not between else " "
            parts.append(separator)
            length += len(separator)
        words.append(_Word(at=length, start=found.start(), end=found.end(), opens=opens))
        parts.append(folded)
        length += len(folded)
        before, opens = found.end(), False
    return _Searched(
        text=text,
        folded="".join(parts),
        words=tuple(words),
        starts=tuple(word.at for word in words),
        case_tells=_case_tells(text),
    )


def _case_tells(text: str) -> bool:
    """Whether capitals part names from words: not in a headline that capitalises every word, or every letter."""
    initials = [word[0] for word in text.split() if len(word) > 3 and word[0].isalpha()]  # noqa: PLR2004 - and, the
    capitals = sum(1 for sign in initials if sign.isupper())
    return capitals <= max(2.0, _MOST_CAPITALS * len(initials))


def _find(searched: _Searched, vocabulary: Vocabulary) -> list[_Hit]:
    """Every keyword named, by its place; of those that overlap only the longest."""
    found = vocabulary.automaton.iter(searched.folded)
    candidates = [(last + 1 - length, last + 1, index) for last, (length, index) in found]
    hits: list[_Hit] = []
    for start, end, index in sorted(candidates, key=lambda one: (one[0] - one[1], one[0])):
        if any(start < hit.end and hit.start < end for hit in hits) or not _stands_alone(searched.folded, start, end):
            continue
        hit = _judge(searched, start, end, vocabulary.known[index], vocabulary.language)
        if hit is not None:
            hits.append(hit)
    return sorted(hits, key=lambda hit: hit.start)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether what is found is no part of a longer word."""
    first, last = text[start], text[end - 1]
    before, after = text[start - 1 : start], text[end : end + 1]
    begins = not before or before in " \n" or _parts(before, first)
    ends = not after or after in " \n" or _parts(last, after)
    if not ends and _HANGUL.match(last):
        rest = re.split("[ \n]", text[end:], maxsplit=1)[0]
        ends = _PARTICLES.fullmatch(rest) is not None
    return begins and ends


def _parts(left: str, right: str) -> bool:
    """Whether a word may end between two signs that no space parts."""
    if unicodedata.category(right)[0] == "M" or (_KATAKANA.match(left) and _KATAKANA.match(right)):
        return False
    return bool(_IS_SPACELESS.match(left) or _IS_SPACELESS.match(right))


def _judge(searched: _Searched, start: int, end: int, known: KnownKeyword, language: str) -> _Hit | None:
    """A hit when the text is written as the keyword is: its signs, and capitals where they tell."""
    first = bisect_right(searched.starts, start) - 1
    words = searched.words[first : bisect_left(searched.starts, end)]
    written = searched.text[words[0].start : words[-1].end]
    label = known.label
    if _IS_SPACELESS.search(known.key) or _HANGUL.search(known.key):
        return _Hit(known=known, start=start, end=end, tells=True)
    if keyword_key(written) != known.key or not _has_its_capitals(searched, written, label):
        return None  # other signs between the words, or a common word
    is_phrase = _is_phrase(known)
    if not is_phrase and _is_part_of_more(searched, words[0], words[-1], language):
        return None
    in_place = searched.case_tells and not words[0].opens
    tells = is_phrase or (label[0].isupper() and (language in _NOUNS_WITH_CAPITALS or in_place))
    return _Hit(known=known, start=start, end=end, tells=tells)


def _has_its_capitals(searched: _Searched, written: str, label: str) -> bool:
    """Whether every capital of the label is one in the text; an acronym stands so only among small letters."""
    if _is_acronym(label):
        return written == label and any(map(str.islower, searched.text))
    return not any(sign.isupper() and other.islower() for sign, other in zip(label, written, strict=False))


def _is_part_of_more(searched: _Searched, first: _Word, last: _Word, language: str) -> bool:
    """Whether one word is counted (``49 Euro``), or belongs to a longer name (``World`` in ``Disney World``)."""
    before, after = searched.text[: first.start], searched.text[last.end :]
    if _COUNTED.search(before):
        return True
    if language in _NOUNS_WITH_CAPITALS or not searched.case_tells:
        return False
    left, right = _NAME_BEFORE.search(before), _NAME_AFTER.match(after)
    if left and not left[1][0].isupper():
        left = None
    if left and len(left[1]) <= _SMALL_WORD and searched.words[searched.words.index(first) - 1].opens:
        left = None
    return bool((left and not first.opens) or (right and right[1].isupper()))


@cache
def _word_pattern() -> re.Pattern[str]:
    """Runs of letters, digits and their marks; apart in scripts without spaces and in others."""
    marks = _ranges(point for point in range(0x300, 0x1E000) if unicodedata.category(chr(point))[0] == "M")
    spaced = f"(?:(?![{_SPACELESS}])[^\\W_]|(?![{_SPACELESS}])[{marks}\u200c\u200d])+"
    return re.compile(f"[{_SPACELESS}]+|{spaced}")


def _ranges(points: Iterable[int]) -> str:
    """Code points as the inside of a set of a regular expression."""
    runs: list[list[int]] = []
    for point in points:
        if runs and runs[-1][1] == point - 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)
