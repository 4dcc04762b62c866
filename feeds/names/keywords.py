"""Keywords as found in, single keywords in their display form out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from feeds.folding import display_form, keyword_key

_LONGEST_LIST, _MOST_VALUES = 20_000, 1000  # characters and values looked at: a bound for hostile input
_SEPARATORS = re.compile(r"\s*[;；,，、،؛|｜]\s*")
_HASHED = re.compile(r"(?:^|\s)[#＃](?=\w)")
# scripts that write no spaces inside a name; Japanese names of people have one, so two parts prove nothing
_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_ENOUGH_PARTS, _LONGEST_PART = 3, 16
# a value among several that holds so many separators is a list, not a name with a comma
_ENOUGH_COMMAS = 3


def split_keywords(values: Iterable[str], separators: str | None = None) -> tuple[str, ...]:
    """Each keyword once, in order, in its display form.

    Several values are names already, which may hold a comma; a single value may hold a whole list. ``separators``
    (each character is one) replace the usual ones, and then cut every value.
    """
    # single spaces: a run of them would cost the separators' search the square of its length
    values = [" ".join(value[:_LONGEST_LIST].split()) for value in islice(values, _MOST_VALUES) if value]
    if separators:
        values = [part for value in values for part in re.split(f"[{re.escape(separators)}]", value)]
    elif len(values) == 1:
        values = _split_one(values[0])
    else:
        values = [
            part
            for value in values
            for part in (_split_one(value) if len(_SEPARATORS.findall(value)) >= _ENOUGH_COMMAS else [value])
        ]
    names: dict[str, str] = {}
    for value in values:
        name = display_form(value).strip(" #")
        if name:
            names.setdefault(keyword_key(name), name)
    return tuple(names.values())


def _split_one(text: str) -> list[str]:
    """One string's keywords; without any separator, hashes part them, or spaces in scripts that write none in words."""
    parts = _SEPARATORS.split(text)
    if len(parts) == 1:
        if len(_HASHED.findall(text)) > 1:
            return re.split(r"\s*[#＃]", text)
        return text.split() if is_spaced_list(text) else parts
    if len(parts) > 1 and re.match(r"(?:&|and|und|et|y)\s", parts[-1]):
        return [text]  # "Business, Finance, & Economics" is one name
    return parts


def is_spaced_list(text: str, *, least: int = _ENOUGH_PARTS) -> bool:
    """Whether spaces part a list: short parts, at least ``least``, most of them in a script that needs no spaces."""
    parts = text.split()
    spaceless = sum(1 for part in parts if _SPACELESS.search(part))
    return len(parts) >= least and 2 * spaceless > len(parts) and max(map(len, parts)) <= _LONGEST_PART
