"""The room of feeds: every address under ``/feeds/``, answered, moved to its one spelling, or refused in words."""

from __future__ import annotations

import json
from itertools import islice

from flask import Blueprint, Response, redirect, request
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as BaseResponse

from feeds.errors import StoreError
from feeds.model import FeedQuery, Format
from feeds.query import known_parameters, other_parameters, point_at, write_address
from feeds.web.addresses import Missing, Mistaken, Moved, Place, find_place
from feeds.web.catalogue import Overview
from feeds.web.errors import say
from feeds.web.feedpage import feed_page
from feeds.web.links import FORMAT_NAMES, Chip, page_href, prefix
from feeds.web.locales import gettext, show_language
from feeds.web.origins import open_to_all_origins
from feeds.web.ready import FEED_CACHING
from feeds.web.searchbox import search_box
from feeds.web.services import respond, services

room = Blueprint("feeds", __name__)
open_to_all_origins(room)

SOURCES_OFFERED = 50
PLACE_OVERHEAD_BYTES = 2000


class FeedPath(BaseConverter):
    """Any path that begins with feeds/, in any case and with any number of slashes: ``read_address`` reads it."""

    regex = r"(?i:/*feeds/.*)"
    part_isolating = False


@room.get("/<feed_path:_path>")
def feed(_path: str) -> BaseResponse:
    """A feed, or the page of one."""
    shared = services()
    asked = request.query_string.decode("latin-1")
    try:
        place = find_known(asked_path(), asked)
    except StoreError:  # which is asked whether there is such a feed; whatever is ready was there
        ready = shared.answers.at(request.environ["PATH_INFO"], known_parameters(asked))
        if ready is None:
            raise
        return respond(ready)
    return _answer(place)


def find_known(path: str, asked: str) -> Place | Moved | Missing | Mistaken:
    """What is at a path with these parameters; while the store does not answer, the page that was there before.

    Raises StoreError where nothing was.
    """
    shared = services()
    try:
        place = find_place(path, asked, shared.catalogue, shared.named)
    except StoreError:
        kept = shared.places.get((path, asked))
        if kept is None:
            raise
        return kept
    if isinstance(place, Place) and place.address.format is None:
        shared.places.put((path, asked), place, PLACE_OVERHEAD_BYTES + 4 * (len(path) + len(asked)))
    return place


def _answer(place: Place | Moved | Missing | Mistaken) -> BaseResponse:
    shared = services()
    if isinstance(place, Moved):
        return _move(place)
    if isinstance(place, Missing):
        return refuse(place)
    if isinstance(place, Mistaken):
        return _point_out(place)
    if place.address.format is None:
        return respond(feed_page(place))
    if place.address.part.archive is None:
        return respond(shared.answers.ready(place.address, named=place.named))
    archive = shared.answers.archive(place.address, named=place.named)
    return respond(archive) if archive is not None else _no_archive(place)


def asked_path() -> str:
    """The decoded path as it was asked for: of the routed one werkzeug has taken slashes off the front."""
    return str(request.environ["PATH_INFO"]).encode("latin-1").decode("utf-8", "replace")


@room.get("/feeds")
@room.get("/feeds/")
def feeds_themselves() -> BaseResponse:
    """Which feeds? The directory says."""
    return redirect(page_href("/"), 301)


def _move(moved: Moved) -> BaseResponse:
    """301 to the one spelling; a feed's parameters mean nothing and go, a page's go along."""
    path, _, said = moved.to.partition("?")
    others = other_parameters(request.query_string.decode("latin-1"))
    if path.endswith(tuple(f".{format_.value}" for format_ in Format)):
        others = ""
    parameters = "&".join(each for each in (said, others) if each)
    answer = redirect(f"{prefix()}{path}{'?' + parameters if parameters else ''}", 301)
    answer.headers["Cache-Control"] = FEED_CACHING
    return answer


def _point_out(mistaken: Mistaken) -> Response:
    """400 that says where the question goes wrong, and what was expected there."""
    heading = gettext("This question cannot be read")
    if mistaken.format is Format.JSON:
        said = {"error": heading, "question": mistaken.text, "position": mistaken.position, "reason": mistaken.reason}
        answer = Response(json.dumps(said, ensure_ascii=False) + "\n", status=400, content_type="application/json")
        answer.headers.update({"Cache-Control": "public, max-age=10", "Vary": "Accept-Language"})
        return answer
    where = gettext("At character %(number)s: %(reason)s.", number=mistaken.position + 1, reason=mistaken.reason)
    return say(
        400,
        heading,
        [where],
        shown=point_at(mistaken.text, mistaken.position),
        search=search_box(mistaken.query, mistaken.text),
    )


def _no_archive(place: Place) -> Response:
    """404 that leads to the feed, from which all that it announced is reached."""
    address = place.address
    assert address.format is not None
    reason = gettext("This feed never announced an archive of that number. Begin at the feed itself:")
    whole = write_address(address.query, address.format, place.labels, name=address.name)
    offer = Chip(label=FORMAT_NAMES[address.format], href=prefix() + whole)
    return say(404, gettext("There is no such archive"), [reason], [offer])


def refuse(missing: Missing) -> Response:
    """404 that says what is not here, and what is."""
    overview = services().catalogue.overview()
    match missing.subject:
        case "language":
            reason = gettext("There is no feed in the language “%(name)s” here.", name=missing.name)
            offers = _languages(overview, missing.format)
            also = gettext("There are feeds in these languages:")
        case "source":
            reason = gettext("There is no source called “%(name)s” here.", name=missing.name)
            offers = _sources(overview, missing.format)
            also = gettext("There are these sources:")
        case "named":
            reason = gettext("There is no named feed “%(name)s” here.", name=missing.name)
            offers = [
                Chip(label=each.title, href=_href(each.query, missing.format, each.name))
                for each in services().named.all().values()
            ]
            also = gettext("There are these named feeds:")
        case _:
            reason = gettext("This address cannot be read: %(reason)s.", reason=missing.name)
            offers = _languages(overview, missing.format)
            also = gettext("There are feeds in these languages:")
    return say(404, gettext("There is no such feed"), [reason, *([also] if offers else [])], offers)


def _languages(overview: Overview, format_: Format | None) -> list[Chip]:
    tags = sorted({tag.partition("-")[0] for tag in overview.tags} | overview.tags)
    everything = [("all", gettext("Every language together"))] if tags else []
    named = everything + [(tag, show_language(tag)) for tag in tags]
    return [
        Chip(label=f"{name} ({tag})", href=_href(FeedQuery(languages=() if tag == "all" else (tag,)), format_))
        for tag, name in named
    ]


def _sources(overview: Overview, format_: Format | None) -> list[Chip]:
    return [
        Chip(
            label=f"{source.name} ({source.id})",
            href=_href(FeedQuery(languages=(source.language,) if source.language else (), source=source.id), format_),
        )
        for source in islice(overview.sources.values(), SOURCES_OFFERED)
    ]


def _href(query: FeedQuery, format_: Format | None, name: str | None = None) -> str:
    path = write_address(query, format_, name=name)
    return page_href(path) if format_ is None else prefix() + path
