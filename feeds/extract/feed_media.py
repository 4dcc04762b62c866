"""An entry's children in, what it says of its files, and who made its pictures, out; addresses as written.

RSS 2.0 enclosures, links of Atom (RFC 4287, 4.2.7.2), Media RSS 1.5.1 and the length that iTunes' elements give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import lxml.etree

from feeds.extract.feed_children import Children, children_of, first_text, links_of
from feeds.extract.files import file_of
from feeds.model import Enclosure
from feeds.urls import named_media_type

Element: TypeAlias = lxml.etree._Element  # noqa: SLF001 - lxml has no public name for its element type

_MOST = 100  # files looked at in one entry; a handful are kept
_MOST_CREDITS = 3
_PLAYED = ("audio", "video")
# roles of Media RSS and of EBU's list that took or made the picture, and those that only brought it out
_MAKERS = frozenset({"photographer", "author", "artist", "illustrator", "photography"})
_OTHERS = frozenset({"publishing company", "distribution company", "distributor", "publisher", "uploader", "owner"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A file as an entry names it; what it does not say is empty."""

    address: str
    media_type: str = ""
    length: str = ""
    duration: str = ""
    title: str = ""


def files_of(children: Children) -> tuple[WrittenFile, ...]:
    """Every file but pictures; of a group, whose members are one film in several forms, the one meant by default."""
    found = [*_enclosed(children), *filter(None, map(_medium, children.get("media:content", ())[:_MOST]))]
    for group in children.get("media:group", ())[:_MOST]:
        members = children_of(group).get("media:content", ())[:_MOST]
        ranked = sorted(members, key=lambda one: (one.get("isDefault") or "").strip().lower() != "true")
        found += [file for file in map(_medium, ranked) if file][:1]
    return tuple(found[:_MOST])


def as_files(written: Sequence[WrittenFile], base: str, *, duration: str | None) -> tuple[Enclosure, ...]:
    """The files that can be had over http; ``duration`` is the entry's, meant of the one thing that it plays."""
    found = [
        file
        for one in written
        if (
            file := file_of(
                one.address,
                base=base,
                media_type=one.media_type,
                length=one.length,
                duration=one.duration or (duration if _plays(written) == 1 else None),
                title=one.title,
            )
        )
    ]
    return tuple(found)


def _plays(written: Sequence[WrittenFile]) -> int:
    """How many different files there are that take their time."""
    return len({one.address for one in written if _is_played(one.media_type, one.address)})


def _is_played(media_type: str, address: str) -> bool:
    return (media_type.strip().lower() or _type_named(address)).startswith(_PLAYED)


def _enclosed(children: Children) -> Iterator[WrittenFile]:
    for one in children.get("enclosure", ())[:_MOST]:
        if address := one.get("url"):
            yield WrittenFile(address=address, media_type=one.get("type", ""), length=one.get("length", ""))
    for one in links_of(children)[:_MOST]:
        if one.get("rel", "").strip().lower() == "enclosure" and (address := one.get("href")):
            yield WrittenFile(
                address=address,
                media_type=one.get("type", ""),
                length=one.get("length", ""),
                title=one.get("title", ""),
            )


def _medium(content: Element) -> WrittenFile | None:
    """A medium that is a file to hear, see or read: it says so, or its address ends like one."""
    address = content.get("url") or ""
    kind = content.get("type") or _type_named(address)
    if not address or not kind or _is_picture(content):
        return None
    return WrittenFile(
        address=address,
        media_type=kind,
        length=content.get("fileSize", ""),
        duration=content.get("duration", ""),
        title=first_text(children_of(content), ("media:title",)) or "",
    )


def _is_picture(content: Element) -> bool:
    medium, kind = (content.get(name, "").strip().lower() for name in ("medium", "type"))
    return medium == "image" or (kind or _type_named(content.get("url", ""))).startswith("image/")


def _type_named(address: str) -> str:
    try:
        return named_media_type(address)
    except ValueError:
        return ""


# --- credits --------------------------------------------------------------------------------------------------------


def credits_of(children: Children) -> Mapping[str, str]:
    """Who made each picture, by its address as written; under the empty one of an entry's only pictures.

    What the entry or a group says of its media as a whole is taken for its pictures where they are all it has.
    """
    found: dict[str, str] = {}
    groups = [children, *map(children_of, children.get("media:group", ())[:_MOST])]
    for group in groups:
        media = group.get("media:content", ())[:_MOST]
        has_others = not all(map(_is_picture, media)) or any(map(_names_sound, children.get("enclosure", ())))
        shared = "" if has_others else _credit(group)
        for one in filter(_is_picture, media):
            credit = _credit(children_of(one)) or shared
            address = one.get("url")
            if credit and address:
                found.setdefault(address, credit)
        if shared:
            found.setdefault("", shared)
    return found


def _names_sound(enclosure: Element) -> bool:
    return _is_played(enclosure.get("type", ""), enclosure.get("url", ""))


def _credit(children: Children) -> str:
    """Who is named, those who made it first; else whom the notice of copyright names."""
    named = [
        ((one.get("role") or "").strip().lower(), " ".join((one.text or "").split()))
        for one in children.get("media:credit", ())[:_MOST]
    ]
    makers = [name for role, name in named if name and role in _MAKERS]
    names = makers or [name for role, name in named if name and role not in _OTHERS]
    return ", ".join(dict.fromkeys(names[:_MOST_CREDITS])) or first_text(children, ("media:copyright",)) or ""
