"""``de~en``: languages that stand in, in the order of preference, each question with one address."""

from __future__ import annotations

import pytest

from feeds.errors import QueryError
from feeds.model import FeedQuery, Format
from feeds.query import canonical, feed_id, read_address, spell_address, write_address


@pytest.mark.parametrize(
    ("path", "languages", "fallback", "spelled"),
    [
        ("/feeds/de~en", ("de",), ("en",), "/feeds/de~en"),
        ("/feeds/DE ~ EN-gb", ("de",), ("en-GB",), "/feeds/de~en-GB"),
        ("/feeds/fr+de~ja~en/keywords/BMW", ("de", "fr"), ("ja", "en"), "/feeds/de+fr~ja~en/keywords/bmw"),
        ("/feeds/de~de-AT~en~en-GB~en", ("de",), ("en",), "/feeds/de~en"),
        ("/feeds/de~zh-Hant~zh", ("de",), ("zh-Hant", "zh"), "/feeds/de~zh-Hant~zh"),
        ("/feeds/all~en", (), (), "/feeds/all"),
        ("/feeds/all+de~en/sections/x", (), (), "/feeds/all/sections/x"),
    ],
)
def test_one_address_for_each_question(
    path: str, languages: tuple[str, ...], fallback: tuple[str, ...], spelled: str
) -> None:
    query = read_address(path).query
    assert (query.languages, query.fallback) == (languages, fallback)
    assert spell_address(query, None) == spelled
    assert read_address(spelled).query == query == canonical(query)
    assert write_address(query, Format.ATOM) == f"{spelled}.atom"
    assert read_address(f"{spelled}.atom").format is Format.ATOM


def test_the_order_is_part_of_the_question() -> None:
    ids = {feed_id(read_address(f"/feeds/{tags}").query) for tags in ("de", "de+en", "de~en", "de~en~fr", "de~fr~en")}
    assert len(ids) == 5


@pytest.mark.parametrize("tags", ["de~", "~de", "de~~en", "de~en+fr", "de~e", "de~all", "~"])
def test_what_cannot_be_read_is_refused_where_it_stands(tags: str) -> None:
    with pytest.raises(QueryError) as refused:
        read_address(f"/feeds/{tags}.atom")
    assert len("/feeds/") <= refused.value.position <= len(f"/feeds/{tags}")


def test_nothing_stands_in_for_every_language() -> None:
    assert canonical(FeedQuery(fallback=("en",))) == FeedQuery()
    assert canonical(FeedQuery(languages=("de",), fallback=("EN", "en-gb", "de"))).fallback == ("en",)
