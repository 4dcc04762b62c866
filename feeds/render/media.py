"""An article's picture and files in, those that a feed can hold out: checked addresses, types that are known."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from feeds.model import Article, Enclosure
from feeds.render.text import plain_line, web_address

# what a file is whose type nobody told, where a format wants one (RFC 2046, 4.5.1)
ANY_TYPE = "application/octet-stream"

# RFC 6838, 4.2; without parameters
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_ENDING = re.compile(r"(?<=[^/])\.[A-Za-z0-9]+(?=$|[?#])")
# Not the mimetypes module: its answers come from files of the machine, and bytes must be equal on every machine.
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".aac": "audio/aac",
        ".avif": "image/avif",
        ".bmp": "image/bmp",
        ".epub": "application/epub+zip",
        ".flac": "audio/flac",
        ".gif": "image/gif",
        ".heic": "image/heic",
        ".jfif": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".jxl": "image/jxl",
        ".m4a": "audio/mp4",
        ".m4v": "video/mp4",
        ".mov": "video/quicktime",
        ".mp3": "audio/mpeg",
        ".mp4": "video/mp4",
        ".oga": "audio/ogg",
        ".ogg": "audio/ogg",
        ".ogv": "video/ogg",
        ".opus": "audio/ogg",
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
        ".wav": "audio/wav",
        ".weba": "audio/webm",
        ".webm": "video/webm",
        ".webp": "image/webp",
        ".zip": "application/zip",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``media_type`` is None when the address does not tell it; ``credit`` says whose picture it is."""

    url: str
    media_type: str | None
    caption: str
    credit: str = ""


def shown_picture(article: Article) -> Picture | None:
    """The article's picture; None without one that a browser can open."""
    url = web_address(article.image)
    if url is None:
        return None
    known = _type_of(url)
    return Picture(
        url=url,
        media_type=known if known.startswith("image/") else None,
        caption=plain_line(article.image_caption or ""),
        credit=plain_line(article.image_credit or ""),
    )


def shown_files(article: Article) -> tuple[Enclosure, ...]:
    """The article's files, each address once, less its picture; a type that is none is told by the address or empty."""
    found: dict[str, Enclosure] = {}
    picture = web_address(article.image)
    for each in article.enclosures:
        url = web_address(each.url)
        if url is None or url == picture or url in found:
            continue
        said = each.media_type.partition(";")[0].strip().lower()
        found[url] = replace(
            each,
            url=url,
            media_type=said if _TYPE.fullmatch(said) else _type_of(url),
            length_bytes=each.length_bytes if each.length_bytes and each.length_bytes > 0 else None,
            duration_s=_duration(each.duration_s),
            title=plain_line(each.title),
        )
    return tuple(found.values())


def medium_of(media_type: str) -> str:
    """What Media RSS calls files of that type: image, audio, video or document."""
    kind = media_type.partition("/")[0]
    return kind if kind in {"image", "audio", "video"} else "document"


def _type_of(url: str) -> str:
    ending = _ENDING.search(url)
    return _TYPES.get(ending[0].lower(), "") if ending else ""


def _duration(seconds: float | None) -> float | None:
    return seconds if seconds is not None and math.isfinite(seconds) and seconds > 0 else None
