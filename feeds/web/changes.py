"""What the store changed of late in; whether any of it can concern a feed out, without asking the store.

A feed's window is the newest articles that answer its question. A change can only alter it when the changed article is
in it, or answers the question now. Both are told here from memory: wrongly yes at times, which costs one query, and
never wrongly no. Questions whose answer hangs on more than the article itself (stand-ins, full text, one source, which
also holds what others repeat) are always answered with yes.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from feeds.folding import keyword_key, language_covers
from feeds.model import FeedQuery, StoredArticle
from feeds.store.base import Store

KEPT = 256  # changes; whoever is further behind asks the store

Window = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An article as it is since the change ``seq``."""

    seq: int
    mark: int
    language: str
    section: str | None
    keys: frozenset[str]


class Changes:
    """The last changes; one thread learns, any number ask at the same time."""

    def __init__(self, store: Store, load: Callable[[Window], list[StoredArticle]]) -> None:
        """Knows nothing yet; ``load`` gives the articles of a window (``Loader.load``)."""
        self._store = store
        self._load = load
        self._kept: tuple[int, tuple[Changed, ...]] = (0, ())  # all changes after that number, oldest first

    def learn(self, before: int, after: int) -> None:
        """Reads the changes after ``before`` up to ``after``; raises StoreError, and knows nothing of them then.

        The store lists an article at its last change only, and hides those that another source publishes as well. So
        each missing number stands for a change that is not known, and no feed is spared asking for it.
        """
        since, kept = self._kept
        if before < 0 or not before < after <= before + KEPT:
            self._kept = (after, ())
            return
        self._kept = (after, ())  # until all has been read
        window = self._store.window(FeedQuery(), limit=KEPT, after_seq=before)
        if {seq for _, seq in window if seq <= after} != set(range(before + 1, after + 1)):
            return
        stored = {each.article.id: each for each in self._load(window)}
        if any(name not in stored or stored[name].seq != seq for name, seq in window):
            return  # changed again meanwhile
        learned = [_as_changed(stored[name]) for name, seq in window if seq <= after]
        together = (*kept, *learned)
        beyond = together[:-KEPT]
        self._kept = (beyond[-1].seq if beyond else since, together[-KEPT:])

    def concern(self, query: FeedQuery, marks: array[int], since: int) -> bool:
        """Whether a change after ``since`` can alter the window of a feed.

        Args:
            query: as the store is asked, with every word for what its keywords mean.
            marks: of the articles in the window (``marks_of``).
            since: the change number at which the window was right.
        """
        known_since, kept = self._kept
        if since < known_since or query.source is not None or query.fallback or query.question is not None:
            return True
        keys = {*query.keywords, *(synonym.key for synonym in query.synonyms)}
        if not all(key.isprintable() for key in keys):
            return True  # the store compares them cleaned
        return any(
            changed.seq > since and (changed.mark in marks or _may_answer(query, keys, changed))
            for changed in reversed(kept)
        )


def _as_changed(stored: StoredArticle) -> Changed:
    article = stored.article
    return Changed(
        seq=stored.seq,
        mark=mark(article.id),
        language=article.language,
        section=article.section,
        keys=frozenset(map(keyword_key, (*article.keywords, *article.inferred))),
    )


def mark(article_id: str) -> int:
    """Stands for an article's id in eight bytes; two that share one are taken for the same."""
    return hash(article_id)


def marks_of(window: Window) -> array[int]:
    """The marks of a window's articles."""
    return array("q", [mark(article_id) for article_id, _ in window])


def _may_answer(query: FeedQuery, keys: Iterable[str], changed: Changed) -> bool:
    if query.keywords:  # in whatever language: how a keyword's feed is spelled hangs on every article that carries it
        return not changed.keys.isdisjoint(keys)
    if query.languages and not any(language_covers(tag, changed.language) for tag in query.languages):
        return False
    return query.section is None or (changed.section or "").casefold() == query.section.casefold()
