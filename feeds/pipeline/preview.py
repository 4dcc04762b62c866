"""A source and what it would deliver now: its listings and newest articles, fetched and read, nothing written.

    targets ──► fetch ──► read by kind ──► items, newest first ──► the newest few: fetch ► read_page ► merge ► normalise

Also of saved pages, with no network; an archive lists its pages by the names of its files, since only reading them
tells their dates. What fails is told beside what did not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from feeds.dates import read_date, with_zone
from feeds.decide.validity import in_force
from feeds.errors import ArticleError, ExtractError, NothingFound, PolyfeedError, SourceError
from feeds.extract.page import read_page
from feeds.extract.page_recipe import unmet
from feeds.fetch.archive import Archive, Saved
from feeds.fetch.client import ACCEPT_PAGE
from feeds.model import Article, Document, Item, Kind, Section, Source, instant
from feeds.normalise.html import plain_text
from feeds.pipeline.archived import MOST_BYTES
from feeds.pipeline.entries import TEASER_CHARACTERS
from feeds.pipeline.getting import ACCEPT, kind_of, read_child, read_target
from feeds.pipeline.read import as_article, merge_listed

Get = Callable[[str, str], Document]  # an address and an Accept header in; raises SourceError

_ARCHIVED = 200  # pages of an archive that are looked at
_CHILDREN = 2  # sitemaps of an index that are looked into, the last changed first
_LISTING_KEYS = {"entry": "url", "link": "url", "listed_title": "title", "listed_date": "published"}
_LONG_AGO = dt.datetime(1, 1, 2, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTarget:
    """A listing page, feed or the like: what it lists, or why nothing. ``document`` is what the items stand in.

    ``unmet`` are the recipe's keys for listings that gave nothing on it.
    """

    section: Section
    items: tuple[Item, ...] = ()
    document: Document | None = None
    error: PolyfeedError | None = None
    unmet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenArticle:
    """An article as it would be delivered, or why not. ``document`` is its page, None where its feed brought it whole.

    ``unmet`` are the recipe's keys that gave nothing on it: these fields were read without the recipe.
    """

    url: str
    article: Article | None = None
    document: Document | None = None
    error: PolyfeedError | None = None
    unmet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a source would deliver now. ``source`` is as it is read today: without a recipe past its day."""

    source: Source
    targets: tuple[SeenTarget, ...] = ()
    articles: tuple[SeenArticle, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether everything that was looked at could be read."""
        return not any(one.error for one in self.targets) and not any(one.error for one in self.articles)


def preview(source: Source, get: Get, *, articles: int, now: dt.datetime) -> Preview:
    """Looks at every listing of the source and at its newest articles.

    Args:
        source: as configured, enabled or not.
        get: fetches; its SourceErrors are told in the preview.
        articles: how many of the newest are read whole.
        now: aware.
    """
    source = in_force(source, now)
    if source.kind is Kind.ARCHIVE:
        targets, get = _look_into_archive(source)
    else:
        targets = tuple(_look_at(target, source, get) for target in source.targets)
    newest = newest_items((item for target in targets for item in target.items), source)[:articles]
    return Preview(source=source, targets=targets, articles=tuple(_open(item, source, get, now=now) for item in newest))


def preview_saved(source: Source, document: Document, *, now: dt.datetime) -> Preview:
    """The same for one saved document: a listing (page, feed, …) of the source, or one of its article pages.

    A page is taken for a listing when it has the address of one, or when no article can be read from it. One that was
    saved without its address (``document.url`` is empty) is read under that which it declares, else the source's.
    """
    source = in_force(source, now)
    section = next((one for one in source.targets if one.url == document.url), None)
    kind = kind_of(section, source) if section else source.kind
    given = document if document.url else replace(document, url=source.url)
    if section is None and kind in {Kind.LISTING, Kind.ARCHIVE}:
        seen = read_article_page(source, Item(url=given.url), given, now=now)
        if seen.article is not None and not document.url:
            seen = read_article_page(source, Item(url=seen.article.url), replace(given, url=seen.article.url), now=now)
        if not isinstance(seen.error, NothingFound):
            return Preview(source=source, articles=(seen,))
    return Preview(source=source, targets=(see_target(section or Section(url=given.url), source, given),))


def see_target(section: Section, source: Source, document: Document) -> SeenTarget:
    """What a fetched or saved listing, feed, sitemap or API answer lists."""
    try:
        reading = read_target(document, source=source, target=section)
        if reading.children:
            raise ExtractError("this is an index of sitemaps, not one of them", source_id=source.id, url=document.url)
    except SourceError as error:
        return SeenTarget(section=section, document=document, error=error)
    return SeenTarget(
        section=section,
        document=document,
        items=reading.items,
        unmet=_unmet_on_listing(source, section, reading.items),
    )


def read_article_page(source: Source, item: Item, document: Document, *, now: dt.datetime) -> SeenArticle:
    """One article page as a poll would read it; ``item`` is what its listing says of it."""
    try:
        found = read_page(document.body, document.url, content_type=document.content_type, recipe=source.recipe)
        article = as_article(source, merge_listed(found, item), now=now)
    except (ExtractError, ArticleError) as error:
        return SeenArticle(url=document.url, document=document, error=error)
    return SeenArticle(url=item.url, article=article, document=document, unmet=unmet(source.recipe, found))


def newest_items(items: Iterable[Item], source: Source) -> list[Item]:
    """Each item once, those with the latest dates first, those without a date after them in their order."""
    once: dict[str, Item] = {}
    for item in items:
        once.setdefault(item.guid or item.url, item)
    return sorted(once.values(), key=lambda item: _dated(item, source), reverse=True)


def _dated(item: Item, source: Source) -> dt.datetime:
    for written in (item.published, item.updated):
        moment = read_date(written, language=source.language, formats=source.recipe.date_formats) if written else None
        if moment is not None:
            return instant(with_zone(moment, source.zone), source.zone) or _LONG_AGO
    return _LONG_AGO


def _look_at(section: Section, source: Source, get: Get) -> SeenTarget:
    try:
        document = get(section.url, ACCEPT.get(kind_of(section, source), ACCEPT_PAGE))
        if kind_of(section, source) is Kind.SITEMAP:
            return _look_into(document, section, source, get)
    except SourceError as error:
        return SeenTarget(section=section, error=error)
    return see_target(section, source, document)


def _look_into(document: Document, section: Section, source: Source, get: Get) -> SeenTarget:
    """A sitemap; of an index, the last changed of its sitemaps. Newest first, which sitemaps themselves rarely are."""
    reading = read_target(document, source=source, target=section)
    if not reading.children:
        return SeenTarget(section=section, document=document, items=tuple(newest_items(reading.items, source)))
    newest = sorted(reading.children, key=lambda child: child.lastmod or "", reverse=True)
    items: list[Item] = []
    for child in newest[:_CHILDREN]:
        document = get(child.url, ACCEPT[Kind.SITEMAP])
        items += read_child(document, source=source, target=section).items
    return SeenTarget(section=section, document=document, items=tuple(newest_items(items, source)))


def _look_into_archive(source: Source) -> tuple[tuple[SeenTarget, ...], Get]:
    """The first pages of an archive, by the names of its files, and the hand that opens them; no network."""
    archive = Archive(root=Path(source.path or ""), base_url=source.url, max_bytes=MOST_BYTES)
    section = Section(url=source.path or "", kind=Kind.ARCHIVE)
    saved: dict[str, Saved] = {}

    def get(url: str, _accept: str) -> Document:
        return archive.open(saved[url])

    try:
        pages = (one for file, mark in archive.files() for one in archive.pages(file, mark))
        saved.update((one.url, one) for one in islice(pages, _ARCHIVED))
        if not saved:
            raise NothingFound(f"no page is found in {source.path}", source_id=source.id, url=source.url)
    except SourceError as error:
        return (SeenTarget(section=section, error=error),), get
    items = tuple(Item(url=url, provenance={"url": "archive"}) for url in saved)
    return (SeenTarget(section=section, items=items),), get


def _open(item: Item, source: Source, get: Get, *, now: dt.datetime) -> SeenArticle:
    """An item's article: from its page, or from the feed that brought it whole."""
    try:
        if len(plain_text(item.content_html or "")) >= TEASER_CHARACTERS:
            return SeenArticle(url=item.url, article=as_article(source, item, now=now))
        document = get(item.url, ACCEPT_PAGE)
    except (SourceError, ArticleError) as error:
        return SeenArticle(url=item.url, error=error)
    return read_article_page(source, item, document, now=now)


def _unmet_on_listing(source: Source, section: Section, items: Sequence[Item]) -> tuple[str, ...]:
    if kind_of(section, source) is not Kind.LISTING:
        return ()
    return tuple(
        key
        for key, name in _LISTING_KEYS.items()
        if getattr(source.recipe, key) and not any(item.provenance.get(name) == "recipe" for item in items)
    )
