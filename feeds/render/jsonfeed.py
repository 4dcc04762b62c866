"""FeedHead and Entry in, the bytes of JSON Feed 1.1 out (https://www.jsonfeed.org/version/1.1/).

As in XML, a feed is ``open_feed``, the entries joined by commas, ``close_feed``. What the format has no word for
stands under ``_polyfeed`` (its way to be extended).
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from feeds.model import Enclosure, Format
from feeds.render.entry import Entry
from feeds.render.head import GENERATOR, MEDIA_TYPES, FeedHead
from feeds.render.media import ANY_TYPE
from feeds.render.text import plain_line, plain_text, rfc3339

SEPARATOR = b","
VERSION = "https://jsonfeed.org/version/1.1"
_END = b"]}"


def open_feed(head: FeedHead, updated: dt.datetime) -> bytes:
    """The document up to its first item; ``updated`` is the newest change in it."""
    feed: dict[str, Any] = {
        "version": VERSION,
        "title": plain_line(head.title),
        "home_page_url": head.html_url,
        "feed_url": head.self_url,
        "description": plain_text(head.description).strip() or plain_line(head.title),
        "authors": [{"name": plain_line(head.author) or GENERATOR, "url": head.home_url}],
    }
    if older := head.history.get("next") or head.history.get("prev-archive"):
        feed["next_url"] = older
    if head.language:
        feed["language"] = head.language
    if head.hub:
        feed["hubs"] = [{"type": "WebSub", "url": head.hub}]
    feed["_polyfeed"] = {
        "about": head.home_url,
        **_head_extra(head),
        "id": head.id,
        "updated": rfc3339(updated.astimezone(dt.UTC)),
        "alternates": [
            {"type": MEDIA_TYPES[other], "url": head.alternates[other]}
            for other in Format
            if other is not Format.JSON and other in head.alternates
        ],
    }
    feed["items"] = []
    return _dump(feed).removesuffix(_END)


def _head_extra(head: FeedHead) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if rights := plain_line(head.rights):
        extra["rights"] = rights
    if head.history:
        extra["history"] = dict(sorted(head.history.items()))  # by link relations, as of RFC 5005
    if head.is_archive:
        extra["archive"] = True
    return extra


def close_feed() -> bytes:
    """The end of the document."""
    return _END + b"\n"


def write_entry(entry: Entry) -> bytes:
    """One item."""
    item: dict[str, Any] = {"id": entry.id}
    if entry.url:
        item["url"] = entry.url
    item["title"] = entry.title
    if entry.content_html:
        item["content_html"] = entry.content_html
    else:  # an item has one of the two
        item["content_text"] = entry.summary or entry.title
    if entry.summary:
        item["summary"] = entry.summary
    if entry.picture:
        item["image"] = entry.picture.url
    item["date_published"] = rfc3339(entry.published)
    item["date_modified"] = rfc3339(entry.updated)
    if entry.authors:
        item["authors"] = [{"name": name} for name in entry.authors]
    if entry.categories:
        item["tags"] = [each.label for each in entry.categories]
    if entry.language:
        item["language"] = entry.language
    if entry.files:
        item["attachments"] = [_attachment(each) for each in entry.files]
    if extra := _extra(entry):
        item["_polyfeed"] = extra
    return _dump(item)


def _attachment(file: Enclosure) -> dict[str, Any]:
    said: dict[str, Any] = {"url": file.url, "mime_type": file.media_type or ANY_TYPE}
    if file.title:
        said["title"] = file.title
    if file.length_bytes is not None:
        said["size_in_bytes"] = file.length_bytes
    if file.duration_s is not None:
        said["duration_in_seconds"] = file.duration_s
    return said


def _extra(entry: Entry) -> dict[str, Any]:
    """What JSON Feed has no word for; a key is there only when it says something."""
    original, picture = entry.copy_of, entry.picture
    extra: dict[str, Any] = {
        "date_only": entry.is_date_only,
        "undated": not entry.is_dated,  # date_published is when the article was first seen
        "origin": entry.origin,
        "rights": entry.rights,
        "image_caption": picture and picture.caption,
        "image_credit": picture and picture.credit,
        "tag_urls": {each.label: each.scheme.removesuffix("#inferred") for each in entry.categories},
        "inferred": [each.label for each in entry.categories if each.inferred],  # the publisher did not give these
        "alternates": [{"language": language, "url": url} for language, url in entry.alternates],
        "translations": [{"language": each.language, "url": each.url, "id": each.id} for each in entry.translations],
        "copy_of": original and {"id": original.id, "url": original.url, "source": original.source_name},
    }
    return {name: value for name, value in extra.items() if value}


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
