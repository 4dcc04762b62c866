"""The tables, as SQLAlchemy Core speaks of them; ``migrations/`` makes them, and a test says that both agree.

``identity`` holds that an article was ever stored, ``article`` what it is, ``entry`` where it stands: one narrow row
for each article, its key the number of its last change. ``entry`` and ``article_keyword`` are all that a feed's window
reads, so no article text is touched to find out what a feed holds. ``shelf``, ``keyword`` and ``keyword_language``
count what is in them and are written in the same transaction. What repeats what stands in ``entry`` too, since only the
holder of the numbering lock writes there: a poll may mark another source's article without waiting for that source's
own poll.

``words`` is the full text, by change number: a virtual table of FTS5 on SQLite, arrays with an inverted index on
PostgreSQL (``fulltext``). ``entry.in_words`` says of which articles.
"""

from __future__ import annotations

from feeds.store.tables.answers import archive, archive_document, cursor, note, topic
from feeds.store.tables.articles import (
    PLACES,
    WORD_COLUMNS,
    alias,
    article,
    band,
    change,
    entry,
    identity,
    likeness,
    translation,
)
from feeds.store.tables.keywords import article_keyword, keyword, keyword_form, keyword_language, shelf
from feeds.store.tables.shared import metadata
from feeds.store.tables.sources import activity, document, domain, page, source, source_event

__all__ = [
    "PLACES",
    "WORD_COLUMNS",
    "activity",
    "alias",
    "archive",
    "archive_document",
    "article",
    "article_keyword",
    "band",
    "change",
    "cursor",
    "document",
    "domain",
    "entry",
    "identity",
    "keyword",
    "keyword_form",
    "keyword_language",
    "likeness",
    "metadata",
    "note",
    "page",
    "shelf",
    "source",
    "source_event",
    "topic",
    "translation",
]
