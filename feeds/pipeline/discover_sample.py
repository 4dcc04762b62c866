"""A Document in, the candidate out that it would be as a source: read by the very readers that polls use."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from feeds.dates import read_date, with_zone
from feeds.decide.candidates import Aside, Candidate, Headline
from feeds.errors import PolyfeedError
from feeds.extract.api import read_api
from feeds.extract.feed import read_feed
from feeds.extract.feed_traits import FeedTraits, read_traits
from feeds.extract.listing import read_listing
from feeds.extract.sitemap import Child, read_sitemap
from feeds.model import Document, Item, Kind, Section, Source, instant
from feeds.normalise.html import plain_text
from feeds.normalise.language import language_tag
from feeds.urls import identity_of

SHOWN = 5
_WHOLE_CHARACTERS = 500
_MOST_WHOLE = 0.6
_SAMPLED = 20
_SLACK = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A candidate with what was read for it. ``children`` are the sitemaps of an index, ``dates`` those as written."""

    candidate: Candidate
    items: tuple[Item, ...] = ()
    children: tuple[Child, ...] = ()
    dates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for: the edition's address and language, and ``now``.

    ``folder`` is the path below which the edition lies, "/" for a whole site.
    """

    url: str
    now: dt.datetime
    language: str | None = None
    folder: str = "/"


def sample(document: Document, kind: Kind, *, where: str, asked: Asked, title: str = "", url: str = "") -> Sampled:
    """What a poll of the document would find.

    Args:
        document: as it was fetched.
        kind: how it is read.
        where: how it was found, in words.
        asked: what the candidate is wanted for.
        title: how the page that names it calls it.
        url: the address that would be polled; without it the document's own.
    """
    url = url or document.url
    source = Source(id="", name="", kind=kind, url=url, language=asked.language)
    try:
        items, children = _read(document, kind, source)
    except PolyfeedError as error:
        return Sampled(candidate=Candidate(url=url, kind=kind, where=where, title=title, trouble=str(error)))
    traits = read_traits(document, items) if kind is Kind.FEED else FeedTraits()
    candidate = describe(
        items, kind=kind, url=url, where=where, title=title or traits.title, asked=asked, traits=traits
    )
    return Sampled(candidate=candidate, items=tuple(items), children=children, dates=_dates(items))


def describe(
    items: Sequence[Item],
    *,
    kind: Kind,
    url: str,
    where: str,
    title: str,
    asked: Asked,
    traits: FeedTraits | None = None,
) -> Candidate:
    """The candidate that delivers these items."""
    traits = traits or FeedTraits()
    language = _language(items) or language_tag(traits.language)
    headlines = [_headline(item, asked.now, language or asked.language) for item in items]
    dated = [one.published_at for one in headlines if one.published_at is not None]
    if len(dated) * 2 > len(headlines):
        headlines.sort(key=lambda one: one.published_at or dt.datetime.min.replace(tzinfo=dt.UTC), reverse=True)
    aside = Aside.COMMENTS if traits.is_comments else Aside.PODCAST if traits.is_podcast else None
    return Candidate(
        url=url,
        kind=kind,
        where=where,
        title=title,
        headlines=tuple(headlines[:SHOWN]),
        identities=frozenset(identity_of(item.url) for item in items),
        count=len(items),
        newest_at=max(dated, default=None),
        oldest_at=min(dated, default=None),
        is_whole=_is_whole(items),
        is_titled=sum(1 for item in items if item.title) * 2 > len(items),
        language=language,
        outside=_outside(items, asked),
        aside=aside,
        trouble="" if items else "lists no article now",
    )


def _read(document: Document, kind: Kind, source: Source) -> tuple[Sequence[Item], tuple[Child, ...]]:
    section = Section(url=source.url)
    if kind is Kind.FEED:
        return read_feed(document, source=source, section=section), ()
    if kind is Kind.SITEMAP:
        found = read_sitemap(document, source=source, section=section)
        return found.items, found.children
    if kind is Kind.JSON:
        return read_api(document, source=source, section=section).items, ()
    return read_listing(document, source=source, section=section), ()


def _headline(item: Item, now: dt.datetime, language: str | None) -> Headline:
    written = item.published or item.updated
    when = read_date(written, language=item.language or language) if written else None
    at = instant(with_zone(when, "UTC"), "UTC") if when is not None else None
    if at is not None and at > now + _SLACK:
        at = None  # announced for a day to come, or a date of something else
    return Headline(url=item.url, title=" ".join((item.title or "").split()), published_at=at)


def _dates(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(item.published for item in items if item.published)[:_SAMPLED]


def _language(items: Sequence[Item]) -> str | None:
    """What most of the items say, None when they say nothing or several things."""
    said = Counter(tag for item in items if (tag := language_tag(item.language)))
    if not said:
        return None
    tag, count = said.most_common(1)[0]
    return tag if count * 2 > len(items) else None


def _is_whole(items: Sequence[Item]) -> bool:
    some = items[:_SAMPLED]
    whole = sum(1 for item in some if len(plain_text(item.content_html or "")) >= _WHOLE_CHARACTERS)
    return bool(some) and whole >= _MOST_WHOLE * len(some)


def _outside(items: Sequence[Item], asked: Asked) -> float:
    """The share of the items that lie outside the edition's folder; 0 where it is a whole site."""
    if asked.folder == "/" or not items:
        return 0.0
    return sum(1 for item in items if not urlsplit(item.url).path.startswith(asked.folder)) / len(items)
