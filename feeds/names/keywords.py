"""Keywords as found in, single keywords in their display form out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.folding import display_form, keyword_key

_SEPARATORS = re.compile(r"\s*[;；,，、،؛|｜]\s*")
_CJK_LIST = re.compile(r"^[^\s\w]*[\u3040-\u30ff\u3400-\u9fff]+(?:\s+[\w\u3040-\u30ff\u3400-\u9fff]+){2,}$")


def split_keywords(values: Iterable[str], separators: str | None = None) -> tuple[str, ...]:
    """Each keyword once, in order, in its display form.

    Several values are names already, which may hold a comma; a single value may hold a whole list. ``separators``
    (each character is one) replace the usual ones, and then cut every value.
    """
    values = [value for value in values if value]
    if separators:
        values = [part for value in values for part in re.split(f"[{re.escape(separators)}]", value)]
    elif len(values) == 1:
        values = _split_one(values[0])
    names: dict[str, str] = {}
    for value in values:
        name = display_form(value).strip(" #")
        if name:
            names.setdefault(keyword_key(name), name)
    return tuple(names.values())


def _split_one(text: str) -> list[str]:
    """One string's keywords; without any separator, spaces part those of scripts that write none inside words."""
    parts = _SEPARATORS.split(text)
    if len(parts) == 1 and _CJK_LIST.match(text.strip()):
        return text.split()
    if len(parts) > 1 and re.match(r"(?:&|and|und|et|y)\s", parts[-1]):
        return [text]  # "Business, Finance, & Economics" is one name
    return parts
