"""New and changed articles in, what they repeat out: bands for their texts, markings for copies.

An article costs one look-up of its addresses (with the others of its batch), the bands of its text (about a
millisecond for a page of news), and one look-up by these. Texts are loaded and compared only where bands meet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from feeds.decide.copies import Reading, decide_copies, decide_same, is_moved
from feeds.model import Article, ArticleUpdate, Change, Known, Marking, StoredArticle, Twin
from feeds.normalise.likeness import bands_of, shingles_of, terms_of, words_of
from feeds.store.base import Store

# news is repeated within days; what is older is neither compared nor kept for comparing
WINDOW = dt.timedelta(days=30)
# articles that share bands with one: a story that every paper prints has hundreds, and one is enough
_CANDIDATES = 12
_BY_CHANCE = 3


@dataclass(slots=True, kw_only=True)
class _Markings:
    """What was decided so far in one batch: it counts for what is decided next."""

    by_id: dict[str, Marking] = field(default_factory=dict)

    def add(self, markings: Iterable[Marking]) -> None:
        for marking in markings:
            self.by_id.setdefault(marking.article_id, marking)

    def reading(self, article: Article, seen_at: dt.datetime, stored: StoredArticle | None) -> Reading:
        """The article as it is compared, with the marking it has by now."""
        decided = self.by_id.get(article.id)
        words = words_of(article.title)
        return Reading(
            article_id=article.id,
            source_id=article.source_id,
            language=article.language,
            title=tuple(words),
            title_terms=terms_of(words),
            terms=terms_of([*words, *words_of(article.content_text)]),
            shingles=shingles_of(article.content_text),
            published=article.published,
            seen_at=seen_at,
            original_id=decided.original_id if decided else stored.original_id if stored else None,
            twin=decided.twin if decided else stored.twin if stored else None,
        )


def find_repeats(
    store: Store, updates: tuple[ArticleUpdate, ...], *, now: dt.datetime
) -> tuple[tuple[ArticleUpdate, ...], tuple[Marking, ...]]:
    """The same updates with the bands of their texts, and what repeats what: of them, and of what is stored.

    Call it with what ``decide_changes`` gives and write both results in one Update. The earlier of two articles is
    the original; when that one comes later, the stored copy of another source is marked.
    """
    bands = {update.article.id: _bands(update, now) for update in updates if update.change is not Change.SAME}
    stored = store.load(bands)  # what is new to its poll may be stored all the same, and marked
    fresh = [
        update.article
        for update in updates
        if update.article.id in bands and not _is_marked(stored.get(update.article.id))
    ]
    markings = _Markings()
    _same_pages(store, fresh, stored, markings)
    _copies(store, fresh, stored, bands, markings, now=now)
    banded = tuple(replace(update, bands=bands.get(update.article.id)) for update in updates)
    return banded, tuple(markings.by_id.values())


def _bands(update: ArticleUpdate, now: dt.datetime) -> tuple[int, ...]:
    """None of what is older than a copy would be."""
    published_at = update.article.published_at
    return bands_of(update.article.content_text) if published_at is None or published_at > now - WINDOW else ()


def _is_marked(stored: StoredArticle | None) -> bool:
    return stored is not None and stored.original_id is not None


def _same_pages(
    store: Store, articles: Sequence[Article], stored: Mapping[str, StoredArticle], markings: _Markings
) -> None:
    """Marks what another source holds by the same address."""
    found = _elsewhere(store, articles)
    others = store.load({other_id for ids in found.values() for other_id in ids})
    for article in articles:
        own = stored.get(article.id)
        for other_id, names in found[article.id].items():
            other = others[other_id]
            is_first = own is None or (other.first_seen_at, other_id) < (own.first_seen_at, article.id)
            marking = decide_same(article, other.article, names, other_is_first=is_first)
            if marking is None or other.original_id == article.id:
                continue
            if marking.article_id == article.id and marking.twin is Twin.COPY:
                marking = replace(marking, original_id=other.original_id or other_id)
            if marking.article_id == article.id or not _is_marked(other):
                markings.add([marking])


def _elsewhere(store: Store, articles: Sequence[Article]) -> dict[str, dict[str, list[str]]]:
    """For each article's id, the articles of other sources that it shares names with, and these names."""
    by_source: dict[str, list[Article]] = {}
    for article in articles:
        by_source.setdefault(article.source_id, []).append(article)
    found: dict[str, dict[str, list[str]]] = {article.id: {} for article in articles}
    for source_id, own in by_source.items():
        hits = store.elsewhere(source_id, {name for article in own for name in _names(article)})
        for article in own:
            for name in _names(article):
                if name in hits:
                    found[article.id].setdefault(hits[name], []).append(name)
    return found


def _names(article: Article) -> tuple[str, ...]:
    return (article.identity, *article.aliases)


def _copies(
    store: Store,
    articles: Sequence[Article],
    stored: Mapping[str, StoredArticle],
    bands: Mapping[str, Collection[int]],
    markings: _Markings,
    *,
    now: dt.datetime,
) -> None:
    """Marks what other sources print in nearly the same words."""
    near = {
        article.id: _likely(store.alike(bands[article.id], since=now - WINDOW, limit=_CANDIDATES))
        for article in articles
        if bands[article.id] and article.id not in markings.by_id
    }
    others = store.load({other_id for ids in near.values() for other_id in ids})
    for article in articles:
        met = [others[other_id] for other_id in near.get(article.id, ()) if other_id in others]
        readings = [
            markings.reading(other.article, other.first_seen_at, other)
            for other in met
            if other.article.source_id != article.source_id
        ]
        if readings:
            own = stored.get(article.id)
            reading = markings.reading(article, own.first_seen_at if own else now, own)
            markings.add(decide_copies(reading, readings))


def _likely(shared: Mapping[str, int]) -> list[str]:
    """Of articles and the bands they share, most first, those worth loading.

    One band alone is mostly chance, a quoted sentence or a footer; an excerpt of a third shares one alone at times.
    """
    return [article_id for rank, (article_id, count) in enumerate(shared.items()) if count > 1 or rank < _BY_CHANCE]


def recognise_moved(
    store: Store,
    articles: Sequence[Article],
    known: Mapping[str, Known],
    *,
    is_listed: Callable[[str], bool],
    now: dt.datetime,
) -> tuple[tuple[Article, ...], dict[str, Known]]:
    """Articles that got a new address without a redirect are known by their old one again.

    Call it with the articles of one source and what the store knows of their identities, before ``decide_changes``;
    it gives back both, with the old identity among the aliases of what moved. An old address that ``is_listed`` still
    has an article of its own.
    """
    moved: list[Article] = []
    found = dict(known)
    for article in articles:
        old = None if any(name in known for name in _names(article)) else _former(store, article, is_listed, now)
        if old is None:
            moved.append(article)
            continue
        moved.append(replace(article, aliases=(*article.aliases, old.article.identity)))
        found[old.article.identity] = Known(
            article_id=old.article.id, content_hash=old.article.content_hash, seq=old.seq
        )
    return tuple(moved), found


def _former(store: Store, article: Article, is_listed: Callable[[str], bool], now: dt.datetime) -> StoredArticle | None:
    """The stored article of the same source that this one is, at an address that is no longer listed."""
    bands = bands_of(article.content_text)
    if not bands:
        return None
    near = store.load(store.alike(bands, since=now - WINDOW, limit=_CANDIDATES))
    own = [one for one in near.values() if one.article.source_id == article.source_id]
    own = [one for one in own if not is_listed(one.article.url)]
    if not own:
        return None
    new, markings = _Markings().reading(article, now, None), _Markings()
    like = [one for one in own if is_moved(new, markings.reading(one.article, one.first_seen_at, one))]
    return like[0] if len(like) == 1 else None  # of several, nobody can say which
