"""What a page says of its sound, film and documents in, its files out; and the notice of rights of its article.

JSON-LD of the article itself and of the one AudioObject or VideoObject beside it, then Open Graph. Only what says, or
is called like, what kind of file it is: players and pages are given as files often enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from feeds.extract.evidence import Evidence
from feeds.extract.files import file_of
from feeds.extract.found import Found, clean
from feeds.extract.jsonld import JsonLd, Node, as_list, texts_of, types_of
from feeds.model import Enclosure

# MediaObject is the kind of schema.org that the others are of; a DataDownload is a table to take along
_PLAYED = ("audioobject", "videoobject")
_KINDS = frozenset({*_PLAYED, "mediaobject", "datadownload", "digitaldocument"})
_HELD_UNDER = ("audio", "video", "associatedMedia", "encoding")
_MOST = 100  # looked at; a handful are kept
_RIGHTS = ("copyright", "rights", "dc.rights", "dcterms.rights", "dc.rights.copyright")


def find_files(page: Evidence) -> Found[tuple[Enclosure, ...]] | None:
    """The files of an article, and where they are named."""
    found = tuple(filter(None, (_of_node(node, page.url) for node in _nodes(page.ld))))
    if found:
        return Found(value=found, where="json-ld")
    for name in ("audio", "video"):
        found += _of_open_graph(page, f"og:{name}")
    return Found(value=found, where="meta:og") if found else None


def find_rights(page: Evidence) -> Found[str] | None:
    """The notice of rights: as JSON-LD says, else a meta, else the licence that JSON-LD names."""
    candidates = (*_notices(page.ld, "copyrightNotice"), *page.head.alike(*_RIGHTS), *_notices(page.ld, "license"))
    return next((one for one in candidates if any(map(str.isalpha, one.value))), None)


def _notices(ld: JsonLd, key: str) -> Iterator[Found[str]]:
    for value in _following(ld, ld.article, key):
        for text in _notice(value):
            yield Found(value=text, where="json-ld")


def _nodes(ld: JsonLd) -> Iterator[Node]:
    """The nodes that stand for files: what the article holds, itself if it is one, and the only one beside it."""
    held = [one for key in _HELD_UNDER for one in _following(ld, ld.article, key)[:_MOST] if isinstance(one, Mapping)]
    yield from (node for node in held if not types_of(node) or not types_of(node).isdisjoint(_KINDS))
    if not types_of(ld.article).isdisjoint(_KINDS):
        yield ld.article
    for kind in _PLAYED:
        beside = [node for node in ld.nodes if kind in types_of(node)]
        if len(beside) == 1:
            yield beside[0]


def _of_node(node: Node, url: str) -> Enclosure | None:
    address = next((one for one in as_list(node.get("contentUrl")) if isinstance(one, str)), None)
    file = file_of(
        address,
        base=url,
        media_type=_first(node, "encodingFormat") or _first(node, "fileFormat"),
        length=_first(node, "contentSize"),
        duration=_first(node, "duration"),
        title=clean(next(iter(texts_of([node])), "")),
    )
    return file if file and file.media_type else None


def _first(node: Node, key: str) -> Any:
    return next(iter(as_list(node.get(key))), None)


def _of_open_graph(page: Evidence, name: str) -> tuple[Enclosure, ...]:
    """``og:audio`` or ``og:video``: the types belong to the addresses one by one, or are not believed."""
    addresses = next(
        (found for key in (f"{name}:secure_url", f"{name}:url", name) if (found := page.head.all(key))), []
    )
    types = page.head.all(f"{name}:type")
    if len(types) != len(addresses):
        types = [""] * len(addresses)
    files = (
        file_of(address, base=page.url, media_type=kind)
        for address, kind in list(zip(addresses, types, strict=True))[:_MOST]
    )
    return tuple(file for file in files if file and file.media_type)


def _following(ld: JsonLd, node: Node, key: str) -> list[Any]:
    return [ld.follow(one) for one in as_list(node.get(key))]


def _notice(value: Any) -> list[str]:
    """The words of a notice; of a licence that is a node its address where it has no name."""
    if isinstance(value, Mapping):
        address = value.get("url") or value.get("@id")
        return texts_of([value]) or ([address] if isinstance(address, str) else [])
    return texts_of([value])
