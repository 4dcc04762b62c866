"""A template and its values in, a ready page out: the frame, the assets, and what every page carries."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from feeds.web.links import page_href, prefix, tongues
from feeds.web.locales import page_language
from feeds.web.ready import PAGE_CACHING, Ready, keep_ready
from feeds.web.services import respond, services

room = Blueprint("assets", __name__)

PAGE_TYPE = "text/html; charset=utf-8"
# nothing but our own style and script; pictures and sound from wherever the publishers keep them
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https: http:; media-src https: http:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SAFETY = (
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)
FOLDER = Path(__file__).parent / "static"
_TYPES = MappingProxyType(
    {
        "style.css": "text/css; charset=utf-8",
        "copy.js": "text/javascript; charset=utf-8",
        "favicon.svg": "image/svg+xml",
    }
)
_FOR_EVER = "public, max-age=31536000, immutable"  # another content has another address
_FOR_A_DAY = "public, max-age=86400"


def page(template: str, *, caching: str = PAGE_CACHING, links: str = "", **values: object) -> Ready:
    """Renders a page in the visitor's language; ``links`` is its Link header."""
    language, settings = page_language(), services().settings
    text = render_template(
        template,
        **{"discovery": (), "here": None, **values},
        ui=language,
        site_title=settings.title,
        prefix=prefix(),
        page=page_href,
        asset=asset_href,
        tongues=tongues(),
    )
    return keep_ready(
        text.encode("utf-8", "replace"),
        PAGE_TYPE,
        # behind keys: a browser asks each time, since what is on the page hangs on who asks
        caching="no-cache" if settings.keys else caching,
        vary="Accept-Language, Accept-Encoding",
        extra=(("Content-Language", language), *([("Link", links)] if links else ()), *SAFETY),
    )


def asset_href(name: str) -> str:
    """The address of a file of ours, with what stands for its content."""
    return f"{prefix()}/static/{name}?v={_asset(name, _FOR_EVER).digest}"


@cache
def _asset(name: str, caching: str) -> Ready:
    return keep_ready((FOLDER / name).read_bytes(), _TYPES[name], caching=caching)


@room.get("/static/<name>")
def static_file(name: str) -> Response:
    """Style, script and sign."""
    if name not in _TYPES:
        abort(404)
    current = request.args.get("v") == _asset(name, _FOR_EVER).digest
    return respond(_asset(name, _FOR_EVER if current else _FOR_A_DAY))


@room.get("/favicon.svg")
def favicon() -> Response:
    """The sign of the service."""
    return respond(_asset("favicon.svg", _FOR_A_DAY))


@room.get("/favicon.ico")
def old_favicon() -> BaseResponse:
    """Where browsers look without being told."""
    return redirect(f"{prefix()}/favicon.svg", 301)
