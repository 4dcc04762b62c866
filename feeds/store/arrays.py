"""The full text as PostgreSQL is asked for it: a stretch of a question in, ids and change numbers out.

PostgreSQL has no inverted index in the order of changes, and cannot tell how often terms meet: left to choose, it
walks through everything for what is rare, or fetches all of what is frequent for fifty of it. So a search goes back in
steps, each thirty times as long as the one before: the newest few rows are walked through, the next stretches are
looked up by term and place together (``PLACES``), then everything by its terms alone. A step is taken when those
before it did not fill the window, so few rows are fetched besides those that are answered: what is frequent is found in
the first steps, and what is left for the last is rare. In each statement ``OFFSET 0`` keeps the planner to that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from feeds.store.dated import dated, typed
from feeds.store.expressions import Either, Every, Expression, Phrase, Stretch, Without
from feeds.store.fulltext import column_letter
from feeds.store.tables import PLACES

_WALKED = 7  # bits of a change number: from 128 to 256 rows
_PLACED = {12: 0, 17: 1, 22: 2}  # bits, and what tells places of this length from others
_ALL = 63
# an estimate that is wrong can make reading the whole table look cheap
_BY_INDEX = text("SET LOCAL enable_seqscan = off")
_LAST = text("SELECT max(seq) FROM words")


def window(
    connection: Connection, stretch: Stretch, *, limit: int, before_seq: int | None, after_seq: int | None
) -> list[tuple[str, int]]:
    """The newest changes of a stretch below ``before_seq``, or the oldest after ``after_seq``, in that order.

    Asked in a transaction that sees one state of the database.
    """
    connection.execute(_BY_INDEX)
    last = connection.scalar(_LAST) or 0
    low = 0 if after_seq is None else after_seq + 1
    high = last + 1 if before_seq is None else min(before_seq, last + 1)
    found: list[tuple[str, int]] = []
    for bits, begin, end in _steps(low, high, is_newest=after_seq is None):
        values: dict[str, Any] = {"begin": begin, "end": end, "limit": limit - len(found)}
        asked = _asked(stretch, bits, values, order="DESC" if after_seq is None else "ASC")
        found += [(row[0], row[1]) for row in connection.execute(typed(asked, values), values)]
        if len(found) >= limit:
            break
    return found


def count(connection: Connection, stretch: Stretch, *, at_most: int | None) -> int:
    """How many articles of a stretch there are; no more than ``at_most`` are counted."""
    connection.execute(_BY_INDEX)
    values: dict[str, Any] = {"at_most": at_most}
    rows = f"SELECT seq FROM words WHERE {_condition(stretch.expression, values)} OFFSET 0"
    entries = f"SELECT FROM {_with_entries(rows, stretch, values)} LIMIT :at_most"  # NULL is no limit
    asked = f"SELECT count(*) FROM ({entries}) AS counted"
    return connection.scalar(typed(asked, values), values) or 0


def _steps(low: int, high: int, *, is_newest: bool) -> Iterator[tuple[int, int, int]]:
    """Parts of the numbers from ``low`` up to ``high``, each longer and further away: (bits, begin, end)."""
    begin, end = (high, high) if is_newest else (low, low)
    for bits in (_WALKED, *_PLACED, _ALL):
        if is_newest:
            begin, end = max(low, (((high - 1) >> bits) - 1) << bits), begin
        else:
            begin, end = end, min(high, ((low >> bits) + 2) << bits)
        if begin < end:
            yield bits, begin, end


def _asked(stretch: Stretch, bits: int, values: dict[str, Any], *, order: str) -> str:
    """One step as a statement."""
    condition = _condition(stretch.expression, values)
    within, ordered = "seq >= :begin AND seq < :end", f"ORDER BY seq {order} OFFSET 0"
    if bits == _WALKED:
        walked = f"SELECT * FROM words WHERE {within} {ordered}"
        rows = f"SELECT seq FROM ({walked}) AS words WHERE {condition}"
    else:
        if bits in _PLACED:
            condition += f" AND {PLACES} && CAST(:places AS bigint[])"
            places = range(values["begin"] >> bits, ((values["end"] - 1) >> bits) + 1)
            values["places"] = [place << 2 | _PLACED[bits] for place in places]
        looked_up = f"SELECT seq FROM words WHERE {condition} OFFSET 0"
        rows = f"SELECT seq FROM ({looked_up}) AS words WHERE {within} {ordered}"
    entries = _with_entries(rows, stretch, values)
    return f"SELECT entry.article_id, found.seq FROM {entries} ORDER BY found.seq {order} LIMIT :limit"


def _with_entries(rows: str, stretch: Stretch, values: dict[str, Any]) -> str:
    """FROM and WHERE: ``found`` are these rows, and each has its ``entry``, looked up one by one."""
    clauses = dated(stretch, values)
    looked_up = "SELECT article_id, dated_at FROM entry WHERE entry.seq = found.seq OFFSET 0"
    entries = f"({rows}) AS found CROSS JOIN LATERAL ({looked_up}) AS entry"
    return f"{entries} WHERE {' AND '.join(clauses)}" if clauses else entries


# --- conditions ---------------------------------------------------------------------------------------------------


def _condition(expression: Expression, values: dict[str, Any]) -> str:
    """What must hold of a row of ``words``; adds to ``values`` what is bound in it."""
    match expression:
        case Phrase(_, (_,)):
            return _one_of([expression], values)
        case Phrase(columns, terms):
            return _follow(columns, terms, values)
        case Without(part):
            return f"(NOT {_condition(part, values)})"
        case Every(parts):
            return "(" + " AND ".join(_condition(part, values) for part in parts) + ")" if parts else "TRUE"
        case Either(parts):
            single = [part for part in parts if isinstance(part, Phrase) and len(part.terms) == 1]
            conditions = [_one_of(single, values)] if single else []  # which the index looks up at once
            conditions += [_condition(part, values) for part in parts if part not in single]
            return "(" + " OR ".join(conditions) + ")" if conditions else "FALSE"


def _one_of(single: list[Phrase], values: dict[str, Any]) -> str:
    terms = [column_letter(column) + part.terms[0] for part in single for column in part.columns]
    return f"words.terms && {_array(terms, values)}"


def _follow(columns: tuple[str, ...], terms: tuple[str, ...], values: dict[str, Any]) -> str:
    """The arrays say that all terms are there, in whichever of the columns; the text that they follow each other."""
    all_there = [_one_of([Phrase(columns, (term,))], values) for term in dict.fromkeys(terms)]
    name = f"text_{len(values)}"
    values[name] = f" {' '.join(terms)} "
    follow = " OR ".join(f"position(:{name} IN words.{column}) > 0" for column in columns)
    return f"({' AND '.join(all_there)} AND ({follow}))"


def _array(terms: list[str], values: dict[str, Any]) -> str:
    name = f"terms_{len(values)}"
    values[name] = terms
    return f"CAST(:{name} AS text[])"
