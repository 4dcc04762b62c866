"""Articles that got a new address: new pages in, the addresses under which they may have been read before out.

A listing that names a new address in the very words of an old one suggests a move; the site itself says so by
redirecting the old address to the new one for good. Where it does not, ``copies.recognise_moved`` compares the texts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from feeds.decide.plan import Wanted, listed_hash
from feeds.model import Document, NotModified, Source
from feeds.store.base import Store
from feeds.urls import identity_of


def former_addresses(
    source: Source, store: Store, wanted: Iterable[Wanted], *, listed: Collection[str]
) -> dict[str, str]:
    """For new pages, the address of a page that was listed in the same words and is ``listed`` no more."""
    # an entry of a feed has a guid, by which it is found wherever it moves
    fresh = [want.item for want in wanted if want.before is None and want.item.title and not want.item.guid]
    hashes = {item.url: listed_hash(item) for item in fresh}
    known = store.pages_like(source.id, hashes.values())
    return {url: known[like] for url, like in hashes.items() if like in known and known[like] not in listed}


def leads_to(answer: Document | NotModified, url: str) -> bool:
    """Whether the old address that was asked for redirects to ``url`` for good."""
    return isinstance(answer, Document) and answer.moved and identity_of(answer.url) == identity_of(url)
