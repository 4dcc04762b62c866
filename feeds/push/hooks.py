"""Addresses of topics in, questions out; and of changed articles, which topics may hold them now. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias
from urllib.parse import unquote

from feeds.errors import QueryError
from feeds.folding import language_covers
from feeds.model import FeedQuery, Match, Placed
from feeds.query import NamedFeed, read_address, read_parameters, with_parameters

Hook: TypeAlias = tuple[str, str]

_ANY: Hook = ("any", "")


def read_topic(address: str, named: Mapping[str, NamedFeed]) -> FeedQuery | None:
    """What the feed or page at a percent-encoded address asks; None when nothing does any more."""
    path, _, said = address.partition("?")
    try:
        found = read_address(unquote(path))
        if found.name is not None:
            return named[found.name].query if found.name in named else None
        return with_parameters(found, read_parameters(said))
    except QueryError:
        return None


def hooks_of(query: FeedQuery) -> frozenset[Hook]:
    """What an article that answers has one of at least; the fewer articles have it, the better.

    ``query`` is as the store is asked, with every word for what its keywords mean.
    """
    if query.source is not None:
        return frozenset({("source", query.source)})
    if query.keywords:
        keys = query.keywords if query.match is Match.ANY else query.keywords[:1]
        meant = {each.key for each in query.synonyms if each.keyword in keys}
        return frozenset(("keyword", key) for key in {*keys, *meant})
    if query.section is not None:
        return frozenset({("section", query.section)})
    if query.languages:
        return frozenset(("language", tag) for tag in (*query.languages, *query.fallback))
    return frozenset({_ANY})


class Hooks:
    """Which topics hang on which hook; for one thread."""

    def __init__(self) -> None:
        self._queries: dict[str, FeedQuery] = {}
        self._hanging: defaultdict[Hook, set[str]] = defaultdict(set)

    def __iter__(self) -> Iterator[str]:
        """The addresses."""
        return iter(self._queries)

    def put(self, address: str, query: FeedQuery) -> None:
        """Hangs a topic up, in place of what it asked before; ``query`` as the store is asked."""
        self.drop(address)
        self._queries[address] = query
        for hook in hooks_of(query):
            self._hanging[hook].add(address)

    def drop(self, address: str) -> None:
        """Takes a topic down."""
        query = self._queries.pop(address, None)
        for hook in hooks_of(query) if query is not None else ():
            self._hanging[hook].discard(address)
            if not self._hanging[hook]:
                del self._hanging[hook]

    def touched(self, changes: Iterable[Placed]) -> set[str]:
        """The topics that may hold one of these articles now; every one that does is among them."""
        found = set(self._hanging.get(_ANY, ()))
        tags = [hook for hook in self._hanging if hook[0] == "language"]
        for placed in changes:
            hooks = [("source", placed.source_id), ("source", placed.source_id.casefold())]
            hooks += [("section", placed.section), ("section", placed.section.casefold())]
            hooks += [("keyword", key) for key in placed.keywords]
            hooks += [hook for hook in tags if language_covers(hook[1], placed.language)]
            for hook in hooks:
                found |= self._hanging.get(hook, set())
        return found
