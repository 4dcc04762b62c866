"""An error in, words out: a page for people with a browser, plain text for everyone else."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from flask import Flask, Response, current_app, redirect, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as BaseResponse

from feeds.errors import RenderError, StoreError
from feeds.web.layout import PAGE_TYPE, SAFETY, page
from feeds.web.links import Chip, prefix, public_base
from feeds.web.locales import gettext
from feeds.web.ready import PAGE_CACHING
from feeds.web.searchbox import SearchBox

log = structlog.get_logger()

RETRY_AFTER_S = 5


def say(
    status: int,
    heading: str,
    paragraphs: Sequence[str],
    offers: Sequence[Chip] = (),
    *,
    shown: str = "",
    search: SearchBox | None = None,
) -> Response:
    """An answer in words, as a page when the client asks for HTML by name.

    ``shown`` is what it is about, line by line as it stands, in signs of one width; ``search`` a form to ask again.
    """
    if _is_browser():
        body = page(
            "message.html", heading=heading, paragraphs=paragraphs, offers=offers, shown=shown, search=search
        ).plain
        answer = Response(body, status=status, headers=[("Content-Type", PAGE_TYPE), *SAFETY])
    else:
        host = public_base().removesuffix(prefix())  # links have the prefix already
        lines = [
            f"{heading}.",
            *shown.splitlines(),
            *paragraphs,
            *(f"  {offer.label}  {host}{offer.href}" for offer in offers),
        ]
        answer = Response("\n".join(lines) + "\n", status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store" if status >= 500 else "public, max-age=10"  # noqa: PLR2004
    answer.headers["Vary"] = "Accept, Accept-Language"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _is_browser() -> bool:
    return any(name == "text/html" and quality > 0 for name, quality in request.accept_mimetypes)


def speak_of_errors(app: Flask) -> None:
    """Gives the app its words."""
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(MethodNotAllowed, _method_not_allowed)
    app.register_error_handler(HTTPException, _other)
    app.register_error_handler(InternalServerError, _bug)
    app.register_error_handler(StoreError, _store_down)
    app.register_error_handler(RenderError, _not_rendered)


def _not_found(_error: NotFound) -> BaseResponse:
    if (page_itself := _without_slash()) is not None:
        moved = redirect(page_itself, 301)
        moved.headers["Cache-Control"] = PAGE_CACHING
        return moved
    return say(404, gettext("There is no such page"), [gettext("Feeds have addresses like /feeds/en.atom.")])


def _without_slash() -> str | None:
    """The page that is meant by an address with a slash behind it, such as ``/sources/``; None when there is none."""
    path = "/" + request.path.strip("/")  # one slash in front: two would name a host
    adapter = current_app.create_url_adapter(request)
    if adapter is None or request.routing_exception is None or not request.path.endswith("/"):
        return None
    try:
        adapter.match(path, request.method)
    except HTTPException:
        return None
    query = request.query_string.decode("latin-1")
    return f"{prefix()}{path}{'?' + query if query else ''}"


def _method_not_allowed(error: MethodNotAllowed) -> Response:
    allowed = ", ".join(sorted(error.valid_methods or ()))
    words = gettext("This address can only be read: %(methods)s.", methods=allowed)
    answer = say(405, gettext("That cannot be done here"), [words])
    answer.headers["Allow"] = allowed
    return answer


def _other(error: HTTPException) -> Response:
    return say(error.code or 500, error.name, [error.description or ""])


def _bug(_error: InternalServerError) -> Response:  # Flask has logged it, with its traceback
    words = gettext("This is our mistake, not yours. It has been noted; please try again later.")
    return say(500, gettext("Something went wrong"), [words])


def _not_rendered(error: RenderError) -> Response:
    log.error("a feed could not be made", path=request.path, reason=str(error))
    return _bug(InternalServerError())


def _store_down(error: StoreError) -> Response:
    log.error("the store does not answer", path=request.path, reason=str(error))
    words = gettext("The store does not answer at the moment. Try again in a few seconds.")
    answer = say(503, gettext("Not available just now"), [words])
    answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer
