"""A JSON Feed's text in, a Feed out (jsonfeed.org, versions 1.0 and 1.1).

Read here and not by fastfeedparser, which rewrites dates, keeps one author of several, and fails as a whole when one
item is malformed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from feeds.extract.feed_entry import (
    Entry,
    Feed,
    absolute,
    author_names,
    base_of,
    best_image,
    keyword_terms,
    markup_of,
    one_line,
    split_texts,
)
from feeds.extract.files import file_of
from feeds.model import Enclosure

_MOST_FILES = 100


def read_json_feed(text: str, url: str) -> Feed | None:
    """Read a JSON Feed found at ``url``; None when the text is no JSON, or JSON but no feed."""
    try:
        found, _ = json.JSONDecoder().raw_decode(text.lstrip())  # whatever a server appends to it
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        return None
    if "jsonfeed.org" not in str(found.get("version")) and not isinstance(found.get("title"), str):
        return None
    base = base_of(url, _text(found, "home_page_url"))
    return Feed(
        entries=tuple(_read_item(item, base) for item in found["items"] if isinstance(item, dict)),
        reader="json",
        language=_text(found, "language"),
        authors=_authors(found),
    )


def _read_item(item: Mapping[str, Any], base: str) -> Entry:
    content = _text(item, "content_html")
    if content is None and (text := _text(item, "content_text")):
        content = markup_of(text, "text/plain")
    short = _text(item, "summary")
    summary, content = split_texts(markup_of(short, "text/plain") if short else None, content)
    guid = _text(item, "id")
    links = (_text(item, "url"), guid if guid and "://" in guid else None, _text(item, "external_url"))
    attachments = [one for one in _list(item, "attachments") if isinstance(one, dict)]
    pictures = (_text(item, "image"), _text(item, "banner_image"))
    enclosed = [{"url": one.get("url"), "type": one.get("mime_type")} for one in attachments]
    return Entry(
        link=next((address for link in links if (address := absolute(link, base))), None),
        guid=guid,
        title=one_line(_text(item, "title") or ""),
        authors=_authors(item),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        keywords=keyword_terms(_list(item, "tags"), is_html=False),
        language=_text(item, "language"),
        summary=summary,
        content_html=content,
        image=absolute(best_image((), pictures, enclosed, ()), base),
        enclosures=tuple(filter(None, (_file(one, base) for one in attachments[:_MOST_FILES]))),
    )


def _file(attachment: Mapping[str, Any], base: str) -> Enclosure | None:
    return file_of(
        attachment.get("url"),
        base=base,
        media_type=attachment.get("mime_type"),
        length=attachment.get("size_in_bytes"),
        duration=attachment.get("duration_in_seconds"),
        title=attachment.get("title"),
    )


def _authors(found: Mapping[str, Any]) -> tuple[str, ...]:
    people = [*_list(found, "authors"), found.get("author")]
    return author_names(_text(person, "name") or "" for person in people if isinstance(person, dict))


def _list(found: Mapping[str, Any], key: str) -> list[Any]:
    value = found.get(key)
    return value if isinstance(value, list) else []


def _text(found: Mapping[str, Any], key: str) -> str | None:
    """A value as text; ids are often numbers."""
    value = found.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    return value.strip() or None if isinstance(value, str) else None
