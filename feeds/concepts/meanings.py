"""Concepts and a FeedQuery in; the same question under the one name of each concept, and with all its words, out.

``/feeds/all/keywords/中国`` and ``/feeds/all/keywords/Chine`` are one question: its *canonical* keyword is the
concept's name in the question's language (English where it names none or several), so that the feed's address and
id do not hang on what happens to be stored. What the store is asked is *widened*: it holds every word for the concept,
each in the languages in which it means that. Nothing is lost by it: who asks for a keyword is given every article
that carries this very keyword, also in a language in which it is no word for the concept.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from feeds.concepts.known import OWN, Concepts
from feeds.folding import display_form, keyword_key, root_language
from feeds.model import AllOf, AnyOf, FeedQuery, Field, Has, Match, Not, Question, Synonym

_SPOKEN = "en"  # where a question names no language


class Meanings:
    """What questions mean by these concepts; safe to share between threads."""

    def __init__(self, concepts: Concepts) -> None:
        self.concepts = concepts
        self._lock = threading.Lock()
        # by concept and the question's language; concepts are some hundred
        self._names: dict[tuple[str, str | None], tuple[str, str] | None] = {}
        self._keys: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def canonical(self, query: FeedQuery) -> FeedQuery:
        """The question with each keyword that means a concept replaced by the concept's one name."""
        if not query.keywords:
            return query
        tag = _language_of(query.languages)
        keys = tuple(sorted({self._canonical_key(key, tag) for key in query.keywords}))
        return replace(query, keywords=keys, match=query.match if len(keys) > 1 else Match.ALL)

    def widened(self, query: FeedQuery) -> FeedQuery:
        """The question as the store is asked: with every word for what its keywords mean."""
        tag = _language_of(query.languages)
        synonyms = tuple(each for key in query.keywords for each in self._synonyms(key, tag, query.languages))
        question = self._widen(query.question) if query.question is not None else None
        return replace(query, synonyms=synonyms, question=question)

    def labels(self, query: FeedQuery) -> dict[str, str]:
        """How the names of concepts among its keywords are written; they never change with what is stored."""
        tag = _language_of(query.languages)
        names = (self._name(concept, tag) for key in query.keywords if (concept := self.concepts.of(key, tag)))
        return {key: label for key, label in filter(None, names) if key in query.keywords and label}

    def _canonical_key(self, key: str, tag: str | None) -> str:
        concept = self.concepts.of(key, tag)
        name = self._name(concept, tag) if concept else None
        return name[0] if name else key

    def _synonyms(self, key: str, tag: str | None, languages: Iterable[str]) -> Iterator[Synonym]:
        concept = self.concepts.of(key, tag)
        if concept is None:
            return
        asked = set(map(root_language, languages))
        for other, spoken in sorted(self._words(concept).items()):
            if other == key:
                continue
            if self.concepts.of(other, tag) == concept:
                yield Synonym(keyword=key, key=other)  # its address is this one: it must lose nothing
            elif not asked or not spoken or asked & set(spoken):
                yield Synonym(keyword=key, key=other, languages=spoken)

    def _widen(self, question: Question) -> Question:
        match question:
            case AllOf() | AnyOf():
                return replace(question, parts=tuple(map(self._widen, question.parts)))
            case Not():
                return Not(self._widen(question.part))
            case Has(field=Field.KEYWORD, terms=(key,)):
                words = [_as_question(each) for each in self._synonyms(key, None, ())]
                return AnyOf((question, *words)) if words else question
            case _:
                return question

    def _words(self, concept: str) -> Mapping[str, tuple[str, ...]]:
        with self._lock:
            if concept not in self._keys:
                self._keys[concept] = self.concepts.keys(concept)
            return self._keys[concept]

    def _name(self, concept: str, tag: str | None) -> tuple[str, str] | None:
        """Key and display form of a concept's one name where a question is in a language; None when it has none.

        The display form is empty where the most used one of the store is as good.
        """
        place = (concept, tag)
        if place not in self._names:
            found = (one for one in self._candidates(concept, tag) if self.concepts.of(one[0], tag) == concept)
            name = next(found, None)
            with self._lock:
                self._names[place] = name
        return self._names[place]

    def _candidates(self, concept: str, tag: str | None) -> Iterator[tuple[str, str]]:
        """Names by preference; one of them is the name when it means the concept there."""
        spoken = root_language(tag or _SPOKEN)
        label = display_form(self.concepts.cldr_name(concept, tag or _SPOKEN))
        own = [one for one in self.concepts.own if one.concept == concept]
        here = [key for one in own for key, languages in one.words.items() if spoken in languages]
        if concept.startswith(OWN) and tag is None:
            here = []
        key = keyword_key(label)
        yield from ((short, "") for short in here if _is_part(short, key))
        if key:
            yield key, label
        yield from ((each, "") for each in here)
        yield from ((keyword_key(one.label), one.label) for one in own)
        words = self._words(concept).items()
        for word, languages in sorted(words, key=lambda pair: (bool(pair[1]), -len(pair[1]), pair[0])):
            if not languages or tag is None or spoken in languages:
                yield word, ""


def _is_part(short: str, name: str) -> bool:
    """``Hong Kong`` is the better name of what CLDR calls ``Hong Kong SAR China``, 香港 that of 中国香港特别行政区."""
    is_spaced = " " in name or short.isascii()
    return short != name and (f" {short} " in f" {name} " if is_spaced else short in name)


def _as_question(synonym: Synonym) -> Question:
    has = Has(Field.KEYWORD, (synonym.key,))
    spoken = tuple(Has(Field.LANGUAGE, (language,)) for language in synonym.languages)
    if not spoken:
        return has
    return AllOf((has, AnyOf(spoken) if len(spoken) > 1 else spoken[0]))


def _language_of(languages: Iterable[str]) -> str | None:
    """The one language that a question is in, with its script; None where it is in none or in several."""
    tags = sorted(languages)
    return tags[0] if len({root_language(tag) for tag in tags}) == 1 else None
