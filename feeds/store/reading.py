"""What readers ask beside feeds: whole articles, and the counts of a directory. Inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, func, select

from feeds.model import NOTHING, KeywordCount, StoredArticle
from feeds.store.columns import key_text
from feeds.store.memory import chunks
from feeds.store.months import rows_of
from feeds.store.questions import matching
from feeds.store.rows import read_article
from feeds.store.stories import translations_of
from feeds.store.tables import alias, article, entry, keyword, keyword_language, shelf


def load(connection: Connection, article_ids: Collection[str]) -> dict[str, StoredArticle]:
    """Whole articles by id."""
    found: dict[str, StoredArticle] = {}
    for some in chunks(article_ids):
        aliases: dict[str, list[str]] = {}
        names = select(alias.c.article_id, alias.c.identity).where(
            alias.c.article_id.in_(some), alias.c.place.is_not(None)
        )
        for name in connection.execute(names.order_by(alias.c.article_id, alias.c.place)):
            aliases.setdefault(name.article_id, []).append(name.identity)
        rows = select(article, entry.c.seq, entry.c.twin, entry.c.original_id).join_from(
            article, entry, entry.c.article_id == article.c.id
        )
        told = translations_of(connection, some)
        for row in rows_of(connection, rows, some):
            found[row.id] = read_article(row, tuple(aliases.get(row.id, ())), told.get(row.id, NOTHING))
    return found


def addresses(connection: Connection, article_ids: Collection[str]) -> dict[str, str]:
    """Where the pages of articles are, by id."""
    rows = rows_of(connection, select(article.c.id, article.c.url), article_ids)
    return {row.id: row.url for row in rows}


def languages(connection: Connection) -> dict[str, int]:
    """Language tag -> number of articles, by tag."""
    total = func.sum(shelf.c.articles)
    counts = select(shelf.c.language, total).where(shelf.c.articles > 0)
    rows = connection.execute(counts.group_by(shelf.c.language).order_by(shelf.c.language))
    return {language: int(number) for language, number in rows}


def sections(connection: Connection) -> list[tuple[str, str, int]]:
    """(language, section slug, number of articles), in this order."""
    rows = select(shelf.c.language, shelf.c.section, shelf.c.articles).where(
        shelf.c.section != "", shelf.c.articles > 0
    )
    return [
        (language, section, number)
        for language, section, number in connection.execute(rows.order_by(shelf.c.language, shelf.c.section))
    ]


def keywords(connection: Connection, language: str | None, *, limit: int | None) -> list[KeywordCount]:
    """Keywords by use; see ``Store.keywords``. For a language, each row names the language that was asked for."""
    if language is None:
        question = _keywords_of_all()
    else:
        tags = matching(languages(connection), [language])
        question = _keywords_of_one(tags[0]) if len(tags) == 1 else _keywords_of_several(tags)
    return [
        KeywordCount(
            key=row.key,
            label=row.label,
            language=row.language if language is None else language,
            articles=int(row.uses),
        )
        for row in connection.execute(question.limit(limit))
    ]


def _keywords_of_all() -> Select[Any]:
    here = keyword_language.c
    main = (
        select(here.language)
        .where(here.key == keyword.c.key)
        .order_by(here.articles.desc(), here.language)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(keyword.c.key, keyword.c.label, keyword.c.articles.label("uses"), main.label("language"))
        .where(keyword.c.articles > 0)
        .order_by(keyword.c.articles.desc(), keyword.c.key)
    )


def _keywords_of_one(tag: str) -> Select[Any]:
    here = keyword_language.c
    return (
        select(here.key, keyword.c.label, here.articles.label("uses"), here.language)
        .join_from(keyword_language, keyword, keyword.c.key == here.key)
        .where(here.language == tag, here.articles > 0)
        .order_by(here.articles.desc(), here.key)
    )


def _keywords_of_several(tags: list[str]) -> Select[Any]:
    here = keyword_language.c
    uses = func.sum(here.articles).label("uses")
    return (
        select(here.key, keyword.c.label, uses, func.min(here.language).label("language"))
        .join_from(keyword_language, keyword, keyword.c.key == here.key)
        .where(here.language.in_(tags), here.articles > 0)
        .group_by(here.key, keyword.c.label)
        .order_by(uses.desc(), here.key)
    )


def labels(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """The most used display form of each key."""
    found: dict[str, str] = {}
    for some in chunks(keys):
        rows = {row.key: row.label for row in connection.execute(_LABELS.where(keyword.c.key.in_(some)))}
        found.update((key, rows[key_text(key)]) for key in some if key_text(key) in rows)
    return found


_LABELS = select(keyword.c.key, keyword.c.label)
