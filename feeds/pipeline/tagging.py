"""Articles in; the same with the known keywords that title and lead name, as inferred ones, out.

What is known: the most used keywords of the article's language, the countries, and the operator's own concepts. One
Tagger serves all threads of a process. A language's vocabulary is looked at now and then and built anew when a share
of it is new; only so many of them are kept.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from feeds.concepts import Concepts
from feeds.folding import keyword_key
from feeds.model import Article
from feeds.normalise.tagging import KnownKeyword, Vocabulary, build_vocabulary, infer_keywords
from feeds.store.base import Store

MOST_KEYWORDS = 10_000  # of one language, some 10 MB
VOCABULARIES = 24
LOOK_EVERY_S = 120.0
# a young store learns its first keywords in no time, and looking there costs nothing
SOON_S, FEW = 5.0, 1000
GROWN = 0.05  # the share of keywords from which a vocabulary is built anew
_UNKNOWN = "und"


@dataclass(slots=True, kw_only=True)
class _Kept:
    """A vocabulary and what it was built from."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    vocabulary: Vocabulary | None = None
    keys: frozenset[str] = frozenset()
    fingerprint: str = ""
    looked_at: float = float("-inf")


class Tagger:
    """Infers keywords; safe to share between threads. ``concepts`` gives those that hold now."""

    def __init__(
        self, store: Store, concepts: Callable[[], Concepts], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._concepts = concepts
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def tag(self, article: Article) -> Article:
        """The article with its inferred keywords: none that it carries already, by whatever word. Raises StoreError."""
        language = article.language.partition("-")[0]
        if not article.title or language in {"", _UNKNOWN}:
            return replace(article, inferred=())
        concepts = self._concepts()
        carried = set(map(keyword_key, article.keywords))
        meant = {concepts.of(key, article.language) for key in carried} - {None}
        vocabulary = self._vocabulary(language, concepts)
        found = infer_keywords(article.title, article.summary, vocabulary, carried=carried)
        labels: list[str] = []
        for one in found:
            concept = concepts.of(one.key, article.language)
            if concept is None or concept not in meant:
                labels.append(one.label)
                meant.add(concept)
        return replace(article, inferred=tuple(labels))

    def meaning(self, key: str, language: str) -> str | None:
        """The concept that a keyword means in a language, None when it means none."""
        return self._concepts().of(key, language)

    def _vocabulary(self, language: str, concepts: Concepts) -> Vocabulary:
        with self._lock:
            kept = self._kept.setdefault(language, _Kept())
            self._kept.move_to_end(language)
            while len(self._kept) > VOCABULARIES:
                self._kept.popitem(last=False)
        with kept.lock:
            every_s = SOON_S if len(kept.keys) < FEW else LOOK_EVERY_S
            if kept.vocabulary is None or self._clock() - kept.looked_at >= every_s:
                self._look(kept, language, concepts)
            assert kept.vocabulary is not None
            return kept.vocabulary

    def _look(self, kept: _Kept, language: str, concepts: Concepts) -> None:
        counted = self._store.keywords(language, limit=MOST_KEYWORDS)
        keys = frozenset(each.key for each in counted)
        is_grown = len(keys ^ kept.keys) > GROWN * len(kept.keys)
        kept.looked_at = self._clock()
        if kept.vocabulary is not None and not is_grown and kept.fingerprint == concepts.fingerprint:
            return
        names = concepts.names_in(language)
        known = [
            KnownKeyword(key=each.key, label=names.get(each.key, each.label), articles=each.articles, is_name=True)
            if each.key in names
            else KnownKeyword(key=each.key, label=each.label, articles=each.articles)
            for each in counted
        ]
        known += [KnownKeyword(key=key, label=label, is_name=True) for key, label in names.items() if key not in keys]
        articles = sum(number for tag, number in self._store.languages().items() if tag.partition("-")[0] == language)
        kept.vocabulary = build_vocabulary(known, language=language, articles=articles)
        kept.keys, kept.fingerprint = keys, concepts.fingerprint
