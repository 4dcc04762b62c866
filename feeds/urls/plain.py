"""An address of an article in, the plainest address of it out: what its AMP, mobile and other forms have in common.

For comparing only, beside the identity and never in its place: nothing need answer there, and ids are not made of it.
What is left out, and why it never tells two articles apart:

- ``www.``, and a host's label for phones or AMP (``m.``, ``mobile.``, ``wap.``, ``touch.``, ``amp.``), where a whole
  domain remains: publishers serve one newsroom's articles there under one path;
- the form asked for: ``/amp/`` at either end of the path, ``.amp.html``, ``?amp=1``, ``?outputType=amp``;
- an AMP cache around it (``/c/s/`` and the address itself, on the caches' own hosts);
- a channel that is named as such (``?ref=rss``); what it might name else stays (``?ref=17``);
- ``index.html`` and the slash at the end of the path; the order of parameters.

Parameters that may hold an id stay, and so do the letters' case and every other step of the path. Where the path and
query are too short to name an article (``/news/``, ``/?p=3``) only ``www.`` is left out: ``m.example.org/`` is a front.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from feeds.urls.parameters import is_presentation
from feeds.urls.parts import Parts, clean_parts, https_parts, registered_domain, take_apart

_DEVICES = frozenset({"m", "mobile", "mobil", "wap", "touch", "amp"})
# /c/s/host/path for documents behind TLS, /v/ for those in a viewer
_CACHED = re.compile(r"/(?:[cv]|wp)/(?:s/)?(?=[^/]*\.[^/]+/)|/amp/(?:s/)?(?=[^/]*\.[^/]+/)")
_CACHES = ("cdn.ampproject.org", "bing-amp.com")
_VIEWER = re.compile(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}")
_AMP_END = re.compile(r"/amp(?:\.html?)?\Z|\.amp(?=(?:\.html?)?\Z)|(?<=\.)amp(?=html?\Z)")
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|php|aspx?|jsp)\Z", re.IGNORECASE)
# a number, a slug of several words, some signs of another script, or one long word: what names an article, no section
_TELLING = re.compile(r"\d{3}|[-_][^/]*[-_]|[^\x00-\x7f]{6}|[^/.?=&]{16}")


def plain_identity(url: str) -> str:
    """The identity of the plainest form of this address; that of ``identity_of`` where it is plain already.

    Raises:
        ValueError: no http or https address; the text says why.
    """
    parts = _uncached(https_parts(clean_parts(take_apart(url))))
    if _is_telling(f"{parts.path}?{parts.query}"):
        parts = replace(parts, host=_desktop(parts.host), path=_path(parts.path), query=_query(parts.query))
    while parts.host.startswith("www.") and _is_whole(parts.host.removeprefix("www."), parts.host):
        parts = replace(parts, host=parts.host.removeprefix("www."))
    return parts.join()


def _is_telling(address: str) -> bool:
    return _TELLING.search(unquote(address)) is not None


def _uncached(parts: Parts) -> Parts:
    """What an AMP cache holds, by the address in its own path; one cache may hold another's."""
    while parts.host.endswith(_CACHES) or _VIEWER.fullmatch(parts.host):
        found = _CACHED.match(parts.path)
        if not found:
            break
        query = f"?{parts.query}" if parts.query else ""
        try:
            parts = https_parts(clean_parts(take_apart(f"https://{parts.path[found.end() :]}{query}")))
        except ValueError:
            break
    return parts


def _desktop(host: str) -> str:
    """Without labels for phones, also in the midst: de.m.example.org."""
    labels = host.split(".")
    kept = ".".join(label for label in labels if label not in _DEVICES)
    return kept if len(kept) < len(host) and _is_whole(kept, host) else host


def _is_whole(kept: str, host: str) -> bool:
    """Whether what is kept is of the domain that ``host`` is of: nothing of the domain itself was left out."""
    domain = registered_domain(f"https://{host}/")
    return kept == domain or kept.endswith(f".{domain}")


def _path(path: str) -> str:
    plain, before = path, ""
    while plain != before:
        before = plain
        plain = _AMP_END.sub("", _INDEX.sub("", plain).rstrip("/"))
        if plain.startswith("/amp/"):
            plain = plain.removeprefix("/amp")
    return plain if _is_telling(plain) else path


def _query(query: str) -> str:
    return "&".join(sorted(field for field in query.split("&") if field and not is_presentation(field)))
