"""What the store changed of late in; whether any of it can concern a feed out, without asking the store.

A feed's window is the newest articles that answer its question. A change can only alter it when the changed article is
in it, or answers the question now. Both are told here from memory: wrongly yes at times, which costs one query, and
never wrongly no. Questions whose answer hangs on more than the article itself (stand-ins, full text, one source, which
also holds what others repeat) are always answered with yes.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from feeds.folding import keyword_key, language_covers
from feeds.model import FeedQuery, StoredArticle
from feeds.store.base import Store

KEPT = 16_384  # changes, half an hour of ten a second, in 6 MB; whoever is further behind asks the store
AT_ONCE = 256  # of more at a time their articles are not read: feeds ask the store, and only those that are asked for

Window = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An article as it is since the change ``seq``; ``shelf`` is its language and its section, folded."""

    seq: int
    mark: int
    shelf: tuple[str, str]
    keys: frozenset[str]


class Changes:
    """The last changes; one thread learns, any number ask at the same time.

    Kept are not the changes to be gone through, but the last one of each article, keyword, and language with section:
    feeds are asked for thousands of times between two changes, and most of them long after the last time.
    """

    def __init__(self, store: Store, load: Callable[[Window], list[StoredArticle]]) -> None:
        """Knows nothing yet; ``load`` gives the articles of a window (``Loader.load``)."""
        self._store = store
        self._load = load
        self._since = 0  # all changes after that number are known
        self._changed: deque[Changed] = deque()  # oldest first
        self._marks: dict[int, int] = {}
        self._keys: dict[str, int] = {}
        self._shelves: dict[tuple[str, str], int] = {}  # never altered, but replaced: it is gone through by who asks

    def learn(self, before: int, after: int) -> None:
        """Reads the changes after ``before`` up to ``after``; raises StoreError, and knows nothing of them then.

        The store lists an article at its last change only, and hides those that another source publishes as well. So
        each missing number stands for a change that is not known, and no feed is spared asking for it.
        """
        learned: list[Changed] | None = None
        try:
            if 0 <= before < after <= before + AT_ONCE:
                learned = self._read(before, after)
        finally:
            if learned is None:
                self._forget_all(after)
        if learned is None:
            return
        for changed in learned:
            self._changed.append(changed)
            self._marks[changed.mark] = changed.seq
            self._keys.update(dict.fromkeys(changed.keys, changed.seq))
        self._shelves = self._shelves | {changed.shelf: changed.seq for changed in learned}
        if len(self._changed) > KEPT:
            self._forget_before(self._changed[-KEPT - 1].seq)

    def _read(self, before: int, after: int) -> list[Changed] | None:
        """These changes, oldest first; None when not all of them can be told."""
        window = self._store.window(FeedQuery(), limit=AT_ONCE, after_seq=before)
        if {seq for _, seq in window if seq <= after} != set(range(before + 1, after + 1)):
            return None
        stored = {each.article.id: each for each in self._load(window)}
        if any(name not in stored or stored[name].seq != seq for name, seq in window):
            return None  # changed again meanwhile
        return sorted((_as_changed(stored[name]) for name, seq in window if seq <= after), key=lambda each: each.seq)

    def _forget_all(self, seq: int) -> None:
        self._since = seq  # before all else: who asks meanwhile looks at it last (``concern``)
        self._changed, self._marks, self._keys, self._shelves = deque(), {}, {}, {}

    def _forget_before(self, seq: int) -> None:
        """Forgets what changed up to that number, and not again since."""
        self._since = seq
        while self._changed and self._changed[0].seq <= seq:
            gone = self._changed.popleft()
            if self._marks.get(gone.mark, 0) <= seq:
                self._marks.pop(gone.mark, None)
            for key in gone.keys:
                if self._keys.get(key, 0) <= seq:
                    self._keys.pop(key, None)
        self._shelves = {shelf: last for shelf, last in self._shelves.items() if last > seq}

    def concern(self, query: FeedQuery, marks: array[int], since: int) -> bool:
        """Whether a change after ``since`` can alter the window of a feed.

        Args:
            query: as the store is asked, with every word for what its keywords mean.
            marks: of the articles in the window (``marks_of``).
            since: the change number at which the window was right.
        """
        if since < self._since or query.source is not None or query.fallback or query.question is not None:
            return True
        keys = {*query.keywords, *(synonym.key for synonym in query.synonyms)}
        if not all(key.isprintable() for key in keys):
            return True  # the store compares them cleaned
        last = self._marks.get
        if any(last(each, 0) > since for each in marks) or self._may_answer(query, keys, since):
            return True
        return since < self._since  # what was looked for above may just have been forgotten

    def _may_answer(self, query: FeedQuery, keys: Iterable[str], since: int) -> bool:
        if query.keywords:  # in whatever language: how a keyword's feed is spelled hangs on every article with it
            return any(self._keys.get(key, 0) > since for key in keys)
        section = query.section.casefold() if query.section is not None else None
        return any(
            seq > since
            and (section is None or section == its_section)
            and (not query.languages or any(language_covers(tag, language) for tag in query.languages))
            for (language, its_section), seq in self._shelves.items()
        )


def _as_changed(stored: StoredArticle) -> Changed:
    article = stored.article
    return Changed(
        seq=stored.seq,
        mark=mark(article.id),
        shelf=(article.language, (article.section or "").casefold()),
        keys=frozenset(map(keyword_key, (*article.keywords, *article.inferred))),
    )


def mark(article_id: str) -> int:
    """Stands for an article's id in eight bytes; two that share one are taken for the same."""
    return hash(article_id)


def marks_of(window: Window) -> array[int]:
    """The marks of a window's articles."""
    return array("q", [mark(article_id) for article_id, _ in window])
