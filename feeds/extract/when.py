"""The dates a page declares and shows in, its first and its last publication out, as written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from feeds.dates import Moment, read_date
from feeds.extract.evidence import Evidence
from feeds.extract.found import Found
from feeds.extract.jsonld import as_list, texts_of

_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datepublished",
    "itemprop:datepublished", "publishdate", "publish_date", "publish-date", "publication_date", "publication-date",
    "pubdate", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date",
    "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "date", "article.published", "date_published", "rnews:datepublished", "citation_publication_date",
    "created", "originalpublicationdate",
)  # fmt: skip
_UPDATED_METAS = (
    "article:modified_time", "og:updated_time", "article:modified", "datemodified", "itemprop:datemodified",
    "last-modified", "dcterms.modified", "dc.date.modified", "lastmod", "article:updated_time",
)  # fmt: skip


def find_published(page: Evidence, language: str | None) -> Found[str] | None:
    """When the article was published, as an ISO 8601 text or as written: declared first, then shown."""
    best: tuple[int, Found[str]] | None = None
    for found in _published(page):
        moment = read_date(found.value, language=language)
        if moment is None:
            continue
        grade = _exactness(moment)
        if best is None or (grade > best[0] and _same_day(best[1], moment, language)):
            best = (grade, Found(value=moment.isoformat(), where=found.where))
        if best[0] == 2:  # noqa: PLR2004 - a clock with its zone
            break
    return best[1] if best else None


def find_updated(page: Evidence, language: str | None) -> Found[str] | None:
    """When the article was last changed, as the page declares it."""
    declared = [Found(value=text, where="json-ld") for text in texts_of(as_list(page.ld.article.get("dateModified")))]
    for found in (*declared, *page.head.found(*_UPDATED_METAS)):
        moment = read_date(found.value, language=language)
        if moment is not None:
            return Found(value=moment.isoformat(), where=found.where)
    return None


def _exactness(moment: Moment) -> int:
    if not isinstance(moment, dt.datetime):
        return 0
    return 1 if moment.tzinfo is None else 2


def _same_day(found: Found[str], moment: Moment, language: str | None) -> bool:
    earlier = read_date(found.value, language=language)
    return earlier is not None and earlier.isoformat()[:10] == moment.isoformat()[:10]


def _published(page: Evidence) -> Iterator[Found[str]]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        for text in texts_of(as_list(page.ld.article.get(key))):
            yield Found(value=text, where="json-ld")
    yield from page.head.found(*_PUBLISHED_METAS)
    for element in page.visible.times():
        text = element.get("datetime") or element.text_content()
        yield Found(value=text, where="time")
    for labelled in page.visible.labelled("published"):
        yield Found(value=" ".join(labelled.value), where=labelled.where)
    yield from page.visible.shown_dates()
