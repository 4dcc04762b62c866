"""New and changed articles in, which stored ones tell the same story in other languages out.

An article costs one look-up of the addresses that its page names (with the others of its batch), and two by keys: who
has named it before it came, and what shares its figures, names and picture. Articles are loaded and compared only where
these meet. While every article is in one language only its keys are made, for the day that another comes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from feeds.decide.stories import decide_declared, decide_inferred, declared_keys, declared_names, names_of, own_keys
from feeds.decide.story_clues import Clues, Meaning, clues_of, keys_near, keys_of
from feeds.folding import root_language
from feeds.model import Article, ArticleUpdate, Change, StoryLink
from feeds.store.base import Store

# a translation that nobody declares comes within a day or two; one that was declared may be polled later
INFERRED_WITHIN = dt.timedelta(days=30)
DECLARED_WITHIN = dt.timedelta(days=60)
_CANDIDATES = 12
_MOST_DECLARED = 60
_FEWEST_SHARED = 2


@dataclass(slots=True, kw_only=True)
class _Batch:
    """The articles of one write and their clues, read once."""

    store: Store
    now: dt.datetime
    meaning: Meaning | None
    articles: Mapping[str, Article]
    clues: dict[str, Clues] = field(default_factory=dict)

    def clues_of(self, article: Article) -> Clues:
        found = self.clues.get(article.id)
        if found is None:
            found = self.clues[article.id] = clues_of(article, self.meaning)
        return found


def find_stories(
    store: Store, updates: Sequence[ArticleUpdate], *, now: dt.datetime, meaning: Meaning | None = None
) -> tuple[tuple[ArticleUpdate, ...], tuple[StoryLink, ...]]:
    """The same updates with the keys by which their stories are found again, and the links there are by now.

    Call it with what ``find_repeats`` gives and write both results in one Update. ``meaning`` tells which keywords of
    two languages are one thing.
    """
    fresh = {each.article.id: each.article for each in updates if each.change is not Change.SAME}
    if not fresh:
        return tuple(updates), ()
    batch = _Batch(store=store, now=now, meaning=meaning, articles=fresh)
    links: list[StoryLink] = []
    if _has_several_languages(store, fresh.values()):
        links += _declared(batch)
        links += _inferred(batch, links)
    keyed = tuple(
        replace(each, bands=(*(each.bands or ()), *_keys(batch, each.article))) if each.article.id in fresh else each
        for each in updates
    )
    return keyed, tuple(links)


def _has_several_languages(store: Store, articles: Iterable[Article]) -> bool:
    roots = {root_language(each.language) for each in articles}
    return len(roots) > 1 or any(root_language(tag) not in roots for tag in store.languages())


def _keys(batch: _Batch, article: Article) -> tuple[int, ...]:
    """None of clues for what is older than it would be compared with; who is named may come at any time."""
    at = article.published_at
    near = keys_of(batch.clues_of(article)) if at is not None and at > batch.now - INFERRED_WITHIN else ()
    return near + declared_keys(article)[:_MOST_DECLARED]


# --- what pages declare -------------------------------------------------------------------------------------------


def _declared(batch: _Batch) -> list[StoryLink]:
    named = _named(batch)
    tellers = {
        name: batch.store.alike(own_keys(article), since=batch.now - DECLARED_WITHIN, limit=_CANDIDATES)
        for name, article in batch.articles.items()
    }
    wanted = {other for ids in (*named.values(), *tellers.values()) for other in ids} - batch.articles.keys()
    found = {name: stored.article for name, stored in batch.store.load(wanted).items()} | dict(batch.articles)
    links: dict[frozenset[str], StoryLink] = {}
    for name, article in batch.articles.items():
        others = [found[other] for other in dict.fromkeys((*named[name], *tellers[name])) if other in found]
        for link in decide_declared(article, [*others, *_told_in(batch, article)]):
            links.setdefault(frozenset((link.one_id, link.other_id)), link)
    return list(links.values())


def _told_in(batch: _Batch, article: Article) -> list[Article]:
    """Those of the same batch that name the article."""
    own = names_of(article)
    return [
        each for each in batch.articles.values() if each is not article and not own.isdisjoint(declared_names(each))
    ]


def _named(batch: _Batch) -> dict[str, list[str]]:
    """For each article, the stored ones that its page names, and those of the same batch."""
    here = {name: each.id for each in batch.articles.values() for name in names_of(each)}
    named: dict[str, list[str]] = {name: [] for name in batch.articles}
    for source_id in {each.source_id for each in batch.articles.values()}:
        own = [each for each in batch.articles.values() if each.source_id == source_id]
        names = {name for each in own for name in declared_names(each)}
        if not names:
            continue
        known = {name: each.article_id for name, each in batch.store.known(source_id, names).items()}
        found = {**batch.store.elsewhere(source_id, names), **known, **here}
        for each in own:
            hits = (found[name] for name in declared_names(each) if name in found)
            named[each.id] = [other for other in dict.fromkeys(hits) if other != each.id]
    return named


# --- what nobody declares -----------------------------------------------------------------------------------------


def _inferred(batch: _Batch, declared: Sequence[StoryLink]) -> list[StoryLink]:
    """Links of articles that nothing is declared of; what is declared counts more anyway."""
    linked = {name for link in declared for name in (link.one_id, link.other_id)}
    near: dict[str, list[str]] = {}
    for name, article in batch.articles.items():
        keys = () if name in linked else keys_near(batch.clues_of(article))
        if len(keys) >= _FEWEST_SHARED:
            shared = batch.store.alike(keys, since=batch.now - INFERRED_WITHIN, limit=_CANDIDATES)
            near[name] = [other for other, count in shared.items() if count >= _FEWEST_SHARED]
    wanted = {other for ids in near.values() for other in ids} - batch.articles.keys()
    found = {name: stored.article for name, stored in batch.store.load(wanted).items()}
    links: dict[frozenset[str], StoryLink] = {}
    for name, ids in near.items():
        clues = batch.clues_of(batch.articles[name])
        mine = set(keys_near(clues))
        together = [batch.clues_of(each) for each in batch.articles.values() if each.id != name]
        together = [each for each in together if len(mine.intersection(keys_of(each))) >= _FEWEST_SHARED]
        stored = [batch.clues_of(found[other]) for other in ids if other in found]
        for link in decide_inferred(clues, [*stored, *together]):
            links.setdefault(frozenset((link.one_id, link.other_id)), link)
    return list(links.values())
