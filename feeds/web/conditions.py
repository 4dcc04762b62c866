"""A request's preconditions and an answer's validators in, "not modified" or not out (RFC 9110, 13)."""

from __future__ import annotations

import datetime as dt
import re

from werkzeug.http import parse_date

# RFC 9110, 8.8.3: the characters an opaque tag may have; a comma may be one of them
_TAG = re.compile(r'\s*(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')


def is_not_modified(
    etag: str, last_modified: dt.datetime | None, *, if_none_match: str | None, if_modified_since: str | None
) -> bool:
    """Whether the client already holds this answer.

    ``If-None-Match`` decides alone where it is sent; the date is only looked at without it (13.2.2). A date that
    is no HTTP date is as if it were not sent (13.1.3).
    """
    if if_none_match is not None:
        return if_none_match == etag or holds_tag(if_none_match, etag)
    if if_modified_since is None or last_modified is None:
        return False
    since = parse_date(if_modified_since)
    return since is not None and last_modified <= since


def holds_tag(header: str, etag: str) -> bool:
    """Whether a list of entity tags, or ``*``, holds ``etag`` (strong or weak: compared weakly, 8.8.3.2)."""
    if header.strip() == "*":
        return True
    opaque = etag.removeprefix("W/")
    position = 0
    while position < len(header):
        found = _TAG.match(header, position)
        if found is None:  # not a tag: go on behind the next comma, a broken neighbour costs nothing
            comma = header.find(",", position)
            if comma < 0:
                return False
            position = comma + 1
            continue
        if found[1] == opaque:
            return True
        position = found.end()
    return False
