"""FeedHead and Entry in, the bytes of JSON Feed 1.1 out (https://www.jsonfeed.org/version/1.1/).

As in XML, a feed is ``open_feed``, the entries joined by commas, ``close_feed``. What the format has no word for
stands under ``_polyfeed`` (its way to be extended).
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from feeds.model import Format
from feeds.render.entry import Entry
from feeds.render.head import GENERATOR, MEDIA_TYPES, FeedHead
from feeds.render.text import legal_text, one_line, rfc3339

SEPARATOR = b","
VERSION = "https://jsonfeed.org/version/1.1"
_END = b"]}"


def open_feed(head: FeedHead, updated: dt.datetime) -> bytes:
    """The document up to its first item; ``updated`` is the newest change in it."""
    feed: dict[str, Any] = {
        "version": VERSION,
        "title": one_line(head.title),
        "home_page_url": head.html_url,
        "feed_url": head.self_url,
        "description": legal_text(head.description).strip(),
        "authors": [{"name": one_line(head.author) or GENERATOR, "url": head.home_url}],
    }
    if head.language:
        feed["language"] = head.language
    if head.hub:
        feed["hubs"] = [{"type": "WebSub", "url": head.hub}]
    feed["_polyfeed"] = {
        "about": head.home_url,
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
    if extra := _extra(entry):
        item["_polyfeed"] = extra
    return _dump(item)


def _extra(entry: Entry) -> dict[str, Any]:
    """What JSON Feed has no word for; a key is there only when it says something."""
    extra: dict[str, Any] = {}
    if entry.is_date_only:
        extra["date_only"] = True
    if not entry.is_dated:
        extra["undated"] = True  # date_published is when the article was first seen
    if entry.origin:
        extra["origin"] = entry.origin
    if entry.picture and entry.picture.caption:
        extra["image_caption"] = entry.picture.caption
    if entry.categories:
        extra["tag_urls"] = {each.label: each.scheme.removesuffix("#inferred") for each in entry.categories}
    if inferred := [each.label for each in entry.categories if each.inferred]:
        extra["inferred"] = inferred  # tags that the publisher did not give
    if entry.alternates:
        extra["alternates"] = [{"language": language, "url": url} for language, url in entry.alternates]
    if entry.translations:
        extra["translations"] = [
            {"language": each.language, "url": each.url, "id": each.id} for each in entry.translations
        ]
    if entry.copy_of:
        original = entry.copy_of
        extra["copy_of"] = {"id": original.id, "url": original.url, "source": original.source_name}
    return extra


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
