"""The full text as SQLite is asked for it: a stretch of a question in, ids and change numbers out.

FTS5 (https://sqlite.org/fts5.html) goes through the lists of all terms at once, newest first: whichever is the rarest
makes the others leap, so a question costs what its rarest term does, and one of frequent terms ends when the window is
full.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from feeds.store.dated import dated, typed
from feeds.store.expressions import Either, Every, Expression, Phrase, Stretch, Without
from feeds.store.terms import EVERYTHING

_EVERYTHING = Phrase(("facets",), (EVERYTHING,))


def window(
    connection: Connection, stretch: Stretch, *, limit: int, before_seq: int | None, after_seq: int | None
) -> list[tuple[str, int]]:
    """The newest changes of a stretch below ``before_seq``, or the oldest after ``after_seq``, in that order."""
    values: dict[str, Any] = {"limit": limit}
    clause = _matching(stretch, values)
    for name, sign, seq in (("before_seq", "<", before_seq), ("after_seq", ">", after_seq)):
        if seq is not None:
            clause += f" AND entry.seq {sign} :{name} AND words.rowid {sign} :{name}"
            values[name] = seq
    order = "DESC" if after_seq is None else "ASC"
    asked = f"SELECT entry.article_id, entry.seq {clause} ORDER BY words.rowid {order} LIMIT :limit"
    return [(row[0], row[1]) for row in connection.execute(typed(asked, values), values)]


def count(connection: Connection, stretch: Stretch, *, at_most: int | None) -> int:
    """How many articles of a stretch there are; no more than ``at_most`` are counted."""
    values: dict[str, Any] = {"at_most": -1 if at_most is None else at_most}  # a negative limit is none
    asked = f"SELECT count(*) FROM (SELECT 1 {_matching(stretch, values)} LIMIT :at_most)"
    return connection.scalar(typed(asked, values), values) or 0


def _matching(stretch: Stretch, values: dict[str, Any]) -> str:
    """FROM and WHERE; adds to ``values`` what is bound in them."""
    values["terms"] = _match(stretch.expression)
    # CROSS JOIN: SQLite is not to look for another order
    clause = "FROM words CROSS JOIN entry ON entry.seq = words.rowid WHERE words MATCH :terms"
    return " AND ".join([clause, *dated(stretch, values)])


def _match(expression: Expression) -> str:
    """In the language of FTS5. Its NOT stands between two expressions, so what is only negative is taken from all."""
    match expression:
        case Phrase(columns, terms):
            return f'{{{" ".join(columns)}}} : "{" ".join(terms)}"'
        case Without(part):
            return f"({_match(_EVERYTHING)} NOT {_match(part)})"
        case Either(parts):
            return _joined(" OR ", parts)
        case Every(parts):
            wanted = [part for part in parts if not isinstance(part, Without)] or [_EVERYTHING]
            unwanted = [part.part for part in parts if isinstance(part, Without)]
            found = _joined(" AND ", wanted)
            return f"({found} NOT {_joined(' OR ', unwanted)})" if unwanted else found


def _joined(operator: str, parts: Iterable[Expression]) -> str:
    return f"({operator.join(map(_match, parts))})"
