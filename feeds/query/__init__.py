"""What people ask, in; FeedQuery out, and back: addresses of feeds and the language of questions."""

from __future__ import annotations

from feeds.query.address import (
    MAX_PATH_CHARS,
    Address,
    canonical,
    feed_id,
    is_search,
    named_id,
    read_address,
    spell_address,
    spell_named,
    spell_parameters,
    with_parameters,
    write_address,
    write_parameters,
)
from feeds.query.canon import canonical_question, full_hour, is_relative, resolve, write_question
from feeds.query.language import MAX_QUESTION_CHARS, MAX_TERMS, point_at, read_question
from feeds.query.named import LoadedNamed, NamedFeed, load_named
from feeds.query.parameters import (
    ARCHIVE,
    ASKING,
    BEFORE,
    NEWEST,
    QUESTION,
    Parameters,
    Part,
    known_parameters,
    other_parameters,
    read_parameters,
)
from feeds.query.settle import MAX_KEYWORDS, MAX_LANGUAGES, resolved, search_text

__all__ = [
    "ARCHIVE",
    "ASKING",
    "BEFORE",
    "MAX_KEYWORDS",
    "MAX_LANGUAGES",
    "MAX_PATH_CHARS",
    "MAX_QUESTION_CHARS",
    "MAX_TERMS",
    "NEWEST",
    "QUESTION",
    "Address",
    "LoadedNamed",
    "NamedFeed",
    "Parameters",
    "Part",
    "canonical",
    "canonical_question",
    "feed_id",
    "full_hour",
    "is_relative",
    "is_search",
    "known_parameters",
    "load_named",
    "named_id",
    "other_parameters",
    "point_at",
    "read_address",
    "read_parameters",
    "read_question",
    "resolve",
    "resolved",
    "search_text",
    "spell_address",
    "spell_named",
    "spell_parameters",
    "with_parameters",
    "write_address",
    "write_parameters",
    "write_question",
]
