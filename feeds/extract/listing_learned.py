"""The articles chosen from a page and its other links in, those out that the page's own forms speak for.

What an article's address looks like, and in which kind of place its link stands, is learned from what was chosen by
its words: a headline of one word, a picture without a description, "click here" are then told by the company of their
address. Beside the content (a ticker, "latest", "most read") more is asked: a headline, and a number or date hardly
older than those of the list itself, or else an address made of words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from feeds.extract.listing_links import Link
from feeds.extract.listing_words import HEADLINE, address_number, address_score, headline_score, slug_words

_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_FEWEST = 3
_SURE = 5
# shares of the links of a kind that are articles: half are enough where the address has a number and its folder
_HALF = 0.5
_MOST = 0.8
_BARRED = -6.0
_BESIDE_HEADLINE = 1.0
_FURTHER_BACK = 2
_DATE_MARKS = re.compile(r"(?<=\d)[-_/.](?=\d\d(?:\D|\Z))")  # 2026/11/23 and 2026-11-23 are one number
_FOLDER = 4
_FEWEST_DIGITS = 3
_FEWEST_WORDS = 3
_LONGEST_ENDING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address of the page with its links.

    ``is_barred``: address or mark-up say what else it is. ``is_marked``: a heading or a date of its own lists it.
    """

    identity: str
    links: tuple[Link, ...]
    is_barred: bool
    is_marked: Callable[[], bool]


def learn_articles(candidates: Sequence[Candidate], chosen: Collection[str]) -> set[str]:
    """Identities of those among the candidates that are like the chosen ones, without these."""
    if len(chosen) < _FEWEST:
        return set()
    exact = _Kind.of(((one.identity, {exact_form(one.identity)}) for one in candidates), chosen)
    loose = _Kind.of(((one.identity, {loose_form(one.identity)}) for one in candidates), chosen)
    places = _Kind.of(((one.identity, {link.signature for link in one.links}) for one in candidates), chosen)
    found: set[str] = set()
    for one in candidates:
        if one.identity in chosen or one.is_barred:
            continue
        form = exact_form(one.identity)
        is_filed = exact.holds({form}, fewest=_FEWEST, share=_HALF)
        around = {link.signature for link in one.links}
        if is_numbered(one.identity):
            is_like = is_filed or loose.holds({loose_form(one.identity)}, fewest=_SURE, share=_MOST)
        else:
            is_like = is_filed and places.holds(around, fewest=_FEWEST, share=_HALF)
        if is_like or (places.holds(around, fewest=_SURE, share=_MOST) and one.is_marked()):
            found.add(one.identity)
    return found


def learn_beside(beside: Iterable[Link], content: Iterable[str], chosen: Collection[str]) -> list[tuple[Link, ...]]:
    """Links outside the content that lead to further recent articles, by address.

    Args:
        beside: links in sidebars and the like.
        content: identities of all links of the content.
        chosen: identities of the articles found there.
    """
    exact = _Kind.of(((one, {exact_form(one)}) for one in content), chosen)
    loose = _Kind.of(((one, {loose_form(one)}) for one in content), chosen)
    since = _oldest_wanted(chosen)
    folder = _shared_folder(chosen)

    def is_like(identity: str, headline: float) -> bool:
        if not identity.startswith(folder) or address_score(identity) <= _BARRED:
            return False
        is_filed = exact.holds({exact_form(identity)}, fewest=_FEWEST, share=_HALF)
        if is_numbered(identity) or "9" in loose_form(identity):
            return is_filed and headline >= _BESIDE_HEADLINE and _number(identity) >= since[exact_form(identity)]
        is_filed = is_filed or loose.holds({loose_form(identity)}, fewest=_SURE, share=_MOST)
        return is_filed and headline >= HEADLINE and slug_words(identity) >= _FEWEST_WORDS

    groups: defaultdict[str, list[Link]] = defaultdict(list)
    for link in beside:
        groups[link.identity].append(link)
    return [
        tuple(group)
        for identity, group in groups.items()
        if identity not in chosen and is_like(identity, max(headline_score(link.text) for link in group))
    ]


def _oldest_wanted(chosen: Iterable[str]) -> Mapping[str, int]:
    """For each form of address the number of an article twice as far back as the list itself goes."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for one in chosen:
        numbers[exact_form(one)].append(_number(one))
    return {form: min(own) - (_FURTHER_BACK - 1) * (max(own) - min(own)) for form, own in numbers.items()}


def without_parameters(identities: Collection[str]) -> set[str]:
    """Those whose address less its query is among them too: the same article, with where its link stands."""
    return {one for one in identities if "?" in one and one.partition("?")[0] in identities}


@dataclass(frozen=True, slots=True)
class _Kind:
    """How many links of each kind there are, and how many of them are articles."""

    all: Mapping[str, int]
    articles: Mapping[str, int]

    @classmethod
    def of(cls, members: Iterable[tuple[str, set[str]]], chosen: Collection[str]) -> _Kind:
        counted: Counter[str] = Counter()
        articles: Counter[str] = Counter()
        for identity, kinds in members:
            counted.update(kinds)
            if identity in chosen:
                articles.update(kinds)
        return cls(counted, articles)

    def holds(self, kinds: Iterable[str], *, fewest: int, share: float) -> bool:
        """Whether one of the kinds is made up of articles."""
        return any(
            self.articles.get(kind, 0) >= fewest and self.articles.get(kind, 0) >= share * self.all[kind]
            for kind in kinds
        )


def is_numbered(url: str) -> bool:
    """Whether the address is filed by a number or a date, and says nothing against an article."""
    return address_number(url) and address_score(url) > _BARRED


@lru_cache(maxsize=8192)
def exact_form(url: str) -> str:
    """An address with its folders as they are, numbers and words of the last step and of the query put aside."""
    address, _, query = url.partition("?")
    folder, _, last = address.rstrip("/").rpartition("/")
    return f"{_DIGITS.sub('9', folder)}/{_form(last)}?{_query(query)}"


@lru_cache(maxsize=8192)
def loose_form(url: str) -> str:
    """An address of which only the kinds of its steps are left."""
    address, _, query = url.partition("?")
    return f"{'/'.join(_form(step) for step in address.split('/')[3:] if step)}?{_query(query)}"


def _form(step: str) -> str:
    """A number, a number with words or as part of a hash, several words, one word; with the ending of a file."""
    stem, _, ending = unquote(step).rpartition(".")
    is_file = bool(stem) and len(ending) <= _LONGEST_ENDING and ending.isalpha()
    text = stem if is_file else unquote(step)
    words = len(_LETTERS.findall(text))
    form = "w" if words > 1 else "a"
    if sum(map(str.isdigit, text)) >= _FEWEST_DIGITS:
        form = "9w" if words else "9"
    return f"{form}.{ending.lower()}" if is_file else form


def _query(query: str) -> str:
    parts = sorted(part.partition("=") for part in query.split("&") if part)
    return "&".join(f"{name}={_form(value) if _DIGITS.search(value) else 'a'}" for name, _, value in parts)


def _number(url: str) -> int:
    """The longest number of an address, a date read as one: in addresses of one form it grows with time."""
    rest = "/".join(url.split("/")[3:])
    return max((int(run[:18]) for run in _DIGITS.findall(_DATE_MARKS.sub("", rest))), default=0)


def _shared_folder(chosen: Collection[str]) -> str:
    """The first folder where all the addresses lie in one; empty where they lie in several."""
    folders = {"/".join(one.split("/")[:_FOLDER]) + "/" if one.count("/") >= _FOLDER else "" for one in chosen}
    return folders.pop() if len(folders) == 1 else ""
