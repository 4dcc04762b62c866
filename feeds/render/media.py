"""An article's picture and files in, those that a feed can hold out: checked addresses, types that are known."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from feeds.model import Article, Enclosure
from feeds.render.text import plain_line, web_address
from feeds.urls import named_media_type, read_media_type

# what a file is whose type nobody told, where a format wants one (RFC 2046, 4.5.1)
ANY_TYPE = "application/octet-stream"


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
    known = named_media_type(url)
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
        found[url] = replace(
            each,
            url=url,
            media_type=read_media_type(each.media_type) or named_media_type(url),
            length_bytes=each.length_bytes if each.length_bytes and each.length_bytes > 0 else None,
            duration_s=_duration(each.duration_s),
            title=plain_line(each.title),
        )
    return tuple(found.values())


def medium_of(media_type: str) -> str:
    """What Media RSS calls files of that type: image, audio, video or document."""
    kind = media_type.partition("/")[0]
    return kind if kind in {"image", "audio", "video"} else "document"


def _duration(seconds: float | None) -> float | None:
    return seconds if seconds is not None and math.isfinite(seconds) and seconds > 0 else None
