"""Which articles carry a keyword, and how many carry each in which language and section."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, false

from feeds.store.columns import CleanText, KeyText, Seq
from feeds.store.tables.shared import metadata

article_keyword = Table(
    "article_keyword",
    metadata,
    Column("key", KeyText, primary_key=True),
    Column("language", CleanText, primary_key=True),
    Column("seq", Seq, primary_key=True, autoincrement=False),
    Column("display", CleanText, nullable=False),
    # whether it was only found in the article's text
    Column("inferred", Boolean, nullable=False, server_default=false()),
    sqlite_with_rowid=False,
)
Index("article_keyword_by_key", article_keyword.c.key, article_keyword.c.seq)
Index("article_keyword_by_seq", article_keyword.c.seq)

# ``label`` is the most used display form; a row stays when nothing carries the keyword any more
keyword = Table(
    "keyword",
    metadata,
    Column("key", KeyText, primary_key=True),
    Column("label", CleanText, nullable=False),
    Column("articles", Integer, nullable=False),
)
Index("keyword_by_use", keyword.c.articles.desc(), keyword.c.key)

# how many articles have each display form of a keyword from their publisher
keyword_form = Table(
    "keyword_form",
    metadata,
    Column("key", KeyText, primary_key=True),
    Column("display", KeyText, primary_key=True),
    Column("articles", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# ``articles`` counts what feeds of every source hold, ``same`` what only feeds of its own source do (``Twin.SAME``)
keyword_language = Table(
    "keyword_language",
    metadata,
    Column("key", KeyText, primary_key=True),
    Column("language", CleanText, primary_key=True),
    Column("articles", Integer, nullable=False),
    Column("same", Integer, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)
Index(
    "keyword_language_by_use", keyword_language.c.language, keyword_language.c.articles.desc(), keyword_language.c.key
)

shelf = Table(
    "shelf",
    metadata,
    Column("language", CleanText, primary_key=True),
    Column("section", CleanText, primary_key=True),  # empty: none
    Column("articles", Integer, nullable=False),
    Column("same", Integer, nullable=False, server_default="0"),
)
