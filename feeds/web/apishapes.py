"""What the API answers with, as values: their JSON Schema, in ``/api/openapi.json``, is made from these types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

Tag = Annotated[str, Meta(description="BCP 47 tag of a language; und where it is unknown.")]
Seq = Annotated[
    int, Meta(ge=0, description="Change number: they are given in the order of commits, each once, and only grow.")
]
ArticleId = Annotated[str, Meta(description="An article's id, a urn:uuid: that is the same on every machine.")]
Instant = Annotated[dt.datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, description="How many articles there are.")]
Written = Annotated[
    str, Meta(description="RFC 3339: a clock with its offset as the publisher gave it, or the day alone.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAddresses:
    """A feed's addresses, one for each format, and its page."""

    atom: str
    rss: str
    json: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """The source that an article is from."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An article's picture."""

    url: str
    caption: str | None
    credit: Annotated[str | None, Meta(description="Who made it, as the page or feed says.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Sound, a film or a document that belongs to an article."""

    url: str
    media_type: Annotated[str | None, Meta(description="null where nobody says.")]
    length_bytes: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="null where unknown.")]
    duration_s: Annotated[
        Annotated[float, Meta(gt=0)] | None, Meta(description="How long it plays; null where unknown.")
    ]
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleOut:
    """An article as its publisher has it, and what this service knows of it."""

    id: ArticleId
    seq: Seq
    url: Annotated[str | None, Meta(description="Where the publisher has it; null unless that is http or https.")]
    title: str
    language: Annotated[Tag, Meta(description="What the two that follow were reconciled to.")]
    declared_language: Annotated[
        Tag | None, Meta(description="What its page or feed says, else its source's configuration; null: nobody.")
    ]
    detected_language: Annotated[
        Tag | None, Meta(description="What its text looks like; null where that is too short or unsure.")
    ]
    language_certainty: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None,
        Meta(description="How clearly the text looks like it, 0 to 1; null without one detected."),
    ]
    authors: Sequence[str]
    published: Annotated[Written | None, Meta(description="null where the page does not say.")]
    date_only: Annotated[bool, Meta(description="Whether published is a day without a clock.")]
    dated_at: Annotated[Instant, Meta(description="The date that feeds show: as published, else when first seen.")]
    updated: Written | None
    keywords: Annotated[Sequence[str], Meta(description="As the publisher gave them, in the page's order.")]
    inferred: Annotated[Sequence[str], Meta(description="Known keywords that were only found in title and lead.")]
    section: Annotated[str | None, Meta(description="Slug of the section.")]
    source: Publisher
    summary: str
    content_text: Annotated[str | None, Meta(description="The body as plain text, with content=text and content=full.")]
    content_html: Annotated[str | None, Meta(description="The body as sanitised HTML, with content=full.")]
    image: Picture | None
    enclosures: Annotated[Sequence[File], Meta(description="The files that belong to it, pictures apart.")]
    rights: Annotated[str | None, Meta(description="Its notice of rights, or the licence it is under.")]
    origin: Annotated[str | None, Meta(description="Whom the page names as the first publisher.")]
    is_free: Annotated[bool | None, Meta(description="Whether it can be read without paying; null where unknown.")]
    translations: Annotated[
        Mapping[str, ArticleId], Meta(description="The same story in other languages: language tag to article id.")
    ]
    copy_of: Annotated[ArticleId | None, Meta(description="The article of another source that this one repeats.")]
    twin: Annotated[
        str | None,
        Meta(description="How it repeats that one: copy (a syndicated copy) or same (the very same page)."),
    ]
    first_seen_at: Instant
    changed_at: Instant
    provenance: Annotated[Mapping[str, str], Meta(description="Field to where on the page its value came from.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """Some of the articles that answer a question, newest change first; with since, oldest first."""

    articles: Sequence[ArticleOut]
    seq: Annotated[
        int,
        Meta(ge=0, description="Give it as since to be told of every change after these; it never goes back."),
    ]
    more: Annotated[bool, Meta(description="Whether there are more now.")]
    next: Annotated[
        str | None,
        Meta(description="Where to go on; with since always an address, to be asked again later where more is false."),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordOut:
    """A keyword: every spelling of one thing."""

    key: Annotated[str, Meta(description="What spellings are compared by.")]
    label: Annotated[str, Meta(description="Its most used display form.")]
    language: Annotated[Tag, Meta(description="The language that uses it most.")]
    articles: Count
    feeds: FeedAddresses


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordList:
    """Keywords, most used first."""

    keywords: Sequence[KeywordOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageOut:
    """A language that stored articles have."""

    tag: Tag
    name: Annotated[str, Meta(description="What the language calls itself.")]
    articles: Count
    feeds: FeedAddresses


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageList:
    """Every language, by tag."""

    languages: Sequence[LanguageOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionOut:
    """A section of a source, as its site names it."""

    slug: str | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOut:
    """A source and how it is doing."""

    id: str
    name: str
    kind: Annotated[str, Meta(description="listing, feed, sitemap, json or archive.")]
    url: str | None
    language: Tag | None
    sections: Sequence[SectionOut]
    state: Annotated[str, Meta(description="How its last polls went, in one word.")]
    state_since: Instant
    reason: Annotated[str, Meta(description="Why it is so; empty when all is well.")]
    articles: Count
    last_article_at: Instant | None
    last_poll_at: Instant | None
    next_poll_at: Instant | None
    feeds: FeedAddresses


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """Sources by id."""

    sources: Sequence[SourceOut]
    next: Annotated[str | None, Meta(description="The address of those that follow.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOut:
    """A feed that is offered: of everything, a language, a section, or one that the operator has given a name."""

    id: Annotated[str, Meta(description="The id that the feed itself carries.")]
    title: str
    name: Annotated[str | None, Meta(description="Of a named feed.")]
    languages: Sequence[Tag]
    section: str | None
    question: Annotated[str, Meta(description="What else it asks, in the language of questions; empty: nothing.")]
    articles: Annotated[int | None, Meta(description="How many it has in all; null for a named feed.")]
    feeds: FeedAddresses


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """Feeds that are offered; every keyword and every source has its own as well, named where those are listed."""

    feeds: Sequence[FeedOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why there is no answer (RFC 9457)."""

    type: Annotated[str, Meta(description="about:blank: the status says what kind of problem it is.")]
    title: str
    status: int
    detail: Annotated[str, Meta(description="What is wrong, and what was expected.")]
    parameter: Annotated[str | None, Meta(description="The parameter that is wrong.")]
    position: Annotated[int | None, Meta(description="Where in its value the mistake is, counted from 0.")]
