"""Whether a body that nothing but the end of its connection ended came whole: its own last words have to tell.

Such an answer names no length (RFC 9112, 6.3), and a server that dies in its middle ends it just so.
"""

from __future__ import annotations

import json
import re

_HEAD_BYTES = 64 * 1024
_TAIL_BYTES = 4 * 1024  # what caches and counters write behind the end of a page
_ALIKE = 0.02
_MARK = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n"
_FIRST_ELEMENT = re.compile(rb"<!--.*?-->|<([A-Za-z][\w:.-]*)", re.DOTALL)


def has_end(body: bytes) -> bool:
    """Whether a page, feed or JSON text is closed as it was opened; True of what cannot be told."""
    head = body[:_HEAD_BYTES].removeprefix(_MARK).lstrip(_BLANKS)
    if head[:1] in (b"{", b"["):
        return _is_json(body)
    if not head.startswith(b"<"):
        return True
    first = next((found[1] for found in _FIRST_ELEMENT.finditer(head) if found[1]), None)
    return first is None or b"</" + first.lower() in body[-_TAIL_BYTES:].lower()


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body.removeprefix(_MARK))
    except ValueError:
        return False
    return True


def are_alike(one: bytes, other: bytes) -> bool:
    """Whether two readings are as long as each other: some pages never have an end, none is cut there twice."""
    return abs(len(one) - len(other)) <= _ALIKE * max(len(one), len(other))
