"""A page as it was read in, nothing out when it may be the article that was asked for; else the error saying why not.

What is doubted, and by which rules, is ``feeds.decide.genuine``'s matter; here the words are made that it compares.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from feeds.decide.genuine import Echoes, Said, is_another, says_nothing_of
from feeds.errors import StandIn
from feeds.model import Article, Document, Item, Source
from feeds.normalise.html import plain_text
from feeds.normalise.likeness import terms_of, words_of
from feeds.urls import identity_of

# the address says nothing of what stands there now, and a notice may well name a day
_WEAK_DATES = frozenset({"", "address", "text"})


@dataclass(slots=True, kw_only=True)
class Doubt:
    """What is remembered of one poll's pages; ``source`` is whose they are."""

    source: Source
    _echoes: Echoes = field(default_factory=Echoes)

    def check(self, listed: Item, page: Item, document: Document, *, stored: Article | None) -> Collection[str]:
        """Doubts a page that does not state its date as one; what the operator's recipe selects is never doubted.

        Args:
            listed: what was announced of it.
            page: what it says itself.
            document: as it was fetched.
            stored: the article that it became before.

        Returns:
            The addresses, this one among them, that say the same words and cannot all be right; usually none.

        Raises:
            StandIn: the page is something else.
        """
        if self._is_front(document):
            raise StandIn(f"its address leads to {document.url}, which is no article but lists them", url=listed.url)
        is_dated = page.published and not set(page.provenance.get("published", "").split(", ")) <= _WEAK_DATES
        if is_dated or page.provenance.get("content_html") == "recipe":
            return ()
        said = _said(page.title, plain_text(page.content_html or ""))
        announced = terms_of(words_of(listed.title or ""))
        if says_nothing_of(said, announced):
            raise StandIn(f"the page says “{page.title or ''}” and nothing of “{listed.title}”", url=listed.url)
        if stored is not None and announced.isdisjoint(said.title):
            before = _said(stored.title, stored.content_text)
            if is_another(said, before):
                raise StandIn(f"the page says “{page.title or ''}” and nothing of “{stored.title}”", url=listed.url)
        return self._echoes.hear(listed.url, said, announced)

    def _is_front(self, document: Document) -> bool:
        """Whether a redirect led to the site's front page or to what is polled for articles."""
        there = identity_of(document.url)
        if there == identity_of(document.requested_url):
            return False
        lists = {identity_of(target.url) for target in self.source.targets}
        parts = urlsplit(document.url)
        return there in lists or not (parts.path.strip("/") or parts.query)


def _said(title: str | None, text: str) -> Said:
    words = words_of(title or "")
    return Said(title=terms_of(words), terms=terms_of([*words, *words_of(text)]), length=len(text))
