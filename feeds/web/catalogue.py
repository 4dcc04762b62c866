"""The store in, what there is to subscribe to out: languages, sections, keywords, sources and their state.

Counting a large store takes longer than a page may, so each table is kept for a moment: two seconds, or twenty times
as long as it took to read, whichever is more. Who asks for something unknown has it looked up again at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Generic, TypeVar

from feeds.concepts import ConceptsFile
from feeds.errors import StoreError
from feeds.model import FeedQuery, KeywordCount, SourceState, SourceStatus
from feeds.store.base import Store

T = TypeVar("T")
FRESH_S = 2.0
PATIENCE = 20  # a table is read during at most a twentieth of the time
MOST_LABELS = 50_000
SOURCES_KEPT = 2000  # of a store with more, the others are asked for by id
SOURCES_A_STEP = 1000
QUICK_S = 0.1


class Kept(Generic[T]):
    """A value that is read again when it is older than a moment; every time, while reading is ``quick_s`` or less."""

    def __init__(self, read: Callable[[], T], clock: Callable[[], float], *, quick_s: float = -1.0) -> None:
        self._read = read
        self._clock = clock
        self._quick_s = quick_s
        self._lock = threading.Lock()
        self._value: T | None = None
        self._until = float("-inf")
        self._read_at = float("-inf")

    def value(self, *, older_than_s: float | None = None) -> T:
        """The value, read again when its time is over, or when it is older than ``older_than_s``.

        One thread reads; meanwhile the others get the value before, if there is one and it may be that old. So does
        everybody while the store does not answer. Raises StoreError when there is none.
        """
        before = self._value
        if not self._lock.acquire(blocking=before is None or older_than_s is not None):
            assert before is not None
            return before
        try:
            now = self._clock()
            stale = now >= self._until or (older_than_s is not None and now - self._read_at >= older_than_s)
            if self._value is None or stale:
                try:
                    self._value = self._read()
                except StoreError:  # what there was is still what there is, but not all that there may be
                    if self._value is None or older_than_s is not None:
                        raise
                    return self._value
                self._read_at = self._clock()
                took_s = self._read_at - now
                is_quick = took_s <= self._quick_s
                self._until = self._read_at + (0.0 if is_quick else max(FRESH_S, PATIENCE * took_s))
            return self._value
        finally:
            self._lock.release()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """``languages``: tag -> articles; ``sections``: (language, slug, articles) of those that have articles.

    ``sources`` are the first ones by id, all of them in any but a huge store; ``states`` counts all.
    """

    languages: Mapping[str, int]
    sections: tuple[tuple[str, str, int], ...]
    sources: Mapping[str, SourceStatus]
    states: Mapping[SourceState, int]

    @property
    def tags(self) -> set[str]:
        """Every language that a stored article or a registered source has."""
        return {*self.languages, *(source.language for source in self.sources.values() if source.language)}

    def knows_language(self, tag: str) -> bool:
        """Whether something has this language or a variety of it: ``zh-Hans`` makes ``zh`` known."""
        return any(known == tag or known.startswith(f"{tag}-") for known in self.tags)

    def section_name(self, slug: str, languages: Collection[str] = ()) -> str:
        """What a section is called on its site: by a source of these languages if there is one; else its slug."""
        names = [
            (source.language not in languages, section.name)
            for source in self.sources.values()
            for section in source.sections
            if section.slug == slug and section.name
        ]
        return min(names)[1] if names else slug


class Catalogue:
    """What the pages, the OPML and the check of an address ask the store again and again.

    ``concepts`` says which keywords mean one thing; without it each means itself.
    """

    def __init__(
        self, store: Store, clock: Callable[[], float] = time.monotonic, *, concepts: ConceptsFile | None = None
    ) -> None:
        self._store = store
        self._concepts = concepts
        self._clock = clock
        self._overview = Kept(self._read_overview, clock)
        self._states = Kept(lambda: dict(self._store.states()), clock, quick_s=QUICK_S)
        self._keywords: dict[tuple[str | None, int | None], Kept[list[KeywordCount]]] = {}
        self._labels: dict[str, str] = {}
        self._labels_until = float("-inf")

    def canonical(self, query: FeedQuery) -> FeedQuery:
        """The question by the one name of each concept in it: what its address and id are made of."""
        return self._concepts.meanings.canonical(query) if self._concepts and query.keywords else query

    def widened(self, query: FeedQuery) -> FeedQuery:
        """The question as the store is to be asked: with every word for what its keywords mean."""
        has_words = query.keywords or query.question is not None
        return self._concepts.meanings.widened(query) if self._concepts and has_words else query

    def meant_by(self, query: FeedQuery) -> str:
        """Stands for what keywords mean now; the same for a question without any."""
        has_words = query.keywords or query.question is not None
        return self._concepts.meanings.concepts.fingerprint if self._concepts and has_words else ""

    def labels_of(self, query: FeedQuery) -> dict[str, str]:
        """Display forms of the question's keywords: of concepts their names. Raises StoreError."""
        if not query.keywords:
            return {}
        names = self._concepts.meanings.labels(query) if self._concepts else {}
        return self.labels(query.keywords) | names

    def overview(self) -> Overview:
        """Languages, sections and sources. Raises StoreError."""
        return self._overview.value()

    def has(self, is_known: Callable[[Overview], bool]) -> bool:
        """Whether ``is_known`` holds now; what was registered a moment ago counts. Raises StoreError."""
        return is_known(self._overview.value()) or is_known(self._overview.value(older_than_s=0.5))

    def sources(self, source_ids: Collection[str]) -> dict[str, SourceStatus]:
        """These sources by id, without those that were never registered. Raises StoreError."""
        kept = self.overview().sources
        missing = [source_id for source_id in source_ids if source_id not in kept]
        found = {source.id: source for source in self._store.status(missing)} if missing else {}
        return found | {source_id: kept[source_id] for source_id in source_ids if source_id in kept}

    def states(self) -> Mapping[SourceState, int]:
        """How many sources are in each state; of a million, as it was some seconds ago. Raises StoreError."""
        return self._states.value()

    def every_source(self) -> Iterator[SourceStatus]:
        """All sources ever registered, by id, read from the store step by step. Raises StoreError."""
        after = ""
        while step := self._store.status(after=after, limit=SOURCES_A_STEP):
            yield from step
            after = step[-1].id

    def keywords(self, language: str | None, *, limit: int | None) -> list[KeywordCount]:
        """The most used keywords of a known language, several words for one thing as one. Raises StoreError."""
        key = (language, limit)
        if key not in self._keywords:
            self._keywords[key] = Kept(lambda: self._read_keywords(language, limit), self._clock)
        return self._keywords[key].value()

    def _read_keywords(self, language: str | None, limit: int | None) -> list[KeywordCount]:
        languages = (language,) if language else ()
        together: dict[FeedQuery, list[KeywordCount]] = {}
        for row in self._store.keywords(language, limit=limit and 2 * limit):
            query = self.canonical(FeedQuery(languages=languages, keywords=(row.key,)))
            together.setdefault(query, []).append(row)
        joined = [self._joined(query, rows) for query, rows in islice(together.items(), limit)]
        return sorted(joined, key=lambda row: (-row.articles, row.key))

    def _joined(self, query: FeedQuery, rows: list[KeywordCount]) -> KeywordCount:
        """One row for a question; an article that carries several of its words counts once."""
        (key,), first = query.keywords, rows[0]
        if len(rows) == 1 and first.key == key:
            return first
        label = self.labels_of(query).get(key, key)
        articles = first.articles if len(rows) == 1 else self._store.count(self.widened(query))
        return replace(first, key=key, label=label, articles=articles)

    def labels(self, keys: Collection[str]) -> dict[str, str]:
        """Display forms by key, for the keys that are known, as they were a moment ago. Raises StoreError."""
        now = self._clock()
        if now >= self._labels_until:
            self._labels, self._labels_until = {}, now + FRESH_S
        missing = [key for key in keys if key not in self._labels]
        if missing:
            found = self._store.labels(missing)
            if len(self._labels) + len(found) > MOST_LABELS:
                self._labels = {}
                return dict(self._store.labels(keys))
            self._labels.update(found)
        return {key: self._labels[key] for key in keys if key in self._labels}

    def _read_overview(self) -> Overview:
        return Overview(
            languages=dict(self._store.languages()),
            sections=tuple(self._store.sections()),
            sources={source.id: source for source in self._store.status(limit=SOURCES_KEPT)},
            states=self.states(),
        )
