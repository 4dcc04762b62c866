"""Questions in, links for a page out: to feeds, to their pages, and to the page itself in another language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from flask import request

from feeds.model import NOTHING, FeedQuery, Format
from feeds.query import MAX_QUESTION_CHARS, spell_address, spell_named, spell_parameters, write_address
from feeds.render.head import MEDIA_TYPES
from feeds.web.keys import NAMED, with_key
from feeds.web.locales import LANGUAGES, asked_language, own_name
from feeds.web.services import services

KEPT_PARAMETERS = frozenset({"before", "content", "copies", "from", "inferred", "q", "source", "state"})
FORMAT_NAMES: Mapping[Format, str] = {Format.ATOM: "Atom", Format.RSS: "RSS", Format.JSON: "JSON"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """One format of a feed: ``href`` for this site, ``url`` to copy, ``shown`` the same in readable letters."""

    name: str
    type: str
    href: str
    url: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A link to a page; ``count`` is a number of articles, ``hint`` what more there is to say of it."""

    label: str
    href: str
    language: str = ""
    count: int | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """``<link rel="alternate">``: what a feed reader finds on the page."""

    type: str
    title: str
    href: str
    hreflang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """This page in another language."""

    tag: str
    name: str
    href: str


def prefix() -> str:
    """The path under which a proxy has mounted the service; usually empty."""
    return urlsplit(services().settings.base_url).path


def public_base() -> str:
    """What stands before a path in an address to copy: as configured, else as this visitor reached us."""
    configured = services().settings.public_url
    return configured.rstrip("/") if configured else request.host_url.rstrip("/")


def asker_key() -> str:
    """The key that let this visitor in, for the addresses that a feed reader of theirs is given; mostly empty."""
    return str(request.environ.get(NAMED, ""))


def page_href(path: str, **parameters: str | int | None) -> str:
    """A link to a page of ours; the language that the visitor chose goes along. ``path`` is percent-encoded."""
    given = {"lang": asked_language(), **parameters}
    query = urlencode({name: value for name, value in given.items() if value is not None})
    joiner = ("&" if "?" in path else "?") if query else ""
    return f"{prefix()}{path}{joiner}{query}"


def query_href(query: FeedQuery, labels: Mapping[str, str] = NOTHING) -> str:
    """A link to the page of a feed."""
    return page_href(write_address(query, None, labels))


def feed_links(query: FeedQuery, labels: Mapping[str, str] = NOTHING, *, name: str | None = None) -> list[FeedLink]:
    """A feed, by its name if it has one, in each of its formats, the one to recommend first."""
    base, key = public_base(), asker_key()

    def link(format_: Format) -> FeedLink:
        path = with_key(write_address(query, format_, labels, name=name), key)
        spelled = (
            spell_named(name, format_) if name else spell_address(query, format_, labels) + spell_parameters(query)
        )
        return FeedLink(
            name=FORMAT_NAMES[format_],
            type=MEDIA_TYPES[format_],
            href=prefix() + path,
            url=base + path,
            shown=with_key(base + spelled, key),
        )

    return [link(format_) for format_ in Format]


def discovery(
    query: FeedQuery, title: str, labels: Mapping[str, str] = NOTHING, *, name: str | None = None
) -> list[Discovery]:
    """How feed readers find this feed on a page."""
    tag = query.languages[0] if len(query.languages) == 1 else ""
    return [
        Discovery(type=link.type, title=f"{title} ({link.name})", href=link.url, hreflang=tag)
        for link in feed_links(query, labels, name=name)
    ]


def tongues() -> list[Tongue]:
    """This page in each of the languages there are."""
    kept = {
        name: value
        for name, value in request.args.items()
        if name in KEPT_PARAMETERS and len(value) <= MAX_QUESTION_CHARS
    }
    path = prefix() + quote(request.path, safe="/+,")
    return [
        Tongue(tag=tag, name=own_name(tag), href=f"{path}?{urlencode({**kept, 'lang': tag}, safe=':')}")
        for tag in LANGUAGES
    ]
