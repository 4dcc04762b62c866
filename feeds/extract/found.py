"""What a reader of one field hands on: the value as found, and where it was found."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urljoin

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """A field's value; ``where`` is its provenance, such as ``json-ld``, ``meta:og:title``, ``label:Quelle``."""

    value: T
    where: str


def clean(text: str | None) -> str:
    """Text on one line: entities that were escaped twice resolved, white space single, ends trimmed."""
    if not text:
        return ""
    if "&" in text:
        text = html.unescape(text)
    return " ".join(text.split())


def absolute(base: str, address: str) -> str:
    """The address made absolute; empty when it is none that can be read ("http://[")."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""
