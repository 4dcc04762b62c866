"""An article as it was found (Item), normalised (Article), and as the store knows it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that belongs to an article: sound, video, a document; pictures are ``Article.image``.

    ``url`` is absolute http. ``media_type`` is a MIME type in lower case, empty when nobody said one; ``length_bytes``
    None when unknown; ``duration_s`` None when unknown or without one.
    """

    url: str
    media_type: str = ""
    length_bytes: int | None = None
    duration_s: float | None = None
    title: str = ""

    @property
    def place(self) -> str:
        """The address without its query: what stays when a signature in it is made anew for each request."""
        return self.url.partition("#")[0].partition("?")[0]


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
    image_credit: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    rights: str | None = None
    origin: str | None = None
    alternates: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    is_free: bool | None = None
    provenance: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An item normalised: the common model that everything after it speaks.

    ``id`` is a UUIDv5 URN over source id and canonical identity, the same on every machine. ``published`` is an aware
    datetime, or a plain date when the page names only the day, or None: never invented. ``zone`` (IANA) is where such a
    day is meant. ``language`` is a BCP 47 tag (``und`` when unknown), what ``declared_language`` (of its page or
    source) and ``detected_language`` (of its text, with a ``language_certainty`` of 0 to 1) were reconciled to.
    ``keywords`` are display forms in the page's order, ``inferred`` further ones that its text was found to speak of.
    ``content_html`` is sanitised, ``content_text`` its plain text. ``aliases`` are cleaned identities (feed guids and
    URLs) under which the same article was seen, ``identity`` the one the id is made of.
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
    inferred: tuple[str, ...] = ()
    section: str | None = None
    summary: str = ""
    content_html: str = ""
    content_text: str = ""
    image: str | None = None
    image_caption: str | None = None
    image_credit: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    rights: str | None = None
    origin: str | None = None
    declared_language: str | None = None
    detected_language: str | None = None
    language_certainty: float | None = None
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
        """Changes exactly when a reader would see another text: title, words, date, keywords, authors, picture, files.

        The words are hashed without white space and the markup not at all, so new boilerplate or markup around
        the same text is no change. Of a file its ``place`` counts. Credit and rights stand around the article as
        boilerplate does, and what was said of its language shows in ``language`` alone.
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
            *sorted({each.place for each in self.enclosures}),
        )
        return hashlib.blake2b("\x1f".join(said).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def instant(when: dt.datetime | dt.date | None, zone: str) -> dt.datetime | None:
    """An aware datetime for ``when``: itself, or midnight of that day in ``zone`` (IANA name)."""
    if when is None or isinstance(when, dt.datetime):
        return when
    return dt.datetime.combine(when, dt.time(), tzinfo=ZoneInfo(zone))


class Twin(StrEnum):
    """In what way an article repeats one of another source."""

    COPY = "copy"  # a syndicated copy: nearly the same text at another address
    SAME = "same"  # the very same page, polled by two sources: only feeds of its own source show it


class Content(StrEnum):
    """How much of an article feeds hand on."""

    FULL = "full"
    SUMMARY = "summary"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article with what the store knows of it.

    ``seq`` is the change number of its last real change, ``first_seen_at`` and ``changed_at`` (UTC) when this
    store first saw it and last saw its content change. ``original_id`` is the article that this one repeats, ``twin``
    in what way; both None for an article of its own. ``translations`` maps a language tag to the id of the same story
    in that language.
    """

    article: Article
    seq: int
    first_seen_at: dt.datetime
    changed_at: dt.datetime
    original_id: str | None = None
    twin: Twin | None = None
    translations: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    @property
    def dated_at(self) -> dt.datetime:
        """The date feeds show: as published, else when first seen (``provenance["published"]`` is then absent)."""
        return self.article.published_at or self.first_seen_at
