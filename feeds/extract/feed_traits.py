"""A feed's Document and its Items in, what no item says out: its title, and whether it holds articles at all.

Readers' comments and podcasts come as feeds like any other; they are told by what they hold, not by their names.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.extract.encoding import decode
from feeds.extract.feed_entry import plain_title
from feeds.model import Document, Item

_TITLE = re.compile(
    r"<(?:[a-z]+:)?title\b[^<>]*>\s*(?:<!\[CDATA\[)?(.{0,500}?)(?:\]\]>)?\s*</", re.IGNORECASE | re.DOTALL
)
_JSON_TITLE = re.compile(r'"title"\s*:\s*"((?:[^"\\]|\\.){0,500})"')
_ENTRY = re.compile(r"<(?:[a-z]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"<(?:dc:)?language>\s*([A-Za-z-]{2,20})\s*<|<feed\b[^<>]*\sxml:lang=[\"']([A-Za-z-]{2,20})[\"']", re.IGNORECASE
)
_SOUND = re.compile(r"<enclosure\b[^<>]*type=[\"']audio/|\"mime_type\"\s*:\s*\"audio/", re.IGNORECASE)
# an article's own <comments> element leads to #comments too
_COMMENT_LINK = re.compile(
    r"<(?:link|guid|id)\b[^<>]{0,200}>(?:<!\[CDATA\[)?[^<>]{0,500}#(?:comment|kommentar|c\d)", re.IGNORECASE
)
_COMMENT_TITLE = re.compile(
    r"^(?:comments? (?:on|by)|by:|re:|kommentar (?:zu|von)|von:|commentaires? (?:sur|de)|par\s?:|"
    r"comentarios? (?:en|por)|comentário|commenti? (?:su|di)|reactie op|комментарий к|на .{1,80} от|"
    r".{1,60}への?コメント|对.{1,60}的评论|評論)",
    re.IGNORECASE,
)
_MOST = 0.8
_HEAD_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTraits:
    """``title`` and ``language`` as the feed calls itself; ``is_comments`` and ``is_podcast`` by what it holds."""

    title: str = ""
    language: str | None = None
    is_comments: bool = False
    is_podcast: bool = False


def read_traits(document: Document, items: Sequence[Item]) -> FeedTraits:
    """What the feed as a whole is; ``items`` are those that ``read_feed`` gave."""
    text = decode(document.body, content_type=document.content_type).text
    entry = _ENTRY.search(text)
    head = text[: min(entry.start() if entry else _HEAD_CHARACTERS, _HEAD_CHARACTERS)]
    titled = (_JSON_TITLE if text.lstrip()[:1] == "{" else _TITLE).search(head)
    spoken = _LANGUAGE.search(head)
    count = max(len(items), 1)
    titles = sum(1 for item in items if _COMMENT_TITLE.match(item.title or ""))
    return FeedTraits(
        title=plain_title(html.unescape(titled[1]))[:200] if titled else "",
        language=(spoken[1] or spoken[2]) if spoken else None,
        is_comments=max(len(_COMMENT_LINK.findall(text)), titles) >= _MOST * count,
        is_podcast=len(_SOUND.findall(text)) >= _MOST * count,
    )
