"""Entries that bring their whole text: items in; articles without a page fetched, and what is remembered of each, out.

Also the guid of an article that was read from its page, before a feed named it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from feeds.decide.fingerprint import read_as
from feeds.decide.plan import Wanted, plan_entries, says_otherwise, was_listed_elsewhere, was_read_otherwise
from feeds.decide.records import entry_record, named_record
from feeds.errors import ArticleError, PolyfeedError
from feeds.extract.feed import has_page
from feeds.model import Article, Item, PageRecord, PageState
from feeds.normalise.article import identify
from feeds.normalise.html import plain_text
from feeds.pipeline.batches import batched
from feeds.pipeline.read import without_address
from feeds.pipeline.turn import Turn

# an entry with less text than this is a teaser: the page is fetched for the rest
TEASER_CHARACTERS = 500


def name_of(item: Item, shared: Collection[str]) -> str:
    """What an item is remembered by: its address, or its guid where several entries share the address."""
    return item.guid if item.guid and item.url in shared else item.url


@dataclass(slots=True, kw_only=True)
class EntryTaker:
    """Takes the entries of one poll; ``shared`` are addresses that are no entry's own, ``errors`` what went wrong."""

    turn: Turn
    seen: Mapping[str, PageRecord]
    shared: Collection[str]
    errors: list[PolyfeedError] = field(default_factory=list)

    def split(self, items: Iterable[Item]) -> tuple[list[Wanted], list[Item]]:
        """Entries that bring their whole text or have no page of their own, and items whose page is read.

        An article whose page was read once is read from its page for ever: two readings of one text differ in
        trifles, and each would be a change.
        """
        whole: list[Wanted] = []
        with_page: list[Item] = []
        mine = read_as(self.turn.source)
        for item in items:
            name = name_of(item, self.shared)
            before = self.seen.get(name)
            is_all = item.url in self.shared or not has_page(item)
            if is_all or (item.content_html and self._is_whole(item, before, mine)):
                whole.append(Wanted(item=item, before=before, key=name))
            else:
                with_page.append(item)
        return whole, with_page

    @staticmethod
    def _is_whole(item: Item, before: PageRecord | None, mine: str) -> bool:
        if before is not None and before.state is PageState.READ:
            return False
        is_as_before = (
            before is not None
            and before.state is PageState.ENTRY
            and not says_otherwise(item, before)
            and not was_read_otherwise(before, mine)
        )
        return is_as_before or len(plain_text(item.content_html or "")) >= TEASER_CHARACTERS

    def take(self, entries: Iterable[Wanted]) -> None:
        """Stores the entries that are new or changed, oldest first; ``entries`` are newest first."""
        wanted = plan_entries(entries, read_as=read_as(self.turn.source))
        for batch in batched(reversed(wanted)):
            articles: list[Article] = []
            records: list[PageRecord] = []
            for want in batch:
                try:
                    article = self.turn.normalise(want.item)
                except ArticleError as error:
                    self.errors.append(error)
                    continue
                is_own = want.item.url not in self.shared
                articles.append(article if is_own else without_address(article, want.item.url))
                records.append(
                    entry_record(want, now=self.turn.clock(), source=self.turn.source, article_id=article.id)
                )
            self.turn.renew()
            self.turn.write(articles, records)

    def give_guids(self, items: Iterable[Item]) -> None:
        """Lets an article that is known by its address be known by its guid too, so that it is found when it moves."""
        named = [
            (item, record)
            for item in items
            if item.guid
            and (record := self.seen.get(item.url)) is not None
            and record.article_id
            and was_listed_elsewhere(item, record)
        ]
        for batch in batched(named):
            stored = self.turn.store.load([record.article_id for _, record in batch if record.article_id])
            articles = [
                _known_by(stored[record.article_id].article, item)
                for item, record in batch
                if record.article_id in stored
            ]
            self.turn.write(articles, [named_record(item, record) for item, record in batch])


def _known_by(article: Article, item: Item) -> Article:
    """The article, known by every name that the item has."""
    identity, others = identify(item)
    known = (article.identity, *article.aliases)
    more = tuple(name for name in (identity, *others) if name not in known)
    return replace(article, aliases=(*article.aliases, *more))
