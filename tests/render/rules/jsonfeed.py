"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/); its schema from npm is asked in tests/e2e."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from .common import MEDIA_TYPE, TAG, broken, distinct, is_absolute, is_clean, is_plain, is_rfc3339, is_safe_html

JsonRules = list[tuple[str, Callable[[dict[str, Any]], bool]]]

_FEED_KEYS = {"version", "title", "home_page_url", "feed_url", "description", "authors", "language", "hubs", "items"}
_FEED_KEYS |= {"next_url"}
_ITEM_KEYS = {
    *("id", "url", "title", "content_html", "content_text", "summary", "image", "date_published", "date_modified"),
    *("authors", "tags", "language", "attachments"),
}
_ATTACHMENT_KEYS = {"url", "mime_type", "title", "size_in_bytes", "duration_in_seconds"}


def _is_other(feed: dict[str, Any]) -> bool:
    return "next_url" not in feed or (is_absolute(feed["next_url"]) and feed["next_url"] != feed["feed_url"])


def _is_attachment(file: dict[str, Any]) -> bool:
    return (
        file.keys() <= _ATTACHMENT_KEYS
        and is_absolute(file["url"])
        and bool(MEDIA_TYPE.fullmatch(file["mime_type"]))
        and is_plain(file.get("title", "x"))
        and isinstance(file.get("size_in_bytes", 1), int)
        and file.get("duration_in_seconds", 1) > 0
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from _texts(each)


JSON_FEED: JsonRules = [
    ("version", lambda feed: feed["version"] == "https://jsonfeed.org/version/1.1"),
    ("keys", lambda feed: {key for key in feed if not key.startswith("_")} <= _FEED_KEYS),
    ("title", lambda feed: is_plain(feed["title"]) and is_plain(feed["description"])),
    ("addresses", lambda feed: is_absolute(feed["home_page_url"]) and is_absolute(feed["feed_url"])),
    ("next_url is absolute and another document", _is_other),
    ("authors", lambda feed: all(author.get("name") and is_absolute(author["url"]) for author in feed["authors"])),
    ("language", lambda feed: bool(TAG.fullmatch(feed.get("language", "en")))),
    ("hubs", lambda feed: all(hub["type"] and is_absolute(hub["url"]) for hub in feed.get("hubs", []))),
    ("an extension is an object that says what it is", lambda feed: is_absolute(feed["_polyfeed"]["about"])),
    ("no two items of one id", lambda feed: distinct([item.get("id") for item in feed["items"]])),
    ("no bad signs", lambda feed: all(map(is_clean, _texts(feed)))),
]
JSON_ITEM: JsonRules = [
    ("keys", lambda item: {key for key in item if not key.startswith("_")} <= _ITEM_KEYS),
    ("id", lambda item: isinstance(item["id"], str) and bool(item["id"])),
    ("content", lambda item: bool({"content_html", "content_text"} & item.keys())),
    ("content is HTML", lambda item: is_safe_html(item.get("content_html", ""))),
    ("words that are no HTML", lambda item: all(is_plain(item.get(x, "x")) for x in ("title", "summary"))),
    ("nothing empty", lambda item: all(value not in ("", [], {}, None) for value in item.values())),
    ("addresses", lambda item: all(is_absolute(item[key]) for key in ("url", "image") if key in item)),
    ("dates", lambda item: is_rfc3339(item["date_published"]) and is_rfc3339(item["date_modified"])),
    ("authors", lambda item: all(is_plain(author.get("name")) for author in item.get("authors", []))),
    ("tags", lambda item: all(isinstance(tag, str) and is_plain(tag) for tag in item.get("tags", []))),
    ("language", lambda item: bool(TAG.fullmatch(item.get("language", "en")))),
    ("attachments", lambda item: all(map(_is_attachment, item.get("attachments", [])))),
]


def json_mistakes(document: bytes) -> Iterator[str]:
    feed = json.loads(document.decode("utf-8"))
    yield from broken(JSON_FEED, feed)
    for item in feed["items"]:
        yield from broken(JSON_ITEM, item)
