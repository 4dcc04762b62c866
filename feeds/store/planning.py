"""What an update means to this store: updates in, one plan for each stored row out; reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from feeds.model import Article, ArticleUpdate, Change
from feeds.store.months import rows_of
from feeds.store.naming import dropped, known
from feeds.store.rows import said, whole_hash
from feeds.store.tables import article


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is to be done with one article: ``stored_id`` is its row, ``bands`` are to be kept unless None.

    ``first_seen_at`` is that of the row; None for one that is new.
    """

    article: Article
    stored_id: str
    change: Change
    first_seen_at: dt.datetime | None
    bands: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    content_hash: str
    whole_hash: str
    first_seen_at: dt.datetime | None = None


def plan(
    connection: Connection, source_id: str, updates: Sequence[ArticleUpdate]
) -> tuple[list[Planned], dict[str, str]]:
    """What each article means here, one a stored row, and the stored id of every id that was given.

    What the update says is believed only as far as the rows agree: a NEW article that is stored already becomes an
    update or, with an equal content hash, SAME; an UPDATED one with nothing different in any field is SAME; one
    whose id is not stored is looked for by its identity and aliases before it is taken as new. An article that
    comes twice is written once, as it came last. For one that was dropped nothing is to be done.
    """
    stored = _stored(connection, [each.article.id for each in updates])
    owners = _owners(connection, source_id, [each for each in updates if each.article.id not in stored])
    stored |= _stored(connection, owners.values())
    ids = {each.article.id: owners.get(each.article.id, each.article.id) for each in updates}
    gone = dropped(connection, set(ids.values()) - stored.keys())
    planned: dict[str, Planned] = {}
    for each in updates:
        stored_id = ids[each.article.id]
        if stored_id in gone:
            continue
        before = stored.get(stored_id)
        change = _verdict(each, before)
        earlier = planned.get(stored_id)
        if earlier is not None:
            planned[stored_id] = _together(earlier, each, change)
        else:
            planned[stored_id] = Planned(
                article=each.article,
                stored_id=stored_id,
                change=change,
                first_seen_at=before.first_seen_at if before else None,
                bands=each.bands,
            )
        if change is not Change.SAME:
            stored[stored_id] = _Stored(
                content_hash=each.article.content_hash, whole_hash=whole_hash(said(each.article))
            )
    return list(planned.values()), ids


def _verdict(each: ArticleUpdate, before: _Stored | None) -> Change:
    if before is None:
        return Change.NEW
    if each.change is Change.NEW:
        return Change.SAME if before.content_hash == each.article.content_hash else Change.UPDATED
    if each.change is Change.UPDATED:
        return Change.SAME if before.whole_hash == whole_hash(said(each.article)) else Change.UPDATED
    return Change.SAME


def _together(earlier: Planned, later: ArticleUpdate, change: Change) -> Planned:
    """Two mentions of one article in one update."""
    aliases = tuple(dict.fromkeys((*earlier.article.aliases, *later.article.aliases)))
    bands = earlier.bands if later.bands is None else later.bands
    if change is Change.SAME:
        return replace(earlier, article=replace(earlier.article, aliases=aliases), bands=bands)
    kind = Change.NEW if earlier.change is Change.NEW else Change.UPDATED
    return replace(earlier, article=replace(later.article, aliases=aliases), change=kind, bands=bands)


def _stored(connection: Connection, ids: Collection[str]) -> dict[str, _Stored]:
    here = article.c
    question = select(here.id, here.content_hash, here.whole_hash, here.first_seen_at)
    return {
        row.id: _Stored(content_hash=row.content_hash, whole_hash=row.whole_hash, first_seen_at=row.first_seen_at)
        for row in rows_of(connection, question, ids)
    }


def _owners(connection: Connection, source_id: str, strangers: Sequence[ArticleUpdate]) -> dict[str, str]:
    """The stored id of articles that come under an id that is not stored, found by identity, then by alias."""
    moved = [each.article for each in strangers if each.change is not Change.NEW]
    rows = known(connection, source_id, [name for each in moved for name in (each.identity, *each.aliases)])
    owners: dict[str, str] = {}
    for each in moved:
        owner = next((rows[name].article_id for name in (each.identity, *each.aliases) if name in rows), None)
        if owner is not None:
            owners[each.id] = owner
    return owners
