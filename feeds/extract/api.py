"""An API's JSON answer in, its articles and the address of its next page out.

    bytes ─► JSON ─┬─► feed.read_feed, when it is a JSON Feed
                   └─► the list of items ─► api_names (fields by name, or by JMESPath) ─► api_values ─► Items

What ``Source.api`` names by JMESPath is looked up there; else the list is found by its shape, and each field by the
names that APIs usually give it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import jmespath
from jmespath.exceptions import JMESPathError

from feeds.errors import ExtractError, NothingFound
from feeds.extract.api_names import NEXT, find_named, insides, looks_like_article
from feeds.extract.api_values import (
    read_address,
    read_date,
    read_markup,
    read_names,
    read_text,
    read_title,
)
from feeds.extract.encoding import decode
from feeds.extract.feed import read_feed
from feeds.extract.feed_entry import keyword_terms
from feeds.model import Document, Item, Section, Source

_DEEPEST = 6
_MOST_ITEMS = 5_000
_WRAPPED = re.compile(r"^(?:\)\]\}'?,?\s*|(?:/\*\*/)?\s*[\w.$]{1,100}\s*\((?=[\[{]))")
_UNIQUE = re.compile(r"://|^urn:|^tag:|[0-9a-f]{8}-?[0-9a-f]{4}|[0-9A-Za-z_-]{20,}", re.IGNORECASE)
_LINK_NEXT = re.compile(r"<([^<>]{1,2000})>\s*;[^,<]*\brel\s*=\s*\"?[^\",;]*\bnext\b", re.IGNORECASE)
_PAGE_PARAMETER = re.compile(r"(?<=[?&])((?:page|paged|pg|p|pagenumber|page_number)=)\d{1,6}(?=&|\Z)", re.IGNORECASE)
_SHOWN_KEYS = 12
# where an error stands in an answer (RFC 9457 calls it detail)
_COMPLAINTS = ("message", "error_description", "detail", "error", "errors", "fault")
_LONGEST_COMPLAINT = 200


class Expression(Protocol):
    """A JMESPath expression that was read."""

    def search(self, value: Any) -> Any:
        """What it finds in ``value``; None for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage:
    """One answer: its articles in its order, and where it goes on; None at the end."""

    items: tuple[Item, ...]
    next_url: str | None = None


@lru_cache(maxsize=512)
def compile_field(text: str) -> Expression:
    """A JMESPath expression (jmespath.org), compiled once.

    Raises:
        ExtractError: it cannot be read; the text says where.
    """
    try:
        expression: Expression = jmespath.compile(text)
    except (JMESPathError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise ExtractError(f"no JMESPath expression: {text!r}: {said}") from error
    return expression


def read_api(document: Document, *, source: Source, section: Section) -> ApiPage:
    """The articles of an API's answer, and the address of the next page where it names one.

    Relative addresses are relative to the answer's own. A guid counts where ``source.api`` names it, or where it can
    only be one: small numbers count anew in the next list. Dates given as seconds or milliseconds since 1970 become
    ISO 8601 in UTC.

    Raises:
        NothingFound: a list without items.
        ExtractError: no JSON, or JSON of another shape; the text says which keys there were.
    """
    try:
        answer = _read_json(document)
        if isinstance(answer, dict) and "jsonfeed.org" in str(answer.get("version")):
            items = tuple(read_feed(document, source=source, section=section))
        else:
            items = _read_items(answer, document, source, section)
        return ApiPage(items=items, next_url=_next(answer, document, source))
    except NothingFound as error:
        raise NothingFound(error.reason, source_id=source.id, url=document.url) from error
    except ExtractError as error:
        raise ExtractError(error.reason, source_id=source.id, url=document.url) from error


# --- the answer ---------------------------------------------------------------------------------------------------


def _read_json(document: Document) -> Any:
    text = decode(document.body, content_type=document.content_type).text.strip()
    if not text:
        raise ExtractError("the answer is empty")
    if text.startswith("<"):
        raise ExtractError("not JSON: this is a page or XML; the address may want an Accept header or a key")
    wrapped = _WRAPPED.match(text)
    if wrapped:
        text = text[wrapped.end() :].rstrip(" ;)") if "(" in wrapped[0] else text[wrapped.end() :]
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = _read_lines(text)
        if lines:
            return lines
        raise ExtractError(f"not JSON: {error}") from error


def _read_lines(text: str) -> list[Any]:
    """JSON Lines: one item a line; none when any line is something else."""
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return [json.loads(line) for line in lines] if len(lines) > 1 and lines[0].startswith("{") else []
    except (ValueError, RecursionError):
        return []


def _search(text: str, value: Any) -> Any:
    try:
        return compile_field(text).search(value)
    except (JMESPathError, RecursionError, ValueError, TypeError, AttributeError) as error:
        raise ExtractError(f"the JMESPath expression {text!r} does not fit the answer: {error}") from error


def _list_of(answer: Any, source: Source) -> list[Any]:
    if source.api.items:
        found = _search(source.api.items, answer)
        if isinstance(found, dict):
            found = list(found.values())
        if not isinstance(found, list):
            raise ExtractError(f"api.items ({source.api.items}) names no list; {_shape(answer)}")
        return found
    best: tuple[float, list[Any]] = (0.0, [])
    is_empty = False
    for depth, candidate in _lists(answer, 0):
        is_empty = is_empty or not candidate
        fitting = sum(looks_like_article(one) for one in candidate[:100])
        if fitting and fitting - depth / 10 > best[0]:  # of two as good, the one nearer to the top
            best = (fitting - depth / 10, candidate)
    if not best[1] and not is_empty:
        said = _complaint(answer)
        what = f"no list of articles in the answer{f', which says “{said}”' if said else ''}"
        raise ExtractError(f"{what}; {_shape(answer)}; name it in api.items")
    return best[1]


def _lists(value: Any, depth: int) -> Iterator[tuple[int, list[Any]]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        if not value or any(isinstance(one, dict) for one in value[:10]):
            yield depth, value
        inside = value[:20] if depth else []
    else:
        inside = list(value.values())[:100] if isinstance(value, dict) else []
    if isinstance(value, dict) and len(value) > 1 and all(looks_like_article(one) for one in inside):
        yield depth, inside  # articles by their ids
    for one in inside:
        yield from _lists(one, depth + 1)


def _shape(value: Any) -> str:
    """What there is instead, in words."""
    if isinstance(value, dict):
        keys = [str(key)[:40] for key in list(value)[:_SHOWN_KEYS]]
        return f"its keys: {', '.join(keys)}{', …' if len(value) > _SHOWN_KEYS else ''}" if keys else "it has no keys"
    if isinstance(value, list):
        first = next((one for one in value if isinstance(one, dict)), None)
        return f"it is a list of {len(value)}" + (f" with {_shape(first)}" if first else "")
    return f"it is {json.dumps(value, ensure_ascii=False)[:60]}"


def _complaint(answer: Any) -> str:
    """What an answer without articles says of itself; APIs tell of a missing key or a limit under 200 as well."""
    if not isinstance(answer, dict):
        return ""
    found = [answer.get(name) for name in _COMPLAINTS]
    inner = [one.get("message") for one in found if isinstance(one, dict)]
    said = next((text for text in (*found, *inner) if isinstance(text, str) and text.strip()), "")
    return " ".join(said.split())[:_LONGEST_COMPLAINT]


# --- its items ----------------------------------------------------------------------------------------------------


def _read_items(answer: Any, document: Document, source: Source, section: Section) -> tuple[Item, ...]:
    found = _list_of(answer, source)
    if not found:
        said = _complaint(answer)
        raise NothingFound("the list of articles is empty" + (f"; the answer says: {said}" if said else ""))
    items = (_read_item(one, document.url, source, section) for one in found[:_MOST_ITEMS] if isinstance(one, dict))
    kept = tuple(item for item in items if item is not None)
    if not kept:
        raise ExtractError(f"none of {len(found)} items has an address; {_shape(found[0])}; name it in api.url")
    return kept


def _read_item(raw: Mapping[str, Any], base: str, source: Source, section: Section) -> Item | None:
    places = insides(raw)
    tongue = source.language

    def value(name: str) -> Any:
        expression = getattr(source.api, name)
        return _search(expression, raw) if expression else find_named(places, name)

    url = read_address(value("url"), base)
    if url is None:
        return None
    guid = read_text(value("guid"), tongue)
    fields = {
        "url": url,
        "guid": guid if guid and (source.api.guid or _UNIQUE.search(guid)) else None,
        "title": read_title(value("title"), tongue),
        "authors": read_names(value("authors"), tongue),
        "published": read_date(value("published")),
        "updated": read_date(value("updated")),
        "keywords": keyword_terms(read_names(value("keywords"), tongue), is_html=True),
        "language": read_text(value("language"), None),
        "summary": read_title(value("summary"), tongue),
        "content_html": read_markup(value("content_html"), tongue),
        "image": read_address(value("image"), base),
    }
    given = {name: one for name, one in fields.items() if one not in (None, (), "")}
    where = section.slug or next(iter(read_names(value("section"), tongue)), None)
    return Item(**given, section=where, provenance=dict.fromkeys(given, "api"))  # type: ignore[arg-type]  # each value is of its own field's type


# --- its next page ------------------------------------------------------------------------------------------------


def _next(answer: Any, document: Document, source: Source) -> str | None:
    if source.api.next:
        found = _search(source.api.next, answer)
    else:
        found = find_named(insides(answer, NEXT), "next") if isinstance(answer, dict) else None
        in_header = _LINK_NEXT.search(document.link or "")
        found = found or (in_header[1] if in_header else None)
    text = str(found) if isinstance(found, int) and not isinstance(found, bool) else found
    if isinstance(text, str) and text.isdigit():  # the number of the next page
        turned = _PAGE_PARAMETER.sub(rf"\g<1>{text}", document.url)
        return turned if turned != document.url else None
    address = read_address(text, document.url)
    return address if address != document.url else None
