"""A request in, the key that it names out, if it is one of the operator's; headers of open answers to those of closed.

With ``Settings.keys`` whatever tells of articles is answered only to those who name a key: as ``?key=`` in the
address, which every feed reader can do; as the password of ``Authorization: Basic``, for which browsers ask by
themselves, or as ``Bearer``; or by the cookie that a page asked for with ``?key=`` sets, so that the links from page
to page need not carry it. The fast layer and Flask both ask here.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import quote, unquote_plus

from werkzeug.http import parse_cookie

PARAMETER = "key"
COOKIE = "polyfeed_key"
ASKED = "polyfeed.query"  # in Flask's environ: the query string with the key in it, which nothing else there sees
NAMED = "polyfeed.key"  # and the key that let this request in
_BASIC, _BEARER = "basic", "bearer"


class Keys:
    """The keys of a service; an instance without any is falsy: that service is open."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = [(key, key.encode("utf-8", "surrogatepass")) for key in keys]

    def __bool__(self) -> bool:
        """Whether a key is asked for at all."""
        return bool(self._keys)

    def named(self, environ: Mapping[str, Any]) -> str:
        """The key that opens the service to this request (WSGI's spelling); empty when it names none of them."""
        for candidate in _candidates(environ):
            given = candidate.encode("utf-8", "surrogatepass")
            found = ""
            for key, known in self._keys:  # all of them, each in constant time: how long it takes tells nothing
                if compare_digest(given, known):
                    found = key
            if found:
                return found
        return ""


def _candidates(environ: Mapping[str, Any]) -> Iterable[str]:
    yield from keys_in(environ.get("QUERY_STRING") or "")
    if authorization := environ.get("HTTP_AUTHORIZATION"):
        yield _from_authorization(authorization)
    if COOKIE in (cookies := environ.get("HTTP_COOKIE") or ""):
        yield parse_cookie(cookies).get(COOKIE, "")


def keys_in(query_string: str) -> list[str]:
    """What a query string names as keys, decoded."""
    if "=" not in query_string:
        return []
    return [unquote_plus(piece.partition("=")[2]) for piece in query_string.split("&") if _is_key(piece)]


def without_key(query_string: str) -> str:
    """A query string less the keys in it."""
    return "&".join(piece for piece in query_string.split("&") if not _is_key(piece))


def with_key(url: str, key: str) -> str:
    """An address that names a key; as it is without one."""
    if not key:
        return url
    address, hash_, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{PARAMETER}={quote(key, safe='')}{hash_}{fragment}"


def _is_key(piece: str) -> bool:
    name = piece.partition("=")[0]
    return name == PARAMETER or unquote_plus(name).strip().casefold() == PARAMETER


def _from_authorization(value: str) -> str:
    """The token of Bearer (RFC 6750), the password of Basic (RFC 7617), or its user where the password is empty."""
    scheme, _, given = value.strip().partition(" ")
    if scheme.casefold() == _BEARER:
        return given.strip()
    if scheme.casefold() != _BASIC:
        return ""
    try:
        user, _, password = b64decode(given.strip(), validate=True).decode().partition(":")
    except ValueError:  # no Base64, letters beside ASCII, or no UTF-8 behind it
        return ""
    return password or user


# --- answers for few ------------------------------------------------------------------------------------------------


def seal(headers: Iterable[tuple[str, str]], environ: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The headers of an answer that only those who named a key may see.

    No shared cache keeps it (RFC 9111, 5.2.2.7), no address of it goes on as a Referer, and where it leads elsewhere
    in this service the key that stands in the address asked for goes along.
    """
    sealed, caching = [], ""
    for name, value in headers:
        match name.lower():
            case "cache-control":
                caching = value
            case "referrer-policy":
                pass
            case "location" if value.startswith("/"):
                named = keys_in(environ.get("QUERY_STRING") or "") or keys_in(environ.get(ASKED) or "")
                sealed.append((name, with_key(value, named[0] if named else "")))
            case _:
                sealed.append((name, value))
    return (*sealed, ("Cache-Control", private(caching)), ("Referrer-Policy", "no-referrer"))


def private(caching: str) -> str:
    """A ``Cache-Control`` for one client's own cache only; of nothing said it makes asking again each time."""
    said = [each for part in caching.split(",") if (each := part.strip())]
    if "no-store" in said:
        return caching
    kept = [each for each in said if each not in {"public", "private"} and not each.startswith("s-maxage")]
    return ", ".join(["private", *(kept or ["no-cache"])])
