"""What kind of file something is (RFC 6838), as it is said, or as an address ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

# RFC 6838, 4.2, in lower case
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
# not the mimetypes module: its answers come from files of the machine, and feeds are the same bytes on every machine
_BY_ENDING: Mapping[str, str] = MappingProxyType(
    {
        "aac": "audio/aac", "flac": "audio/flac", "m4a": "audio/mp4", "m4b": "audio/mp4", "mp3": "audio/mpeg",
        "oga": "audio/ogg", "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav", "weba": "audio/webm",
        "m3u8": "application/vnd.apple.mpegurl", "mpd": "application/dash+xml",
        "avi": "video/x-msvideo", "m4v": "video/mp4", "mkv": "video/matroska", "mov": "video/quicktime",
        "mp4": "video/mp4", "mpeg": "video/mpeg", "mpg": "video/mpeg", "ogv": "video/ogg", "webm": "video/webm",
        "csv": "text/csv", "epub": "application/epub+zip", "pdf": "application/pdf", "zip": "application/zip",
        "doc": "application/msword", "odp": "application/vnd.oasis.opendocument.presentation",
        "ods": "application/vnd.oasis.opendocument.spreadsheet", "odt": "application/vnd.oasis.opendocument.text",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "avif": "image/avif", "bmp": "image/bmp", "gif": "image/gif", "heic": "image/heic", "jfif": "image/jpeg",
        "jpeg": "image/jpeg", "jpg": "image/jpeg", "jxl": "image/jxl", "png": "image/png", "svg": "image/svg+xml",
        "tif": "image/tiff", "tiff": "image/tiff", "webp": "image/webp",
        "htm": "text/html", "html": "text/html",
    }
)  # fmt: skip


def read_media_type(written: str) -> str:
    """A media type in lower case without parameters; empty for what is none (``mp3``)."""
    kind = written.partition(";")[0].strip().lower()
    return kind if _MEDIA_TYPE.fullmatch(kind) else ""


def named_media_type(url: str) -> str:
    """The media type that the ending of an address's path stands for; empty for one that says nothing.

    Raises:
        ValueError: the address cannot be read.
    """
    return _BY_ENDING.get(unquote(urlsplit(url).path).rpartition("/")[2].rpartition(".")[2].lower(), "")
