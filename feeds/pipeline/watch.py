"""Whether a source's recipe still works: what a poll read in; stale selectors, the reason and a suggestion out.

Evidence comes from the pages of this poll. Where they are too few, the last articles that were read by the same recipe
are asked too: a source with one article a day is redesigned as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from feeds.decide.fingerprint import read_as
from feeds.decide.stale import (
    ENOUGH_PAGES,
    judge_listings,
    judge_pages,
    listing_selectors,
    names_in,
    page_selectors,
    stale_reason,
)
from feeds.model import Document, FeedQuery, Item, PageState, Recipe, Source, SourceStatus
from feeds.pipeline.suggest import suggest_recipe
from feeds.sources.writing import write_recipe
from feeds.store.base import Store

# so many of each kind are kept for a suggestion
_KEPT_LISTINGS = 3
_KEPT_PAGES = 5
# where a poll read too few pages to tell, so many articles in a row have to do without the selector
_IN_A_ROW = 5
_LAST_ARTICLES = 20


@dataclass(slots=True, kw_only=True)
class RecipeWatch:
    """Watches the recipe of one source for one poll; without selectors there is nothing to watch.

    ``since`` is when the poll began, ``before`` how the one before left the source.
    """

    source: Source
    store: Store
    since: dt.datetime
    before: SourceStatus | None = None
    _pages: list[Mapping[str, str]] = field(default_factory=list)
    _page_documents: list[Document] = field(default_factory=list)
    _listing_documents: list[Document] = field(default_factory=list)

    @staticmethod
    def is_needed(source: Source) -> bool:
        """Whether the source has any selector."""
        return bool(page_selectors(source.recipe) or listing_selectors(source.recipe))

    def note_page(self, item: Item, document: Document) -> None:
        """An article page was read, not yet joined with what its listing says."""
        self._pages.append(item.provenance)
        if self.is_needed(self.source) and len(self._page_documents) < _KEPT_PAGES:
            self._page_documents.append(document)

    def note_listing(self, document: Document) -> None:
        """A listing page was read."""
        if self.is_needed(self.source) and len(self._listing_documents) < _KEPT_LISTINGS:
            self._listing_documents.append(document)

    def judge(self, listings: Iterable[Sequence[Item]]) -> frozenset[str]:
        """The selectors that are stale: by what was read now, else as the poll before left it.

        ``listings`` are the items of each listing page that was read, as that page names them.
        """
        recipe = self.source.recipe
        if not self.is_needed(self.source):
            return frozenset()
        set_now = {*page_selectors(recipe), *listing_selectors(recipe)}
        known = names_in(self.before.reason) & set_now if self.before else frozenset()
        stale_listing, working_listing = judge_listings(recipe, list(listings))
        stale_page, working_page = judge_pages(recipe, self._pages)
        suspects = {*page_selectors(recipe)} - stale_page - working_page - known
        if suspects and 0 < len(self._pages) < ENOUGH_PAGES:
            with_older, _ = judge_pages(recipe, [*self._pages, *self._older()][:_IN_A_ROW])
            stale_page |= with_older & suspects
        return (known | stale_listing | stale_page) - working_listing - working_page

    def _older(self) -> list[Mapping[str, str]]:
        """Where the fields of the last articles came from, newest first, of those read by the same recipe before."""
        ids = [one for one, _ in self.store.window(FeedQuery(source=self.source.id), limit=_LAST_ARTICLES)]
        stored = self.store.load(ids)
        articles = [stored[one].article for one in ids if one in stored]
        records = self.store.pages(self.source.id, [article.url for article in articles])
        mine = read_as(self.source)
        return [
            article.provenance
            for article in articles
            if (record := records.get(article.url))
            and record.state is PageState.READ
            and record.read_as == mine
            and record.fetched_at < self.since
        ]

    def reason(self, stale: Collection[str]) -> str:
        """What the operator is told of it."""
        return stale_reason(stale, self.source.recipe)

    def suggest(self, stale: Collection[str]) -> str:
        """TOML of a recipe that works on the pages of this poll; the one made before while nothing new is known."""
        if not stale:
            return ""
        known = names_in(self.before.reason) if self.before else frozenset()
        if self.before and self.before.suggestion and set(stale) <= known:
            return self.before.suggestion
        suggestion = suggest_recipe(self.source, self._listing_documents, self._page_documents)
        unseen = [
            *([] if self._listing_documents else listing_selectors(self.source.recipe)),
            *([] if self._page_documents else page_selectors(self.source.recipe)),
        ]
        recipe = _with(suggestion.recipe, self.source.recipe, [name for name in unseen if name not in stale])
        return write_recipe(recipe, comments=suggestion.evidence)


def _with(recipe: Recipe, present: Recipe, names: Collection[str]) -> Recipe:
    """The recipe, with the present selectors for what was not looked at."""
    return replace(recipe, **{name: getattr(present, name) for name in names})
