"""Article in, row values out, and back again: the one place that knows both forms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row

from feeds.model import NOTHING, Article, Enclosure, StoredArticle, Twin
from feeds.store.columns import clean_value, date_text, read_date_text

_FILE = fields(Enclosure)


def said(article: Article) -> dict[str, Any]:
    """The columns that an update may change: everything but id, source, identity and when it was first seen."""
    return {
        "published_at": article.published_at,
        "published": date_text(article.published),
        "updated": date_text(article.updated),
        "zone": article.zone,
        "language": article.language,
        "section": article.section,
        "url": article.url,
        "title": article.title,
        "authors": list(article.authors),
        "keywords": list(article.keywords),
        "inferred": list(article.inferred),
        "image": article.image,
        "image_caption": article.image_caption,
        "image_credit": article.image_credit,
        "enclosures": list(map(_file, article.enclosures)),
        "rights": article.rights,
        "declared_language": article.declared_language,
        "detected_language": article.detected_language,
        "language_certainty": article.language_certainty,
        "origin": article.origin,
        "is_free": article.is_free,
        "alternates": dict(article.alternates),
        "provenance": dict(article.provenance),
        "summary": article.summary,
        "content_html": article.content_html,
        "content_text": article.content_text,
    }


def _file(enclosure: Enclosure) -> dict[str, Any]:
    """What is known of it: a field that says nothing is left out."""
    said = {each.name: getattr(enclosure, each.name) for each in _FILE}
    return {name: value for name, value in said.items() if value not in (None, "")}


def _files(stored: Sequence[Mapping[str, Any]]) -> tuple[Enclosure, ...]:
    return tuple(Enclosure(**one) for one in stored)


def whole_hash(values: dict[str, Any]) -> str:
    """Equal exactly when every value of ``said`` is that the article itself says."""
    # the one follows from two others, the other from what else is stored
    written = {name: value for name, value in values.items() if name not in {"published_at", "inferred"}}
    text = json.dumps(clean_value(written), ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def read_article(
    row: Row[*tuple[Any, ...]], aliases: tuple[str, ...], translations: Mapping[str, str] = NOTHING
) -> StoredArticle:
    """One row of ``article`` joined with its ``entry``."""
    return StoredArticle(
        article=Article(
            id=row.id,
            source_id=row.source_id,
            identity=row.identity,
            url=row.url,
            title=row.title,
            language=row.language,
            authors=tuple(row.authors),
            published=read_date_text(row.published),
            updated=read_date_text(row.updated),
            keywords=tuple(row.keywords),
            inferred=tuple(row.inferred),
            section=row.section,
            summary=row.summary,
            content_html=row.content_html,
            content_text=row.content_text,
            image=row.image,
            image_caption=row.image_caption,
            image_credit=row.image_credit,
            enclosures=_files(row.enclosures),
            rights=row.rights,
            declared_language=row.declared_language,
            detected_language=row.detected_language,
            language_certainty=row.language_certainty,
            origin=row.origin,
            zone=row.zone,
            is_free=row.is_free,
            alternates=MappingProxyType(row.alternates) if row.alternates else NOTHING,
            aliases=aliases,
            provenance=MappingProxyType(row.provenance) if row.provenance else NOTHING,
        ),
        seq=row.seq,
        first_seen_at=row.first_seen_at,
        changed_at=row.changed_at,
        original_id=row.original_id,
        twin=Twin(row.twin) if row.twin else None,
        translations=translations,
    )
