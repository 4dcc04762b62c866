"""A request's preconditions and an answer's validators in, what they come to out (RFC 9110, 13)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from werkzeug.http import parse_date

# RFC 9110, 8.8.3: the characters an opaque tag may have; a comma may be one of them
_TAG = re.compile(r'\s*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')


def holds_tag(header: str, etag: str) -> bool:
    """Whether a list of entity tags, or ``*``, holds ``etag`` (compared weakly, as If-None-Match is; 8.8.3.2)."""
    return header.strip() == "*" or etag in read_tags(header)


def holds_tag_strongly(header: str, etag: str) -> bool:
    """The same as If-Match compares: a weak tag matches nothing (8.8.3.2)."""
    return header.strip() == "*" or any(tag == etag for tag in _tags(header))


def read_tags(header: str) -> list[str]:
    """The opaque tags of a list, quotes kept, whether weak or strong."""
    return [tag.removeprefix("W/") for tag in _tags(header)]


def is_unmodified_since(date: str, last_modified: dt.datetime | None) -> bool | None:
    """Whether an answer is no newer than a date; None where the date is none, or the answer has none (13.1.3)."""
    try:
        since = parse_date(date)
    except OverflowError:  # a zone as far away as "+9999999999999"
        return None
    return None if since is None or last_modified is None else last_modified <= since


def _tags(header: str) -> Iterator[str]:
    position = 0
    while position < len(header):
        found = _TAG.match(header, position)
        if found is None:  # not a tag: go on behind the next comma, a broken neighbour costs nothing
            comma = header.find(",", position)
            if comma < 0:
                return
            position = comma + 1
            continue
        yield found[1]
        position = found.end()
