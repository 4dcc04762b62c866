"""The domain, as frozen values: what is polled, what was found, what is published.

Every stage speaks these types and nothing of its siblings. Imports nothing but the standard library and errors.
Datetimes are aware; instants the program itself records are UTC; dates a page gives keep the page's own offset.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

NOTHING: Mapping[str, str] = MappingProxyType({})


# --- what is polled ---------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """How a source is read."""

    LISTING = "listing"
    FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One page of a source that is polled. ``slug`` is empty when the source has no sections."""

    url: str
    slug: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Selectors and hints for one site; every one is optional and overrides what Polyfeed finds by itself.

    A selector is CSS, or XPath when it starts with ``/``, ``./`` or ``(``. Selectors of the listing page:
    ``entry`` is one listed article; ``link``, ``listed_title`` and ``listed_date`` are looked up inside it.
    ``next_page`` is an address form such as ``index_{n}.html`` (n = 1, 2, …), relative to the section page.
    The others belong to the article page. ``date_formats`` are strptime forms, tried before the generic reading.
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
    image: str | None = None
    origin: str | None = None
    date_formats: tuple[str, ...] = ()
    keyword_separators: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is polled: one edition of a site, or one feed. The file name is the ``id``.

    ``zone`` is an IANA name, used where a page gives a clock or a date without a zone. ``interval_s`` seconds pass
    between polls; ``delay_s`` seconds between two requests to its registered domain. ``pages`` listing pages are
    read per section on the first poll. ``recheck_s``: for so long after an article was first read its page is read
    again on each poll to catch edits (0: only when the listing shows that it changed).
    """

    id: str
    name: str
    kind: Kind
    url: str
    language: str | None = None
    zone: str = "UTC"
    sections: tuple[Section, ...] = ()
    recipe: Recipe = Recipe()
    interval_s: float = 600.0
    delay_s: float = 1.0
    pages: int = 1
    recheck_s: float = 0.0
    allow_private: bool = False
    enabled: bool = True

    @property
    def targets(self) -> tuple[Section, ...]:
        """The pages to poll: the sections, or the source's own address."""
        return self.sections or (Section(url=self.url),)


# --- what was fetched -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What to send to be told "not modified" (RFC 9110, 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An answer with a body. ``url`` is the address after redirects, ``body`` decompressed bytes.

    ``moved``: there were redirects, and each said that it is for good (301, 308).
    """

    url: str
    requested_url: str
    body: bytes
    content_type: str | None = None
    status: int = 200
    validators: Validators = Validators()
    moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: the server says that nothing changed since the validators that were sent."""

    url: str
    requested_url: str


# --- what was found ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article as it was found: raw strings, any of them may be missing.

    ``url`` is absolute. ``keywords`` and ``authors`` may still hold several names in one string. ``published`` and
    ``updated`` are dates as written. ``content_html`` is not sanitised. ``alternates`` maps a language tag to the
    address of the same story in that language. ``provenance`` says for each field where it came from, such as
    ``json-ld``, ``meta:news_keywords``, ``label:Stichwörter``, ``recipe``, ``listing``, ``feed``.
    """

    url: str
    guid: str | None = None
    canonical_url: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    keywords: tuple[str, ...] = ()
    language: str | None = None
    section: str | None = None
    summary: str | None = None
    content_html: str | None = None
    image: str | None = None
    image_caption: str | None = None
    origin: str | None = None
    alternates: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    is_free: bool | None = None
    provenance: Mapping[str, str] = field(default_factory=lambda: NOTHING)


# --- what is kept -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An item normalised: the common model that everything after it speaks.

    ``id`` is a UUIDv5 URN over source id and canonical identity, the same on every machine. ``published`` is an
    aware datetime, or a plain date when the page names only the day, or None: never invented. ``zone`` (IANA) is
    where such a day is meant. ``language`` is a BCP 47 tag (``und`` when unknown). ``keywords`` are display forms
    in the page's order. ``content_html`` is sanitised, ``content_text`` its plain text. ``aliases`` are cleaned
    identities (feed guids and URLs) under which the same article was seen, ``identity`` the one the id is made of.
    """

    id: str
    source_id: str
    identity: str
    url: str
    title: str
    language: str
    authors: tuple[str, ...] = ()
    published: dt.datetime | dt.date | None = None
    updated: dt.datetime | dt.date | None = None
    keywords: tuple[str, ...] = ()
    section: str | None = None
    summary: str = ""
    content_html: str = ""
    content_text: str = ""
    image: str | None = None
    image_caption: str | None = None
    origin: str | None = None
    zone: str = "UTC"
    is_free: bool | None = None
    alternates: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    aliases: tuple[str, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    @property
    def published_at(self) -> dt.datetime | None:
        """The instant of ``published``; a day without a time starts at midnight in the article's zone."""
        return instant(self.published, self.zone)

    @property
    def content_hash(self) -> str:
        """Changes exactly when a reader would see another text: title, words, date, keywords, authors, picture.

        The words are hashed without white space and the markup not at all, so new boilerplate or markup around
        the same text is no change.
        """
        said = (
            "".join(self.title.split()),
            "".join(self.content_text.split()),
            "".join(self.summary.split()) if not self.content_text else "",
            self.published.isoformat() if self.published else "",
            *self.authors,
            "",
            *self.keywords,
            "",
            self.image or "",
            self.section or "",
            self.language,
        )
        return hashlib.blake2b("\x1f".join(said).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def instant(when: dt.datetime | dt.date | None, zone: str) -> dt.datetime | None:
    """An aware datetime for ``when``: itself, or midnight of that day in ``zone`` (IANA name)."""
    if when is None or isinstance(when, dt.datetime):
        return when
    return dt.datetime.combine(when, dt.time(), tzinfo=ZoneInfo(zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article with what the store knows of it.

    ``seq`` is the change number of its last real change, ``first_seen_at`` and ``changed_at`` (UTC) when this
    store first saw it and last saw its content change.
    """

    article: Article
    seq: int
    first_seen_at: dt.datetime
    changed_at: dt.datetime

    @property
    def dated_at(self) -> dt.datetime:
        """The date feeds show: as published, else when first seen (``provenance["published"]`` is then absent)."""
        return self.article.published_at or self.first_seen_at


# --- what a poll changes ----------------------------------------------------------------------------------------


class Change(StrEnum):
    """What became of an article in one poll."""

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"


class SourceState(StrEnum):
    """How a source is doing, in the words of ``/sources``."""

    WAITING = "waiting"  # not polled yet
    OK = "ok"
    EMPTY = "empty"  # the page answers, nothing found in it
    BLOCKED = "blocked"  # 401, 403, 429, a challenge, robots.txt
    BROKEN = "broken"  # network, TLS, 5xx, unreadable
    GONE = "gone"  # 404, 410
    RETIRED = "retired"  # no longer configured; its articles stay


class PageState(StrEnum):
    """What became of an article page."""

    READ = "read"
    FAILED = "failed"  # will be tried again
    GIVEN_UP = "given_up"  # tried often enough
    NOT_ARTICLE = "not_article"  # answered, but is no article; looked at again only when its listing changes


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """What is remembered of one article page of a source, so that it is fetched once.

    ``listed_hash`` stands for what the listing said of it (title, date): another hash means it changed there.
    ``retry_at`` is when a failed page may be tried again. ``validators`` serve the next conditional request.
    """

    url: str
    state: PageState
    first_seen_at: dt.datetime
    fetched_at: dt.datetime
    listed_hash: str = ""
    attempts: int = 0
    retry_at: dt.datetime | None = None
    reason: str = ""
    validators: Validators = Validators()
    article_id: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of an identity: the article it belongs to."""

    article_id: str
    content_hash: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleUpdate:
    """One article of an update; a SAME article may still bring new aliases."""

    article: Article
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What one step of a poll writes, all or nothing.

    ``documents`` are validators of listing or feed addresses, ``pages`` what became of article pages.
    """

    articles: tuple[ArticleUpdate, ...] = ()
    pages: tuple[PageRecord, ...] = ()
    documents: Mapping[str, Validators] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to poll one source until the lease runs out; ``token`` proves it.

    ``failures`` is how many polls in a row failed before this one, ``state`` how the last one ended.
    """

    source_id: str
    token: str
    failures: int = 0
    state: SourceState = SourceState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a poll ended, written when its claim is given back. ``reason`` is empty when all is well."""

    state: SourceState
    polled_at: dt.datetime
    next_poll_at: dt.datetime
    reason: str = ""
    failures: int = 0
    found: int = 0
    new: int = 0
    updated: int = 0
    failed_pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source as the operator sees it. ``home`` is the address people would open."""

    id: str
    name: str
    kind: str
    url: str
    language: str | None
    sections: tuple[Section, ...]
    state: SourceState
    state_since: dt.datetime
    reason: str
    failures: int
    articles: int
    next_poll_at: dt.datetime | None
    last_poll_at: dt.datetime | None
    last_ok_at: dt.datetime | None
    last_article_at: dt.datetime | None


# --- what is asked ----------------------------------------------------------------------------------------------


class Format(StrEnum):
    """The formats a feed is published in; the value is the ending of its address."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"


class Match(StrEnum):
    """Whether an article must carry all of a query's keywords, or any."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedQuery:
    """Which articles a feed holds; equal questions are equal values.

    ``languages`` are BCP 47 tags in sorted order, empty for every language; ``zh`` also stands for ``zh-Hans``.
    ``keywords`` are keys (``folding.keyword_key``) in sorted order. ``section`` is a slug, ``source`` a source id.
    """

    languages: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    match: Match = Match.ALL
    section: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordCount:
    """A keyword as the directory shows it: ``label`` is its display form, ``articles`` how many carry it."""

    key: str
    label: str
    language: str
    articles: int
