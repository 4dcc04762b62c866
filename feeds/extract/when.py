"""The dates a page declares and shows in, its first and its last publication out, as ISO 8601.

Declared dates come first, shown ones after; the first source gives the day. A later source may only make it more
exact: a clock for a bare day, a zone for a clock that shows the same time.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import lxml.html

from feeds.dates import Moment, read_date
from feeds.extract.evidence import Evidence
from feeds.extract.found import Found, clean
from feeds.extract.jsonld import as_list, texts_of

# compared without separators: article:published_time, article:published:time and ArticlePublishedTime are one name
_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datePublished",
    "publish_date", "publication_date", "pubdate", "published_time", "published_at", "date_published",
    "first_published",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date",
    "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "date",
    "citation_publication_date", "created", "date_created", "original_publication_date", "article_date_original",
    "article:create_at", "weibo:article:create_at", "firstcreate",
)  # fmt: skip
_UPDATED_METAS = (
    "article:modified_time", "og:updated_time", "og:modified_time", "article:modified", "dateModified", "modified_time",
    "last-modified", "dcterms.modified", "dc.date.modified", "lastmod", "article:updated_time", "last_updated",
    "weibo:article:update_at", "updated_at",
)  # fmt: skip
_EXACT = 2
_LINES_AFTER, _LINES_BEFORE = 60, 12
_LONGEST_DATE_LINE = 120
_LONGEST_TITLE = 600
_NO_DATE_LINE = re.compile(r"©|\(c\)|copyright|all rights", re.IGNORECASE)
# the day as many sites file their articles under; with a section between year and month on some
_ADDRESS = re.compile(r"/((?:19|20)\d\d)/?(?:[A-Za-z]+/)?(\d{1,2}|[a-z]{3})[/-](\d{1,2})(?=/)")
_FIRST_WEB_YEAR = 1991
_STATE_DATE = re.compile(
    r'\\?"(?:date_?published|published_?(?:at|date|time|on)|publication_?date|publish_?(?:date|time|at)|first_?published\w*|'
    r'pub_?date)\\?"\s*:\s*\\?"?(\d[\dT:.+\-Z /]{9,34})\\?"?[,}]',
    re.IGNORECASE,
)


def find_published(page: Evidence, language: str | None) -> Found[str] | None:
    """When the article was published; a datetime without an offset where no zone is written, a day where no clock."""
    best: Found[str] | None = None
    moment: Moment | None = None
    for found in _published(page):
        other = read_date(found.value, language=language)
        # no page of the web is older than the web: what is shown as such is a date in a story
        if other is None or (found.where == "text" and other.year < _FIRST_WEB_YEAR):
            continue
        if moment is None:
            moment, best = other, Found(value=other.isoformat(), where=found.where)
        elif _sharpens(other, moment):
            moment = other
            best = Found(value=other.isoformat(), where=f"{best.where if best else ''}, {found.where}")
        if _exactness(moment) == _EXACT:
            break
    return best


def find_updated(page: Evidence, language: str | None) -> Found[str] | None:
    """When the article was last changed, as the page declares or shows it."""
    for found in _updated(page):
        moment = read_date(found.value, language=language)
        if moment is not None:
            return Found(value=moment.isoformat(), where=found.where)
    return None


def _exactness(moment: Moment) -> int:
    if not isinstance(moment, dt.datetime):
        return 0
    return 1 if moment.tzinfo is None else _EXACT


def _sharpens(other: Moment, moment: Moment) -> bool:
    """Whether ``other`` says the same as ``moment``, and more."""
    if _exactness(other) <= _exactness(moment) or not isinstance(other, dt.datetime):
        return False
    if not isinstance(moment, dt.datetime):
        return other.date() == moment
    clocks = {other.replace(tzinfo=None), other.astimezone(dt.UTC).replace(tzinfo=None)}
    return any(abs(clock - moment) < dt.timedelta(minutes=1) for clock in clocks)


def _published(page: Evidence) -> Iterator[Found[str]]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        for text in texts_of(as_list(page.ld.article.get(key))):
            yield Found(value=text, where="json-ld")
    yield from page.head.alike(*_PUBLISHED_METAS)
    yield from _times(page, updated=False)
    for labelled in (*page.visible.labelled("published"), *page.visible.headed("published")):
        yield Found(value=" ".join(labelled.value), where=labelled.where)
    yield from _in_state(page)
    in_address = _ADDRESS.search(urlsplit(page.url).path)
    if in_address:
        year, month, day = in_address.groups()
        written = f"{year}-{month}-{day}" if month.isdigit() else f"{day} {month} {year}"
        yield Found(value=written, where="address")
    yield from _shown(page)


def _updated(page: Evidence) -> Iterator[Found[str]]:
    for text in texts_of(as_list(page.ld.article.get("dateModified"))):
        yield Found(value=text, where="json-ld")
    yield from page.head.alike(*_UPDATED_METAS)
    yield from _times(page, updated=True)
    for labelled in page.visible.labelled("updated"):
        yield Found(value=" ".join(labelled.value), where=labelled.where)


def _times(page: Evidence, *, updated: bool) -> Iterator[Found[str]]:
    """Time elements of the article, those marked as its publication first; teasers' times are left out."""
    marked: list[lxml.html.HtmlElement] = []
    others: list[lxml.html.HtmlElement] = []
    for element in page.visible.times():
        names = " ".join(element.get(key) or "" for key in ("itemprop", "class", "pubdate")).lower()
        if ("modif" in names or "updat" in names) != updated:
            continue
        if "datepublished" in names or "datemodified" in names or element.get("pubdate") is not None:
            marked.append(element)
        elif not updated:
            others.append(element)
    others.sort(key=_stands_aside)
    for element in (*marked, *others):
        for text in (element.get("datetime"), element.text_content()):
            if text and text.strip():
                yield Found(value=text, where="time")


def _stands_aside(element: lxml.html.HtmlElement) -> bool:
    return any(above.tag in ("a", "aside", "nav", "footer", "li") for above in element.iterancestors())


def _in_state(page: Evidence) -> Iterator[Found[str]]:
    """A publication date in the data of the page's scripts, when they name only one."""
    values: set[str] = set()
    for script in page.tree.iter("script"):
        if script.text and "ld+json" not in (script.get("type") or ""):
            values.update(_STATE_DATE.findall(script.text))
    if len(values) == 1:
        yield Found(value=values.pop(), where="script")


def _shown(page: Evidence) -> Iterator[Found[str]]:
    """Short lines with digits from the headline on, then those just above it."""
    lines, start = page.visible.lines, page.visible.from_headline(page.head.title[:_LONGEST_TITLE])
    around = (*lines[start : start + _LINES_AFTER], *reversed(lines[max(0, start - _LINES_BEFORE) : start]))
    for line in around:
        text = clean(line.text)
        if len(text) <= _LONGEST_DATE_LINE and any(map(str.isdigit, text)) and not _NO_DATE_LINE.search(text):
            yield Found(value=text, where="text")
