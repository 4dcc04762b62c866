"""The room of subscription lists: of everything, of one language, and of what is near a feed of keywords."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from feeds.folding import language_case
from feeds.model import FeedQuery
from feeds.web.addresses import Missing, Moved, Place
from feeds.web.feeds import asked_path, find_known, refuse
from feeds.web.links import asker_key, prefix
from feeds.web.origins import open_to_all_origins
from feeds.web.ready import Ready, keep_ready
from feeds.web.services import keep_page, respond, services
from feeds.web.subscriptions import Lists

room = Blueprint("opml", __name__)
open_to_all_origins(room)

KEPT_S = 10.0
CONTENT_TYPE = "text/x-opml; charset=utf-8"
ENDING = ".opml"


# provisionally registered for a list of a site's own feeds (github.com/Dan-Q/well-known-feeds); OPML's other one,
# recommendations.opml, is for sites that one recommends
@room.get("/.well-known/feeds")
@room.get("/feeds.opml")
def every_feed() -> BaseResponse:
    """Every feed that has articles, nested by language."""
    named = tuple(services().named.all().values())
    return _answer(("all", named), FeedQuery(), lambda lists: lists.everything(named))


@room.get("/feeds/<language>.opml")
def feeds_of(language: str) -> BaseResponse:
    """The same for one language; ``all`` is every language."""
    tag = language_case(language.strip())
    if tag == "all":
        return redirect(f"{prefix()}/feeds.opml", 301)
    if not services().catalogue.has(lambda overview: overview.knows_language(tag)):
        return refuse(Missing(subject="language", name=language))
    if tag != language:
        return redirect(f"{prefix()}/feeds/{tag}.opml", 301)
    return _answer(tag, FeedQuery(languages=(tag,)), lambda lists: lists.of_language(tag))


@room.get("/feeds/<_languages>/keywords/<path:_keywords>.opml")
def feeds_around(_languages: str, _keywords: str) -> BaseResponse:
    """A feed of keywords and each keyword alone, in every language that has articles of them."""
    path = asked_path().removesuffix(ENDING)
    place = find_known(path, request.query_string.decode("latin-1"))
    if isinstance(place, Moved):
        path, mark, parameters = place.to.partition("?")
        return redirect(f"{prefix()}{path}{ENDING}{mark}{parameters}", 301)
    if isinstance(place, Missing):
        return refuse(place)
    if not isinstance(place, Place) or place.address.format is not None:
        return refuse(Missing(subject="address", name="there are subscription lists of languages and of keywords"))
    query, labels = place.address.query, place.labels
    has_articles = services().answers.loader.has_articles
    return _answer(query, query, lambda lists: lists.around(query, labels, has_articles))


def _answer(key: Hashable, query: FeedQuery, write: Callable[[Lists], bytes]) -> BaseResponse:
    """A list; ``query`` asks for the articles that it is about."""
    shared = services()

    def make() -> Ready:
        newest = shared.answers.loader.articles(query, limit=1)
        modified = newest[0].changed_at if newest else None
        lists = Lists(settings=shared.settings, catalogue=shared.catalogue, key=asker_key(), modified=modified)
        return keep_ready(write(lists), CONTENT_TYPE)

    return respond(keep_page(("opml", key), make, for_s=KEPT_S))
