"""Keywords as found in, single keywords in their display form out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.folding import display_form, keyword_key

_SEPARATORS = re.compile(r"\s*[;；,，、،؛|｜]\s*")


def split_keywords(values: Iterable[str], separators: str | None = None) -> tuple[str, ...]:
    """Each keyword once, in order, in its display form.

    Several values are names already, which may hold a comma; a single value may hold a whole list. ``separators``
    (each character is one) replace the usual ones, and then cut every value.
    """
    values = [value for value in values if value]
    if separators:
        values = [part for value in values for part in re.split(f"[{re.escape(separators)}]", value)]
    elif len(values) == 1:
        values = _SEPARATORS.split(values[0])
    names: dict[str, str] = {}
    for value in values:
        name = display_form(value).strip(" #")
        if name:
            names.setdefault(keyword_key(name), name)
    return tuple(names.values())
