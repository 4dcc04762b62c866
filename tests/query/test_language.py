"""The language of questions: one canonical text for all spellings, every mistake with its place."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.errors import QueryError
from feeds.folding import keyword_key
from feeds.model import AllOf, AnyOf, Dated, FeedQuery, Field, Format, Has, Not, Question, Side
from feeds.query import (
    MAX_QUESTION_CHARS,
    MAX_TERMS,
    Parameters,
    canonical,
    canonical_question,
    feed_id,
    is_relative,
    point_at,
    read_address,
    read_parameters,
    read_question,
    resolve,
    spell_address,
    with_parameters,
    write_address,
    write_parameters,
    write_question,
)

NOW = dt.datetime(2026, 11, 23, 10, 42, 7, tzinfo=dt.UTC)

words = st.sampled_from(
    ["bmw", "中国", "新 能源", "électrique", "ＳＵＶ", "С++", "or", "not", "台灣", "ไทย", "l'affaire", "3"]
)
names = words | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6).filter(keyword_key)


def _has(field: Field, text: str) -> str:
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{field.value}:{quoted}"


TERMS = (
    words
    | words.map(lambda word: f'"{word} x"')
    | st.builds(_has, st.sampled_from([Field.TITLE, Field.TEXT, Field.AUTHOR]), words)
    | names.map(
        lambda name: (
            "keyword:" + '"' + "".join(f"\\{c}" if c in '"\\“”„‟«»「」『』〝〞〟＂｢｣' else c for c in name) + '"'
        )
    )
    | st.sampled_from(["lang:de", "lang:ZH-hant", "lang:pt_br", "source:a-b", "section:Wirtschaft", 'section:"a b"'])
    | st.sampled_from(["since:7d", "since:24h", "before:2w", "before:2020-07-08", "since:2020-07-08T12:30Z"])
)
TEXTS = st.recursive(
    TERMS,
    lambda inner: (
        st.builds("{} {}".format, inner, inner)
        | st.builds("{} AND {}".format, inner, inner)
        | st.builds("{} OR {}".format, inner, inner)
        | st.builds("-({})".format, inner)
        | st.builds("NOT ({})".format, inner)
        | st.builds("（{}）".format, inner)
    ),
    max_leaves=8,
)


@pytest.fixture(autouse=True, scope="module")
def _grammar() -> None:
    """Reads the grammar, which takes longer than hypothesis lets one example take."""
    read_question("a")


def read_or_refuse(text: str) -> Question | QueryError:
    try:
        return read_question(text)
    except QueryError as error:
        return error


@given(TEXTS)
def test_canonical_text_reads_back_as_the_same_question(text: str) -> None:
    question = read_or_refuse(text)
    if isinstance(question, QueryError):
        assert "brackets" in question.reason or "characters" in question.reason, (text, question.reason)
        return
    written = write_question(question)
    assert read_question(written) == question
    assert canonical_question(question) == question
    assert write_question(read_question(written)) == written


@given(
    st.text(max_size=60) | st.text(st.sampled_from('ab中 ()-":\\（）：「」ANDORT\u3000７since:keyword'), max_size=60)
)
@example('"' * 30)
@example("keyword:\\")
@example("lang:und since:0000-00-00")
def test_whatever_is_typed_is_read_or_refused_with_its_place(text: str) -> None:
    question = read_or_refuse(text)
    if isinstance(question, QueryError):
        assert 0 <= question.position <= len(text)
        assert question.reason
    else:
        assert read_question(write_question(question)) == question


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('BMW "electric car"', '"electric car" bmw'),
        ("b AND a AND b", "a b"),
        ("a OR b c", "a OR (b c)"),
        ("a OR (b OR (c OR a))", "a OR b OR c"),
        ("NOT NOT --a", "a"),
        ("NOT (a b)", "-(a b)"),
        ("ｋｅｙｗｏｒｄ：ＢＭＷ　ＡＮＤ　（中国 ＯＲ 「新能源」）", "keyword:bmw (中国 OR 新能源)"),
        ("Keyword: “Der Spiegel”", 'keyword:"der spiegel"'),
        ("中國", "中国"),
        ('"B M W"', '"b m w"'),
        ("and or not", "and not or"),
        ("Covid-19", '"covid 19"'),
        ("lang:ZH-hant", "lang:zh-Hant"),
        ("since:2w since:14D since:336h", "since:14d"),
        ("before:2020-7-8", "before:2020-07-08"),
        ("since:2020-07-08T00:00Z", "since:2020-07-08"),
        ('keyword:"say \\"x\\""', 'keyword:"say \\"x\\""'),
        ("keyword:C++", "keyword:c++"),
        ("keyword:a:b", "keyword:a:b"),
    ],
)
def test_equal_questions_have_one_text(text: str, written: str) -> None:
    assert write_question(read_question(text)) == written


@given(st.lists(TERMS, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_order_repetition_brackets_and_double_negation_change_nothing(terms: list[str], chance: random.Random) -> None:
    def spelled() -> list[str]:
        others = [chance.choice([term, f"({term})", f"--{term}", f"NOT -{term}", f"{term} {term}"]) for term in terms]
        chance.shuffle(others)
        return others

    assert read_question(" ".join(spelled())) == read_question(" AND ".join(spelled()))
    one, other = ([f"({term})" for term in spelled()] for _ in range(2))
    assert read_question(" OR ".join(one)) == read_question(" OR ".join(other))


@pytest.mark.parametrize(
    ("text", "position", "words_"),
    [
        ("", 0, "expected a word"),
        (" \u3000", 0, "expected a word"),
        ("a OR", 4, "expected a word"),
        ("AND a", 0, "expected a word"),
        ("a OR OR b", 5, "expected a word"),
        ("()", 1, "expected a word"),
        ("(a b", 4, "not closed"),
        ("a)", 1, "no bracket was opened"),
        ('a "b', 2, "never closed"),
        ("BMW - VW", 4, "directly behind the -"),
        ("keyword:", 8, "behind the colon"),
        ("keyword:)", 8, "behind the colon"),
        (":x", 0, "in front of the colon"),
        ("a keywrod:BMW", 2, "no field 'keywrod'"),
        ("10:30", 0, "quotation marks"),
        ("a title:!!", 8, "a letter or a digit"),
        ("lang:de_$", 5, "no language tag"),
        ("lang:all", 5, "leave lang:all out"),
        ("since:soon", 6, "7d"),
        ("since:0d", 6, "at least 1h"),
        ("since:9999999w", 6, "200 years"),
        ("since:2020-02-30", 6, "no day"),
        ("a\x00", 1, "control character"),
        ("a \ud800", 2, "control character"),
        ("(" * 9 + "a" + ")" * 9, 8, "at most 8 brackets"),
        (" ".join("a" * (MAX_TERMS + 1)), 2 * MAX_TERMS, f"at most {MAX_TERMS}"),
        ("a" * (MAX_QUESTION_CHARS + 1), MAX_QUESTION_CHARS, f"at most {MAX_QUESTION_CHARS}"),
        ("keyword:" + "\ufdfa" * 60, 0, "written out in full"),
    ],
)
def test_a_mistake_says_where_and_what_was_expected(text: str, position: int, words_: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_question(text)
    assert (caught.value.position, words_ in caught.value.reason) == (position, True), caught.value.reason


def test_the_bounds_themselves_are_allowed() -> None:
    read_question("(" * 8 + "a" + ")" * 8)
    question = read_question(" ".join(f"w{number}" for number in range(MAX_TERMS)))
    assert isinstance(question, AllOf)
    assert len(question.parts) == MAX_TERMS
    assert read_question("-" * (MAX_QUESTION_CHARS - 1) + "a") == read_question("-a")


@pytest.mark.parametrize(
    "text", ["(" * 250 + ")" * 250, "a(" * 250, '"\\' * 250, "-" * 500, "a:" * 250, "NOT " * 125, "\u0300" * 500]
)
def test_what_nests_or_repeats_without_end_is_refused(text: str) -> None:
    assert isinstance(read_or_refuse(text), QueryError)


def test_the_caret_stands_below_its_sign() -> None:
    assert point_at("a\nkeywrod:x", 2) == "a keywrod:x\n  ^"
    assert point_at("a" * 60 + ")" * 40, 60) == "…" + "a" * 48 + ")" * 24 + "…\n" + " " * 49 + "^"
    shown, below = point_at("中国 OR)", 5).splitlines()
    widths = [
        sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line) for line in (shown[:5], below)
    ]
    assert widths[0] == widths[1] - 1


def test_ages_are_counted_from_the_full_hour() -> None:
    question = read_question("bmw -since:7d OR before:24h")
    assert is_relative(question)
    later = NOW.replace(minute=59)
    assert resolve(question, NOW) == resolve(question, later) != resolve(question, NOW + dt.timedelta(hours=1))
    at = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)
    assert resolve(Dated(Side.BEFORE, age_s=86_400), NOW) == Dated(Side.BEFORE, at=at)
    assert not is_relative(resolve(question, NOW))
    assert not is_relative(None)


# --- questions in addresses -------------------------------------------------------------------------------------


def ask(text: str, path: str = "/feeds/de/search") -> FeedQuery:
    return with_parameters(read_address(path), Parameters(question=text))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("keyword:BMW", "/feeds/de/keywords/bmw"),
        ("keyword:BMW keyword:Alibaba", "/feeds/de/keywords/alibaba+bmw"),
        ("keyword:BMW OR keyword:Alibaba", "/feeds/de/keywords/alibaba,bmw"),
        ("source:abc", "/feeds/de/sources/abc"),
        ("section:Wirtschaft lang:de", "/feeds/de/sections/wirtschaft"),
        ("lang:de", "/feeds/de"),
        ("lang:de-AT", "/feeds/de-AT"),
        ("lang:de OR lang:fr", "/feeds/de"),
        ("lang:fr", "/feeds/de/search?q=lang:fr"),
        ("-lang:fr", "/feeds/de/search?q=-lang:fr"),
        ("keyword:BMW Alibaba", "/feeds/de/search?q=alibaba+keyword:bmw"),
        ("keyword:BMW section:x", "/feeds/de/search?q=keyword:bmw+section:x"),
        ("source:a source:b", "/feeds/de/search?q=source:a+source:b"),
        ("中国 (a OR b)", "/feeds/de/search?q=%28a+OR+b%29+%E4%B8%AD%E5%9B%BD"),
        ('"c d"', "/feeds/de/search?q=%22c+d%22"),
        ("keyword:C++", "/feeds/de/keywords/c%252B%252B"),
        ("since:7d", "/feeds/de/search?q=since:7d"),
    ],
)
def test_an_address_says_by_itself_what_it_can(text: str, address: str) -> None:
    query = ask(text)
    assert canonical(query) == query
    assert write_address(query, None) == address


@given(
    TEXTS,
    st.sampled_from(
        ["/feeds/all/search", "/feeds/de/search.atom", "/feeds/fr+zh/search", "/feeds/search", "/feeds/de~en/search"]
    ),
)
def test_every_question_has_one_address_that_reads_back(text: str, path: str) -> None:
    try:
        query = ask(text, path)
    except QueryError:
        return
    assert canonical(query) == query
    spelled = read_address(spell_address(query, Format.RSS))
    again = with_parameters(spelled, read_parameters(write_parameters(query).removeprefix("?")))
    assert again == query
    assert write_parameters(again) == write_parameters(query)
    assert feed_id(again) == feed_id(query)


def test_languages_left_over_are_settled_once_fewer_are_asked() -> None:
    query = ask("lang:zh-Hans lang:zh-Hans-CN", "/feeds/zh-CN/search")
    assert query == FeedQuery(languages=("zh-Hans-CN",))


def test_no_question_is_the_language_itself() -> None:
    assert ask("", "/feeds/de/search.atom") == FeedQuery(languages=("de",))
    assert ask("lang:fr", "/feeds/search") == FeedQuery(languages=("fr",))


def test_only_search_asks_questions() -> None:
    assert ask("alibaba", "/feeds/de") == FeedQuery(languages=("de",))


def test_keywords_only_found_in_the_text_can_be_left_out() -> None:
    query = with_parameters(read_address("/feeds/de/keywords/BMW"), read_parameters("x=1&Inferred=NO"))
    assert query == FeedQuery(languages=("de",), keywords=("bmw",), inferred=False)
    assert write_address(query, Format.JSON) == "/feeds/de/keywords/bmw.json?inferred=no"
    assert feed_id(query) != feed_id(FeedQuery(languages=("de",), keywords=("bmw",)))


def test_questions_are_values() -> None:
    assert read_question("a -keyword:B") == AllOf((Not(Has(Field.KEYWORD, ("b",))), Has(Field.WORDS, ("a",))))
    parts: tuple[Question, ...] = (Has(Field.TITLE, ("a", "b")), Has(Field.WORDS, ("a",)))
    assert hash(read_question('a OR title:"a b"')) == hash(AnyOf((parts[1], parts[0])))
