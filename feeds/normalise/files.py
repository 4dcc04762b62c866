"""The files that were found with an article in, each of them once out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from feeds.model import Enclosure
from feeds.urls import identity_of, is_http_url

MOST = 20


def one_file_each(found: Iterable[Enclosure]) -> tuple[Enclosure, ...]:
    """Each file once, where it was first named, with what any mention says of it; the first 20.

    http and https, and an address with and without what only serves statistics, are one file.
    """
    files: dict[str, Enclosure] = {}
    for one in found:
        if not is_http_url(one.url):
            continue
        name = identity_of(one.url)
        if name in files:
            files[name] = _completed(files[name], one)
        elif len(files) < MOST:
            files[name] = one
    return tuple(files.values())


def _completed(first: Enclosure, second: Enclosure) -> Enclosure:
    return replace(
        first,
        media_type=first.media_type or second.media_type,
        length_bytes=first.length_bytes or second.length_bytes,
        duration_s=first.duration_s or second.duration_s,
        title=first.title or second.title,
    )
