"""The room of subscription lists: ``/feeds.opml`` and ``/feeds/{language}.opml``."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response as BaseResponse

from feeds.folding import language_case
from feeds.web.addresses import Missing
from feeds.web.feeds import refuse
from feeds.web.links import prefix
from feeds.web.ready import Ready, keep_ready
from feeds.web.services import keep_page, respond, services
from feeds.web.subscriptions import write_opml

room = Blueprint("opml", __name__)

KEPT_S = 10.0
CONTENT_TYPE = "text/x-opml; charset=utf-8"


@room.get("/feeds.opml")
def every_feed() -> BaseResponse:
    """Every feed that has articles, nested by language."""
    return _answer(None)


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
    return _answer(tag)


def _answer(language: str | None) -> BaseResponse:
    shared = services()
    named = tuple(shared.named.all().values())

    def make() -> Ready:
        return keep_ready(write_opml(shared.settings, shared.catalogue, language, named=named), CONTENT_TYPE)

    return respond(keep_page(("opml", language, named), make, for_s=KEPT_S))
