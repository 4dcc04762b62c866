"""The full text on PostgreSQL, far back in the order of changes: each step of a search finds what is its own."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, text

from cluster.servers import PostgreSQL
from feeds.store import arrays
from feeds.store.expressions import Either, Every, Expression, Phrase, Stretch, Without

BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
OFTEN, SELDOM, EARLY, NEVER = "often", "seldom", "early", "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An article of the full text: where it stands, and the words of its text."""

    seq: int
    words: tuple[str, ...]

    @property
    def dated_at(self) -> dt.datetime:
        return BEGAN + dt.timedelta(minutes=self.seq)


def some_rows() -> list[Row]:
    """Few articles over a great many numbers, most of them where one step ends and another begins."""
    chance = random.Random(7)
    newest = 3 * (1 << 22) + 5 * (1 << 17) + 70
    numbers = {newest - each for each in range(300)}
    for bits in (7, 12, 17, 22):
        for place in range(1, (newest >> bits) + 1)[-12:]:
            numbers |= {(place << bits) + near for near in (-1, 0, 1)}
    numbers |= {chance.randrange(1, newest) for _ in range(200)} | {1, 2}
    chosen = sorted(each for each in numbers if 0 < each <= newest)
    early = set(chosen[:3])
    return [
        Row(
            seq=seq,
            words=(
                *([OFTEN, "word"] if chance.random() < 0.8 else ["word", OFTEN]),
                *([SELDOM] if chance.random() < 0.05 else []),
                *([EARLY] if seq in early else []),
            ),
        )
        for seq in chosen
    ]


ROWS = some_rows()


@pytest.fixture(scope="module")
def connection(postgresql: PostgreSQL) -> Iterator[Connection]:
    """A database that holds them."""
    url = postgresql.create("sparse", like="template")
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as writing:
        writing.execute("SET session_replication_role = replica")  # nothing that rows refer to is there
        writing.cursor().executemany(
            "INSERT INTO words (seq, terms, title, body, authors, keywords, facets) "
            "VALUES (%s, %s, '', %s, '', '', '')",
            [(row.seq, [f"b{word}" for word in row.words], f" {' '.join(row.words)} ") for row in ROWS],
        )
        writing.cursor().executemany(
            "INSERT INTO entry (seq, article_id, source_id, language, section, in_words, dated_at) "
            "VALUES (%s, %s, 's', 'en', '', true, %s)",
            [(row.seq, str(row.seq), row.dated_at) for row in ROWS],
        )
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    with engine.connect() as reading:
        yield reading
    engine.dispose()
    postgresql.drop("sparse")


def word(*terms: str) -> Phrase:
    return Phrase(("title", "body"), terms)


def holds(expression: Expression, row: Row) -> bool:
    """What is asked, said once more in Python."""
    match expression:
        case Phrase(_, (one,)):
            return one in row.words
        case Phrase(_, terms):
            return terms in set(pairwise(row.words))
        case Without(part):
            return not holds(part, row)
        case Every(parts):
            return all(holds(part, row) for part in parts)
        case Either(parts):
            return any(holds(part, row) for part in parts)


EXPRESSIONS = {
    "frequent": word(OFTEN),
    "rare": word(SELDOM),
    "only the first": word(EARLY),
    "none": word(NEVER),
    "both": Every((word(OFTEN), word(SELDOM))),
    "a phrase": word("word", OFTEN),
    "either": Either((word(EARLY), word(SELDOM), word("word", OFTEN))),
    "without": Every((word(SELDOM), Without(word("word", OFTEN)))),
    "only without": Without(word(OFTEN, "word")),
    "nothing is asked": Every(()),
    "nothing can be": Either(()),
}


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
@pytest.mark.parametrize("limit", [1, 50, 5000])
def test_a_window_is_what_a_walk_through_everything_finds(
    connection: Connection, expression: Expression, limit: int
) -> None:
    wanted = [(str(row.seq), row.seq) for row in ROWS if holds(expression, row)]
    stretch = Stretch(expression=expression)
    newest = arrays.window(connection, stretch, limit=limit, before_seq=None, after_seq=None)
    assert newest == wanted[::-1][:limit]
    assert arrays.count(connection, stretch, at_most=None) == len(wanted)
    assert arrays.count(connection, stretch, at_most=limit) == min(limit, len(wanted))
    for seq in (0, 2, 1 << 12, (1 << 22) + 1, ROWS[-250].seq, ROWS[-1].seq, ROWS[-1].seq + 9):
        before = [pair for pair in wanted if pair[1] < seq][::-1][:limit]
        assert arrays.window(connection, stretch, limit=limit, before_seq=seq, after_seq=None) == before
        after = [pair for pair in wanted if pair[1] > seq][:limit]
        assert arrays.window(connection, stretch, limit=limit, before_seq=None, after_seq=seq) == after
        both = [pair for pair in wanted if seq < pair[1] < seq + (1 << 18)][:limit]
        assert arrays.window(connection, stretch, limit=limit, before_seq=seq + (1 << 18), after_seq=seq) == both


def test_dates_are_kept_to_in_each_step(connection: Connection) -> None:
    since, before = ROWS[20].dated_at, ROWS[-200].dated_at
    wanted = [row.seq for row in ROWS[20:-200] if SELDOM in row.words]
    stretch = Stretch(expression=word(SELDOM), since=since, before=before)
    assert len(wanted) > 9
    found = arrays.window(connection, stretch, limit=9, before_seq=None, after_seq=None)
    assert [seq for _, seq in found] == wanted[::-1][:9]
    assert arrays.count(connection, stretch, at_most=None) == len(wanted)


@pytest.mark.parametrize("bits", [7, 12, 17, 22, 63])
@pytest.mark.parametrize("expression", [word(OFTEN), word(SELDOM, EARLY), Every((word(OFTEN), Without(word(SELDOM))))])
def test_each_step_goes_by_an_index(connection: Connection, bits: int, expression: Expression) -> None:
    connection.execute(arrays._BY_INDEX)
    values = {"begin": 5, "end": 5 + (1 << bits - 1), "limit": 9}
    asked = arrays._asked(Stretch(expression=expression), bits, values, order="DESC")
    plan = "\n".join(connection.scalars(text(f"EXPLAIN {asked}"), values))
    assert "Seq Scan" not in plan
    scans = re.findall(r"(pk_words|words_by_place).*\n +Index Cond: (.*)", plan)
    assert {name for name, _ in scans} == {"pk_words" if bits == 7 else "words_by_place"}
    assert {("terms" in condition, "ARRAY[" in condition) for _, condition in scans} == {
        (bits != 7, bits in {12, 17, 22})  # in each part of an alternative
    }


@given(low=st.integers(0, 1 << 40), high=st.integers(0, 1 << 40), is_newest=st.booleans())
def test_steps_follow_each_other_and_leave_nothing_out(low: int, high: int, *, is_newest: bool) -> None:
    steps = list(arrays._steps(low, high, is_newest=is_newest))
    in_order = steps[::-1] if is_newest else steps
    assert [begin for _, begin, _ in in_order[1:]] == [end for _, _, end in in_order[:-1]]
    if low < high:
        assert (in_order[0][1], in_order[-1][2]) == (low, high)
    else:
        assert not steps
    assert all(bits == 63 or (end - 1 >> bits) - (begin >> bits) < 2 for bits, begin, end in steps)
