"""What is asked in, the form to ask it otherwise out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feeds.model import Content, FeedQuery
from feeds.query import is_search, search_text, write_address
from feeds.web.links import prefix
from feeds.web.locales import asked_language


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchBox:
    """A form that asks within the languages of a feed; ``text`` is what is asked here, ``also`` what goes along."""

    action: str
    text: str
    also: Mapping[str, str]


def search_box(query: FeedQuery, text: str | None = None) -> SearchBox:
    """The form on the page of a feed; with ``text`` that stands in it, whatever the query asks."""
    also = {
        "copies": "" if query.copies else "hide",
        "inferred": "" if query.inferred else "no",
        "content": "" if query.content is Content.FULL else query.content.value,
    }
    also["lang"] = asked_language() or ""
    if text is None:
        text = search_text(query) if is_search(query) else ""
    return SearchBox(
        action=prefix() + write_address(FeedQuery(languages=query.languages), None) + "/search",
        text=text,
        also={name: value for name, value in also.items() if value},
    )
