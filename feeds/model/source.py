"""What is polled: sources, their sections, recipes and fields of APIs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from feeds.model.article import Content


class Kind(StrEnum):
    """How a source is read."""

    LISTING = "listing"  # a page that lists articles
    FEED = "feed"  # RSS, RDF, Atom, JSON Feed
    SITEMAP = "sitemap"  # a sitemap, a news sitemap, or an index of them
    JSON = "json"  # an API that answers JSON
    ARCHIVE = "archive"  # saved pages in a folder, or a WARC file


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One page of a source that is polled. ``slug`` is empty when the source has no sections.

    ``kind`` is how it is read; None: as its source says. ``Source.targets`` fills it in.
    """

    url: str
    slug: str = ""
    name: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Selectors and hints for one site; every one is optional and overrides what Polyfeed finds by itself.

    A selector is CSS, or XPath when it starts with ``/``, ``./`` or ``(``. Selectors of the listing page:
    ``entry`` is one listed article; ``link``, ``listed_title`` and ``listed_date`` are looked up inside it.
    ``next_page`` is an address form such as ``index_{n}.html`` (n = 1, 2, …), relative to the section page.
    The others belong to the article page; ``remove`` names what is cut out of the body. ``date_formats`` are strptime
    forms, tried before the generic reading. After the day ``valid_until`` the recipe is no longer used.
    """

    entry: str | None = None
    link: str | None = None
    listed_title: str | None = None
    listed_date: str | None = None
    next_page: str | None = None
    title: str | None = None
    authors: str | None = None
    published: str | None = None
    keywords: str | None = None
    body: str | None = None
    remove: str | None = None
    image: str | None = None
    image_caption: str | None = None
    origin: str | None = None
    updated: str | None = None
    summary: str | None = None
    section: str | None = None
    language: str | None = None
    valid_until: dt.date | None = None
    date_formats: tuple[str, ...] = ()
    keyword_separators: str | None = None
    encoding: str | None = None


# a recipe's key for the article page -> the field of the item that it gives
PAGE_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "title",
        "authors": "authors",
        "published": "published",
        "updated": "updated",
        "keywords": "keywords",
        "language": "language",
        "section": "section",
        "summary": "summary",
        "body": "content_html",
        "image": "image",
        "image_caption": "image_caption",
        "origin": "origin",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiFields:
    """Where a JSON answer holds what, as JMESPath expressions; one that is None is looked for by the usual names.

    ``items`` and ``next`` (the address, or a cursor parameter's whole address, of the next page) start from the
    answer, the others from one item.
    """

    items: str | None = None
    next: str | None = None
    url: str | None = None
    guid: str | None = None
    title: str | None = None
    authors: str | None = None
    published: str | None = None
    updated: str | None = None
    keywords: str | None = None
    language: str | None = None
    section: str | None = None
    summary: str | None = None
    content_html: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is polled: one edition of a site, or one feed. The file name is the ``id``.

    ``zone`` is an IANA name, used where a page gives a clock or a date without a zone. The time between two polls
    follows the source's own rhythm and what it asks for, between ``interval_s`` and ``max_interval_s`` seconds;
    ``delay_s`` seconds pass between two requests to its registered domain. ``pages`` listing pages are read per
    section on the first poll, and ``backfill`` articles at most of what it finds there. ``path`` is the folder or
    WARC file of an archive, ``url`` then where its pages came from; ``api`` belongs to JSON. ``recheck_s``: for so
    long after an article was first read its page is read again on each poll to catch edits (0: only when the
    listing shows that it changed). With ``infer_keywords`` its articles also get the known keywords that title and
    lead name. ``content`` is how much of its articles feeds hand on at most.
    """

    id: str
    name: str
    kind: Kind
    url: str
    language: str | None = None
    zone: str = "UTC"
    sections: tuple[Section, ...] = ()
    recipe: Recipe = Recipe()
    api: ApiFields = ApiFields()
    path: str | None = None
    interval_s: float = 600.0
    max_interval_s: float = 3600.0
    delay_s: float = 1.0
    pages: int = 1
    backfill: int = 200
    recheck_s: float = 0.0
    infer_keywords: bool = True
    content: Content = Content.FULL
    allow_private: bool = False
    enabled: bool = True

    @property
    def targets(self) -> tuple[Section, ...]:
        """The pages to poll: the sections, or the source's own address; each with its kind."""
        sections = self.sections or (Section(url=self.url),)
        return tuple(replace(section, kind=section.kind or self.kind) for section in sections)
