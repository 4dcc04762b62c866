"""Links between articles that tell one story in several languages: StoryLinks in, rows both ways out, and back.

An article has one translation in a language at most: of two, the surer stays, and of equally sure ones the first. Each
function works inside the caller's transaction, the writing ones under the numbering lock, since a poll may link another
source's article without waiting for that source's own poll.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from feeds.model import StoryLink
from feeds.store.memory import chunks
from feeds.store.months import rows_of
from feeds.store.tables import article, translation


def translations_of(connection: Connection, article_ids: Collection[str]) -> dict[str, Mapping[str, str]]:
    """For each article that has some, language tag -> id of the same story in it."""
    return {
        name: MappingProxyType(dict(sorted({row.language: row.other_id for row in rows}.items())))
        for name, rows in _rows(connection, article_ids).items()
    }


def remember_links(connection: Connection, links: Iterable[StoryLink], stored_ids: Mapping[str, str]) -> list[str]:
    """Keeps the links between stored articles; gives the ids of those whose translations are others now.

    ``stored_ids`` are the ids of rows for ids that the links name.
    """
    named = [_stored(link, stored_ids) for link in links]
    if not named:
        return []
    ids = {name for link in named for name in (link.one_id, link.other_id)}
    languages = _languages(connection, ids)
    has = {name: {row.language: row for row in rows} for name, rows in _rows(connection, ids).items()}
    changed: dict[str, None] = {}
    for link in sorted(named, key=lambda link: -link.certainty):
        one, other = languages.get(link.one_id), languages.get(link.other_id)
        if one is None or other is None or one == other:
            continue
        held = [has.get(link.one_id, {}).get(other), has.get(link.other_id, {}).get(one)]
        others = [row for row in held if row is not None and {row.article_id, row.other_id} != set(_ends(link))]
        if any(row.certainty >= link.certainty for row in others):
            continue
        is_known = any(held) and not others
        if is_known and all(row is None or row.certainty >= link.certainty for row in held):
            continue
        for row in others:
            changed |= dict.fromkeys((row.article_id, row.other_id))
            _part(connection, row.article_id, row.other_id)
        _part(connection, *_ends(link))
        _join(connection, link, one, other)
        if not is_known:
            changed |= dict.fromkeys(_ends(link))
        for name, rows in _rows(connection, {*_ends(link), *(row.other_id for row in others)}).items():
            has[name] = {row.language: row for row in rows}
    return list(changed)


def rename_languages(connection: Connection, moved: Mapping[str, str]) -> None:
    """Says of articles, by id, which language they are in now; who was linked to one of that language is so no more."""
    for name, rows in _rows(connection, moved).items():
        tag = moved[name]
        for row in rows:
            if row.language == tag:
                _part(connection, name, row.other_id)
                continue
            mine = (translation.c.article_id == row.other_id) & (translation.c.other_id == name)
            connection.execute(update(translation).where(mine).values(language=tag))


def forget_links(connection: Connection, article_ids: Collection[str]) -> None:
    """Parts articles that go from the rest of their stories."""
    for name, rows in _rows(connection, article_ids).items():
        for row in rows:
            _part(connection, name, row.other_id)


def _stored(link: StoryLink, stored_ids: Mapping[str, str]) -> StoryLink:
    one, other = (stored_ids.get(name, name) for name in _ends(link))
    return replace(link, one_id=one, other_id=other)


def _ends(link: StoryLink) -> tuple[str, str]:
    return link.one_id, link.other_id


def _languages(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    rows = rows_of(connection, select(article.c.id, article.c.language), ids)
    return {row.id: row.language for row in rows}


def _rows(connection: Connection, ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """The links of each article that has some, the surest last."""
    found: dict[str, list[Row[Any]]] = {}
    for some in chunks(ids):
        question = select(translation).where(translation.c.article_id.in_(some)).order_by(translation.c.certainty)
        for row in connection.execute(question):
            found.setdefault(row.article_id, []).append(row)
    return found


def _part(connection: Connection, one_id: str, other_id: str) -> None:
    here = translation.c
    this = delete(translation).where(here.article_id == bindparam("whose"), here.other_id == bindparam("other"))
    connection.execute(this, [{"whose": one_id, "other": other_id}, {"whose": other_id, "other": one_id}])


def _join(connection: Connection, link: StoryLink, one_language: str, other_language: str) -> None:
    said = {"evidence": link.evidence, "certainty": link.certainty}
    connection.execute(
        translation.insert(),
        [
            {"article_id": link.one_id, "language": other_language, "other_id": link.other_id, **said},
            {"article_id": link.other_id, "language": one_language, "other_id": link.one_id, **said},
        ],
    )
