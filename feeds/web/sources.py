"""The room of the sources: ``/sources``, how each is doing, and ``/sources.atom``, the operator's feed of changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from feeds.model import WELL, FeedQuery, Format, Kind, SourceState, SourceStatus
from feeds.render.events import TROUBLE, render_events, state_slug
from feeds.web.errors import say
from feeds.web.layout import page
from feeds.web.links import Chip, Discovery, discovery, page_href, prefix, public_base, query_href
from feeds.web.locales import gettext, ngettext, show_ago, show_language
from feeds.web.making import CONTENT_TYPES
from feeds.web.pictures import Picture, draw, first_day
from feeds.web.ready import Ready, keep_ready
from feeds.web.services import keep_page, respond, services
from feeds.web.states import PRESSING, Place, advise, read_some, state_word

room = Blueprint("sources", __name__)

ROWS = 50
EVENTS = 100
KEPT_S = 1.0
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
_BY_SLUG: Mapping[str, tuple[SourceState, ...]] = {
    "": PRESSING,
    "trouble": TROUBLE,
    **{state_slug(state): (state,) for state in PRESSING},
}


@room.get("/sources")
def sources() -> Response:
    """What is polled and how it is doing: all sources, those of one state, or a single one."""
    store, now = services().store, services().clock()
    only = request.args.get("source")
    if only is not None:
        found, following = store.status([only]), None
        if not found:
            reason = gettext("There is no source called “%(name)s” here.", name=only)
            return say(404, gettext("There is no such source"), [reason], [_all_sources()])
    counts = services().catalogue.states()
    chosen = request.args.get("state", "").lower()
    if chosen not in _BY_SLUG:
        chosen = ""
    start = _read_place(request.args.get("from", ""))
    if only is None:
        found, following = read_some(store, _BY_SLUG[chosen], counts, limit=ROWS, start=start)
    today = now.astimezone(dt.UTC).date()
    activity = store.activity([source.id for source in found], first_day(today))
    shown = page(
        "sources.html",
        caching="no-cache",
        here="sources",
        discovery=[_event_feed(), *discovery(FeedQuery(), services().settings.title)],
        sources=[_row(source, draw(activity.get(source.id, {}), today), now) for source in found],
        mistakes=store.mistakes(),
        tabs=_tabs(counts, chosen if only is None else None),
        events=f"{public_base()}/sources.atom",
        more=_href(chosen, following) if following else None,
        first=_href(chosen) if start or only is not None else None,
    )
    return respond(shown)


@room.get("/sources.atom")
def events() -> Response:
    """The last changes of states, as a feed."""
    shared = services()

    def make() -> Ready:
        found = shared.store.events(limit=EVENTS, newest=True)
        settings = shared.settings
        return keep_ready(
            render_events(found, public_url=settings.base_url, service=settings.title),
            CONTENT_TYPES[Format.ATOM],
            last_modified=max((event.at for event in found), default=None),
            twin=f"{prefix()}/sources",
        )

    return respond(keep_page("events", make, for_s=KEPT_S))


# --- where one can go from there ---------------------------------------------------------------------------------


def _all_sources() -> Chip:
    return Chip(label=gettext("Sources"), href=page_href("/sources"))


def _event_feed() -> Discovery:
    """How a reader that is given the page finds the feed of changes."""
    changes = gettext("Changes of state")
    title = f"{services().settings.title} · {changes}"
    return Discovery(type="application/atom+xml", title=title, href=f"{public_base()}/sources.atom")


def _href(chosen: str, place: Place | None = None) -> str:
    start = f"{state_slug(place[0])}/{place[1]}" if place else None
    return page_href("/sources", **{"state": chosen or None, "from": start})


def _read_place(text: str) -> Place | None:
    """``broken/some-source``; None for anything else."""
    slug, slash, source_id = text.partition("/")
    states = _BY_SLUG.get(slug, ())
    return (states[0], source_id) if slash and len(states) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A choice of states; ``state`` is empty for several."""

    label: str
    href: str
    count: int
    is_here: bool
    state: str = ""


def _tabs(counts: Mapping[SourceState, int], chosen: str | None) -> list[Tab]:
    """All, those in trouble, and each state that there is."""
    named = [("", gettext("All"), PRESSING), ("trouble", gettext("In trouble"), TROUBLE)]
    named += [(state_slug(state), state_word(state), (state,)) for state in PRESSING]
    return [
        Tab(
            label=label,
            href=_href(slug),
            count=count,
            is_here=slug == chosen,
            state=slug if len(states) == 1 else "",
        )
        for slug, label, states in named
        if (count := _sum(counts, states)) or slug in {"", chosen}
    ]


def _sum(counts: Mapping[SourceState, int], states: Sequence[SourceState]) -> int:
    return sum(counts.get(state, 0) for state in states)


# --- one source --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant for machines, and how long ago it is for people."""

    iso: str
    text: str


def _moment(when: dt.datetime | None, now: dt.datetime) -> Moment | None:
    if when is None:
        return None
    return Moment(iso=when.astimezone(dt.UTC).isoformat(timespec="seconds"), text=show_ago(when, now))


def _next_poll(source: SourceStatus, now: dt.datetime) -> Moment | None:
    due = source.next_poll_at
    if due is None or source.state is SourceState.RETIRED:
        return None
    moment = _moment(due, now)
    return moment if moment is None or due > now else replace(moment, text=gettext("due now"))


def _pace(source: SourceStatus) -> str:
    """The time between two polls in words, in the largest unit that tells it well; empty when unknown."""
    if source.pace_s is None or source.state not in WELL:  # who fails is asked more and more seldom
        return ""
    seconds = max(1, round(source.pace_s))
    if seconds < MINUTE_S:
        return ngettext("every second", "every %(num)s seconds", seconds)
    minutes = round(seconds / MINUTE_S)
    if minutes % 60 and seconds < 2 * HOUR_S:
        return ngettext("every minute", "every %(num)s minutes", minutes)
    hours = round(seconds / HOUR_S)
    if hours % 24 and seconds < 2 * DAY_S:
        return ngettext("every hour", "every %(num)s hours", hours)
    return ngettext("every day", "every %(num)s days", round(seconds / DAY_S))


def _kind_word(kind: str) -> str:
    words = {
        Kind.LISTING: gettext("section pages"),
        Kind.FEED: gettext("feed"),
        Kind.SITEMAP: gettext("sitemap"),
        Kind.JSON: gettext("API"),
        Kind.ARCHIVE: gettext("archive"),
    }
    return words[Kind(kind)]


def _row(source: SourceStatus, picture: Picture, now: dt.datetime) -> dict[str, object]:
    parts = urlsplit(source.url)
    return {
        "id": source.id,
        "name": source.name or source.id,
        "href": query_href(FeedQuery(languages=(source.language,) if source.language else (), source=source.id)),
        "home": source.url if parts.scheme in {"http", "https"} else None,
        "host": parts.netloc,
        "kind": _kind_word(source.kind),
        "language_name": show_language(source.language) if source.language else gettext("language found by reading"),
        "state": state_slug(source.state),
        "state_word": state_word(source.state),
        "since": _moment(source.state_since, now),
        "reason": source.reason,
        "advice": advise(source.state),
        "suggestion": source.suggestion if source.state is SourceState.STALE else "",
        "articles": source.articles,
        "picture": picture,
        "pace": _pace(source),
        "last_article": _moment(source.last_article_at, now),
        "last_poll": _moment(source.last_poll_at, now),
        "next_poll": _next_poll(source, now),
    }
