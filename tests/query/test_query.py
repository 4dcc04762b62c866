"""Addresses: one canonical form for each question, readable in every script."""

from __future__ import annotations

import dataclasses
import random
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import QueryError
from feeds.folding import display_form, keyword_key, language_case
from feeds.model import Content, FeedQuery, Format, Match
from feeds.query import (
    MAX_KEYWORDS,
    MAX_LANGUAGES,
    MAX_PATH_CHARS,
    Address,
    Parameters,
    canonical,
    feed_id,
    known_parameters,
    other_parameters,
    read_address,
    read_parameters,
    spell_address,
    with_parameters,
    write_address,
    write_parameters,
)

LABELS = {"bmw": "BMW", "alibaba": "Alibaba", "c++": "C++", "node.js": "Node.js", "feed.atom": "Feed.atom"}


@pytest.mark.parametrize(
    ("path", "query", "format_"),
    [
        ("/feeds/de", FeedQuery(languages=("de",)), None),
        ("/feeds/de.atom", FeedQuery(languages=("de",)), Format.ATOM),
        ("/feeds/all.json", FeedQuery(), Format.JSON),
        ("/feeds/de+fr.rss", FeedQuery(languages=("de", "fr")), Format.RSS),
        ("/feeds/zh-Hant.atom", FeedQuery(languages=("zh-Hant",)), Format.ATOM),
        ("/feeds/de/keywords/BMW.atom", FeedQuery(languages=("de",), keywords=("bmw",)), Format.ATOM),
        ("/feeds/de/keywords/Alibaba+BMW", FeedQuery(languages=("de",), keywords=("alibaba", "bmw")), None),
        (
            "/feeds/de/keywords/Alibaba,BMW.rss",
            FeedQuery(languages=("de",), keywords=("alibaba", "bmw"), match=Match.ANY),
            Format.RSS,
        ),
        ("/feeds/all/keywords/中国.atom", FeedQuery(keywords=("中国",)), Format.ATOM),
        ("/feeds/de/keywords/C%2B%2B.atom", FeedQuery(languages=("de",), keywords=("c++",)), Format.ATOM),
        ("/feeds/de/keywords/Node.js", FeedQuery(languages=("de",), keywords=("node.js",)), None),
        ("/feeds/de/keywords/Feed%2Eatom", FeedQuery(languages=("de",), keywords=("feed.atom",)), None),
        ("/feeds/de/keywords/%2E%2E", FeedQuery(languages=("de",), keywords=("..",)), None),
        ("/feeds/de/sections/wirtschaft.atom", FeedQuery(languages=("de",), section="wirtschaft"), Format.ATOM),
        ("/feeds/de/sources/example.org.rss", FeedQuery(languages=("de",), source="example.org"), Format.RSS),
    ],
)
def test_canonical_addresses(path: str, query: FeedQuery, format_: Format | None) -> None:
    assert read_address(path) == Address(query=query, format=format_)
    assert spell_address(query, format_, LABELS) == path
    assert unquote(write_address(query, format_, LABELS)) == path


def test_what_stands_on_the_wire() -> None:
    assert write_address(FeedQuery(keywords=("c++",)), Format.ATOM, LABELS) == "/feeds/all/keywords/C%252B%252B.atom"
    assert write_address(FeedQuery(keywords=("中国", "ai")), None) == "/feeds/all/keywords/ai+%E4%B8%AD%E5%9B%BD"
    assert write_address(FeedQuery(keywords=("new york",)), None) == "/feeds/all/keywords/new%20york"
    assert write_address(FeedQuery(keywords=("a/b?c#d",)), None) == "/feeds/all/keywords/a%252Fb%3Fc%23d"


@pytest.mark.parametrize(
    ("spelling", "path"),
    [
        ("/feeds/DE.atom", "/feeds/de.atom"),
        ("/FEEDS/DE.ATOM", "/feeds/de.atom"),
        ("/feeds/de/", "/feeds/de"),
        ("//feeds//de//", "/feeds/de"),
        ("/feeds/ de ", "/feeds/de"),
        ("/feeds/de.atom/", "/feeds/de.atom"),
        ("/feeds/fr+de", "/feeds/de+fr"),
        ("/feeds/de+de", "/feeds/de"),
        ("/feeds/zh-Hans+zh", "/feeds/zh"),
        ("/feeds/de+all", "/feeds/all"),
        ("/feeds/ZH_hant.json", "/feeds/zh-Hant.json"),
        ("/feeds/de/keywords/bmw.atom", "/feeds/de/keywords/BMW.atom"),
        ("/feeds/de/keywords/ＢＭＷ.atom", "/feeds/de/keywords/BMW.atom"),
        ("/feeds/de/Keywords/BMW + alibaba", "/feeds/de/keywords/Alibaba+BMW"),
        ("/feeds/de/keywords/BMW,bmw", "/feeds/de/keywords/BMW"),
        ("/feeds/de/keywords/%42MW", "/feeds/de/keywords/BMW"),
        ("/feeds/de/keywords/100%", "/feeds/de/keywords/100%25"),
        ("/feeds/de/keywords/Feed.atom.rss", "/feeds/de/keywords/Feed%2Eatom.rss"),
        ("/feeds/de/sections/Wirtschaft", "/feeds/de/sections/wirtschaft"),
    ],
)
def test_other_spellings_lead_to_the_canonical_one(spelling: str, path: str) -> None:
    address = read_address(spelling)
    assert spell_address(address.query, address.format, LABELS) == path


@pytest.mark.parametrize(
    ("path", "position", "words"),
    [
        ("/", 0, "/feeds/{language}"),
        ("/feeds", 6, "which language"),
        ("/feeds/de.xml", 9, ".atom, .rss, .json"),
        ("/feeds/.atom", 7, "no language tag"),
        ("/feeds/de+", 10, "no language tag"),
        ("/feeds/deutsch1234/keywords/x", 7, "no language tag"),
        ("/feeds/de/tags/BMW", 10, "keywords, sections, sources"),
        ("/feeds/de/keywords", 18, "which of the keywords"),
        ("/feeds/de/keywords/.atom", 19, "keyword is missing"),
        ("/feeds/de/sections/.atom", 19, "which of the sections"),
        ("/feeds/de/keywords/a/b", 20, "%252F"),
        ("/feeds/de/keywords/C++", 21, "C%252B%252B"),
        ("/feeds/de/keywords/a+b,c", 22, "cannot stand in one address"),
        ("/feeds/de/keywords/a,b+c", 22, "cannot stand in one address"),
        ("/feeds/de/keywords/%FF", 19, "UTF-8"),
        ("/feeds/" + "+".join(f"a{chr(97 + n)}" for n in range(MAX_LANGUAGES + 1)), 7, f"at most {MAX_LANGUAGES}"),
        ("/feeds/de/keywords/" + "+".join(map(str, range(MAX_KEYWORDS + 1))), 19, f"at most {MAX_KEYWORDS}"),
        ("/feeds/" + "a" * MAX_PATH_CHARS, MAX_PATH_CHARS, f"at most {MAX_PATH_CHARS}"),
    ],
)
def test_a_mistake_says_where_and_what_exists(path: str, position: int, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_address(path)
    assert caught.value.position == position
    assert words in caught.value.reason


def test_what_a_path_cannot_say_is_searched() -> None:
    query = FeedQuery(languages=("de",), section="china", keywords=("bmw",), copies=False)
    assert write_address(query, Format.ATOM) == "/feeds/de/search.atom?q=keyword:bmw+section:china&copies=hide"


def test_the_limits_themselves_are_allowed() -> None:
    path = "/feeds/" + "+".join(f"a{chr(97 + n)}" for n in range(MAX_LANGUAGES))
    assert len(read_address(path).query.languages) == MAX_LANGUAGES
    keywords = "+".join(map(str, range(MAX_KEYWORDS)))
    assert len(read_address(f"/feeds/de/keywords/{keywords}").query.keywords) == MAX_KEYWORDS


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("DE", "de"),
        ("ZH-hANS-cn", "zh-Hans-CN"),
        ("sr-latn", "sr-Latn"),
        ("ES-419", "es-419"),
        ("sl-ROZAJ-biske", "sl-rozaj-biske"),
        ("de-1996", "de-1996"),
        ("en-U-CA-BUDDHIST", "en-u-ca-buddhist"),
        ("x-WHATEVER", "x-whatever"),
        ("zh-yue-HK", "zh-yue-HK"),
    ],
)
def test_language_case(tag: str, expected: str) -> None:
    assert language_case(tag) == expected
    assert read_address(f"/feeds/{tag}").query.languages == (expected,)


@pytest.mark.parametrize("tag", ["d", "de-", "de--AT", "de-a", "de-abcdefghi", "dé", "de1", "x", "de-x", "１２"])
def test_not_a_language_tag(tag: str) -> None:
    with pytest.raises(QueryError, match="no language tag"):
        read_address(f"/feeds/{tag}")


# --- properties -------------------------------------------------------------------------------------------------

any_text = st.text(st.characters(), max_size=20)
tricky = st.text(st.sampled_from("+,/%.25BbEe aatomrssjsonＡß中éI\u0130\u200b\ud800\x00?#;&\\"), max_size=16)
keywords = (any_text | tricky).filter(keyword_key)
languages = st.sampled_from(["de", "fr", "zh", "zh-Hans", "zh-Hant", "sr-Latn", "pt-BR", "es-419", "en-x-y", "und"])
formats = st.sampled_from([None, *Format])


@st.composite
def questions(draw: st.DrawFn) -> tuple[FeedQuery, dict[str, str]]:
    """Any question that has an address, in any order, and labels for some of its keywords."""
    shown = draw(st.lists(keywords, max_size=4))
    labels = {keyword_key(word): display_form(word) for word in shown if draw(st.booleans())}
    query = FeedQuery(
        languages=tuple(draw(st.lists(languages, max_size=4))),
        keywords=tuple(keyword_key(word) for word in shown),
        match=draw(st.sampled_from(Match)),
    )
    if not shown:
        name = draw(st.none() | any_text | tricky)
        named_section = dataclasses.replace(query, section=name)
        query = draw(st.sampled_from([named_section, dataclasses.replace(query, source=name)]))
    return query, labels


@given(questions(), formats)
def test_what_is_written_is_read_back(asked: tuple[FeedQuery, dict[str, str]], format_: Format | None) -> None:
    query, labels = asked
    wire = write_address(query, format_, labels)
    assert wire.isascii()
    assert read_address(unquote(wire)) == Address(query=canonical(query), format=format_)


@given(questions(), formats, st.randoms())
def test_equal_questions_have_equal_addresses_and_ids(
    asked: tuple[FeedQuery, dict[str, str]], format_: Format | None, shuffle: random.Random
) -> None:
    query, labels = asked
    keywords_, tags = list(query.keywords) * 2, list(query.languages) * 2
    shuffle.shuffle(keywords_)
    shuffle.shuffle(tags)
    same = dataclasses.replace(query, languages=tuple(tags), keywords=tuple(keywords_))
    assert write_address(same, format_, labels) == write_address(query, format_, labels)
    assert feed_id(same) == feed_id(query)


@given(questions(), questions())
def test_different_questions_have_different_addresses_and_ids(
    one: tuple[FeedQuery, dict[str, str]], other: tuple[FeedQuery, dict[str, str]]
) -> None:
    equal = canonical(one[0]) == canonical(other[0])
    assert (feed_id(one[0]) == feed_id(other[0])) is equal
    assert (write_address(one[0], None, one[1]) == write_address(other[0], None, one[1])) is equal


segments = st.text(st.sampled_from("ab+,%2E.B/ atomrss中"), max_size=24)


def read_or_position(path: str) -> Address | int:
    """The address, or where it was refused; any other error gets out."""
    try:
        return read_address(path)
    except QueryError as refused:
        return refused.position


@given(st.sampled_from(["/feeds/de", "/feeds/de/keywords/", "/feeds/all/sections/", "/feeds/"]), segments)
def test_reading_then_writing_is_a_fixed_point(start: str, rest: str) -> None:
    read = read_or_position(start + rest)
    if isinstance(read, int):
        assert 0 <= read <= len(start + rest)
        return
    address = read
    path = spell_address(address.query, address.format)
    assert read_address(path) == address
    again = read_address(path)
    assert spell_address(again.query, again.format) == path


@given(any_text | tricky | st.text(st.sampled_from("/feeds+,.%"), max_size=30))
def test_no_path_breaks_the_reader(path: str) -> None:
    for start in ("", "/feeds/", "/feeds/de/keywords/"):
        assert isinstance(read_or_position(start + path), Address | int)


def test_ids_do_not_hang_on_labels_or_format() -> None:
    """Written out: an id must be the same on every machine and in every version."""
    query = FeedQuery(languages=("de",), keywords=("bmw",))
    assert feed_id(query) == "urn:uuid:602e422b-4c20-545b-95a9-0d98b5be2181"
    assert feed_id(query) == feed_id(read_address("/feeds/DE/keywords/ＢＭＷ.rss").query)


@given(st.text(st.sampled_from("copies=hideHS%6F&+ x?"), max_size=30))
def test_what_a_query_string_says_of_copies_is_said_again_in_one_way(query_string: str) -> None:
    copies = read_parameters(query_string).copies
    said = write_parameters(FeedQuery(copies=copies)).removeprefix("?")
    others = other_parameters(query_string)
    assert (read_parameters(others), known_parameters(others)) == (Parameters(), ""), "what is left says nothing"
    again = "&".join(part for part in (said, others) if part)
    assert (read_parameters(again).copies, known_parameters(again)) == (copies, said)
    if known_parameters(query_string) == said:
        assert ("copies=hide" in query_string.split("&")) is not copies


def test_a_feed_without_copies_is_a_feed_of_its_own() -> None:
    query = FeedQuery(languages=("de",), keywords=("bmw",), copies=False)
    assert canonical(query) == query
    assert write_address(query, Format.ATOM) == "/feeds/de/keywords/bmw.atom?copies=hide"
    assert spell_address(query, Format.ATOM) == "/feeds/de/keywords/bmw.atom", "a path has no parameters"
    assert feed_id(query) != feed_id(FeedQuery(languages=("de",), keywords=("bmw",)))
    looks_alike = FeedQuery(languages=("de",), keywords=("bmw?copies=hide",))
    assert feed_id(query) != feed_id(looks_alike)
    assert write_address(query, None) != write_address(looks_alike, None)


@pytest.mark.parametrize("content", [Content.SUMMARY, Content.TITLE])
def test_a_feed_of_less_is_a_feed_of_its_own(content: Content) -> None:
    query = FeedQuery(languages=("de",), copies=False, inferred=False, content=content)
    assert canonical(query) == query
    assert write_address(query, Format.RSS) == f"/feeds/de.rss?copies=hide&inferred=no&content={content.value}"
    assert feed_id(query) != feed_id(dataclasses.replace(query, content=Content.FULL))
    read = with_parameters(read_address("/feeds/de.rss"), read_parameters(f"content={content.value.upper()}"))
    assert read == FeedQuery(languages=("de",), content=content)


@pytest.mark.parametrize("said", ["content=full", "content=", "content", "content=everything", "contents=title"])
def test_anything_else_is_the_whole_text(said: str) -> None:
    parameters = read_parameters(said)
    assert parameters == Parameters()
    assert write_parameters(with_parameters(read_address("/feeds/de.rss"), parameters)) == ""
