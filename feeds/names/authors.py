"""Authors as found in, single names of people and agencies out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.folding import display_form

_BY = re.compile(
    r"^(?:by|von|par|por|di|door|av|af|text|autor|author|作者|記者|记者)(?:\s*[:：]\s*|\s+)", re.IGNORECASE
)
_BETWEEN = re.compile(
    r"\s*(?:[;；、|/]|,(?!\s*(?:Jr|Sr|M\.?D|Ph\.?D|III?)\b)|，|\s(?:and|und|et|y|e|en|og|och|i|a|ja|und|ve|и|та)\s|\s&\s)\s*"
)


def split_authors(values: Iterable[str]) -> tuple[str, ...]:
    """Each author once, in order: bylines cut into names, words such as "By" taken off."""
    names: dict[str, str] = {}
    for value in values:
        for part in _BETWEEN.split(_BY.sub("", display_form(value))):
            name = part.strip(" .,;:-–|")
            if name and not re.match(r"https?://|@", name):
                names.setdefault(name.casefold(), name)
    return tuple(names.values())
