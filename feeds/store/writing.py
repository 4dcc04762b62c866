"""What a poll writes: an Update in, rows out, all in the caller's one transaction.

Three steps: say what each article means to this store (``plan``), write what has no number (articles, aliases,
bands, pages, targets, days), then take change numbers and place the articles in the order of changes and the full
text (``numbering``) as the last thing before the commit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from feeds.model import Article, Change, Claim, Marking, StoryLink, Update
from feeds.store.activity import count_days
from feeds.store.columns import Instant, clean_text, key_text
from feeds.store.copies import remember_bands
from feeds.store.dialect import insert_missing, insert_replacing
from feeds.store.fulltext import Reading, read, read_before
from feeds.store.hints import hint
from feeds.store.memory import chunks, remember_pages, remember_targets
from feeds.store.numbering import last_seq, number
from feeds.store.planning import Planned, plan
from feeds.store.rows import said, whole_hash
from feeds.store.schedule import hold
from feeds.store.stories import remember_links, rename_languages
from feeds.store.tables import alias, article, source


def write(connection: Connection, claim: Claim, news: Update, now: dt.datetime) -> int:
    """Writes the update and returns the change counter after it; see ``Store.write``."""
    hold(connection, claim)
    strangers = {each.article.source_id for each in news.articles} - {claim.source_id}
    if strangers:
        raise ValueError(f"an update of source {claim.source_id} holds articles of {', '.join(sorted(strangers))}")
    planned, stored_ids = plan(connection, claim.source_id, news.articles)
    changed = [each for each in planned if each.change is not Change.SAME]
    before = read_before(connection, [each.stored_id for each in changed if each.change is not Change.NEW])
    _write_articles(connection, changed, now)
    _write_aliases(connection, claim.source_id, planned)
    remember_bands(connection, {each.stored_id: each.bands for each in planned if each.bands is not None}, now)
    remember_targets(connection, claim.source_id, news.targets)
    remember_pages(connection, claim.source_id, news.pages, stored_ids)
    _count_new(connection, claim.source_id, [each.article for each in changed if each.change is Change.NEW], now)
    markings = _stored_markings(news.markings, stored_ids)
    if not changed and not markings and not news.links:
        return last_seq(connection)
    reading = Reading(before=before, after=read(connection, [each.stored_id for each in changed]))
    link = partial(_link, connection, changed, news.links, stored_ids)
    hint(connection)
    return number(connection, changed, markings, reading, now, link=link)


def _link(
    connection: Connection, changed: Sequence[Planned], links: Sequence[StoryLink], stored_ids: Mapping[str, str]
) -> list[str]:
    edited = {each.stored_id: clean_text(each.article.language) for each in changed if each.change is Change.UPDATED}
    rename_languages(connection, edited)
    return remember_links(connection, links, stored_ids)


def _count_new(connection: Connection, source_id: str, fresh: Sequence[Article], now: dt.datetime) -> None:
    if not fresh:
        return
    more = source.c.articles + len(fresh)
    connection.execute(update(source).where(source.c.id == source_id).values(last_article_at=now, articles=more))
    count_days(connection, source_id, fresh, now)


def _stored_markings(markings: Sequence[Marking], stored_ids: Mapping[str, str]) -> dict[str, Marking]:
    """Markings by the id of the row they are for; the last of several counts."""
    ids = [(stored_ids.get(each.article_id, each.article_id), each) for each in markings]
    return {
        name: replace(each, article_id=name, original_id=stored_ids.get(each.original_id, each.original_id))
        for name, each in ids
    }


def _write_articles(connection: Connection, changed: Sequence[Planned], now: dt.datetime) -> None:
    fresh, edited = [], []
    for each in changed:
        values = said(each.article)
        row = values | {
            "content_hash": each.article.content_hash,
            "whole_hash": whole_hash(values),
            "changed_at": now,
        }
        if each.change is Change.NEW:
            named = {"id": each.stored_id, "source_id": each.article.source_id, "identity": each.article.identity}
            fresh.append(row | named | {"first_seen_at": now})
        else:
            edited.append(row | {"stored_id": each.stored_id, "seen": each.first_seen_at})
    if fresh:
        connection.execute(article.insert(), fresh)
    if edited:
        # both, since the second says in which month PostgreSQL has the row
        there = (article.c.id == bindparam("stored_id")) & (article.c.first_seen_at == bindparam("seen", type_=Instant))
        connection.execute(update(article).where(there), edited)


def _write_aliases(connection: Connection, source_id: str, planned: Sequence[Planned]) -> None:
    """Every name of each article finds it; a name that another article already has stays with that one.

    Only a new article's own identity is taken from whoever had it as an alias: its id is made of it.
    """
    has = _names(connection, [each.stored_id for each in planned if each.change is not Change.NEW])
    own: list[dict[str, Any]] = []
    further: list[dict[str, Any]] = []
    for each in planned:
        row = {"source_id": source_id, "article_id": each.stored_id}
        identity = key_text(each.article.identity)
        places = _places(each, has.get(each.stored_id, {}))
        if each.change is Change.NEW:
            own.append(row | {"identity": identity, "place": places.pop(identity, None)})
        further += [row | {"identity": name, "place": place} for name, place in places.items()]
    if own:
        connection.execute(insert_replacing(connection, alias), own)
    if further:
        connection.execute(insert_missing(connection, alias), further)


def _places(each: Planned, has: Mapping[str, int | None]) -> dict[str, int]:
    """Names that the article does not have yet, with the places that follow those it has."""
    names = list(map(key_text, each.article.aliases))
    if each.change is not Change.NEW:
        names.insert(0, key_text(each.article.identity))
    start = 1 + max((place for place in has.values() if place is not None), default=-1)
    return {name: start + number for number, name in enumerate(dict.fromkeys(names)) if name not in has}


def _names(connection: Connection, ids: Sequence[str]) -> Mapping[str, dict[str, int | None]]:
    found: dict[str, dict[str, int | None]] = {}
    for some in chunks(ids):
        question = select(alias.c.article_id, alias.c.identity, alias.c.place).where(alias.c.article_id.in_(some))
        for row in connection.execute(question):
            found.setdefault(row.article_id, {})[row.identity] = row.place
    return found
