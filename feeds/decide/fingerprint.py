"""What reading a source depends on in, a short text out that changes when it does.

Pure: no input or output, no clock.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from typing import Any

from feeds.model import Source


def read_as(source: Source) -> str:
    """Stands for the configuration by which a source's pages are read: recipe, fields of its API, zone, language.

    Only what is set counts, so that a key which a later version knows changes nothing. Ask with the source in force
    (``validity.in_force``): a recipe past its day is no part of it.
    """
    said = [*_set(source.recipe, "recipe"), *_set(source.api, "api"), f"zone={source.zone}", f"lang={source.language}"]
    return hashlib.blake2b("\x1f".join(said).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _set(part: Any, name: str) -> Iterator[str]:
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        # until when a recipe holds says nothing of how it reads
        if value != field.default and field.name != "valid_until":
            yield f"{name}.{field.name}={value!r}"
