"""The room of the API: ``/api/…`` as JSON for programs, ``/api`` as a page, ``/api/openapi.json`` as a description."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from feeds.errors import StoreError
from feeds.web.apianswers import (
    article_out,
    articles_page,
    feed_list,
    keyword_list,
    language_list,
    source_names,
    source_page,
)
from feeds.web.apidescription import (
    ARTICLE_OPERATION,
    ARTICLES_OPERATION,
    FEEDS_OPERATION,
    KEYWORDS_OPERATION,
    LANGUAGES_OPERATION,
    PROBLEM_TYPE,
    SOURCES_OPERATION,
    Operation,
    describe,
    field_words,
    type_words,
)
from feeds.web.apiparameters import MOST_KEYWORDS, Content, Given, ParameterError, read_asked
from feeds.web.apishapes import Problem
from feeds.web.errors import RETRY_AFTER_S
from feeds.web.layout import page
from feeds.web.links import page_href, public_base
from feeds.web.origins import open_to_all_origins
from feeds.web.ready import FEED_CACHING, Ready, keep_ready
from feeds.web.services import keep_page, respond, services

room = Blueprint("api", __name__)
open_to_all_origins(room)
log = structlog.get_logger()

JSON_TYPE = "application/json"
KEPT_S = 2.0
_METHODS = "GET, HEAD, OPTIONS"


@room.get("/api/articles")
def articles() -> Response:
    """Articles that answer a question, from the newest on or after a change number."""
    given = _given(ARTICLES_OPERATION)
    asked = read_asked(given)
    if asked.since is not None:
        _check_since(asked.since)
    meant = services().catalogue.meant_by(asked.query)
    return _answer(ARTICLES_OPERATION, (asked, tuple(given.pairs), meant), lambda: articles_page(asked, given.pairs))


def _check_since(since: int) -> None:
    """A number that the store has not come to is of another store: whoever waits for it would wait for long."""
    if since > services().answers.change_seq() and since > services().store.change_seq():
        raise ParameterError("since", "there is no such change yet; if the store was made anew, begin with 0 again")


@room.get("/api/articles/<article_id>")
def article(article_id: str) -> Response:
    """One article by its id."""
    content = Content(_given(ARTICLE_OPERATION).choice("content"))

    def make() -> object:
        stored = services().store.load([article_id]).get(article_id)
        if stored is None:
            raise _UnknownArticleError
        return article_out(stored, content, source_names([stored.article.source_id]))

    return _answer(ARTICLE_OPERATION, (article_id, content), make)


@room.get("/api/keywords")
def keywords() -> Response:
    """The most used keywords."""
    given = _given(KEYWORDS_OPERATION)
    language, limit = given.language(), given.limit()
    return _answer(KEYWORDS_OPERATION, (language, limit), lambda: keyword_list(language, limit, MOST_KEYWORDS))


@room.get("/api/languages")
def languages() -> Response:
    """Every language."""
    _given(LANGUAGES_OPERATION)
    return _answer(LANGUAGES_OPERATION, (), language_list)


@room.get("/api/sources")
def sources() -> Response:
    """Sources by id."""
    given = _given(SOURCES_OPERATION)
    after, limit = given.text("after") or "", given.limit()
    return _answer(SOURCES_OPERATION, (after, limit), lambda: source_page(after, limit))


@room.get("/api/feeds")
def feeds() -> Response:
    """Feeds that are offered."""
    _given(FEEDS_OPERATION)
    named = tuple(services().named.all().values())
    return _answer(FEEDS_OPERATION, named, feed_list)


def _given(operation: Operation) -> Given:
    return Given(request.query_string.decode("utf-8", "replace"), operation.parameters)


def _answer(operation: Operation, key: Hashable, make: Callable[[], object]) -> Response:
    """The answer as JSON, made anew when something has changed in the store; ``key`` is all that it hangs on."""

    def made() -> Ready:
        value = make()
        following = getattr(value, "next", None) if getattr(value, "more", True) else None
        link = f'<{public_base()}/api/openapi.json>; rel="service-desc"'
        if following:
            link += f', <{following}>; rel="next"'
        return keep_ready(msgspec.json.encode(value), JSON_TYPE, caching=FEED_CACHING, extra=(("Link", link),))

    return respond(keep_page(("api", operation.name, key, public_base()), made, for_s=KEPT_S))


# --- what the API is ------------------------------------------------------------------------------------------------


@room.get("/api/openapi.json")
def openapi() -> Response:
    """The description, for programs."""

    def made() -> Ready:
        body = msgspec.json.encode(_described())
        return keep_ready(msgspec.json.format(body, indent=1), JSON_TYPE)

    return respond(keep_page(("api", "openapi", public_base()), made, for_s=float("inf")))


@room.get("/api")
def api() -> Response:
    """The description, for people."""
    shown = page(
        "api.html",
        here="api",
        described=_described(),
        base=public_base(),
        type_words=type_words,
        field_words=field_words,
    )
    return respond(shown)


def _described() -> dict[str, Any]:
    settings = services().settings
    return describe(settings.title, public_base(), is_closed=bool(settings.keys))


@room.get("/api/")
def api_itself() -> BaseResponse:
    """The page has no slash behind it."""
    return redirect(page_href("/api"), 301)


# --- when there is no answer ----------------------------------------------------------------------------------------


@room.route("/api/<path:_path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing(_path: str) -> Response:
    """Whatever else is asked for below ``/api``."""
    if request.method not in {"GET", "HEAD"}:
        answer = _problem(HTTPStatus.METHOD_NOT_ALLOWED, f"The API can only be read: {_METHODS}.")
        answer.headers["Allow"] = _METHODS
        return answer
    return _problem(HTTPStatus.NOT_FOUND, f"There is nothing here; {public_base()}/api says what there is.")


def _problem(status: HTTPStatus, detail: str, *, parameter: str | None = None, position: int | None = None) -> Response:
    problem = Problem(
        type="about:blank",
        title=status.phrase,
        status=status.value,
        detail=detail,
        parameter=parameter,
        position=position,
    )
    answer = Response(msgspec.json.encode(problem), status=status.value, content_type=PROBLEM_TYPE)
    answer.headers["Cache-Control"] = "no-store" if status is HTTPStatus.SERVICE_UNAVAILABLE else "public, max-age=10"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


class _UnknownArticleError(LookupError):
    """No article has this id."""


@room.errorhandler(_UnknownArticleError)
def _no_article(_error: _UnknownArticleError) -> Response:
    return _problem(HTTPStatus.NOT_FOUND, "There is no article with this id.")


@room.errorhandler(ParameterError)
def _mistaken(error: ParameterError) -> Response:
    return _problem(HTTPStatus.BAD_REQUEST, str(error), parameter=error.name, position=error.position)


@room.errorhandler(StoreError)
def _store_down(error: StoreError) -> Response:
    log.error("the store does not answer", path=request.path, reason=str(error))
    answer = _problem(HTTPStatus.SERVICE_UNAVAILABLE, "The store does not answer at the moment. Try again shortly.")
    answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer
