"""What a feed says of itself: a question, its words and its addresses in, a FeedHead out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from feeds.model import NOTHING, FeedQuery, Format, StoredArticle
from feeds.query import NEWEST, NamedFeed, Part, feed_id, named_id, write_address
from feeds.render.titles import feed_description, feed_rights, feed_title

# A feed without articles has not changed since there are feeds (RSS 0.90): a constant, so its bytes never change, and
# one that the W3C's validator believes, which it does not of any date before 1990.
EPOCH = dt.datetime(1999, 3, 15, tzinfo=dt.UTC)

GENERATOR = "Polyfeed"
NO_HISTORY: Mapping[str, Part] = MappingProxyType({})

MEDIA_TYPES: Mapping[Format, str] = MappingProxyType(
    {Format.ATOM: "application/atom+xml", Format.RSS: "application/rss+xml", Format.JSON: "application/feed+json"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """A feed without its articles. All addresses are absolute.

    ``id`` is the same in every format. ``language`` is a BCP 47 tag, None for a feed of several. ``self_url`` is the
    address in the format that is rendered, ``html_url`` that of the page with the same articles, ``home_url`` that of
    the service; ``alternates`` are the addresses in the formats there are (its own may be among them). ``updated`` is
    the newest change in it; None takes it from the articles rendered, EPOCH where there are none. ``rights`` say whose
    the articles are, in the feed's language; empty for nothing. ``history`` are addresses of further documents of the
    feed by their link relation (RFC 5005: ``current``, ``prev-archive``; ``first``, ``previous``, ``next``),
    ``is_archive`` says that this one never changes again.
    """

    id: str
    title: str
    description: str
    self_url: str
    html_url: str
    home_url: str
    language: str | None = None
    alternates: Mapping[Format, str] = field(default_factory=lambda: MappingProxyType({}))
    hub: str | None = None
    updated: dt.datetime | None = None
    author: str = GENERATOR
    rights: str = ""
    history: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    is_archive: bool = False


def make_head(
    query: FeedQuery,
    format_: Format,
    *,
    public_url: str,
    service: str = GENERATOR,
    labels: Mapping[str, str] = NOTHING,
    section_name: str | None = None,
    source_name: str | None = None,
    hub: str | None = None,
    updated: dt.datetime | None = None,
    named: NamedFeed | None = None,
    part: Part = NEWEST,
    history: Mapping[str, Part] = NO_HISTORY,
) -> FeedHead:
    """The head of the feed that answers ``query``, in words of its own language.

    Args:
        query: the question.
        format_: the format it is rendered in.
        public_url: where the service lives, such as ``https://feeds.example``, with or without a slash behind it.
        service: the name of the service, first word of every title.
        labels: keyword key -> display form.
        section_name: the section as people call it, where the question names one.
        source_name: the same for its source.
        hub: the WebSub hub, or None.
        updated: see FeedHead.
        named: the named feed that asks this, which has an address, an id and a title of its own.
        part: which of its documents this is.
        history: link relation -> further document.
    """
    base = public_url.rstrip("/")
    language = query.languages[0] if len(query.languages) == 1 else None
    name = named.name if named else None

    def address(format_: Format | None, part: Part) -> str:
        return base + write_address(query, format_, labels, name=name, part=part)

    addresses = {each: address(each, part) for each in Format}
    title = feed_title(
        query, labels, service=service, language=language, section_name=section_name, source_name=source_name
    )
    return FeedHead(
        id=named_id(named.name) if named else feed_id(query),
        title=f"{service} · {named.title}" if named else title,
        description=feed_description(
            query, labels, service=service, language=language, section_name=section_name, source_name=source_name
        ),
        language=language,
        self_url=addresses[format_],
        html_url=address(None, NEWEST if part.archive is not None else part),  # archives have no page of their own
        home_url=f"{base}/",
        alternates=MappingProxyType(addresses),
        hub=hub,
        updated=updated,
        author=service,
        history=MappingProxyType({relation: address(format_, other) for relation, other in history.items()}),
        is_archive=part.archive is not None,
        rights=feed_rights(language),
    )


def newest_change(articles: Iterable[StoredArticle]) -> dt.datetime:
    """When the newest of these articles last changed; EPOCH when there are none."""
    return max((stored.changed_at for stored in articles), default=EPOCH)
